"""Several URNs of one crime, several crimes of one case, several numbers of one person: by hand from contract 2.4, 3 and 4."""

from tests.folding import fold_history
from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    about_crime,
    completed,
    courts,
    crime,
    day,
    decision,
    delay,
    finalised,
    folded,
    listing,
    outcome,
    plan,
    police,
    receipt,
    referral,
    said,
    trial,
    withdrew,
)


def test_dated_milestones_are_the_leads_and_the_stage_is_of_all_cases() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10", "U1"),
        decision("05-20", urn="U1"),
        referral("05-11", "U2"),
        decision("06-01", urn="U2"),
        listing("06-02", "06-20", "H2", urn="U2"),
        trial("06-20", "effective", "H2"),
    )
    assert j.stage == "trial"
    assert (j.first_hearing_at, j.first_trial_date, j.trial_started_at) == (None, None, None)
    assert delay(j, "charge_to_trial") == ("open", None)


def test_of_two_cases_referred_before_the_report_the_first_referred_is_the_lead() -> None:
    j = folded(crime("05-20"), referral("05-10", "U2"), referral("05-11", "U1"), receipt("05-12", urn="U2"))
    assert (j.referral_received_at, j.referred_at) == (day("05-20"), day("05-20"))


def test_the_holder_is_who_holds_a_case_that_waits() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10", "U1"),
        decision("05-20", NO_FURTHER_ACTION, urn="U1"),
        referral("05-12", "U2"),
        receipt("05-13", urn="U2"),
    )
    assert (j.stage, j.holder) == ("charging", "cps")


def test_a_decision_about_another_crime_of_the_case_closes_no_clock_of_this_one() -> None:
    case = (crime("05-03"), crime("05-03", "C2", "V2"), referral("05-10", crimes=("C1", "C2")))
    about_other = decision("05-20", crime_references=["C2"], force="met")
    j = folded(*case, about_other, decision("06-10", crime_references=["C1"], force="met"))
    assert (j.cps_days, delay(j, "referral_to_decision")) == (31, ("completed", 31))


def test_a_police_outcome_of_before_the_referral_closes_no_clock() -> None:
    j = folded(crime("05-03"), outcome("05-05", 18), referral("05-10"), receipt("05-10"), decision("05-20"))
    assert (j.cps_days, delay(j, "referral_to_decision")) == (10, ("completed", 10))


def test_the_clock_begins_with_the_submission_where_there_is_one() -> None:
    j = folded(crime("05-03"), receipt("05-08"), referral("05-10"), receipt("05-12"), decision("05-20"))
    assert (j.referred_at, j.referral_received_at) == (day("05-10"), day("05-08"))
    assert (j.police_days, j.cps_days, delay(j, "referral_to_decision")) == (2, 8, ("completed", 10))


def test_the_row_holds_the_clocks_that_are_closed_and_since_when_the_other_runs() -> None:
    j = folded(crime("05-03"), referral("05-10"), receipt("05-14"), plan("05-20"))
    assert (j.police_days, j.cps_days, j.holder, j.holder_since) == (4, 6, "police", day("05-20"))
    j = folded(crime("05-03"))
    assert (j.police_days, j.cps_days) == (None, None)


def test_a_plan_issued_twice_is_one() -> None:
    assert folded(crime("05-03"), referral("05-10"), plan("05-20"), plan("05-25")).action_plans == 1


def test_an_interval_to_an_end_of_which_only_the_month_is_known_is_imprecise() -> None:
    j = folded(crime("05-03"), outcome("06-01", 18) | {"timeprecision": "month"})
    assert delay(j, "report_to_conclusion") == ("imprecise", 29)


def test_a_suspect_of_another_crime_of_the_case_is_none_of_this_one() -> None:
    case = (crime("05-03"), crime("05-03", "C2", "V2"), referral("05-10", crimes=("C1", "C2")))
    j = folded(*case, decision("05-20", suspect_reference="S2", crime_references=["C2"], force="met"))
    assert j.suspects == 0


def test_somebody_known_in_another_way_is_closer_than_a_stranger() -> None:
    told = about_crime("suspect-identified", "05-04", relationship="other")
    assert folded(crime("05-03", suspect_relationship="stranger"), told).suspect_relationship == "other"


def test_a_withdrawal_in_a_case_is_the_persons_in_every_crime_of_it_by_whichever_number() -> None:
    journeys = fold_history(
        [
            crime("05-03", "C1", "V1", uvi="UVI1"),
            crime("05-04", "C2", "V2", uvi="UVI1"),
            referral("05-10", crimes=("C1", "C2")),
            withdrew("06-01", "V1", urn="U1"),
        ]
    )
    assert {j.exit for j in journeys.values()} == {"victim_withdrew"}


def test_a_fact_of_a_crime_that_names_its_victim_by_a_number_used_elsewhere_is_theirs() -> None:
    journeys = fold_history(
        [
            crime("05-03", "C1", "V1", uvi="UVI1"),
            crime("05-04", "C2", "V2", uvi="UVI1"),
            about_crime("needs-assessed", "05-05", "C2", victim_reference="V1", enhanced_rights=True),
        ]
    )
    assert journeys["met", "C2", "V2"].vulnerable
    assert not journeys["met", "C1", "V1"].vulnerable


def test_a_number_of_two_forces_in_one_case_is_ambiguous_and_both_are_meant() -> None:
    kent = crime("05-03", "K1", "V1") | {"source": "/police/kent"}
    kent_referral = referral("05-10", crimes=("K1",)) | {"source": "/police/kent"}
    journeys = fold_history([crime("05-03"), kent, referral("05-10"), kent_referral, withdrew("06-01", urn="U1")])
    assert {j.exit for j in journeys.values()} == {"victim_withdrew"}
    assert all(j.anomalies == ["victim_ambiguous"] for j in journeys.values())


def test_what_is_said_of_a_person_alone_is_not_of_a_journey_that_was_closed_then_and_open_again_later() -> None:
    support = said("support.service-started", "/support/vs", "06-10", uvi="UVI1", service="idva")
    events = [
        crime("05-03", "C1", uvi="UVI1"),
        outcome("06-01", 18),
        crime("06-05", "C2", "V2", uvi="UVI1"),
        support,
        about_crime("investigation-reopened", "07-01"),
    ]
    journeys = fold_history(events)
    # On 10 June C1 was closed; that it was opened again in July does not matter.
    assert journeys["met", "C1", "V1"].support_services == []
    assert journeys["met", "C2", "V2"].support_services == ["idva"]


def test_what_is_said_of_a_person_alone_after_all_ended_belongs_to_the_latest_reported() -> None:
    support = said("support.service-started", "/support/vs", "07-10", uvi="UVI1", service="idva")
    same_day = (
        crime("05-03", "C1", uvi="UVI1"),
        crime("05-04", "C2", "V2", uvi="UVI1"),
        outcome("06-01", 18),
        outcome("06-01", 18, "C2"),
    )
    journeys = fold_history([*same_day, support])
    assert [j.support_services for _, j in sorted(journeys.items())] == [[], ["idva"]]


def test_a_crime_linked_twice_and_unlinked_follows_the_last_statement() -> None:
    def tie(type: str, at: str) -> dict[str, object]:
        return said(f"identity.{type}", "/identity", at, urn="U1", crime_references=["C1"], force="met")

    case = (crime("05-03"), referral("05-10"), tie("case-unlinked", "05-12"))
    assert folded(*case, decision("06-01")).stage == "investigation"
    assert folded(*case, decision("06-01"), referral("05-15")).stage == "awaiting_trial"


def test_a_case_fact_of_before_the_report_stands_first_on_the_reports_day_and_is_in_no_delay() -> None:
    j = folded(crime("05-20"), referral("05-10"), receipt("05-11"), decision("06-01"))
    assert (j.referred_at, j.charged_at, j.anomalies) == (day("05-20"), day("06-01"), ["joined_late"])
    assert (delay(j, "report_to_referral"), delay(j, "referral_to_decision")) == (None, None)
    assert delay(j, "report_to_charge") == ("completed", 12)
    assert (j.police_days, j.cps_days) == (1, 21)  # the case's clocks go by its own dates


def test_facts_of_a_case_are_facts_of_a_crime_that_joined_it_later_at_their_own_dates() -> None:
    j = folded(crime("05-03"), crime("05-03", "C2"), referral("05-10"), referral("06-01", crimes=("C2",)), number="C2")
    assert (j.referred_at, j.anomalies) == (day("05-10"), [])


def test_a_next_hearing_that_is_not_listed_yet_is_what_the_one_put_off_was() -> None:
    listed = (crime("05-03"), referral("05-10"), decision("05-20"), listing("06-01", "07-05"))
    put_off = trial("07-05", "ineffective", next_hearing_id="H2", next_start_date="2021-09-06")
    j = folded(*listed, put_off)
    assert (j.ineffective_trials, j.next_trial_date) == (1, day("09-06"))


def test_first_trial_date_is_the_first_that_was_listed_wherever_it_was_moved() -> None:
    moved = courts("hearing-relisted", "06-15", hearing_id="H1", start_date="2021-08-02")
    j = folded(crime("05-03"), referral("05-10"), decision("05-20"), listing("06-01", "07-05"), moved)
    assert (j.first_trial_date, j.first_trial_listed_at, j.next_trial_date) == (
        day("07-05"),
        day("06-01"),
        day("08-02"),
    )


def test_a_trial_recorded_effective_on_each_of_its_days_started_on_the_first() -> None:
    tried = (crime("05-03"), referral("05-10"), decision("05-20"), listing("06-01", "07-05"))
    j = folded(*tried, trial("07-05", "effective"), trial("07-06", "effective"))
    assert j.trial_started_at == day("07-05")


def test_a_date_that_a_cleared_outcome_gave_stands_and_the_old_one_is_no_trial_to_come() -> None:
    tried = (crime("05-03"), referral("05-10"), decision("05-20"), listing("06-01", "07-05"))
    moved = trial("07-05", "ineffective", next_start_date="2021-09-06")
    j = folded(*tried, moved, courts("trial-outcome-cleared", "07-06", hearing_id="H1"))
    assert (j.ineffective_trials, j.next_trial_date, len(j.trials)) == (0, day("09-06"), 1)


def test_a_prosecution_with_two_results_ends_with_the_first_and_is_what_the_court_says() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("05-20"),
        finalised("08-01", "discontinued", reason="evidential"),
        completed("08-05", "acquitted"),
    )
    assert (j.exit, j.exit_at, j.anomalies) == ("acquitted", day("08-01"), ["result_differs"])


def test_a_second_report_by_another_number_of_the_person_is_one_report() -> None:
    journeys = fold_history(
        [
            crime("05-10", uvi="UVI1"),
            crime("05-03", victim="V2", uvi="UVI1", person={"age": 30}),
            police_update("05-12"),
        ]
    )
    assert {j.reported_at for j in journeys.values()} == {day("05-03")}
    assert {j.age for j in journeys.values()} == {30}


def police_update(at: str) -> dict[str, object]:
    return police("victim-updated", at, crime_reference="C1", victim_reference="V1")

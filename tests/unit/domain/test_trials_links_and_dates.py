"""Hearings and trials, links, corrections, persons, dates: worked out by hand from contract 2 to 4."""

import itertools
import random

from tests.folding import fold_history
from tests.unit.domain.said import (
    about_crime,
    amend,
    arrest,
    completed,
    courts,
    crime,
    day,
    decision,
    delay,
    folded,
    listing,
    outcome,
    receipt,
    referral,
    said,
    stage,
    trial,
    void,
    withdrew,
)

CHARGED = (crime("05-03"), referral("05-10"), decision("05-20"))


def test_a_trial_that_is_ineffective_then_relisted_and_effective() -> None:
    j = folded(
        *CHARGED,
        listing("06-01", "07-05"),
        trial("07-05", "ineffective", reason_code="W3"),
        courts("hearing-relisted", "07-06", hearing_id="H1", start_date="2021-09-06"),
        trial("09-06", "effective"),
        completed("09-10", "convicted"),
    )
    assert (j.ineffective_trials, j.trial_started_at, j.first_trial_date) == (1, day("09-06"), day("07-05"))
    assert [(t["date"], t["outcome"]) for t in j.trials] == [("2021-07-05", "ineffective"), ("2021-09-06", "effective")]
    assert (j.first_hearing_at, j.exit) == (day("07-05"), "convicted")
    assert (stage(j, "awaiting_trial"), stage(j, "trial")) == ("progressed", "progressed")


def test_a_vacated_trial_did_not_take_place() -> None:
    j = folded(*CHARGED, listing("06-01", "07-05"), trial("06-20", "vacated", reason_code="K"))
    assert (j.vacated_trials, j.first_hearing_at, j.trial_started_at) == (1, None, None)


def test_a_cleared_outcome_was_none() -> None:
    j = folded(
        *CHARGED,
        listing("06-01", "07-05"),
        trial("07-05", "effective"),
        courts("trial-outcome-cleared", "07-06", hearing_id="H1"),
    )
    assert (j.stage, j.trial_started_at) == ("awaiting_trial", None)


def test_the_outcome_that_is_cleared_is_the_last_and_not_that_of_the_date_it_is_listed_for_now() -> None:
    j = folded(
        *CHARGED,
        listing("06-01", "08-10"),
        trial("07-01", "effective", next_start_date="2021-07-05"),
        trial("07-06", "cracked", next_start_date="2021-08-10"),
        courts("trial-outcome-cleared", "07-07", hearing_id="H1"),
    )
    assert j.trial_started_at == day("07-01")
    assert [(t["date"], t["outcome"]) for t in j.trials if t["outcome"]] == [("2021-08-10", "effective")]


def test_a_hearing_that_another_case_named_as_its_next_is_of_the_case_that_lists_it_too() -> None:
    j = folded(
        *(crime("05-03"), referral("05-10"), decision("05-20"), referral("05-12", urn="U2")),
        *(listing("06-01", "06-20", "H3", urn="U2"), trial("06-20", "cracked", "H3", next_hearing_id="H1")),
        *(listing("06-21", "08-10"), trial("08-10", "effective")),
    )
    assert (j.trial_started_at, j.first_hearing_at) == (day("08-10"), day("08-10"))


def test_a_charge_that_a_cleared_trial_implied_is_dated_by_what_implies_it_again() -> None:
    j = folded(
        *(crime("05-03"), referral("05-10"), listing("05-20", "06-01"), trial("06-01", "effective")),
        courts("trial-outcome-cleared", "06-02", hearing_id="H1"),
        completed("07-01", "convicted"),
    )
    assert [s["left"] for s in j.stages if s["stage"] == "pre_charge"] == ["2021-07-01"]


def test_the_next_start_date_moves_the_hearing_or_belongs_to_the_next() -> None:
    first = (*CHARGED, listing("06-01", "07-05"))
    j = folded(*first, courts("hearing-adjourned", "07-05", hearing_id="H1", next_start_date="2021-08-02"))
    assert (j.hearings[0]["listed_for"], j.adjournments, j.next_trial_date) == ("2021-08-02", 1, day("08-02"))
    j = folded(
        *first,
        courts("hearing-adjourned", "07-05", hearing_id="H1", next_hearing_id="H2", next_start_date="2021-08-02"),
    )
    assert [(h["hearing_id"], h["listed_for"]) for h in j.hearings] == [("H1", "2021-07-05"), ("H2", "2021-08-02")]


def test_a_relisting_before_the_date_moves_the_trial() -> None:
    j = folded(
        *CHARGED,
        listing("06-01", "07-05"),
        courts("hearing-relisted", "06-10", hearing_id="H1", start_date="2021-08-05"),
    )
    assert [(t["date"], t["times_moved"]) for t in j.trials] == [("2021-08-05", 1)]
    assert j.first_trial_listed_at == day("06-01")


def test_a_hearing_of_a_court_case_is_reached_over_its_receipt() -> None:
    received = courts(
        "case-received", "05-25", court_case_number="T1", urn="U1", court="southwark", jurisdiction="crown"
    )
    event = listing("06-01", "07-05", court_case_number="T1")
    del event["data"]["urn"]
    assert folded(*CHARGED, event).hearings == []
    assert [h["hearing_id"] for h in folded(*CHARGED, event, received).hearings] == ["H1"]


def test_a_crime_that_joins_a_case_later_has_its_facts_at_their_own_dates() -> None:
    events = (*CHARGED, crime("05-04", "C2", "V2"), referral("06-15", crimes=("C2",)))
    j = folded(*events, number="C2", victim="V2")
    assert (j.charged_at, j.stage) == (day("05-20"), "awaiting_trial")


def test_a_cases_fact_of_before_the_report_stands_on_the_reports_day_and_is_in_no_delay() -> None:
    j = folded(*CHARGED, crime("06-30", "C2", "V2"), referral("07-01", crimes=("C2",)), number="C2", victim="V2")
    assert (j.charged_at, j.stage, "joined_late" in j.anomalies) == (day("06-30"), "awaiting_trial", True)
    assert delay(j, "report_to_charge") is None


def test_a_link_that_was_broken_takes_the_cases_facts_away_and_a_later_referral_brings_them_back() -> None:
    unlinked = said("identity.case-unlinked", "/identity", "06-01", urn="U1", crime_references=["C1"], force="met")
    assert folded(*CHARGED, unlinked).stage == "investigation"
    assert folded(*CHARGED, unlinked, referral("06-05")).stage == "awaiting_trial"


def test_a_fact_that_names_a_victim_is_of_that_one_also_beside_a_case() -> None:
    events = (crime("05-03"), crime("05-03", victim="V2"), referral("05-10"), withdrew("05-15", "V2", urn="U1"))
    assert folded(*events).withdrawals == 0
    assert folded(*events, victim="V2").withdrawals == 1


def test_a_voided_fact_has_no_effect_but_stays_on_the_timeline() -> None:
    wrong = withdrew("05-10")
    j = folded(crime("05-03"), wrong, void(wrong))
    assert (j.stage, j.withdrawals, j.facts, len(j.timeline)) == ("investigation", 0, 1, 2)


def test_a_voided_void_is_none() -> None:
    wrong = withdrew("05-10")
    undone = void(wrong)
    assert folded(crime("05-03"), wrong, undone, void(undone, "12-31")).withdrawals == 1


def test_the_last_amendment_stands_and_may_change_the_time() -> None:
    event = withdrew("05-10")
    j = folded(
        crime("05-03"),
        event,
        amend(event, "06-01", time="05-12"),
        amend(event, "06-02", time="05-14", reasons=["delay"]),
    )
    assert (j.withdrew_at, j.withdrawal_reasons) == (day("05-14"), ["delay"])


def test_a_report_amended_to_another_victim_is_another_journey() -> None:
    report = crime("05-03")
    journeys = fold_history([report, amend(report, victim_reference="V9"), outcome("05-20", 18)])
    assert list(journeys) == [("met", "C1", "V9")]
    assert journeys["met", "C1", "V9"].exit == "police_no_further_action"


def test_a_correction_that_names_another_type_does_not_stand() -> None:
    event = withdrew("05-10")
    wrong = void(event | {"type": "police.victim-re-engaged.v1"})
    j = folded(crime("05-03"), event, wrong)
    assert (j.exit, j.anomalies) == ("victim_withdrew", ["correction_of_other_type"])


def test_a_second_report_gives_the_earliest_date_and_the_latest_attributes() -> None:
    j = folded(
        crime("05-05", bcu="north_area", offence_group="rape"),
        crime("05-03", person={"age": 17}),
        crime("05-09", bcu="south_east"),
    )
    assert (j.reported_at, j.bcu, j.age) == (day("05-03"), "south_east", 17)
    assert (j.offence_group, j.anomalies) == ("robbery_of_personal_property", ["second_report"])


def test_two_numbers_of_one_person_in_one_crime_count_once() -> None:
    events = [crime("05-03", uvi="UVI1"), crime("05-03", victim="V2", uvi="UVI1")]
    journeys = fold_history(events)
    assert {j.uvi for j in journeys.values()} == {"UVI1"}
    assert {j.victims_in_crime for j in journeys.values()} == {1}
    counted = [j.journey_id for j in journeys.values() if j.counted]
    assert counted == [min(j.journey_id for j in journeys.values())]


def test_two_uvis_for_one_number_are_a_conflict_and_the_least_is_shown() -> None:
    journeys = fold_history([crime("05-03", uvi="UVI2"), crime("05-04", "C2", uvi="UVI1")])
    assert {(j.uvi, tuple(j.anomalies)) for j in journeys.values()} == {("UVI1", ("uvi_conflict",))}


def test_what_is_said_of_a_person_alone_belongs_to_the_journey_that_was_open_then() -> None:
    support = said("support.service-started", "/support/vs", "07-01", uvi="UVI1", service="idva")
    journeys = fold_history(
        [crime("05-03", uvi="UVI1"), outcome("06-01", 18), crime("06-10", "C2", "V2", uvi="UVI1"), support]
    )
    assert journeys["met", "C1", "V1"].support_services == []
    assert journeys["met", "C2", "V2"].support_services == ["idva"]


def test_a_cancelled_crime_is_kept_and_not_counted() -> None:
    j = folded(crime("05-03"), about_crime("crime-cancelled", "05-10"))
    assert (j.cancelled, j.counted, j.stage) == (True, False, "investigation")


def test_a_day_is_londons() -> None:
    # 23:30 UTC on 3 May is half past midnight on 4 May in London
    late = crime("05-03") | {"time": "2021-05-03T23:30:00Z"}
    assert folded(late).reported_at == day("05-04")
    winter = crime("01-03") | {"time": "2021-01-03T23:30:00Z"}
    assert folded(winter).reported_at == day("01-03")


def test_a_month_is_in_no_mean() -> None:
    charge = outcome("06-01", 1) | {"timeprecision": "month"}
    assert delay(folded(crime("05-03"), charge), "report_to_charge") == ("imprecise", 29)


def test_an_interval_that_ends_before_it_begins_is_odd() -> None:
    j = folded(crime("05-03"), about_crime("suspect-arrested", "05-01"))
    assert (j.arrested_at, delay(j, "report_to_arrest"), j.anomalies) == (
        day("05-01"),
        ("negative", -2),
        ["negative_delay"],
    )


def test_on_one_day_a_time_that_is_known_to_the_day_comes_last() -> None:
    unknown = outcome("05-20 00:00", 18) | {"timeprecision": "day"}
    assert folded(crime("05-03"), unknown, outcome("05-20 15:00", 8)).exit == "police_no_further_action"


def test_categories_of_offence() -> None:
    adult = folded(crime("05-03", offence_group="rape", flags=["domestic_abuse"], person={"age": 30}))
    assert adult.offences == [
        "adult_rape",
        "adult_rape_domestic_abuse",
        "adult_sexual",
        "domestic_abuse",
        "rape",
        "sexual",
    ]
    child = folded(crime("05-03", offence_group="other_sexual_offences", person={"age": 12}))
    assert child.offences == ["child_sexual_abuse", "other_sexual_offences", "sexual"]
    unknown = folded(crime("05-03", offence_group="rape"))
    assert unknown.offences == ["rape", "sexual"]
    robbery = folded(crime("05-03"))
    assert robbery.offences == ["non_sexual", "robbery", "robbery_of_personal_property"]


def test_the_reviews_cohort_has_one_victim_and_one_suspect() -> None:
    assert folded(crime("05-03"), arrest("05-04")).cohort_review
    assert not folded(crime("05-03")).cohort_review
    assert not folded(crime("05-03"), crime("05-03", victim="V2"), arrest("05-04")).cohort_review


def test_the_cps_area_is_that_of_the_lead_case_or_of_one_that_had_early_advice_only() -> None:
    advised = [crime("05-03"), referral("05-10", referral_type="early_advice"), receipt("05-12")]
    other = said("cps.referral-received", "/cps/london-north", "06-12", urn="U2")
    assert folded(*advised[:2]).cps_area == "london"
    assert folded(*advised).cps_area == "london_south"
    assert folded(*advised, referral("06-10", "U2"), other).cps_area == "london_north"


def test_any_order_gives_the_same_journey() -> None:
    events = [
        *CHARGED,
        crime("05-04", "C2", "V2"),
        referral("05-12", crimes=("C2",)),
        withdrew("06-01"),
        listing("06-01", "07-05"),
        trial("07-05", "ineffective", next_hearing_id="H2"),
        completed("09-01", "acquitted"),
    ]
    events += [amend(events[4], "10-01", time="06-03"), void(events[6], "10-02")]
    chance = random.Random(7)
    seen = set()
    for _ in itertools.repeat(None, 30):
        chance.shuffle(events)
        journeys = fold_history(events)
        for j in journeys.values():
            j.timeline = [(0, stage_after, holder_after) for _, stage_after, holder_after in j.timeline]
        seen.add(repr(journeys))
    assert len(seen) == 1


def test_a_trial_listed_back_to_a_date_that_has_its_outcome_is_the_same_trial() -> None:
    moved = [
        courts("hearing-relisted", at, hearing_id="H1", start_date=f"2021-{to}")
        for at, to in (("08-01", "09-10"), ("08-05", "09-07"))
    ]
    j = folded(*CHARGED, listing("07-01", "09-07"), trial("07-20", "ineffective"), *moved)
    assert [(t["date"], t["outcome"]) for t in j.trials] == [("2021-09-07", "ineffective")]
    assert j.next_trial_date is None

"""Referrals, decisions, who holds the file, and clocks: worked out by hand from contract 3."""

from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    about_crime,
    answer,
    arrest,
    completed,
    cps,
    crime,
    day,
    decision,
    delay,
    finalised,
    folded,
    outcome,
    plan,
    receipt,
    referral,
    stage,
)


def test_a_crime_that_is_only_reported_is_in_investigation_with_police() -> None:
    j = folded(crime("05-03"))
    assert (j.stage, j.holder, j.holder_since, j.reported_at) == ("investigation", "police", day("05-03"), day("05-03"))
    assert (stage(j, "investigation"), stage(j, "charging")) == ("open", None)


def test_early_advice_is_no_referral() -> None:
    j = folded(crime("05-03"), referral("05-10", referral_type="early_advice"), receipt("05-11"))
    assert (j.stage, j.referred_at) == ("investigation", None)


def test_a_receipt_with_no_referral_before_it_enters_charging() -> None:
    j = folded(crime("05-03"), referral("05-30"), receipt("05-11"))
    assert (j.stage, j.referral_received_at) == ("charging", day("05-11"))


def test_police_hold_the_file_until_cps_receives_it() -> None:
    j = folded(crime("05-03"), referral("05-10"), receipt("05-14"), decision("06-14"))
    # police 05-10 to 05-14 = 4 days, CPS 05-14 to 06-14 = 31 days; together referral to decision = 35
    assert (j.police_days, j.cps_days, delay(j, "referral_to_decision")) == (4, 31, ("completed", 35))
    assert (j.stage, j.holder, j.charged_at) == ("awaiting_trial", "court", day("06-14"))
    # CPS's own figure runs from the receipt
    assert delay(j, "receipt_to_charge") == ("completed", 31)


def test_cps_hold_it_from_submission_where_the_case_has_no_receipt_at_all() -> None:
    j = folded(crime("05-03"), referral("05-10"), decision("06-14"))
    assert (j.police_days, j.cps_days) == (0, 35)


def test_police_hold_it_while_an_action_plan_is_unanswered() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        receipt("05-10"),
        plan("05-15", "AP1"),
        plan("05-16", "AP2"),
        answer("05-20", action_plan_id="AP1"),
        answer("05-25"),
        decision("06-14"),
    )
    # CPS 05-10 to 05-15 = 5, police to 05-25 = 10 (AP2 waits until the answer to all), CPS to 06-14 = 20
    assert (j.cps_days, j.police_days, j.action_plans) == (25, 10, 2)


def test_after_a_return_at_triage_police_hold_it_until_the_next_referral() -> None:
    events = (crime("05-03"), referral("05-10"), receipt("05-12", accepted=False))
    j = folded(*events)
    assert (j.stage, j.holder, j.exit) == ("charging", "police", None)
    j = folded(*events, outcome("05-20", 18))
    assert (j.exit, j.exit_at) == ("police_no_further_action", day("05-20"))  # a returned referral awaits nothing
    j = folded(*events, referral("05-22"), receipt("05-23"), decision("05-30"))
    # police 05-10 to 05-23 = 13, CPS 05-23 to 05-30 = 7
    assert (j.police_days, j.cps_days, j.cases[0]["returned_at_triage"]) == (13, 7, True)


def test_the_days_between_an_administrative_finalisation_and_its_re_opening_are_nobodys() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        receipt("05-10"),
        plan("05-20"),
        decision("06-01", "administratively_finalised"),
        answer("07-01"),
        decision("07-11"),
    )
    # CPS 05-10 to 05-20 = 10 and 07-01 to 07-11 = 10; police 05-20 to 06-01 = 12; nobody 06-01 to 07-01 = 30
    assert (j.cps_days, j.police_days, delay(j, "referral_to_decision")) == (20, 12, ("completed", 62))
    assert (j.charged_at, j.reopened, j.anomalies) == (day("07-11"), 1, [])


def test_an_administrative_finalisation_is_an_exit_until_it_is_re_opened() -> None:
    j = folded(crime("05-03"), referral("05-10"), decision("06-01", "administratively_finalised"))
    assert (j.exit, j.exit_at) == ("administratively_finalised", day("06-01"))
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("06-01", "administratively_finalised"),
        cps("case-reopened", "06-10"),
    )
    assert (j.stage, j.exit, j.reopened) == ("charging", None, 1)


def test_no_further_action_by_cps_and_an_outcome_that_restates_it() -> None:
    j = folded(
        crime("05-03"), arrest("05-04"), referral("05-10"), decision("06-01", NO_FURTHER_ACTION), outcome("06-10", 15)
    )
    assert (j.exit, j.exit_at, j.anomalies) == ("cps_no_further_action", day("06-01"), [])


def test_an_outcome_that_does_not_restate_it_is_an_ending_too() -> None:
    j = folded(crime("05-03"), referral("05-10"), decision("06-01", NO_FURTHER_ACTION), outcome("06-10", 18))
    assert (j.exit, j.exit_at) == ("cps_no_further_action", day("06-10"))


def test_a_police_outcome_does_not_end_a_journey_whose_referral_awaits_a_decision() -> None:
    assert folded(crime("05-03"), referral("05-10"), outcome("05-20", 18)).exit is None


def test_outcome_1_charges_and_outcome_0_undoes_it() -> None:
    j = folded(crime("05-03"), outcome("05-20", 1))
    assert (j.stage, j.charged_at, j.holder) == ("awaiting_trial", day("05-20"), "court")
    j = folded(crime("05-03"), outcome("05-20", 1), outcome("05-25", 0))
    assert (j.stage, j.charged_at) == ("investigation", None)


def test_charged_at_is_the_earlier_of_outcome_1_and_the_decision() -> None:
    assert folded(crime("05-03"), referral("05-10"), outcome("05-19", 1), decision("05-20")).charged_at == day("05-19")
    assert folded(crime("05-03"), referral("05-10"), decision("05-20"), outcome("05-25", 1)).charged_at == day("05-20")


def test_outcomes_by_code() -> None:
    exits = {
        2: "out_of_court_disposal",
        4: "taken_into_consideration",
        5: "police_no_further_action",
        9: "cps_no_further_action",
        18: "police_no_further_action",
        19: "transferred",
        22: "out_of_court_disposal",
    }
    assert {code: folded(crime("05-03"), outcome("05-20", code)).exit for code in exits} == exits


def test_outcome_0_re_opens_what_an_outcome_ended() -> None:
    j = folded(crime("05-03"), outcome("05-20", 18), outcome("05-25", 0))
    assert (j.stage, j.exit, j.reopened) == ("investigation", None, 1)
    j = folded(crime("05-03"), outcome("05-20", 18), outcome("05-25", 0), outcome("06-25", 21))
    assert (j.exit, j.exit_at) == ("police_no_further_action", day("06-25"))


def test_an_arrest_after_the_end_re_opens_and_is_odd() -> None:
    j = folded(crime("05-03"), outcome("05-20", 18), arrest("06-01"))
    assert (j.stage, j.reopened, j.anomalies) == ("investigation", 1, ["reopened_without_reason"])


def test_a_re_opened_investigation_stays_open_until_the_next_ending() -> None:
    events = (
        crime("05-03"),
        referral("05-10"),
        decision("06-01", NO_FURTHER_ACTION),
        about_crime("investigation-reopened", "06-15"),
    )
    j = folded(*events)
    assert (j.stage, j.exit, j.reopened) == ("charging", None, 1)
    j = folded(*events, outcome("07-01", 21))
    assert (j.exit, j.exit_at) == ("cps_no_further_action", day("07-01"))


def test_a_re_opened_case_sets_its_decision_aside() -> None:
    events = (crime("05-03"), referral("05-10"), decision("06-01", NO_FURTHER_ACTION), cps("case-reopened", "06-15"))
    j = folded(*events, decision("07-01"), completed("09-01", "acquitted"))
    assert (j.charged_at, j.exit, j.exit_at, j.reopened) == (day("07-01"), "acquitted", day("09-01"), 1)


def test_a_re_opened_case_sets_results_without_verdict_aside() -> None:
    charged = (
        crime("05-03"),
        referral("05-10"),
        decision("05-20"),
        finalised("07-01", "discontinued", reason="evidential"),
    )
    j = folded(*charged, cps("case-reopened", "07-15"))
    assert (j.stage, j.exit, j.charged_at) == ("awaiting_trial", None, day("05-20"))
    j = folded(*charged, cps("case-reopened", "07-15"), completed("10-01", "convicted"))
    assert (j.exit, j.exit_at) == ("convicted", day("10-01"))


def test_of_two_cases_one_charged_and_one_not() -> None:
    events = (crime("05-03"), referral("05-10"), referral("05-12", "U2"), decision("06-01", NO_FURTHER_ACTION))
    j = folded(*events)
    assert (j.exit, j.stage, j.referred_at) == (None, "charging", day("05-10"))  # U2 still awaits a decision
    j = folded(*events, decision("06-10", urn="U2"))
    assert (j.stage, j.charged_at, j.referred_at) == (
        "awaiting_trial",
        day("06-10"),
        day("05-12"),
    )  # the lead is the charged one
    j = folded(*events, decision("06-10", urn="U2"), completed("09-01", "convicted", urn="U2"))
    assert (j.exit, j.exit_at) == ("convicted", day("09-01"))


def test_a_decision_about_another_crime_of_the_case_is_not_about_this_one() -> None:
    two = (crime("05-03"), crime("05-03", "C2", "V2"), referral("05-10", crimes=("C1", "C2")))
    charge = decision("06-01", crime_references=["C2"], force="met")
    assert folded(*two, charge).stage == "charging"
    assert folded(*two, charge, number="C2", victim="V2").stage == "awaiting_trial"


def test_all_charged_prosecutions_need_a_result_and_a_conviction_is_the_exit() -> None:
    events = (
        crime("05-03"),
        referral("05-10"),
        decision("05-20", suspect_reference="S1"),
        decision("05-20", suspect_reference="S2"),
        completed("09-01", "convicted", suspect_reference="S1"),
    )
    assert folded(*events).exit is None
    j = folded(*events, completed("10-01", "acquitted", suspect_reference="S2"))
    assert (j.exit, j.exit_at, j.suspects) == ("convicted", day("10-01"), 2)


def test_the_first_name_takes_the_unnamed_ones_place() -> None:
    j = folded(
        crime("05-03"), referral("05-10"), decision("05-20"), completed("09-01", "acquitted", suspect_reference="S1")
    )
    assert (j.exit, len(j.cases[0]["prosecutions"])) == ("acquitted", 1)


def test_a_prosecution_ends_with_its_first_result_and_later_ones_say_what_it_was() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("05-20"),
        finalised("09-01", "discontinued"),
        completed("09-20", "convicted"),
    )
    assert (j.exit, j.exit_at, j.anomalies) == ("convicted", day("09-01"), ["result_differs"])


def test_a_result_without_a_charge_implies_one() -> None:
    j = folded(crime("05-03"), referral("05-10"), completed("09-01", "convicted"))
    assert (j.exit, j.charged_at, stage(j, "pre_charge")) == ("convicted", None, "progressed")
    assert delay(j, "report_to_charge") == ("lost", None)

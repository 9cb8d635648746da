"""What sets what aside, and when a journey is open again: worked out by hand from contract 3, Re-opened, and 4."""

from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    about_crime,
    answer,
    arrest,
    completed,
    courts,
    cps,
    crime,
    day,
    decision,
    finalised,
    folded,
    listing,
    outcome,
    plan,
    re_engaged,
    receipt,
    referral,
    said,
    stage,
    trial,
    withdrew,
)

CHARGED = (crime("05-03"), referral("05-10"), decision("05-20"))
DROPPED = (*CHARGED, finalised("07-01", "discontinued", reason="evidential"))


def test_after_a_re_opened_case_a_decision_not_to_charge_again_is_the_ending() -> None:
    j = folded(*DROPPED, cps("case-reopened", "07-15"), decision("08-01", NO_FURTHER_ACTION))
    assert (j.exit, j.exit_at, j.charged_at, j.reopened) == ("cps_no_further_action", day("08-01"), day("05-20"), 1)


def test_a_second_referral_of_a_re_opened_charged_case_still_awaits_its_decision() -> None:
    j = folded(*DROPPED, referral("07-15"), referral("07-20"))
    assert (j.stage, j.exit) == ("awaiting_trial", None)


def test_a_referral_of_a_charged_case_that_goes_on_awaits_nothing_and_sets_nothing_aside() -> None:
    j = folded(*CHARGED, referral("06-01"), completed("09-01", "convicted"))
    assert (j.exit, j.exit_at) == ("convicted", day("09-01"))


def test_a_charge_after_the_end_is_open_until_its_own_result() -> None:
    again = (*CHARGED, completed("07-01", "convicted"), decision("07-10"))
    assert folded(*again).exit is None
    j = folded(*again, completed("09-01", "acquitted"))
    assert (j.exit, j.exit_at, j.reopened) == ("convicted", day("09-01"), 1)


def test_a_prosecution_begun_again_is_what_its_new_result_says() -> None:
    j = folded(
        *CHARGED,
        completed("07-01", "discontinued"),
        decision("07-10"),
        finalised("09-01", "administratively_finalised"),
    )
    assert (j.exit, j.exit_at) == ("administratively_finalised", day("09-01"))


def test_a_suspect_charged_after_a_decision_not_to_is_not_one_against_whom_nothing_was_done() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("05-20", NO_FURTHER_ACTION, suspect_reference="S1"),
        decision("06-01", suspect_reference="S1"),
        completed("09-01", "administratively_finalised", suspect_reference="S1"),
    )
    assert (j.exit, j.exit_at) == ("administratively_finalised", day("09-01"))


def test_an_answered_plan_re_opens_whatever_ended_the_case() -> None:
    asked = (crime("05-03"), referral("05-10"), receipt("05-11"), plan("05-15"))
    j = folded(*asked, decision("05-20", NO_FURTHER_ACTION), answer("06-01"))
    assert (j.stage, j.holder, j.reopened, j.anomalies) == ("charging", "cps", 1, ["reopened_without_reason"])


def test_an_answer_to_no_plan_re_opens_nothing() -> None:
    j = folded(crime("05-03"), referral("05-10"), decision("05-20", NO_FURTHER_ACTION), answer("06-01"))
    assert (j.exit, j.reopened, j.anomalies) == ("cps_no_further_action", 0, ["answer_without_plan"])


def test_an_answered_plan_does_not_set_a_charge_aside_that_goes_on() -> None:
    asked = (crime("05-03"), referral("05-10"), receipt("05-11"), plan("05-15"), decision("05-20"))
    j = folded(*asked, answer("06-01"), completed("09-01", "convicted"))
    assert (j.exit, j.exit_at, j.reopened) == ("convicted", day("09-01"), 0)


def test_what_goes_on_on_the_day_of_the_end_undoes_it_and_is_no_re_opening() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("05-20 10:00", NO_FURTHER_ACTION, suspect_reference="S1"),
        decision("05-20 11:00", suspect_reference="S2"),
    )
    assert (j.stage, j.exit, j.reopened, j.anomalies) == ("awaiting_trial", None, 0, [])


def test_a_trial_after_the_end_of_a_case_that_had_a_result_is_no_re_opening() -> None:
    early = (crime("03-01"), referral("03-05"), finalised("03-10", "lie_on_file"), cps("case-reopened", "03-12"))
    j = folded(*early, listing("03-13", "04-01"), decision("03-14", "administratively_finalised"))
    assert (j.exit, j.exit_at) == ("administratively_finalised", day("03-14"))
    j = folded(
        *early, listing("03-13", "04-01"), decision("03-14", "administratively_finalised"), trial("04-02", "effective")
    )
    assert (j.exit, j.exit_at, j.trial_started_at) == ("administratively_finalised", day("03-14"), day("04-02"))


def test_an_arrest_after_a_withdrawal_does_not_keep_a_later_ending_from_being_the_last() -> None:
    told = (crime("03-01"), withdrew("03-02"), referral("03-05"), decision("03-19", NO_FURTHER_ACTION))
    assert folded(*told).exit_at == day("03-19")
    for between in ((), (arrest("03-21"),)):
        j = folded(*told, *between, decision("04-01", "other"))
        assert (j.exit, j.exit_at) == ("victim_withdrew", day("04-01"))


def test_an_arrest_on_the_day_of_the_end_changes_nothing() -> None:
    j = folded(crime("05-03"), outcome("05-20 10:00", 18), arrest("05-20 11:00"))
    assert (j.exit, j.reopened) == ("police_no_further_action", 0)


def test_a_disposal_after_a_withdrawal_opens_the_journey_again_while_a_referral_waits() -> None:
    j = folded(crime("05-03"), referral("05-10"), withdrew("05-15"), outcome("05-20", 8))
    assert (j.stage, j.exit, j.reopened) == ("charging", None, 1)
    j = folded(
        crime("05-03"), referral("05-10"), withdrew("05-15"), outcome("05-20", 8), decision("06-01", NO_FURTHER_ACTION)
    )
    assert (j.exit, j.exit_at) == ("out_of_court_disposal", day("06-01"))


def test_a_disposal_by_cps_after_a_withdrawal_sets_the_earlier_police_outcome_aside_as_any_re_opening_does() -> None:
    j = folded(
        *(crime("05-03"), referral("05-10"), outcome("05-12", 8), withdrew("05-15")),
        *(decision("05-20", "out_of_court_disposal"), decision("06-01", "administratively_finalised")),
    )
    assert (j.exit, j.exit_at) == ("victim_withdrew", day("06-01"))


def test_a_withdrawal_on_the_day_of_a_disposal_counts_as_standing_at_it() -> None:
    j = folded(crime("05-03"), outcome("05-20 10:00", 8), withdrew("05-20 16:00"))
    assert (j.exit, j.exit_at, j.withdrew_at) == ("out_of_court_disposal", day("05-20"), day("05-20"))


def test_an_outcome_that_only_restates_the_decision_does_not_end_a_spell() -> None:
    j = folded(
        crime("05-03"),
        arrest("05-04"),
        outcome("05-05", 16),
        referral("05-10"),
        decision("06-01", NO_FURTHER_ACTION),
        outcome("06-05", 15),
    )
    assert (j.exit, j.exit_at, j.withdrew_at) == ("victim_withdrew", day("06-01"), day("05-05"))


def test_an_outcome_restates_no_decision_of_before_a_re_opening() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("06-01", NO_FURTHER_ACTION),
        about_crime("investigation-reopened", "06-15"),
        outcome("07-01", 18),
        outcome("07-10", 21),
    )
    assert (j.exit, j.exit_at) == ("cps_no_further_action", day("07-10"))


def test_outcome_16_replaces_the_outcome_that_ended_the_journey() -> None:
    j = folded(crime("05-03"), arrest("05-04"), outcome("05-20", 15), outcome("06-01", 16))
    assert (j.exit, j.exit_at, j.withdrew_at, j.withdrawals) == ("victim_withdrew", day("06-01"), day("06-01"), 1)
    assert (j.reopened, j.anomalies) == (0, [])


def test_outcome_16_after_a_decision_ended_it_begins_no_spell() -> None:
    j = folded(
        crime("05-03"), arrest("05-04"), referral("05-10"), decision("06-01", NO_FURTHER_ACTION), outcome("06-10", 16)
    )
    assert (j.exit, j.exit_at, j.withdrawals) == ("cps_no_further_action", day("06-01"), 0)
    assert j.anomalies == ["withdrew_after_end"]


def test_a_fact_that_falls_into_a_standing_spell_after_the_end_belongs_to_it_and_moves_no_end() -> None:
    undone = (crime("05-03"), arrest("05-04"), withdrew("05-10", evidence=()), referral("05-20"))
    j = folded(*undone, decision("06-20", NO_FURTHER_ACTION), withdrew("07-01"), outcome("07-05", 16))
    assert (j.exit, j.exit_at, j.withdrawals, j.withdrawal_evidenced) == ("victim_withdrew", day("06-20"), 1, True)
    assert j.anomalies == []


def test_outcome_0_after_a_charge_by_cps_undoes_nothing() -> None:
    j = folded(crime("05-03"), referral("05-10"), outcome("05-19", 1), decision("05-20"), outcome("06-01", 0))
    assert (j.stage, j.charged_at) == ("awaiting_trial", day("05-19"))


def test_outcome_0_after_the_end_opens_a_withdrawn_journey_again() -> None:
    j = folded(crime("05-03"), withdrew("05-10"), outcome("05-20", 0))
    assert (j.stage, j.exit, j.withdrew_at, j.reopened) == ("investigation", None, day("05-10"), 1)
    j = folded(crime("05-03"), withdrew("05-10"), outcome("05-20", 0), outcome("06-01", 18))
    assert (j.exit, j.exit_at) == ("victim_withdrew", day("06-01"))


def test_a_trial_whose_outcome_is_cleared_implied_no_charge() -> None:
    tried = (crime("05-03"), referral("05-10"), listing("05-15", "07-01"), trial("07-01", "effective"))
    assert folded(*tried).stage == "trial"
    j = folded(*tried, courts("trial-outcome-cleared", "07-02", hearing_id="H1"))
    assert (j.stage, j.trial_started_at, j.charged_at) == ("charging", None, None)


def test_a_result_with_no_charge_known_undoes_the_exit_of_a_withdrawal() -> None:
    case = (crime("05-03"), referral("05-10"), withdrew("05-15"))
    j = folded(*case, completed("09-01", "convicted"))
    assert (j.exit, j.exit_at, j.charged_at, j.withdrew_stage) == ("convicted", day("09-01"), None, "charging")


def test_a_receipt_that_is_accepted_after_a_return_says_of_a_referral_that_is_not_on_record() -> None:
    case = (crime("05-03"), referral("05-10"), receipt("05-12", accepted=False), receipt("05-20"))
    j = folded(*case)
    assert (j.stage, j.holder) == ("charging", "cps")
    assert folded(*case, outcome("06-01", 18)).exit is None  # it awaits a decision


def test_a_first_receipt_undoes_a_withdrawal_as_the_referral_would_that_is_not_on_record() -> None:
    tie = said("identity.case-linked", "/identity", "05-04", urn="U1", crime_references=["C1"], force="met")
    j = folded(crime("05-03"), tie, withdrew("05-10"), receipt("05-20"))
    assert (j.stage, j.exit, j.reopened) == ("charging", None, 1)


def test_re_engaged_before_a_result_of_the_same_day_it_does_not_stand_at_it() -> None:
    charged = (*CHARGED, withdrew("06-01"))
    j = folded(*charged, re_engaged("08-01 10:00"), finalised("08-01 16:00", "discontinued"))
    assert j.exit == "dropped"
    j = folded(*charged, finalised("08-01 10:00", "discontinued"), re_engaged("08-01 16:00"))
    assert (j.exit, j.withdrew_at) == ("victim_withdrew", day("06-01"))


def test_a_result_implies_the_charge_that_outcome_0_took_away() -> None:
    j = folded(
        crime("05-03"), referral("05-10"), outcome("05-20", 1), finalised("07-01", "discontinued"), outcome("07-05", 0)
    )
    assert (j.stage, j.exit, j.charged_at) == ("awaiting_trial", None, None)
    assert (stage(j, "pre_charge"), stage(j, "post_charge")) == ("progressed", "open")


def test_an_answered_plan_sets_a_decision_aside_and_does_not_undo_a_withdrawal_that_is_the_exit_by_it() -> None:
    asked = (crime("05-03"), withdrew("05-03"), plan("05-06"), referral("05-10"))
    j = folded(*asked, decision("05-19", NO_FURTHER_ACTION), answer("05-26", action_plan_id="AP1"))
    assert (j.exit, j.exit_at, j.stage, j.reopened) == ("victim_withdrew", day("05-19"), "concluded", 1)

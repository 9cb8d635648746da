"""Withdrawals, worked out by hand from contract 4."""

from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
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
    stage,
    trial,
    withdrew,
)


def test_a_withdrawal_before_a_charge_ends_the_journey_at_once_on_its_own_date() -> None:
    j = folded(crime("05-03"), withdrew("05-10", reasons=["delay"]), outcome("06-01", 16))
    assert (j.exit, j.exit_at, j.stage, j.holder) == ("victim_withdrew", day("05-10"), "concluded", "none")
    assert (j.withdrew_at, j.withdrew_stage, j.withdrawals) == (day("05-10"), "investigation", 1)
    assert (j.withdrawal_evidenced, j.withdrawal_reasons) == (True, ["delay"])
    assert (stage(j, "pre_charge"), stage(j, "investigation"), stage(j, "journey")) == ("withdrew",) * 3


def test_it_does_so_while_a_referral_waits_and_whatever_follows() -> None:
    j = folded(
        crime("05-03"), referral("05-20"), receipt("05-21"), withdrew("06-01"), decision("07-01", NO_FURTHER_ACTION)
    )
    assert (j.exit, j.exit_at, j.withdrew_stage) == ("victim_withdrew", day("06-01"), "charging")
    assert stage(j, "investigation") == "progressed"
    assert stage(j, "charging") == "withdrew"


def test_outcome_16_alone_is_an_unevidenced_withdrawal() -> None:
    j = folded(crime("05-03"), arrest("05-04"), outcome("05-30", 16))
    assert (j.exit, j.exit_at, j.withdrawal_evidenced) == ("victim_withdrew", day("05-30"), False)
    assert j.spells[0]["outcome_code"] == 16
    assert j.anomalies == []


def test_evidence_that_any_agency_has_makes_the_spell_evidenced_whenever_it_comes() -> None:
    evidence = cps("victim-withdrew", "08-01", victim_reference="V1", evidence=["email"])
    j = folded(crime("05-03"), arrest("05-04"), referral("05-05"), outcome("05-30", 16), evidence)
    assert (j.exit_at, j.withdrawals, j.withdrawal_evidenced) == (day("05-30"), 1, True)


def test_a_referral_dated_after_a_withdrawal_undoes_the_exit_but_not_the_withdrawal() -> None:
    j = folded(crime("05-03"), withdrew("05-10"), referral("05-20"))
    assert (j.stage, j.exit, j.withdrew_at, j.reopened) == ("charging", None, day("05-10"), 1)
    assert j.withdrew_stage == "investigation"


def test_what_undid_it_and_ends_without_charge_ends_the_journey_as_withdrawn_on_that_day() -> None:
    j = folded(crime("05-03"), withdrew("05-10"), referral("05-20"), decision("06-20", NO_FURTHER_ACTION))
    assert (j.exit, j.exit_at) == ("victim_withdrew", day("06-20"))
    investigation = next(s for s in j.stages if s["stage"] == "investigation")
    assert (investigation["result"], investigation["continued"]) == ("progressed", True)
    assert stage(j, "charging") == "withdrew"


def test_a_further_withdrawal_in_the_spell_makes_the_exit_again_on_its_own_date() -> None:
    j = folded(
        crime("05-03"), withdrew("05-10"), referral("05-20"), withdrew("05-25"), decision("06-20", NO_FURTHER_ACTION)
    )
    assert (j.exit, j.exit_at, j.withdrew_at, j.withdrawals) == ("victim_withdrew", day("05-25"), day("05-10"), 1)


def test_early_advice_does_not_undo_it() -> None:
    j = folded(crime("05-03"), withdrew("05-10"), referral("05-20", referral_type="early_advice"))
    assert (j.exit, j.exit_at) == ("victim_withdrew", day("05-10"))


def test_an_out_of_court_disposal_after_it_is_the_exit() -> None:
    j = folded(crime("05-03"), withdrew("05-10"), outcome("05-30", 8))
    assert (j.exit, j.exit_at, j.withdrew_at) == ("out_of_court_disposal", day("05-30"), day("05-10"))


def test_re_engagement_undoes_the_exit() -> None:
    j = folded(crime("05-03"), withdrew("05-10"), re_engaged("05-15"))
    assert (j.stage, j.exit, j.withdrew_at, j.first_withdrew_at) == ("investigation", None, None, day("05-10"))
    assert (j.withdrawals, j.withdrew_stages, j.reopened) == (1, ["investigation"], 1)


def test_after_re_engagement_an_outcome_that_followed_the_withdrawal_is_the_exit() -> None:
    j = folded(crime("05-03"), withdrew("05-10"), outcome("05-12", 18), re_engaged("05-15"))
    assert (j.exit, j.exit_at) == ("police_no_further_action", day("05-12"))


def test_an_arrest_does_not_re_open_a_withdrawn_journey() -> None:
    j = folded(crime("05-03"), withdrew("05-10"), arrest("05-15"))
    assert (j.exit, j.reopened, j.anomalies) == ("victim_withdrew", 0, [])


def test_a_withdrawal_after_a_charge_is_no_exit_and_a_verdict_is() -> None:
    j = folded(crime("05-03"), referral("05-10"), decision("05-20"), withdrew("06-01"), completed("09-01", "convicted"))
    assert (j.exit, j.exit_at, j.withdrew_stage) == ("convicted", day("09-01"), "awaiting_trial")
    post = next(s for s in j.stages if s["stage"] == "post_charge")
    assert (post["result"], post["continued"], post["convicted"]) == ("progressed", True, True)
    assert stage(j, "pre_charge") == "progressed"


def test_a_prosecution_dropped_while_it_stands_for_the_victims_reasons_or_none_is_a_withdrawal() -> None:
    charged = (crime("05-03"), referral("05-10"), decision("05-20"), withdrew("06-01"))
    for reason in (
        {},
        {"reason": "victim_retraction"},
        {"reason": "victim_non_attendance"},
        {"reason": "victim_evidence"},
    ):
        j = folded(*charged, finalised("08-01", "discontinued", **reason))
        assert (j.exit, j.exit_at, stage(j, "post_charge")) == ("victim_withdrew", day("08-01"), "withdrew")
    j = folded(*charged, finalised("08-01", "discontinued", reason="evidential"))
    assert (j.exit, stage(j, "post_charge")) == ("dropped", "other_exit")


def test_a_withdrawal_on_the_day_of_an_ending_counts_as_standing_at_it() -> None:
    charged = (crime("05-03"), referral("05-10"), decision("05-20"))
    j = folded(*charged, finalised("08-01 10:00", "no_evidence_offered"), withdrew("08-01 16:00"))
    assert (j.exit, j.anomalies) == ("victim_withdrew", [])


def test_a_withdrawal_dated_after_the_end_begins_no_spell() -> None:
    j = folded(crime("05-03"), outcome("05-20", 18), withdrew("06-01"))
    assert (j.exit, j.withdrawals, j.withdrew_at) == ("police_no_further_action", 0, None)
    assert "withdrew_after_end" in j.anomalies


def test_a_withdrawal_is_the_exit_once_the_trial_that_implied_a_charge_is_cleared() -> None:
    tried = (crime("05-03"), referral("05-05"), listing("05-06", "06-01"), trial("06-01", "effective"))
    j = folded(*tried, withdrew("06-05"))
    assert (j.exit, j.stage) == (None, "trial")
    cleared = courts("trial-outcome-cleared", "06-10", hearing_id="H1")
    j = folded(*tried, withdrew("06-05"), cleared)
    assert (j.exit, j.exit_at, j.charged_at) == ("victim_withdrew", day("06-05"), None)
    j = folded(*tried, withdrew("06-05"), referral("06-07"), cleared)
    assert (j.exit, j.stage) == (None, "charging")


def test_a_second_retraction_after_the_victim_re_engaged_is_no_second_withdrawal() -> None:
    told = (
        *(crime("05-03"), referral("05-10"), decision("05-20")),
        *(finalised("06-01", "acquitted", reason="victim_retraction"), referral("06-10"), re_engaged("06-11")),
    )
    for more in ((), (finalised("07-01", "discontinued", reason="victim_retraction"),)):
        j = folded(*told, *more)
        assert (j.withdrawals, j.first_withdrew_at, j.withdrew_at) == (1, day("06-01"), None)


def test_a_retraction_stands_in_the_stage_of_the_first_result_and_not_of_the_one_that_tells_it() -> None:
    j = folded(
        *(crime("05-03"), referral("05-10"), decision("05-20"), listing("06-01", "09-01")),
        finalised("08-01", "stayed"),
        trial("09-01", "effective"),
        finalised("09-05", "lie_on_file", reason="victim_retraction"),
    )
    assert (j.first_withdrew_at, j.withdrew_stages, j.exit) == (day("08-01"), ["awaiting_trial"], "victim_withdrew")


def test_a_retraction_without_a_withdrawal_on_record_is_one_unevidenced_where_there_is_one_victim() -> None:
    charged = (referral("05-10"), decision("05-20"), finalised("08-01", "discontinued", reason="victim_retraction"))
    j = folded(crime("05-03"), *charged)
    assert (j.exit, j.withdrew_at, j.withdrawal_evidenced) == ("victim_withdrew", day("08-01"), False)
    j = folded(crime("05-03"), crime("05-03", victim="V2"), *charged)
    assert (j.exit, j.withdrawals, j.anomalies) == ("dropped", 0, ["retraction_not_named"])


def test_non_attendance_alone_is_never_a_withdrawal() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("05-20"),
        finalised("08-01", "discontinued", reason="victim_non_attendance"),
    )
    assert (j.exit, j.withdrawals) == ("dropped", 0)


def test_a_spell_of_outcomes_alone_ends_on_the_date_of_the_next_other_outcome() -> None:
    j = folded(crime("05-03"), arrest("05-04"), outcome("05-10", 16), outcome("05-20", 18))
    assert (j.exit, j.exit_at, j.withdrew_at) == ("police_no_further_action", day("05-20"), None)
    assert (j.spells[0]["began"], j.spells[0]["ended"]) == ("2021-05-10", "2021-05-20")


def test_outcome_15_while_a_withdrawal_stands_is_odd_and_changes_nothing() -> None:
    j = folded(crime("05-03"), arrest("05-04"), withdrew("05-10"), outcome("05-20", 15))
    assert (j.exit, j.exit_at, j.anomalies) == ("victim_withdrew", day("05-10"), ["outcome_15_while_withdrawn"])


def test_outcome_16_after_a_charge_is_odd_and_no_withdrawal() -> None:
    j = folded(crime("05-03"), referral("05-10"), decision("05-20"), outcome("06-01", 16))
    assert (j.stage, j.withdrawals, j.anomalies) == ("awaiting_trial", 0, ["withdrawal_outcome_after_charge"])


def test_outcome_14_with_a_suspect_and_16_without_are_odd() -> None:
    assert folded(crime("05-03"), arrest("05-04"), outcome("05-30", 14)).anomalies == ["outcome_14_with_suspect"]
    assert folded(crime("05-03"), outcome("05-30", 16)).anomalies == ["outcome_16_without_suspect"]


def test_of_two_victims_one_withdraws_and_the_case_goes_on_for_the_other() -> None:
    case = (crime("05-03"), crime("05-03", victim="V2"), referral("05-10"), withdrew("05-15"), decision("05-20"))
    one = folded(*case, completed("09-01", "convicted"))
    other = folded(*case, completed("09-01", "convicted"), victim="V2")
    assert (one.withdrawals, one.withdrew_stage, one.exit) == (1, "charging", "convicted")
    charging = next(s for s in one.stages if s["stage"] == "charging")
    assert (charging["result"], charging["continued"]) == ("progressed", True)
    assert (other.withdrawals, other.exit) == (0, "convicted")


def test_outcome_16_without_a_name_in_a_crime_of_several_is_of_those_who_withdrew() -> None:
    events = (crime("05-03"), crime("05-03", victim="V2"), arrest("05-04"), withdrew("05-10"), outcome("05-20", 16))
    assert folded(*events).exit == "victim_withdrew"
    other = folded(*events, victim="V2")
    assert (other.exit, other.exit_at, other.withdrawals) == ("police_no_further_action", day("05-20"), 0)


def test_if_none_of_several_withdrew_it_is_of_all_of_them() -> None:
    events = (crime("05-03"), crime("05-03", victim="V2"), arrest("05-04"), outcome("05-20", 16))
    for victim in ("V1", "V2"):
        j = folded(*events, victim=victim)
        assert (j.exit, j.withdrawal_evidenced, j.anomalies) == ("victim_withdrew", False, ["victim_not_named"])


def test_re_engagement_after_an_ended_prosecution_changes_nothing() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("05-20"),
        withdrew("06-01"),
        finalised("08-01", "discontinued"),
        re_engaged("08-10"),
    )
    assert (j.exit, j.withdrew_at) == ("victim_withdrew", day("06-01"))


def test_an_answered_plan_does_not_re_open_a_withdrawn_journey() -> None:
    j = folded(crime("05-03"), referral("05-10"), receipt("05-11"), plan("05-15"), withdrew("05-20"), answer("06-01"))
    assert (j.exit, j.exit_at, j.reopened) == ("victim_withdrew", day("05-20"), 0)

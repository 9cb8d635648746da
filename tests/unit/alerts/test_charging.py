"""Waits for a decision and action plans, worked out by hand from contract 6."""

from tests.unit.alerts.found import found, midnight, one, with_thresholds
from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    answer,
    cps,
    crime,
    day,
    decision,
    outcome,
    plan,
    receipt,
    referral,
    withdrew,
)

REFERRED = (crime("05-03"), referral("05-10"))


def test_a_case_waits_too_long_on_the_28th_day_after_its_first_referral_and_is_told_again_at_twice_and_four_times() -> (
    None
):
    c = one("charging_wait", *REFERRED, referral("05-20"))
    assert (c.subject, c.occurrence, c.due_at) == ("U1", "2021-05-10", midnight("06-07"))
    assert c.repeats == (midnight("07-05"), midnight("08-30"))
    assert (c.ended_on, c.expires_at, c.force, c.severity) == (None, None, "met", "medium")


def test_the_alert_names_who_has_the_file_and_the_wait_goes_on_while_police_have_it() -> None:
    def holder(*events: dict[str, object]) -> object:
        c = one("charging_wait", *REFERRED, *events)
        assert c.ended_on is None
        return c.details["holder"]

    assert holder() == "cps"
    assert holder(receipt("05-12")) == "cps"
    assert holder(receipt("05-12"), plan("05-20")) == "police"
    assert holder(receipt("05-12", accepted=False)) == "police"


def test_a_decision_ends_the_wait_before_it_was_too_long_or_after() -> None:
    on_time = one("charging_wait", *REFERRED, decision("06-06"))
    assert (on_time.ended_on, on_time.arose) == (day("06-06"), False)
    late = one("charging_wait", *REFERRED, decision("06-07", "administratively_finalised"))
    assert (late.ended_on, late.arose) == (day("06-07"), True)


def test_a_case_that_is_opened_again_waits_from_that_day() -> None:
    again = cps("case-reopened", "09-01")
    first, second = found("charging_wait", *REFERRED, decision("06-01", NO_FURTHER_ACTION), again)
    assert (first.occurrence, first.ended_on) == ("2021-05-10", day("06-01"))
    assert (second.occurrence, second.due_at, second.ended_on) == ("2021-09-01", midnight("09-29"), None)


def test_early_advice_is_no_referral() -> None:
    assert found("charging_wait", crime("05-03"), referral("05-10", referral_type="early_advice")) == []


def test_rape_and_custody_have_thresholds_of_their_own() -> None:
    rules = with_thresholds("charging_wait", in_custody_days=3, offences={"rape": 21, "sexual": 14})
    rape = (crime("05-03", offence_group="rape"), referral("05-10"))
    assert one("charging_wait", *rape, rules=rules).due_at == midnight("05-31")
    sexual = (crime("05-03", offence_group="other_sexual_offences"), referral("05-10"))
    assert one("charging_wait", *sexual, rules=rules).due_at == midnight("05-24")
    custody = (crime("05-03", offence_group="rape"), referral("05-10", in_custody=True))
    assert one("charging_wait", *custody, rules=rules).due_at == midnight("05-13")


def test_every_victim_of_a_case_brings_the_same_wait_and_one_who_left_ends_it_for_themself() -> None:
    two = (crime("05-03"), crime("05-03", victim="V2"), referral("05-10"), withdrew("07-01", "V2"))
    first, second = one("charging_wait", *two), one("charging_wait", *two, victim="V2")
    assert first.alert_id == second.alert_id
    assert (first.ended_on, second.ended_on) == (None, day("07-01"))


def test_a_crime_that_joins_the_case_later_brings_the_wait_that_the_case_has() -> None:
    joins = (*REFERRED, crime("05-20", "C2", "V2"), referral("06-01", crimes=("C2",)))
    assert one("charging_wait", *joins).occurrence == "2021-05-10"


def test_a_charge_by_police_ends_the_wait() -> None:
    assert one("charging_wait", *REFERRED, outcome("06-20", 1)).ended_on == day("06-20")


def test_an_action_plan_is_overdue_after_the_end_of_its_day() -> None:
    c = one("action_plan_overdue", *REFERRED, receipt("05-12"), plan("05-20", due_date="2021-06-01"))
    assert (c.subject, c.occurrence, c.due_at, c.ended_on) == ("U1/AP1", "", midnight("06-02"), None)
    without = one("action_plan_overdue", *REFERRED, receipt("05-12"), plan("05-20"))
    assert without.due_at == midnight("06-04")  # 14 days, the last of them 3 June


def test_an_action_plan_ends_with_its_answer_or_the_decision() -> None:
    issued = (*REFERRED, receipt("05-12"), plan("05-20"), plan("05-21", "AP2"))
    first, second = found("action_plan_overdue", *issued, answer("05-25", action_plan_id="AP2"))
    assert (first.ended_on, second.ended_on, second.arose) == (None, day("05-25"), False)
    assert {c.ended_on for c in found("action_plan_overdue", *issued, decision("06-10"))} == {day("06-10")}


def test_a_plan_on_early_advice_does_not_count() -> None:
    advised = (crime("05-03"), referral("05-10", referral_type="early_advice"), plan("05-20"))
    assert found("action_plan_overdue", *advised) == []

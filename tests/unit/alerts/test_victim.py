"""Updates and withdrawals, worked out by hand from contract 5.2 (metrics.contact) and 6."""

from tests.unit.alerts.found import found, midnight, one
from tests.unit.domain.said import (
    about_crime,
    crime,
    day,
    decision,
    outcome,
    police,
    re_engaged,
    referral,
    withdrew,
)

REPORTED = crime("05-03")


def updated(at: str) -> dict[str, object]:
    return police("victim-updated", at, crime_reference="C1", victim_reference="V1")


def test_an_update_is_overdue_after_28_days_without_one_and_told_again_after_56_and_112() -> None:
    c = one("victim_update_overdue", REPORTED)
    assert (c.occurrence, c.due_at) == ("2021-05-31", midnight("06-01"))
    assert c.repeats == (midnight("06-29"), midnight("08-24"))
    assert (c.ended_on, c.severity) == (None, "low")


def test_an_update_on_the_day_of_the_deadline_meets_it_and_one_after_it_ends_the_alert() -> None:
    met = one("victim_update_overdue", REPORTED, updated("05-31"))
    assert met.occurrence == "2021-06-28"
    first, second = found("victim_update_overdue", REPORTED, updated("06-10"))
    assert (first.occurrence, first.ended_on, first.arose) == ("2021-05-31", day("06-10"), True)
    assert (second.occurrence, second.ended_on) == ("2021-07-08", None)


def test_several_missed_deadlines_in_a_row_are_one_alert() -> None:
    first, _ = found("victim_update_overdue", REPORTED, updated("09-01"))
    assert (first.occurrence, first.ended_on) == ("2021-05-31", day("09-01"))


def test_a_charge_an_end_and_a_withdrawal_end_it() -> None:
    def ended(*events: dict[str, object]) -> object:
        return one("victim_update_overdue", REPORTED, *events).ended_on

    assert ended(referral("06-10"), decision("07-01")) == day("07-01")
    assert ended(outcome("07-02", 18)) == day("07-02")
    assert ended(withdrew("07-03")) == day("07-03")


def test_no_deadline_falls_for_a_victim_who_withdrew_before_it() -> None:
    assert found("victim_update_overdue", REPORTED, withdrew("05-10")) == []
    again = one("victim_update_overdue", REPORTED, withdrew("05-10"), re_engaged("07-01"))
    assert (again.occurrence, again.ended_on) == ("2021-07-26", None)


def test_midnight_is_londons_when_the_clocks_change() -> None:
    # 28 days after 28 February is 28 March, when London's clocks go forward: the day after begins an hour earlier in UTC
    summer = one("victim_update_overdue", crime("02-28"))
    assert summer.due_at.isoformat() == "2021-03-28T23:00:00+00:00"
    winter = one("victim_update_overdue", crime("10-03"))
    assert winter.due_at.isoformat() == "2021-11-01T00:00:00+00:00"


def test_a_withdrawal_without_evidence_is_due_seven_days_after_it_began() -> None:
    c = one("withdrawal_unevidenced", REPORTED, withdrew("05-10", evidence=()))
    assert (c.occurrence, c.due_at, c.ended_on) == ("2021-05-10", midnight("05-17"), None)


def test_evidence_of_before_the_seventh_day_that_becomes_known_later_shows_that_it_never_was() -> None:
    bare = withdrew("05-10", evidence=())
    early = one("withdrawal_unevidenced", REPORTED, bare, withdrew("05-16"))
    assert (early.ended_on, early.arose) == (day("05-16"), False)
    late = one("withdrawal_unevidenced", REPORTED, bare, withdrew("05-17"))
    assert (late.ended_on, late.arose) == (day("05-17"), True)


def test_re_engagement_or_another_outcome_ends_it_and_a_second_withdrawal_is_another() -> None:
    bare = withdrew("05-10", evidence=())
    first, second = found("withdrawal_unevidenced", REPORTED, bare, re_engaged("06-01"), withdrew("07-01", evidence=()))
    assert (first.ended_on, second.ended_on, second.occurrence) == (day("06-01"), None, "2021-07-01")
    changed = one("withdrawal_unevidenced", REPORTED, outcome("05-10", 16), outcome("06-02", 18))
    assert changed.ended_on == day("06-02")


def test_a_crime_that_was_cancelled_brings_nothing() -> None:
    cancelled = about_crime("crime-cancelled", "05-20")
    assert found("victim_update_overdue", REPORTED, cancelled) == []
    assert found("withdrawal_unevidenced", REPORTED, withdrew("05-10", evidence=()), cancelled) == []


def test_nothing_falls_due_or_stands_after_the_last_day_on_which_the_source_was_observed() -> None:
    until = found("victim_update_overdue", REPORTED, observed_until=day("06-10"))
    assert [c.expires_at for c in until] == [midnight("06-11")]
    assert found("victim_update_overdue", REPORTED, observed_until=day("05-31")) == []

"""The life of an alert: every way in which it moves."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from alerts import life
from alerts.condition import Condition
from alerts.life import Alert, Brought, Refused, Step

WEEK = dt.timedelta(7)
DUE = dt.datetime(2024, 5, 1, 23, tzinfo=dt.UTC)  # the 2nd begins in London
ONE, OTHER = UUID(int=1), UUID(int=2)


def day(n: float) -> dt.datetime:
    """n days after it fell due."""
    return DUE + dt.timedelta(n)


def brought(journey: UUID = ONE, **changes: Any) -> Brought:
    condition = Condition("charging_wait", "01AA1", "", DUE, "medium", force="met", details={"days": 28})
    return Brought(replace(condition, **changes), journey, f"uvi-{journey.int}")


def ended(journey: UUID = ONE, **changes: Any) -> Brought:
    return brought(journey, ended_on=dt.date(2024, 5, 3), **changes)


def live(*moments: tuple[float, list[Brought]], alert: Alert | None = None) -> tuple[Alert | None, list[str]]:
    """A life: on each day what is known then. The alert after it, and its steps."""
    steps: list[Step] = []
    for n, known in moments:
        alert, new = life.moved(alert, known, day(n), WEEK)
        steps += new
        again = life.moved(alert, known, day(n), WEEK)
        assert again == (alert, []), "asked again it does nothing"
    assert [step.n for step in steps] == list(range(steps[0].n, steps[0].n + len(steps))) if steps else True
    return alert, [step.what for step in steps]


def raised(*known: Brought) -> Alert:
    alert, steps = live((0, list(known or [brought()])))
    assert alert is not None
    assert steps == ["raised"]
    return alert


def test_nothing_is_raised_before_it_is_due() -> None:
    assert live((-1, [brought()])) == (None, [])


def test_nothing_is_raised_of_what_ended_before_it_was_found() -> None:
    assert live((3, [ended()])) == (None, [])


def test_nothing_is_raised_of_what_nobody_can_act_on_any_more() -> None:
    assert live((3, [brought(expires_at=day(2))])) == (None, [])


def test_an_alert_is_raised_at_the_instant_at_which_it_is_due() -> None:
    alert = raised()
    assert (alert.state, alert.stands, alert.severity, alert.due_at, alert.raised_at) == (
        "open",
        True,
        "medium",
        DUE,
        DUE,
    )
    assert (alert.alert_id, alert.force, alert.details) == (brought().condition.alert_id, "met", {"days": 28})


def test_several_members_make_one_alert_of_the_highest_severity_and_the_earliest_date() -> None:
    later = brought(OTHER, due_at=day(1), severity="high", force="kent")
    alert, steps = live((2, [later, brought()]))
    assert alert is not None
    assert (alert.severity, alert.due_at, alert.force, steps) == ("high", DUE, None, ["raised"])
    assert live((2, [brought(), later])) == (alert, steps)


def test_a_member_that_is_not_due_yet_gives_nothing_to_the_alert() -> None:
    assert raised(brought(), brought(OTHER, due_at=day(1), severity="high")).severity == "medium"


def test_an_alert_stands_as_long_as_one_member_does() -> None:
    both, left = [brought(), brought(OTHER)], [ended(), brought(OTHER)]
    alert, steps = live((0, both), (1, left))
    assert alert is not None
    assert (alert.state, steps) == ("open", ["raised"])
    alert, steps = live((2, [ended(), ended(OTHER)]), alert=alert)
    assert alert is not None
    assert (alert.state, alert.resolved_how, alert.stands, steps) == ("resolved", "cause_gone", False, ["resolved"])


@pytest.mark.parametrize(
    ("known", "how"),
    [
        ([], "never_was"),
        ([brought(ended_on=dt.date(2024, 5, 1))], "never_was"),
        ([brought(ended_on=dt.date(2024, 5, 2))], "cause_gone"),
        ([ended()], "cause_gone"),
        ([brought(due_at=day(30))], "never_was"),
        ([brought(expires_at=day(1))], "missed"),
        ([ended(expires_at=day(1))], "missed"),
        ([brought(ended_on=dt.date(2024, 5, 2), expires_at=day(1))], "cause_gone"),
        ([ended(OTHER), brought(expires_at=day(1))], "missed"),
        ([brought(ended_on=dt.date(2024, 5, 1)), ended(OTHER)], "cause_gone"),
    ],
)
def test_how_it_is_resolved_says_whether_it_was_and_whether_it_was_too_late(known: list[Brought], how: str) -> None:
    alert, steps = live((3, known), alert=raised())
    assert alert is not None
    assert (alert.state, alert.resolved_how, alert.resolved_at, steps) == ("resolved", how, day(3), ["resolved"])


def test_a_cause_that_comes_back_opens_it_again() -> None:
    alert, steps = live((0, [brought()]), (1, [ended()]), (2, [brought(severity="low")]))
    assert alert is not None
    assert steps == ["raised", "resolved", "reopened"]
    assert (alert.state, alert.stands, alert.reopened, alert.severity, alert.raised_at) == ("open", True, 1, "low", DUE)
    assert (alert.resolved_at, alert.resolved_how) == (None, None)


def test_it_is_told_again_at_each_repeat_even_if_somebody_took_it_up() -> None:
    known = [brought(repeats=(day(28), day(84)))]
    alert, _ = life.acknowledged(raised(*known), "carer", day(1))
    told, steps = live((27, known), (28, known), (84, known), alert=alert)
    assert told is not None
    assert steps == ["repeated", "repeated"]
    assert (told.state, told.repeated, told.acknowledged_at, told.acknowledged_by) == ("open", 2, None, None)


def test_two_repeats_that_came_while_nobody_looked_are_told_once() -> None:
    known = [brought(repeats=(day(28), day(84)))]
    alert, steps = live((0, known), (100, known))
    assert alert is not None
    assert (alert.repeated, steps) == (2, ["raised", "repeated"])


def test_what_is_found_after_its_repeats_is_told_once() -> None:
    alert, steps = live((100, [brought(repeats=(day(28), day(84)))]))
    assert alert is not None
    assert (alert.repeated, steps) == (2, ["raised"])


def test_a_repeat_is_not_told_while_it_is_snoozed_but_when_that_ends() -> None:
    known = [brought(repeats=(day(28),))]
    alert, _ = life.snoozed(raised(*known), day(40), "carer", day(20))
    asleep, steps = live((28, known), (39, known), alert=alert)
    assert asleep is not None
    assert (asleep.state, steps) == ("snoozed", [])
    woken, steps = live((40, known), (41, known), alert=asleep)
    assert woken is not None
    assert (woken.state, woken.repeated, woken.snoozed_until, steps) == ("open", 1, None, ["woken"])


def test_what_ends_while_it_is_snoozed_is_resolved() -> None:
    alert, _ = life.snoozed(raised(), day(40), "carer", day(1))
    done, steps = live((3, [ended()]), (41, [ended()]), alert=alert)
    assert done is not None
    assert (done.state, done.snoozed_until, steps) == ("resolved", None, ["resolved"])


def test_a_severity_that_rises_is_told_one_that_falls_is_not() -> None:
    alert, steps = live((1, [brought(severity="high")]), (2, [brought(severity="low")]), alert=raised())
    assert alert is not None
    assert (alert.severity, steps) == ("low", ["severity_raised"])


def test_a_severity_that_rises_leaves_it_with_whom_took_it_up() -> None:
    alert, _ = life.acknowledged(raised(), "carer", day(1))
    worse, steps = live((2, [brought(severity="high")]), alert=alert)
    assert worse is not None
    assert (worse.state, worse.acknowledged_by, steps) == ("acknowledged", "carer", ["severity_raised"])


def test_a_severity_that_rises_wakes_it_for_it_was_put_off_as_less() -> None:
    alert, _ = life.snoozed(raised(), day(40), "carer", day(1))
    worse, steps = live((30, [brought(severity="high", repeats=(day(28),))]), alert=alert)
    assert worse is not None
    assert (worse.state, worse.snoozed_until, steps) == ("open", None, ["severity_raised"])


def test_one_resolved_by_hand_stays_resolved_while_its_cause_stays() -> None:
    known = [brought(repeats=(day(28),), severity="high")]
    alert, (step,) = life.resolved(raised(), "victim_told", "carer", day(1))
    assert (step.what, step.who, step.reason) == ("resolved", "carer", "victim_told")
    after, steps = live((2, known), (30, known), alert=alert)
    assert after is not None
    assert (after.state, after.stands, after.resolved_how, steps) == ("resolved", True, "by_hand", [])
    gone, steps = live((31, [ended()]), alert=after)
    assert gone is not None
    assert (gone.state, gone.stands, gone.resolved_how, steps) == ("resolved", False, "by_hand", [])
    back, steps = live((32, known), alert=gone)
    assert back is not None
    assert (back.state, back.reason, back.resolved_by, steps) == ("open", None, None, ["reopened"])


def test_somebody_takes_it_up() -> None:
    alert, (step,) = life.acknowledged(raised(), "carer", day(1))
    assert (alert.state, alert.acknowledged_at, alert.acknowledged_by) == ("acknowledged", day(1), "carer")
    assert (step.n, step.at, step.what, step.who, step.severity, step.alert) == (
        2,
        day(1),
        "acknowledged",
        "carer",
        "medium",
        alert,
    )


def test_one_put_off_is_taken_up_before_its_time() -> None:
    asleep, _ = life.snoozed(raised(), day(40), "carer", day(1))
    alert, _ = life.acknowledged(asleep, "other", day(2))
    assert (alert.state, alert.snoozed_until) == ("acknowledged", None)


def test_what_cannot_be_done_is_refused_with_why() -> None:
    taken, _ = life.acknowledged(raised(), "carer", day(1))
    with pytest.raises(Refused, match="is acknowledged already, by carer"):
        life.acknowledged(taken, "other", day(2))
    with pytest.raises(Refused, match="a time to come"):
        life.snoozed(taken, day(2), "carer", day(2))
    with pytest.raises(Refused, match="a reason is a code"):
        life.resolved(taken, "She was told.", "carer", day(2))
    done, _ = life.resolved(taken, "victim_told", "carer", day(2))
    with pytest.raises(Refused, match=r"is resolved already \(by_hand, by carer\)"):
        life.acknowledged(done, "carer", day(3))
    with pytest.raises(Refused, match="is resolved already"):
        life.snoozed(done, day(5), "carer", day(3))
    with pytest.raises(Refused, match="is resolved already"):
        life.resolved(done, "victim_told", "carer", day(3))


def test_what_is_found_long_after_it_fell_due_is_told_in_a_digest() -> None:
    for n, digest in ((7, False), (7.01, True)):
        alert, (step,) = life.moved(None, [brought()], day(n), WEEK)
        assert alert is not None
        assert (alert.digest, step.quiet) == (digest, digest)


def test_until_the_digest_is_told_only_what_people_do_is_told() -> None:
    found, _ = life.moved(None, [brought()], day(8), WEEK)
    assert found is not None
    _, (by_hand,) = life.acknowledged(found, "carer", day(9))
    _, (over,) = life.moved(found, [ended()], day(9), WEEK)
    assert (by_hand.quiet, over.quiet) == (False, True)
    _, (after,) = life.moved(replace(found, digest_told_at=day(8)), [ended()], day(9), WEEK)
    assert not after.quiet


def test_who_looked_at_the_clock_before_another_and_comes_after_undoes_nothing() -> None:
    assert life.moved(raised(), [brought()], day(-0.0001), WEEK) == (raised(), [])


@pytest.mark.parametrize(
    ("condition", "now", "at"),
    [
        (brought(), day(-1), DUE),
        (brought(), DUE, None),
        (brought(expires_at=day(5), repeats=(day(2), day(9))), DUE, day(2)),
        (brought(expires_at=day(5), repeats=(day(2), day(9))), day(2), day(5)),
        (brought(expires_at=day(5), repeats=(day(2), day(9))), day(5), None),
        (ended(repeats=(day(9),)), DUE, None),
    ],
)
def test_the_clock_changes_a_condition_when_it_falls_due_is_told_again_and_expires(
    condition: Brought, now: dt.datetime, at: dt.datetime | None
) -> None:
    assert life.look_at(condition.condition, now) == at


def test_what_ended_is_kept_while_its_alert_stands() -> None:
    alert = raised()
    over = replace(alert, stands=False)
    assert [life.kept(a, ended(), day(3)) for a in (alert, over, None)] == [True, False, False]
    assert [life.kept(a, brought(expires_at=day(1)), day(3)) for a in (alert, over, None)] == [True, False, False]
    assert [life.kept(a, brought(due_at=day(9)), day(3)) for a in (over, None)] == [True, True]

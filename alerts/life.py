"""The life of one alert: a pure function of the alert, of the conditions that are known for it, and of the clock.

An alert is raised, told again, resolved and re-opened by `moved`, and by hand by `acknowledged`, `snoozed`, `resolved`. Nothing
happens twice: the same conditions at the same time move nothing the second time.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args
from uuid import UUID

from alerts.condition import SEVERITIES, Condition
from domain.calendar import LONDON
from schemas.outgoing import Rule, Severity

State = Literal["open", "acknowledged", "snoozed", "resolved"]
STATES: tuple[State, ...] = get_args(State)
How = Literal["cause_gone", "never_was", "missed", "by_hand"]
What = Literal["raised", "repeated", "severity_raised", "acknowledged", "snoozed", "woken", "resolved", "reopened"]
CODE = re.compile(r"[a-z0-9_]{1,40}")


class Refused(Exception):
    """What somebody wants to do with an alert cannot be done with it; the message says why."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A condition, and who brings it: a journey and its victim; nobody, where it is of a court."""

    condition: Condition
    journey_id: UUID | None = None
    uvi: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A row of alerts.alert, whose columns are explained there. Times are aware."""

    alert_id: UUID
    rule: Rule
    subject: str
    occurrence: str
    severity: Severity
    state: State
    stands: bool
    due_at: dt.datetime
    raised_at: dt.datetime
    moved_at: dt.datetime
    steps: int = 0
    repeated: int = 0
    reopened: int = 0
    acknowledged_at: dt.datetime | None = None
    acknowledged_by: str | None = None
    snoozed_until: dt.datetime | None = None
    resolved_at: dt.datetime | None = None
    resolved_how: How | None = None
    resolved_by: str | None = None
    reason: str | None = None
    force: str | None = None
    bcu: str | None = None
    court: str | None = None
    digest: bool = False
    digest_told_at: dt.datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether it is resolved, by itself or by hand."""
        return self.state == "resolved"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an alert's life, and the alert after it. `reason`: of a resolution by the tracker how, of one by hand why; of a
    snooze until when."""

    alert: Alert
    n: int
    at: dt.datetime
    what: What
    who: str | None
    reason: str | None
    severity: Severity

    @property
    def quiet(self) -> bool:
        """Whether it is told in a digest, or not at all if it is over before that, and not by itself."""
        return self.alert.digest and self.alert.digest_told_at is None and self.who is None


def moved(
    alert: Alert | None, brought: Sequence[Brought], now: dt.datetime, digest_after: dt.timedelta
) -> tuple[Alert | None, list[Step]]:
    """The alert as it is now, and the steps that brought it there. `brought`: everything that is known for it, also what ended
    while it stood. `digest_after`: what is found so long after it fell due is told in a digest."""
    if alert is not None:
        now = max(now, alert.moved_at)  # of two who look at the clock and then wait, the first may come last
    standing = [one for one in brought if one.condition.stands(now)]
    if not standing:
        return _ended(alert, brought, now)
    repeats = max(sum(at <= now for at in one.condition.repeats) for one in standing)
    cause = _cause(standing)
    digest = now - cause["due_at"] > digest_after
    if alert is None:
        of = standing[0].condition
        alert = Alert(
            of.alert_id, of.rule, of.subject, of.occurrence, state="open", stands=True, raised_at=now, moved_at=now,
            repeated=repeats, digest=digest, **cause,
        )  # fmt: skip
        return _step(alert, now, "raised")
    risen = SEVERITIES.index(cause["severity"]) > SEVERITIES.index(alert.severity)
    if not alert.stands:
        alert = _open(
            alert,
            stands=True,
            repeated=repeats,
            reopened=alert.reopened + 1,
            digest=digest,
            digest_told_at=None,
            **cause,
        )
        return _step(alert, now, "reopened")
    alert = replace(alert, **cause)
    if alert.over:
        return alert, []
    if alert.snoozed_until is not None and alert.snoozed_until <= now:
        return _step(_open(alert, repeated=max(repeats, alert.repeated)), now, "woken")
    if alert.state != "snoozed" and repeats > alert.repeated:
        return _step(_open(alert, repeated=repeats), now, "repeated")
    if risen:
        put_off = alert.state == "snoozed"  # for what it was then
        return _step(_open(alert, repeated=max(repeats, alert.repeated)) if put_off else alert, now, "severity_raised")
    return alert, []


def acknowledged(alert: Alert, by: str, now: dt.datetime) -> tuple[Alert, list[Step]]:
    """Somebody takes it up. Raises Refused."""
    _still_open(alert)
    if alert.state == "acknowledged":
        raise Refused(f"alert {alert.alert_id} is acknowledged already, by {alert.acknowledged_by}")
    done = replace(alert, state="acknowledged", acknowledged_at=now, acknowledged_by=by, snoozed_until=None)
    return _step(done, now, "acknowledged", by)


def snoozed(alert: Alert, until: dt.datetime, by: str, now: dt.datetime) -> tuple[Alert, list[Step]]:
    """Somebody puts it off. It is told again then, if it still stands. Raises Refused."""
    _still_open(alert)
    if until <= now:
        raise Refused(f"an alert is put off until a time to come, not until {until.isoformat()}")
    done = replace(alert, state="snoozed", snoozed_until=until)
    return _step(done, now, "snoozed", by, until.isoformat())


def resolved(alert: Alert, reason: str, by: str, now: dt.datetime) -> tuple[Alert, list[Step]]:
    """Somebody says that nothing is left to do. It stays resolved as long as its cause stays. Raises Refused."""
    _still_open(alert)
    if not CODE.fullmatch(reason):
        raise Refused("a reason is a code of at most 40 of a-z, 0-9 and _, such as victim_told_by_phone")
    done = replace(
        alert, state="resolved", resolved_at=now, resolved_how="by_hand", resolved_by=by, reason=reason, snoozed_until=None
    )  # fmt: skip
    return _step(done, now, "resolved", by, reason)


def kept(alert: Alert | None, one: Brought, now: dt.datetime) -> bool:
    """Whether a condition is still needed: it may yet fall due, or how its alert ends depends on it."""
    if alert is not None and alert.stands:
        return True
    c = one.condition
    return c.ended_on is None and (c.expires_at is None or now < c.expires_at)


def look_at(condition: Condition, now: dt.datetime) -> dt.datetime | None:
    """When next the clock alone changes something about a condition: it falls due, expires, is told again."""
    if condition.ended_on is not None or (condition.expires_at is not None and condition.expires_at <= now):
        return None
    if condition.due_at > now:
        return condition.due_at
    to_come = [at for at in (*condition.repeats, condition.expires_at) if at is not None and at > now]
    return min(to_come, default=None)


def _ended(alert: Alert | None, brought: Sequence[Brought], now: dt.datetime) -> tuple[Alert | None, list[Step]]:
    if alert is None or not alert.stands:
        return alert, []
    alert = replace(alert, stands=False)
    if alert.over:
        return alert, []
    how = _how([one.condition for one in brought], now)
    done = replace(alert, state="resolved", resolved_at=now, resolved_how=how, snoozed_until=None)
    return _step(done, now, "resolved", reason=how)


def _how(conditions: Sequence[Condition], now: dt.datetime) -> How:
    """Too late for one of them is too late; otherwise one of them ended, or late evidence shows that none ever was."""
    was = [c for c in conditions if c.due_at <= now and c.arose]
    if any(_missed(c, now) for c in was):
        return "missed"
    return "cause_gone" if any(c.ended_on is not None for c in was) else "never_was"


def _missed(c: Condition, now: dt.datetime) -> bool:
    if c.expires_at is None or c.expires_at > now:
        return False
    return c.ended_on is None or c.ended_on >= c.expires_at.astimezone(LONDON).date()


def _cause(standing: Sequence[Brought]) -> dict[str, Any]:
    """What an alert has of the conditions that stand, in whatever order they come."""
    conditions = [one.condition for one in sorted(standing, key=_order)]
    return {
        "severity": max((c.severity for c in conditions), key=SEVERITIES.index),
        "due_at": min(c.due_at for c in conditions),
        "force": _common([c.force for c in conditions]),
        "bcu": _common([c.bcu for c in conditions]),
        "court": _common([c.court for c in conditions]),
        "details": conditions[0].details,
    }


def _order(one: Brought) -> tuple[Any, ...]:
    return -SEVERITIES.index(one.condition.severity), one.condition.due_at, str(one.journey_id)


def _common(values: Sequence[str | None]) -> str | None:
    """What all have; None, where they differ."""
    return values[0] if len(set(values)) == 1 else None


def _open(alert: Alert, **changes: Any) -> Alert:
    """Open again: nobody has taken up what is told now."""
    alert = replace(alert, acknowledged_at=None, acknowledged_by=None, snoozed_until=None)
    alert = replace(alert, resolved_at=None, resolved_how=None, resolved_by=None, reason=None)
    return replace(alert, state="open", **changes)


def _still_open(alert: Alert) -> None:
    if alert.over:
        by = f", by {alert.resolved_by}" if alert.resolved_by else ""
        raise Refused(f"alert {alert.alert_id} is resolved already ({alert.resolved_how}{by})")


def _step(
    alert: Alert, at: dt.datetime, what: What, who: str | None = None, reason: str | None = None
) -> tuple[Alert, list[Step]]:
    alert = replace(alert, steps=alert.steps + 1, moved_at=at)
    return alert, [Step(alert, alert.steps, at, what, who, reason, alert.severity)]

"""How alerts are moved in a transaction: what is known of them, the life of each, and what is told."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from psycopg import Cursor

from alerts import tables
from alerts.condition import Condition
from alerts.life import Alert, Brought, Step, kept, moved
from alerts.tables import Known, Place
from alerts.telling import tell
from projections.tables import ids

STANDING = "SELECT alert_id FROM alerts.alert WHERE alert_id = ANY(%s) AND stands"


def settle(cur: Cursor[Any], concerned: Collection[UUID], now: dt.datetime, digest_after: dt.timedelta) -> int:
    """Move these alerts by what is kept of them. How many steps they took."""
    return replace(cur, concerned, lambda one: False, (), now, digest_after)


def replace(
    cur: Cursor[Any],
    concerned: Collection[UUID],
    replaced: Callable[[Brought], bool],
    brought: Iterable[Brought],
    now: dt.datetime,
    digest_after: dt.timedelta,
) -> int:
    """Put conditions in the place of those that are `replaced`, and move the alerts: `concerned`, which these had, and those of the
    new ones. How many steps they took. The writer's lock is held."""
    new = {(one.condition.alert_id, one.journey_id): one for one in sorted(brought, key=_ended_first)}
    every = set(concerned) | _moving(cur, new, now)
    old = tables.conditions(cur, every)
    alerts = tables.alerts(cur, every)
    by_alert: dict[UUID, list[Brought]] = defaultdict(list)
    for (alert_id, _), row in old.items():
        if not replaced(row.brought):
            by_alert[alert_id].append(row.brought)
    for (alert_id, _), one in new.items():
        if alert_id in every:
            by_alert[alert_id].append(one)
    left: dict[Place, Known] = {}
    changed: list[Alert] = []
    steps: list[Step] = []
    for alert_id in sorted(every):
        before = alerts.get(alert_id)
        after, taken = moved(before, by_alert[alert_id], now, digest_after)
        if after is not None and after != before:
            changed.append(after)
        steps += taken
        for one in by_alert[alert_id]:
            if found := tables.known(after, one, now):
                left[alert_id, one.journey_id] = found
    tables.put_conditions(cur, old, left)
    write(cur, changed, steps)
    return len(steps)


def write(cur: Cursor[Any], changed: Sequence[Alert], steps: Sequence[Step]) -> None:
    """Write alerts and their steps, and tell those that are told one by one."""
    tables.put_alerts(cur, changed, steps)
    tell(cur, [step for step in steps if not step.quiet])


def _moving(cur: Cursor[Any], new: dict[Place, Brought], now: dt.datetime) -> set[UUID]:
    """The alerts that these conditions may move, or yet raise: what is over says something only of one that stands."""
    yet = {alert_id for (alert_id, _), one in new.items() if kept(None, one, now)}
    over = {alert_id for alert_id, _ in new} - yet
    return yet | {row[0] for row in cur.execute(STANDING, (ids(over),))} if over else yet


def _ended_first(one: Brought) -> bool:
    condition: Condition = one.condition
    return condition.ended_on is None

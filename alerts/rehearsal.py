"""What other rules would have raised over the recorded past, so that thresholds are chosen with eyes open.

The past is as the facts now stand: an alert counts where its cause was there when it fell due, however late that came to be known.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection, Cursor
from psycopg.rows import dict_row

from alerts.condition import Condition
from alerts.conditions import conditions
from alerts.evaluate import TRIALS, Live, in_live
from alerts.rate import conditions_of_courts
from alerts.rules import Rules
from domain.calendar import london_day
from projections.signals import READS

AT_A_TIME = 2_000  # rows

ROWS = f"SELECT {', '.join(READS)} FROM journey WHERE counted"


class Raised(NamedTuple):
    """An alert: its rule, where (empty: nowhere in particular), and the week (its Monday) in which it fell due."""

    rule: str
    court: str
    bcu: str
    week: dt.date


class _Known:
    """The alerts that some rules raise, each once, by the first of its members to fall due."""

    def __init__(self, rules: Rules, now: dt.datetime) -> None:
        self.rules = rules
        self.now = now
        self.first: dict[UUID, Condition] = {}

    def note(self, found: Iterable[Condition]) -> None:
        for condition in found:
            in_time = condition.expires_at is None or condition.due_at < condition.expires_at
            if condition.arose and in_time and condition.due_at <= self.now:
                known = self.first.setdefault(condition.alert_id, condition)
                if condition.due_at < known.due_at:
                    self.first[condition.alert_id] = condition

    def count(self, since: dt.date) -> Counter[Raised]:
        return Counter(
            Raised(c.rule, c.court or "", c.bcu or "", c.due_on - dt.timedelta(c.due_on.weekday()))
            for c in self.first.values()
            if c.due_on >= since
        )


def rehearse(
    connection: Connection[Any], rules: Rules, in_force: Rules, since: dt.date, now: dt.datetime
) -> list[dict[str, Any]]:
    """How many alerts fell due from `since` until now, by rule, court, bcu and week: `in_force`, by those rules; `what_if`, by the
    others."""

    def count(cur: Cursor[Any], _: Live) -> list[dict[str, Any]]:
        known = [_Known(in_force, now), _Known(rules, now)]
        trials = cur.execute(TRIALS).fetchall()
        for one in known:
            one.note(conditions_of_courts(trials, one.rules, london_day(now)))
        with cur.connection.cursor("rehearsal", row_factory=dict_row) as rows:
            rows.itersize = AT_A_TIME
            for row in rows.execute(ROWS):
                for one in known:
                    one.note(conditions(row, one.rules))
        before, after = (one.count(since) for one in known)
        return [
            raised._asdict() | {"in_force": before[raised], "what_if": after[raised]}
            for raised in sorted(before.keys() | after.keys())
        ]

    return in_live(connection, count, writes=False) or []

"""The conditions of a journey, by its row and the rules (contract 6): pure, past ones too, so that other thresholds can be tried on
the past."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from alerts import hearings, waits
from alerts.condition import Condition
from alerts.row import DAY, Row, start
from alerts.rules import Rules

RULES: tuple[Callable[[Row, Rules], Iterator[Condition]], ...] = (
    hearings.put_off,
    hearings.not_notified,
    hearings.far_ahead,
    hearings.special_measures,
    waits.charging,
    waits.action_plans,
    waits.updates,
    waits.unevidenced,
)


def conditions(row: Mapping[str, Any], rules: Rules) -> list[Condition]:
    """`row`: the columns `projections.signals.READS` of a journey. A journey that is in no figure brings nothing, and nothing falls
    due or stands after the last day on which the source that reported it was observed."""
    if not row["counted"]:
        return []
    seen = Row(row)
    found = [condition for rule in RULES for condition in rule(seen, rules)]
    last: dt.date | None = row["observed_until"]
    return found if last is None else [_until(last, condition) for condition in found if condition.due_on <= last]


def _until(last: dt.date, condition: Condition) -> Condition:
    end = start(last + DAY)
    return replace(condition, expires_at=min(condition.expires_at or end, end))

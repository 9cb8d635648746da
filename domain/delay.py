"""Intervals between two days (contract 5.2, metrics.delay)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from domain.when import When

Delay = dict[str, Any]


def interval(name: str, start: When | None, end: When | None, over: bool, days: int | None = None) -> list[Delay]:
    """The interval, if it began. `over`: the unit has ended, so that an interval without an end is lost and not open.
    `days` where they are not the difference of the two dates. Not counted at all where an end was moved to the report's day."""
    if start is None or start.late or (end is not None and end.late):
        return []
    if end is None:
        return [_delay(name, start.day, None, None, "lost" if over else "open")]
    length = (end.day - start.day).days if days is None else days
    precise = start.precise and end.precise
    state = "negative" if length < 0 else "completed" if precise else "imprecise"
    return [_delay(name, start.day, end.day, length, state)]


def _delay(name: str, started: dt.date, ended: dt.date | None, days: int | None, state: str) -> Delay:
    return {
        "interval": name,
        "started": started.isoformat(),
        "ended": ended.isoformat() if ended else None,
        "days": days,
        "state": state,
    }


def any_negative(delays: Iterable[Delay]) -> bool:
    return any(delay["state"] == "negative" for delay in delays)

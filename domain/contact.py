"""By when the victim must have been told something: 28 days after the report, the last update, the last deadline (contract 5.2)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

UPDATE_DAYS = 28
_STEP = dt.timedelta(days=UPDATE_DAYS)
_DAY = dt.timedelta(days=1)


def deadlines(
    reported: dt.date, updates: Iterable[dt.date], turns: Iterable[dt.date], observed_until: dt.date | None
) -> list[dict[str, Any]]:
    """The deadlines that fall, as runs: `due`, every 28 days after it up to `until`, which is None while nobody knows an end.

    An update meets the deadline that it comes before (or on its day), and the next one is counted from it. `turns`: the days on
    which it ceased to be owed (the journey charged, ended, or withdrawn), then was owed again... One that comes while it is not
    owed does not fall, though the next is counted from it. None falls after the last day on which the source was observed.
    """
    owed = _owed(reported, turns, observed_until)
    found = []
    since = reported
    for update in sorted({day for day in updates if day > reported}):
        met = since + _STEP * -(-(update - since) // _STEP)
        found += _runs(since + _STEP, met - _STEP, owed, met=False)
        found += _runs(met, met, owed, met=True)
        since = update
    return found + _runs(since + _STEP, dt.date.max, owed, met=False)


def _owed(reported: dt.date, turns: Iterable[dt.date], observed_until: dt.date | None) -> list[tuple[dt.date, dt.date]]:
    """From which to which day an update was owed when the day ended. The last may be for ever."""
    ends = [reported]
    for day in turns:
        day = max(day, reported)
        if ends and ends[-1] == day:
            ends.pop()
        else:
            ends.append(day)
    if len(ends) % 2:
        ends.append(dt.date.max)
    last = observed_until or dt.date.max
    periods = zip(ends[::2], (end if end == dt.date.max else end - _DAY for end in ends[1::2]), strict=True)
    return [(start, min(end, last)) for start, end in periods]


def _runs(first: dt.date, last: dt.date, owed: list[tuple[dt.date, dt.date]], *, met: bool) -> list[dict[str, Any]]:
    found = []
    for start, end in owed:
        due = first if first >= start else first + _STEP * -(-(start - first) // _STEP)
        until = min(last, end)
        if due <= until:
            until = until if until == dt.date.max else due + (until - due) // _STEP * _STEP
            found.append(
                {"due": due.isoformat(), "until": None if until == dt.date.max else until.isoformat(), "met": met}
            )
    return found

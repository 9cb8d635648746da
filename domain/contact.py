"""By when the victim must have been told something: 28 days after the report, the last update, the last deadline (contract 5.2)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

UPDATE_DAYS = 28
_STEP = dt.timedelta(days=UPDATE_DAYS)
_DAY = dt.timedelta(days=1)


def deadlines(
    reported: dt.date, updates: Iterable[dt.date], turns: Iterable[dt.date], observed_until: dt.date | None
) -> list[dict[str, Any]]:
    """The deadlines that fall, as runs: `due`, every 28 days after it up to `until`, which is None while nobody knows an end.
    `ended_on`, of a run of missed ones: the day of the next update, or on which it ceased to be owed; None while it is owed.

    An update meets the deadline that it comes before (or on its day), and the next one is counted from it. `turns`: the days on
    which it ceased to be owed (the journey charged, ended, or withdrawn), then was owed again... One that comes while it is not
    owed does not fall, though the next is counted from it. None falls after the last day on which the source was observed.
    """
    owed = _owed(reported, turns, observed_until)
    found = []
    since = reported
    for update in sorted({day for day in updates if day > reported}):
        met = since + _STEP * -(-(update - since) // _STEP)
        found += _runs(since + _STEP, met - _STEP, owed, update, met=False)
        found += _runs(met, met, owed, update, met=True)
        since = update
    return found + _runs(since + _STEP, dt.date.max, owed, None, met=False)


class _Owed(NamedTuple):
    """From which to which day an update was owed when the day ended, as far as anybody looked; on which day it ceased to be."""

    start: dt.date
    end: dt.date
    ceased: dt.date


def _owed(reported: dt.date, turns: Iterable[dt.date], observed_until: dt.date | None) -> list[_Owed]:
    """The last may be for ever."""
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
    periods = zip(ends[::2], ends[1::2], strict=True)
    return [_Owed(start, min(end if end == dt.date.max else end - _DAY, last), end) for start, end in periods]


def _runs(
    first: dt.date, last: dt.date, owed: list[_Owed], update: dt.date | None, *, met: bool
) -> list[dict[str, Any]]:
    """`update`: the one after them."""
    found = []
    for start, end, ceased in owed:
        due = first if first >= start else first + _STEP * -(-(start - first) // _STEP)
        until = min(last, end)
        if due <= until:
            until = until if until == dt.date.max else due + (until - due) // _STEP * _STEP
            ended = min(update or dt.date.max, ceased)
            found.append(
                {
                    "due": due.isoformat(),
                    "until": None if until == dt.date.max else until.isoformat(),
                    "met": met,
                    "ended_on": None if ended == dt.date.max else ended.isoformat(),
                }
            )
    return found

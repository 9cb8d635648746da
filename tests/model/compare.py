"""The model and the system side by side, and a history that tells them apart made as short as it gets."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.folding import fold_history
from tests.model.history import Key
from tests.model.journey import Row, journeys

Event = dict[str, Any]
Difference = dict[Key, dict[str, tuple[Any, Any]]]


def system(events: Iterable[Event]) -> dict[Key, Row]:
    """What the system makes of a history, in memory, in the model's words."""
    rows = {}
    for key, j in fold_history(list(events)).items():
        row = {name: getattr(j, name) for name in j.__slots__}
        row |= {"offences": set(j.offences), "hearings": len(j.hearings), "flags": set(j.flags)}
        row["withdrew_stages"] = sorted(set(j.withdrew_stages))
        rows[key] = row
    return rows


def differences(events: Iterable[Event]) -> Difference:
    """Of each journey that differs the columns that do: what the model says, what the system says."""
    events = list(events)
    mine, theirs = journeys(events), system(events)
    found: Difference = {}
    for key in mine.keys() | theirs.keys():
        one, other = mine.get(key), theirs.get(key)
        if one is None or other is None:
            found[key] = {"journey": (one is not None, other is not None)}
            continue
        columns = {c: (v, other[c]) for c, v in one.items() if _plain(v) != _plain(other[c])}
        if columns:
            found[key] = columns
    return found


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | set | tuple) else value


def shrunk(events: list[Event], differ: Callable[[list[Event]], bool]) -> list[Event]:
    """As few of the events as still differ."""
    size = max(1, len(events) // 2)
    while size:
        at = 0
        while at < len(events):
            fewer = events[:at] + events[at + size :]
            if fewer and differ(fewer):
                events = fewer
            else:
                at += size
        size //= 2
    return events

"""What an event says once its corrections are heard (contract 2.5)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

OTHER_TYPE = "correction_of_other_type"


@dataclass(frozen=True, slots=True)
class Stated:
    """An event as it was said: an original, or a correction (whose data have `voids` or `amends`)."""

    position: int
    source: str
    id: str
    type: str
    occurred: dt.datetime
    recorded: dt.datetime
    precision: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Effective:
    """The form that stands: `stated` has the data and time in force, `by` is the position of the event that gave the data."""

    stated: Stated
    by: int
    voided: bool = False
    anomaly: str | None = None


def effective(original: Stated, corrections: Sequence[Stated]) -> Effective:
    """The effective form of an event that is no correction, under every correction in the tree below it.

    The last amendment by (recordedtime, time, id) stands; a standing void beats every amendment. A correction is undone by a
    standing void of it; in a cycle none stands. One that names another type than its target's does not stand.
    """
    below: dict[tuple[str, str], list[Stated]] = {}
    for correction in corrections:
        target = _target(correction)
        below.setdefault((target["source"], target["id"]), []).append(correction)
    anomaly = None
    standing = []
    for correction in below.get((original.source, original.id), ()):
        if _target(correction)["type"] != original.type:
            anomaly = OTHER_TYPE
        elif _stands(correction, below, ()):
            standing.append(correction)
    if any("voids" in c.data for c in standing):
        return Effective(original, original.position, True, anomaly)
    amendments = [c for c in standing if "amends" in c.data]
    if not amendments:
        return Effective(original, original.position, False, anomaly)
    last = max(amendments, key=lambda c: (c.recorded, c.occurred, c.id))
    occurred = dt.datetime.fromisoformat(last.data["time"]) if "time" in last.data else original.occurred
    return Effective(replace(original, data=last.data["data"], occurred=occurred), last.position, False, anomaly)


def _target(correction: Stated) -> Mapping[str, str]:
    target: Mapping[str, str] = correction.data.get("voids") or correction.data["amends"]
    return target


def _stands(correction: Stated, below: Mapping[tuple[str, str], list[Stated]], path: tuple[Stated, ...]) -> bool:
    """Whether no standing void names this correction. Met again on its own path it is in a cycle, and does not stand."""
    if correction in path:
        return False
    return not any(
        "voids" in other.data
        and _target(other)["type"] == correction.type
        and _stands(other, below, (*path, correction))
        for other in below.get((correction.source, correction.id), ())
    )

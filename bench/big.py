"""A crime of thousands of events and a case of a thousand victims, to see who else waits for them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from schemas.envelope import envelope, to_structured

FORCE = "/police/met"
REPORTED = dt.datetime(2024, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
IN_A_REFERRAL = 100  # crime references
EVENTS = 5_000
VICTIMS = 1_000
REPORTING = 0.4  # of the time; the case begins after it


def beside(n: int) -> Iterator[tuple[float, bytes]]:
    """The `n`-th of both, each event with its share of the time, from 0 to 1: the crime's evenly, the case's when all victims are
    known."""
    told = list(_crime(f"BIG{n}", EVENTS))
    yield from ((n / len(told), event) for n, event in enumerate(told))
    case = list(_case(f"BIG{n}", VICTIMS))
    reports, after = case[:VICTIMS], case[VICTIMS:]
    yield from ((REPORTING * n / len(reports), event) for n, event in enumerate(reports))
    yield from ((REPORTING + (1 - REPORTING) * n / len(after), event) for n, event in enumerate(after))


def _crime(big: str, events: int) -> Iterator[bytes]:
    """A crime with one victim, and then this many events about it, an hour between two."""
    names = {"crime_reference": f"{big}/1", "victim_reference": f"{big}/V1"}
    yield _event("police.crime-reported.v1", FORCE, 0, names | {"offence_group": "rape"})
    for n in range(1, events):
        if n % 2:
            yield _event("police.victim-updated.v1", FORCE, n, names)
        else:
            yield _event("police.suspect-interviewed.v1", FORCE, n, {"crime_reference": f"{big}/1"})


def _case(big: str, victims: int) -> Iterator[bytes]:
    """A case that comes to have this many crimes, each with a victim of its own, and goes to trial."""
    urn = {"urn": f"01{big}000124"}
    crimes = [f"{big}/C{n}" for n in range(victims)]
    for n, reference in enumerate(crimes):
        names = {"crime_reference": reference, "victim_reference": f"{big}/V{n}"}
        yield _event("police.crime-reported.v1", FORCE, 0, names | {"offence_group": "robbery_of_personal_property"})
    for n in range(0, victims, IN_A_REFERRAL):
        referred = urn | {"crime_references": crimes[n : n + IN_A_REFERRAL]}
        yield _event("police.charge-referral-submitted.v1", FORCE, 24 + n, referred)
    yield _event("cps.referral-received.v1", "/cps/london-south", 2_000, urn)
    for n in range(3):
        plan = urn | {"action_plan_id": f"AP{n}"}
        yield _event("cps.action-plan-issued.v1", "/cps/london-south", 2_024 + 48 * n, plan)
        yield _event("police.action-plan-answered.v1", FORCE, 2_048 + 48 * n, plan)
    yield _event("cps.charging-decision-made.v1", "/cps/london-south", 2_400, urn | {"decision": "charge"})
    for n in range(4):
        trial = {"hearing_id": f"{big}-H{n}"}
        place = {"court": "southwark", "hearing_type": "TRL", "jurisdiction": "crown"}
        date = {"start_date": (REPORTED.date() + dt.timedelta(days=150 + 40 * n)).isoformat()}
        outcome = {"outcome": "ineffective" if n < 3 else "effective"}
        yield _event("courts.hearing-listed.v1", "/courts", 2_500 + 960 * n, urn | trial | place | date)
        yield _event("courts.trial-outcome-recorded.v1", "/courts", 3_600 + 960 * n, trial | outcome)
    yield _event(
        "police.victim-withdrew.v1", FORCE, 5_000, urn | {"victim_reference": f"{big}/V7", "evidence": ["email"]}
    )
    yield _event("courts.case-completed.v1", "/courts", 7_000, urn | {"outcome": "convicted"})


def _event(type: str, source: str, hours: int, data: dict[str, Any]) -> bytes:
    name = f"{type} {hours} {data.get('crime_reference') or data.get('hearing_id') or data.get('urn')}"
    return to_structured(envelope(type, source, name, REPORTED + hours * HOUR, data))

"""How long it takes from an agency's word to the alert, at a steady rate, with the workers as they run."""

import asyncio
import contextlib
import datetime as dt
import threading
import time
from collections.abc import Iterator
from typing import Any

import orjson
import psycopg

from bench.freshness import WARM, send, worker
from bench.measured import Measured
from bench.servers import Servers, written
from bench.tables import level
from schemas.envelope import envelope, to_structured

RATE = 200  # events/s, each of which raises an alert
LOOK = 0.02  # s between two looks at the alerts; what is measured is no more exact than that
AGAIN = dt.timedelta(seconds=1)  # before the last one seen: who took the time earlier may have written later
PATIENCE = 60.0  # s for the last of them

RAISED = "SELECT subject, raised_at FROM alerts.alert WHERE rule = 'trial_ineffective' AND raised_at >= %s"
LEVEL = "SELECT level_at IS NOT NULL FROM alerts.worker"


def alerts(servers: Servers, seconds: int) -> list[Measured]:
    """From the sending of a trial's outcome to the commit that has its alert in alerts.alert, in ms."""
    number = RATE * seconds
    dsn = servers.database("alerts")
    servers.run(dsn, "load", written(servers.folder / "cases", [event for n in range(number) for event in _case(n)]))
    level(dsn)
    outcomes = [_outcome(n) for n in range(number)]
    with worker(servers, dsn, "consume"), worker(servers, dsn, "project"), worker(servers, dsn, "alert"):
        _until_level(dsn)
        watch = _Watch(dsn)
        sent = asyncio.run(send(servers.kafka.servers, [(n / RATE, event) for n, event in enumerate(outcomes)]))
        seen = watch.all_of(number)
    at = {orjson.loads(event)["data"]["hearing_id"]: moment for event, (_, moment) in zip(outcomes, sent, strict=True)}
    measured = list(at)[int(WARM * number) :]
    waits = sorted(1_000 * (seen[hearing] - at[hearing]) for hearing in measured if hearing in seen)
    if not waits:
        raise RuntimeError(f"none of {len(measured):,} alerts was raised within {PATIENCE:.0f} s")
    of = f"{RATE}/s for {seconds} s, {number:,} journeys; {len(measured) - len(waits)} not raised"
    quantiles = (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    return [Measured(f"alert {name}", waits[int(q * (len(waits) - 1))], "ms", of) for name, q in quantiles]


class _Watch:
    """Looks all the time at which trials have an alert."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.seen: dict[str, float] = {}  # hearing, when first seen
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        since = dt.datetime.now(dt.UTC)
        # When the run is broken off the server goes first; what is not seen is not among what was raised.
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self.ended.wait(LOOK):
                found = connection.execute(RAISED, (since - AGAIN,)).fetchall()
                now = time.time()
                for subject, raised_at in found:
                    self.seen.setdefault(subject.partition("/")[0].partition(" ")[0], now)
                    since = max(since, raised_at)

    def all_of(self, number: int) -> dict[str, float]:
        """Once there are so many, or no more come."""
        deadline = time.monotonic() + PATIENCE
        while len(self.seen) < number and time.monotonic() < deadline:
            time.sleep(0.1)
        self.ended.set()
        self.thread.join()
        return self.seen


def _until_level(dsn: str) -> None:
    with contextlib.closing(psycopg.connect(dsn, autocommit=True)) as connection:
        while connection.execute(LEVEL).fetchone() != (True,):
            time.sleep(0.5)
    time.sleep(5)  # until all have begun


def _case(n: int) -> Iterator[bytes]:
    """A crime, charged, and its trial yesterday."""
    crime = {"crime_reference": f"AL/C{n}"}
    report = crime | {"victim_reference": f"AL/V{n}", "offence_group": "robbery_of_personal_property"}
    urn = {"urn": f"01AL{n:07}24"}
    trial = {"hearing_id": f"AL-H{n}", "court": "southwark", "hearing_type": "TRL", "jurisdiction": "crown"}
    yield _event("police.crime-reported.v1", "/police/met", n, 60, report)
    yield _event("police.charge-referral-submitted.v1", "/police/met", n, 50, urn | {"crime_references": [f"AL/C{n}"]})
    yield _event("cps.charging-decision-made.v1", "/cps/london-south", n, 40, urn | {"decision": "charge"})
    yield _event("courts.hearing-listed.v1", "/courts", n, 30, urn | trial | {"start_date": _day(1).isoformat()})


def _outcome(n: int) -> bytes:
    return _event(
        "courts.trial-outcome-recorded.v1", "/courts", n, 1, {"hearing_id": f"AL-H{n}", "outcome": "ineffective"}
    )


def _event(type: str, source: str, n: int, ago: int, data: dict[str, Any]) -> bytes:
    moment = dt.datetime.combine(_day(ago), dt.time(12), dt.UTC)
    return to_structured(envelope(type, source, f"{type} {n}", moment, data))


def _day(ago: int) -> dt.date:
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(ago)

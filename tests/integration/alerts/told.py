"""What the tests of telling are given: steps of alerts, and what went out of them."""

import datetime as dt
from typing import Any
from uuid import uuid5

import orjson
import psycopg

from alerts.condition import NAMESPACE
from alerts.life import Alert, Step, What
from alerts.telling import tell
from store.outbox import pending

NOW = dt.datetime(2021, 5, 3, 9, 12, tzinfo=dt.UTC)


def alert(subject: str, **changes: Any) -> Alert:
    """An alert that is open; `subject` tells it from others."""
    given: dict[str, Any] = {
        "alert_id": uuid5(NAMESPACE, subject),
        "rule": "charging_wait",
        "subject": subject,
        "occurrence": "",
        "severity": "medium",
        "state": "open",
        "stands": True,
        "due_at": NOW,
        "raised_at": NOW,
        "moved_at": NOW,
        "steps": 1,
        "details": {"holder": "police"},
    }
    return Alert(**given | changes)


def step(subject: str, n: int = 1, what: What = "raised", who: str | None = None, **changes: Any) -> Step:
    """A step of it."""
    of = alert(subject, steps=n, **changes)
    return Step(of, n, NOW + dt.timedelta(seconds=n), what, who, None, of.severity)


def told(dsn: str, *steps: Step) -> None:
    """Tell of these, in one transaction."""
    with psycopg.connect(dsn) as connection:
        tell(connection.cursor(), steps)


def going(dsn: str) -> list[dict[str, Any]]:
    """What waits for Kafka, as its consumers will see it, the oldest first."""
    with psycopg.connect(dsn) as connection:
        return [orjson.loads(message.value) for message in pending(connection.cursor())]

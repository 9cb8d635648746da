"""What the tests of the store are given: events as agencies send them."""

from typing import Any

import orjson
import psycopg

from store.delivery import Delivery, Line, Place

POLICE = "police.events.v1"


def report(n: int, **data: Any) -> dict[str, Any]:
    """A crime reported to the Met; `n` tells it from others."""
    return {
        "specversion": "1.0",
        "id": f"report-{n}",
        "source": "/police/met",
        "type": "police.crime-reported.v1",
        "time": "2021-05-03T09:12:00Z",
        "data": {"crime_reference": f"CR{n}", "victim_reference": "V1", "offence_group": "rape"} | data,
    }


def update(n: int, crime: int) -> dict[str, Any]:
    """The victim of a crime was told something."""
    return report(n) | {
        "id": f"update-{n}",
        "type": "police.victim-updated.v1",
        "data": {"crime_reference": f"CR{crime}", "victim_reference": "V1"},
    }


def line(event: Any, number: int = 1, file: str = "events.jsonl") -> Delivery:
    """A line of a file; bytes are given as they are."""
    return Delivery(event if isinstance(event, bytes) else orjson.dumps(event), Line(file, number))


def message(event: Any, offset: int, partition: int = 0) -> Delivery:
    """A message of the police's topic; bytes and None are given as they are."""
    value = event if isinstance(event, bytes | None) else orjson.dumps(event)
    return Delivery(value, Place(POLICE, partition, offset), agency=POLICE)


def rows(dsn: str, query: str, *given: Any) -> list[Any]:
    """What a query gives; rows of one column as their values."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute(query, given).fetchall()
    return [row[0] if len(row) == 1 else row for row in found]


def stored(dsn: str) -> list[str]:
    """The ids of the events in the log, in its order."""
    return rows(
        dsn, "SELECT convert_from(state, 'UTF8')::jsonb ->> 'id' FROM log.stored_events ORDER BY notification_id"
    )

"""What is to be told by webhook: written in the transaction of the step, a row for each endpoint, deleted when it has been taken.

What is told of one alert keeps its order: a delivery waits for those before it, unless they are given up.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Connection, Cursor
from psycopg.rows import dict_row

PATIENCE = dt.timedelta(hours=24)  # from the first attempt to giving up
SHORTEST = dt.timedelta(seconds=5)
LONGEST = dt.timedelta(hours=2)  # between two attempts

REGISTER = """
WITH gone AS (DELETE FROM alerts.endpoint WHERE NOT endpoint = ANY(%(endpoints)s::text[]))
INSERT INTO alerts.endpoint (endpoint) SELECT unnest(%(endpoints)s::text[]) ON CONFLICT DO NOTHING
"""

PUT = """
INSERT INTO alerts.delivery (endpoint, subject, event_id, body, put_at, next_at)
SELECT endpoint, subject, event_id, body, at, at
FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::timestamptz[]) WITH ORDINALITY AS told (subject, event_id, body, at, n),
     alerts.endpoint
WHERE gone_at IS NULL
ORDER BY n
ON CONFLICT DO NOTHING
"""

READY = """
SELECT d.delivery_id, d.event_id, d.body, d.attempts, d.first_at FROM alerts.delivery d
WHERE d.endpoint = %s AND d.next_at <= %s
  AND NOT EXISTS (SELECT FROM alerts.delivery before WHERE before.endpoint = d.endpoint AND before.subject = d.subject
                  AND before.delivery_id < d.delivery_id AND before.next_at IS NOT NULL)
ORDER BY d.next_at, d.delivery_id LIMIT %s
"""

TAKEN = "DELETE FROM alerts.delivery WHERE delivery_id = %s"

FAILED = """
UPDATE alerts.delivery SET attempts = attempts + 1, first_at = %s, next_at = %s, status = %s, error = %s
WHERE delivery_id = %s AND attempts = %s
"""

GONE = """
WITH endpoint AS (UPDATE alerts.endpoint SET gone_at = %(now)s WHERE endpoint = %(endpoint)s)
UPDATE alerts.delivery
SET attempts = attempts + 1, first_at = coalesce(first_at, %(now)s), next_at = NULL, status = 410, error = NULL
WHERE endpoint = %(endpoint)s AND next_at IS NOT NULL
"""

UNDELIVERED = """
SELECT delivery_id, endpoint, event_id, put_at, first_at, attempts, next_at, status, error,
       CASE WHEN next_at IS NULL THEN 'given_up' WHEN attempts = 0 THEN 'waiting' ELSE 'failing' END AS state
FROM alerts.delivery ORDER BY delivery_id
"""

REPLAY = """
WITH again AS (UPDATE alerts.delivery SET next_at = %(now)s, first_at = NULL, attempts = 0
               WHERE delivery_id = ANY(%(ids)s::bigint[]) RETURNING endpoint),
     back AS (UPDATE alerts.endpoint SET gone_at = NULL WHERE endpoint IN (SELECT endpoint FROM again))
SELECT count(*) FROM again
"""


class Telling(NamedTuple):
    """What is to be told of one subject: an alert, or a digest. `body`: a structured CloudEvent."""

    subject: str
    event_id: str
    body: bytes
    at: dt.datetime


class Ready(NamedTuple):
    """A delivery whose time has come, and which is the first of its subject."""

    delivery_id: int
    event_id: str
    body: bytes
    attempts: int
    first_at: dt.datetime | None


def register(connection: Connection[Any], endpoints: Sequence[str]) -> None:
    """From now on these are told of every step, and no others. What was put out for another waits for it to be named again."""
    connection.execute(REGISTER, {"endpoints": list(endpoints)})


def put(cursor: Cursor[Any], tellings: Sequence[Telling]) -> None:
    """Put these out to every endpoint, in the caller's transaction."""
    if tellings:
        cursor.execute(PUT, [list(column) for column in zip(*tellings, strict=True)])


def ready(connection: Connection[Any], endpoint: str, now: dt.datetime, limit: int) -> list[Ready]:
    """What is to be sent to an endpoint now, at most one of each subject."""
    return [Ready(*row) for row in connection.execute(READY, (endpoint, now, limit))]


def taken(connection: Connection[Any], delivery: Ready) -> None:
    """The endpoint has it."""
    connection.execute(TAKEN, (delivery.delivery_id,))


def failed(
    connection: Connection[Any], delivery: Ready, now: dt.datetime, jitter: float, status: int | None, error: str | None
) -> bool:
    """The endpoint has not taken it: it is tried again later, or given up. `jitter` from 0 to 1. Whether it is given up."""
    first = delivery.first_at or now
    over = now - first >= PATIENCE
    next_at = None if over else now + pause(delivery.attempts, jitter)
    connection.execute(FAILED, (first, next_at, status, error, delivery.delivery_id, delivery.attempts))
    return over


def gone(connection: Connection[Any], endpoint: str, now: dt.datetime) -> None:
    """The endpoint wants nothing any more: what waits for it is given up at once."""
    connection.execute(GONE, {"endpoint": endpoint, "now": now})


def pause(attempts: int, jitter: float) -> dt.timedelta:
    """Until the next attempt: twice as long each time up to `LONGEST`, and between half and all of it, so that what failed
    together does not come back together."""
    longest: dt.timedelta = min(SHORTEST * 2 ** min(attempts, 30), LONGEST)
    return longest * (0.5 + 0.5 * jitter)


def undelivered(connection: Connection[Any]) -> list[dict[str, Any]]:
    """Whatever an endpoint has not taken yet, in the order in which it was put out. `state`: `waiting` for its first attempt,
    `failing`, `given_up`."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(UNDELIVERED).fetchall()


def replay(connection: Connection[Any], ids: Sequence[int], now: dt.datetime) -> int:
    """Try these again from `now` on, as if they were new; how many there are. An endpoint that had
    gone is told of new steps again."""
    row = connection.execute(REPLAY, {"ids": list(ids), "now": now}).fetchone()
    return row[0] if row else 0

"""What was rejected: kept with its bytes at its place, to be looked at, replayed after a fix, or discarded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from psycopg import Cursor
from psycopg.rows import class_row

from store import outbox
from store.delivery import Delivery, Headers, Line, Place, Refused

TOPIC = "rejected.v1"

KEEP = """
INSERT INTO log.rejected AS old (source, reason, pointer, message, topic, partition, "offset", file, line, hash, agency,
                                 value, headers, first_seen, last_seen)
SELECT *, clock_timestamp(), clock_timestamp()
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::bigint[], %s::text[],
            %s::bigint[], %b::bytea[], %s::text[], %b::bytea[], %b::bytea[])
ON CONFLICT (topic, partition, "offset", file, line, hash) DO UPDATE SET
    source = excluded.source, reason = excluded.reason, pointer = excluded.pointer, message = excluded.message,
    agency = excluded.agency, value = excluded.value, headers = excluded.headers, expired_at = NULL,
    times = old.times + 1, last_seen = excluded.last_seen
RETURNING id, source, reason, pointer, topic, partition, "offset", file, line, hash, times
"""

CAUSED = """
(SELECT *, left(encode(sha256(convert_to(concat_ws(E'\\n', source, reason, alike), 'UTF8')), 'hex'), 8) AS cause
 FROM (SELECT *, regexp_replace(pointer, '/[0-9]+(?=/|$)', '/*', 'g') AS alike FROM log.rejected) AS pointed) AS caused
"""
"""What is rejected for one cause is alike: in source, reason, and pointer with `*` for every index of a list. `cause` is its code,
the same wherever the three are the same."""

ROW = f"""
SELECT id, cause, source, reason, pointer, message, topic, partition, "offset", file, line, encode(hash, 'hex') AS hash,
       agency, times, first_seen, last_seen, expired_at, state, settled_at, settled_by, settled_why
FROM {CAUSED}
"""

WHERE = """
WHERE (%(state)s::text IS NULL OR state = %(state)s) AND (%(causes)s::text[] IS NULL OR cause = ANY(%(causes)s))
"""

GROUPED = f"""
SELECT cause, source, reason, alike AS pointer, count(*) AS events, sum(times)::bigint AS times,
       count(*) FILTER (WHERE state = 'kept' AND expired_at IS NULL) AS replayable, min(first_seen) AS first_seen,
       max(last_seen) AS last_seen, coalesce(max(id) FILTER (WHERE expired_at IS NULL), max(id)) AS sample, state
FROM {CAUSED} {WHERE}
GROUP BY cause, source, reason, alike, state ORDER BY events DESC, cause, source, reason, alike, state LIMIT %(limit)s
"""

WAITING = f"""
SELECT id, cause, expired_at IS NOT NULL FROM {CAUSED}
WHERE state = 'kept' AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
  AND (%(causes)s::text[] IS NULL OR cause = ANY(%(causes)s))
ORDER BY last_seen, id
"""

BYTES = """
SELECT id, topic, partition, "offset", file, line, agency, value, headers FROM log.rejected
WHERE id = ANY(%s) AND state = 'kept' AND expired_at IS NULL ORDER BY id
"""

SETTLE = """
UPDATE log.rejected SET state = %s, settled_at = clock_timestamp(), settled_by = %s, settled_why = %s
WHERE id = ANY(%s) AND state = 'kept' RETURNING id
"""

EXPIRE = """
UPDATE log.rejected SET value = NULL, headers = NULL, expired_at = clock_timestamp()
WHERE expired_at IS NULL AND last_seen < clock_timestamp() - make_interval(days => %s)
"""


class Rejection(NamedTuple):
    """A row of `log.rejected`, without its bytes."""

    id: int
    cause: str
    source: str
    reason: str
    pointer: str
    message: str
    topic: str | None
    partition: int | None
    offset: int | None
    file: str | None
    line: int | None
    hash: str
    agency: str | None
    times: int
    first_seen: datetime
    last_seen: datetime
    expired_at: datetime | None
    state: str
    settled_at: datetime | None
    settled_by: str | None
    settled_why: str | None


class Cause(NamedTuple):
    """What is alike. `events` is how many rows, `times` how often they were rejected, `replayable` how many are kept and have their
    bytes; `sample` is the latest row, of those that have their bytes if there are any."""

    cause: str
    source: str
    reason: str
    pointer: str
    events: int
    times: int
    replayable: int
    first_seen: datetime
    last_seen: datetime
    sample: int
    state: str


class Waiting(NamedTuple):
    """A row that is neither replayed nor discarded."""

    id: int
    cause: str
    expired: bool


def keep(cursor: Cursor[Any], refused: Sequence[Refused]) -> list[str]:
    """Keep what was refused, and tell its senders. The same bytes at the same place are one row, with `times`.

    Returns the sources of the rows that are new.
    """
    once = {(r.delivery.place, r.hash): r for r in refused}
    columns = zip(*map(_columns, once.values()), strict=True)
    rows = cursor.execute(KEEP, tuple(list(column) for column in columns), binary=True).fetchall() if once else []
    outbox.put(cursor, TOPIC, [outbox.Going(row[1], _told(*row[:10]), item=str(row[0])) for row in rows])
    return [row[1] for row in rows if row[-1] == 1]


def rejections(
    cursor: Cursor[Any],
    *,
    state: str | None = "kept",
    causes: Sequence[str] | None = None,
    limit: int | None = None,
) -> list[Rejection]:
    """The latest first. `state` None: all; `causes` None: of every cause."""
    query = ROW + WHERE + "ORDER BY last_seen DESC, id DESC LIMIT %(limit)s"
    with cursor.connection.cursor(row_factory=class_row(Rejection)) as own:
        return own.execute(query, {"state": state, "causes": causes, "limit": limit}).fetchall()


def grouped(
    cursor: Cursor[Any],
    *,
    state: str | None = "kept",
    causes: Sequence[str] | None = None,
    limit: int | None = None,
) -> list[Cause]:
    """One for each cause, most events first. `state` None: all, a cause once for each state; `causes` None: every cause."""
    with cursor.connection.cursor(row_factory=class_row(Cause)) as own:
        return own.execute(GROUPED, {"state": state, "causes": causes, "limit": limit}).fetchall()


def waiting(cursor: Cursor[Any], ids: Sequence[int] | None, causes: Sequence[str] | None) -> list[Waiting]:
    """The kept ones of these numbers and of these causes (None: of any), the one that was rejected longest ago first."""
    return [Waiting(*row) for row in cursor.execute(WAITING, {"ids": ids, "causes": causes})]


def rejection(cursor: Cursor[Any], id: int) -> tuple[Rejection, Delivery] | None:
    """One row, and its bytes (None: there were none, or they have expired)."""
    with cursor.connection.cursor(row_factory=class_row(Rejection)) as own:
        row = own.execute(ROW + "WHERE id = %s", (id,)).fetchone()
    if row is None:
        return None
    value, headers = cursor.execute("SELECT value, headers FROM log.rejected WHERE id = %s", (id,)).fetchone() or (
        None,
        None,
    )
    return row, _delivery(row.topic, row.partition, row.offset, row.file, row.line, row.agency, value, headers)


def replayable(cursor: Cursor[Any], ids: Sequence[int]) -> dict[int, Delivery]:
    """Of these rows the ones that are kept and whose bytes have not expired, as they were delivered."""
    return {row[0]: _delivery(*row[1:]) for row in cursor.execute(BYTES, (list(ids),), binary=True)}


def settle(cursor: Cursor[Any], ids: Sequence[int], state: str, by: str | None, why: str | None = None) -> list[int]:
    """Mark kept rows as `replayed` or `discarded`; the numbers of those that were."""
    return [row[0] for row in cursor.execute(SETTLE, (state, by, why, list(ids)))]


def expire(cursor: Cursor[Any], days: int) -> int:
    """Delete the bytes of what was last rejected more than this many days ago; of how many."""
    return cursor.execute(EXPIRE, (days,)).rowcount


def _columns(r: Refused) -> tuple[Any, ...]:
    delivery, place = r.delivery, r.delivery.place
    where = (*place, None, None) if isinstance(place, Place) else (None, None, None, *place)
    headers = (
        orjson.dumps([[name, value and value.hex()] for name, value in delivery.headers]) if delivery.headers else None
    )
    return (r.source, r.reason, r.pointer, r.message, *where, r.hash, delivery.agency, delivery.value, headers)


def _told(id: int, source: str, reason: str, pointer: str, *place: Any) -> bytes:
    topic, partition, offset, file, line, hash = place
    where = {"topic": topic, "partition": partition, "offset": offset} if file is None else {"file": file, "line": line}
    told = {"id": id, "source": source, "reason": reason, "pointer": pointer, "place": where, "hash": hash.hex()}
    return orjson.dumps(told)


def _delivery(
    topic: str | None,
    partition: int | None,
    offset: int | None,
    file: str | None,
    line: int | None,
    agency: str | None,
    value: bytes | None,
    headers: bytes | None,
) -> Delivery:
    place = Line(file, line or 0) if file is not None else Place(topic or "", partition or 0, offset or 0)
    return Delivery(value, place, _headers(headers), agency)


def _headers(stored: bytes | None) -> Headers:
    return [(name, value and bytes.fromhex(value)) for name, value in orjson.loads(stored)] if stored else ()

"""What goes out to Kafka: written in the transaction that caused it, deleted when the broker has acknowledged it.

There is no high-water mark. The latest of one key replaces what was not sent yet, so that a broker that is away for
long costs one row a key. A version is never given twice, and what has the greater one is newer.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from psycopg import Cursor

PUT = """
INSERT INTO log.outbox AS old (topic, key, item, body)
SELECT %s, * FROM unnest(%b::text[], %b::text[], %b::bytea[])
ON CONFLICT (topic, key, item) DO UPDATE SET body = excluded.body, version = nextval('log.outbox_version')
"""

PENDING = "SELECT topic, key, item, version, body FROM log.outbox ORDER BY version LIMIT %s"

WAITING = "SELECT count(*), coalesce(max(version), 0) FROM log.outbox WHERE version <= coalesce(%s, version)"

SENT = """
DELETE FROM log.outbox
WHERE ctid = ANY(ARRAY(SELECT ctid FROM log.outbox WHERE version = ANY(%s::bigint[]) FOR UPDATE SKIP LOCKED))
"""
# A version is written once: what was replaced has another. What is locked is being replaced, and goes out again as a newer
# version; who waits for no lock is in no deadlock. By ctid, since a plan that goes by stale statistics would read all for each.


class Going(NamedTuple):
    """What is to be put out: `body` is a JSON object without key and version. Each `key` and `item` at most once."""

    key: str
    body: bytes
    item: str = ""


class Message(NamedTuple):
    """What is to be sent."""

    topic: str
    key: str
    item: str
    version: int
    body: bytes

    @property
    def value(self) -> bytes:
        """The body with key and version, by which a consumer ignores what is not newer."""
        return orjson.dumps({"key": self.key, "version": self.version} | orjson.loads(self.body))


def put(cursor: Cursor[Any], topic: str, going: Sequence[Going]) -> None:
    """Put messages out, in the caller's transaction."""
    if going:
        columns = [g.key for g in going], [g.item for g in going], [g.body for g in going]
        cursor.execute(PUT, (topic, *columns))


def pending(cursor: Cursor[Any], limit: int = 1_000) -> list[Message]:
    """The oldest messages that were not sent yet."""
    return [Message(*row) for row in cursor.execute(PENDING, (limit,), binary=True)]


def waiting(cursor: Cursor[Any], upto: int | None = None) -> tuple[int, int]:
    """How many messages up to a version were not sent yet, and the last version among them."""
    row = cursor.execute(WAITING, (upto,)).fetchone()
    assert row is not None
    return row[0], row[1]


def sent(cursor: Cursor[Any], messages: Sequence[Message]) -> None:
    """Delete what the broker has acknowledged, but for what was replaced meanwhile."""
    cursor.execute(SENT, ([m.version for m in messages],))

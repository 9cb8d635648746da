"""The recorder under the log: the library's process recorder, on tables of ours.

What differs from the library's, each for a reason that `docs/decisions/` tells in full:
- An advisory lock instead of a table lock: the same order among writers, no quarrel with VACUUM, ANALYZE and row locks.
- No pipeline: in one, a few thousand events in a transaction wait for ever.
- No retry of an insert: whether a lost COMMIT took effect is for the caller to find out.
- The tables come from our migrations; nothing is created at start.
- A version may be left to the insert, so that intake need not read streams.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from eventsourcing.persistence import (
    BaseInfrastructureFactory,
    InterfaceError,
    InternalError,
    OperationalError,
    StoredEvent,
)
from eventsourcing.postgres import PostgresDatastore, PostgresFactory, PostgresProcessRecorder
from eventsourcing.utils import Environment
from psycopg import Connection, Cursor, IsolationLevel, sql
from psycopg.rows import dict_row, tuple_row

LOCK = 7_460_001
"""Advisory lock of whoever writes to the log: positions are given in the order of commit."""

CHANNEL = "vjt_log"
"""Notified once a committed batch."""

NEXT = -1
"""As an event's version: the one after the last in its stream."""

UNAVAILABLE = (OperationalError, InterfaceError, InternalError)
"""What is raised when the database cannot be reached, went away, or ended a transaction that stood still: try again."""

MOST_BEHIND = "60 seconds"

NEXT_KNOWN = f"""
SELECT greatest(clock_timestamp(), max(known_at) + interval '1 microsecond'),
       coalesce(clock_timestamp() < max(known_at) - interval '{MOST_BEHIND}', false)
FROM (SELECT known_at FROM log.stored_events ORDER BY notification_id DESC LIMIT 1) AS last
"""

APPEND: LiteralString = """
INSERT INTO log.stored_events (originator_id, originator_version, topic, state, event_key, content_hash, known_at)
SELECT e.originator_id,
       CASE e.version WHEN -1 THEN last.version + row_number() OVER (PARTITION BY e.originator_id ORDER BY e.n)
                      ELSE e.version END,
       e.topic, e.state, coalesce(e.event_key, gen_random_uuid()), coalesce(e.content_hash, ''), %s
FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::uuid[], %b::bytea[])
     WITH ORDINALITY AS e(originator_id, version, topic, state, event_key, content_hash, n)
CROSS JOIN LATERAL (
    SELECT coalesce(max(s.originator_version), 0) FROM log.stored_events s WHERE s.originator_id = e.originator_id
) AS last(version)
ORDER BY e.n
RETURNING notification_id
"""


class ClockBehind(Exception):
    """The database's clock is far behind the last known time in the log: storing more would falsify "as known at"."""

    def __init__(self) -> None:
        super().__init__(f"the database's clock is more than {MOST_BEHIND} behind what the log knows; set it right")


@dataclass(frozen=True)
class Entry(StoredEvent):
    """A stored event with what tells it from every other: the key of (source, id), and the hash of its content."""

    event_key: UUID
    content_hash: bytes


class Datastore(PostgresDatastore):
    """A pool for any connection string of libpq; READ COMMITTED, and no transaction stands still for over 5 seconds."""

    def __init__(self, dsn: str) -> None:
        super().__init__("", "", "", "", "", idle_in_transaction_session_timeout=5, max_overflow=9, schema="log")
        self.pool.conninfo = dsn
        self.pool.kwargs = {"row_factory": dict_row}

    def after_connect_func(self) -> Callable[[Connection[Any]], None]:
        configure = super().after_connect_func()

        def read_committed(connection: Connection[Any]) -> None:
            configure(connection)
            connection.isolation_level = IsolationLevel.READ_COMMITTED

        return read_committed


class Recorder(PostgresProcessRecorder):
    """Keeps events and tracking in the schema `log`."""

    def __init__(self, datastore: PostgresDatastore, **names: str) -> None:
        super().__init__(datastore, **names)
        self.channel_name = CHANNEL
        self.lock_table_statements = [sql.SQL("SELECT pg_advisory_xact_lock({})").format(LOCK)]

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Store events and tracking in one transaction; the positions. Raises IntegrityError on a version taken."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_events(cursor, stored_events, **kwargs)
            if not stored_events:
                return None
            self.lock(cursor)
            return self.append(cursor, stored_events, self.next_known_at(cursor))

    def lock(self, cursor: Cursor[Any]) -> None:
        """Be the only writer until the transaction ends. A statement of its own: the next one sees what others did."""
        self._lock_table(cursor)

    def next_known_at(self, cursor: Cursor[Any]) -> datetime:
        """The time at which what is appended now becomes known: later than everything before. Raises ClockBehind."""
        with cursor.connection.cursor(row_factory=tuple_row) as own:
            row = own.execute(NEXT_KNOWN).fetchone()
        assert row is not None
        known_at, behind = row
        if behind:
            raise ClockBehind
        assert isinstance(known_at, datetime)
        return known_at

    def append(self, cursor: Cursor[Any], events: Sequence[StoredEvent], known_at: datetime) -> list[int]:
        """Store events under the lock, in this order; their positions."""
        with cursor.connection.cursor(row_factory=tuple_row) as own:
            own.execute(
                APPEND,
                (
                    known_at,
                    [e.originator_id for e in events],
                    [e.originator_version for e in events],
                    [e.topic for e in events],
                    [e.state for e in events],
                    [getattr(e, "event_key", None) for e in events],
                    [getattr(e, "content_hash", None) for e in events],
                ),
                binary=True,
            )
            positions = [row[0] for row in own]
            self._notify_channel(own)  # type: ignore[arg-type]
        return positions


class Factory(PostgresFactory):
    """Takes nothing from the environment: a setting of the library there could switch locks or tracking off."""

    process_recorder_class = Recorder

    def __init__(self, dsn: str) -> None:
        BaseInfrastructureFactory.__init__(self, Environment(env={"CREATE_TABLE": "n"}))
        self.datastore = Datastore(dsn)

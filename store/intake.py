"""Intake: from deliveries to the log, each event exactly once (contract 2.3). One transaction a batch.

`consume`, `load` and `rejected replay` all come through `Intake.take`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg import Cursor

from schemas.envelope import agency_of
from schemas.read import MOST_BYTES, Event, read
from schemas.rejected import REASONS, Rejected
from store import rejected
from store.delivery import Delivery, Place, Refused
from store.log import Log, said
from store.offsets import Partition, Span, fenced, set_positions
from store.recorder import Entry

UNKNOWN = "unknown"
"""The source of what does not say it."""

KNOWN = "SELECT event_key, content_hash FROM log.stored_events WHERE event_key = ANY(%b::uuid[])"

COUNT = """
INSERT INTO log.source AS s
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
                     %s::timestamptz[], %s::timestamptz[])
ON CONFLICT (source) DO UPDATE SET
    accepted = s.accepted + excluded.accepted, duplicates = s.duplicates + excluded.duplicates,
    rejected = s.rejected + excluded.rejected, unknown_fields = s.unknown_fields + excluded.unknown_fields,
    other_codes = s.other_codes + excluded.other_codes,
    last_event_known_at = greatest(s.last_event_known_at, excluded.last_event_known_at),
    last_occurred_at = greatest(s.last_occurred_at, excluded.last_occurred_at)
"""

NOT_STORED = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
"""What the database says when it is an event that it does not take."""


@dataclass(slots=True)
class Taken:
    """What became of a batch. What was taken in an earlier batch already is in none of the numbers."""

    accepted: int = 0
    duplicates: int = 0
    rejected: list[Refused] = field(default_factory=list)
    next_offsets: dict[Partition, int] = field(default_factory=dict)


@dataclass(slots=True)
class Count:
    """What a batch adds to a source's counters."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    unknown_fields: int = 0
    other_codes: int = 0
    last_event_known_at: datetime | None = None
    last_occurred_at: datetime | None = None

    def accept(self, event: Event, known_at: datetime | None) -> None:
        self.accepted += 1
        self.unknown_fields += event.unknown_fields
        self.other_codes += event.other_codes
        self.last_event_known_at = known_at
        if self.last_occurred_at is None or event.occurred > self.last_occurred_at:
            self.last_occurred_at = event.occurred


class Valid(NamedTuple):
    """A delivery that is an event."""

    delivery: Delivery
    event: Event
    entry: Entry


class Intake:
    """Takes deliveries into the log. `cluster_id` is Kafka's, where they come from it."""

    def __init__(self, log: Log, cluster_id: str = "") -> None:
        self.log = log
        self.cluster_id = cluster_id

    def take(
        self,
        deliveries: Sequence[Delivery],
        spans: Mapping[Partition, Span] | None = None,
        *,
        now: datetime | None = None,
    ) -> Taken:
        """Take a batch, all of it or nothing. `spans`: the offsets that it covers, by which it is fenced.

        Raises OffsetsBehind (seek), ClockBehind (stop), and one of `recorder.UNAVAILABLE` when the database is away or
        ended the transaction: whether it took effect is not known then, and the same batch may be given again.
        """
        valid, refused = self._decoded(deliveries, now or datetime.now(UTC))
        with self.log.transaction() as cursor:
            self.log.recorder.lock(cursor)
            begin = fenced(cursor, self.cluster_id, spans or {})
            if any(begin[partition] > span.start for partition, span in (spans or {}).items()):
                valid = [v for v in valid if not _below(v.delivery, begin)]
                refused = [r for r in refused if not _below(r.delivery, begin)]
            taken = self._stored(cursor, valid, refused)
            taken.next_offsets = {p: max(begin[p], span.end) for p, span in (spans or {}).items()}
            if taken.next_offsets:
                set_positions(cursor, self.cluster_id, taken.next_offsets)
        return taken

    def _decoded(self, deliveries: Iterable[Delivery], now: datetime) -> tuple[list[Valid], list[Refused]]:
        valid, refused = [], []
        to_stored_event = self.log.mapper.to_stored_event
        for delivery in deliveries:
            try:
                event = read(delivery.value, delivery.headers, topic=delivery.agency, now=now)
            except Rejected as reason:
                refused.append(_refused(delivery, _source(delivery), reason.reason, reason.pointer, reason.message))
            else:
                valid.append(Valid(delivery, event, to_stored_event(said(event))))
        return valid, refused

    def _stored(self, cursor: Cursor[Any], valid: Sequence[Valid], refused: list[Refused]) -> Taken:
        """Append what is new; count it, what came again, and what was refused."""
        stands = dict(cursor.execute(KNOWN, ([v.entry.event_key for v in valid],), binary=True).fetchall())
        new: list[Valid] = []
        again: list[Valid] = []
        for v in valid:
            (again if v.entry.event_key in stands else new).append(v)
            stands.setdefault(v.entry.event_key, v.entry.content_hash)
        known_at = self.log.recorder.next_known_at(cursor) if new else None
        unstorable = {v.entry.event_key for v in self._append(cursor, new, known_at)} if known_at else set()
        taken = Taken(rejected=refused)
        counts: defaultdict[str, Count] = defaultdict(Count)
        for v in new:
            if v.entry.event_key in unstorable:
                refused.append(_refused_event(v, "unstorable"))
            else:
                taken.accepted += 1
                counts[v.event.source].accept(v.event, known_at)
        for v in again:
            if v.entry.event_key in unstorable:
                refused.append(_refused_event(v, "unstorable"))
            elif v.entry.content_hash != stands[v.entry.event_key]:
                refused.append(_refused_event(v, "conflicting_duplicate"))
            else:
                taken.duplicates += 1
                counts[v.event.source].duplicates += 1
        for source in rejected.keep(cursor, refused):
            counts[source].rejected += 1
        if counts:
            columns = zip(*((source, *astuple(count)) for source, count in counts.items()), strict=True)
            cursor.execute(COUNT, tuple(list(column) for column in columns))
        return taken

    def _append(self, cursor: Cursor[Any], events: Sequence[Valid], known_at: datetime) -> Sequence[Valid]:
        """Append events; the ones that the database does not take, found by halving."""
        try:
            with cursor.connection.transaction():
                self.log.recorder.append(cursor, [v.entry for v in events], known_at)
        except NOT_STORED:
            if len(events) == 1:
                return events
            half = len(events) // 2
            return [*self._append(cursor, events[:half], known_at), *self._append(cursor, events[half:], known_at)]
        return ()


def _below(delivery: Delivery, begin: Mapping[Partition, int]) -> bool:
    """Whether it was taken already."""
    place = delivery.place
    return isinstance(place, Place) and place.offset < begin[place.topic, place.partition]


def _source(delivery: Delivery) -> str:
    """Who sent what was rejected, if it can be read and may send anything: nothing else of a value is repeated."""
    source: Any = next((content for name, content in delivery.headers if name.lower() == "ce_source"), None)
    try:
        if source is not None:
            source = source.decode()
        elif delivery.value and len(delivery.value) <= MOST_BYTES:
            source = orjson.loads(delivery.value)["source"]
    except (ValueError, TypeError, LookupError):
        return UNKNOWN
    return source if isinstance(source, str) and agency_of(source) else UNKNOWN


def _refused(delivery: Delivery, source: str, reason: str, pointer: str, message: str) -> Refused:
    return Refused(delivery, source, reason, pointer, message, sha256(delivery.value or b"").digest())


def _refused_event(v: Valid, reason: str) -> Refused:
    return _refused(v.delivery, v.event.source, reason, "", REASONS[reason])

"""The log: an application of the eventsourcing library whose streams are subjects.

An event of ours is stored once, on the subject that it is about; its topic is its type. What is stored is compact JSON,
the person's attributes apart from the rest, so that they can be sealed by themselves. Streams are how events are kept;
whoever folds reads by position.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import orjson
import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, Mapper, OperationalError, StoredEvent, Transcoder
from eventsourcing.utils import Environment
from psycopg import Cursor
from psycopg.rows import tuple_row

from schemas.about import about
from schemas.read import Event
from schemas.reference import event_key, subject_id
from schemas.types import newest
from store.recorder import NEXT, Entry, Factory, Recorder

RECORDED = "(convert_from(state, 'UTF8')::jsonb ->> 'recorded')::timestamptz"
"""When an agency wrote it down, of a row of `log.stored_events`, in SQL."""
PERSON = "victim"
"""The field of `data` that holds a person's attributes."""

UPCASTS: tuple[Callable[[str, dict[str, Any]], None], ...] = ()
"""How an older shape of stored JSON becomes the present one, in place: the n-th makes version n + 1 of version n. It is the shape
in which we keep events; what agencies say in them has versions of its own (`schemas.types.newest`)."""

Json = dict[str, Any]


class Record(NamedTuple):
    """An event as a reader of the log gets it. The times are in UTC. `type` is the one under which it was said, `data` are in the
    form of its latest version."""

    position: int
    source: str
    id: str
    type: str
    occurred: datetime
    recorded: datetime
    precision: str
    data: Json
    known_at: datetime


@dataclass(slots=True)
class Said:
    """The library's view of an event: the next of its subject's stream."""

    originator_id: UUID
    originator_version: int
    event: Event


class Orjson(Transcoder):
    """Compact JSON."""

    def encode(self, obj: Any) -> bytes:
        return orjson.dumps(obj, option=orjson.OPT_UTC_Z)

    def decode(self, data: bytes) -> Any:
        return orjson.loads(data)


class EventMapper(Mapper[UUID]):
    """Between `Said` and what is stored."""

    def to_stored_event(self, domain_event: Any) -> Entry:
        event: Event = domain_event.event
        return Entry(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=event.type,
            state=self.transcoder.encode(_state(event)),
            event_key=event_key(event.source, event.id),
            content_hash=event.content_hash,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The event as it was stored; what only intake knew of it (its hash, what was dropped) is not in it."""
        state = _present(stored_event.topic, self.transcoder.decode(stored_event.state))
        event = Event(
            source=state["source"],
            id=state["id"],
            type=stored_event.topic,
            occurred=datetime.fromisoformat(state["occurred"]),
            recorded=datetime.fromisoformat(state["recorded"]),
            precision=state["precision"],
            data=_whole(state),
            content_hash=b"",
            unknown_fields=0,
            other_codes=0,
        )
        return Said(cast(UUID, stored_event.originator_id), stored_event.originator_version, event)


class Log(Application[UUID]):
    """The events that agencies sent. `dsn` is a connection string of libpq."""

    mapper: EventMapper
    recorder: Recorder
    name = ""  # the library names its tables after it; without one they are called stored_events

    def __init__(self, dsn: str) -> None:
        """Raises OperationalError, of `eventsourcing.persistence` as everywhere here, if the server is not there."""
        try:
            psycopg.connect(dsn).close()  # the pool would wait, and then say only that it did
        except psycopg.OperationalError as error:
            raise OperationalError(str(error)) from error
        self.dsn = dsn
        super().__init__()

    def construct_env(self, name: str, env: Any = None) -> Environment:
        return Environment()

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        return Factory(self.dsn)

    def construct_mapper(self) -> EventMapper:
        return EventMapper(Orjson())

    def construct_recorder(self) -> Recorder:
        # The library's own choice here would be a recorder that ignores tracking without a word.
        return cast(Recorder, self.factory.process_recorder())

    @contextmanager
    def transaction(self) -> Iterator[Cursor[Any]]:
        """One transaction on a connection of the pool; commits if nothing is raised.

        What the database raises comes as an exception of `eventsourcing.persistence`.
        """
        with (
            self.recorder.datastore.get_connection() as connection,
            connection.transaction(),
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            yield cursor


def said(event: Event) -> Said:
    """An event, as the next one of the subject that it is about."""
    what = about(event.type, event.source, newest(event.type, event.data))
    return Said(subject_id(what.subject), NEXT, event)


def read(
    cursor: Cursor[Any], *, after: int, upto: int | None = None, limit: int | None = None, topics: Sequence[str] = ()
) -> list[Record]:
    """The next events after a position, in the order of the log. `limit` None: all; `topics`: only these types."""
    query = "SELECT notification_id, topic, state, known_at FROM log.stored_events WHERE notification_id > %(after)s"
    if upto is not None:
        query += " AND notification_id <= %(upto)s"
    if topics:
        query += " AND topic = ANY(%(topics)s)"
    query += " ORDER BY notification_id LIMIT %(limit)s"
    given = {"after": after, "upto": upto, "limit": limit, "topics": list(topics)}
    return [decode(*row) for row in cursor.execute(query, given, binary=True)]


def decode(position: int, topic: str, state: bytes, known_at: datetime) -> Record:
    """A row of the log."""
    said: Json = orjson.loads(state)
    if UPCASTS:
        said = _present(topic, said)
    return Record(
        position,
        said["source"],
        said["id"],
        topic,
        datetime.fromisoformat(said["occurred"]),
        datetime.fromisoformat(said["recorded"]),
        said["precision"],
        newest(topic, _whole(said)),
        known_at if known_at.tzinfo is UTC else known_at.astimezone(UTC),
    )


def _state(event: Event) -> Json:
    data, person = _apart(event.data)
    state: Json = {
        "source": event.source,
        "id": event.id,
        "occurred": event.occurred,
        "recorded": event.recorded,
        "precision": event.precision,
        "data": data,
    }
    if person is not None:
        state["person"] = person
    if UPCASTS:
        state["class_version"] = 1 + len(UPCASTS)
    return state


def _apart(data: Json) -> tuple[Json, Json | None]:
    """Data without the person's attributes, and these. Of an amendment they stand in the data that it gives."""
    if PERSON in data:
        return {name: value for name, value in data.items() if name != PERSON}, {PERSON: data[PERSON]}
    if "amends" in data:
        inner, person = _apart(data["data"])
        return data | {"data": inner}, person
    return data, None


def _whole(state: Json) -> Json:
    """Data with the person's attributes again."""
    data: Json = state["data"]
    person = state.get("person")
    if person is not None:
        (data["data"] if "amends" in data else data).update(person)
    return data


def _present(topic: str, state: Json) -> Json:
    for upcast in UPCASTS[state.pop("class_version", 1) - 1 :]:
        upcast(topic, state)
    return state

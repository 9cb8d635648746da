"""How long it takes from an agency's word to the tables, at a steady rate, with the workers as they run."""

import asyncio
import bisect
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from uuid import UUID

import orjson
import psycopg
from aiokafka import AIOKafkaProducer

from bench.measured import Measured
from bench.servers import Servers
from bench.tables import level
from schemas.reference import event_key
from store.delivery import Delivery, Line
from streams.publish import HEADERS, message

LOOK = 0.02  # s between two looks at how far the tables are; freshness is no more exact than that
TICK = 0.02  # s between two sendings
WARM = 0.2  # of the time, in which nothing is measured

WHERE = "SELECT event_key, notification_id FROM log.stored_events WHERE event_key = ANY(%s)"


def freshness(
    servers: Servers,
    dsn: str,
    events: list[bytes],
    rate: int,
    seconds: int,
    journeys: int,
    beside: Sequence[tuple[float, bytes]] = (),
) -> list[Measured]:
    """From the sending of an event to the commit that puts it into the tables, in ms. `beside`: events that are sent in the same
    time, each at its share of it (0 to 1), and not measured."""
    events = events[: rate * seconds]
    measured = set(map(_key, events))
    mixed = sorted([(n / len(events), event) for n, event in enumerate(events)] + list(beside))
    level(dsn)
    with worker(servers, dsn, "consume"), worker(servers, dsn, "project"):
        watch = _Watch(dsn)
        time.sleep(5)  # until both have begun
        sent = asyncio.run(send(servers.kafka.servers, [(share * seconds, event) for share, event in mixed]))
        watch.until_level()
    sent = [(key, at) for key, at in sent[int(WARM * len(sent)) :] if key in measured]
    with psycopg.connect(dsn) as connection:
        positions: dict[UUID, int] = dict(connection.execute(WHERE, ([key for key, _ in sent],)).fetchall())
    waits = sorted(1_000 * (watch.reached(positions[key]) - at) for key, at in sent if key in positions)
    of = f"{rate}/s for {seconds} s, {journeys:,} journeys" + f"; beside them {len(beside):,} others" * bool(beside)
    quantiles = (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
    return [Measured(f"freshness {name}", waits[int(q * (len(waits) - 1))], "ms", of) for name, q in quantiles]


@contextmanager
def worker(servers: Servers, dsn: str, verb: str) -> Iterator[None]:
    process = servers.start(dsn, verb)
    try:
        yield
        assert process.poll() is None, f"vjt {verb} ended by itself"
    finally:
        process.terminate()
        process.wait(30)


class _Watch:
    """Looks all the time at how far the live tables are."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.seen: list[tuple[int, float]] = []  # position, when first seen
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self) -> None:
        # When the run is broken off the server goes first; of one that goes by itself `until_level` tells.
        with suppress(psycopg.OperationalError), psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self.ended.wait(LOOK):
                row = connection.execute("SELECT position FROM projection.build WHERE live").fetchone()
                if row and (not self.seen or row[0] > self.seen[-1][0]):
                    self.seen.append((row[0], time.time()))

    def until_level(self) -> None:
        """Wait for the tables to reach what the log holds once it grows no more."""
        query = "SELECT coalesce(max(notification_id), 0) FROM log.stored_events"
        last = -1
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while True:
                row = connection.execute(query).fetchone() or (0,)
                if row[0] == last == self.seen[-1][0]:
                    break
                last = row[0]
                time.sleep(2)
        self.ended.set()
        self.thread.join()

    def reached(self, position: int) -> float:
        """When the tables were first seen to be there or further."""
        return self.seen[bisect.bisect_left(self.seen, (position, 0.0))][1]


async def send(kafka: str, events: Sequence[tuple[float, bytes]]) -> list[tuple[UUID, float]]:
    """Send each when its time has come, in s from the beginning. The key of each event, and when it was handed to the producer."""
    now = datetime.now(UTC)
    messages = [message(Delivery(event, Line("bench", n)), now) for n, (_, event) in enumerate(events)]
    keys = [_key(event) for _, event in events]
    sent: list[tuple[UUID, float]] = []
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        began = time.time()
        while len(sent) < len(messages):
            while len(sent) < len(messages) and events[len(sent)][0] <= time.time() - began:
                m = messages[len(sent)]
                sent.append((keys[len(sent)], time.time()))
                await producer.send(m.topic, m.value, key=m.key, headers=HEADERS)
            await asyncio.sleep(TICK)
    finally:
        await producer.stop()
    return sent


def _key(event: bytes) -> UUID:
    said = orjson.loads(event)
    return event_key(said["source"], said["id"])

"""Servers that go away while the workers run, and come back: nobody has to do anything, and nothing is lost."""

import asyncio
import shutil
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from store.migrate import migrate
from store.outbox import Going, put
from streams.consume import Consume
from streams.relay import relay
from streams.topics import create_topics
from tests.integration.store.given import POLICE, report, rows
from tests.system.broker import command, emptied, send, sent, taken, until
from vjt.stack.kafka import Kafka
from vjt.stack.postgres import Postgres

# The servers are started by the main thread: the system ends them with the thread that started them.
TOPIC = "alerts.v1"


def number(dsn: str) -> int:
    (n,) = rows(dsn, "SELECT count(*) FROM log.stored_events")
    return int(n)


def put_out(dsn: str, key: str) -> None:
    with psycopg.connect(dsn) as connection:
        put(connection.cursor(), TOPIC, [Going(key, b"{}")])


@asynccontextmanager
async def working(dsn: str, kafka: str) -> AsyncIterator[Consume]:
    """A consumer and a relay."""
    stop = asyncio.Event()
    worker = Consume(dsn, kafka)
    tasks = [asyncio.create_task(worker.run(stop)), asyncio.create_task(relay(dsn, kafka, stop))]
    try:
        yield worker
        assert not any(task.done() for task in tasks)
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 15)


def told(logs: list[Any], event: str, server: str, *workers: str) -> bool:
    """Whether each worker said this of a server, once."""
    found = [line["worker"] for line in logs if line["event"] == event and line["server"] == server]
    assert len(found) == len(set(found))
    return set(found) == set(workers)


async def test_a_broker_that_is_restarted_is_waited_for(broker: Kafka, database: str) -> None:
    with capture_logs() as logs:
        async with working(database, broker.servers):
            await send(broker.servers, [report(n) for n in range(30)])
            await until(lambda: number(database) == 30)
            broker.stop()
            put_out(database, "a")
            await until(lambda: told(logs, "server away", "Kafka", "consume", "relay"))
            broker.start()
            await send(broker.servers, [report(n) for n in range(20, 60)])
            await until(lambda: number(database) == 60 and rows(database, "SELECT count(*) FROM log.outbox") == [0])
            await until(lambda: told(logs, "server back", "Kafka", "consume", "relay"))
    assert rows(database, "SELECT accepted, duplicates FROM log.source WHERE source = '/police/met'") == [(60, 10)]
    assert [message.key for message in await sent(broker.servers, TOPIC)] == [b"a"]
    assert told(logs, "server away", "Kafka", "consume", "relay")
    assert told(logs, "server away", "PostgreSQL")


async def test_a_database_that_is_restarted_is_waited_for(broker: Kafka, folder: Path) -> None:
    await emptied(broker.servers)
    server = Postgres(folder / "postgres", "test")
    server.start()
    try:
        migrate(server.url)
        with capture_logs() as logs:
            async with working(server.url, broker.servers):
                await send(broker.servers, [report(n) for n in range(30)])
                await until(lambda: number(server.url) == 30)
                server.stop()
                await send(broker.servers, [report(n) for n in range(20, 60)])
                await until(lambda: told(logs, "server away", "PostgreSQL", "consume", "relay"))
                server.start()
                await until(lambda: number(server.url) == 60)
                put_out(server.url, "b")
                await until(lambda: rows(server.url, "SELECT count(*) FROM log.outbox") == [0])
                await until(lambda: told(logs, "server back", "PostgreSQL", "consume", "relay"))
        assert rows(server.url, "SELECT accepted, duplicates FROM log.source WHERE source = '/police/met'") == [
            (60, 10)
        ]
        assert [message.key for message in await sent(broker.servers, TOPIC)] == [b"b"]
        assert told(logs, "server away", "Kafka")
    finally:
        server.stop()


async def test_a_broker_that_was_set_up_afresh_at_the_same_address_stops_its_partitions(
    broker: Kafka, database: str
) -> None:
    """Its offsets may fit by chance: what it has at them is another thing."""
    await emptied(broker.servers)
    async with working(database, broker.servers) as worker:
        await send(broker.servers, [report(n) for n in range(30)])
        await until(lambda: number(database) == 30)
        broker.stop()
        shutil.rmtree(broker.data)
        broker.start()
        await create_topics(broker.servers)
        await send(broker.servers, [report(n) for n in range(100, 1_000)])
        await until(lambda: worker.counts.stopped == 3)
        assert number(database) == 30
        found = await taken(database, broker.servers, accept_log=True)
        assert (found.accepted, found.duplicates) == (900, 0)


async def test_a_damaged_record_stops_its_partition_and_no_other(broker: Kafka, database: str) -> None:
    await emptied(broker.servers)
    for turn in range(4):
        await send(broker.servers, [report(10 * turn + n) for n in range(9)])
    broker.stop()
    segment = max((broker.data / f"{POLICE}-1").glob("*.log"))
    content = bytearray(segment.read_bytes())
    content[-20] ^= 1
    segment.write_bytes(content)
    broker.start()
    with capture_logs() as logs:
        found = await taken(database, broker.servers)
    assert found.stopped == 1
    assert 24 <= found.accepted < 36
    assert rows(database, "SELECT count(*) FROM log.stored_events") == [found.accepted]
    told = [(line["partition"], line["why"]) for line in logs if line["event"] == "partition stopped"]
    assert told == [(1, "a record is damaged on the broker")]


@pytest.mark.parametrize("away", ["database", "kafka", "both"])
async def test_a_worker_ends_within_seconds_while_servers_are_away(away: str, broker: Kafka, database: str) -> None:
    nowhere = "postgresql://vjt@127.0.0.1:1/postgres"
    worker = command(
        "consume",
        database=nowhere if away in ("database", "both") else database,
        kafka="127.0.0.1:1" if away in ("kafka", "both") else broker.servers,
    )
    assert worker.stderr
    assert b"server away" in await asyncio.to_thread(worker.stderr.readline)
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    await asyncio.to_thread(worker.communicate, None, 20)
    assert worker.returncode == 0
    assert time.monotonic() - began < 8

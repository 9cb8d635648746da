"""The whole line under fire: workers killed at named points and at random, servers stopped. The end is that of a quiet run."""

import asyncio
import random
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from store.delivery import Delivery, Line
from store.migrate import migrate
from store.outbox import Going, put
from streams.publish import publish
from streams.topics import create_topics
from tests.integration.store.given import POLICE, report, rows
from tests.integration.store.test_exactly_once import held_at
from tests.system.broker import PATIENCE, command, run, send, sent, taken, until
from tests.told import Truth, simulated, tabled
from vjt.stack.kafka import Kafka
from vjt.stack.postgres import Postgres

CHANGES = "journeys.changes.v1"
ALERTS = "alerts.v1"
KILLS = 5  # of each worker
PORTION = 40  # events
AWAY = 2.0  # s for which a server is stopped under load

STORED = "SELECT count(*) FROM log.stored_events"
BUILT = "SELECT count(*) FROM projection.build WHERE live"  # the first build; of what is stored before it no message goes out
POSITION = "SELECT coalesce(max(position), 0) FROM projection.build WHERE live"
LEVEL = """SELECT count(*) = %s AND max(notification_id) = (SELECT position FROM projection.build WHERE live)
                  AND NOT EXISTS (SELECT FROM log.outbox)
           FROM log.stored_events"""
IN_A_BATCH = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7460001 AND granted
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
IN_A_STEP = """SELECT count(*) FROM pg_locks WHERE relation = 'projection.build'::regclass AND mode = 'RowShareLock' AND granted
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""

Event = dict[str, Any]


def number(database: str, query: str) -> int:
    (n,) = rows(database, query)
    return int(n)


async def published(kafka: str, events: Sequence[Event]) -> None:
    """As `vjt publish` does: each to its agency's topic."""
    lines = [Delivery(orjson.dumps(event), Line("simulated", n)) for n, event in enumerate(events)]
    done = await publish(lines, kafka, lambda *_: None, lambda *_: None)
    assert (done.sent, done.rejected) == (len(events), 0)


def distinct(events: Sequence[Event]) -> int:
    return len({(event["source"], event["id"]) for event in events})


@contextmanager
def worker(*words: str, database: str, kafka: str) -> Iterator[subprocess.Popen[bytes]]:
    """Its log lines are the test's own: a full pipe would stop it."""
    process = command(*words, database=database, kafka=kafka, stderr=None)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def check(database: str, kafka: str, events: Sequence[Event], truth: Truth) -> None:
    """The tables, a recomputation, and what went out."""
    assert truth.differing(tabled(database)) == {}
    code, _, error = await asyncio.to_thread(run, "verify", database=database, kafka=kafka)
    assert code == 0, error
    assert number(database, STORED) == distinct(events)
    newest: dict[str, Event] = {}
    for message in await sent(kafka, CHANGES):
        body = orjson.loads(message.value or b"")
        if body["key"] in truth.journeys and body["version"] > newest.get(body["key"], {"version": 0})["version"]:
            newest[body["key"]] = body
    stands = {
        id_: told for id_, *told in rows(database, "SELECT journey_id::text, stage, exit, exit_at::text FROM journeys.journey")
    }  # fmt: skip
    assert {key: [body["stage"], body["exit"], body["exit_at"]] for key, body in newest.items()} == stands


# Killed at a named point


@pytest.mark.parametrize("point", ["before the lock", "before the counters", "in the commit"])
async def test_a_consumer_killed_at_any_point_leaves_each_event_once(database: str, topics: str, point: str) -> None:
    await send(topics, [report(n) for n in range(30)])
    with held_at(database, point) as reached, worker("consume", "--once", database=database, kafka=topics) as process:
        await until(reached)
        process.kill()
        assert number(database, STORED) == 0
    await until(lambda: number(database, IN_A_BATCH) == 0)
    await taken(database, topics)
    assert rows(database, "SELECT accepted, duplicates FROM log.source") == [(30, 0)]
    assert sum(rows(database, "SELECT next_offset FROM log.intake WHERE topic = %s", POLICE)) >= 30


async def test_a_relay_killed_between_the_broker_and_the_outbox_sends_the_same_again(
    database: str, topics: str
) -> None:
    with psycopg.connect(database) as holder:
        put(holder.cursor(), ALERTS, [Going("a", b"{}")])
        holder.commit()
        holder.execute("LOCK TABLE log.outbox IN SHARE MODE")
        with worker("project", database=database, kafka=topics) as process:
            await until(lambda: rows(database, "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
            assert [message.key for message in await sent(topics, ALERTS)] == [b"a"]
            process.kill()
            rows(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    code, _, error = await asyncio.to_thread(run, "project", "--once", database=database, kafka=topics)
    assert (code, error.splitlines()[-1]) == (0, "1 messages sent")
    first, again = await sent(topics, ALERTS)
    assert first.value == again.value
    assert number(database, "SELECT count(*) FROM log.outbox") == 0


# Killed at random


async def killed(process: subprocess.Popen[bytes], when: Callable[[], object]) -> bool:
    """Kill it when that holds; False if it ended by itself before."""
    await until(lambda: process.poll() is not None or when())
    process.kill()
    return process.wait() == -signal.SIGKILL


@pytest.mark.timeout(400)
async def test_consume_and_project_killed_at_random_under_load_end_as_a_quiet_run_does(
    database: str, topics: str
) -> None:
    """Each in the middle of a transaction or right after one, by chance. Who is killed in the group is missed by the broker only
    after 6 seconds, so most of the consumers read without it."""
    events, truth = simulated(journeys=100, seed=5)
    chance = random.Random(7)
    portions = [events[n : n + PORTION] for n in range(0, len(events), PORTION)]
    kills = {"consume": 0, "project": 0}

    await asyncio.to_thread(run, "project", "--once", database=database, kafka=topics)
    assert number(database, BUILT) == 1
    watch = psycopg.connect(database, autocommit=True)

    def now(query: str) -> int:
        (n,) = watch.execute(query.encode()).fetchone() or (0,)
        return int(n)

    def moment(progress: str, inside: str) -> Callable[[], object]:
        before, early = now(progress), chance.random() < 0.5
        return lambda: (early and now(inside)) or now(progress) > before

    while min(kills.values()) < KILLS:
        with worker("project", database=database, kafka=topics) as projector:
            stored = now(STORED)
            while now(STORED) == stored:
                await published(topics, portions.pop(0))
                once = ["--once"] * (kills["consume"] % 5 != 2)
                with worker("consume", *once, database=database, kafka=topics) as consumer:
                    kills["consume"] += await killed(consumer, moment(STORED, IN_A_BATCH))
            kills["project"] += await killed(projector, moment(POSITION, IN_A_STEP))
    watch.close()
    for portion in portions:
        await published(topics, portion)
    await taken(database, topics)
    code, _, error = await asyncio.to_thread(run, "project", "--once", database=database, kafka=topics)
    assert code == 0, error
    await check(database, topics, events, truth)


# Servers stopped


@pytest.fixture
def servers(scratch: Path) -> Iterator[tuple[Postgres, Kafka]]:
    """Of this test alone. They are started by the main thread: the system ends them with the thread that started them."""
    postgres, kafka = Postgres(scratch / "fire" / "postgres", "test"), Kafka(scratch / "fire" / "kafka")
    try:
        postgres.start()
        kafka.start()
        migrate(postgres.url)
        asyncio.run(create_topics(kafka.servers))
        yield postgres, kafka
    finally:
        kafka.stop()
        postgres.stop()


@pytest.mark.timeout(400)
async def test_both_servers_stopped_under_load_are_waited_for_and_nothing_is_lost(
    servers: tuple[Postgres, Kafka],
) -> None:
    postgres, kafka = servers
    database, broker = postgres.url, kafka.servers
    events, truth = simulated(journeys=100, seed=6)
    third = len(events) // 3
    with worker("consume", database=database, kafka=broker) as consumer:
        with worker("project", database=database, kafka=broker) as projector:

            async def go_on() -> None:
                before = number(database, POSITION)
                await until(lambda: number(database, POSITION) > before, patience=2 * PATIENCE)

            await until(lambda: number(database, BUILT) == 1, patience=2 * PATIENCE)
            await published(broker, events[:third])
            await go_on()
            postgres.stop()
            sending = asyncio.create_task(published(broker, events[third : 2 * third]))
            await asyncio.sleep(AWAY)
            postgres.start()
            await go_on()
            await sending
            kafka.stop()
            await asyncio.sleep(AWAY)
            kafka.start()
            await published(broker, events[2 * third :])
            await until(lambda: rows(database, LEVEL, distinct(events)) == [True], patience=2 * PATIENCE)
            await check(database, broker, events, truth)
            assert (consumer.poll(), projector.poll()) == (None, None)
            for process in (consumer, projector):
                process.send_signal(signal.SIGTERM)
            assert [await asyncio.to_thread(p.wait, 15) for p in (consumer, projector)] == [0, 0]

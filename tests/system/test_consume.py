"""Consuming with a real broker and a real database: what comes is in the log exactly once, whatever happens to the worker."""

import asyncio
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import orjson
import psycopg
import pytest
from aiokafka import AIOKafkaProducer

from streams import consume
from streams.consume import Consume, Counts
from tests.integration.store.given import POLICE, report, rows, stored
from tests.system.broker import command, emptied, run, send, sent, taken, until


def counts(counts: Counts) -> tuple[int, int, int]:
    return counts.accepted, counts.duplicates, counts.rejected


def number(database: str) -> int:
    (n,) = rows(database, "SELECT count(*) FROM log.stored_events")
    return int(n)


def change(database: str, statement: str, *given: Any) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(statement.encode(), given)


@asynccontextmanager
async def working(database: str, kafka: str, **how: Any) -> AsyncIterator[Consume]:
    """A worker of the group in this process, which has its partitions; told to stop at the end."""
    worker, stop = Consume(database, kafka, **how), asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    try:
        await until(lambda: task.done() or worker.next)
        yield worker
    finally:
        stop.set()
        await task


@contextmanager
def process(*words: str, database: str, kafka: str) -> Iterator[subprocess.Popen[bytes]]:
    worker = command("consume", *words, database=database, kafka=kafka)
    try:
        yield worker
    finally:
        worker.kill()
        worker.communicate()


# What comes


async def test_what_is_delivered_again_is_in_the_log_once(database: str, topics: str) -> None:
    await send(topics, [report(n) for n in (1, 1, 2, 1, 2, 3)])
    assert counts(await taken(database, topics)) == (3, 3, 0)
    assert sorted(stored(database)) == ["report-1", "report-2", "report-3"]


async def test_what_was_taken_is_not_read_again(database: str, topics: str) -> None:
    await send(topics, [report(1), report(2)])
    await taken(database, topics)
    await send(topics, [report(3)])
    assert counts(await taken(database, topics)) == (1, 0, 0)
    assert counts(await taken(database, topics)) == (0, 0, 0)


async def test_garbage_among_good_events_is_kept_at_its_place_and_holds_up_nothing(database: str, topics: str) -> None:
    garbage = [None, b"", b"{", b"\xff\xfe", b"[]", b"null", orjson.dumps(report(9) | {"source": "/cps"})]
    await send(topics, [report(1), *garbage, report(2)], partition=1)
    assert counts(await taken(database, topics)) == (2, 0, 7)
    assert stored(database) == ["report-1", "report-2"]
    kept = rows(database, 'SELECT partition, reason FROM log.rejected ORDER BY "offset"')
    no_json = [(1, "no_value")] * 2 + [(1, "not_json")] * 2 + [(1, "invalid_envelope")] * 2
    assert kept == [*no_json, (1, "wrong_topic")]


async def test_binary_mode_is_read_as_structured_mode_is(database: str, topics: str) -> None:
    event = report(1)
    attributes = {f"ce_{name}": event[name].encode() for name in ("specversion", "id", "source", "type", "time")}
    producer = AIOKafkaProducer(bootstrap_servers=topics)
    await producer.start()
    headers = [("content-type", b"application/json"), *attributes.items()]
    await producer.send_and_wait(POLICE, orjson.dumps(event["data"]), headers=headers)
    await producer.stop()
    await send(topics, [event])
    assert counts(await taken(database, topics)) == (1, 1, 0)


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_every_compression_is_read(codec: str, database: str, topics: str) -> None:
    await send(topics, [report(n) for n in range(50)], compression_type=codec)
    assert counts(await taken(database, topics)) == (50, 0, 0)


async def test_of_a_transaction_only_what_was_committed_is_taken(database: str, topics: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=topics, transactional_id=f"test-{database[-12:]}")
    await producer.start()
    for n, committed in enumerate((True, False, True, False)):
        await producer.begin_transaction()
        await producer.send(POLICE, orjson.dumps(report(n)), partition=0)
        await (producer.commit_transaction() if committed else producer.abort_transaction())
    await producer.stop()
    assert counts(await taken(database, topics)) == (2, 0, 0)
    await send(topics, [report(7)], partition=0)
    assert counts(await taken(database, topics)) == (1, 0, 0)
    assert stored(database) == ["report-0", "report-2", "report-7"]


async def test_log_lines_say_where_and_why_and_nothing_of_the_values(database: str, topics: str) -> None:
    await send(topics, [report(1, crime_reference="Jane Doe!")], partition=2)
    code, _, error = await asyncio.to_thread(run, "consume", "--once", database=database, kafka=topics)
    assert code == 0
    assert "Jane" not in error
    told = [orjson.loads(line) for line in error.splitlines() if line.startswith("{")]
    (rejected,) = [line for line in told if line["event"] == "rejected"]
    assert rejected["place"].startswith(f"{POLICE}[2]@")
    assert (rejected["reason"], rejected["pointer"]) == ("invalid_data", "/data/crime_reference")


# Who works


async def test_two_workers_share_the_partitions_and_one_takes_over_from_the_other(database: str, topics: str) -> None:
    async with working(database, topics) as first:
        await send(topics, [report(n) for n in range(300)])
        async with working(database, topics) as second:
            await until(lambda: first.next and second.next and not first.next.keys() & second.next.keys())
            await send(topics, [report(n) for n in range(200, 600)])
            await until(lambda: number(database) == 600)
            assert second.counts.accepted > 0
        await send(topics, [report(n) for n in range(600, 700)])
        await until(lambda: first.counts.accepted + second.counts.accepted == 700)
        assert number(database) == 700
        assert first.counts.duplicates + second.counts.duplicates == 100


async def test_a_worker_beside_a_catch_up_takes_nothing_twice(database: str, topics: str) -> None:
    async with working(database, topics) as worker:
        await send(topics, [report(n) for n in range(3_000)])
        beside = await taken(database, topics)
        await until(lambda: worker.counts.accepted + beside.accepted == 3_000)
        assert worker.counts.duplicates + beside.duplicates == 0


async def test_a_worker_that_is_told_to_stop_finishes_its_batch_and_ends_at_once(database: str, topics: str) -> None:
    await send(topics, [report(n) for n in range(20_000)], linger_ms=20, max_batch_size=200_000)
    with process(database=database, kafka=topics) as worker:
        await until(lambda: number(database) > 0)
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        _, error = await asyncio.to_thread(worker.communicate, None, 20)
        assert worker.returncode == 0
        assert time.monotonic() - began < 5
    before = number(database)
    assert 0 < before < 20_000
    assert f"accepted {before:,}, duplicates 0, rejected 0" in error.decode()
    assert counts(await taken(database, topics)) == (20_000 - before, 0, 0)


async def test_a_worker_killed_ten_times_under_load_loses_nothing_and_takes_nothing_twice(
    database: str, topics: str
) -> None:
    """Who is killed in the group is missed by the broker only after 6 seconds, so most of the workers read without it."""
    chance = random.Random(1)
    events: list[dict[str, Any]] = []
    repeated = garbage = killed = 0

    async def load() -> None:
        nonlocal repeated, garbage
        while killed < 10:
            new = [report(len(events) + n) for n in range(500)]
            events.extend(new)
            repeated, garbage = repeated + 50, garbage + 1
            await send(topics, [*new, *chance.sample(events, 50), b"{"])
            await until(lambda: killed == 10 or number(database) > len(events) - 5_000)

    async def goes_on(worker: subprocess.Popen[bytes]) -> None:
        before = number(database)
        await until(lambda: number(database) > before or worker.poll() is not None)

    loading = asyncio.create_task(load())
    while killed < 10:
        with process(*["--once"] * (killed % 5 != 0), database=database, kafka=topics) as worker:
            await goes_on(worker)
            await asyncio.sleep(chance.uniform(0, 0.1))
            worker.kill()
            killed += (await asyncio.to_thread(worker.wait)) == -signal.SIGKILL
    await loading
    await taken(database, topics)
    assert sorted(stored(database)) == sorted(event["id"] for event in events)
    source = rows(database, "SELECT accepted, duplicates FROM log.source WHERE source = '/police/met'")
    assert source == [(len(events), repeated)]
    assert rows(database, "SELECT count(*), max(times) FROM log.rejected") == [(garbage, 1)]
    ends = {message.partition: message.offset + 1 for message in await sent(topics, POLICE)}
    assert dict(rows(database, "SELECT partition, next_offset FROM log.intake WHERE topic = %s", POLICE)) == ends


# Where Kafka and the log do not fit together


async def test_offsets_that_kafka_deleted_stop_their_partition_and_no_other(database: str, topics: str) -> None:
    await send(topics, [report(n) for n in range(9)])
    await taken(database, topics)
    await send(topics, [report(n) for n in range(9, 18)])
    await emptied(topics, [POLICE], partition=0)
    await send(topics, [report(n) for n in range(18, 27)])
    found = await taken(database, topics)
    assert (found.stopped, found.accepted) == (1, 12)
    found = await taken(database, topics, accept_log=True)
    assert (found.stopped, found.accepted) == (0, 3)
    assert (await taken(database, topics)).stopped == 0


async def test_a_log_that_is_ahead_of_kafka_stops_the_partition(database: str, topics: str) -> None:
    await send(topics, [report(n) for n in range(9)])
    await taken(database, topics)
    change(database, "UPDATE log.intake SET next_offset = next_offset + 100 WHERE partition = 1")
    assert (await taken(database, topics)).stopped == 1
    found = await taken(database, topics, accept_log=True)
    assert (found.stopped, found.duplicates) == (0, 3)


async def test_another_cluster_stops_with_clear_words_until_the_log_is_accepted(database: str, topics: str) -> None:
    await send(topics, [report(n) for n in range(9)])
    await taken(database, topics)
    change(database, "UPDATE log.intake SET cluster_id = 'the one before'")
    code, _, error = await asyncio.to_thread(run, "consume", "--once", database=database, kafka=topics)
    assert code == 1
    assert "the log was taken from another Kafka cluster before" in error
    assert "vjt consume --once --accept-log" in error
    code, _, error = await asyncio.to_thread(run, "consume", "--once", "--accept-log", database=database, kafka=topics)
    assert code == 0
    assert "accepted 0, duplicates 9, rejected 0" in error


async def test_a_stopped_partition_goes_on_by_itself_when_the_log_is_accepted(
    database: str, topics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consume, "LOOK_AGAIN", 0.1)
    await send(topics, [report(n) for n in range(9)])
    await taken(database, topics)
    change(database, "UPDATE log.intake SET cluster_id = 'the one before'")
    async with working(database, topics) as worker:
        assert worker.counts.stopped == 3
        await taken(database, topics, accept_log=True)
        await until(lambda: worker.counts.stopped == 0)
        await send(topics, [report(9)])
        await until(lambda: worker.counts.accepted == 1)


async def test_accepting_the_log_is_for_the_beginning_only(
    database: str, topics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was once started with it must not pass over what is lost later."""
    await send(topics, [report(n) for n in range(9)])
    async with working(database, topics, accept_log=True) as worker:
        await until(lambda: worker.counts.accepted == 9)
        change(database, "UPDATE log.intake SET next_offset = next_offset + 100 WHERE partition = 1")
        worker.next = None
        await until(lambda: worker.counts.stopped == 1)


async def test_a_database_that_was_set_back_is_given_again_what_it_lacks(database: str, topics: str) -> None:
    await send(topics, [report(n) for n in range(9)], partition=0)
    async with working(database, topics) as worker:
        await until(lambda: worker.counts.accepted == 9)
        change(database, "DELETE FROM log.stored_events WHERE notification_id > 4")
        change(
            database, "UPDATE log.intake SET next_offset = next_offset - 9 WHERE topic = %s AND partition = 0", POLICE
        )
        await send(topics, [report(9)], partition=0)
        await until(lambda: number(database) == 10)
    assert stored(database) == [f"report-{n}" for n in range(10)]


async def test_a_server_that_is_not_there_ends_a_catch_up_with_exit_code_3(database: str, topics: str) -> None:
    nowhere = "postgresql://vjt@127.0.0.1:1/postgres"
    code, _, error = await asyncio.to_thread(run, "consume", "--once", database=nowhere, kafka=topics)
    assert (code, "PostgreSQL cannot be reached" in error) == (3, True)
    code, _, error = await asyncio.to_thread(run, "consume", "--once", database=database, kafka="127.0.0.1:1")
    assert (code, "Kafka cannot be reached" in error) == (3, True)


async def test_the_bytes_of_rejected_events_go_after_their_time(database: str, topics: str) -> None:
    await send(topics, [b"{", b"["], partition=0)
    await taken(database, topics)
    change(database, "UPDATE log.rejected SET last_seen = last_seen - interval '8 days' WHERE value = '{'")
    async with working(database, topics, keep_rejected=7):
        await until(lambda: rows(database, "SELECT value FROM log.rejected ORDER BY value NULLS LAST") == [b"[", None])

"""The relay with a real broker and a real database: what is put out arrives, and a row goes only when it has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import psycopg

from store.outbox import Going, put
from streams.relay import relay
from tests.integration.store.given import rows
from tests.system.broker import sent, until

TOPIC = "alerts.v1"
CHANGES = "journeys.changes.v1"


@asynccontextmanager
async def relaying(database: str, kafka: str) -> AsyncIterator[None]:
    end = asyncio.Event()
    task = asyncio.create_task(relay(database, kafka, end))
    try:
        yield
    finally:
        end.set()
        await asyncio.wait_for(task, 5)


def put_out(database: str, *going: Going, topic: str = TOPIC) -> None:
    with psycopg.connect(database) as connection:
        put(connection.cursor(), topic, going)


def left(database: str) -> int:
    (n,) = rows(database, "SELECT count(*) FROM log.outbox")
    return int(n)


async def test_what_is_put_out_arrives_with_key_and_version_and_its_row_goes(database: str, topics: str) -> None:
    put_out(database, Going("a", b'{"rule": "x"}'), Going("b", b"{}"))
    versions = dict(rows(database, "SELECT key, version FROM log.outbox"))
    async with relaying(database, topics):
        await until(lambda: left(database) == 0)
        put_out(database, Going("c", b"{}"))
        await until(lambda: left(database) == 0)
    found = {(message.key or b"").decode(): orjson.loads(message.value or b"") for message in await sent(topics, TOPIC)}
    assert found["a"] == {"key": "a", "version": versions["a"], "rule": "x"}
    assert found.keys() == {"a", "b", "c"}
    assert found["c"]["version"] > versions["b"]


async def test_more_than_a_batch_goes_out_and_the_newest_of_each_key_comes_last(database: str, topics: str) -> None:
    for turn in range(2):
        put_out(database, *(Going(f"{database}-{n}", b'{"turn": %d}' % turn) for n in range(2_500)), topic=CHANGES)
        async with relaying(database, topics):
            await until(lambda: left(database) == 0)
    last = {message.key: orjson.loads(message.value or b"") for message in await sent(topics, CHANGES)}
    mine = [value for key, value in last.items() if (key or b"").decode().startswith(f"{database}-")]
    assert [value["turn"] for value in mine] == [1] * 2_500


async def test_a_row_that_is_replaced_while_it_is_sent_stays_and_goes_out_again(database: str, topics: str) -> None:
    put_out(database, Going("a", b'{"n": 1}'))
    with psycopg.connect(database) as connection:
        put(connection.cursor(), TOPIC, [Going("a", b'{"n": 2}')])  # not committed: others see the old row
        async with relaying(database, topics):

            async def arrived() -> bool:
                return bool(await sent(topics, TOPIC))

            await until(arrived)
            connection.commit()
            await until(lambda: left(database) == 0)
    found = [orjson.loads(message.value or b"") for message in await sent(topics, TOPIC)]
    assert found[0]["n"] == 1
    assert found[-1]["n"] == 2
    assert found[-1]["version"] > found[0]["version"]


async def test_one_relay_is_active_and_another_takes_over(database: str, topics: str) -> None:
    holder = (
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 7460005 AND granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with relaying(database, topics):
        await until(lambda: rows(database, holder))
        (first,) = rows(database, holder)
        async with relaying(database, topics):
            put_out(database, Going("a", b"{}"))
            await until(lambda: left(database) == 0)
            assert rows(database, holder) == [first]
            rows(database, "SELECT pg_terminate_backend(%s)", first)
            await until(lambda: rows(database, holder) not in ([], [first]))
            put_out(database, Going("b", b"{}"))
            await until(lambda: left(database) == 0)
    assert [message.key for message in sorted(await sent(topics, TOPIC), key=lambda m: m.key or b"")] == [b"a", b"b"]


async def test_a_message_that_is_too_large_stays_and_holds_up_no_other(database: str, topics: str) -> None:
    put_out(database, Going("large", orjson.dumps({"much": "x" * 2_100_000})))
    put_out(database, Going("small", b"{}"))
    async with relaying(database, topics):
        await until(lambda: left(database) == 1)
    assert rows(database, "SELECT key FROM log.outbox") == ["large"]
    assert [message.key for message in await sent(topics, TOPIC)] == [b"small"]

"""The Faust app with a real broker: whatever happens, what changes comes through."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from structlog.testing import capture_logs

from streams.changes import TOPIC, Changes
from streams.topics import create_topics
from tests.system.broker import until


class Handled(list[UUID]):
    """A handler that notes what it is called with."""

    async def __call__(self, journeys: Sequence[UUID]) -> None:
        self.extend(journeys)

    async def all(self, journeys: Sequence[UUID]) -> None:
        await until(lambda: set(journeys) <= set(self))


@asynccontextmanager
async def running(worker: Changes) -> AsyncIterator[Changes]:
    end = asyncio.Event()
    task = asyncio.create_task(worker.run(end))
    try:
        yield worker
        assert not task.done()
    finally:
        end.set()
        await asyncio.wait_for(task, 5)


async def changed(kafka: str, number: int = 10, *also: bytes | None) -> list[UUID]:
    """So many journeys change; their ids. `also`: other messages before them."""
    journeys = [uuid4() for _ in range(number)]
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    try:
        for other in also:
            await producer.send(TOPIC, other, key=b"other")
        for journey in journeys:
            value = orjson.dumps({"key": str(journey), "version": 1, "journey_id": str(journey)})
            await producer.send(TOPIC, value, key=str(journey).encode())
        await producer.flush()
    finally:
        await producer.stop()
    return journeys


async def test_each_journey_that_changed_is_handed_over_and_what_is_no_change_is_passed_over(topics: str) -> None:
    handled = Handled()
    files = os.listdir()
    async with running(Changes(topics, handled)):
        await handled.all(await changed(topics, 1_000))
        await handled.all(await changed(topics, 10, None, b"\xff", b"[]", b"1", b'{"journey_id": 7}'))
        await handled.all(await changed(topics, 1))
    assert os.listdir() == files


async def test_another_goes_on_where_one_ended(topics: str) -> None:
    first, second = Handled(), Handled()
    async with running(Changes(topics, first)):
        before = await changed(topics)
        await first.all(before)
    async with running(Changes(topics, second)):
        await second.all(await changed(topics))


async def test_a_handler_that_fails_is_called_again_with_the_same(topics: str) -> None:
    handled = Handled()
    calls: list[list[UUID]] = []

    async def fails_twice(journeys: Sequence[UUID]) -> None:
        calls.append(list(journeys))
        if len(calls) < 3:
            raise RuntimeError
        await handled(journeys)

    async with running(Changes(topics, fails_twice)):
        await handled.all(await changed(topics))
    assert calls[0] == calls[1] == calls[2]


async def test_what_was_not_handled_when_a_worker_ended_goes_to_the_next(topics: str) -> None:
    async def fails(journeys: Sequence[UUID]) -> None:
        raise RuntimeError

    handled = Handled()
    with capture_logs() as logs:
        async with running(Changes(topics, fails)):
            journeys = await changed(topics)
            await until(lambda: any(line["event"] == "changes not handled" for line in logs))
    async with running(Changes(topics, handled)):
        await handled.all(journeys)


async def test_an_app_that_moves_no_more_is_begun_anew(topics: str) -> None:
    handled = Handled()
    with capture_logs() as logs:
        async with running(Changes(topics, handled, patience=1)) as worker:
            await handled.all(await changed(topics))
            assert worker.app
            worker.app.consumer.stop_flow()
            journeys = await changed(topics, 500)
            await handled.all(journeys)
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == ["changes begun anew"]


async def test_a_topic_that_was_deleted_and_made_anew_is_read_from_its_beginning(topics: str) -> None:
    handled = Handled()
    with capture_logs() as logs:
        async with running(Changes(topics, handled)):
            await handled.all(await changed(topics, 100))
            await deleted(topics)
            await until(lambda: any(line["event"] == "server away" for line in logs))
            await create_topics(topics)
            await handled.all(await changed(topics, 5))
    again = Handled()
    await deleted(topics)  # while nobody looks, and so the group's offsets stay
    await create_topics(topics)
    async with running(Changes(topics, again)):
        await again.all(await changed(topics, 1))


async def deleted(kafka: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.delete_topics([TOPIC])

        async def gone() -> bool:
            return TOPIC not in await admin.list_topics()

        await until(gone)
    finally:
        await admin.close()


async def test_it_ends_at_once_without_a_broker() -> None:
    handled = Handled()
    with capture_logs() as logs:
        async with running(Changes("127.0.0.1:1", handled)):
            await until(lambda: bool(logs))
    assert logs[0]["server"] == "Kafka"

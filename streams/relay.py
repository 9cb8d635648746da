"""What the outbox holds, to Kafka. A row goes after the broker's acknowledgement, if it was not replaced meanwhile: so every
change goes out at least once, and a consumer ignores what is not newer than what it has."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import psycopg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError
from psycopg import Connection, OperationalError

from schemas.outgoing import content_type
from store.outbox import Message, pending, sent
from streams.away import KAFKA_AWAY, Away, ended

LEADER = 7_460_005
"""Advisory lock of the active relay."""

POLL = 0.05  # s between two looks at an empty outbox, or for the lock
BATCH = 1_000  # rows
MOST_BYTES = 2_000_000
PATIENCE = 5.0  # s for the broker
GRACE = 3.0  # s for a batch that is on its way when the relay is told to end

log: Any = structlog.get_logger()


async def relay(dsn: str, kafka: str, end: asyncio.Event) -> None:
    """Until told to end. One relay is active, others wait; a server that is away is waited for."""
    work, ending = asyncio.create_task(_work(dsn, kafka, end)), asyncio.create_task(end.wait())
    await asyncio.wait((work, ending), return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    _, working = await asyncio.wait((work,), timeout=GRACE)
    if working:
        work.cancel()
    try:
        await work
    except asyncio.CancelledError:
        if not end.is_set():
            raise


async def _work(dsn: str, kafka: str, end: asyncio.Event) -> None:
    away = Away("relay")
    while not end.is_set():
        try:
            with contextlib.closing(await asyncio.to_thread(_connect, dsn)) as connection:
                # Not idempotent: so a batch that cannot be sent is given up, to be begun again by a new producer. Consumers
                # ignore what comes twice, and aiokafka keeps the order within a partition.
                producer = AIOKafkaProducer(
                    bootstrap_servers=kafka,
                    acks="all",
                    linger_ms=5,
                    compression_type="lz4",
                    max_request_size=MOST_BYTES,
                    request_timeout_ms=int(1_000 * PATIENCE),
                )
                try:
                    await producer.start()
                    await _relay(connection, producer, away, end)
                finally:
                    await ended(producer.stop)
        except OperationalError as error:
            await away.wait("PostgreSQL", error)
        except KAFKA_AWAY as error:
            await away.wait("Kafka", error)


async def _relay(connection: Connection[Any], producer: AIOKafkaProducer, away: Away, end: asyncio.Event) -> None:
    active = False
    too_large: set[int] = set()
    while not end.is_set():
        active = active or await asyncio.to_thread(_lead, connection)
        found = await asyncio.to_thread(_pending, connection) if active else []
        if messages := [message for message in found if message.version not in too_large]:
            acknowledged = await _send(producer, messages, too_large)
            if acknowledged:
                await asyncio.to_thread(_forget, connection, acknowledged)
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), POLL)
        away.over()


async def _send(producer: AIOKafkaProducer, messages: Sequence[Message], too_large: set[int]) -> list[Message]:
    """The messages that the broker has. One that is larger than it takes stays, is told of, and holds up no other."""
    going: list[tuple[Message, asyncio.Future[object]]] = []
    for message in messages:
        try:
            headers = [("content-type", content_type(message.topic).encode())]
            future = await producer.send(message.topic, message.value, key=message.key.encode(), headers=headers)
            going.append((message, future))
        except MessageSizeTooLargeError:
            too_large.add(message.version)
            log.error("message too large", topic=message.topic, key=message.key, bytes=len(message.value))
    await asyncio.gather(*(future for _, future in going))
    return [message for message, _ in going]


def _connect(dsn: str) -> Connection[Any]:
    return psycopg.connect(dsn, autocommit=True, connect_timeout=5)


def _lead(connection: Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADER,)).fetchone()
    return bool(row and row[0])


def _pending(connection: Connection[Any]) -> list[Message]:
    with connection.cursor() as cursor:
        return pending(cursor, BATCH)


def _forget(connection: Connection[Any], messages: Sequence[Message]) -> None:
    with connection.cursor() as cursor:
        sent(cursor, messages)

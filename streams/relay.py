"""What the outbox holds, to Kafka. A row goes after the broker's acknowledgement, if it was not replaced meanwhile: so every
change goes out at least once, and a consumer ignores what is not newer than what it has."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import psycopg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from psycopg import Connection, OperationalError

from store.outbox import Message, pending, sent

LEADER = 7_460_005  # advisory lock of the active relay
POLL = 0.1  # s between two looks at an empty outbox
LONGEST_RETRY = 5.0  # s
BATCH = 1_000  # rows

log: Any = structlog.get_logger()


async def relay(dsn: str, kafka: str, ended: asyncio.Event) -> None:
    """Until told to end. One relay is active, others wait; a server that is away is waited for."""
    failures = 0
    while not ended.is_set():
        try:
            with contextlib.closing(await asyncio.to_thread(_connect, dsn)) as connection:
                producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=5)
                try:
                    await producer.start()
                    if failures:
                        log.info("relay goes on")
                    failures = 0
                    await _relay(connection, producer, ended)
                finally:
                    await producer.stop()
        except (OperationalError, KafkaError, OSError) as error:
            failures += 1
            if failures == 1:
                log.warning("relay waits", error=type(error).__name__)
            await _pause(ended, min(0.1 * 2**failures, LONGEST_RETRY))


async def _relay(connection: Connection[Any], producer: AIOKafkaProducer, ended: asyncio.Event) -> None:
    active = False
    while not ended.is_set():
        if not active:
            active = await asyncio.to_thread(_lead, connection)
        messages = await asyncio.to_thread(_pending, connection) if active else []
        if messages:
            await _send(producer, messages)
            await asyncio.to_thread(_forget, connection, messages)
        else:
            await _pause(ended, POLL if active else 1)


async def _send(producer: AIOKafkaProducer, messages: Sequence[Message]) -> None:
    waiting = [await producer.send(m.topic, m.value, key=m.key.encode()) for m in messages]
    await asyncio.gather(*waiting)


def _connect(dsn: str) -> Connection[Any]:
    return psycopg.connect(dsn, autocommit=True)


def _lead(connection: Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADER,)).fetchone()
    return bool(row and row[0])


def _pending(connection: Connection[Any]) -> list[Message]:
    with connection.cursor() as cursor:
        return pending(cursor, BATCH)


def _forget(connection: Connection[Any], messages: Sequence[Message]) -> None:
    with connection.cursor() as cursor:
        sent(cursor, messages)


async def _pause(ended: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(ended.wait(), seconds)

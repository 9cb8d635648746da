"""Events onto their agencies' topics, each validated first by the rules of the intake."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.about import about
from schemas.envelope import STRUCTURED, topic_of
from schemas.read import read
from schemas.reference import subject_id
from schemas.rejected import Rejected
from schemas.types import newest
from store.delivery import Delivery

CHUNK = 500  # lines read, validated and handed to the producer at a time
SOON = 0.2  # s after which a chunk is sent as it is, so that a slow pipe is not held up
PATIENCE = 60.0  # s for the broker
WINDOW = 5_000  # messages on their way at most
HEADERS = [("content-type", STRUCTURED.encode())]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. Key is the subject, so that what is said of one subject stays in order."""

    topic: str
    key: bytes
    value: bytes


@dataclass(slots=True)
class Published:
    """How many lines were sent and acknowledged, and how many were rejected."""

    sent: int = 0
    rejected: int = 0


def message(delivery: Delivery, now: datetime) -> Message:
    """The message of a line. Raises Rejected."""
    event = read(delivery.value, delivery.headers, topic=delivery.agency, now=now)
    subject = about(event.type, event.source, newest(event.type, event.data)).subject
    return Message(topic_of(event.type, event.source), str(subject_id(subject)).encode(), delivery.value or b"")


async def publish(
    deliveries: Iterable[Delivery],
    kafka: str,
    told: Callable[[Delivery, Rejected], None],
    progress: Callable[[str, int, int | None], None],
) -> Published:
    """Send every event that is valid; `told` of each that is not. Memory is bounded by `WINDOW`.

    A line that is sent twice is a duplicate for intake, so after an error everything may be published again.
    Raises KafkaError, KafkaConnectionError if there is no broker.
    """
    from aiokafka import AIOKafkaProducer
    from aiokafka.errors import KafkaConnectionError

    from streams.away import ended

    done = Published()
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka,
        acks="all",
        enable_idempotence=True,
        linger_ms=10,
        compression_type="lz4",
        max_batch_size=256 * 1024,
        max_request_size=2_000_000,
    )
    lines = iter(deliveries)
    waiting: list[asyncio.Future[object]] = []
    try:
        await producer.start()
        while chunk := await asyncio.to_thread(_chunk, lines):
            for delivery, result in chunk:
                if isinstance(result, Rejected):
                    done.rejected += 1
                    told(delivery, result)
                else:
                    waiting.append(await producer.send(result.topic, result.value, key=result.key, headers=HEADERS))
            if len(waiting) >= WINDOW:
                done.sent += await _acknowledged(waiting)
                progress("publish", done.sent, None)
        done.sent += await _acknowledged(waiting)
        progress("publish", done.sent, done.sent)
    except TimeoutError:
        raise KafkaConnectionError(f"no answer within {PATIENCE:.0f} s; {done.sent:,} events were sent") from None
    finally:
        await ended(producer.stop)
    return done


def _chunk(lines: Iterator[Delivery]) -> list[tuple[Delivery, Message | Rejected]]:
    """The next lines; empty at the end. Read in a thread, so that what was read before is sent meanwhile."""
    chunk: list[tuple[Delivery, Message | Rejected]] = []
    began = time.monotonic()
    for delivery in lines:
        try:
            chunk.append((delivery, message(delivery, datetime.now(UTC))))
        except Rejected as reason:
            chunk.append((delivery, reason))
        if len(chunk) >= CHUNK or time.monotonic() - began > SOON:
            break
    return chunk


async def _acknowledged(waiting: list[asyncio.Future[object]]) -> int:
    # With idempotence aiokafka never gives a batch up.
    await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)
    number = len(waiting)
    waiting.clear()
    return number

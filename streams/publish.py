"""Events onto their agencies' topics, each validated first by the rules of the intake."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.about import about
from schemas.envelope import STRUCTURED, topic_of
from schemas.read import read
from schemas.reference import subject_id
from schemas.rejected import Rejected
from store.delivery import Delivery

WINDOW = 5_000  # messages on their way at most


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: key is the subject, so that what is said of one subject stays in order."""

    topic: str
    key: bytes
    value: bytes


@dataclass(slots=True)
class Published:
    sent: int = 0
    rejected: int = 0


def message(delivery: Delivery, now: datetime) -> Message:
    """Raises Rejected."""
    event = read(delivery.value, delivery.headers, topic=delivery.agency, now=now)
    subject = subject_id(about(event.type, event.source, event.data).subject)
    assert delivery.value is not None
    return Message(topic_of(event.type, event.source), str(subject).encode(), delivery.value)


async def publish(
    deliveries: Iterable[Delivery],
    kafka: str,
    told: Callable[[Delivery, Rejected], None],
    progress: Callable[[str, int, int | None], None],
) -> Published:
    """Send every event that is valid; `told` of each that is not. Raises KafkaConnectionError if there is no broker."""
    from aiokafka import AIOKafkaProducer

    done = Published()
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka,
        acks="all",
        enable_idempotence=True,
        linger_ms=10,
        compression_type="lz4",
        max_request_size=2_000_000,
    )
    await producer.start()
    waiting: list[asyncio.Future[object]] = []
    headers = [("content-type", STRUCTURED.encode())]
    try:
        for delivery in deliveries:
            try:
                m = message(delivery, datetime.now(UTC))
            except Rejected as reason:
                done.rejected += 1
                told(delivery, reason)
                continue
            waiting.append(await producer.send(m.topic, m.value, key=m.key, headers=headers))
            if len(waiting) >= WINDOW:
                done.sent += await _sent(waiting)
                progress("publish", done.sent, None)
        done.sent += await _sent(waiting)
    finally:
        await producer.stop()
    return done


async def _sent(waiting: list[asyncio.Future[object]]) -> int:
    await asyncio.gather(*waiting)
    number = len(waiting)
    waiting.clear()
    return number

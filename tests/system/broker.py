"""What the tests do with a broker and with the command: send, read, empty, run."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import NotLeaderForPartitionError
from aiokafka.structs import ConsumerRecord

from schemas.envelope import STRUCTURED
from streams.consume import Consume, Counts
from streams.topics import INCOMING, OUTGOING, PARTITIONS
from tests.integration.store.given import POLICE

ROOT = Path(__file__).parents[2]
JSON = [("content-type", STRUCTURED.encode())]
PATIENCE = 40.0  # s


async def send(
    kafka: str, events: Iterable[Any], topic: str = POLICE, partition: int | None = None, **how: Any
) -> None:
    """Send events as structured messages; bytes and None as they are. `how` is for the producer."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, **how)
    await producer.start()
    try:
        for n, event in enumerate(events):
            value = event if isinstance(event, bytes | None) else orjson.dumps(event)
            where = n % PARTITIONS if partition is None else partition
            await producer.send(topic, value, key=b"key", partition=where, headers=JSON)
        await producer.flush()
    finally:
        await producer.stop()


async def sent(kafka: str, topic: str) -> list[ConsumerRecord]:
    """What a topic holds, partition after partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, n) for n in range(PARTITIONS)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[ConsumerRecord] = []
        while any([await consumer.position(tp) < ends[tp] for tp in partitions]):
            for messages in (await consumer.getmany(timeout_ms=100)).values():
                found.extend(messages)
        return sorted(found, key=lambda message: (message.partition, message.offset))
    finally:
        await consumer.stop()


async def emptied(kafka: str, topics: Sequence[str] = (*INCOMING, *OUTGOING), partition: int | None = None) -> None:
    """Delete what topics hold, of one partition or of all. The next offset stays what it was."""
    partitions = range(PARTITIONS) if partition is None else [partition]
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        places = [TopicPartition(topic, n) for topic in topics if topic != "journeys.changes.v1" for n in partitions]
        await until(lambda: _deleted(admin, places))
    finally:
        await admin.close()


async def _deleted(admin: AIOKafkaAdminClient, places: Sequence[TopicPartition]) -> bool:
    try:
        await admin.delete_records({place: RecordsToDelete(before_offset=-1) for place in places})
    except NotLeaderForPartitionError:  # a new topic, not ready yet
        return False
    return True


async def taken(database: str, kafka: str, **how: Any) -> Counts:
    """What `vjt consume --once` takes, in this process."""
    return await Consume(database, kafka, once=True, **how).run(asyncio.Event())


async def until(condition: Callable[[], object] | Callable[[], Awaitable[object]], patience: float = PATIENCE) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + patience
    while True:
        held = condition()
        if await held if isinstance(held, Awaitable) else held:
            return
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


def command(
    *words: str, database: str = "", kafka: str = "", settings: dict[str, str] | None = None, **how: Any
) -> subprocess.Popen[bytes]:
    """Start `vjt …`; its output is kept, unless `how` says otherwise."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VJT_")}
    environment |= {"VJT_DATABASE_URL": database, "VJT_KAFKA": kafka, "VJT_LOG_FORMAT": "json"} | (settings or {})
    streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen([sys.executable, "-m", "vjt.main", *words], cwd=ROOT, env=environment, **streams | how)


def run(*words: str, given: bytes = b"", database: str = "", kafka: str = "") -> tuple[int, str, str]:
    """Run `vjt …` to its end: exit code, standard output, standard error."""
    process = command(*words, database=database, kafka=kafka)
    out, error = process.communicate(given, timeout=PATIENCE)
    return process.returncode, out.decode(), error.decode()

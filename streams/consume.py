"""From Kafka into the log. The database says how far each partition was taken; the offsets that Kafka keeps are a courtesy."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    CorruptRecordException,
    KafkaConnectionError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)
from aiokafka.structs import ConsumerRecord

from store.delivery import Delivery, Place
from store.intake import Intake, Taken
from store.log import Log
from store.offsets import OffsetsBehind, Partition, Span, other_clusters, positions, set_positions
from store.recorder import UNAVAILABLE
from store.rejected import expire
from streams.topics import INCOMING

GROUP = "vjt-consume"
BATCH = 2_000  # messages
WAIT = 50  # ms for the first message of a batch
MOST_BYTES = 8_000_000  # fetched of one partition at a time
LONGEST_RETRY = 5.0  # s
HOUR = 3_600.0

log: Any = structlog.get_logger()


@dataclass(slots=True)
class Counts:
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0

    def add(self, taken: Taken) -> None:
        self.accepted += taken.accepted
        self.duplicates += taken.duplicates
        self.rejected += len(taken.rejected)


class Retry:
    """Waits longer each time, up to `LONGEST_RETRY`; one line when something goes away and one when it is back."""

    def __init__(self, what: str) -> None:
        self.what, self.failures = what, 0

    async def after(self, error: BaseException, stop: asyncio.Event) -> None:
        self.failures += 1
        if self.failures == 1:
            log.warning("away", what=self.what, error=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), min(0.1 * 2**self.failures, LONGEST_RETRY))

    def over(self) -> None:
        if self.failures:
            log.info("back", what=self.what)
        self.failures = 0


@dataclass
class Consume(ConsumerRebalanceListener):  # type: ignore[misc]
    """A worker. `accept_log`: go on from the first offset that there is, where the database and Kafka do not fit together.
    `once`: up to where the topics end now; all partitions, without the group."""

    dsn: str
    kafka: str
    stop: asyncio.Event
    once: bool = False
    accept_log: bool = False
    keep_rejected: int = 30  # days
    topics: tuple[str, ...] = INCOMING
    counts: Counts = field(default_factory=Counts)
    next: dict[TopicPartition, int] = field(default_factory=dict)
    ends: dict[TopicPartition, int] = field(default_factory=dict)

    async def run(self) -> Counts:
        """Until told to stop. A server that goes away is waited for, except with `once`, where its error is raised."""
        database, kafka = Retry("database"), Retry("kafka")
        while not self.stop.is_set():
            try:
                with await asyncio.to_thread(Log, self.dsn) as self.log:
                    database.over()
                    await self._consume(kafka)
                return self.counts
            except UNAVAILABLE as error:
                if self.once:
                    raise
                await database.after(error, self.stop)
            except KafkaConnectionError as error:
                if self.once:
                    raise
                await kafka.after(error, self.stop)
        return self.counts

    async def _consume(self, kafka: Retry) -> None:
        self.intake = Intake(self.log, await self._cluster_id())
        self.consumer = AIOKafkaConsumer(
            bootstrap_servers=self.kafka,
            group_id=None if self.once else GROUP,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            max_partition_fetch_bytes=MOST_BYTES,
            max_poll_interval_ms=3_600_000,  # a database that is away for long must not cost the partitions
            session_timeout_ms=10_000,
        )
        await self.consumer.start()
        kafka.over()
        expiry = asyncio.create_task(self._expire())
        try:
            if self.once:
                await self._assign_all()
            else:
                self.consumer.subscribe(self.topics, listener=self)
            while not self.stop.is_set() and not self._at_the_end():
                await self._batch()
        finally:
            expiry.cancel()
            await self.consumer.stop()

    async def _cluster_id(self) -> str:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka)
        await admin.start()
        try:
            return str((await admin.describe_cluster())["cluster_id"])
        finally:
            await admin.close()

    async def _assign_all(self) -> None:
        await self.consumer._client.force_metadata_update()
        found = [TopicPartition(t, p) for t in self.topics for p in sorted(await self._partitions(t))]
        self.consumer.assign(found)
        self.ends = await self.consumer.end_offsets(found)
        await self.on_partitions_assigned(found)

    async def _partitions(self, topic: str) -> set[int]:
        self.consumer._client.add_topic(topic)
        await self.consumer._client.force_metadata_update()
        return set(self.consumer.partitions_for_topic(topic) or ())

    def _at_the_end(self) -> bool:
        return self.once and all(self.next.get(tp, end) >= end for tp, end in self.ends.items())

    # Where to begin

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Nothing is held: the database fences a batch that is on its way."""

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Seek to where the database is. A partition that does not fit to it is stopped; the others go on."""
        assigned = list(assigned)
        self.next.clear()
        if not assigned:
            return
        retry = Retry("database")
        while not self.stop.is_set():
            try:
                taken, others = await asyncio.to_thread(self._taken)
                break
            except UNAVAILABLE as error:
                await retry.after(error, self.stop)
        else:
            return
        begins = await self.consumer.beginning_offsets(assigned)
        ends = await self.consumer.end_offsets(assigned)
        accepted: dict[Partition, int] = {}
        for tp in assigned:
            place = (tp.topic, tp.partition)
            position = taken.get(place)
            wrong = self._misfit(position, begins[tp], ends[tp], others[tp.topic])
            if wrong and not self.accept_log:
                log.error(
                    "partition stopped",
                    topic=tp.topic,
                    partition=tp.partition,
                    why=wrong,
                    mend="vjt consume --accept-log",
                )
                self.consumer.pause(tp)
                self.ends.pop(tp, None)
                continue
            if wrong or position is None:
                position = begins[tp]
            if wrong:
                accepted[place] = position
            self.next[tp] = position
            self.consumer.seek(tp, position)
        if accepted:
            await asyncio.to_thread(self._accept, accepted)

    def _taken(self) -> tuple[dict[Partition, int], dict[str, list[str]]]:
        with self.log.transaction() as cursor:
            known = positions(cursor, self.intake.cluster_id)
            return known, {topic: other_clusters(cursor, topic, self.intake.cluster_id) for topic in self.topics}

    def _accept(self, offsets: dict[Partition, int]) -> None:
        with self.log.transaction() as cursor:
            set_positions(cursor, self.intake.cluster_id, offsets)

    @staticmethod
    def _misfit(position: int | None, begin: int, end: int, others: list[str]) -> str | None:
        if position is None:
            return "the log was taken from another Kafka cluster before" if others else None
        if position < begin:
            return f"offsets {position} to {begin - 1} were deleted by Kafka before they were taken"
        if position > end:
            return f"the log was taken up to offset {position}, but the partition ends at {end}"
        return None

    # Taking

    async def _batch(self) -> None:
        try:
            fetched = await self.consumer.getmany(timeout_ms=WAIT, max_records=BATCH)
        except (OffsetOutOfRangeError, NoOffsetForPartitionError):
            await self.on_partitions_assigned(self.consumer.assignment())
            return
        except CorruptRecordException as error:
            log.error("a partition has a damaged record", error=str(error))
            await asyncio.sleep(LONGEST_RETRY)
            return
        spans: dict[Partition, Span] = {}
        deliveries: list[Delivery] = []
        for tp, messages in fetched.items():
            start = self.next.get(tp)
            if start is None:  # stopped, or assigned to another meanwhile
                continue
            spans[tp.topic, tp.partition] = Span(start, messages[-1].offset + 1)
            deliveries.extend(map(_delivery, messages))
        if not spans:
            return
        taken = await self._take(deliveries, spans)
        if taken is None:
            return
        for (topic, partition), offset in taken.next_offsets.items():
            if TopicPartition(topic, partition) in self.next:
                self.next[TopicPartition(topic, partition)] = offset
        self.counts.add(taken)
        for refused in taken.rejected[:10]:
            log.warning("rejected", place=str(refused.delivery.place), reason=refused.reason, pointer=refused.pointer)
        log.info("taken", accepted=taken.accepted, duplicates=taken.duplicates, rejected=len(taken.rejected))
        if not self.once:
            with contextlib.suppress(KafkaError):  # a courtesy to those who look at lag there
                mine = {TopicPartition(*p): o for p, o in taken.next_offsets.items() if TopicPartition(*p) in self.next}
                await self.consumer.commit(mine)

    async def _take(self, deliveries: list[Delivery], spans: dict[Partition, Span]) -> Taken | None:
        """Until the database has it. None: the offsets were not those that it waits for, and the consumer was set right."""
        retry = Retry("database")
        while True:
            try:
                taken = await asyncio.to_thread(self.intake.take, deliveries, spans)
            except OffsetsBehind as behind:
                tp = TopicPartition(*behind.partition)
                if tp in self.next:
                    self.next[tp] = behind.next_offset
                    self.consumer.seek(tp, behind.next_offset)
                for other in spans:
                    if other != behind.partition and TopicPartition(*other) in self.next:
                        self.consumer.seek(TopicPartition(*other), self.next[TopicPartition(*other)])
                return None
            except UNAVAILABLE as error:
                if self.once:
                    raise
                await retry.after(error, self.stop)
                if self.stop.is_set():
                    return None
            else:
                retry.over()
                return taken

    async def _expire(self) -> None:
        """The bytes of rejected events go after their time."""
        while True:
            with contextlib.suppress(*UNAVAILABLE):
                await asyncio.to_thread(self._expire_now)
            await asyncio.sleep(HOUR)

    def _expire_now(self) -> None:
        with self.log.transaction() as cursor:
            expire(cursor, self.keep_rejected)


def _delivery(message: ConsumerRecord) -> Delivery:
    place = Place(message.topic, message.partition, message.offset)
    return Delivery(message.value, place, message.headers, message.topic)

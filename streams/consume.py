"""From Kafka into the log. The database says how far each partition was taken; the offsets that Kafka keeps are a courtesy.

Whatever fails, the worker begins again from where the database is, so no failure needs a repair of its own.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    CorruptRecordException,
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
from streams.away import KAFKA_AWAY, Away, ended
from streams.retention import retention
from streams.topics import INCOMING

GROUP = "vjt-consume"
BATCH = 2_000  # messages
WAIT = 50  # ms for the first message of a batch
PACE = 0.05  # s from one batch to the next: what comes meanwhile costs little more than the first of it
MOST_BYTES = 8_000_000  # fetched of one partition at a time
GRACE = 10.0  # s for a batch that is on its way when the worker is told to stop
LOOK = 1.0  # s between two looks whether Kafka is there, when nothing comes
LOOK_AGAIN = 10.0  # s between two looks at partitions that are stopped
TELL = 5.0  # s between two log lines of the counts

log: Any = structlog.get_logger()


class ClusterChanged(KafkaError):  # type: ignore[misc]
    """Another Kafka answers: what its offsets mean is another thing."""


@dataclass(slots=True)
class Counts:
    """What was taken since the start, and how many partitions are stopped."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    stopped: int = 0


@dataclass
class Consume(ConsumerRebalanceListener):  # type: ignore[misc]
    """A worker. `once`: up to where the topics end at the start; all partitions, without the group. `accept_log`: a partition
    that does not fit to the log is begun with the first offset that there is; what was taken already is a duplicate."""

    dsn: str
    kafka: str
    once: bool = False
    accept_log: bool = False
    keep_rejected: int = 30  # days
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self.dealt = False  # whether the partitions are dealt out; while they are being dealt none is anybody's
        self.next: dict[TopicPartition, int] | None = None  # where each begins; None: the database is to be asked
        self.begun: set[TopicPartition] = set()  # by this worker: `accept_log` is for the beginning only
        self.stopped: dict[TopicPartition, str] = {}  # and why
        self.ends: dict[TopicPartition, int] = {}  # with `once`
        self.taking = asyncio.Lock()
        self.told = self.looked = self.looked_at_stopped = 0.0

    async def run(self, stop: asyncio.Event) -> Counts:
        """Until told to stop; a batch that is on its way is finished. Servers that are away are waited for, except with
        `once`, where their error is raised."""
        work, stopping = asyncio.create_task(self._work()), asyncio.create_task(stop.wait())
        await asyncio.wait((work, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not work.done():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.taking.acquire(), GRACE)
            work.cancel()
        try:
            await work
        except asyncio.CancelledError:
            if not stop.is_set():
                raise
        return self.counts

    async def _work(self) -> None:
        away = Away("consume")
        while True:
            try:
                with await asyncio.to_thread(Log, self.dsn) as self.log:
                    async with self._connected():
                        await self._consume(away)
                    return
            except UNAVAILABLE as error:
                if self.once:
                    raise
                await away.wait("PostgreSQL", error)
            except KAFKA_AWAY as error:
                if self.once:
                    raise
                await away.wait("Kafka", error)

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[None]:
        self.dealt, self.next = self.once, None
        self.admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka, request_timeout_ms=5_000)
        self.consumer = AIOKafkaConsumer(
            bootstrap_servers=self.kafka,
            group_id=None if self.once else GROUP,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            request_timeout_ms=10_000,
            max_partition_fetch_bytes=MOST_BYTES,
            metadata_max_age_ms=10_000,  # a topic that is made later is read soon
            session_timeout_ms=6_000,  # the least that brokers allow: who was killed is replaced soon
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=60_000,
        )
        try:
            await self.admin.start()
            self.cluster_id = await self._cluster_id()
            self.intake = Intake(self.log, self.cluster_id)
            await self.consumer.start()
            await self._choose()
            yield
        finally:
            await ended(self.consumer.stop)
            # Without its broker the consumer's stop ends half-way, and its tasks would go on for ever.
            if self.consumer._fetcher:
                await ended(self.consumer._fetcher.close)
            await ended(self.consumer._client.close)
            await ended(self.admin.close)

    async def _choose(self) -> None:
        described = {t["topic"]: t["partitions"] for t in await self.admin.describe_topics()}
        if missing := [topic for topic in INCOMING if topic not in described]:
            log.warning("topics missing", topics=missing)
        if not self.once:
            self.consumer.subscribe(INCOMING, listener=self)
            return
        found = [TopicPartition(t, p["partition"]) for t in INCOMING for p in described.get(t, ())]
        self.consumer.assign(found)
        self.ends = await self.consumer.end_offsets(found)

    async def _consume(self, away: Away) -> None:
        expiry = asyncio.create_task(retention(self.log, self.keep_rejected))
        try:
            while not await self._at_the_end():
                if not self.dealt:
                    await self._deal()
                elif self.next is None or (self.stopped and time.monotonic() - self.looked_at_stopped > LOOK_AGAIN):
                    await self._begin()
                else:
                    began = time.monotonic()
                    await self._batch()
                    away.over()
                    if not self.once:
                        await asyncio.sleep(began + PACE - time.monotonic())
        finally:
            expiry.cancel()
            self._tell()

    async def _at_the_end(self) -> bool:
        if not self.once or self.next is None:
            return False
        return all([await self.consumer.position(tp) >= end for tp, end in self.ends.items() if tp in self.next])

    # Where to begin

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """A batch that is on its way may go on: the database fences it."""
        self.dealt, self.next = False, None

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """The database is asked by the worker's own task: here, aiokafka would swallow an error."""
        self.dealt, self.next = True, None

    async def _deal(self) -> None:
        """Wait for partitions. What is fetched here is fetched again from where the database is."""
        with contextlib.suppress(TimeoutError, OffsetOutOfRangeError, NoOffsetForPartitionError):
            await asyncio.wait_for(
                self.consumer.getmany(timeout_ms=WAIT), LOOK
            )  # raises what the group's broker refuses
        await self._look()

    async def _begin(self) -> None:
        """Seek to where the database is. A partition that does not fit to it is stopped; the others go on."""
        begin: dict[TopicPartition, int] = {}
        self.next = begin
        self.looked_at_stopped = time.monotonic()
        assigned = sorted(self.consumer.assignment())
        taken, others = await asyncio.to_thread(self._taken)
        firsts = await self.consumer.beginning_offsets(assigned)
        ends = await self.consumer.end_offsets(assigned)
        await self._look()
        stopped: dict[TopicPartition, str] = {}
        accepted: dict[Partition, int] = {}
        for tp in assigned:
            position = taken.get((tp.topic, tp.partition))
            wrong = _misfit(position, firsts[tp], ends[tp], others[tp.topic])
            if wrong and self.accept_log and tp not in self.begun:
                log.warning("log accepted", topic=tp.topic, partition=tp.partition, why=wrong, begins=firsts[tp])
                accepted[tp.topic, tp.partition] = begin[tp] = firsts[tp]
            elif wrong:
                stopped[tp] = wrong
            else:
                begin[tp] = firsts[tp] if position is None else position
        if accepted:
            await asyncio.to_thread(self._accept, accepted)
        if self.next is not begin:  # the partitions were dealt out anew meanwhile
            return
        for tp in assigned:
            self.consumer.seek(tp, begin.get(tp, firsts[tp]))
            (self.consumer.pause if tp in stopped else self.consumer.resume)(tp)
            if tp in stopped:
                self._stopped(tp, stopped[tp])
        self.begun.update(begin)
        self.stopped = stopped
        self.counts.stopped = len(stopped)

    def _stopped(self, tp: TopicPartition, why: str) -> None:
        if self.stopped.get(tp) != why:
            mend = "see what was lost, then: vjt consume --once --accept-log"
            log.error("partition stopped", topic=tp.topic, partition=tp.partition, why=why, mend=mend)

    def _taken(self) -> tuple[dict[Partition, int], dict[str, list[str]]]:
        with self.log.transaction() as cursor:
            known = positions(cursor, self.cluster_id)
            return known, {topic: other_clusters(cursor, topic, self.cluster_id) for topic in INCOMING}

    def _accept(self, offsets: dict[Partition, int]) -> None:
        with self.log.transaction() as cursor:
            self.log.recorder.lock(cursor)
            set_positions(cursor, self.cluster_id, offsets)

    # Taking

    async def _batch(self) -> None:
        try:
            fetched = await self.consumer.getmany(timeout_ms=WAIT, max_records=BATCH)
        except (OffsetOutOfRangeError, NoOffsetForPartitionError):
            self.next = None
            return
        except CorruptRecordException as error:
            await self._damaged(error)
            return
        begin = self.next
        if begin is None:  # the partitions were dealt out anew
            return
        spans: dict[Partition, Span] = {}
        deliveries: list[Delivery] = []
        for tp, messages in fetched.items():
            # Up to the position, not the last message: what stands between are marks of transactions and what was compacted.
            spans[tp.topic, tp.partition] = Span(begin[tp], await self.consumer.position(tp))
            deliveries.extend(map(_delivery, messages))
        if spans or time.monotonic() - self.looked > LOOK:
            await self._look()
        if spans:
            await self._take(deliveries, spans, begin)

    async def _take(
        self, deliveries: list[Delivery], spans: dict[Partition, Span], begin: dict[TopicPartition, int]
    ) -> None:
        async with self.taking:
            try:
                taken = await asyncio.to_thread(self.intake.take, deliveries, spans)
            except OffsetsBehind as behind:
                log.warning("the database is behind", why=str(behind))
                self.next = None
                return
            self._count(taken)
            if self.next is not begin:  # dealt out anew: another worker's now, or to be begun again
                return
            offsets = {TopicPartition(*partition): offset for partition, offset in taken.next_offsets.items()}
            for tp, offset in offsets.items():
                begin[tp] = offset
                if offset > spans[tp.topic, tp.partition].end:  # another worker was faster
                    self.consumer.seek(tp, offset)
            if not self.once:
                # A courtesy to those who look there how far behind we are. Without its broker aiokafka would try for ever.
                with contextlib.suppress(KafkaError, TimeoutError):
                    await asyncio.wait_for(self.consumer.commit(offsets), LOOK)

    def _count(self, taken: Taken) -> None:
        self.counts.accepted += taken.accepted
        self.counts.duplicates += taken.duplicates
        self.counts.rejected += len(taken.rejected)
        if taken.rejected:
            first = taken.rejected[0]
            place, reason, pointer = str(first.delivery.place), first.reason, first.pointer
            log.warning("rejected", number=len(taken.rejected), place=place, reason=reason, pointer=pointer)
        if time.monotonic() - self.told > TELL:
            self._tell()

    def _tell(self) -> None:
        self.told = time.monotonic()
        counts = self.counts
        log.info("taken", accepted=counts.accepted, duplicates=counts.duplicates, rejected=counts.rejected)

    async def _look(self) -> None:
        """Whether Kafka is there and still the same. After a fetch this says from which cluster it came: a broker that was
        set up afresh at the same address has other messages at the same offsets."""
        if await self._cluster_id() != self.cluster_id:
            raise ClusterChanged
        self.looked = time.monotonic()

    async def _cluster_id(self) -> str:
        return str((await self.admin.describe_cluster())["cluster_id"])

    async def _damaged(self, error: CorruptRecordException) -> None:
        """A record's checksum is wrong: its partition is stopped and tried again later. What was fetched of the others with it
        is lost, so they begin again where the database is."""
        await self._begin()
        begin = self.next or {}
        for tp in list(begin):
            if str(tp) in str(error):
                self.consumer.pause(tp)
                del begin[tp]
                self._stopped(tp, "a record is damaged on the broker")
                self.stopped[tp] = "a record is damaged on the broker"
        self.counts.stopped = len(self.stopped)


def _misfit(position: int | None, first: int, end: int, others: list[str]) -> str | None:
    """Why a partition with offsets from `first` until before `end` is not the one that was taken up to `position`."""
    if position is None:
        return "the log was taken from another Kafka cluster before" if others else None
    if position < first:
        return f"Kafka deleted offsets {position} to {first - 1} before they were taken"
    if position > end:
        return f"the log was taken up to offset {position}, but the partition ends at {end}"
    return None


def _delivery(message: ConsumerRecord) -> Delivery:
    place = Place(message.topic, message.partition, message.offset)
    return Delivery(message.value, place, message.headers, message.topic)

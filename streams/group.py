"""How far a consumer group is in a topic, seen from outside it."""

from typing import NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.away import ended

PATIENCE = 5_000  # ms for an answer


class Reach(NamedTuple):
    """Of one partition: its first offset, the one after its last, and up to where the group has taken it."""

    first: int
    end: int
    taken: int


class Group:
    """Looks at a group, without being a member. An asynchronous context; raises KafkaError."""

    def __init__(self, kafka: str, group: str, topic: str) -> None:
        self.kafka = kafka
        self.group = group
        self.topic = topic
        self.admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=PATIENCE)
        self.reader = AIOKafkaConsumer(bootstrap_servers=kafka, request_timeout_ms=PATIENCE)

    async def __aenter__(self) -> Self:
        try:
            await self.admin.start()
            await self.reader.start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await ended(self.reader.stop)
        await ended(self.admin.close)

    async def reach(self) -> dict[TopicPartition, Reach]:
        """Of each partition of the topic. Raises KafkaError too while there is no such topic."""
        (about,) = await self.admin.describe_topics([self.topic])
        places = [TopicPartition(self.topic, partition["partition"]) for partition in about["partitions"]]
        if not places:
            raise KafkaError(f"there is no topic {self.topic}")
        taken = await self.admin.list_consumer_group_offsets(self.group, partitions=places)
        firsts, ends = await self.reader.beginning_offsets(places), await self.reader.end_offsets(places)
        return {tp: Reach(firsts[tp], ends[tp], max(firsts[tp], taken[tp].offset)) for tp in places}

    async def put_back(self, offsets: dict[TopicPartition, int]) -> bool:
        """Set where the group goes on. Whether it is done: not, while it has members."""
        setter = AIOKafkaConsumer(bootstrap_servers=self.kafka, group_id=self.group, enable_auto_commit=False)
        try:
            await setter.start()
            setter.assign(list(offsets))
            await setter.commit(offsets)
        except KafkaError:
            return False
        finally:
            await ended(setter.stop)
        return True

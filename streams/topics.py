"""The topics of contract 2.2, and what each is created with."""

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from schemas.envelope import TOPICS

PARTITIONS = 3
MOST_COPIES = 3
DAY = 24 * 3600 * 1000  # ms
MOST_BYTES = "2000000"

INCOMING = tuple(TOPICS.values())
OUTGOING = ("journeys.changes.v1", "alerts.v1", "rejected.v1")

_CONFIGURATION = {
    "journeys.changes.v1": {"cleanup.policy": "compact"},
    "alerts.v1": {"retention.ms": str(365 * DAY)},
    "rejected.v1": {"retention.ms": str(30 * DAY)},
}
_RETENTION_IN = {"retention.ms": str(30 * DAY), "max.message.bytes": MOST_BYTES}


async def create_topics(kafka: str) -> list[str]:
    """Create the topics that are missing; their names. `kafka`: bootstrap servers. Raises KafkaConnectionError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        present = set(await admin.list_topics())
        missing = [name for name in (*INCOMING, *OUTGOING) if name not in present]
        if missing:
            copies = min(MOST_COPIES, len((await admin.describe_cluster())["brokers"]))
            answer = await admin.create_topics(
                [
                    NewTopic(name, PARTITIONS, copies, topic_configs=_CONFIGURATION.get(name, _RETENTION_IN))
                    for name in missing
                ]
            )
            for name, code, *_ in answer.topic_errors:
                error = for_code(code)
                if code and error is not TopicAlreadyExistsError:
                    raise error(f"topic {name} could not be created")
        return missing
    finally:
        await admin.close()


async def extents(kafka: str) -> tuple[str, dict[tuple[str, int], tuple[int, int]]]:
    """The cluster's id; for each (topic, partition) of what comes in, its first offset and the one after its last."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka, request_timeout_ms=5_000)
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, request_timeout_ms=5_000)
    try:
        await admin.start()
        await consumer.start()
        places = [
            TopicPartition(topic["topic"], partition["partition"])
            for topic in await admin.describe_topics()
            if topic["topic"] in INCOMING
            for partition in topic["partitions"]
        ]
        firsts, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        cluster = (await admin.describe_cluster())["cluster_id"]
        return cluster, {(place.topic, place.partition): (firsts[place], ends[place]) for place in places}
    finally:
        await consumer.stop()
        await admin.close()

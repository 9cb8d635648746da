"""How far each partition of Kafka was taken into the log. The database's word counts, not Kafka's."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from psycopg import Cursor

Partition = tuple[str, int]
"""Topic as Kafka names it, and number."""


class Span(NamedTuple):
    """The offsets that a batch covers: from `start` until before `end`. Not each of them need have a message."""

    start: int
    end: int


class OffsetsBehind(Exception):
    """A batch begins after the first offset that was not taken yet: seek to `next_offset`."""

    def __init__(self, partition: Partition, next_offset: int) -> None:
        super().__init__(f"{partition[0]}[{partition[1]}]: the log was taken up to offset {next_offset} only")
        self.partition, self.next_offset = partition, next_offset


POSITIONS = "SELECT topic, partition, next_offset FROM log.intake WHERE cluster_id = %s"

OTHER_CLUSTERS = "SELECT DISTINCT cluster_id FROM log.intake WHERE topic = %s AND cluster_id <> %s ORDER BY 1"

SET = """
INSERT INTO log.intake (cluster_id, topic, partition, next_offset)
SELECT %s, * FROM unnest(%s::text[], %s::int[], %s::bigint[])
ON CONFLICT (cluster_id, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
"""


def positions(cursor: Cursor[Any], cluster_id: str) -> dict[Partition, int]:
    """The first offset not taken yet, of each partition that was ever taken from."""
    return {(topic, partition): offset for topic, partition, offset in cursor.execute(POSITIONS, (cluster_id,))}


def other_clusters(cursor: Cursor[Any], topic: str, cluster_id: str) -> list[str]:
    """Other clusters from which this topic was taken: a new one means that Kafka was set up afresh."""
    return [row[0] for row in cursor.execute(OTHER_CLUSTERS, (topic, cluster_id))]


def set_positions(cursor: Cursor[Any], cluster_id: str, offsets: Mapping[Partition, int]) -> None:
    """Go on from these offsets."""
    topics, partitions = [topic for topic, _ in offsets], [partition for _, partition in offsets]
    cursor.execute(SET, (cluster_id, topics, partitions, list(offsets.values())))


def fenced(cursor: Cursor[Any], cluster_id: str, spans: Mapping[Partition, Span]) -> dict[Partition, int]:
    """Where to begin in each partition of a batch: at its start, or later if the database is ahead.

    Raises OffsetsBehind if the database is behind. Of a partition that was never taken from, any start is good.
    """
    taken = positions(cursor, cluster_id)
    begin = {}
    for partition, span in spans.items():
        begin[partition] = taken.get(partition, span.start)
        if begin[partition] < span.start:
            raise OffsetsBehind(partition, begin[partition])
    return begin

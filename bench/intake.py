"""Into the log: from files, and from Kafka."""

import psycopg

from bench.measured import Measured, timed
from bench.peers import copied
from bench.servers import Servers
from vjt.load import BATCH

LOG = "log.stored_events"

SPAN = """
SELECT count(*), extract(epoch FROM max(known_at) - min(known_at))::float8,
       count(*) FILTER (WHERE known_at = (SELECT min(known_at) FROM log.stored_events)), pg_total_relation_size('log.stored_events')
FROM log.stored_events
"""


def load(servers: Servers, dsn: str, file: str) -> list[Measured]:
    """`vjt load`. Also what the log takes a row."""
    with timed(servers) as watch:
        servers.run(dsn, "load", file)
    rate, events, size = _rate(dsn)
    measured = watch.rate("load", events, "events/s", f"{events:,} events")
    measured.figure, measured.peer = rate, events / copied(dsn, [LOG], BATCH)
    return [measured, Measured("log", size / events, "bytes/event", "with its indexes")]


def consume(servers: Servers, dsn: str, file: str) -> Measured:
    """`vjt consume --once`, of what was published before."""
    servers.run(dsn, "publish", file)
    with timed(servers) as watch:
        servers.run(dsn, "consume", "--once")
    rate, events, _ = _rate(dsn)
    measured = watch.rate("consume", events, "events/s", f"{events:,} events from Kafka")
    measured.figure, measured.peer = rate, events / copied(dsn, [LOG], BATCH)
    return measured


def _rate(dsn: str) -> tuple[float, int, int]:
    """Events a second from the first batch to the last, as the log has it: the start of a process is not in it; events; bytes."""
    with psycopg.connect(dsn) as connection:
        events, seconds, first, size = connection.execute(SPAN).fetchone() or (0, 0.0, 0, 0)
    return (events - first) / seconds, events, size

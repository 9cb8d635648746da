"""Alerts while the worker is killed, servers are restarted and a topic is deleted: the same as of a quiet run."""

import contextlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from store.migrate import migrate
from streams.topics import create_topics
from tests.conftest import named
from tests.integration.store.given import rows
from tests.system.broker import command, run, sent, until
from tests.system.test_alert import load, project
from tests.system.test_changes import deleted
from tests.told import simulated
from vjt.stack.kafka import Kafka
from vjt.stack.postgres import Postgres

STEPS = "SELECT count(*) FROM alerts.step"
LEVEL = """
SELECT max(notification_id) = (SELECT position FROM projection.build WHERE live)
   AND (SELECT (n, position) FROM projection.build WHERE live) = (SELECT (build, position) FROM alerts.worker)
   AND NOT EXISTS (SELECT FROM log.outbox)
FROM log.stored_events
"""
STANDING = """
SELECT alert_id, rule, subject, occurrence, severity, due_at, force, bcu, court, details,
       array(SELECT journey_id || ' ' || uvi FROM alerts.member m WHERE m.alert_id = a.alert_id ORDER BY 1)
FROM alerts.alert a WHERE stands ORDER BY alert_id
"""
LIVES = "SELECT array_agg(what ORDER BY n), array_agg(n ORDER BY n) FROM alerts.step GROUP BY alert_id"
TOLD = "SELECT alert_id || '/' || n FROM alerts.step JOIN alerts.alert USING (alert_id) WHERE NOT digest AND what = 'raised'"


@pytest.fixture
def server(folder: Path) -> Iterator[Postgres]:
    made = Postgres(folder / "postgres", "test", fsync="off", max_connections="100")
    made.start()
    yield made
    made.stop()


@contextmanager
def worker(verb: str, database: str, kafka: str) -> Iterator[subprocess.Popen[bytes]]:
    process = command(verb, database=database, kafka=kafka, stderr=None)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def fresh(server: Postgres, name: str) -> str:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    migrate(named(server.url, name))
    return named(server.url, name)


async def moved(database: str, steps: int) -> int:
    """Once alerts took more steps than so many: how many."""
    await until(lambda: rows(database, STEPS)[0] > steps)
    return int(rows(database, STEPS)[0])


@pytest.mark.timeout(300)
async def test_whatever_is_killed_or_restarted_the_same_alerts_stand_as_after_a_quiet_run(
    broker: Kafka, server: Postgres
) -> None:
    events, _ = simulated(journeys=80, seed=5)
    portions = [events[n::4] for n in range(4)]  # of each journey a part, in any order
    database = fresh(server, "fire")
    project(database)
    steps = 0
    with contextlib.ExitStack() as workers:
        workers.enter_context(worker("project", database, broker.servers))
        running = [workers.enter_context(worker("alert", database, broker.servers)) for _ in range(2)]
        for n, portion in enumerate(portions):
            if n == 1:
                broker.stop()
            load(database, portion)
            steps = await moved(database, steps)
            running.pop(0).kill()
            if n == 1:
                broker.start()
            elif n == 2:
                server.stop()
                server.start()
            elif n == 3:
                await deleted(broker.servers)
                await create_topics(broker.servers)
            running.append(workers.enter_context(worker("alert", database, broker.servers)))
        await until(lambda: rows(database, LEVEL) == [True])
    quiet = fresh(server, "quiet")
    load(quiet, events)
    project(quiet)
    code, _, error = run("alert", "--once", database=quiet, kafka="127.0.0.1:1")
    assert code == 0, error
    found = rows(database, STANDING)
    assert len(found) > 10
    assert found == rows(quiet, STANDING)
    for whats, numbers in rows(database, LIVES):
        assert numbers == list(range(1, len(numbers) + 1))
        assert whats[0] == "raised"
        assert whats.count("raised") == 1
    told: list[dict[str, Any]] = [
        orjson.loads(message.value or b"") for message in await sent(broker.servers, "alerts.v1")
    ]
    assert set(rows(database, TOLD)) <= {event["id"] for event in told}

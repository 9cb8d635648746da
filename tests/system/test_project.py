"""`vjt project` as it is run: catching up, waiting for another, ending when told to."""

import asyncio
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from store.outbox import Going, put
from tests.integration.store.given import report, rows
from tests.system.broker import command, run, sent, until
from vjt.project import _send
from vjt.settings import Settings

CHANGES = "journeys.changes.v1"
NOWHERE = "postgresql://vjt@127.0.0.1:1/postgres"
NO_BROKER = "127.0.0.1:1"
LEVEL = """SELECT (SELECT max(notification_id) FROM log.stored_events) = (SELECT position FROM projection.build WHERE live)
              AND (SELECT count(*) FROM journeys.journey) = %s"""


def load(database: str, *numbers: int) -> None:
    lines = b"\n".join(orjson.dumps(report(n)) for n in numbers)
    code, _, error = run("load", "-", given=lines, database=database)
    assert code == 0, error


def project(*words: str, database: str, kafka: str = NO_BROKER) -> tuple[int, list[str]]:
    code, _, error = run("project", *words, database=database, kafka=kafka)
    return code, error.splitlines()


async def ended(process: subprocess.Popen[bytes], within: float) -> list[dict[str, Any]]:
    """Tell it to end; its log lines, once it has ended in time and without complaint."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, error = await asyncio.to_thread(process.communicate, None, 30)
    assert process.returncode == 0
    assert time.monotonic() - began < within
    assert b"Traceback" not in error
    return [orjson.loads(line) for line in error.splitlines()]


def put_out(database: str) -> None:
    with psycopg.connect(database) as connection:
        put(connection.cursor(), "alerts.v1", [Going("a", b"{}")])


# Catching up


async def test_a_catch_up_fills_the_tables_and_sends_what_changed(database: str, topics: str) -> None:
    load(database, 1, 2, 3)
    code, told = await asyncio.to_thread(project, "--once", database=database, kafka=topics)
    assert (code, told[-1]) == (0, "3 events projected")  # a build sends nothing
    load(database, 4)
    code, told = await asyncio.to_thread(project, "--once", database=database, kafka=topics)
    assert (code, told[-2:]) == (0, ["1 events projected", "1 messages sent"])
    assert rows(database, LEVEL, 4) == [True]
    (journey,) = rows(database, "SELECT journey_id::text FROM journeys.reference WHERE value = 'met/CR4'")
    assert journey in {(message.key or b"").decode() for message in await sent(topics, CHANGES)}
    assert rows(database, "SELECT count(*) FROM log.outbox") == [0]


def test_a_catch_up_without_a_broker_fills_the_tables_and_says_what_waits(database: str) -> None:
    load(database, 1)
    put_out(database)
    code, told = project("--once", database=database)
    assert (code, told[-1]) == (3, "Kafka cannot be reached: 1 messages wait")
    assert rows(database, LEVEL, 1) == [True]


async def test_a_catch_up_where_no_broker_is_named_is_no_failure(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put_out(database)
    await _send(Settings({"VJT_DATABASE_URL": database, "VJT_HOME": str(tmp_path)}))
    assert capsys.readouterr().err == "1 messages wait for a broker\n"
    assert rows(database, "SELECT count(*) FROM log.outbox") == [1]


def test_a_catch_up_without_a_database_ends_with_exit_code_3(database: str) -> None:
    code, told = project("--once", database=NOWHERE)
    assert (code, told[-1].startswith("PostgreSQL cannot be reached")) == (3, True)


async def test_a_catch_up_beside_a_worker_ends_when_the_tables_are_level(database: str) -> None:
    worker = command("project", database=database, kafka=NO_BROKER)
    try:
        await until(lambda: rows(database, "SELECT FROM projection.build WHERE live"))
        load(database, 1)
        code, told = await asyncio.to_thread(project, "--once", database=database)
        assert told[0] == "0 events projected"
        assert rows(database, LEVEL, 1) == [True]
        assert (code, rows(database, "SELECT count(*) FROM log.outbox")) == (3, [1])
        await ended(worker, within=10)
    finally:
        worker.kill()
        worker.communicate()


# Ending


async def test_a_worker_ends_within_seconds_in_the_middle_of_a_build_and_drops_it(database: str) -> None:
    load(database, 1)
    assert project("--once", database=database)[0] == 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE projection.build SET digest = 'other'")
    with psycopg.connect(database) as reader:
        reader.execute("SELECT FROM journeys.journey")  # the swap waits for it
        worker = command("project", database=database, kafka=NO_BROKER)
        try:
            assert worker.stderr is not None
            told = []
            while "wait for readers" not in told:
                told.append(orjson.loads(await asyncio.to_thread(worker.stderr.readline)).get("part"))
            await ended(worker, within=6)
        finally:
            worker.kill()
            worker.communicate()
    assert rows(database, "SELECT n, live FROM projection.build") == [(1, True)]
    assert rows(database, "SELECT count(*) FROM pg_namespace WHERE starts_with(nspname, 'build')") == [1]


async def test_a_worker_ends_within_seconds_in_a_statement_that_waits(database: str) -> None:
    load(database, 1)
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE log.stored_events")
        worker = command("project", database=database, kafka=NO_BROKER)
        try:
            await until(lambda: rows(database, "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
            await ended(worker, within=12)
        finally:
            worker.kill()
            worker.communicate()


@pytest.mark.parametrize("away", ["database", "kafka"])
async def test_a_worker_ends_within_seconds_while_servers_are_away(away: str, database: str, kafka: str) -> None:
    worker = command(
        "project",
        database=NOWHERE if away == "database" else database,
        kafka=NO_BROKER if away == "kafka" else kafka,
    )
    try:
        assert worker.stderr is not None
        while b"server away" not in await asyncio.to_thread(worker.stderr.readline):
            pass
        await ended(worker, within=10)
    finally:
        worker.kill()
        worker.communicate()

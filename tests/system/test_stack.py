"""The local stack: `vjt up` and `vjt down`, whatever happens in between."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.conftest import named
from tests.waiting import until

ROOT = Path(__file__).parents[2]
TOPIC = TopicPartition("alerts.v1", 0)


class Stack:
    """A stack in a folder of its own, driven by the command as a user drives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def vjt(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.begin(*words, **environment).finished()

    def begin(self, *words: str, **environment: str) -> "Running":
        clean = {name: value for name, value in os.environ.items() if not name.startswith("VJT_")}
        return Running(
            [sys.executable, "-m", "vjt.main", *words],
            cwd=ROOT,
            env=clean | {"VJT_HOME": str(self.folder)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            umask=0o077,
        )

    def up(self, **environment: str) -> dict[str, str]:
        """Start it; the settings that it prints."""
        done = self.vjt("up", **environment)
        assert done.returncode == 0, done.stderr
        said = [line.removeprefix("export ").split("=", 1) for line in done.stdout.splitlines()]
        return dict(said)

    def state(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads((self.folder / "stack.json").read_text())
        return said

    def children(self) -> list[int]:
        return [pid for pid, *_ in self.state()["children"]]


class Running(subprocess.Popen[str]):
    def finished(self) -> subprocess.CompletedProcess[str]:
        out, err = self.communicate(timeout=90)
        return subprocess.CompletedProcess(self.args, self.returncode, out, err)


@pytest.fixture
def stack(scratch: Path, tmp_path: Path) -> Iterator[Stack]:
    """A stack that is not up yet; ended and deleted after the test."""
    yield from _stack(scratch / tmp_path.name)


JANITOR = """
import sys, time
from pathlib import Path
from vjt.stack.home import Home
from vjt.stack.supervisor import down
home = Home(Path(sys.argv[1]))
deadline = time.monotonic() + (0 if sys.stdin.read() else 20)
down(home)
while time.monotonic() < deadline:
    time.sleep(0.2)  # a `vjt up` that was under way may yet start one
    down(home)
"""
"""Ends a stack when it is told to, and also when the tests are killed: a stack is made to outlive whoever started it."""


def _stack(folder: Path) -> Iterator[Stack]:
    command = [sys.executable, "-c", JANITOR, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True, start_new_session=True) as janitor:
        yield Stack(folder)
        janitor.communicate("the test is over", timeout=60)
        assert janitor.returncode == 0
    data = (folder / "postgres").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def test_up_prints_the_settings_of_two_prepared_servers_and_down_ends_them(stack: Stack) -> None:
    settings = stack.up()

    assert list(settings) == ["VJT_DATABASE_URL", "VJT_KAFKA"]
    assert settings["VJT_DATABASE_URL"] == stack.state()["database_url"]
    with psycopg.connect(settings["VJT_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM log.stored_events").fetchone() == (0,)
        assert connection.execute("SHOW timezone").fetchone() == ("UTC",)
        assert connection.execute("SELECT datlocprovider, datlocale FROM pg_database").fetchone() == ("b", "C.UTF-8")
    status = stack.vjt("status", "--format", "json")
    assert status.returncode == 0
    assert (
        json.loads(status.stdout)[0].items()
        >= {
            "database_url": settings["VJT_DATABASE_URL"],
            "kafka": settings["VJT_KAFKA"],
            "database": "up",
            "broker": "up",
            "messages_waiting": 0,
            "events": 0,
        }.items()
    )
    children = stack.children()

    assert stack.vjt("down").returncode == 0

    assert len(children) == 2
    assert not any(map(_runs, children))
    assert not _answers(settings["VJT_KAFKA"])


def test_what_is_stored_is_there_after_a_restart_at_the_same_addresses(stack: Stack) -> None:
    before = stack.up()
    with psycopg.connect(before["VJT_DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    asyncio.run(_send(before["VJT_KAFKA"], b"kept"))
    stack.vjt("down")

    after = stack.up()

    assert after == before
    with psycopg.connect(after["VJT_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    assert asyncio.run(_first(after["VJT_KAFKA"])) == b"kept"


def test_after_the_supervisor_was_killed_its_servers_end_and_the_next_up_works_on_their_data(stack: Stack) -> None:
    settings = stack.up()
    with psycopg.connect(settings["VJT_DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    children = stack.children()

    os.kill(stack.state()["supervisor"], signal.SIGKILL)

    assert stack.up() == settings
    assert not any(map(_runs, children))
    with psycopg.connect(settings["VJT_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_a_server_that_was_killed_takes_the_stack_down_and_the_next_up_starts_it_again(
    stack: Stack, kafka: str
) -> None:
    stack.up(VJT_KAFKA=kafka)
    (postgres,) = stack.children()

    os.kill(postgres, signal.SIGKILL)

    until(lambda: stack.vjt("status", VJT_KAFKA=kafka).returncode == 3, 30)
    with psycopg.connect(stack.up(VJT_KAFKA=kafka)["VJT_DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_stack_whose_folder_is_deleted_ends(stack: Stack, kafka: str) -> None:
    stack.up(VJT_KAFKA=kafka)
    state = stack.state()

    shutil.rmtree(stack.folder)

    until(lambda: not any(map(_runs, (state["supervisor"], *(pid for pid, *_ in state["children"])))), 30)


def test_two_that_start_it_at_once_share_one_stack(stack: Stack, kafka: str) -> None:
    both = [stack.begin("up", VJT_KAFKA=kafka) for _ in range(2)]

    one, other = [running.finished() for running in both]

    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert one.stdout == other.stdout != ""
    stack.vjt("down")
    assert stack.vjt("status", VJT_KAFKA=kafka).returncode == 3  # no second one was waiting for its turn


def test_servers_end_with_the_process_that_started_them_even_if_it_is_killed(scratch: Path, tmp_path: Path) -> None:
    folder = scratch / tmp_path.name
    folder.mkdir()
    folder.chmod(0o755)
    program = """
import signal, sys
from pathlib import Path
from vjt.stack.kafka import Kafka
from vjt.stack.postgres import Postgres
postgres = Postgres(Path(sys.argv[1]) / "postgres", "secret", fsync="off")
kafka = Kafka(Path(sys.argv[1]) / "kafka")
for server in (postgres, kafka):
    server.start()
print(postgres.process.pid, kafka.process.pid, flush=True)
signal.pause()
"""
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        servers = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(servers) == 2
        assert all(map(_runs, servers))

        parent.kill()

        until(lambda: not any(map(_runs, servers)), 30)


def test_postgresql_does_not_run_as_root_and_asks_for_a_password(stack: Stack, kafka: str) -> None:
    url = stack.up(VJT_KAFKA=kafka)["VJT_DATABASE_URL"]

    (postgres,) = stack.children()
    assert Path(f"/proc/{postgres}").stat().st_uid != 0
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url, password="guessed")
    assert (stack.folder / "stack.json").stat().st_mode & 0o077 == 0


def test_a_home_that_only_root_may_enter_will_do(tmp_path: Path, kafka: str) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for stack in _stack(closed / "home"):
        before = stack.up(VJT_KAFKA=kafka)
        stack.vjt("down")

        assert stack.up(VJT_KAFKA=kafka) == before


def test_without_maven_it_says_how_to_get_it_or_how_to_name_a_broker(stack: Stack, tmp_path: Path) -> None:
    done = stack.vjt("up", PATH=str(tmp_path), XDG_CACHE_HOME=str(tmp_path))

    assert done.returncode == 3
    assert "apt-get install maven" in done.stderr
    assert "VJT_KAFKA" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (stack.folder / "stack.json").exists()


def test_where_both_servers_are_named_nothing_is_started(stack: Stack, database: str, kafka: str) -> None:
    settings = stack.up(VJT_DATABASE_URL=database, VJT_KAFKA=kafka)

    assert settings == {"VJT_DATABASE_URL": database, "VJT_KAFKA": kafka}
    assert not stack.folder.exists()


def test_a_named_server_wins_over_a_local_one_that_is_up(stack: Stack, database: str, kafka: str) -> None:
    local = stack.up(VJT_KAFKA=kafka)

    status = stack.vjt("status", "--format", "json", VJT_DATABASE_URL=database, VJT_KAFKA=kafka)

    assert local["VJT_DATABASE_URL"] != database
    assert json.loads(status.stdout)[0]["database_url"] == database


def test_a_stack_that_was_started_without_a_broker_says_so_when_one_is_wanted(stack: Stack, kafka: str) -> None:
    stack.up(VJT_KAFKA=kafka)

    done = stack.vjt("up")

    assert done.returncode == 3
    assert "without Kafka" in done.stderr


def test_a_port_that_another_server_took_meanwhile_is_not_waited_for(stack: Stack, kafka: str) -> None:
    before = stack.up(VJT_KAFKA=kafka)["VJT_DATABASE_URL"]
    stack.vjt("down")
    with socket.create_server(("127.0.0.1", stack.state()["postgres_port"])):
        after = stack.up(VJT_KAFKA=kafka)["VJT_DATABASE_URL"]

    assert after != before


def test_a_verb_that_needs_a_server_says_how_to_start_it(stack: Stack) -> None:
    for verb in (["status"], ["migrate"], ["unlinked"]):
        done = stack.vjt(*verb)

        assert done.returncode == 3
        assert done.stderr.strip().endswith("Start it: vjt up")


def test_migrate_prepares_a_database_without_a_broker(stack: Stack, postgres: str) -> None:
    empty = named(postgres, "not_migrated_yet")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE not_migrated_yet TEMPLATE template0")

    done = stack.vjt("migrate", VJT_DATABASE_URL=empty)

    assert done.returncode == 0, done.stderr
    assert "topics: none created" in done.stderr
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM log.stored_events").fetchone() == (0,)


def _runs(pid: int) -> bool:
    """Whether a process is there and has not ended; one that ended and was not asked for yet is none."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _answers(server: str) -> bool:
    host, port = server.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


async def _send(kafka: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(TOPIC.topic, value, partition=TOPIC.partition)


async def _first(kafka: str) -> bytes | None:
    async with AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest") as consumer:
        consumer.assign([TOPIC])
        message = await asyncio.wait_for(consumer.getone(), 30)
        return bytes(message.value)

"""Servers of the run's own, its events, and the processor time that each side takes."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from simulator.city import stories
from simulator.disturbance import arrivals
from store.migrate import migrate
from streams.topics import create_topics
from vjt.stack.kafka import Kafka
from vjt.stack.postgres import Postgres

TICKS = os.sysconf("SC_CLK_TCK")  # a second


class Servers:
    """A PostgreSQL and a Kafka as `vjt up` starts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres", "bench")
        self.kafka = Kafka(folder / "kafka")

    def database(self, name: str) -> str:
        """URL of a new database, migrated."""
        with psycopg.connect(self.postgres.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        dsn = self.postgres.url.rsplit("/", 1)[0] + "/" + name
        migrate(dsn)
        return dsn

    def start(self, dsn: str, *words: str) -> subprocess.Popen[bytes]:
        """`vjt …` as a process."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VJT_")}
        environment |= {"VJT_DATABASE_URL": dsn, "VJT_KAFKA": self.kafka.servers, "VJT_LOG_FORMAT": "json"}
        with (self.folder / "workers.log").open("ab") as log:
            command = [sys.executable, "-m", "vjt.main", *words]
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def run(self, dsn: str, *words: str) -> None:
        """The same, to its end. Raises RuntimeError if it fails."""
        if self.start(dsn, *words).wait():
            raise RuntimeError(f"vjt {words[0]} failed: " + (self.folder / "workers.log").read_text()[-2_000:])

    def database_seconds(self) -> float:
        """Processor time that PostgreSQL has taken, ended processes included."""
        assert self.postgres.process is not None
        parent = self.postgres.process.pid
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:  # ended meanwhile
                continue
            if int(path.parent.name) == parent:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == parent:
                ticks += sum(map(int, fields[11:13]))
        return ticks / TICKS


@contextmanager
def servers() -> Iterator[Servers]:
    """Started, and ended with all that they kept, however the run ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="vjt-bench-"))
    folder.chmod(0o755)
    started = Servers(folder)
    try:
        started.postgres.start()
        started.kafka.start()
        asyncio.run(create_topics(started.kafka.servers))
        yield started
    finally:
        started.kafka.stop()
        started.postgres.stop()
        shutil.rmtree(started.postgres.folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def simulated(journeys: int, seed: int = 1) -> list[bytes]:
    """Events of a synthetic year, in order of arrival."""
    return list(arrivals(stories(journeys, seed)))


def written(path: Path, events: list[bytes]) -> str:
    """A file of events."""
    path.write_bytes(b"".join(event + b"\n" for event in events))
    return str(path)


def our_seconds() -> float:
    """Processor time that this process and its ended children have taken."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system

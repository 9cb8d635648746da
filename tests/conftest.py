"""Real servers for the tests: started when a test first asks, on free ports, in temporary folders, ended with the process."""

import contextlib
import fcntl
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from store.migrate import migrate
from vjt.stack.kafka import Kafka
from vjt.stack.postgres import Postgres

_numbers = itertools.count(1)


PREFIX = "vjt-test-"
ABANDONED = 60  # s


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A folder that every user may pass through, and that goes when the tests end; if they are killed, with the next tests."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/lock"):
        _sweep(lock)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)
    with (folder / "lock").open("w") as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _sweep(lock: Path) -> None:
    """Delete a folder whose tests hold their lock no more."""
    with contextlib.suppress(OSError):
        if time.time() - lock.stat().st_mtime > ABANDONED:
            with lock.open() as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(scratch: Path) -> Iterator[str]:
    """URL of a PostgreSQL server of this test process; its database `template_vjt` is migrated."""
    server = Postgres(scratch / "postgres", "test", fsync="off", max_connections="100")
    server.start()
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_vjt")
        migrate(named(server.url, "template_vjt"))
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """URL of a fresh, migrated database of its own."""
    name = f"t{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_vjt".encode())
    yield named(postgres, name)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def kafka(scratch: Path) -> Iterator[str]:
    """Bootstrap servers of a Kafka broker of this test process."""
    server = Kafka(scratch / "kafka")
    server.start()
    yield server.servers
    server.stop()


def named(url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return url.rsplit("/", 1)[0] + "/" + database

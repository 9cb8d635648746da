"""Topics, and brokers that may be stopped, for the tests that go all the way."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.topics import create_topics
from tests.system.broker import emptied
from vjt.stack.kafka import Kafka


@pytest.fixture
def topics(kafka: str) -> str:
    """Bootstrap servers of a broker whose topics are there and empty; offsets go on from test to test."""

    async def prepare() -> None:
        await create_topics(kafka)
        await emptied(kafka)

    asyncio.run(prepare())
    return kafka


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where servers of the module's own are."""
    made = Path(tempfile.mkdtemp(prefix="vjt-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def broker(folder: Path) -> Iterator[Kafka]:
    """The module's own, to be stopped and started; by the main thread, with which the system ends it."""
    server = Kafka(folder / "kafka")
    server.start()
    asyncio.run(create_topics(server.servers))
    yield server
    server.stop()

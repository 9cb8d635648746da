"""Topics for the tests that go all the way."""

import asyncio

import pytest

from streams.topics import create_topics
from tests.system.broker import emptied


@pytest.fixture
def topics(kafka: str) -> str:
    """Bootstrap servers of a broker whose topics are there and empty; offsets go on from test to test."""

    async def prepare() -> None:
        await create_topics(kafka)
        await emptied(kafka)

    asyncio.run(prepare())
    return kafka

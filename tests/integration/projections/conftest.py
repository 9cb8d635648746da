from collections.abc import Iterator

import pytest

from tests.integration.projections.world import World


@pytest.fixture
def world(database: str) -> Iterator[World]:
    made = World(database)
    yield made
    made.close()

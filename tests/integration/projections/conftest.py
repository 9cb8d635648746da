import os
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from tests.conftest import named
from tests.integration.projections.world import World


@pytest.fixture
def world(database: str) -> Iterator[World]:
    made = World(database)
    yield made
    made.close()


@pytest.fixture(scope="module")
def half(request: pytest.FixtureRequest, postgres: str) -> str:
    """A database in which the first half of the module's events is projected."""
    name = f"half_{request.module.__name__.rpartition('.')[2]}_{os.getpid()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_vjt".encode())
    with closing(World(named(postgres, name))) as world:
        world.say(*request.module.EVENTS[: request.module.FIRST])
        world.build()
    return name


@pytest.fixture
def begun(half: str, postgres: str) -> Iterator[World]:
    """A copy of it, as `build_1`."""
    copy = f"{half}_copy"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {half}".encode())
        with closing(World(named(postgres, copy))) as world:
            yield world
        connection.execute(f"DROP DATABASE {copy} WITH (FORCE)".encode())

"""What analysts are promised: their role, and the queries of `docs/analysts.md` with their results."""

import difflib

import orjson
import psycopg
import pytest

from simulator.city import stories
from simulator.disturbance import arrivals
from tests import analysts
from tests.integration.projections.world import World
from tests.unit.domain.said import crime


def test_every_query_of_the_page_says_what_the_page_says(world: World) -> None:
    world.read_on(analysts.READ_ON)
    world.say(*map(orjson.loads, arrivals(stories(analysts.JOURNEYS, analysts.SEED))))
    world.build()
    page = analysts.PAGE.read_text()
    now = analysts.answered(world.dsn, page)
    changed = "\n".join(
        difflib.unified_diff(page.splitlines(), now.splitlines(), "the page", "the tables", lineterm="")
    )
    assert changed == "", f"python -m tests.analysts {world.dsn} writes it anew"
    assert len(analysts.queries()) > 20


def test_an_analyst_reads_the_figures_and_nothing_else(world: World) -> None:
    world.say(crime("05-03"))
    world.build()
    world.build()  # views that are pointed at another build are read as before
    with psycopg.connect(world.dsn, autocommit=True) as connection:
        connection.execute("SET ROLE vjt_analyst")
        names = "SELECT viewname FROM pg_views WHERE schemaname = 'metrics'"
        for (name,) in connection.execute(names).fetchall():
            connection.execute(f"SELECT * FROM metrics.{name}".encode()).fetchall()
        for table in (
            "journeys.journey",
            "journeys.unlinked",
            "log.stored_events",
            "log.rejected",
            "build_2.attrition",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT FROM {table}".encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE projection.setting SET reading_date = NULL")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE VIEW metrics.mine AS SELECT 1")


def test_a_relation_that_comes_later_is_read_too(world: World) -> None:
    world.build()
    with psycopg.connect(world.dsn, autocommit=True) as connection:
        connection.execute("CREATE VIEW metrics.to_come AS SELECT 1 AS n")
        connection.execute("SET ROLE vjt_analyst")
        assert connection.execute("SELECT n FROM metrics.to_come").fetchone() == (1,)

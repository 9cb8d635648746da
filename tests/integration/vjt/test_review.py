"""`vjt demo` ends with the review's figures beside this run's."""

import re
from collections.abc import Iterator
from contextlib import closing

import orjson
import psycopg
import pytest

from simulator.city import stories
from simulator.disturbance import arrivals
from tests.conftest import named
from tests.integration.projections.world import World
from vjt.review import FIGURES, UNTOLD, figures
from vjt.rows import Format, spelled

JOURNEYS = 1_200


@pytest.fixture(scope="module")
def year(postgres: str) -> Iterator[World]:
    """A simulated year in the tables."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE review TEMPLATE template_vjt")
        with closing(World(named(postgres, "review"))) as world:
            world.say(*(orjson.loads(line) for line in arrivals(stories(JOURNEYS, 1))))
            world.build()
            yield world
        connection.execute("DROP DATABASE review WITH (FORCE)")


# What the review says, by what is measured: written here once more, apart from what is shown.
REVIEW = {
    "withdrawn before a charge": 40,
    "stopped otherwise": 52,
    "robbery": 19,
    "criminal damage": 18,
    "domestic abuse": 59,
    "adult rape": 69,
    "adult rape, domestic abuse": 74,
    "child sexual abuse": 51,
    "adult sexual offences, not rape": 50,
    "suspect known to the victim": 54,
    "victim under 18": 36,
    "victim 18 to 24": 43,
    "Central East": 34,
    "West Area": 44,
    "domestic abuse, North East": 46,
    "domestic abuse, highest unit": 62,
    "likelier: partner, not stranger": 2.1,
    "friend or acquaintance": 1.8,
    "private home (adult sexual)": 2.3,
    "hotel (adult sexual)": 2.2,
    "youth violence: partner": 3.1,
    "youth violence: friend": 1.7,
    "youth violence: suspect on PNC": 1.7,
    "less likely: arrest, interview (DA)": 2.7,
    "mental-health condition": 1.3,
    "physical disability": 1.1,
    "another disability": 1.2,
    "outcome 16: no record": 59,
    "correct, of audited": 29,
    "receipt by CPS to charge": 37,
    "receipt by court to completion": 255,
    "Crown Court trials ineffective": 31.6,
    "of all that were finalised": 5,
    "ethnicity missing: victims": 70,
    "suspects": 78,
    "victims, seen by officers": 35,
}


@pytest.mark.parametrize("name", REVIEW)
def test_the_reviews_value_stands_beside_each_figure(name: str) -> None:
    said = {figure.name.strip(): figure.review for figure in FIGURES}[name]
    assert float(said.split()[0]) == REVIEW[name]


def test_every_figure_has_a_value_in_its_interval_unless_it_is_of_very_few(year: World) -> None:
    for figure in FIGURES:
        (row,) = year.rows(figure.sql)
        value, low, high, n = row["value"], row["low"], row["high"], row["n"]
        if n >= 40 or figure.unit not in ("x", "days"):
            assert value is not None, figure.name
            assert figure.unit in ("", "days") or low <= value <= high, figure.name


def test_figures_are_read_from_metrics_alone() -> None:
    for figure in FIGURES:
        read = re.findall(r"(?:FROM|JOIN)\s+([a-z_]+)\.", figure.sql)
        assert set(read) == {"metrics"}, figure.name
        assert f"metrics.{figure.column.partition('.')[0]}" in figure.sql, figure.name


def test_large_figures_are_near_the_reviews(year: World) -> None:
    """Within four standard errors, and a point for what is not of one victim, one crime and one suspect."""
    for figure in FIGURES:
        (row,) = year.rows(figure.sql)
        if figure.unit == "%" and figure.name.strip() in REVIEW and row["n"] > 300:
            error = (row["high"] - row["low"]) / 3.92
            assert abs(row["value"] - REVIEW[figure.name.strip()] / 100) < 4 * error + 0.01, figure.name


def test_it_fits_a_terminal_and_names_what_no_event_gives(year: World) -> None:
    with psycopg.connect(year.dsn) as connection:
        table = "".join(spelled(figures(connection), Format.TABLE))
    untold = "".join(spelled([figure._asdict() for figure in UNTOLD], Format.TABLE))
    assert max(len(line) for line in (table + untold).splitlines()) <= 120
    assert "withdrawn before a charge            40 %" in table
    assert all(figure.reason for figure in UNTOLD)

"""Figures by dimensions that are asked for, from the journey rows."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from projections.by import DIMENSIONS, dimensions, divided
from projections.figures import figures
from projections.report import figure, of_build, report
from projections.verify import snapshot
from tests.conftest import named
from tests.integration.projections.world import World, told
from tests.told import simulated
from tests.unit.domain.said import crime, decision, outcome, receipt, referral, said

DIVIDED = [f.name for f in figures() if "dimension" in f.shown and f.name != "relative_risk"]


@pytest.fixture(scope="module")
def london(postgres: str) -> Iterator[World]:
    """A few hundred journeys of the simulator, projected."""
    name = "by_dimensions"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_vjt".encode())
    world = World(named(postgres, name))
    world.say(*simulated(journeys=200, seed=7)[0])
    world.build()
    world.read_on(dt.date(2025, 1, 1))  # some trials are to come
    yield world
    world.close()


Rows = list[dict[str, Any]]


def by(world: World, name: str, asked: str, **where: str) -> Rows:
    """What `vjt report NAME --by …` reads, in its order."""
    one = figure(name, ())
    split = dimensions(one, asked)
    with psycopg.connect(world.dsn, autocommit=True) as connection, snapshot(connection, world.rules) as (n, _):
        query = divided(connection.cursor(), one, n, split, of_build(one))
        return list(report(connection, name, {column: [value] for column, value in where.items()}, query)[1])


def kept(world: World, name: str, dimension: str) -> Rows:
    with psycopg.connect(world.dsn) as connection:
        return list(report(connection, name, {"dimension": [dimension]})[1])


@pytest.mark.parametrize("name", DIVIDED)
def test_by_a_dimension_that_a_figure_keeps_it_says_the_same(london: World, name: str) -> None:
    there = {row["dimension"] for row in london.rows(f"SELECT DISTINCT dimension FROM metrics.{name}")} - {"all"}
    assert there >= {"force", "bcu"}
    for dimension in there:
        known = kept(london, name, dimension)
        units = {row.get("unit") for row in known}  # delays of journeys are not kept by CPS area
        found = [row for row in by(london, name, dimension) if row.get("unit") in units]
        assert found == known
        assert list(found[0]) == list(known[0])


def test_attrition_keeps_every_dimension(london: World) -> None:
    assert {row["dimension"] for row in london.rows("SELECT DISTINCT dimension FROM metrics.attrition")} == {
        "all",
        *DIMENSIONS,
    }


def test_by_two_dimensions_the_parts_are_those_of_one(london: World) -> None:
    pairs = by(london, "attrition", "sex,force", offence="all", cohort="all", stage="journey", basis="reported")
    sums: dict[tuple[Any, str], int] = {}
    for row in pairs:
        assert row["dimension"] == "sex,force"
        key = row["period"], row["value"].split(",")[0]
        sums[key] = sums.get(key, 0) + row["entered"]
    single = by(london, "attrition", "sex", offence="all", cohort="all", stage="journey", basis="reported")
    assert sums == {(row["period"], row["value"]): row["entered"] for row in single}


def test_a_case_counts_once_in_each_value_that_any_of_its_journeys_has(world: World) -> None:
    female, male = {"age": 30, "sex": "female"}, {"age": 17, "sex": "male"}
    told(
        world,
        crime("05-03", "C1", "V1", person=female | {"vulnerabilities": ["mental_health", "other"]}),
        crime("05-03", "C2", "V2", person=female | {"vulnerabilities": []}),
        crime("05-03", "C3", "V3", person=male),
        referral("05-04", crimes=("C1", "C2", "C3")),
        receipt("05-05"),
        decision("05-20"),
        crime("05-03", "C4", "V4", person=male, bcu="south_east"),
        referral("05-04", "U4", ("C4",)),
        receipt("05-06", urn="U4"),
    )

    def cases(asked: str) -> dict[str, tuple[int, int]]:
        rows = by(world, "charging", asked, offence="all", basis="received")
        return {row["value"]: (row["referrals"], row["decisions"]) for row in rows}

    assert cases("sex") == {"female": (1, 1), "male": (2, 1)}
    assert cases("age_band,sex") == {"25-34,female": (1, 1), "0-17,male": (2, 1)}
    assert cases("vulnerability") == {
        "any": (1, 1),
        "mental_health": (1, 1),
        "other": (1, 1),
        "none": (1, 1),
        "missing": (2, 1),
    }
    assert cases("vulnerability,sex") == {
        "any,female": (1, 1), "mental_health,female": (1, 1), "other,female": (1, 1), "none,female": (1, 1), "missing,male": (2, 1),
    }  # fmt: skip
    assert cases("bcu,sex") == {"missing,female": (1, 1), "missing,male": (1, 1), "met/south_east,male": (1, 0)}


def test_a_case_is_in_its_own_area_whichever_leads_the_journey(world: World) -> None:
    told(
        world,
        crime("05-03", person={"sex": "female"}),
        referral("05-04"),
        receipt("05-05"),
        referral("05-06", "U2"),
        said("cps.referral-received", "/cps/wales", "05-07", urn="U2"),
    )
    asked = {"offence": "all", "basis": "received"}
    cases = {row["value"]: row["referrals"] for row in by(world, "charging", "cps_area,sex", **asked)}
    assert cases == {f"{row['value']},female": 1 for row in kept(world, "charging", "cps_area")}
    assert len(cases) == 2


def test_a_crime_has_its_latest_outcome_in_each_value_whichever_victim_it_names(world: World) -> None:
    told(
        world,
        crime("05-03", "C1", "V1", person={"sex": "female"}),
        crime("05-03", "C1", "V2", person={"sex": "male"}),
        outcome("06-01", 18),
        outcome("06-02", 16, victim_reference="V2"),
    )
    rows = by(world, "outcome", "sex", offence="all", basis="recorded")
    assert {row["value"]: (row["outcome_code"], row["crimes"]) for row in rows} == {"female": (16, 1), "male": (16, 1)}


def test_the_other_columns_keep_their_own_force_and_area(london: World) -> None:
    assert {row["force"] for row in by(london, "listing", "sex")} == {
        row["force"] for row in kept(london, "listing", "all")
    }
    assert {row["cps_area"] for row in by(london, "backlog", "sex")} == {
        row["cps_area"] for row in kept(london, "backlog", "all")
    }

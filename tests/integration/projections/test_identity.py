"""Persons that turn out to be one, or two after all: what the tables say then, in a step as in a build."""

import dataclasses
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from projections.projector import Projector
from schemas.reference import derived_uvi
from tests.integration.projections.world import World, quiet
from tests.unit.domain.said import arrest, crime, day, decision, listing, referral, said, trial

Event = dict[str, Any]
Project = Callable[[World], object]

V1, V2 = derived_uvi("met", "V1"), derived_uvi("met", "V2")
STEP, BUILD = World.step, World.build
WHOLE = "basis = 'reported' AND stage = 'journey' AND cohort = 'all' AND offence = 'all' AND dimension = 'all'"


def linked(at: str, method: str = "manual", same_as: str = V2, **data: Any) -> Event:
    return said("identity.linked", "/identity", at, uvi=V1, same_as=same_as, method=method, **data)


def scored(at: str, score: float | None, same_as: str = V2) -> Event:
    return linked(at, "probabilistic", same_as, **({} if score is None else {"score": score}))


def unlinked(at: str, same_as: str = V2) -> Event:
    return said("identity.unlinked", "/identity", at, uvi=V1, same_as=same_as)


@pytest.fixture
def two(world: World) -> World:
    """A crime with two victim numbers, on its way to a trial."""
    world.say(
        crime("05-03", "C1", "V1"),
        crime("05-03", "C1", "V2"),
        referral("05-10"),
        decision("05-20"),
        listing("05-21", "09-01"),
        trial("09-01", "ineffective"),
    )
    world.build()
    return world


def persons(world: World) -> tuple[set[int], int, int, int]:
    """Victims in the crime, journeys in the figures, persons of the trial, UVIs."""
    journeys = world.rows("SELECT victims_in_crime, counted, uvi FROM journeys.journey")
    (trial,) = world.rows("SELECT persons FROM journeys.trial")
    return (
        {j["victims_in_crime"] for j in journeys},
        sum(j["counted"] for j in journeys),
        trial["persons"],
        len({j["uvi"] for j in journeys}),
    )


ONE, TWO = ({1}, 1, 1, 1), ({2}, 2, 2, 2)


@pytest.mark.parametrize("project", [STEP, BUILD])
def test_two_numbers_of_one_person_count_once_until_they_are_two_again(two: World, project: Project) -> None:
    assert persons(two) == TWO
    for event, expected in ((linked("06-01"), ONE), (unlinked("06-02"), TWO), (linked("06-03"), ONE)):
        two.say(event)
        project(two)
        assert persons(two) == expected
    (entered,) = two.rows("SELECT entered FROM metrics.attrition WHERE " + WHOLE)
    assert entered == {"entered": 1}
    assert two.differences() == {}


@pytest.mark.parametrize("project", [STEP, BUILD])
def test_a_score_joins_parts_or_leaves_things_as_they_stand(two: World, project: Project) -> None:
    story = [
        (scored("06-01", 19.99), TWO),  # a question
        (scored("06-02", 20.0), ONE),
        (scored("06-03", 14.0), ONE),  # a question
        (scored("06-04", None), ONE),
        (scored("06-05", 13.99), TWO),
        (linked("06-06", "deterministic", score=-3.0), ONE),
    ]
    for event, expected in story:
        two.say(event)
        project(two)
        assert persons(two) == expected
    assert two.differences() == {}


def test_other_thresholds_make_another_build(two: World) -> None:
    two.say(scored("06-01", 17.0))
    two.step()
    assert persons(two) == TWO
    two.rules = dataclasses.replace(two.rules, link_join=17.0)
    with closing(Projector(two.dsn, two.rules, quiet)) as active:
        assert active.must_build()
        active.catch_up()
        assert not active.must_build()
    assert persons(two) == ONE
    assert two.differences() == {}


@pytest.mark.parametrize("project", [STEP, BUILD])
def test_a_reference_says_how_and_by_whom_it_was_linked_and_when_that_was_broken(two: World, project: Project) -> None:
    def cases(type: str, at: str) -> Event:
        return said(f"identity.{type}", "/identity", at, urn="U1", crime_references=["C1"], force="met")

    two.say(
        scored("06-01", 25.5),
        linked("06-02", by="linking_team"),
        unlinked("06-05"),
        scored("06-07", 21.0),
        linked("06-03", same_as="UVI-9"),
        cases("case-unlinked", "10-01"),
        cases("case-linked", "10-05"),
        cases("case-unlinked", "10-07"),
    )
    project(two)
    rows = two.rows(
        """SELECT r.scheme, r.value, r.method, r.since, r.until, r.score, r.by
           FROM journeys.reference r JOIN journeys.journey USING (journey_id)
           WHERE victim_reference = 'V1' AND r.scheme IN ('person', 'case') ORDER BY r.scheme, r.value = %s, r.value, r.since""",
        V2,
    )
    assert [tuple(row.values()) for row in rows] == [
        ("case", "U1", "referral", day("05-10"), day("10-01"), None, None),
        ("case", "U1", "manual", day("10-05"), day("10-07"), None, None),
        *sorted(
            [
                ("person", V1, "derived", day("05-03"), None, None, None),
                ("person", "UVI-9", "manual", day("06-03"), None, None, None),
            ],
            key=lambda row: str(row[1]),
        ),
        ("person", V2, "manual", day("06-01"), day("06-05"), None, "linking_team"),
        ("person", V2, "probabilistic", day("06-07"), None, 21.0, None),
    ]
    assert two.differences() == {}


def test_nothing_counts_as_open_after_the_last_day_of_its_source(world: World) -> None:
    world.rules = dataclasses.replace(world.rules, observed_until=(("/police/met", day("06-09")),))
    kent = {"source": "/police/kent"}
    world.build()
    world.say(crime("05-10"), crime("05-10", "K1") | kent, arrest("06-20"), referral("06-20"))
    world.step()
    world.read_on(day("06-29"))
    waits = "SELECT force, wait, days FROM journeys.open_wait JOIN journeys.journey USING (journey_id) ORDER BY 1, 2"
    assert [tuple(row.values()) for row in world.rows(waits)] == [
        ("kent", "investigation", 50),
        ("kent", "victim_update", 50),
        ("met", "victim_update", 30),  # its wait for a decision began when nobody looked any more
    ]
    delays = """SELECT value, interval, open, open_median_days FROM metrics.delay
                WHERE unit = 'victim' AND basis = 'started' AND offence = 'all' AND dimension = 'force'
                AND interval IN ('report_to_charge', 'cps_days') ORDER BY 1, 2"""
    assert [tuple(row.values()) for row in world.rows(delays)] == [
        ("kent", "report_to_charge", 1, 50.0),
        ("met", "report_to_charge", 1, 30.0),
    ]
    assert world.differences() == {}

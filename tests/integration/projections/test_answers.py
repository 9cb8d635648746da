"""The tables say what the simulator says, which knows nothing of how they are made: every journey, every total."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
import pytest

from simulator.answers import COUNTS, KEY, Answers
from simulator.city import stories
from simulator.disturbance import arrivals
from simulator.story import Story
from store.delivery import Delivery, Line
from tests.integration.projections.world import World

JOURNEYS = 300
TODAY = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
BATCHES = (7, 190, 1, 45, 400)  # events
STEPS = (60, 300, 9)  # events

Answer = dict[str, Any]
Cell = tuple[Any, ...]


class Told(NamedTuple):
    events: list[bytes]
    journeys: dict[str, Answer]
    attrition: dict[Cell, Cell]


@pytest.fixture(scope="module", params=[1, 2, 3])
def told(request: pytest.FixtureRequest) -> Told:
    """What a simulation says in order of arrival, and its answers."""
    answers = Answers(JOURNEYS, request.param)

    def noted() -> Iterator[Story]:
        for story in stories(JOURNEYS, request.param):
            answers.add(story)
            yield story

    events = list(arrivals(noted()))
    known = orjson.loads(b"".join(answers.text()))
    return Told(
        events,
        {answer.pop("journey_id"): answer for answer in known["journeys"]},
        {tuple(row[k] for k in KEY): tuple(row[c] for c in COUNTS) for row in known["attrition"]},
    )


def taken(world: World, events: list[bytes]) -> None:
    """The events arrive as they are."""
    world.intake.take([Delivery(event, Line("simulated", n)) for n, event in enumerate(events)], now=TODAY)


def by_steps(world: World, events: list[bytes]) -> None:
    """Intake and steps in turn, of uneven sizes."""
    world.build()
    left, turn = events, 0
    while left:
        size = BATCHES[turn % len(BATCHES)]
        taken(world, left[:size])
        left = left[size:]
        world.step(limit=STEPS[turn % len(STEPS)])
        turn += 1
    while world.step():
        pass


def by_build(world: World, events: list[bytes]) -> None:
    taken(world, events)
    world.build()


def differing(expected: dict[Any, Any], found: dict[Any, Any]) -> dict[Any, Any]:
    """(expected, found) where they are not the same; None where one has nothing."""
    return {
        key: (expected.get(key), found.get(key))
        for key in expected.keys() | found.keys()
        if expected.get(key) != found.get(key)
    }


def journeys(world: World) -> dict[str, Answer]:
    rows = world.rows(
        """SELECT journey_id::text, exit, exit_at::text, stage, charged_at::text, referred_at::text, withdrew_at::text,
                  withdrawal_evidenced, counted
           FROM journeys.journey"""
    )
    return {row.pop("journey_id"): row for row in rows}


def attrition(world: World) -> dict[Cell, Cell]:
    names = [f"{name}::text" if name == "period" else name for name in (*KEY, *COUNTS)]
    rows = world.rows(f"SELECT {', '.join(names)} FROM metrics.attrition")
    cells = {tuple(row[k] for k in KEY): tuple(row[c] for c in COUNTS) for row in rows}
    assert len(cells) == len(rows)
    return cells


@pytest.mark.parametrize("made", [by_steps, by_build])
def test_every_journey_and_every_total_is_as_the_simulator_says(world: World, told: Told, made: Any) -> None:
    made(world, told.events)
    assert len(told.journeys) == JOURNEYS
    assert differing(told.journeys, journeys(world)) == {}
    assert differing(told.attrition, attrition(world)) == {}
    assert world.rows("SELECT * FROM journeys.broken") == []

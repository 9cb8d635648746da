"""The tables say what the simulator says, which knows nothing of how they are made: every journey, every total."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from simulator.answers import Answers
from simulator.city import stories
from simulator.disturbance import arrivals
from simulator.story import Story
from store.delivery import Delivery, Line
from tests import answers
from tests.integration.projections.world import World

JOURNEYS = 300
TODAY = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
BATCHES = (7, 190, 1, 45, 400)  # events
STEPS = (60, 300, 9)  # events

Told = tuple[list[bytes], answers.Answers]


@pytest.fixture(scope="module", params=[1, 2])
def told(request: pytest.FixtureRequest) -> Told:
    """The events of a simulation in order of arrival, and its answers."""
    truth = Answers(JOURNEYS, request.param)

    def noted() -> Iterator[Story]:
        for story in stories(JOURNEYS, request.param):
            truth.add(story)
            yield story

    events = list(arrivals(noted()))
    return events, answers.told(b"".join(truth.text()))


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


@pytest.mark.parametrize("made", [by_steps, by_build])
def test_every_journey_and_every_total_is_as_the_simulator_says(
    world: World, told: Told, made: Callable[[World, list[bytes]], None]
) -> None:
    events, expected = told
    made(world, events)
    assert len(expected.journeys) == JOURNEYS
    assert expected.differing(answers.found(world.dsn)) == {}
    assert world.rows("SELECT * FROM journeys.broken") == []

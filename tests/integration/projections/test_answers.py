"""The tables say what the simulator says, which knows nothing of how they are made: every journey, every total."""

from collections.abc import Callable

import pytest

from tests.integration.projections.world import Event, World
from tests.told import Truth, simulated, tabled

JOURNEYS = 300
BATCHES = (7, 190, 1, 45, 400)  # events
STEPS = (60, 300, 9)  # events

Simulated = tuple[list[Event], Truth]


@pytest.fixture(scope="module", params=[1, 2])
def said(request: pytest.FixtureRequest) -> Simulated:
    return simulated(JOURNEYS, request.param)


def by_steps(world: World, events: list[Event]) -> None:
    """Intake and steps in turn, of uneven sizes."""
    world.build()
    left, turn = events, 0
    while left:
        size = BATCHES[turn % len(BATCHES)]
        world.say(*left[:size])
        left = left[size:]
        world.step(limit=STEPS[turn % len(STEPS)])
        turn += 1
    while world.step():
        pass


def by_build(world: World, events: list[Event]) -> None:
    world.say(*events)
    world.build()


@pytest.mark.parametrize("made", [by_steps, by_build])
def test_every_journey_and_every_total_is_as_the_simulator_says(
    world: World, said: Simulated, made: Callable[[World, list[Event]], None]
) -> None:
    events, truth = said
    made(world, events)
    assert len(truth.journeys) == JOURNEYS
    assert truth.differing(tabled(world.dsn)) == {}
    assert world.rows("SELECT * FROM journeys.broken") == []

"""Whatever the order of arrival, the batches and the steps: the same journeys, the same figures, as a build makes them."""

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.histories import Event, histories
from tests.integration.projections.world import World, arrive

sizes = st.lists(st.integers(1, 12), min_size=1, max_size=30)
slow = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def interleaved(world: World, history: list[Event], batches: list[int], steps: list[int]) -> None:
    """Intake and projection in turn: after each batch a step that may leave some events for later."""
    world.forget()
    world.build()
    left = list(history)
    for i, size in enumerate(batches):
        world.say(*left[:size])
        left = left[size:]
        world.step(limit=steps[i % len(steps)])
    arrive(world, left, [])
    while world.step(limit=steps[0]):
        pass


@settings(slow, max_examples=8)
@given(history=histories(), batches=sizes, steps=sizes)
def test_tables_kept_by_steps_equal_those_that_a_build_makes(
    world: World, history: list[Event], batches: list[int], steps: list[int]
) -> None:
    interleaved(world, history, batches, steps)
    assert world.differences() == {}


@settings(slow, max_examples=6)
@given(history=histories(), batches=sizes, steps=sizes, data=st.data())
def test_any_order_of_arrival_gives_the_same_journeys_and_figures(
    world: World, history: list[Event], batches: list[int], steps: list[int], data: st.DataObject
) -> None:
    def seen() -> dict[str, Any]:
        references = world.rows("SELECT * FROM journeys.reference ORDER BY 1, 2, 3, 4, 5, 6")
        return {"journeys": world.journeys(), "references": references} | world.figures()

    interleaved(world, history, batches, steps)
    first = seen()
    again = data.draw(st.permutations(history + history[::3]))
    interleaved(world, again, batches[::-1], steps[::-1])
    assert seen() == first


def test_a_verification_finds_a_count_that_is_wrong(world: World) -> None:
    report = {
        "specversion": "1.0",
        "id": "1",
        "source": "/police/met",
        "type": "police.crime-reported.v1",
        "time": "2023-05-03T09:00:00Z",
        "data": {"crime_reference": "C1", "victim_reference": "V1", "offence_group": "rape"},
    }
    world.build()
    world.say(report)
    assert world.step() == 1
    assert world.differences() == {}
    (live,) = world.rows("SELECT n FROM projection.build WHERE live")
    with psycopg.connect(world.dsn) as connection:
        connection.execute(f"UPDATE build_{live['n']}.attrition SET n = n + 1 WHERE dimension = 'age_band|sex'")
    assert set(world.differences()) == {"attrition"}


@pytest.mark.parametrize("limit", [1, 3])
def test_a_step_takes_no_more_events_than_it_may(world: World, limit: int) -> None:
    world.build()
    world.say(
        *(
            {
                "specversion": "1.0",
                "id": str(i),
                "source": "/police/met",
                "type": "police.crime-cancelled.v1",
                "time": "2023-05-03T09:00:00Z",
                "data": {"crime_reference": f"C{i}"},
            }
            for i in range(4)
        )
    )
    assert world.step(limit) == limit

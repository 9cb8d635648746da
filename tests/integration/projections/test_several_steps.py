"""Which events a step takes; several steps in one transaction, as a swap takes them while events come in."""

import pytest

from projections import step
from projections.step import forward
from tests.integration.projections.world import World
from tests.unit.domain.said import arrest, crime, listing, outcome, receipt, referral, withdrew


def test_each_counts_its_own_changes_only(world: World) -> None:
    world.build()
    world.say(crime("05-03"), crime("05-03", "C2", "V2"), outcome("06-01", 18), outcome("06-01", 18, "C2"))
    with world.stepper.transaction(), world.stepper.cursor() as cur:
        while forward(cur, world.rules, None, upto=None, limit=1).events:
            pass
    assert len(world.journeys()) == 2
    assert world.differences() == {}


def a_case_of_three(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Built; three journeys are many."""
    monkeypatch.setattr(step, "MANY", 2)
    victims = range(1, 4)
    world.say(*(crime("05-03", f"C{n}", f"V{n}") for n in victims), referral("05-04", crimes=("C1", "C2", "C3")))
    world.build()


def test_what_concerns_many_is_taken_alone_so_that_what_came_before_does_not_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case_of_three(world, monkeypatch)
    world.say(arrest("05-04"), outcome("06-01", 18, "C3"), receipt("05-05"), listing("05-06", "2021-09-06"))
    world.say(withdrew("06-02"), outcome("06-03", 0, "C3"))
    # The case leads to three journeys, and so does the hearing that is tied to it; what names a victim concerns that one.
    assert [world.step() for _ in range(4)] == [2, 2, 2, 0]
    assert world.differences() == {}


def test_several_that_concern_many_are_taken_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    a_case_of_three(world, monkeypatch)
    world.say(receipt("05-05"), arrest("05-04"), listing("05-06", "2021-09-06"), outcome("06-01", 18, "C3"))
    assert [world.step() for _ in range(2)] == [4, 0]
    assert world.differences() == {}


def test_far_behind_all_is_taken_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "MANY", 1)
    monkeypatch.setattr(step, "NEARLY_LEVEL", 3)
    world.say(crime("05-03"), crime("05-03", "C2", "V2"), referral("05-04", crimes=("C1", "C2")))
    world.build()
    world.say(arrest("05-04"), receipt("05-05"), outcome("06-01", 18, "C2"))
    assert world.step() == 3

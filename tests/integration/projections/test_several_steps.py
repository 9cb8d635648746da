"""Several steps in one transaction, as a swap takes them while events come in."""

from projections.step import forward
from tests.integration.projections.world import World
from tests.unit.domain.said import crime, outcome


def test_each_counts_its_own_changes_only(world: World) -> None:
    world.build()
    world.say(crime("05-03"), crime("05-03", "C2", "V2"), outcome("06-01", 18), outcome("06-01", 18, "C2"))
    with world.stepper.transaction(), world.stepper.cursor() as cur:
        while forward(cur, world.rules, None, upto=None, limit=1).events:
            pass
    assert len(world.journeys()) == 2
    assert world.differences() == {}

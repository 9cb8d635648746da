"""Two versions of a type in one log, through intake and tables."""

import pytest

from tests.integration.projections.world import World
from tests.unit.domain.said import Event, amend, crime, re_engaged, withdrew

FIRST, SECOND = "police.victim-withdrew.v1", "police.victim-withdrew.v2"
MADE = [{"kind": "body_worn_video", "recorded_on": "2021-06-01"}]


def second(at: str) -> Event:
    event = withdrew(at)
    return event | {"type": SECOND, "data": event["data"] | {"evidence": MADE}}


@pytest.mark.parametrize("by", ["steps", "a build"])
def test_both_versions_and_an_amendment_of_the_first_are_one_journey(world: World, by: str) -> None:
    first = withdrew("05-10", evidence=())
    events = [crime("05-03"), first, re_engaged("05-20"), second("06-01"), amend(first, evidence=["email"])]
    if by == "steps":
        world.build()
        world.say(*events)
        while world.step(limit=2):
            pass
        assert world.differences() == {}
    else:
        world.say(*events)
        world.build()
    (journey,) = world.journeys().values()
    assert (journey["withdrawals"], journey["withdrawal_evidenced"], journey["anomalies"]) == (2, True, [])
    timeline = world.rows("SELECT type, data -> 'evidence' AS evidence FROM journeys.timeline ORDER BY position")
    assert [(row["type"], row["evidence"]) for row in timeline] == [
        ("police.crime-reported.v1", None),
        (FIRST, ["email"]),
        ("police.victim-re-engaged.v1", None),
        (SECOND, MADE),
    ]
    assert [row["topic"] for row in world.rows("SELECT topic FROM log.stored_events ORDER BY notification_id")] == [
        event["type"] for event in events
    ]

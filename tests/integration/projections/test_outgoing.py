"""What goes out is what the AsyncAPI document says."""

import orjson
from jsonschema import Draft202012Validator

from schemas.asyncapi import asyncapi
from store.outbox import pending
from tests.integration.projections.world import World
from tests.integration.store.given import message
from tests.unit.domain.said import crime, decision, finalised, referral, void, withdrew

PLACES = ({"topic", "partition", "offset"}, {"file", "line"})


def told(world: World) -> dict[str, int]:
    """Each kind of message that waits to go out, and how many. Each is valid by one of its topic's payloads, one only, and has
    no field that is not described there."""
    document = asyncapi()
    found: dict[str, int] = {}
    for going in pending(world.stepper.cursor()):
        (names,) = [c["messages"] for c in document["channels"].values() if c["address"] == going.topic]
        payloads = {name: document["components"]["messages"][name]["payload"]["schema"] for name in names}
        value = orjson.loads(going.value)
        (name,) = [
            name
            for name, payload in payloads.items()
            if Draft202012Validator(payload, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(value)
        ]
        assert value["key"] == going.key
        assert value.keys() == payloads[name]["properties"].keys()
        assert "place" not in value or set(value["place"]) in PLACES
        found[name] = found.get(name, 0) + 1
    return found


def test_messages_about_journeys_are_as_they_are_described(world: World) -> None:
    world.build()
    gone = crime("05-03", "C2")
    world.say(crime("05-03"), withdrew("05-10"), gone, crime("05-03", "C3"))
    world.say(referral("05-04", crimes=("C3",)), decision("05-20"), finalised("06-20", "convicted"))
    world.step()
    assert told(world) == {"JourneyChanged": 3}
    world.say(void(gone))
    world.step()
    assert told(world) == {"JourneyChanged": 2, "JourneyGone": 1}


def test_messages_about_what_was_rejected_are_as_they_are_described(world: World) -> None:
    world.say({"specversion": "1.0"}, crime("05-03") | {"source": "/nobody"}, crime("05-03", offence_group="Jane Doe"))
    world.intake.take([message(b"{", 0), message(None, 1)])
    assert told(world) == {"EventRejected": 5}

"""The AsyncAPI document of all topics."""

from schemas.document import Json
from schemas.envelope import CORRECTION, STRUCTURED, TOPICS
from schemas.types import TYPES

_OUT = {
    "journeys.changes.v1": "One message for each journey that changed, by journey_id.",
    "alerts.v1": "One message for each alert raised, acknowledged or resolved, by alert_id.",
    "rejected.v1": "One message for each event that was not taken: reason, pointer, place and hash; never its bytes.",
}


def asyncapi() -> Json:
    """The AsyncAPI 3 document of all topics, in and out."""
    channels: Json = {}
    operations: Json = {}
    for agency, topic in TOPICS.items():
        types = [type for type in TYPES if type.partition(".")[0] in (agency, CORRECTION)]
        messages = {type: {"$ref": f"#/components/messages/{type}"} for type in types}
        channels[topic] = {"address": topic, "messages": messages}
        operations[f"receive.{topic}"] = {"action": "receive", "channel": {"$ref": f"#/channels/{topic}"}}
    for topic, description in _OUT.items():
        channels[topic] = {"address": topic, "description": description}
        operations[f"send.{topic}"] = {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Victim Journey Tracker",
            "version": "1",
            "description": "What agencies write and what the tracker sends. CloudEvents 1.0, structured or binary.",
        },
        "defaultContentType": STRUCTURED,
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {
                type: {
                    "name": type,
                    "summary": model.__doc__,
                    "contentType": STRUCTURED,
                    "payload": {
                        "schemaFormat": "application/schema+json;version=draft-2020-12",
                        "schema": {"$ref": f"./json/{type}.json"},
                    },
                }
                for type, model in TYPES.items()
            }
        },
    }

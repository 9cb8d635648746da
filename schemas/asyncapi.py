"""The AsyncAPI 3 document of all topics, in and out. The tracker is the application that it describes: it receives events."""

from collections.abc import Iterable

from schemas.document import DIALECT, Json, plain
from schemas.envelope import SCHEMA, STRUCTURED, TOPICS, may_send
from schemas.outgoing import OUTGOING, content_type
from schemas.types import TYPES

_FORMAT = "application/schema+json;version=draft-2020-12"


def asyncapi() -> Json:
    """The document; keys are names with `_` for each dot."""
    channels: Json = {}
    operations: Json = {}
    messages: Json = {}
    for type, model in TYPES.items():
        payload = {"$ref": f"./json/{type}.json"}
        messages[_key(type)] = _message(type, model.__doc__, STRUCTURED, payload, "The subject, or anything.")
    for agency, topic in TOPICS.items():
        types = [_key(type) for type in TYPES if may_send(agency, type)]
        channels[_key(topic)] = _channel(topic, "Events, of the types that its agency may send.", types)
        operations[_key(f"receive.{topic}")] = _operation("receive", topic, types)
    for topic, (description, models) in OUTGOING.items():
        names = [sent.__name__ for sent in models]
        for sent in models:
            schema = {"$schema": DIALECT, "$id": f"{SCHEMA}{topic}:{sent.__name__}"} | plain(sent.model_json_schema())
            messages[sent.__name__] = _message(sent.__name__, sent.__doc__, content_type(topic), schema, description)
        channels[_key(topic)] = _channel(topic, description, names)
        operations[_key(f"send.{topic}")] = _operation("send", topic, names)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Victim Journey Tracker",
            "version": "1",
            "description": "What agencies write: CloudEvents 1.0, structured as described here, or binary (the attributes as "
            "`ce_` headers, `data` as the value). What the tracker sends: alerts as structured CloudEvents, the rest plain JSON.",
        },
        "defaultContentType": STRUCTURED,
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages},
    }


def _key(name: str) -> str:
    return name.replace(".", "_")  # some tools take no dots in keys


def _message(name: str, summary: str | None, content_type: str, schema: Json, key: str) -> Json:
    return {
        "name": name,
        "summary": summary,
        "contentType": content_type,
        "bindings": {"kafka": {"key": {"type": "string", "description": key}}},
        "payload": {"schemaFormat": _FORMAT, "schema": schema},
    }


def _channel(topic: str, description: str, messages: Iterable[str]) -> Json:
    references = {name: {"$ref": f"#/components/messages/{name}"} for name in messages}
    return {"address": topic, "description": description} | ({"messages": references} if references else {})


def _operation(action: str, topic: str, messages: Iterable[str]) -> Json:
    references = [{"$ref": f"#/channels/{_key(topic)}/messages/{name}"} for name in messages]
    return {"action": action, "channel": {"$ref": f"#/channels/{_key(topic)}"}} | (
        {"messages": references} if references else {}
    )

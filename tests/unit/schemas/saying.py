"""How the tests of schemas say an event: short, valid, and changed where the test needs it."""

from datetime import UTC, datetime
from typing import Any

import orjson

from schemas.document import example
from schemas.read import Event, read
from schemas.types import TYPES

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def said(type: str, data: dict[str, Any] | None = None, **attributes: Any) -> dict[str, Any]:
    """An event of this type with these data (its example's, if none are given); an attribute None is left out."""
    event = example(TYPES[type]) | attributes
    if data is not None:
        event["data"] = data
    return {name: value for name, value in event.items() if value is not None}


def taken(event: Any, topic: str | None = None) -> Event:
    return read(event if isinstance(event, bytes) else orjson.dumps(event), topic=topic, now=NOW)

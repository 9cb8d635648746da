"""Every file that is generated from the models. `vjt schema` writes them; a test holds them current."""

import json

from schemas.asyncapi import asyncapi
from schemas.document import Json, example, json_schema
from schemas.pages import codes_page, events_page
from schemas.types import TYPES


def documents() -> dict[str, str]:
    """Each file's path from the root of the project, and its text."""
    files = {"schemas/asyncapi.json": _text(asyncapi())}
    for type, model in TYPES.items():
        files[f"schemas/json/{type}.json"] = _text(json_schema(model))
        files[f"schemas/examples/{type}.json"] = _text(example(model))
    return files | {"docs/reference/events.md": events_page(), "docs/reference/codes.md": codes_page()}


def _text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

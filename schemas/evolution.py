"""What a release of the schemas promised goes on for ever: every event that was valid by it is taken, whole, and is about
the same. docs/evolution.md says what may change and what never.

Releases are kept in `schemas/released`, one file each. The rules here compare two JSON Schemas of the dialect that
`document.json_schema` writes, keyword by keyword; a keyword that they do not know must stay as it is.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas.document import Json, json_schema, plain
from schemas.types import TYPES

RELEASED = Path("schemas/released")
"""From the root of the project."""

_LEAST = ("minimum", "minLength", "minItems")
_MOST = ("maximum", "maxLength", "maxItems")
_SAYS_NOTHING = frozenset(("$schema", "$id", "$defs", "title", "description", "examples", "default"))
_DECLARED = ("x-subject", "x-names", "x-links")
_COMPARED = {
    *(*_SAYS_NOTHING, *_DECLARED, *_LEAST, *_MOST),
    *("type", "enum", "const", "x-codes", "pattern", "format", "items", "properties", "required", "allOf", "anyOf"),
}
_NULL = {"type": "null"}


def releases(root: Path) -> dict[int, dict[str, Json]]:
    """Every release: its number, and the JSON Schema of each type in it."""
    files = sorted((root / RELEASED).glob("*.json"), key=lambda file: int(file.stem))
    return {int(file.stem): json.loads(file.read_text(encoding="utf-8")) for file in files}


def release(root: Path, number: int) -> Path:
    """Keep the present schemas as a release, one line a type. Raises FileExistsError: a release is never written again."""
    file = root / RELEASED / f"{number}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{json.dumps(type)}: {json.dumps(json_schema(model))}" for type, model in TYPES.items())
    with file.open("x", encoding="utf-8") as out:
        out.write("{\n" + ",\n".join(lines) + "\n}\n")
    return file


def broken(released: Mapping[str, Json]) -> Iterator[str]:
    """Which promises of a release the present types break, each as a sentence that begins with its place."""
    for type, schema in released.items():
        if type in TYPES:
            yield from (f"{type} {broke}" for broke in breaks(schema, json_schema(TYPES[type])))
        else:
            yield f"{type} is gone: what was sent under it would be rejected"


def breaks(old: Json, new: Json) -> Iterator[str]:
    """In which ways the schema `new` of a type takes less than `old` did, or takes it for something else."""
    yield from _less("", plain(old), plain(new))
    for declared in _DECLARED:
        if old[declared] != new[declared]:
            yield f"{declared} is another: earlier events would be about something else"


def _less(at: str, old: Json, new: Json) -> Iterator[str]:
    olds, news = old.get("anyOf", [old]), new.get("anyOf", [new])
    for one in olds:
        if one in news:
            continue
        if one == _NULL:
            yield f"{at} may no longer be null"
        else:
            others = [list(_less_than_one(at, one, other)) for other in news if other != _NULL]
            yield from min(others, key=len, default=[f"{at} may only be null"])


def _less_than_one(at: str, old: Json, new: Json) -> Iterator[str]:
    was, is_ = old.get("type"), new.get("type", old.get("type"))
    if was != is_ and (was, is_) != ("integer", "number"):
        yield f"{at} must be of type {is_}, and was {was}"
        return
    yield from _fewer_values(at, old, new)
    for keyword in _LEAST:
        if new.get(keyword, -math.inf) > old.get(keyword, -math.inf):
            yield f"{at} has {keyword} {new[keyword]}, and had {old.get(keyword, 'none')}"
    for keyword in _MOST:
        if new.get(keyword, math.inf) < old.get(keyword, math.inf):
            yield f"{at} has {keyword} {new[keyword]}, and had {old.get(keyword, 'none')}"
    if "items" in new:
        yield from _less(f"{at}/*", old.get("items", {}), new["items"])
    yield from _fewer_objects(at, old, new)
    for keyword in sorted(new.keys() - _COMPARED):
        if old.get(keyword) != new[keyword]:
            yield f"{at} has another rule `{keyword}`, of which nobody knows whether it takes all that the old one took"


def _fewer_values(at: str, old: Json, new: Json) -> Iterator[str]:
    values, now = _listed(old), _listed(new)
    if now is not None:
        if values is None:
            yield f"{at} is a closed list now: other codes would be rejected"
        elif lost := [value for value in values if value not in now]:
            yield f"{at} no longer takes {', '.join(map(str, lost))}"
    if lost := [code for code in old.get("x-codes", ()) if code not in new.get("x-codes", now or (code,))]:
        yield f"{at} no longer knows {', '.join(lost)}"
    pattern = new.get("pattern")
    if pattern not in (None, old.get("pattern")) and not (values and all(re.search(pattern, str(v)) for v in values)):
        yield f"{at} has another pattern, of which nobody knows whether it takes all that the old one took"
    if new.get("format", old.get("format")) != old.get("format"):
        yield f"{at} has another format"


def _listed(schema: Json) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _fewer_objects(at: str, old: Json, new: Json) -> Iterator[str]:
    fields, now = old.get("properties", {}), new.get("properties", {})
    for name, field in fields.items():
        if name in now:
            yield from _less(f"{at}/{name}", field, now[name])
        else:
            yield f"{at}/{name} is gone: what it said would be dropped"
    for name in new.get("required", ()):
        if name not in old.get("required", ()):
            yield f"{at}/{name} is required now"
    before = old.get("allOf", [])
    for rule in new.get("allOf", ()):
        if rule not in before and not any(_either(rule) >= _either(other) > set() for other in before):
            yield f"{at} needs {_needed(rule)} now"


def _either(rule: Json) -> set[str]:
    """The fields of which a rule wants one."""
    return {name for one in rule.get("anyOf", ()) for name in one["required"]}


def _needed(rule: Json) -> str:
    if "if" in rule:
        return f"{rule['then']['required'][0]} beside {rule['if']['required'][0]}"
    return " or ".join(sorted(_either(rule)))

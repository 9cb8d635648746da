"""From the bytes that came to an event, or to the reason why not (contract 2.3).

This is the hot path of the intake: JSON is parsed once, the data go through pydantic's core once, and nothing that an
agency can send raises anything but `Rejected`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import blake2b
from typing import Any, NoReturn, get_args

import orjson
from pydantic import BaseModel, ValidationError

from schemas.base import EventData
from schemas.envelope import CORRECTION, SCHEMA, STRUCTURED, TOPICS, Precision, agency_of, may_send
from schemas.instant import AHEAD, EARLIEST, instant
from schemas.rejected import Rejected, invalid_data
from schemas.types import TYPES

MOST_BYTES = 1_000_000
"""The largest event that is read: a broker's usual bound; 10,000 crime references fit."""

_ATTRIBUTES = frozenset(
    (
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "recordedtime",
        "timeprecision",
        "datacontenttype",
        "dataschema",
        "data",
    )
)
_EXTENSION = re.compile(r"[a-z0-9]+", re.ASCII)
_JSON_TYPE = re.compile(r"application/(?:[a-z0-9.-]+\+)?json *(?:;.*)?", re.ASCII | re.IGNORECASE)
_PRECISIONS: dict[str | None, Precision] = {None: "second", "second": "second", "day": "day", "month": "month"}


@dataclass(frozen=True, slots=True)
class Event:
    """One event as an agency said it.

    `occurred` and `recorded` are in UTC. `data` is plain JSON: references in the form in which they are compared,
    unknown codes as `other`, unknown and absent fields left out (contract 2.3 to 2.5); an amendment's `data` is the
    same for the type that it amends. `content_hash` (16 bytes) tells a duplicate from a conflict.
    `unknown_fields` and `other_codes` count what was dropped and what became `other`.
    """

    source: str
    id: str
    type: str
    occurred: datetime
    recorded: datetime
    precision: Precision
    data: dict[str, Any]
    content_hash: bytes
    unknown_fields: int
    other_codes: int


def read(value: bytes | None, headers: Sequence[tuple[str, bytes]] = (), *, topic: str | None, now: datetime) -> Event:
    """The event in a message in structured or binary mode, or in a line of a file (`topic` None: any agency's).

    Raises Rejected, and nothing else.
    """
    if not value:
        raise Rejected("no_value", "", "has no value")
    if len(value) > MOST_BYTES:
        raise Rejected("too_large", "", f"is larger than {MOST_BYTES} bytes")
    attributes, data = _binary(value, headers) if _is_binary(headers) else _structured(value)

    if attributes.get("specversion") != "1.0":
        _wrong("specversion", "must be 1.0")
    type = _text(attributes, "type", 100)
    model = TYPES.get(type)
    if model is None:
        raise Rejected("unknown_type", "/type", "is no event type")
    source = _text(attributes, "source", 200)
    agency = _speaker(source, type, topic)
    id = _text(attributes, "id", 200)
    content_type = attributes.get("datacontenttype")
    if content_type is not None and not (isinstance(content_type, str) and _JSON_TYPE.fullmatch(content_type)):
        _wrong("datacontenttype", "must be application/json")
    schema = attributes.get("dataschema")
    if isinstance(schema, str) and schema.startswith(SCHEMA) and schema != SCHEMA + type:
        _wrong("dataschema", "must be the schema of the event's own type")
    occurred = _time(attributes, "time", now)
    recorded = occurred if attributes.get("recordedtime") is None else _time(attributes, "recordedtime", now)
    try:
        precision = _PRECISIONS[attributes.get("timeprecision")]
    except (KeyError, TypeError):
        _wrong("timeprecision", "must be second, day or month")
    if data is None:
        _wrong("data", "is required")

    others: list[str] = []
    stored, unknown = _validated(model, data, "/data", others)
    if type.startswith(CORRECTION):
        unknown += _check_correction(stored, source, agency, now, others)
    content = f"{type}\n{occurred.isoformat()}\n{recorded.isoformat()}\n{precision}\n".encode()
    content_hash = blake2b(content + orjson.dumps(data, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
    return Event(source, id, type, occurred, recorded, precision, stored, content_hash, unknown, len(others))


def _is_binary(headers: Sequence[tuple[str, bytes]]) -> bool:
    """By the Kafka binding the content type tells; without one that does, headers with attributes do."""
    binary = False
    for name, content in headers:
        lower = name.lower()
        if lower == "content-type":
            content_type = (content or b"").partition(b";")[0].strip().lower()
            if content_type == STRUCTURED.encode():
                return False
            if content_type.startswith(b"application/cloudevents"):
                raise Rejected("invalid_envelope", "", f"must be {STRUCTURED}, or in binary mode")
        binary = binary or lower.startswith("ce_")
    return binary


def _binary(value: bytes, headers: Sequence[tuple[str, bytes]]) -> tuple[dict[str, Any], Any]:
    attributes: dict[str, Any] = {}
    for name, content in headers:
        lower = name.lower()
        attribute = "datacontenttype" if lower == "content-type" else lower[3:] if lower.startswith("ce_") else None
        if attribute is None:
            continue
        if attribute in attributes:
            raise Rejected("invalid_envelope", "", "has a header twice")
        try:
            attributes[attribute] = content.decode()
        except (UnicodeDecodeError, AttributeError):
            raise Rejected("invalid_envelope", "", "has a header that is not text") from None
    _check_names(attributes)
    return attributes, _json(value)


def _structured(value: bytes) -> tuple[dict[str, Any], Any]:
    document = _json(value)
    if not isinstance(document, dict):
        raise Rejected("invalid_envelope", "", "must be an object")
    _check_names(document)
    return document, document.get("data")


def _check_names(attributes: dict[str, Any]) -> None:
    for name in attributes.keys() - _ATTRIBUTES:
        if not _EXTENSION.fullmatch(name):
            raise Rejected("invalid_envelope", "", "has an attribute whose name is not of a-z and 0-9")


def _json(value: bytes) -> Any:
    try:
        document = orjson.loads(value)
        twice = _keys_twice(value, orjson.dumps(document))
    except (ValueError, TypeError, RecursionError):  # what orjson raises for bad JSON, and for JSON too deep to write
        raise Rejected("not_json", "", "is not JSON in UTF-8, or is nested too deeply") from None
    if twice:
        raise Rejected("not_json", "", "has a key twice in one object")
    return document


def _keys_twice(value: bytes, written: bytes) -> bool:
    """Whether an object in `value` has a key twice, of which a parser keeps one. `written`: the parsed value again.

    Without escapes every quotation mark begins or ends a string, so one that is lost shows in their number. With
    escapes a slower parser looks.
    """
    if b"\\" not in value:
        return value.count(b'"') != written.count(b'"')
    twice = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal twice
        twice = twice or len({key for key, _ in pairs}) < len(pairs)

    json.loads(value, object_pairs_hook=look, parse_int=float)
    return twice


def _wrong(attribute: str, message: str) -> NoReturn:
    raise Rejected("invalid_envelope", f"/{attribute}", message)


def _text(attributes: dict[str, Any], name: str, longest: int) -> str:
    text = attributes.get(name)
    if text is None:
        _wrong(name, "is required")
    if not isinstance(text, str) or not 0 < len(text) <= longest or not text.isprintable():
        _wrong(name, f"must be a string of 1 to {longest} printable characters")
    return text


def _speaker(source: str, type: str, topic: str | None) -> str:
    agency = agency_of(source)
    if agency is None:
        raise Rejected("wrong_source", "/source", "is no source that may send events")
    if topic is not None and TOPICS[agency] != topic:
        raise Rejected("wrong_topic", "/source", "does not write to this topic")
    if not may_send(agency, type):
        raise Rejected("wrong_source", "/source", "may not send this type")
    return agency


def _time(attributes: dict[str, Any], name: str, now: datetime) -> datetime:
    text = attributes.get(name)
    if not isinstance(text, str):
        _wrong(name, "must be a time with an offset")
    try:
        moment = instant(text)
    except ValueError:
        _wrong(name, "must be a time with an offset")
    _check_range(moment, f"/{name}", now)
    return moment


def _check_range(moment: datetime, pointer: str, now: datetime) -> None:
    if not EARLIEST <= moment <= now + AHEAD:
        raise Rejected("time_out_of_range", pointer, "must be from 1970 until a day from now")


def _check_correction(stored: dict[str, Any], source: str, agency: str, now: datetime, others: list[str]) -> int:
    """The rules of corrections (contract 2.5). Puts an amendment's data in their form; returns their unknown fields."""
    name = "voids" if "voids" in stored else "amends"
    target = stored[name]
    pointer = f"/data/{name}"
    if target["source"] != source:
        raise Rejected("foreign_correction", f"{pointer}/source", "must be the source of the correction itself")
    _text(target, "id", 200)
    model = TYPES.get(target["type"])
    if model is None:
        raise Rejected("unknown_type", f"{pointer}/type", "is no event type")
    if not may_send(agency, target["type"]):
        raise Rejected("foreign_correction", f"{pointer}/type", "is no type that this source sends")
    if name == "voids":
        return 0
    if target["type"].startswith(CORRECTION):
        raise Rejected("invalid_data", f"{pointer}/type", "must not be a correction: void it instead")
    if "time" in stored:
        _check_range(instant(stored["time"]), "/data/time", now)
    stored["data"], unknown = _validated(model, stored["data"], "/data/data", others)
    return unknown


def _validated(model: type[EventData], data: Any, pointer: str, others: list[str]) -> tuple[dict[str, Any], int]:
    """The data as they are stored, and how many unknown fields they had; unknown codes are noted in `others`."""
    try:
        instance = model.__pydantic_validator__.validate_python(data, context=others)
    except ValidationError as error:
        raise invalid_data(error, pointer) from None
    stored: dict[str, Any] = model.__pydantic_serializer__.to_python(instance, exclude_none=True)
    return stored, _unknown(model, data)


def _unknown(model: type[BaseModel], data: dict[str, Any]) -> int:
    names, parts = _shape(model)
    unknown = len(data.keys() - names)
    for name, part in parts:
        if given := data.get(name):
            unknown += sum(_unknown(part, one) for one in (given if isinstance(given, list) else (given,)))
    return unknown


@cache
def _shape(model: type[BaseModel]) -> tuple[frozenset[str], tuple[tuple[str, type[BaseModel]], ...]]:
    """The fields of a model, and those of them that are models themselves, or lists of models."""
    parts = [(name, part) for name, field in model.model_fields.items() for part in _models(field.annotation)]
    return frozenset(model.model_fields), tuple(parts)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)

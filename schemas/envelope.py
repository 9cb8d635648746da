"""The envelope: who may write what where, and an event as a CloudEvent (contract 2.1 and 2.2)."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

import orjson

from schemas.base import force_of
from schemas.instant import written

Precision = Literal["second", "day", "month"]

TOPICS = {agency: f"{agency}.events.v1" for agency in ("police", "cps", "courts", "support", "identity")}
"""Each agency's topic. Its sources are `/<agency>` or `/<agency>/…`, its types `<agency>.…` and `correction.…`."""

CORRECTION = "correction"
STRUCTURED = "application/cloudevents+json"
SCHEMA = "urn:vjt:schema:"
"""Before a type: the identifier of its JSON Schema, which an event may give as `dataschema`."""

# A path of an URI-reference: no fragment and no query, so that `<source>#<id>` is never ambiguous.
_SOURCE = re.compile(r"/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}){1,199}")


@lru_cache(maxsize=1024)
def agency_of(source: str) -> str | None:
    """The agency that speaks as `source`; None if that is nobody who may write here.

    Police sources name their force (`/police/met`), support sources their service (`/support/…`).
    """
    if not _SOURCE.fullmatch(source) or len(source) > 200:
        return None
    agency, _, rest = source[1:].partition("/")
    if agency not in TOPICS or (agency == "police" and not force_of(source)) or (agency == "support" and not rest):
        return None
    return agency


def may_send(agency: str, type: str) -> bool:
    """Whether events of this type are for this agency to send."""
    return type.partition(".")[0] in (agency, CORRECTION)


def topic_of(type: str, source: str) -> str:
    """The topic to which this event belongs. Raises ValueError if nobody may send it."""
    agency = agency_of(source)
    if agency is None or not may_send(agency, type):
        raise ValueError("this source may not send this type")
    return TOPICS[agency]


def envelope(
    type: str,
    source: str,
    id: str,
    time: datetime,
    data: Mapping[str, Any],
    *,
    recordedtime: datetime | None = None,
    timeprecision: Precision = "second",
) -> dict[str, Any]:
    """An event as a CloudEvent in JSON; the times are aware. What it leaves out is the default."""
    event: dict[str, Any] = {"specversion": "1.0", "id": id, "source": source, "type": type, "time": written(time)}
    if recordedtime is not None:
        event["recordedtime"] = written(recordedtime)
    if timeprecision != "second":
        event["timeprecision"] = timeprecision
    return event | {"datacontenttype": "application/json", "data": data}


def to_structured(event: Mapping[str, Any]) -> bytes:
    """A CloudEvent as one line of JSON: the value of a message in structured mode, or a line of a file."""
    return orjson.dumps(event)

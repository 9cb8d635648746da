"""References: how an event says what it is about, and the identifiers made of them (contract 1 and 2.4)."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

NS = uuid5(NAMESPACE_URL, "urn:vjt:journey")
"""The namespace of every identifier that this system makes by itself."""

PATTERN = r"[A-Za-z0-9][A-Za-z0-9/:._-]{0,63}"
"""What a reference looks like once trimmed (contract 2.3)."""

_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*")
_DERIVED = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}")


class Reference(NamedTuple):
    """One subject, or one victim named: a scheme and a value within it.

    | scheme       | value                                                                           |
    |--------------|---------------------------------------------------------------------------------|
    | `crime`      | `met/CR1`: force, then the force's crime reference                              |
    | `case`       | a URN                                                                           |
    | `court_case` | a court's case number                                                           |
    | `hearing`    | a hearing id                                                                    |
    | `victim`     | `met/V1`: force, then the force's number for the person                         |
    | `person`     | a UVI                                                                           |
    | `number`     | `V1`: a victim number whose force is not said, beside a case or a hearing        |
    | `event`      | `<source>#<id>`: what a correction is about (a source never holds a `#`)        |

    A force is in lower case, what follows it in upper case; a derived UVI is in lower case.
    """

    scheme: str
    value: str


def canonical_uvi(value: str) -> str:
    """The form in which UVIs are compared and shown: upper case, except a derived one (a version-5 UUID)."""
    upper = value.upper()
    return upper.lower() if _DERIVED.fullmatch(upper) else upper


@lru_cache(maxsize=1 << 15)
def subject_id(reference: Reference) -> UUID:
    """The identifier of a subject's stream in the log."""
    return uuid5(NS, f"{reference.scheme}:{_encoded(reference.value)}")


def journey_id(force: str, crime_reference: str, victim_reference: str) -> UUID:
    """The identifier of a journey: one victim in one reported crime (contract 1)."""
    parts = (force.lower(), crime_reference.upper(), victim_reference.upper())
    return uuid5(NS, "/".join(_encoded(part) for part in parts))


@lru_cache(maxsize=1 << 15)
def derived_uvi(force: str, victim_reference: str) -> str:
    """The UVI of a force's victim number to which no UVI was given (contract 2.4)."""
    return str(uuid5(NS, f"{_encoded(force.lower())}/{_encoded(victim_reference.upper())}"))


def event_key(source: str, id: str) -> UUID:
    """One event for ever: `(source, id)` as one value (contract 2.1)."""
    return uuid5(NS, f"event:{_encoded(source)}/{_encoded(id)}")


def _encoded(part: str) -> str:
    return part if _UNRESERVED.fullmatch(part) else quote(part, safe="")

"""What is handed to intake, and where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """A message of Kafka. `topic` is its name there."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}[{self.partition}]@{self.offset}"


class Line(NamedTuple):
    """A line of a file, from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What may be an event. `agency` is the topic by whose rules it is read (contract 2.2); None: any agency's."""

    value: bytes | None
    place: Place | Line
    headers: Headers = ()
    agency: str | None = None


class Refused(NamedTuple):
    """A delivery that was rejected, from `source` where that can be read, and why. `hash` is SHA-256 of its bytes."""

    delivery: Delivery
    source: str
    reason: str
    pointer: str
    message: str
    hash: bytes

    def __str__(self) -> str:
        return f"{self.delivery.place}: {self.reason} at {self.pointer or '/'}: {self.message}"

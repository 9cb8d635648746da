"""Files as data.police.uk publishes them, in small."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adapters.made import Made
from adapters.police_uk import Account, events

FORCE = "City of London Police"
PLACE = ["-0.09", "51.51", "On or near Some Street", "E01000001", "City of London 001A"]
PLACES = ["Longitude", "Latitude", "Location", "LSOA code", "LSOA name"]
STREET = ["Crime ID", "Month", "Reported by", "Falls within", *PLACES, "Crime type", "Last outcome category", "Context"]
OUTCOMES = ["Crime ID", "Month", "Reported by", "Falls within", *PLACES, "Outcome type"]


def crime(number: str, month: str = "2016-01", kind: str = "Burglary", force: str = FORCE) -> list[str]:
    """A line of a street file."""
    return [number, month, force, force, *PLACE, kind, "Under investigation", ""]


def outcome(number: str, month: str, text: str, force: str = FORCE) -> list[str]:
    """A line of an outcomes file."""
    return [number, month, force, force, *PLACE, text]


def csv(header: list[str], lines: Iterable[list[str]], end: str = "\n") -> bytes:
    return "".join(",".join(fields) + end for fields in [header, *lines]).encode()


def street(*lines: list[str]) -> bytes:
    return csv(STREET, lines)


def outcomes(*lines: list[str]) -> bytes:
    return csv(OUTCOMES, lines)


def written(folder: Path, **files: bytes) -> Path:
    """The folder with these files in it: `jan_street=` is `jan-street.csv`."""
    for name, content in files.items():
        (folder / (name.replace("_", "-") + ".csv")).write_bytes(content)
    return folder


def read(*paths: Path) -> tuple[list[dict[str, Any]], Account]:
    """The events, and what became of every line."""
    account = Account()
    return [made.event for made in events(paths, account)], account


def made(*paths: Path) -> list[Made]:
    return list(events(paths, Account()))

"""data.police.uk: its monthly files of crimes (`*-street.csv`) and of their outcomes (`*-outcomes.csv`).

What is known: a crime by a number, the month in which it was recorded, its kind, and what became of it, by month. What is not:
who the victim is, any day, any case number. So every crime with a number is one journey of a victim who goes by the crime's own
number; all times are month-precise; a court's result stands on a case that goes by the crime's number too. Each text of an
outcome is mapped to what it surely says, or left out with its reason: nobody is said to have withdrawn, for no text says it.
"""

import csv
import gzip
import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from schemas.envelope import envelope
from schemas.places import FORCES

COURTS = "/courts/data-police-uk"
LINKS = "/identity/data-police-uk"

GROUPS = {
    "Bicycle theft": "bicycle_theft",
    "Burglary": "burglary",
    "Criminal damage and arson": "criminal_damage_and_arson",
    "Drugs": "drugs",
    "Other crime": "other_crime",
    "Other theft": "other_theft",
    "Possession of weapons": "possession_of_weapons",
    "Public order": "public_order",
    "Robbery": "robbery",
    "Shoplifting": "shoplifting",
    "Theft from the person": "theft_from_the_person",
    "Vehicle crime": "vehicle_offences",
    "Violence and sexual offences": "violence_and_sexual_offences",
}
"""Kind of crime -> offence_group."""

OUTCOMES = {
    "Suspect charged": 1,
    "Suspect charged as part of another case": 1,
    "Offender given a caution": 3,
    "Offender given penalty notice": 6,
    "Offender given a drugs possession warning": 7,
    "Local resolution": 8,
    "Formal action is not in the public interest": 10,
    "Investigation complete; no suspect identified": 18,
    "Action to be taken by another organisation": 20,
    "Further investigation is not in the public interest": 21,
}
"""Text of an outcome -> Home Office outcome code. A caution may be a youth's (2), formal action may be CPS's word (9): the exit
is the same or the nearest."""

RESULTS = {
    "Defendant found not guilty": "acquitted",
    "Court case unable to proceed": "discontinued",
    "Offender deprived of property": "convicted",
    "Offender fined": "convicted",
    "Offender given absolute discharge": "convicted",
    "Offender given community sentence": "convicted",
    "Offender given conditional discharge": "convicted",
    "Offender given suspended prison sentence": "convicted",
    "Offender ordered to pay compensation": "convicted",
    "Offender otherwise dealt with": "convicted",
    "Offender sent to prison": "convicted",
}
"""Text of an outcome -> result of the prosecution."""

LEFT_OUT = {
    "Unable to prosecute suspect": "does not say whether the victim supported action (outcomes 13 to 17 in one)",
    "Defendant sent to Crown Court": "says neither a hearing nor a result",
    "Under investigation": "is no outcome",
    "Awaiting court outcome": "is no outcome",
    "Court result unavailable": "says that nothing is known",
    "Status update unavailable": "says that nothing is known",
}
"""Text of an outcome -> why no event is made of it."""

NO_NUMBER = "has no Crime ID (anti-social behaviour is published without)"
_COLUMNS = {
    "street": ("Crime ID", "Month", "Reported by", "Crime type"),
    "outcomes": ("Crime ID", "Month", "Reported by", "Outcome type"),
}
_NUMBER = re.compile(r"[0-9a-zA-Z]{1,64}")
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")

Event = dict[str, Any]


class Unreadable(Exception):
    """A file that is not what data.police.uk publishes. The message names file, line and column."""


@dataclass(slots=True)
class Account:
    """What became of every line. `read` = `made` + `merged` + what is left out, for each kind of file."""

    read: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    merged: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    events: int = 0

    def lines(self) -> list[str]:
        """For people."""
        told = []
        for kind in sorted(self.read):
            made, merged = self.made[kind], self.merged[kind]
            left = {why: n for (of, why), n in sorted(self.left_out.items()) if of == kind}
            out = sum(left.values())
            told.append(
                f"{kind}: {self.read[kind]:,} lines = {made:,} made + {merged:,} the same again + {out:,} left out"
            )
            told += [f"  left out {n:,}: {why}" for why, n in left.items()]
        return [*told, f"{self.events:,} events"]


def events(paths: Iterable[Path], account: Account) -> Iterator[Event]:
    """Events of the files (`.csv`, `.csv.gz`, `.zip`), and of all in the folders; the same content always gives the same events.

    Raises Unreadable.
    """
    seen: set[str] = set()
    for name, opened in _files(paths):
        with opened() as stream:
            yield from _file(name, stream, account, seen)


def _file(name: str, stream: IO[str], account: Account, seen: set[str]) -> Iterator[Event]:
    reader = csv.DictReader(stream, strict=True)
    try:
        header = reader.fieldnames or []
        kind = next((k for k, needed in _COLUMNS.items() if set(needed) <= set(header)), None)
        if kind is None:
            raise Unreadable(f"{name}:1: expected the columns of a street file or an outcomes file of data.police.uk")
        for row in reader:
            if None in row or None in row.values():
                raise Unreadable(f"{name}:{reader.line_num}: has not as many columns as the first line")
            account.read[kind] += 1
            if not row["Crime ID"]:
                account.left_out[kind, NO_NUMBER] += 1
                continue
            _check(name, reader.line_num, row)
            made = _street(row) if kind == "street" else _outcome(row)
            if isinstance(made, str):
                account.left_out[kind, made] += 1
                continue
            new = [event for event in made if event["source"] + event["id"] not in seen]
            seen.update(event["source"] + event["id"] for event in new)
            (account.made if new else account.merged)[kind] += 1
            account.events += len(new)
            yield from new
    except UnicodeDecodeError:
        raise Unreadable(f"{name}:{reader.line_num + 1}: is not text in UTF-8") from None
    except csv.Error as error:
        raise Unreadable(f"{name}:{reader.line_num}: is not CSV: {error}") from None


def _check(name: str, line: int, row: dict[str, str]) -> None:
    if not _NUMBER.fullmatch(row["Crime ID"]):
        raise Unreadable(f"{name}:{line}: Crime ID: expected up to 64 letters and digits")
    if not _MONTH.fullmatch(row["Month"]):
        raise Unreadable(f"{name}:{line}: Month: expected a month such as 2016-05")
    if not _force(row["Reported by"]):
        raise Unreadable(f"{name}:{line}: Reported by: expected the name of a force")


def _street(row: dict[str, str]) -> list[Event] | str:
    group = GROUPS.get(row["Crime type"])
    if group is None:
        return f"Crime type {row['Crime type']!r} is not known"
    number = row["Crime ID"]
    data = {"crime_reference": number, "victim_reference": number, "offence_group": group}
    return [_event("police.crime-reported.v1", f"/police/{_force(row['Reported by'])}", row, data)]


def _outcome(row: dict[str, str]) -> list[Event] | str:
    text, number, force = row["Outcome type"], row["Crime ID"], _force(row["Reported by"])
    if text in OUTCOMES:
        data = {"crime_reference": number, "outcome_code": OUTCOMES[text]}
        return [_event("police.outcome-recorded.v1", f"/police/{force}", row, data)]
    if text in RESULTS:
        link = {"urn": number, "crime_references": [number], "force": force}
        result = {"urn": number, "outcome": RESULTS[text]}
        return [
            _event("identity.case-linked.v1", LINKS, row, link),
            _event("courts.case-completed.v1", COURTS, row, result),
        ]
    return f"{text!r} " + LEFT_OUT.get(text, "is not known")


def _event(type: str, source: str, row: dict[str, str], data: dict[str, Any]) -> Event:
    """Its id is made of its content, so that no file, read again or in another download, can give it another."""
    said = "\n".join((type, row["Reported by"], row["Crime ID"], row["Month"], row.get("Outcome type", ""), repr(data)))
    id = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
    month = datetime.fromisoformat(row["Month"] + "-01").replace(hour=12, tzinfo=UTC)
    return envelope(type, source, id, month, data, timeprecision="month")


_BY_LABEL = {force.label.casefold(): slug for slug, force in FORCES.items()} | {"metropolitan police service": "met"}


def _force(name: str) -> str:
    """The force by its slug: a known one's, else made of the name without what every force is called."""
    known = _BY_LABEL.get(name.strip().casefold())
    if known:
        return known
    words = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-").split("-")
    return "-".join(w for w in words if w not in ("police", "constabulary", "service"))[:40]


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, Any]]:
    """Every file as (name, how to open it as text), folders and archives in order of name."""
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.name.endswith((".csv", ".csv.gz", ".zip")))
            if not found:
                raise Unreadable(f"{path}: has no .csv, .csv.gz or .zip file")
            yield from _files(found)
        elif path.name.endswith(".zip"):
            try:
                with zipfile.ZipFile(path) as archive:
                    inside = sorted(n for n in archive.namelist() if n.endswith(("-street.csv", "-outcomes.csv")))
            except zipfile.BadZipFile:
                raise Unreadable(f"{path}: is not a zip archive") from None
            if not inside:
                raise Unreadable(f"{path}: has no -street.csv or -outcomes.csv file")
            for name in inside:
                yield f"{path}/{name}", lambda path=path, name=name: _in_archive(path, name)
        else:
            yield str(path), lambda path=path: _plain(path)


@contextmanager
def _in_archive(path: Path, name: str) -> Iterator[IO[str]]:
    with zipfile.ZipFile(path) as archive, archive.open(name) as raw:
        yield io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


@contextmanager
def _plain(path: Path) -> Iterator[IO[str]]:
    opener: Any = gzip.open if path.name.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as stream:
        yield stream

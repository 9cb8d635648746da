"""data.police.uk: its monthly files of crimes (`*-street.csv`) and of their outcomes (`*-outcomes.csv`).

What is known: a crime by a number, the month in which it was recorded, its kind, and what became of it, by month. What is not:
who the victim is, any day, any case number. So every crime with a number is one journey of a victim who goes by the crime's own
number; all times are month-precise; a court's result stands on a case that goes by the crime's number too. Each text of an
outcome is mapped to what it surely says, or left out with its reason: nobody is said to have withdrawn, for no text says it.
"""

import csv
import gzip
import hashlib
import os
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, cast

from adapters.made import Made, Unreadable
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
    "Violent crime": "violence_and_sexual_offences",
}
"""Kind of crime -> offence_group. `Violent crime` is what the last but one was called until May 2013."""

OUTCOMES = {
    "Suspect charged": 1,
    "Offender given a caution": 3,
    "Suspect charged as part of another case": 4,
    "Offender given penalty notice": 6,
    "Offender given a drugs possession warning": 7,
    "Local resolution": 8,
    "Formal action is not in the public interest": 10,
    "Investigation complete; no suspect identified": 18,
    "Action to be taken by another organisation": 20,
    "Further investigation is not in the public interest": 21,
    "Further action is not in the public interest": 22,
}
"""Text of an outcome -> Home Office outcome code. Why each: `docs/police-uk.md`."""

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
    "Unable to prosecute suspect": "does not say whether the victim supported action",
    "Defendant sent to Crown Court": "says neither a hearing nor a result",
    "Under investigation": "is no outcome",
    "Awaiting court outcome": "is no outcome",
    "Court result unavailable": "says that nothing is known",
    "Status update unavailable": "says that nothing is known",
}
"""Text of an outcome -> why no event is made of it."""

BEHAVIOUR = "Anti-social behaviour"
NO_CRIME = "anti-social behaviour is no crime"
NO_NUMBER = "has no Crime ID"
BLANK = "is blank"
LONGEST = 10_000  # bytes of a line; the longest that is published has some 300

_COLUMNS = {
    "street": ("Crime ID", "Month", "Reported by", "Crime type"),
    "outcomes": ("Crime ID", "Month", "Reported by", "Outcome type"),
}
_FILES = ("-street.csv", "-outcomes.csv", "-street.csv.gz", "-outcomes.csv.gz")
_NUMBER = re.compile(r"[0-9a-zA-Z]{1,64}")
_MONTH = re.compile(r"(19[7-9]|20\d)\d-(0[1-9]|1[0-2])")
# What a packed file that is torn, damaged or locked raises, wherever it is opened or read.
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)

Row = dict[str, str]


@dataclass(slots=True)
class Account:
    """What became of every line below the first. `read` = `made` + `merged` + what is left out, for each kind of file."""

    files: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    merged: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    other_kinds: Counter[str] = field(default_factory=Counter)
    passed_over: int = 0
    events: int = 0

    def lines(self) -> list[str]:
        """For people."""
        told = []
        for kind in sorted(self.files):
            made, merged = self.made[kind], self.merged[kind]
            left = {why: n for (of, why), n in self.left_out.most_common() if of == kind}
            out = sum(left.values())
            told.append(
                f"{kind}: read {self.read[kind]:,} lines = made {made:,} + the same again {merged:,} + left out {out:,} "
                f"(files: {self.files[kind]:,})"
            )
            told += [f"  left out {n:,}: {why}" for why, n in left.items()]
        told += [f"  made {n:,} of an unknown kind of crime: {text!r}" for text, n in self.other_kinds.most_common()]
        if self.passed_over:
            told.append(f"files passed over, neither -street.csv nor -outcomes.csv: {self.passed_over:,}")
        return [*told, f"events: {self.events:,}"]


def events(paths: Iterable[Path], account: Account) -> Iterator[Made]:
    """Events of the files (`.csv`, `.csv.gz`), and of all such in folders and `.zip`; the same content, the same events.

    Raises Unreadable.
    """
    seen: set[str] = set()
    for name, stream in _files(paths, account):
        yield from _file(name, stream, account, seen)


def _file(name: str, stream: IO[bytes], account: Account, seen: set[str]) -> Iterator[Made]:
    lines = _lines(name, stream)
    header = next(lines, (1, []))[1]
    kind = next((k for k, needed in _COLUMNS.items() if all(header.count(column) == 1 for column in needed)), None)
    if kind is None:
        expected = " or ".join(f"{', '.join(columns)} ({kind})" for kind, columns in _COLUMNS.items())
        raise Unreadable(f"{name}:1: expected a line that names the columns {expected}")
    account.files[kind] += 1
    for number, fields in lines:
        if fields and len(fields) != len(header):
            raise Unreadable(f"{name}:{number}: expected {len(header)} columns like the first line, not {len(fields)}")
        row = dict(zip(header, fields, strict=False))
        made = _made(f"{name}:{number}", kind, row) if fields else BLANK
        account.read[kind] += 1
        if isinstance(made, str):
            account.left_out[kind, made] += 1
            continue
        new = [event for event in made if event["id"] not in seen]
        seen.update(event["id"] for event in new)
        (account.made if new else account.merged)[kind] += 1
        if new and kind == "street" and row["Crime type"] not in GROUPS:
            account.other_kinds[_told(row["Crime type"])] += 1
        account.events += len(new)
        for event in new:
            yield Made(event, name, number)


def _lines(name: str, stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Every line with its number. A field never runs over several lines, so a quote left open cannot swallow a file."""
    number = 0
    while True:
        number += 1
        try:
            line = stream.readline(LONGEST + 1)
        except _DAMAGED:
            raise Unreadable(f"{name}:{number}: cannot be read on: the file is damaged or ends too early") from None
        if not line:
            return
        if len(line) > LONGEST:
            raise Unreadable(f"{name}:{number}: expected a line of CSV, not more than {LONGEST:,} bytes long")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            (fields,) = csv.reader([text], strict=True)
        except UnicodeDecodeError:
            raise Unreadable(f"{name}:{number}: expected text in UTF-8") from None
        except csv.Error:
            raise Unreadable(f"{name}:{number}: expected a line of CSV, every quote closed on it") from None
        yield number, fields


def _made(place: str, kind: str, row: Row) -> list[dict[str, Any]] | str:
    """The events of a line, or why it is left out."""
    if row.get("Crime type") == BEHAVIOUR:
        return NO_CRIME
    if not row["Crime ID"]:
        return NO_NUMBER
    if not _NUMBER.fullmatch(row["Crime ID"]):
        raise Unreadable(f"{place}: Crime ID: expected up to 64 letters and digits")
    if not _MONTH.fullmatch(row["Month"]):
        raise Unreadable(f"{place}: Month: expected a month such as 2016-05")
    if not 1 <= len(_force(row["Reported by"])) <= 40:
        raise Unreadable(f"{place}: Reported by: expected the name of a force")
    return _street(place, row) if kind == "street" else _outcome(row)


def _street(place: str, row: Row) -> list[dict[str, Any]]:
    group = GROUPS.get(row["Crime type"]) or re.sub(r"[^a-z]+", "_", row["Crime type"].lower()).strip("_")[:40]
    if not group:
        raise Unreadable(f"{place}: Crime type: expected a kind of crime")
    number = row["Crime ID"]
    data = {"crime_reference": number, "victim_reference": number, "offence_group": group}
    return [_event("police.crime-reported.v1", _police(row), row, row["Crime type"], data)]


def _outcome(row: Row) -> list[dict[str, Any]] | str:
    text, number = row["Outcome type"], row["Crime ID"]
    if text in OUTCOMES:
        data = {"crime_reference": number, "outcome_code": OUTCOMES[text]}
        return [_event("police.outcome-recorded.v1", _police(row), row, text, data)]
    if text in RESULTS:
        link = {"urn": number, "crime_references": [number], "force": _force(row["Reported by"])}
        result = {"urn": number, "outcome": RESULTS[text]}
        return [
            _event("identity.case-linked.v1", LINKS, row, text, link),
            _event("courts.case-completed.v1", COURTS, row, text, result),
        ]
    return f"{_told(text)!r} " + LEFT_OUT.get(text, "is not known")


def _told(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _event(type: str, source: str, row: Row, text: str, data: dict[str, Any]) -> dict[str, Any]:
    """Its id is made of what the line says, whatever file it stands in. What we make of that is not in it: were a text mapped
    otherwise one day, the log would refuse the second reading aloud and not hold both."""
    said = "\n".join((type, _force(row["Reported by"]), row["Crime ID"], row["Month"], text))
    id = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
    month = datetime.fromisoformat(row["Month"] + "-01").replace(hour=12, tzinfo=UTC)
    return envelope(type, source, id, month, data, timeprecision="month")


def _police(row: Row) -> str:
    return f"/police/{_force(row['Reported by'])}/data-police-uk"


def _slug(name: str) -> str:
    """A force's name without what every force is called."""
    words = re.sub(r"[^a-z0-9]+", "-", name.casefold().replace("&", "and")).strip("-").split("-")
    return "-".join(w for w in words if w not in ("police", "constabulary", "service")).removeprefix("of-")


_BY_LABEL = {_slug(force.label): code for code, force in FORCES.items()}


@lru_cache(maxsize=1024)
def _force(name: str) -> str:
    slug = _slug(name)
    return _BY_LABEL.get(slug, slug)


def _files(paths: Iterable[Path], account: Account) -> Iterator[tuple[str, IO[bytes]]]:
    """Every file by its name, open; those of folders and archives in order of name."""
    for path in paths:
        name = os.fsencode(path).decode("utf-8", "replace")
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.is_file())
            ours = [p for p in found if p.name.endswith((*_FILES, ".zip"))]
            account.passed_over += len(found) - len(ours)
            if not ours:
                raise Unreadable(f"{name}: expected files that end in {', '.join(_FILES)} or .zip, there is none")
            yield from _files(ours, account)
        elif path.name.endswith(".zip"):
            yield from _archive(path, name, account)
        elif path.name.endswith(".gz"):
            with gzip.open(path) as packed:
                yield name, cast(IO[bytes], packed)
        else:
            with path.open("rb") as stream:
                yield name, stream


def _archive(path: Path, name: str, account: Account) -> Iterator[tuple[str, IO[bytes]]]:
    with path.open("rb") as raw:
        try:
            archive = zipfile.ZipFile(raw)
        except (ValueError, *_DAMAGED):
            raise Unreadable(f"{name}: expected a zip archive; it is damaged or ends too early") from None
        found = [entry for entry in archive.namelist() if not entry.endswith("/")]
        ours = sorted(entry for entry in found if entry.endswith(_FILES[:2]))
        account.passed_over += len(found) - len(ours)
        if not ours:
            raise Unreadable(f"{name}: expected files that end in -street.csv or -outcomes.csv, there is none")
        for entry in ours:
            try:
                stream = archive.open(entry)
            except (ValueError, *_DAMAGED):
                raise Unreadable(f"{name}/{entry}: cannot be read: it is damaged, locked or packed otherwise") from None
            with stream:
                yield f"{name}/{entry}", stream

"""What agencies said, all at once: facts in their effective form, links, persons, whose fact each one is (contract 2.3-2.5)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from schemas.read import Event, read
from schemas.reference import derived_uvi, journey_id

LONDON = ZoneInfo("Europe/London")
NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)

Subject = tuple[str, str]
"""Scheme and value: ("crime", "met/CR1"), ("case", urn), ("court_case", number), ("hearing", id), ("person", uvi)."""
Key = tuple[str, str, str]
"""A journey: force, crime reference, victim reference."""

# Contract 2.5: the references of each row in their order; the subject is the first that is given (2.4).
_ROWS = {
    "police.victim-updated": ("crime_reference", "urn"),
    "police.victim-withdrew": ("crime_reference", "urn"),
    "police.victim-re-engaged": ("crime_reference", "urn"),
    "police.charge-referral-submitted": ("urn",),
    "police.action-plan-answered": ("urn",),
    "police.hearing-notified": ("hearing_id", "urn"),
    "police": ("crime_reference",),
    "cps": ("urn",),
    "courts.case-received": ("court_case_number",),
    "courts.case-completed": ("court_case_number", "urn"),
    "courts": ("hearing_id", "court_case_number"),
    "support": ("crime_reference", "uvi"),
    "identity.linked": ("uvi",),
    "identity.unlinked": ("uvi",),
    "identity": ("urn",),
}
_SCHEME = {"urn": "case", "court_case_number": "court_case", "hearing_id": "hearing", "uvi": "person"}


@dataclass(frozen=True)
class Fact:
    """One event in its effective form. `type` without its version; `day` in London."""

    source: str
    id: str
    type: str
    occurred: dt.datetime
    recorded: dt.datetime
    precision: str
    data: Mapping[str, Any]
    voided: bool
    badly_corrected: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.id

    @property
    def day(self) -> dt.date:
        return self.occurred.astimezone(LONDON).date()

    @property
    def force(self) -> str:
        """2.4: a crime counts within the force of a police source, otherwise within *force*."""
        parts = self.source.split("/")
        return parts[2].lower() if parts[1] == "police" else self.data.get("force", "")

    @property
    def subject(self) -> Subject:
        fields = _ROWS.get(self.type) or _ROWS[self.type.split(".")[0]]
        field = next(field for field in fields if field in self.data)
        if field == "crime_reference":
            return "crime", f"{self.force}/{self.data[field]}"
        return _SCHEME[field], self.data[field]

    def statements(self) -> Iterator[tuple[Subject, Subject, bool | None]]:
        """What it says belongs together, or not (2.4); None: it leaves that as it is."""
        data = self.data
        crimes = [("crime", f"{self.force}/{c}") for c in data.get("crime_references", ())]
        match self.type:
            case "police.charge-referral-submitted" | "identity.case-linked":
                yield from ((crime, ("case", data["urn"]), True) for crime in crimes)
            case "identity.case-unlinked":
                yield from ((crime, ("case", data["urn"]), False) for crime in crimes)
            case "courts.case-received":
                yield ("case", data["urn"]), ("court_case", data["court_case_number"]), True
            case "courts.hearing-listed":
                if "court_case_number" in data:
                    yield ("court_case", data["court_case_number"]), ("hearing", data["hearing_id"]), True
                if "urn" in data:
                    yield ("case", data["urn"]), ("hearing", data["hearing_id"]), True
            case "courts.hearing-adjourned" | "courts.trial-outcome-recorded" | "courts.hearing-resulted":
                if "next_hearing_id" in data:
                    yield ("hearing", data["hearing_id"]), ("hearing", data["next_hearing_id"]), True
            case "police.crime-reported":
                if "uvi" in data:
                    yield ("person", derived_uvi(self.force, data["victim_reference"])), ("person", data["uvi"]), True
            case "identity.linked" | "identity.unlinked":
                one, other = sorted((("person", data["uvi"]), ("person", data["same_as"])))
                yield one, other, self._makes_one()

    def _makes_one(self) -> bool | None:
        """By docs/identity.md a probabilistic link joins from 20 bits on and parts below 14; else it is a question."""
        if self.type == "identity.unlinked":
            return False
        if self.data["method"] != "probabilistic":
            return True
        score = self.data.get("score")
        if score is None:
            return None
        return True if score >= 20 else False if score < 14 else None


def accepted(events: Iterable[Mapping[str, Any]]) -> list[Event]:
    """2.3: each (source, id) once, the first stands."""
    first: dict[tuple[str, str], Event] = {}
    for raw in events:
        event = read(orjson.dumps(raw), topic=None, now=NOW)
        first.setdefault((event.source, event.id), event)
    return list(first.values())


def effective(events: list[Event]) -> list[Fact]:
    """2.5 on corrections: every event that is none, as it now reads."""
    by_key = {(e.source, e.id): e for e in events}

    def target(c: Event) -> tuple[str, str]:
        of = c.data.get("voids") or c.data["amends"]
        return of["source"], of["id"]

    def fits(c: Event) -> bool:
        """If the original has another type, none."""
        of = c.data.get("voids") or c.data["amends"]
        return target(c) in by_key and by_key[target(c)].type == of["type"]

    def voids_of(key: tuple[str, str]) -> list[Event]:
        return [e for e in events if "voids" in e.data and target(e) == key and fits(e)]

    def amendments_of(key: tuple[str, str]) -> list[Event]:
        return [e for e in events if "amends" in e.data and target(e) == key and fits(e)]

    # A correction stands if no standing void names it. Those of which that can be said neither way are in a cycle: none stands.
    corrections = [e for e in events if e.type.startswith("correction.")]
    stands: dict[tuple[str, str], bool] = {}
    while True:
        before = len(stands)
        for c in corrections:
            voids = [stands.get((v.source, v.id)) for v in voids_of((c.source, c.id))]
            if any(voids):
                stands[c.source, c.id] = False
            elif all(v is False for v in voids):
                stands[c.source, c.id] = True
        if len(stands) == before:
            cycle = next((c for c in corrections if (c.source, c.id) not in stands and _in_cycle(c, voids_of)), None)
            if cycle is None:
                break
            for c in _cycle(cycle, voids_of):
                stands[c.source, c.id] = False

    facts = []
    for e in events:
        if e.type.startswith("correction."):
            continue
        key = (e.source, e.id)
        amended = [a for a in amendments_of(key) if stands[a.source, a.id]]
        last = max(amended, key=lambda a: (a.recorded, a.occurred, a.id), default=None)
        time = last.data.get("time") if last else None
        facts.append(
            Fact(
                source=e.source,
                id=e.id,
                type=e.type.rpartition(".v")[0],
                occurred=dt.datetime.fromisoformat(time) if time else e.occurred,
                recorded=e.recorded,
                precision=e.precision,
                data=last.data["data"] if last else e.data,
                voided=any(stands[v.source, v.id] for v in voids_of(key)),
                badly_corrected=any(target(c) == key and not fits(c) and stands[c.source, c.id] for c in corrections),
            )
        )
    return facts


def _is_derived(uvi: str) -> bool:
    """Made from a victim number: a version-5 UUID (2.4)."""
    return uvi == uvi.lower() and len(uvi) == 36 and uvi[14] == "5"


def _in_cycle(start: Event, voids_of: Any) -> bool:
    return any(e is start for e in _above(start, voids_of))


def _cycle(start: Event, voids_of: Any) -> list[Event]:
    """Those that void `start`, at any remove, and are themselves voided by it at any remove."""
    return [e for e in _above(start, voids_of) if any(a is start for a in _above(e, voids_of))]


def _above(start: Event, voids_of: Any) -> list[Event]:
    """Every void of it, of those, and so on."""
    found: list[Event] = []
    waiting = [start]
    while waiting:
        e = waiting.pop()
        for v in voids_of((e.source, e.id)):
            if not any(v is f for f in found):
                found.append(v)
                waiting.append(v)
    return found


class History:
    """Facts, and what they make of each other. Every property is computed from all of them."""

    def __init__(self, events: Iterable[Mapping[str, Any]]) -> None:
        self.all = effective(accepted(events))
        self.facts = [f for f in self.all if not f.voided]

    @cached_property
    def ties(self) -> set[tuple[Subject, Subject]]:
        """2.4: a link stands if the last statement about that pair, by (time, source, id), makes it."""
        last: dict[tuple[Subject, Subject], bool] = {}
        for fact in sorted(self.facts, key=lambda f: (f.occurred, f.source, f.id)):
            for start, end, makes in fact.statements():
                if start != end and makes is not None:
                    last[start, end] = makes
        return {pair for pair, makes in last.items() if makes}

    @cached_property
    def keys(self) -> list[Key]:
        """Every journey: a report opens one."""
        return sorted({self.reported_by(f) for f in self.facts if f.type == "police.crime-reported"})

    @staticmethod
    def reported_by(report: Fact) -> Key:
        return report.force, report.data["crime_reference"], report.data["victim_reference"]

    def led_to(self, start: Subject) -> set[Subject]:
        """A journey draws on its crime and every subject that it leads to (1)."""
        found = {start}
        while True:
            more = {b for a, b in self.ties if a in found and a[0] != "person"} - found
            if not more:
                return found
            found |= more

    def subjects(self, key: Key) -> set[Subject]:
        return self.led_to(("crime", f"{key[0]}/{key[1]}"))

    def cases(self, key: Key) -> list[str]:
        return sorted(value for scheme, value in self.subjects(key) if scheme == "case")

    def cases_of(self, key: Key, subject: Subject) -> set[str]:
        """The cases of this journey through which it draws on a subject."""
        return {urn for urn in self.cases(key) if subject in self.led_to(("case", urn))}

    def crimes_of(self, urn: str) -> set[str]:
        return {a[1] for a, b in self.ties if b == ("case", urn) and a[0] == "crime"}

    # Persons (2.4: identity)

    def same_person(self, uvi: str) -> frozenset[str]:
        found = {uvi}
        while True:
            more = {
                y[1]
                for a, b in self.ties
                if a[0] == "person"
                for x, y in ((a, b), (b, a))
                if x[1] in found and y[1] not in found
            }
            if not more:
                return frozenset(found)
            found |= more

    def person(self, force: str, number: str) -> frozenset[str]:
        return self.same_person(derived_uvi(force, number))

    def uvi(self, person: frozenset[str]) -> str:
        """The least of those tied together, given ones before derived."""
        return min(person, key=lambda uvi: (_is_derived(uvi), uvi))

    def persons_in(self, crimes: Iterable[str]) -> set[frozenset[str]]:
        """Everybody who reported one of these crimes."""
        wanted = set(crimes)
        return {self.person(k[0], k[2]) for k in self.keys if f"{k[0]}/{k[1]}" in wanted}

    def given_uvis(self, key: Key) -> set[str]:
        """Those that reports gave to this force's number."""
        number = ("person", derived_uvi(key[0], key[2]))
        said = {
            f.data["uvi"]
            for f in self.facts
            if f.type == "police.crime-reported"
            and (f.force, f.data["victim_reference"]) == (key[0], key[2])
            and "uvi" in f.data
        }
        return {uvi for uvi in said if (number, ("person", uvi)) in self.ties or (("person", uvi), number) in self.ties}

    # Whose fact it is (2.4)

    def named(self, fact: Fact, key: Key) -> set[frozenset[str]] | None:
        """The persons whom it names, as a journey sees it that draws on its subject; None: everybody there."""
        number = fact.data.get("victim_reference")
        if fact.type.startswith("support.") and number is None:
            return {self.same_person(fact.data["uvi"])}
        if number is None:
            return None
        if fact.subject[0] == "crime":
            return {self.person(fact.force, number)}
        return {self.person(force, number) for force in self.forces_there(key, fact.subject)}

    def forces_there(self, key: Key, subject: Subject) -> set[str]:
        """The forces that reported crimes of the cases through which a journey draws on a subject."""
        crimes = {crime for urn in self.cases_of(key, subject) for crime in self.crimes_of(urn)}
        return {k[0] for k in self.keys if f"{k[0]}/{k[1]}" in crimes}

    def ambiguous(self, fact: Fact, key: Key) -> bool:
        """A number beside a case or hearing that victims of two forces have there."""
        number = fact.data.get("victim_reference")
        if number is None or fact.subject[0] == "crime":
            return False
        crimes = {crime for urn in self.cases_of(key, fact.subject) for crime in self.crimes_of(urn)}
        return len({k[0] for k in self.keys if k[2] == number and f"{k[0]}/{k[1]}" in crimes}) > 1

    def facts_of(self, key: Key) -> list[Fact]:
        """Those of its crime and of every subject that it leads to, of everybody or of this victim. Not those of a person alone."""
        there = self.subjects(key)
        me = self.person(key[0], key[2])
        own = []
        for fact in self.facts:
            if fact.subject[0] == "person" or fact.subject not in there:
                continue
            named = self.named(fact, key)
            if named is None or me in named:
                own.append(fact)
        return own

    def id_of(self, key: Key) -> UUID:
        return journey_id(*key)

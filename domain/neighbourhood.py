"""All that the fold of some journeys may look at, and which of it belongs to which journey (contract 2.4 and 4, People)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from domain.anomaly import Odd, odd
from domain.course import Courses
from domain.fact import Fact
from domain.fold import fold
from domain.identity import Persons, Said, Spell, Tie, spells
from domain.journey import Journey
from domain.own_case import OwnCase
from domain.setting import Rules
from domain.story import Around, Story
from schemas.reference import Reference, derived_uvi


class JourneyKey(NamedTuple):
    """One victim x one reported crime, as reported."""

    journey_id: UUID
    force: str
    crime_reference: str
    victim_reference: str

    @property
    def crime(self) -> Reference:
        return Reference("crime", f"{self.force}/{self.crime_reference}")


@dataclass(frozen=True, slots=True)
class Broken:
    """A journey that could not be folded: the kind of error and where, without data."""

    error: str

    @classmethod
    def by(cls, error: Exception) -> "Broken":
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace is not None else "?"
        return cls(f"{type(error).__name__} in {where}")


@dataclass
class Neighbourhood:
    """Live links only, but for the history of ties; what is too wide is not followed.

    `journeys`: every journey of the crimes and of every crime of the cases that the wanted ones draw on, and every journey of
    their persons. `facts`: of the wanted journeys' crimes, of all that these lead to, and of their persons. `leads`: (from, to).
    `same`: ties between persons, those that broke too. `told`: (crime, case, what was said of the two), where that is more than
    referrals.
    """

    journeys: list[JourneyKey]
    facts: list[Fact]
    leads: list[tuple[Reference, Reference]]
    same: list[Tie] = field(default_factory=list)
    told: list[tuple[Reference, Reference, Sequence[Said]]] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    courses: Courses = field(default_factory=Courses)
    _own_cases: dict[str, OwnCase] = field(default_factory=dict)

    @cached_property
    def persons(self) -> Persons:
        return Persons(((key.force, key.victim_reference) for key in self.journeys), self.same)

    @cached_property
    def case_links(self) -> dict[Reference, list[tuple[str, Spell]]]:
        """By crime: the URNs that it was tied to by more than referrals, and when."""
        found: dict[Reference, list[tuple[str, Spell]]] = defaultdict(list)
        for crime, case, said in self.told:
            found[crime] += [(case.value, spell) for spell in spells(said)]
        return found

    @cached_property
    def below(self) -> dict[Reference, list[Reference]]:
        found: dict[Reference, list[Reference]] = defaultdict(list)
        for start, end in sorted(self.leads):
            found[start].append(end)
        return found

    @cached_property
    def crimes_of(self) -> dict[str, list[Reference]]:
        """The crimes of each case, by URN."""
        found: dict[str, list[Reference]] = defaultdict(list)
        for start, end in self.leads:
            if start.scheme == "crime" and end.scheme == "case":
                found[end.value].append(start)
        return found

    @cached_property
    def of_crime(self) -> dict[Reference, list[JourneyKey]]:
        found: dict[Reference, list[JourneyKey]] = defaultdict(list)
        for key in sorted(self.journeys):
            found[key.crime].append(key)
        return found

    @cached_property
    def of_subject(self) -> dict[Reference, list[Fact]]:
        found: dict[Reference, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.subject].append(fact)
        return found

    @cached_property
    def persons_of_case(self) -> dict[str, dict[str, frozenset[int]]]:
        """The persons of each crime of each case, once for all of its journeys: a case may have thousands."""
        return {urn: {c.value: self.persons_of([c]) for c in crimes} for urn, crimes in self.crimes_of.items()}

    @cached_property
    def forces_of_case(self) -> dict[str, set[str]]:
        """The forces that reported crimes of each case, by URN."""
        return {urn: {key.force for c in crimes for key in self.of_crime[c]} for urn, crimes in self.crimes_of.items()}

    def person(self, key: JourneyKey) -> int:
        return self.persons.of_number(key.force, key.victim_reference)

    def own_case(self, urn: str) -> OwnCase:
        """A case by its own facts, once for all of its journeys."""
        if urn not in self._own_cases:
            subjects: dict[Reference, frozenset[str]] = {}
            _reach(self, Reference("case", urn), urn, subjects)
            told = (fact for subject in subjects for fact in self.of_subject.get(subject, ()) if fact.named is None)
            self._own_cases[urn] = OwnCase(urn, told)
        return self._own_cases[urn]

    def persons_of(self, crimes: Iterable[Reference]) -> frozenset[int]:
        return frozenset(self.person(key) for crime in crimes for key in self.of_crime[crime])


def fold_all(n: Neighbourhood, wanted: Collection[UUID]) -> dict[UUID, Journey | Broken]:
    """Fold the wanted journeys. One that is not among `n.journeys` is in no report any more, and not in the result.

    What is said of a person alone belongs to the journeys of that person that were reported and not concluded on its date, else to
    the latest before it. So these persons' journeys, which must all be wanted, are folded without it first.
    """
    ids = set(wanted)
    keys = [key for key in n.journeys if key.journey_id in ids]
    alone: dict[int, list[Fact]] = defaultdict(list)
    for subject, facts in n.of_subject.items():
        if subject.scheme == "person":
            alone[n.persons.of_uvi(subject.value)].extend(facts)
    result: dict[UUID, Journey | Broken] = {}
    waiting: dict[int, list[tuple[JourneyKey, Story]]] = defaultdict(list)
    for key in keys:
        story = draw(n, key)
        result[key.journey_id] = _fold(story, n.courses)
        if n.person(key) in alone:
            waiting[n.person(key)].append((key, story))
    for person, stories in waiting.items():
        spans = [(s, j) for k, s in stories if isinstance(j := result[k.journey_id], Journey)]
        for fact in alone[person]:
            for story in _belongs(fact.day, spans):
                story.facts.append(fact)
        for key, story in stories:
            result[key.journey_id] = _fold(story, n.courses)
    return result


def _belongs(day: dt.date, spans: list[tuple[Story, Journey]]) -> list[Story]:
    begun = [(story, journey) for story, journey in spans if journey.reported_at <= day]
    running = [story for story, journey in begun if journey.open_on(day)]
    if running or not begun:
        return running
    latest = max(journey.reported_at for _, journey in begun)
    return [story for story, journey in begun if journey.reported_at == latest]


def _fold(story: Story, courses: Courses) -> Journey | Broken:
    try:
        return fold(story, courses)
    except Exception as error:  # whatever it is, one journey must not stop the others; it is shown as broken
        return Broken.by(error)


def draw(n: Neighbourhood, key: JourneyKey) -> Story:
    """The facts of a journey: of its crime and of every subject that this leads to, about everybody there or about its victim."""
    crime, person = key.crime, n.person(key)
    cases: dict[Reference, frozenset[str]] = {crime: frozenset()}
    for case in n.below[crime]:
        _reach(n, case, case.value, cases)
    facts = []
    anomalies: set[Odd] = set()
    for subject in cases:
        for fact in n.of_subject.get(subject, ()):
            named = fact.named
            if named is None or person in _named(n, named, cases[subject]):
                facts.append(fact)
                if named is not None and named.scheme == "number" and _ambiguous(n, cases[subject], named.value):
                    anomalies.add(odd("victim_ambiguous", fact))
    if n.persons.conflict(key.force, key.victim_reference):
        anomalies |= {odd("uvi_conflict", fact) for fact in facts if fact.kind == "police.crime-reported"}
    same_person = [other.journey_id for other in n.of_crime[crime] if n.person(other) == person]
    around = Around(
        persons_in_crime=n.persons_of([crime]),
        persons_of_case={urn: n.persons_of_case.get(urn, {}) for urns in cases.values() for urn in urns},
        others_withdrew=_others_withdrew(n, crime, cases, person),
    )
    return Story(
        journey_id=key.journey_id,
        force=key.force,
        crime_reference=key.crime_reference,
        victim_reference=key.victim_reference,
        uvi=n.persons.shown(person),
        first_of_person=min(same_person) == key.journey_id,
        facts=facts,
        cases=cases,
        own_case=n.own_case,
        around=around,
        case_links=n.case_links.get(crime, []),
        uvi_links=n.persons.links(key.force, key.victim_reference),
        anomalies=anomalies,
        rules=n.rules,
    )


def _reach(n: Neighbourhood, subject: Reference, urn: str, cases: dict[Reference, frozenset[str]]) -> None:
    """Note that a subject is led to by a case, and all below it."""
    below = [subject]
    while below:
        subject = below.pop()
        known = cases.get(subject, frozenset())
        if urn not in known:
            cases[subject] = known | {urn}
            below.extend(n.below.get(subject, ()))


def _named(n: Neighbourhood, named: Reference, urns: Iterable[str]) -> set[int]:
    """The persons whom a fact names: a number beside a case or hearing is any force's that is in these cases."""
    match named.scheme:
        case "number":
            forces = {force for urn in urns for force in n.forces_of_case.get(urn, ())}
            return {n.persons.of_uvi(derived_uvi(force, named.value)) for force in forces}
        case "victim":
            force, _, number = named.value.partition("/")
            return {n.persons.of_uvi(derived_uvi(force, number))}
        case _:
            return {n.persons.of_uvi(named.value)}


def _ambiguous(n: Neighbourhood, urns: Iterable[str], number: str) -> bool:
    """Whether victims of two forces have this number in these cases."""
    forces = {k.force for urn in urns for c in n.crimes_of[urn] for k in n.of_crime[c] if k.victim_reference == number}
    return len(forces) > 1


def _others_withdrew(
    n: Neighbourhood, crime: Reference, cases: Mapping[Reference, frozenset[str]], person: int
) -> bool:
    """Whether another victim of the crime has a withdrawal of their own on record."""
    others = n.persons_of([crime]) - {person}
    return bool(others) and any(
        fact.kind in ("police.victim-withdrew", "cps.victim-withdrew")
        and not fact.voided
        and fact.named is not None
        and others & _named(n, fact.named, urns)
        for subject, urns in cases.items()
        for fact in n.of_subject.get(subject, ())
    )

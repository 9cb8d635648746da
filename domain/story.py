"""All that the fold of one journey is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.anomaly import Odd
from domain.fact import Fact
from domain.identity import Spell
from domain.own_case import OwnCase
from domain.setting import Rules
from schemas.reference import Reference


@dataclass(slots=True)
class Around:
    """What a journey must know of the others: numbers of persons, never their facts."""

    persons_in_crime: frozenset[int]
    persons_of_case: Mapping[str, Mapping[str, frozenset[int]]]  # URN -> crime -> persons
    others_withdrew: bool  # another victim of the crime has a victim-withdrew


@dataclass(slots=True)
class Story:
    """A journey before its fold. `cases`: each subject that it draws on -> the URNs that lead there. `own_case`: of a URN.
    `case_links`, `uvi_links`: the URNs and UVIs that it was tied to, and when; those that it is no longer tied to, too."""

    journey_id: UUID
    force: str
    crime_reference: str
    victim_reference: str
    uvi: str
    first_of_person: bool  # of several numbers of one person in the crime, the one that counts
    facts: list[Fact]
    cases: Mapping[Reference, frozenset[str]]
    own_case: Callable[[str], OwnCase]
    around: Around
    case_links: list[tuple[str, Spell]]
    uvi_links: list[tuple[str, Spell]]
    anomalies: set[Odd]
    rules: Rules

    @property
    def crime(self) -> str:
        return f"{self.force}/{self.crime_reference}"

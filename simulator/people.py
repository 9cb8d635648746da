"""Who and what a story is about: crimes, victims, and what is true of each journey while the story is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from schemas.places import BCUS
from schemas.reference import journey_id
from simulator import calibration, london
from simulator.calibration import Offence

Choice = TypeVar("Choice")


def choose(rng: Random, shares: Mapping[Choice, float]) -> Choice:
    """One of them, as likely as its share."""
    return rng.choices(list(shares), list(shares.values()))[0]


@dataclass(slots=True)
class Victim:
    """A person as one force knows them. `data`: what a report says about them; `uvi` only where the force has one; `person`: the
    same for two numbers, or two UVIs, of one person."""

    number: str
    person: str
    age: int | None
    data: dict[str, Any]
    uvi: str | None


@dataclass(slots=True)
class Crime:
    reference: str
    force: str
    bcu: str | None
    group: str
    code: str | None
    flags: list[str]
    victims: list[Victim]
    reported: date = london.FIRST_DAY
    location: str | None = None
    relationship: str | None = None  # as the reports have it, or the police found later: the closest that anybody said
    on_pnc: bool | None = None
    found: dict[str, Any] = field(
        default_factory=dict
    )  # what the police will find about the suspect that the reports lack
    suspects: int = 0
    suspect: dict[str, str] = field(default_factory=dict)  # ethnicities, as last said
    arrested: bool = False
    interviewed: bool = False

    @property
    def persons(self) -> int:
        return len({victim.person for victim in self.victims})


@dataclass(slots=True)
class Spell:
    """A time during which the victim's withdrawal stands."""

    began: date
    stage: str
    evidenced: bool
    by_outcome: bool = False
    ended: date | None = None


@dataclass(slots=True)
class Journey:
    """What is true of one victim in one crime, so far."""

    crime: Crime
    victim: Victim
    counted: bool = True
    referred: date | None = None
    charged: date | None = None
    tried: date | None = None
    exit: str | None = None
    exit_at: date | None = None
    area: str = "london"  # of CPS, North or South once they have spoken of the case
    services: set[str] = field(default_factory=set)  # that began to help
    spells: list[Spell] = field(default_factory=list)
    endings: list[str] = field(default_factory=list)  # one for each prosecution that is over
    turns: list[date] = field(default_factory=list)  # the days on which it ended, was open again, ended, …

    @property
    def id(self) -> UUID:
        return journey_id(self.crime.force, self.crime.reference, self.victim.number)

    @property
    def withdrawn(self) -> Spell | None:
        return self.spells[-1] if self.spells and self.spells[-1].ended is None else None

    @property
    def open_stage(self) -> str:
        """The stage that it is in, or was in when it ended."""
        if self.tried:
            return "trial"
        if self.charged:
            return "awaiting_trial"
        return "charging" if self.referred else "investigation"

    def ends(self, exit: str, day: date) -> None:
        if self.exit is None:
            self.turns.append(day)
        self.exit, self.exit_at = exit, day

    def goes_on(self, day: date) -> None:
        if self.exit is not None:
            self.turns.append(day)
        self.exit = self.exit_at = None

    def open_on(self, day: date) -> bool:
        """Whether it was open at some time of the day."""
        return day in self.turns or sum(turn < day for turn in self.turns) % 2 == 0


def victim(rng: Random, number: str, offence: Offence) -> Victim:
    """A victim of such an offence, with gaps where London's records have them."""
    age = rng.randint(*offence.ages)
    said: dict[str, Any] = {
        "age": age,
        "sex": "female" if rng.random() < offence.women else "male",
        "ethnicity_self_defined": choose(rng, london.ETHNICITIES),
        "ethnicity_officer_observed": choose(rng, london.OBSERVED),
        "vulnerabilities": sorted(
            {choose(rng, calibration.VULNERABILITIES) for _ in range(choose(rng, calibration.VULNERABLE))}
        ),
    }
    said = {name: value for name, value in said.items() if rng.random() >= calibration.MISSING[name]}
    if rng.random() < 0.06:
        said["interpreter_language"] = rng.choice(("pl", "ro", "bn", "pt", "es", "ar", "so"))
    uvi = f"UVI-{number}" if rng.random() < 0.2 else None
    return Victim(number, number, said.get("age"), said, uvi)


def crime(reference: str, force: str, bcu: str | None, offence: Offence) -> Crime:
    return Crime(reference, force, bcu, offence.group, offence.code, list(offence.flags), [])


def place(rng: Random) -> tuple[str, str | None]:
    """A force, and one of its command units; none where the record lacks it, or the force has none."""
    force = choose(rng, london.FORCES)
    bcu = None if force != "met" or rng.random() < calibration.MISSING["bcu"] else rng.choice(list(BCUS))
    return force, bcu

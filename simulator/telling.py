"""How a story is told: days pass, chance decides, agencies speak, and police come to know suspects. Nothing here changes how a
journey stands."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from simulator import calibration, london
from simulator.calibration import Offence
from simulator.people import Crime, Journey, Victim, choose
from simulator.withdrawal import age_band


class NotYet(Exception):
    """It would happen after the horizon."""


class Said(NamedTuple):
    """One true statement of an agency, before anything goes wrong on its way."""

    type: str
    source: str
    time: datetime
    data: dict[str, Any]


class Telling:
    """`name` is in every reference and id. `crimes` have their victims; `suspects` are those whom police will come to know."""

    def __init__(self, rng: Random, name: str, offence: Offence, crimes: list[Crime], suspects: list[str]) -> None:
        self.rng, self.name, self.offence, self.crimes, self.suspects = rng, name, offence, crimes, suspects
        self.force = crimes[0].force
        self.cps = choose(rng, london.CPS_AREAS)
        self.journeys = [Journey(crime, victim) for crime in crimes for victim in crime.victims]
        self.said: list[Said] = []
        self.day = london.FIRST_DAY
        self.until: date | None = (
            None  # on which the victim withdraws for good, if that is so: what comes first fits in before it
        )
        self.how = ""  # it is then on record
        # Of each suspect, whether they are arrested and whether interviewed.
        arrested = [rng.random() < calibration.ARRESTED for _ in suspects]
        self.custody = [(each, rng.random() < calibration.INTERVIEWED[each]) for each in arrested]
        self.known: list[str] = []  # suspects identified
        self.alone: list[tuple[Victim, date, str]] = []  # services begun for a person, in no crime
        self.settled = self.day  # when the second of CPS and court has spoken

    def wait(self, mean: float, shape: float = 1) -> None:
        """At least a day passes. `shape`: of the gamma distribution of the days; of a larger one few are very long."""
        days = 1 + int(self.rng.gammavariate(shape, mean / shape))
        if self.until:
            days = min(days, max(1, (self.until - self.day).days - london.SPARE))
        self.wait_for(self.day + timedelta(days))

    def wait_for(self, end: date) -> None:
        """A day that was set comes; while police investigate, the victims hear from them now and then."""
        days = (end - self.day).days
        if days > 28 and not any(j.charged for j in self.journeys):
            for after in range(21, days, 28):
                day = self.day + timedelta(after)
                if day <= london.HORIZON and self.rng.random() < 0.6:
                    self._update(day)
        if end > london.HORIZON:
            raise NotYet
        self.day = end

    def _update(self, day: date) -> None:
        for j in self.journeys:
            if j.exit is None:
                channel = self.rng.choice(("phone", "email", "text_message", "in_person"))
                said = {"channel": channel, "about": "investigation"}
                self.say("police.victim-updated", self.about(j) | said, day)

    @property
    def circumstances(self) -> dict[str, object]:
        """Of the first victim and crime, by dimension: what will be on record, None where nothing will."""
        crime, said = self.crimes[0], self.victims[0].data
        arrested, interviewed = (
            (any(each) for each in zip(*self.custody, strict=True)) if self.custody else (False, False)
        )
        vulnerabilities = said.get("vulnerabilities")
        return {
            "suspect_relationship": crime.relationship,
            "location_type": crime.location,
            "bcu": crime.bcu,
            "age_band": age_band(said.get("age")),
            "vulnerability": None if vulnerabilities is None else frozenset(vulnerabilities),
            "suspect_known_on_pnc": crime.on_pnc,
            "arrested_and_interviewed": arrested and interviewed if self.suspects else None,
        }

    def wait_until(self) -> None:
        """The day comes on which the victim withdraws for good."""
        assert self.until is not None
        end, self.until = self.until, None
        self.wait_for(end)

    def wait_until_settled(self) -> None:
        """What CPS and court say of one result is said."""
        self.day = max(self.day, self.settled)
        self.wait(20)

    def perhaps(self, share: float) -> bool:
        return self.rng.random() < share

    def say(self, type: str, data: dict[str, Any], day: date | None = None, version: int = 1) -> None:
        """An agency says it, of today or of another day, in London's waking hours."""
        agency = type.partition(".")[0]
        part = {"police": f"/{self.force}", "cps": f"/{self.cps}"}.get(agency, "")
        source = f"/{agency}{part}/simulated"
        if agency == "cps" and "victim_reference" not in data:
            for j in self.journeys:
                j.area = self.cps.replace("-", "_")
        at = day or self.day
        seconds = 28_800 + self.rng.randrange(43_200)
        time = datetime(at.year, at.month, at.day, tzinfo=UTC) + timedelta(seconds=seconds)
        self.said.append(Said(f"{type}.v{version}", source, time, data))

    @staticmethod
    def about(journey: Journey) -> dict[str, Any]:
        return {"crime_reference": journey.crime.reference, "victim_reference": journey.victim.number}

    @property
    def victims(self) -> list[Victim]:
        return list({j.victim.number: j.victim for j in self.journeys}.values())

    def of(self, victim: Victim) -> list[Journey]:
        """The journeys of the person, whichever number they are under."""
        return [j for j in self.journeys if j.victim.person == victim.person]

    def crimes_of(self, victim: Victim) -> list[Crime]:
        return [crime for crime in self.crimes if victim in crime.victims]

    def later(self, type: str, data: dict[str, Any], mean: float) -> date:
        """Something on which nothing depends, some days from now: which day."""
        day = self.day + timedelta(1 + int(self.rng.expovariate(1 / mean)))
        if day <= london.HORIZON:
            self.say(type, data, day)
        return day

    # Who it is about

    def identify(self) -> None:
        """Police know the suspects; they arrest and interview some."""
        rng = self.rng
        for suspect, (arrested, interviewed) in zip(self.suspects, self.custody, strict=True):
            self.wait(2)
            data: dict[str, Any] = {"suspect_reference": suspect, "age": rng.randint(15, 60), "sex": "male"}
            ethnicity: dict[str, str] = {}
            if not self.perhaps(calibration.SUSPECT_ETHNICITY_MISSING):
                ethnicity["ethnicity_self_defined"] = choose(rng, london.ETHNICITIES)
            if not self.perhaps(calibration.MISSING["ethnicity_officer_observed"]):
                ethnicity["ethnicity_officer_observed"] = choose(rng, london.OBSERVED)
            for crime in self.crimes:
                named = {"crime_reference": crime.reference, "suspect_reference": suspect}
                self.say("police.suspect-identified", named | data | ethnicity | ({} if self.known else crime.found))
                crime.suspects += 1
                crime.suspect |= ethnicity
                crime.arrested |= arrested
                crime.interviewed |= interviewed
                if arrested:
                    self.say("police.suspect-arrested", named)
                if interviewed:
                    self.say("police.suspect-interviewed", named)
                if arrested:
                    basis = rng.choice(("bail", "under_investigation", "no_further_action"))
                    self.say("police.suspect-released", named | {"basis": basis})
            self.known.append(suspect)

    def helped(self, journey: Journey, service: str, alone: date | None) -> None:
        """A service began to help a victim, with one crime, or on a day as a person whom it alone is about."""
        if alone:
            self.alone.append((journey.victim, alone, service))
        else:
            for j in self.of(journey.victim):
                if j.crime is journey.crime:
                    j.services.add(service)

"""The stories of a synthetic London, in order of their first report."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from schemas.reference import derived_uvi
from simulator import london
from simulator.beginnings import report
from simulator.calibration import OFFENCES, Offence
from simulator.people import Victim, choose, crime, place, victim
from simulator.plots import tell
from simulator.story import Story

Place = tuple[str, str | None]
"""Force and command unit."""
DAYS = (london.LAST_DAY - london.FIRST_DAY).days + 1 - london.BETWEEN_REPORTS
SHARES = {offence: offence.share for offence in OFFENCES}
PERSONS = {"two_victims": 2, "three_victims": 3, "two_numbers": 2, "two_crimes_two_victims": 2}


class Earlier(NamedTuple):
    """A victim who may come again, in the same place."""

    victim: Victim
    offence: Offence
    place: Place
    reported: date


def stories(journeys: int, seed: int) -> Iterator[Story]:
    """So many journeys, each in one story; the same seed tells the same stories. The last is cut to fit."""
    told, index = 0, 0
    earlier: deque[Earlier] = deque()
    while told < journeys:
        name = f"{seed}X{index:06d}"
        rng = Random(name)
        kind = choose(rng, london.KINDS)
        size = PERSONS.get(kind, 2 if kind in ("two_crimes", "wrongly_linked") else 1)
        if size > journeys - told:
            kind, size = "alone", 1
        first = london.FIRST_DAY + timedelta(int((told + rng.random()) * DAYS / journeys))
        before = earlier.popleft() if earlier and earlier[0].reported < first and rng.random() < 0.5 else None
        again = before is not None and kind == "alone" and rng.random() < 0.3
        story = (
            _again(rng, name, before) if before and again else _story(rng, name, kind, place(rng), choose(rng, SHARES))
        )
        report(story, first)
        if kind == "two_numbers":
            _linked(story)
        if before and not again:
            _link(before.victim, story)
        if before is None and (story.victims[0].uvi or rng.random() < 0.05):
            last = story.crimes[-1]
            earlier.append(Earlier(story.victims[0], story.offence, (last.force, last.bcu), last.reported))
        yield from _with_stranger(story, kind)
        told += size
        index += 1


def _with_stranger(story: Story, kind: str) -> Iterator[Story]:
    """The story told, and beside it that of a crime which is in its case by mistake."""
    if kind == "wrongly_linked":
        rng = Random(f"{story.name}/stranger")
        other = _story(rng, f"{story.name}B", "alone", (story.force, story.crimes[0].bcu), choose(rng, SHARES))
        report(other, story.crimes[0].reported)
        story.stranger = other.crimes[0]
        tell(other, "alone")
        yield other
    tell(story, kind)
    yield story


def _story(rng: Random, name: str, kind: str, place: Place, offence: Offence) -> Story:
    """Who is in it; nothing has happened yet."""
    force, bcu = place
    persons = [victim(rng, f"V{name}-{n + 1}", offence) for n in range(PERSONS.get(kind, 1))]
    if kind == "two_numbers":
        persons = [replace(persons[0], number=v.number, person=name, uvi=v.uvi) for v in persons]
    crimes = [crime(f"C{name}{letter}", force, bcu, offence) for letter in ("AB" if "two_crimes" in kind else "A")]
    if kind == "two_crimes_two_victims":
        crimes[0].victims, crimes[1].victims = persons[:1], persons[1:]
    else:
        for each in crimes:
            each.victims = persons
    suspects: list[str] = []
    if kind not in ("alone", "wrongly_linked") or rng.random() >= london.WITHOUT_SUSPECT:
        suspects = ["A", "B"] if kind == "two_suspects" else ["A"]
    return Story(rng, name, offence, crimes, [f"S{name}{letter}" for letter in suspects])


def _again(rng: Random, name: str, before: Earlier) -> Story:
    """Another such crime against a victim of an earlier one."""
    story = _story(rng, name, "alone", before.place, before.offence)
    (crime,) = story.crimes
    crime.victims = [before.victim]
    return Story(rng, name, story.offence, [crime], story.suspects)


def _linked(story: Story) -> None:
    """Two victim numbers are found to be one person's: the journey with the lesser identifier counts."""
    max(story.journeys, key=lambda j: j.id).counted = False
    one, other = (v.uvi or derived_uvi(story.force, v.number) for v in story.victims)
    found = {"uvi": one, "same_as": other, "method": "deterministic", "by": "linking_team"}
    story.say("identity.linked", found)


def _link(before: Victim, story: Story) -> None:
    """The linking authority finds that victims of two stories are one person; sometimes it was wrong."""
    victim = story.victims[0]
    if before.uvi and victim.uvi:
        same = {"uvi": before.uvi, "same_as": victim.uvi}
        how = choose(story.rng, london.LINKS)
        score = {"score": story.rng.randint(*london.SCORES[how])} if how in london.SCORES else {}
        story.say("identity.linked", same | {"method": "probabilistic" if score else how} | score)
        if story.perhaps(0.3):
            story.say("identity.unlinked", same | {"reason": "wrong_match"}, story.day + timedelta(9))
        elif how != "unsure":
            for v in [v for v in story.victims if v.person == victim.person]:
                v.person = before.person

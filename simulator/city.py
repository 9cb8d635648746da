"""The stories of a synthetic London, in order of their first report."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from schemas.reference import derived_uvi
from simulator import london
from simulator.beginnings import report
from simulator.people import choose, crime, place, victim
from simulator.plots import tell
from simulator.story import Story

DAYS = (london.LAST_DAY - london.FIRST_DAY).days + 1
OFFENCES = {offence: offence.share for offence in london.OFFENCES}
PERSONS = {"two_victims": 2, "three_victims": 3, "two_numbers": 2, "two_crimes_two_victims": 2}


def stories(journeys: int, seed: int) -> Iterator[Story]:
    """So many journeys, each in one story; the same seed tells the same stories. The last is cut to fit."""
    told, index = 0, 0
    before: Story | None = None
    while told < journeys:
        name = f"{seed}X{index:06d}"
        rng = Random(name)
        kind = choose(rng, london.KINDS)
        size = PERSONS.get(kind, 2 if kind in ("two_crimes", "wrongly_linked") else 1)
        if size > journeys - told:
            kind, size = "alone", 1
        first = london.FIRST_DAY + timedelta(int((told + rng.random()) * DAYS / journeys))
        story = _story(rng, name, kind)
        report(story, first)
        if kind == "two_numbers":
            _same_person(story)
        if before is not None and index % 2:
            _link(before, story)
        yield from _with_stranger(story, kind)
        told += size
        index += 1
        before = story


def _with_stranger(story: Story, kind: str) -> Iterator[Story]:
    """The story told, and beside it that of a crime which is in its case by mistake."""
    if kind == "wrongly_linked":
        rng = Random(f"{story.name}/stranger")
        other = _story(rng, f"{story.name}B", "alone", story.force, story.crimes[0].bcu)
        report(other, story.crimes[0].reported)
        story.stranger = other.crimes[0]
        tell(other, "alone")
        yield other
    tell(story, kind)
    yield story


def _story(rng: Random, name: str, kind: str, force: str | None = None, bcu: str | None = None) -> Story:
    """Who is in it; nothing has happened yet."""
    offence = choose(rng, OFFENCES)
    if force is None:
        force, bcu = place(rng)
    persons = [victim(rng, f"V{name}-{n + 1}", offence) for n in range(PERSONS.get(kind, 1))]
    crimes = [crime(f"C{name}{letter}", force, bcu, offence) for letter in ("AB" if "two_crimes" in kind else "A")]
    if kind == "two_crimes_two_victims":
        crimes[0].victims, crimes[1].victims = persons[:1], persons[1:]
    else:
        for each in crimes:
            each.victims = persons
    suspects = ["A", "B"] if kind == "two_suspects" else ["A"] if rng.random() < 0.8 else []
    return Story(rng, name, offence, crimes, [f"S{name}{letter}" for letter in suspects])


def _same_person(story: Story) -> None:
    """Two victim numbers of one person: the journey with the lesser identifier counts."""
    for v in story.victims:
        v.person = story.name
    max(story.journeys, key=lambda j: j.id).counted = False
    one, other = (v.uvi or derived_uvi(story.force, v.number) for v in story.victims)
    found = {"uvi": one, "same_as": other, "method": "deterministic", "by": "linking_team"}
    story.say("identity.linked", found)


def _link(before: Story, story: Story) -> None:
    """The linking authority finds that victims of two stories are one person; sometimes it was wrong."""
    one, other = before.victims[0].uvi, story.victims[0].uvi
    if one and other:
        story.say("identity.linked", {"uvi": one, "same_as": other, "method": "probabilistic", "score": 0.93})
        if story.perhaps(0.3):
            story.say(
                "identity.unlinked", {"uvi": one, "same_as": other, "reason": "wrong_match"}, story.day + timedelta(9)
            )

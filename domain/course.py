"""A finished walk, and what it alone tells of a journey."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from domain.case import Case
from domain.fact import Fact
from domain.rules import take
from domain.story import Story
from domain.walk import Walk
from domain.when import When

ALIKE = (
    "police.suspect-identified",
    "police.suspect-arrested",
    "police.suspect-interviewed",
    "police.suspect-released",
)
"""Of these, one about a crime does to its journey what one about another crime does to that one's."""
OF_CRIMES = ("cps.charging-decision-made", "cps.prosecution-finalised", "courts.case-completed")
"""These may be about some crimes of the case only."""

Told = TypeVar("Told")
Given = TypeVarTuple("Given")


class Turn(NamedTuple):
    """Where a journey stands after a fact, and codes of what is odd about that one."""

    stage: str
    holder: str
    odd: set[str]


class Held(NamedTuple):
    """When hearings were held: the start date of the first that took place, and the first effective trial."""

    first: dt.date | None
    effective: When | None


class Course:
    """The walk through the facts that move a journey, which are the same to many: of a thousand victims of a case it is walked
    once. What else is told of a journey never enters it."""

    def __init__(self, story: Story, moving: list[tuple[When, Fact]]) -> None:
        self.walk = Walk(story, moving)
        self.turns: list[Turn] = []
        for when, fact in moving:
            take(self.walk, when, fact)
            self.turns.append(Turn(self.walk.stage, self.walk.holder, self.walk.odd))
            self.walk.odd = set()
        self._told: dict[Hashable, Any] = {}

    def once(self, tell: "Callable[[Course, *Given], Told]", *given: *Given) -> Told:
        """What is told by this and `given` alone: one object for all journeys that give the same."""
        key = tell, given
        if key not in self._told:
            self._told[key] = tell(self, *given)
        told: Told = self._told[key]
        return told

    # What the walk alone tells, once for all

    @cached_property
    def hearing_rows(self) -> list[dict[str, Any]]:
        return self.walk.hearings.rows()

    @cached_property
    def trial_rows(self) -> list[dict[str, Any]]:
        return self.walk.hearings.trials()

    @cached_property
    def date_rows(self) -> list[dict[str, Any]]:
        return self.walk.hearings.dates()

    @cached_property
    def lead(self) -> Case | None:
        return self.walk.lead

    @cached_property
    def charged_at(self) -> When | None:
        return self.walk.charged_at

    @cached_property
    def next_trial(self) -> dt.date | None:
        return self.walk.hearings.next_trial

    @cached_property
    def outcomes(self) -> Counter[str]:
        return self.walk.hearings.outcomes()

    @cached_property
    def first_trial(self) -> tuple[dt.date, When] | None:
        """Of the lead case, or of any where there is none."""
        return self.walk.hearings.first_trial(self.lead.urn if self.lead else None)

    @cached_property
    def held(self) -> Held:
        """Of the lead case, or of any where there is none."""
        return self.held_in(self.lead.urn if self.lead else None)

    def held_in(self, urn: str | None) -> Held:
        """Of one case, or of any."""
        return self.once(_held_in, urn)


def _held_in(course: Course, urn: str | None) -> Held:
    return Held(course.walk.hearings.first_held(urn), course.walk.hearings.effective_of(urn))


class Courses:
    """The courses of a neighbourhood."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Course] = {}

    def of(self, story: Story, moving: list[tuple[When, Fact]]) -> Course:
        """The course of a journey with these facts, in order, all of which move it."""
        key = _key(story, moving)
        course = self._known.get(key)
        if course is None:
            course = self._known[key] = Course(story, moving)
        return course


def _key(story: Story, moving: list[tuple[When, Fact]]) -> Hashable:
    """All that a walk looks at."""
    seen: list[Hashable] = [len(story.around.persons_in_crime) > 1, story.around.others_withdrew]
    for when, fact in moving:
        if fact.subject.scheme != "crime":
            seen += (fact.position, when.day, story.cases.get(fact.subject))
            if "crime_references" in fact.data and fact.kind in OF_CRIMES:
                seen.append(story.crime)
        elif fact.kind in ALIKE:
            seen += (fact.kind, fact.day, fact.precise)
        else:
            seen.append(fact.position)
    return tuple(seen)

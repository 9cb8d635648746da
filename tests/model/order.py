"""The order of a journey (contract 3), and each of its facts at its place there."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.model.history import Fact, History, Key

_TYPES = (
    ("police.crime-reported",),
    ("police.suspect-identified",),
    ("police.suspect-arrested",),
    ("police.suspect-interviewed",),
    ("police.charge-referral-submitted",),
    ("cps.referral-received",),
    ("cps.action-plan-issued",),
    ("police.action-plan-answered",),
    ("police.victim-withdrew", "cps.victim-withdrew"),
    ("police.victim-re-engaged",),
    ("police.outcome-recorded",),
    ("cps.charging-decision-made",),
    ("courts.case-received",),
    ("courts.hearing-listed",),
    ("courts.hearing-relisted",),
    ("courts.hearing-adjourned", "courts.hearing-resulted"),
    ("courts.trial-outcome-recorded",),
    ("courts.trial-outcome-cleared",),
    ("cps.prosecution-finalised",),
    ("courts.case-completed",),
    ("police.investigation-reopened", "cps.case-reopened"),
)
"""The list of section 3; what it does not name comes last."""


def _rank(type: str) -> int:
    return next((i for i, types in enumerate(_TYPES) if type in types), len(_TYPES))


def order(fact: Fact) -> tuple[Any, ...]:
    """London date; then time, day- and month-precise facts last; then the type; then source, id."""
    exact = fact.precision == "second"
    return (
        fact.day,
        not exact,
        fact.occurred if exact else dt.datetime.max.replace(tzinfo=dt.UTC),
        _rank(fact.type),
        *fact.key,
    )


@dataclass(frozen=True)
class Placed:
    """A fact in a journey. `day`: where it stands there, `fact.day`: its own. `cases`: the journey's cases that it concerns.

    `here`: it is about this journey's crime (2.5: a decision or result with crime_references is about those crimes only).
    """

    fact: Fact
    day: dt.date
    joined_late: bool
    cases: frozenset[str]
    here: bool

    @property
    def type(self) -> str:
        return self.fact.type

    @property
    def data(self) -> Any:
        return self.fact.data


def placed(history: History, key: Key) -> list[Placed]:
    """The facts of a journey in its order."""
    facts = history.facts_of(key)
    reported = min(f.day for f in facts if f.type == "police.crime-reported")
    crime = f"{key[0]}/{key[1]}"
    result = []
    for fact in sorted(facts, key=order):
        # A case fact dated before the crime's report stands first on the report's day, in its own order.
        late = fact.subject[0] != "crime" and fact.day < reported
        crimes = {f"{fact.force}/{c}" for c in fact.data.get("crime_references", ())}
        scoped = fact.type in ("cps.charging-decision-made", "cps.prosecution-finalised", "courts.case-completed")
        result.append(
            Placed(
                fact=fact,
                day=reported if late else fact.day,
                joined_late=late,
                cases=frozenset(history.cases_of(key, fact.subject)),
                here=not (scoped and crimes) or crime in crimes,
            )
        )
    return sorted(result, key=lambda p: (p.day, not p.joined_late))

"""Trials: a hearing on one listed date, whoever leads to it (contract 1 and 5.2, metrics.trial)."""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from tests.model.figures import Cell, Told, dimensions
from tests.model.hearings import LISTED, RELISTED, hearings
from tests.model.story import Story

NOT_NEEDED = ("A", "L", "M", "N", "O", "Q")


class Trial(NamedTuple):
    """One with an outcome. `month`: of its date; of a vacated one, in which it was vacated."""

    hearing: str
    date: str
    month: dt.date
    outcome: str
    reason: str | None
    court: str
    jurisdiction: str


def trials(story: Story) -> list[Trial]:
    found = []
    for h in hearings(story).values():
        said = [f for f in story.facts if f.type in (LISTED, RELISTED) and f.data["hearing_id"] == h.id]
        courts = [f.data["court"] for f in said if "court" in f.data]
        jurisdictions = [f.data["jurisdiction"] for f in said if "jurisdiction" in f.data]
        last = {h.date(o): o for o in h.outcomes}
        for date, o in last.items():
            fact = story.facts[o]
            reason = fact.data.get("reason_code")
            outcome = fact.data["outcome"]
            if date is None or (outcome, reason) == ("vacated", "Z"):
                continue
            day = fact.fact.day if outcome == "vacated" else dt.date.fromisoformat(date)
            found.append(
                Trial(
                    hearing=h.id,
                    date=date,
                    month=day.replace(day=1),
                    outcome=outcome,
                    reason=reason,
                    court=courts[-1] if courts else "missing",
                    jurisdiction=jurisdictions[-1] if jurisdictions else "missing",
                )
            )
    return sorted(found)


def trial(told: Told) -> dict[Cell, dict[str, int]]:
    """(period, dimension, value, court, jurisdiction) -> the counts of `metrics.trial`."""
    affected: dict[Cell, dict[Trial, set[str]]] = defaultdict(lambda: defaultdict(set))
    for story, r in told:
        if not r["counted"]:
            continue
        for t in trials(story):
            for dimension, value in dimensions(story, r):
                if dimension in ("all", "force", "bcu"):
                    affected[t.month, dimension, value, t.court, t.jurisdiction][t].add(r["uvi"])
    return {cell: _counts(of) for cell, of in affected.items()}


def _counts(of: dict[Trial, set[str]]) -> dict[str, int]:
    outcomes = [t.outcome for t in of]
    return {
        "trials": len([o for o in outcomes if o != "vacated"]),
        "effective": outcomes.count("effective"),
        "cracked": outcomes.count("cracked"),
        "ineffective": outcomes.count("ineffective"),
        "vacated": outcomes.count("vacated"),
        "vacated_not_needed": sum(t.outcome == "vacated" and t.reason in NOT_NEEDED for t in of),
        "victims_affected": sum(len(persons) for t, persons in of.items() if t.outcome == "ineffective"),
    }

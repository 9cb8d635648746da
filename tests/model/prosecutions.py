"""Prosecutions by the facts of their case alone (contract 1 and 5.2, metrics.post_charge)."""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from tests.model.figures import Cell, Told, dimensions, passages
from tests.model.history import Fact, History
from tests.model.order import order
from tests.model.story import DECISION, DROPPED, RESULTS, VERDICTS, Story

REOPENED = "cps.case-reopened"
VICTIMS = ("victim_retraction", "victim_non_attendance", "victim_evidence")


class Prosecution(NamedTuple):
    """One that has ended."""

    urn: str
    suspect: str | None
    ended: dt.date
    outcome: str
    reason: str | None


def prosecutions(story: Story) -> list[Prosecution]:
    """Those of its cases of which a result is about its crime."""
    crime = f"{story.key[0]}/{story.key[1]}"
    found = []
    for urn in story.cases:
        facts = _facts(story.history, urn)
        named = [f.data["suspect_reference"] for f in facts if "suspect_reference" in f.data]
        for suspect in dict.fromkeys(named) or [None]:
            found += _prosecution(urn, suspect, facts, crime)
    return sorted(found, key=lambda p: (p.urn, p.suspect or ""))


def _facts(history: History, urn: str) -> list[Fact]:
    there = history.led_to(("case", urn))
    types = (DECISION, *RESULTS, REOPENED)
    return sorted((f for f in history.facts if f.type in types and f.subject in there), key=order)


def _prosecution(urn: str, suspect: str | None, facts: list[Fact], crime: str) -> list[Prosecution]:
    """What is about the suspect by name, or about everybody there: those named before, or the one who is named first."""
    names = [f.data.get("suspect_reference") for f in facts]
    first = next((name for name in names if name), None)
    mine = [
        f
        for i, f in enumerate(facts)
        if f.type == REOPENED
        or names[i] == suspect
        or (names[i] is None and (suspect == first or suspect in names[:i]))
    ]
    results = _in_force(mine)
    if not results or _awaits(mine):
        return []
    begun_again = [
        r for i, r in enumerate(mine) if r.type in RESULTS and (_awaits(mine[:i]) or not _in_force(mine[:i]))
    ]
    ended = begun_again[-1] if begun_again[-1] in results else results[0]
    court = [r for r in results if r.type == "courts.case-completed"]
    outcomes = [r.data["outcome"] for r in court or results]
    outcome = next((v for v in VERDICTS if v in outcomes), outcomes[-1])
    reasons = [r.data["reason"] for r in results if "reason" in r.data]
    about = [{f"{r.force}/{c}" for c in r.data.get("crime_references", ())} for r in results]
    if all(crimes and crime not in crimes for crimes in about):
        return []
    kind = "dropped" if outcome in DROPPED else outcome
    return [Prosecution(urn, suspect, ended.day, kind, reasons[-1] if reasons else None)]


def _is_charge(fact: Fact) -> bool:
    return fact.type == DECISION and fact.data["decision"] == "charge"


def _in_force(facts: list[Fact]) -> list[Fact]:
    """Results; a charge or a re-opening after them sets aside those without verdict."""
    return [
        f
        for i, f in enumerate(facts)
        if f.type in RESULTS
        and (f.data["outcome"] in VERDICTS or not any(_is_charge(g) or g.type == REOPENED for g in facts[i:]))
    ]


def _awaits(facts: list[Fact]) -> bool:
    """Charged, and nothing since."""
    return bool(facts) and _is_charge(facts[-1])


def post_charge(told: Told) -> dict[Cell, dict[str, int]]:
    """(period, offence, dimension, value) -> the counts of `metrics.post_charge`; not by CPS area."""
    brought: dict[Cell, set[Prosecution]] = defaultdict(set)
    cells: dict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for story, r in told:
        if not r["counted"]:
            continue
        for offence in ("all", *r["offences"]):
            for dimension, value in dimensions(story, r):
                if dimension not in ("all", "force", "bcu"):
                    continue
                for p in prosecutions(story):
                    brought[p.ended.replace(day=1), offence, dimension, value].add(p)
                if r["exit"] and r["withdrew_stage"] in ("awaiting_trial", "trial") and _after_charge(story):
                    cell = cells[r["concluded_at"].replace(day=1), offence, dimension, value]
                    cell["victims_withdrew"] += 1
                    cell["victims_withdrew_case_continued"] += r["exit"] != "victim_withdrew"
    for at, of in brought.items():
        for p in of:
            cell = cells[at]
            cell["finalised"] += 1
            cell[p.outcome] += 1
            cell["not_convicted"] += p.outcome != "convicted"
            if p.outcome != "convicted" and p.reason in VICTIMS:
                cell[p.reason] += 1
                cell["not_convicted_victim"] += 1
                cell["dropped_victim"] += p.outcome == "dropped"
    return cells


def _after_charge(story: Story) -> bool:
    return any(passage.stage == "post_charge" for passage in passages(story))

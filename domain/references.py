"""What leads to a journey: each agency's reference, how it was linked, and when (contract 2.4, 5.1)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from domain.fact import Fact
from domain.identity import Spell
from domain.story import Story
from schemas.reference import Reference, derived_uvi

METHODS = {"case": "referral", "court_case": "receipt", "hearing": "listing"}


def references(story: Story, facts: Sequence[Fact], reported: dt.date) -> list[dict[str, Any]]:
    """Those that lead to it, and those that did once: `until` says when that ended. `facts`: the journey's, in order."""
    first = {fact.subject: fact for fact in reversed(facts)}
    rows = [
        _row("crime", story.crime, "report", reported),
        _row("victim", f"{story.force}/{story.victim_reference}", "report", reported),
        _row("person", derived_uvi(story.force, story.victim_reference), "derived", reported),
    ]
    rows += [_link("case", urn, spell) for urn, spell in story.case_links]
    rows += [_link("person", uvi, spell) for uvi, spell in story.uvi_links]
    told = {Reference("case", urn) for urn, spell in story.case_links if spell.until is None}
    for subject in story.cases.keys() - told:
        if subject.scheme in METHODS:
            known = first.get(subject)
            rows.append(_row(subject.scheme, subject.value, METHODS[subject.scheme], known.day if known else None))
    return sorted(rows, key=_order)


def _order(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        row["scheme"],
        row["value"],
        row["method"],
        row["since"] or "",
        row["until"] or "",
        row["score"] or 0,
        row["by"] or "",
    )


def _row(scheme: str, value: str, method: str, since: dt.date | None) -> dict[str, Any]:
    begun = since.isoformat() if since else None
    return {
        "scheme": scheme,
        "value": value,
        "method": method,
        "since": begun,
        "until": None,
        "score": None,
        "by": None,
    }


def _link(scheme: str, value: str, spell: Spell) -> dict[str, Any]:
    """A link that somebody made, or broke; a case's that has no method was made by a referral."""
    made = {"score": spell.score, "by": spell.by, "until": spell.until.isoformat() if spell.until else None}
    return _row(scheme, value, spell.method or "referral", spell.since) | made

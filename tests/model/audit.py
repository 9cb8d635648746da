"""Withdrawals as an auditor sees them (contract 5.2, metrics.withdrawal_audit)."""

import datetime as dt
from collections import defaultdict
from typing import Any, NamedTuple

from tests.model.figures import Cell, Told, dimensions
from tests.model.journey import began_in, evidenced, reasons, reported
from tests.model.story import OUTCOME, WITHDREW, Spell, Story

AUDITED = "police.outcome-audited"


class Record(NamedTuple):
    """`days` since the report, None where the withdrawal joined late; `correct`: what the audit says, None without one."""

    began: dt.date
    days: int | None
    stage: str
    code: int | None
    evidenced: bool
    reasons: tuple[str, ...]
    checklist: bool
    correct: bool | None


def records(story: Story) -> list[Record]:
    """One a spell."""
    found = []
    for spell in story.spells(len(story.facts)):
        first = story.facts[spell.start]
        said = [story.facts[i].data for i in spell.facts if story.facts[i].type in WITHDREW]
        found.append(
            Record(
                began=first.day,
                days=None if first.joined_late else (first.day - reported(story)).days,
                stage=began_in(story, spell),
                code=_code(story, spell, len(story.facts)),
                evidenced=evidenced(story, spell),
                reasons=tuple(reasons(story, spell)),
                checklist=any(data.get("checklist_completed") for data in said),
                correct=_correct(story, spell),
            )
        )
    return found


def _code(story: Story, spell: Spell, k: int) -> int | None:
    """The outcome that the first k facts give it."""
    codes = [story.code(i) for i in spell.facts if i < k and story.facts[i].type == OUTCOME]
    return codes[-1] if codes else None


def _correct(story: Story, spell: Spell) -> bool | None:
    """By the last audit of the outcome that stands: the outcome of this spell then, and of none begun since."""
    n = len(story.facts)
    audits = []
    for i in story._where(n, AUDITED):
        code = story.code(i)
        having = [s for s in story.spells(n) if s.start < i and _code(story, s, i) == code]
        changed = any(
            i < f and story.facts[f].type == OUTCOME and story.code(f) != code for f in spell.facts
        )  # and perhaps back again: then nobody has looked since
        if having and having[-1].start == spell.start and not changed:
            audits.append(i)
    return story.facts[audits[-1]].data["correct"] if audits else None


def withdrawal_audit(told: Told) -> dict[Cell, dict[str, int]]:
    """(period, offence, dimension, value, outcome_code) -> the counts of `metrics.withdrawal_audit`."""
    cells: dict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cell, record in _spread(told):
        counts = cells[*cell, str(record.code or "none")]
        counts["withdrawals"] += 1
        counts["evidenced"] += record.evidenced
        counts["unevidenced"] += not record.evidenced
        counts["reason_recorded"] += any(reason != "not_given" for reason in record.reasons)
        counts["checklist_completed"] += record.checklist
        counts["audited"] += record.correct is not None
        counts["audited_correct"] += record.correct is True
    return cells


def withdrawal_reason(told: Told) -> dict[Cell, dict[str, int]]:
    """(period, offence, dimension, value, stage, reason) -> withdrawals."""
    cells: dict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cell, record in _spread(told):
        for reason in record.reasons or ("missing",):
            cells[*cell, record.stage, reason]["withdrawals"] += 1
    return cells


def _spread(told: Told) -> Any:
    for story, r in told:
        for record in records(story) if r["counted"] else ():
            for offence in ("all", *r["offences"]):
                for dimension, value in dimensions(story, r):
                    if dimension in ("all", "force", "bcu"):
                        yield (record.began.replace(day=1), offence, dimension, value), record

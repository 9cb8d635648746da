"""Spells: the times during which a withdrawal stands (contract 4)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.when import When


@dataclass(slots=True)
class Spell:
    """`exit_at`: when it ends the journey, unless there is a charge; None where that was undone. `audited_correct`: what the latest
    audit of its outcome says; None: nobody looked at it."""

    began: When
    stage: str
    ended: When | None = None
    exit_at: When | None = None
    by_outcome_alone: bool = True
    outcome_code: int | None = None
    evidenced_on: dt.date | None = None  # the day of the first evidence, whenever it came to be known
    checklist_completed: bool | None = None
    audited_correct: bool | None = None
    reasons: set[str] = field(default_factory=set)

    @property
    def evidenced(self) -> bool:
        return self.evidenced_on is not None

    def stands_at(self, ending: When) -> bool:
        """Dated on the day of an ending it counts as standing at it."""
        begun = self.began.place <= ending.place or self.began.day == ending.day
        return begun and (self.ended is None or self.ended.place > ending.place)

    def heard(self, when: When, data: Mapping[str, Any]) -> None:
        """A withdrawal fact that belongs to it. Evidenced by any that has evidence; an outcome alone is no evidence."""
        if "outcome_code" in data:
            if data["outcome_code"] != self.outcome_code:
                self.audited_correct = None
            self.outcome_code = data["outcome_code"]
            return
        self.by_outcome_alone = False
        if data.get("evidence"):
            self.evidenced_on = self.evidenced_on or when.day
        self.reasons.update(data.get("reasons", ()))
        if data.get("checklist_completed") is not None:
            self.checklist_completed = bool(self.checklist_completed) or data["checklist_completed"]

    def row(self, reported: dt.date) -> dict[str, Any]:
        """`days` from the report to its beginning; None where that was moved to the report's day."""
        return {
            "began": self.began.day.isoformat(),
            "days": None if self.began.late else (self.began.day - reported).days,
            "ended": self.ended.day.isoformat() if self.ended else None,
            "stage": self.stage,
            "evidenced": self.evidenced,
            "evidenced_on": self.evidenced_on.isoformat() if self.evidenced_on else None,
            "reasons": sorted(self.reasons),
            "outcome_code": self.outcome_code,
            "checklist_completed": self.checklist_completed,
            "audited_correct": self.audited_correct,
        }

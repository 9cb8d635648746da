"""Hearings and trials of a journey (contract 3, first_hearing_at; contract 1, trial)."""

import datetime as dt
from dataclasses import dataclass, field

from tests.model.story import CLEARED, TRIAL, Story

LISTED, RELISTED = "courts.hearing-listed", "courts.hearing-relisted"
ADJOURNED, RESULTED = "courts.hearing-adjourned", "courts.hearing-resulted"
TRIALS = ("TRL", "TNW")
PUT_OFF = ("ineffective", "vacated")


@dataclass
class Hearing:
    """What is known of one hearing when the last fact of the journey is told."""

    id: str
    types: list[tuple[int, str | None]] = field(default_factory=list)
    dates: list[tuple[int, str]] = field(default_factory=list)
    outcomes: list[int] = field(default_factory=list)
    took_place: list[int] = field(default_factory=list)

    def date(self, at: int) -> str | None:
        """The start date for which it was listed before the fact at `at`."""
        return next((d for i, d in reversed(self.dates) if i < at), None)

    @property
    def type(self) -> str | None:
        return self.types[-1][1] if self.types else None


def hearings(story: Story) -> dict[str, Hearing]:
    found: dict[str, Hearing] = {}
    for i, fact in enumerate(story.facts):
        if fact.type not in (LISTED, RELISTED, ADJOURNED, RESULTED, TRIAL, CLEARED):
            continue
        h = found.setdefault(fact.data["hearing_id"], Hearing(fact.data["hearing_id"]))
        if fact.type == LISTED:
            h.types.append((i, fact.data["hearing_type"]))
        if fact.type in (LISTED, RELISTED):
            h.dates.append((i, fact.data["start_date"]))
        elif fact.type in (ADJOURNED, RESULTED):
            h.took_place.append(i)
        elif fact.type == TRIAL:
            h.outcomes.append(i)
        elif fact.type == CLEARED and h.outcomes:
            h.outcomes.pop()
        following = found.setdefault(
            fact.data.get("next_hearing_id", h.id), Hearing(fact.data.get("next_hearing_id", h.id))
        )
        listed = any(f.type == LISTED and f.data["hearing_id"] == following.id for f in story.facts[:i])
        if following is not h and not listed and (fact.type == ADJOURNED or fact.data.get("outcome") in PUT_OFF):
            following.types.append((i, h.type))  # the next is what this one was, until it is listed itself
        if "next_start_date" in fact.data and (following is h or not listed):
            following.dates.append((i, fact.data["next_start_date"]))
    return found


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def first_hearing(story: Story, case: str | None) -> dt.date | None:
    """The start date of the first hearing that took place: resulted, adjourned, or with a trial outcome that is not vacated."""
    dates = []
    for h in hearings(story).values():
        stands = {h.date(o): o for o in h.outcomes}.values()  # the last of each trial
        for i in (*h.took_place, *(o for o in stands if story.facts[o].data["outcome"] != "vacated")):
            if case is None or case in story.facts[i].cases:
                dates.append(day(h.date(i)))
    return min((d for d in dates if d), default=None)


def first_trial(story: Story, case: str | None) -> tuple[dt.date | None, dt.date | None]:
    """The date for which the first trial was listed, and the day of that listing."""
    for fact in story.facts:
        if fact.type == LISTED and fact.data["hearing_type"] in TRIALS and (case is None or case in fact.cases):
            return day(fact.data["start_date"]), fact.day
    return None, None


def trial_outcomes(story: Story) -> list[str]:
    """One outcome for each trial; what was recorded last stands."""
    return [story.facts[trial[-1]].data["outcome"] for trial in story.trials(len(story.facts))]


def next_trial_date(story: Story) -> dt.date | None:
    """The earliest date of a trial without outcome."""
    waiting = []
    for h in hearings(story).values():
        over = {h.date(i) for i in (*h.outcomes, *h.took_place)}
        if (h.type in TRIALS or h.outcomes) and h.dates and h.dates[-1][1] not in over:
            waiting.append(day(h.dates[-1][1]))
    return min((d for d in waiting if d), default=None)

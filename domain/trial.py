"""Hearings and trials of a journey (contract 1 and 3). A trial is one hearing of type TRL or TNW on one listed start date."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain.calendar import london_day
from domain.fact import Fact
from domain.when import When
from schemas.codes import TRIALS

PUT_OFF = ("ineffective", "vacated")


class Outcome(NamedTuple):
    """What was recorded of a trial. `day`: the fact's own, where the journey has it at the day of a later report."""

    when: When
    said: str
    reason: str | None
    day: dt.date


@dataclass(slots=True)
class Date:
    """A date that a hearing was set for: by what was said on the day `set_on` and written down on the day `recorded_on`; until it
    was moved away from on the day `moved_on`."""

    date: str
    set_on: dt.date
    recorded_on: dt.date
    moved_on: dt.date | None = None


@dataclass(slots=True)
class Sitting:
    """A hearing on one listed start date. `outcomes`: of a trial, the last stands. `dates`: those that it was set for, the last
    is its own."""

    listed_at: When
    times_moved: int = 0
    outcomes: list[Outcome] = field(default_factory=list)
    held_on: dt.date | None = None  # first resulted or adjourned
    dates: list[Date] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome | None:
        return self.outcomes[-1] if self.outcomes else None

    @property
    def effective(self) -> When | None:
        """When it was first recorded effective, if that is what stands."""
        if not self.outcomes or self.outcomes[-1].said != "effective":
            return None
        return min(o.when for o in self.outcomes if o.said == "effective")

    @property
    def over(self) -> bool:
        return self.held_on is not None or bool(self.outcomes)

    @property
    def took_place(self) -> bool:
        """A vacated trial did not."""
        return self.held_on is not None or (self.outcome is not None and self.outcome.said != "vacated")

    def set(self, date: str, when: When, fact: Fact) -> None:
        """It is for this date now."""
        if self.dates:
            self.dates[-1].moved_on = when.day
        self.dates.append(Date(date, when.day, london_day(fact.recorded)))

    @property
    def date(self) -> str | None:
        """None: nobody said for when."""
        return self.dates[-1].date if self.dates else None


@dataclass(slots=True)
class Hearing:
    hearing_id: str
    urns: list[str]
    type: str | None = None
    court: str | None = None
    jurisdiction: str | None = None
    listed: bool = False
    sittings: list[Sitting] = field(default_factory=list)

    @property
    def trial(self) -> bool:
        """By its type; one that has a trial's outcome is a trial whatever it was listed as."""
        return self.type in TRIALS or any(s.outcomes for s in self.sittings)


class Hearings:
    """The hearings that a journey's cases lead to. `effective`: the first effective trial that stands."""

    def __init__(self) -> None:
        self.known: dict[str, Hearing] = {}
        self.adjournments = 0
        self.effective: When | None = None
        self._listed_as_trial: list[tuple[When, str, list[str]]] = []

    def effective_of(self, urn: str | None) -> When | None:
        """The first effective trial of one case, or of any."""
        return min((effective for _, s in self._sittings(urn) if (effective := s.effective)), default=None)

    def _get(self, hearing_id: str, urns: list[str]) -> Hearing:
        return self.known.setdefault(hearing_id, Hearing(hearing_id, urns))

    def _move(self, hearing: Hearing, date: str | None, when: When, fact: Fact) -> None:
        """The hearing is listed for a date: a new sitting if the last one is over, else the same one moved. Back to a date on which
        it was over, it is that one again."""
        last = hearing.sittings[-1] if hearing.sittings else None
        again = next((s for s in hearing.sittings[:-1] if s.date == date), None)
        if last is None:
            self._add(hearing, Sitting(when), date, fact)
        elif again is not None and date is not None:
            if not last.over:
                hearing.sittings.pop()
            hearing.sittings.remove(again)
            hearing.sittings.append(again)
        elif last.over and date != last.date:
            self._add(hearing, Sitting(when, last.times_moved + 1), date, fact)
        elif date is not None and date != last.date:
            last.times_moved += last.date is not None
            last.set(date, when, fact)

    def _add(self, hearing: Hearing, sitting: Sitting, date: str | None, fact: Fact) -> None:
        if date is not None:
            sitting.set(date, sitting.listed_at, fact)
        hearing.sittings.append(sitting)

    def _now(self, hearing: Hearing, when: When) -> Sitting:
        """The sitting that a fact without a date is about."""
        if not hearing.sittings:
            hearing.sittings.append(Sitting(when))
        return hearing.sittings[-1]

    def listed(self, when: When, fact: Fact, urns: list[str]) -> None:
        data = fact.data
        hearing = self._get(data["hearing_id"], urns)
        hearing.listed, hearing.urns = True, urns
        hearing.type, hearing.court = data["hearing_type"], data["court"]
        hearing.jurisdiction = data.get("jurisdiction", hearing.jurisdiction)
        if hearing.type in TRIALS:
            self._listed_as_trial.append((when, data["start_date"], urns))
        self._move(hearing, data["start_date"], when, fact)

    def take(self, when: When, fact: Fact, urns: list[str]) -> None:
        """A relisting, adjournment, result, trial outcome or its removal."""
        data = fact.data
        hearing = self._get(data["hearing_id"], urns)
        hearing.urns = urns  # it may have been known by the one before it alone
        match fact.kind.rpartition(".")[2]:
            case "hearing-relisted":
                hearing.court = data.get("court", hearing.court)
                self._move(hearing, data["start_date"], when, fact)
            case "hearing-adjourned" | "hearing-resulted":
                self.adjournments += fact.kind.endswith("adjourned")
                sitting = self._now(hearing, when)
                sitting.held_on = sitting.held_on or when.day
            case "trial-outcome-recorded":
                outcome = Outcome(when, data["outcome"], data.get("reason_code"), fact.day)
                self._now(hearing, when).outcomes.append(outcome)
                self.effective = self.effective_of(None)
            case "trial-outcome-cleared":
                last = max(
                    (s for s in hearing.sittings if s.outcomes), key=lambda s: s.outcomes[-1].when.place, default=None
                )
                if last is not None:
                    last.outcomes.pop()
                    self.effective = self.effective_of(None)
                    if not last.over and last is not hearing.sittings[-1]:
                        hearing.sittings.remove(last)  # it was not on that date after all, only moved from it
        following = self._get(data.get("next_hearing_id", hearing.hearing_id), urns)
        if following is not hearing and following.listed:
            return
        if following is not hearing and (fact.kind.endswith("adjourned") or data.get("outcome") in PUT_OFF):
            following.type = hearing.type  # until it is listed itself it is what this one was
        if "next_start_date" in data:
            self._move(following, data["next_start_date"], when, fact)

    # What they come to

    def _sittings(self, urn: str | None = None) -> list[tuple[Hearing, Sitting]]:
        if not self.known:  # as of most journeys
            return []
        return [(h, s) for _, h in sorted(self.known.items()) if urn is None or urn in h.urns for s in h.sittings]

    def first_held(self, urn: str | None = None) -> dt.date | None:
        """The start date of the first hearing that took place, of one case or of any."""
        held = (s.date for _, s in self._sittings(urn) if s.took_place and s.date)
        return min((dt.date.fromisoformat(date) for date in held), default=None)

    def first_trial(self, urn: str | None = None) -> tuple[dt.date, When] | None:
        """The date for which the first trial was first listed, and when it was; of one case or of any."""
        listed = [(when, date) for when, date, urns in self._listed_as_trial if urn is None or urn in urns]
        if not listed:
            return None
        when, date = min(listed)
        return dt.date.fromisoformat(date), when

    @property
    def next_trial(self) -> dt.date | None:
        """The date of the first trial that has no outcome yet."""
        return min(
            (dt.date.fromisoformat(s.date) for h, s in self._sittings() if h.trial and s.date and not s.over),
            default=None,
        )

    def outcomes(self) -> Counter[str]:
        """How many trials have each outcome."""
        return Counter(s.outcome.said for _, s in self._sittings() if s.outcome)

    def rows(self) -> list[dict[str, Any]]:
        """One object a hearing, as it is listed now."""
        rows = []
        for _, h in sorted(self.known.items()):
            last = h.sittings[-1] if h.sittings else None
            outcome = last.outcome if last else None
            rows.append(
                {
                    "hearing_id": h.hearing_id,
                    "court": h.court,
                    "hearing_type": h.type,
                    "jurisdiction": h.jurisdiction,
                    "listed_for": last.date if last else None,
                    "listed_at": last.listed_at.day.isoformat() if last else None,
                    "times_moved": last.times_moved if last else 0,
                    "outcome": outcome.said if outcome else None,
                    "reason_code": outcome.reason if outcome else None,
                }
            )
        return rows

    def trials(self) -> list[dict[str, Any]]:
        """One object a trial."""
        return [
            {
                "hearing_id": h.hearing_id,
                "date": s.date,
                "court": h.court,
                "jurisdiction": h.jurisdiction,
                "listed_at": s.listed_at.day.isoformat(),
                "times_moved": s.times_moved,
                "outcome": s.outcome.said if s.outcome else None,
                "reason_code": s.outcome.reason if s.outcome else None,
                "outcome_at": s.outcome.day.isoformat() if s.outcome else None,
                "awaited": not s.over,
                "cases": h.urns,
            }
            for h, s in self._sittings()
            if h.trial and s.date
        ]

    def dates(self) -> list[dict[str, Any]]:
        """One object for each date that a hearing was set for. `ended_on`: it was moved away from, put off or held."""
        return [
            {
                "hearing_id": h.hearing_id,
                "urns": h.urns,
                "court": h.court,
                "trial": h.trial,
                "date": d.date,
                "set_on": d.set_on.isoformat(),
                "recorded_on": d.recorded_on.isoformat(),
                "ended_on": ended.isoformat() if (ended := d.moved_on or _over_on(s)) else None,
            }
            for h, s in self._sittings()
            for d in s.dates
        ]


def _over_on(sitting: Sitting) -> dt.date | None:
    days = [outcome.day for outcome in sitting.outcomes] + ([sitting.held_on] if sitting.held_on else [])
    return min(days, default=None)

"""Charging decisions by the facts of their case alone (contract 3 and 5.2, metrics.charging)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tests.model.figures import Cell, Told, dimensions
from tests.model.history import Fact, History
from tests.model.order import order
from tests.model.story import ANSWER, DECISION, PLAN, RECEIPT, REFERRAL, RESULTS, VERDICTS

REOPENED = "cps.case-reopened"
COURT = "courts.case-received"
FINALISED = "administratively_finalised"


class Charging(NamedTuple):
    """How a case was decided. `returned`: at its first triage, None without one; `cps_days` once it was submitted."""

    urn: str
    received: dt.date | None
    referred: bool
    returned: bool | None
    in_custody: bool | None
    decided: dt.date | None
    charged: bool
    plans: int
    cps_days: int | None
    awaits: bool


def charging_of(history: History, urn: str) -> Charging:
    case = _Case(history, urn)
    every = len(case.facts)
    receipts = [i for i in range(every) if case.facts[i].type == RECEIPT]
    triages = [i for i in receipts if not case.early(i)]
    decided = case.decided(every)
    custody = [
        case.facts[i].data["in_custody"]
        for i in range(every)
        if (case.submits(i) or case.facts[i].type == COURT) and "in_custody" in case.facts[i].data
    ]
    return Charging(
        urn=urn,
        received=case.facts[receipts[0]].day if receipts else None,
        referred=case.referred(every),
        returned=not case.accepted(triages[0]) if triages else None,
        in_custody=custody[0] if custody else None,
        decided=case.facts[decided].day if decided is not None else None,
        charged=any(f.type == DECISION and f.data["decision"] == "charge" for f in case.facts),
        plans=len({case.facts[i].data["action_plan_id"] for i in range(every) if case.plan(i)}),
        cps_days=case.cps_days(),
        awaits=decided is None and case.waits(every),
    )


class _Case:
    """Questions asked of the first k facts."""

    def __init__(self, history: History, urn: str) -> None:
        self.goes_on = cache(self._goes_on)
        self.waits = cache(self._waits)
        there = history.led_to(("case", urn))
        types = (REFERRAL, RECEIPT, PLAN, ANSWER, DECISION, REOPENED, COURT, *RESULTS)
        self.facts: list[Fact] = sorted((f for f in history.facts if f.type in types and f.subject in there), key=order)

    def early(self, i: int) -> bool:
        """A receipt or plan is of the last submission before it."""
        submitted = [f for f in self.facts[:i] if f.type == REFERRAL]
        return bool(submitted) and submitted[-1].data.get("referral_type") == "early_advice"

    def submits(self, i: int) -> bool:
        return self.facts[i].type == REFERRAL and self.facts[i].data.get("referral_type") != "early_advice"

    def accepted(self, i: int) -> bool:
        accepted: bool = self.facts[i].data.get("accepted", True)
        return accepted

    def triages(self, i: int) -> bool:
        return self.facts[i].type == RECEIPT and not self.early(i)

    def plan(self, i: int) -> bool:
        return self.facts[i].type == PLAN and not self.early(i)

    def referred(self, k: int) -> bool:
        return any(self.submits(i) or self.triages(i) for i in range(k))

    def decided(self, k: int) -> int | None:
        """The first decision that is not an administrative finalisation."""
        found = (i for i in range(k) if self.facts[i].type == DECISION and self.facts[i].data["decision"] != FINALISED)
        return next(found, None)

    def open_plans(self, k: int) -> set[str]:
        """Issued and not answered."""
        plans: set[str] = set()
        for i in range(k):
            if self.plan(i):
                plans.add(self.facts[i].data["action_plan_id"])
            elif self.facts[i].type == ANSWER:
                answered = self.facts[i].data.get("action_plan_id")
                plans = plans - {answered} if answered else set()
        return plans

    def answers(self, i: int) -> bool:
        return self.facts[i].type == ANSWER and self.open_plans(i) != self.open_plans(i + 1)

    def returned(self, k: int) -> bool:
        """At triage, and no submission, decision, result or re-opening since."""
        last = next((i for i in reversed(range(k)) if self._moves(i)), None)
        return last is not None and self.triages(last) and not self.accepted(last)

    def _moves(self, i: int) -> bool:
        fact = self.facts[i]
        return (
            fact.type in (DECISION, REOPENED, *RESULTS)
            or self.submits(i)
            or self.stands_for_referral(i)
            or (self.triages(i) and not self.accepted(i))
        )

    def stands_for_referral(self, i: int) -> bool:
        """A receipt with no submission before it, or accepted after a return."""
        return self.triages(i) and (not self.referred(i) or (self.accepted(i) and self.returned(i)))

    def _about(self, k: int, suspect: str | None) -> list[int]:
        """Decisions and results about a suspect by name, or about everybody there: those named before, or who is named first."""
        there = [i for i in range(k) if self.facts[i].type in (DECISION, *RESULTS)]
        name = {i: self.facts[i].data.get("suspect_reference") for i in there}
        first = next((n for n in name.values() if n), None)
        return [
            i
            for i in there
            if name[i] == suspect
            or (name[i] is None and (suspect == first or suspect in [name[j] for j in there if j < i]))
        ]

    def _sets_aside(self, i: int) -> bool:
        """The decisions of before: a re-opening; a submission or an answered plan, not in a charged case that goes on."""
        if self.facts[i].type == REOPENED:
            return True
        asks = self.submits(i) or self.stands_for_referral(i) or self.answers(i)
        return asks and not self.goes_on(i)

    def _charged(self, i: int) -> bool:
        return self.facts[i].type == DECISION and self.facts[i].data["decision"] == "charge"

    def _goes_on(self, k: int) -> bool:
        """Charged by a decision or a result that stands, and somebody there still awaits something."""
        charged = pending = False
        aside = max((i for i in range(k) if self._sets_aside(i)), default=-1)
        reopened = max((i for i in range(k) if self.facts[i].type == REOPENED), default=-1)
        suspects = {self.facts[i].data.get("suspect_reference") for i in range(k)} - {None}
        for suspect in suspects or {None}:
            mine = self._about(k, suspect)
            begun = max((i for i in mine if self._charged(i)), default=-1)
            results = [
                i
                for i in mine
                if self.facts[i].type in RESULTS
                and (self.facts[i].data["outcome"] in VERDICTS or i > max(begun, reopened))
            ]
            awaits = bool(mine) and self._charged(mine[-1]) and mine[-1] > aside
            charged = charged or awaits or bool(results)
            pending = pending or awaits
        return charged and (pending or self.waits(k) or self.returned(k))

    def _waits(self, k: int) -> bool:
        """For a decision: since the last submission, or what stands for one; not in a prosecuted case that goes on."""
        for i in reversed(range(k)):
            fact = self.facts[i]
            if fact.type in (DECISION, *RESULTS):
                return False
            if fact.type == REOPENED:
                return self.referred(i)
            if self.triages(i) and not self.accepted(i):
                return False
            if (self.submits(i) or self.stands_for_referral(i)) and not self.goes_on(i):
                return True
            if self.answers(i) and not self.goes_on(i) and self.referred(i) and not self.returned(i):
                return True
        return False

    def holder(self, k: int) -> str:
        if self.returned(k):
            return "police"
        if not self.waits(k):
            return "none"
        decisions = [i for i in range(k) if self.facts[i].type == DECISION]
        since = decisions[-1] if decisions else 0
        open_plans = self.open_plans(k) & {
            self.facts[i].data["action_plan_id"] for i in range(since, k) if self.plan(i)
        }
        if open_plans:
            return "police"
        submitted = [i for i in range(k) if self.submits(i)]
        receipts = [i for i in range(k) if self.triages(i) and (not submitted or i > submitted[-1])]
        return "cps" if receipts or all(f.type != RECEIPT for f in self.facts) else "police"

    def cps_days(self) -> int | None:
        """Of the times that are over, from the first submission (else the receipt) to the decision."""
        every = range(len(self.facts))
        begins = [i for i in every if self.submits(i)] or [i for i in every if self.triages(i)]
        if not begins:
            return None
        days, since = 0, None
        for i in range(begins[0], len(self.facts)):
            day = self.facts[i].day
            closes = self.facts[i].type == DECISION and self.facts[i].data["decision"] != FINALISED
            if since is not None and (closes or self.holder(i + 1) != "cps"):
                days += (day - since).days
                since = None
            if closes:
                return days
            if since is None and self.holder(i + 1) == "cps":
                since = day
        return days


# The figure


def charging(told: Told) -> dict[Cell, dict[str, int]]:
    """(period, offence, dimension, value, basis) -> the counts of `metrics.charging` without open ones; not by CPS area."""
    brought: dict[Cell, set[Charging]] = defaultdict(set)
    for story, r in told:
        if not r["counted"]:
            continue
        for case in (charging_of(story.history, urn) for urn in story.cases):
            for basis, day in _bases(case):
                for offence in ("all", *r["offences"]):
                    for dimension, value in dimensions(story, r):
                        if dimension in ("all", "force", "bcu"):
                            brought[day.replace(day=1), offence, dimension, value, basis].add(case)
    return {cell: _counts(cases) for cell, cases in brought.items()}


def _bases(case: Charging) -> Iterator[tuple[str, dt.date]]:
    if case.received and (case.referred or case.decided):
        yield "received", case.received
    if case.decided:
        yield "decided", case.decided


def _counts(cases: set[Charging]) -> dict[str, int]:
    free = [c for c in cases if c.received and not c.in_custody]
    return {
        "referrals": len(cases),
        "triaged": sum(c.returned is not None for c in cases),
        "returned_at_triage": sum(bool(c.returned) for c in cases),
        "decisions": sum(c.decided is not None for c in cases),
        "charged": sum(c.charged for c in cases),
        "with_action_plan": sum(c.plans > 0 for c in cases),
        "action_plans": sum(c.plans for c in cases),
        "not_in_custody": len(free),
        "within_28_days": sum(
            bool(c.decided and c.received and 0 <= (c.decided - c.received).days <= 28) for c in free
        ),
        "within_28_days_cps": sum(bool(c.decided and c.cps_days is not None and c.cps_days <= 28) for c in free),
    }


def opened(told: Told, reading: dt.date) -> dict[Cell, int]:
    """(period,) -> cases that await their first decision on the reading date, over 28 days since the receipt; all offences."""
    cases = {charging_of(s.history, urn) for s, r in told if r["counted"] for urn in s.cases}
    found: dict[Cell, int] = defaultdict(int)
    for case in cases:
        if case.received and case.referred and case.awaits and (reading - case.received).days > 28:
            found[(case.received.replace(day=1),)] += 1
    return found

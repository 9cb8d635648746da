"""Who held a case's file for how long before the decision (contract 3, Holder), and a case by its own facts.

Clocks are the case's, by its own dates. CPS's queue stops while police hold the file; a victim's wait does not, so both are kept.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from domain.case import Case, Prosecution, Result, When
from domain.delay import Delay, interval
from domain.exits import DECISIONS
from domain.fact import Fact


@dataclass(slots=True)
class Clock:
    """Days by holder, from the first submission (else receipt) to the decision; `closed` is None while it runs."""

    began: When | None = None
    closed: When | None = None
    days: dict[str, int] = field(default_factory=lambda: {"cps": 0, "police": 0, "none": 0})
    _since: dt.date | None = None

    def reach(self, day: dt.date, holder: str) -> None:
        """Until this day the file was with `holder`."""
        if self._since is not None and self.closed is None and day > self._since:
            self.days[holder] += (day - self._since).days
            self._since = day

    def begin(self, when: When) -> None:
        if self.began is None:
            self.began, self._since = when, when.day


class OwnCase:
    """A case by its own facts alone, whatever crime they are about: every journey of it says the same."""

    def __init__(self, urn: str, facts: Iterable[Fact], stop: When | None = None) -> None:
        """`facts` are those of the case and what it leads to, about everybody there. `stop`: the day of police outcome 1, or of a
        police outcome that ended the journey, at which its clocks close."""
        self.urn = urn
        facts = sorted((f for f in facts if not f.voided), key=attrgetter("key"))
        self.case = Case(urn, has_receipt=any(f.kind == "cps.referral-received" for f in facts))
        self.clock = Clock()
        self.area: str | None = None
        self.in_custody: bool | None = None
        self.decision: str | None = None
        self.first_triage: bool | None = None
        self.court_receipt: When | None = None
        self.completed: When | None = None
        self.first_held: dt.date | None = None
        self.effective: When | None = None
        for fact in facts:
            when = When(fact.day, fact.precise)
            if stop is not None and self.clock.closed is None and self.clock.began and stop.day <= when.day:
                self._close(stop)
            self._take(when, fact)
        if stop is not None and self.clock.closed is None and self.clock.began:
            self._close(stop)

    def _close(self, when: When) -> None:
        self.clock.reach(when.day, self._holder())
        self.clock.closed = when

    def _holder(self) -> str:
        """Between an administrative finalisation and a re-opening nobody has it."""
        return "none" if self.case.decisions and not self.case.waiting else self.case.holder

    def _take(self, when: When, fact: Fact) -> None:
        case, data = self.case, fact.data
        self.clock.reach(when.day, self._holder())
        if fact.source.startswith("/cps/"):
            self.area = fact.source.split("/")[2].replace("-", "_").lower()
        match fact.kind:
            case "police.charge-referral-submitted":
                kind = data.get("referral_type", "full_code")
                case.submit(when, kind)
                if kind != "early_advice":
                    self.clock.begin(when)
                    if self.in_custody is None:
                        self.in_custody = data.get("in_custody")
            case "cps.referral-received":
                if case.receive(when, data.get("accepted", True)):
                    self.clock.begin(when)
                    if self.first_triage is None:
                        self.first_triage = not data.get("accepted", True)
            case "cps.action-plan-issued":
                if not case.early:
                    case.plans[data["action_plan_id"]] = when
                    case.plans_issued += 1
            case "police.action-plan-answered":
                if "action_plan_id" in data:
                    case.plans.pop(data["action_plan_id"], None)
                else:
                    case.plans.clear()
                if case.decisions:
                    case.ask()
            case "cps.charging-decision-made":
                self._decide(when, data)
            case "cps.case-reopened":
                case.reopen()
            case "cps.prosecution-finalised" | "courts.case-completed":
                result = Result(fact.kind.startswith("courts."), data["outcome"], data.get("reason"))
                case.charged, case.waiting = True, False
                for prosecution in case.named(data.get("suspect_reference")):
                    prosecution.add(when, result, again=False)
                if fact.kind == "courts.case-completed":
                    self.completed = when
            case "courts.case-received":
                self.court_receipt = self.court_receipt or when
                if self.in_custody is None:
                    self.in_custody = data.get("in_custody")

    def _decide(self, when: When, data: Mapping[str, Any]) -> None:
        case = self.case
        exit = DECISIONS.get(data["decision"])
        case.decide(when, exit)
        if exit is None:
            case.charged, case.charge = True, case.charge or when
            for prosecution in case.named(data.get("suspect_reference")):
                if prosecution.without_verdict():
                    prosecution.ended = None
                    prosecution.results.clear()
        if exit != "administratively_finalised":
            self.decision = self.decision or data["decision"]
            if self.clock.closed is None and self.clock.began:
                self.clock.closed = when

    # What it comes to

    @property
    def over(self) -> bool:
        """No decision awaited, no charged prosecution without a result."""
        case = self.case
        ended = all(p.ended for p in case.prosecutions.values())
        return not case.waiting and not case.returned and ended and bool(case.decisions or case.prosecutions)

    @property
    def holder(self) -> str:
        if self.over:
            return "none"
        return "court" if self.case.charged else self.case.holder

    def charging_delays(self, over: bool) -> list[Delay]:
        """The intervals before a charge, of a unit that is `over` or not."""
        case, clock = self.case, self.clock
        shut = clock.closed
        decided = case.decided if case.decided else None
        return [
            *interval("receipt_to_charge", case.first_receipt, case.charge, over or case.charged),
            *interval("referral_to_decision", case.referred, decided, over or case.charged),
            *interval("cps_days", clock.began, shut, over, clock.days["cps"]),
            *interval("police_days", clock.began, shut, over, clock.days["police"]),
        ]

    def row(self, area: str | None, hearings: Mapping[str, Any]) -> dict[str, Any]:
        case, clock = self.case, self.clock
        prosecutions = sorted(case.prosecutions.items(), key=lambda item: item[0] or "")
        ended = [p.ended for _, p in prosecutions if p.ended]
        concluded = max(ended) if self.over and ended else None
        charge = case.charge
        return {
            "urn": self.urn,
            "cps_area": self.area or area,
            "received_at": _iso(case.first_receipt),
            "referred_at": _iso(case.referred),
            "in_custody": self.in_custody,
            "decided_at": _iso(case.decided),
            "decision": self.decision,
            "charged_at": _iso(charge),
            "cps_days": clock.days["cps"] if clock.closed else None,
            "police_days": clock.days["police"] if clock.closed else None,
            "action_plans": case.plans_issued,
            "returned_at_triage": self.first_triage,
            "holder": self.holder,
            "prosecutions": [_prosecution(suspect, p) for suspect, p in prosecutions],
            "delays": [
                *self.charging_delays(self.over),
                *interval("charge_to_first_hearing", charge, hearings["first_held"], self.over),
                *interval("charge_to_trial", charge, hearings["effective"], self.over),
                *interval(
                    "court_receipt_to_completion", self.court_receipt, self.completed if self.over else None, self.over
                ),
                *interval("charge_to_conclusion", charge, concluded, self.over),
            ],
        }


def _iso(when: When | None) -> str | None:
    return when.day.isoformat() if when else None


def _prosecution(suspect: str | None, p: Prosecution) -> dict[str, Any]:
    return {"suspect_reference": suspect, "outcome": p.outcome, "reason": p.reason, "finalised_at": _iso(p.ended)}

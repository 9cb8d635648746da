"""A case by its own facts, at their own dates: the unit of `journeys.case`, the same in every journey of it."""

import datetime as dt
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from domain.case import Case, Prosecution, result
from domain.delay import Delay, interval
from domain.exits import DECISIONS, of_result
from domain.fact import Fact
from domain.when import When

REFERRAL = "police.charge-referral-submitted"


@dataclass(slots=True)
class Wait:
    """A time during which a decision is awaited, whoever holds the file: from the referral, later ones from what asked for
    another decision, to the decision, an administrative finalisation too."""

    since: dt.date
    ended_on: dt.date | None = None


@dataclass(slots=True)
class Plan:
    """An action plan, until it is answered or overtaken by a decision. `due`: ISO, where CPS said so."""

    issued_on: dt.date
    due: str | None
    ended_on: dt.date | None = None


class OwnCase:
    """A case by its own facts alone, whatever crime they are about: every journey of it says the same."""

    def __init__(self, urn: str, facts: Iterable[Fact]) -> None:
        """`facts` are those of the case and what it leads to, about everybody there."""
        self.urn = urn
        self._rows: dict[Hashable, dict[str, Any]] = {}
        facts = sorted((f for f in facts if not f.voided), key=attrgetter("key"))
        self.case = Case(
            urn,
            has_submission=any(f.kind == REFERRAL and f.data.get("referral_type") != "early_advice" for f in facts),
            has_receipt=any(f.kind == "cps.referral-received" for f in facts),
        )
        self.area: str | None = None
        self.in_custody: bool | None = None
        self.decision: str | None = None
        self.first_triage: bool | None = None
        self.court_receipt: When | None = None
        self.completed: When | None = None
        self.waits: list[Wait] = []
        self.plans: dict[str, Plan] = {}
        for place, fact in enumerate(facts, start=1):
            self._take(When(fact.day, place, fact.precise), fact)
            self._wait(fact.day)
            self.case.clock.turn(fact.day, self.case.holder)

    def _take(self, when: When, fact: Fact) -> None:
        case, data = self.case, fact.data
        goes_on = case.charged and not self.over
        if fact.source.startswith("/cps/"):
            self.area = fact.source.split("/")[2].replace("-", "_").lower()
        match fact.kind:
            case "police.charge-referral-submitted":
                case.submit(when, when.day, data.get("referral_type", "full_code"), goes_on=goes_on)
                if not case.early and self.in_custody is None:
                    self.in_custody = data.get("in_custody")
            case "cps.referral-received":
                accepted = data.get("accepted", True)
                case.receive(when, when.day, accepted, goes_on=goes_on)
                if not case.early and self.first_triage is None:
                    self.first_triage = not accepted
            case "cps.action-plan-issued":
                case.issue(when, data["action_plan_id"])
                if not case.early:
                    self.plans[data["action_plan_id"]] = Plan(when.day, data.get("due_date"))
            case "police.action-plan-answered":
                if case.answers(data.get("action_plan_id")):
                    case.answer(data.get("action_plan_id"), goes_on=goes_on)
            case "cps.charging-decision-made":
                decision = data["decision"]
                case.decide(when, when.day, data.get("suspect_reference"), DECISIONS.get(decision))
                if decision != "administratively_finalised":
                    self.decision = self.decision or decision
            case "cps.case-reopened":
                case.reopen()
            case "cps.prosecution-finalised" | "courts.case-completed":
                case.end(data.get("suspect_reference"), result(when, fact), since=-1)
                if fact.kind == "courts.case-completed":
                    self.completed = when
            case "courts.case-received":
                self.court_receipt = self.court_receipt or when
                if self.in_custody is None:
                    self.in_custody = data.get("in_custody")

    def _wait(self, day: dt.date) -> None:
        """After each fact: does it still wait for a decision, returned at triage too, and for an answer to which plans."""
        waits = self.case.waiting or (self.case.returned and not self.case.charged)
        last = self.waits[-1] if self.waits else None
        if waits and (last is None or last.ended_on):
            first = self.case.referred if last is None else None
            self.waits.append(Wait(first.day if first else day))
        elif last is not None and not waits:
            last.ended_on = last.ended_on or day
        for name, plan in self.plans.items():
            if plan.ended_on is None and name not in self.case.plans:
                plan.ended_on = day

    # What it comes to

    @cached_property
    def wait_rows(self) -> list[dict[str, Any]]:
        """As `signals` has them."""
        return [
            {
                "urn": self.urn,
                "since": wait.since.isoformat(),
                "ended_on": wait.ended_on.isoformat() if wait.ended_on else None,
                "holder": None if wait.ended_on else self.case.holder,
                "in_custody": bool(self.in_custody),
            }
            for wait in self.waits
        ]

    @cached_property
    def plan_rows(self) -> list[dict[str, Any]]:
        """As `signals` has them."""
        return [
            {
                "urn": self.urn,
                "plan": name,
                "issued_on": plan.issued_on.isoformat(),
                "due": plan.due,
                "ended_on": plan.ended_on.isoformat() if plan.ended_on else None,
            }
            for name, plan in sorted(self.plans.items())
        ]

    @property
    def over(self) -> bool:
        """No decision awaited, no charged prosecution without a result."""
        case = self.case
        parts = case.prosecutions.values()
        awaits = case.waiting or case.returned or any(p.awaits for p in parts)
        return not awaits and any(p.decision or p.results for p in parts)

    @property
    def awaits_decision(self) -> bool:
        """Its first: a case re-opened after one has been decided before."""
        return self.case.waiting and self.case.decided is None

    @property
    def holder(self) -> str:
        if self.over:
            return "none"
        return "court" if self.case.prosecuted else self.case.holder

    def charging_delays(self, over: bool) -> list[Delay]:
        """The intervals before a charge, of a unit that is `over` or not."""
        case, clock = self.case, self.case.clock
        return [
            *interval("receipt_to_charge", case.first_receipt, case.charge, over or case.prosecuted),
            *interval("referral_to_decision", case.referred, case.decided, over or case.prosecuted),
            *interval("cps_days", clock.began, clock.closed, over or case.prosecuted, clock.days["cps"]),
            *interval("police_days", clock.began, clock.closed, over or case.prosecuted, clock.days["police"]),
        ]

    def finalised(self, area: str | None, crime: str) -> list[dict[str, Any]]:
        """The prosecutions that have ended, and of which a result is about a crime."""
        return [
            {
                "key": f"{self.urn} {suspect}" if suspect else self.urn,
                "cps_area": self.area or area,
                "finalised_at": p.ended.day.isoformat(),
                "outcome": of_result(p.outcome),
                "reason": p.reason,
            }
            for suspect, p in sorted(self.case.prosecutions.items(), key=lambda item: item[0] or "")
            if p.ended and p.outcome and not p.awaits and p.concerns(crime)
        ]

    def row(self, area: str | None, first_held: dt.date | None, effective: When | None) -> dict[str, Any]:
        """As `journeys.case` has it. `area`: of the force; then when the first hearing was held, and the first effective trial."""
        key = area, first_held, effective
        if key not in self._rows:
            self._rows[key] = self._row(*key)
        return self._rows[key]

    def _row(self, area: str | None, first_held: dt.date | None, effective: When | None) -> dict[str, Any]:
        case, clock = self.case, self.case.clock
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
            "awaits_decision": self.awaits_decision,
            "decided_at": _iso(case.decided),
            "decision": self.decision,
            "charged_at": _iso(charge),
            "cps_days": clock.days["cps"] if clock.began else None,
            "police_days": clock.days["police"] if clock.began else None,
            "action_plans": len(case.issued),
            "returned_at_triage": self.first_triage,
            "holder": self.holder,
            "prosecutions": [_prosecution(suspect, p) for suspect, p in prosecutions],
            "delays": [
                *self.charging_delays(self.over),
                *interval("charge_to_first_hearing", charge, When(first_held) if first_held else None, self.over),
                *interval("charge_to_trial", charge, effective, self.over),
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

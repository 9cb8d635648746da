"""A case (one URN): its referrals, decisions, prosecutions, and who holds the file (contract 3 and 4)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain.clock import Clock
from domain.exits import DROPPED, VERDICTS, of_result
from domain.fact import Fact
from domain.when import When
from schemas.base import force_of


class Decision(NamedTuple):
    """A decision that is no charge: the way in which it ends what it is about."""

    when: When
    exit: str


class Result(NamedTuple):
    """What the court or CPS said of a prosecution's end. `crimes`: those that it names; None: every crime of the case."""

    when: When
    by_court: bool
    outcome: str
    reason: str | None
    crimes: frozenset[str] | None


@dataclass(slots=True)
class Prosecution:
    """One defendant in the case. `decision`: the one that stands, if it is no charge. `awaits`: charged, and no result since."""

    decision: Decision | None = None
    awaits: bool = False
    ended: When | None = None
    results: list[Result] = field(default_factory=list)

    def charge(self) -> None:
        """It begins, or begins again."""
        self.decision, self.awaits = None, True
        self.reopen()

    def add(self, result: Result, since: int) -> None:
        """A result. The first says when; a later one only what, unless it was charged or the journey re-opened (at the place
        `since`) in between."""
        if self.ended is None or self.awaits or self.ended.place < since:
            self.ended = result.when
        self.decision, self.awaits = None, False
        self.results.append(result)

    def reopen(self) -> None:
        """Results without verdict are set aside."""
        self.results = [r for r in self.results if r.outcome in VERDICTS]
        if all(r.when != self.ended for r in self.results):
            self.ended = self.results[0].when if self.results else None

    @property
    def outcome(self) -> str | None:
        """By the court, else by CPS; convicted if any charge was, else acquitted, else the latest."""
        said = [r.outcome for r in self.results if r.by_court] or [r.outcome for r in self.results]
        return next((v for v in VERDICTS if v in said), said[-1] if said else None)

    @property
    def reason(self) -> str | None:
        """CPS's, the latest."""
        return next((r.reason for r in reversed(self.results) if r.reason is not None), None)

    def concerns(self, crime: str) -> bool:
        """Whether a result of it is about this crime."""
        return any(r.crimes is None or crime in r.crimes for r in self.results)

    @property
    def differs(self) -> bool:
        """Whether the court's and CPS's results lead to different exits."""
        court = {of_result(r.outcome) for r in self.results if r.by_court}
        cps = {of_result(r.outcome) for r in self.results if not r.by_court}
        return bool(court and cps and court != cps)

    @property
    def fell(self) -> bool:
        """Dropped or administratively finalised, for a reason that may be the victim's withdrawal, or none given."""
        victims = (None, "victim_retraction", "victim_non_attendance", "victim_evidence")
        return self.outcome in DROPPED | {"administratively_finalised"} and self.reason in victims


@dataclass(slots=True)
class Case:
    """The state of one case while its facts, or a journey's, are walked through.

    `has_submission`, `has_receipt`: anywhere in its history. Without a submission the receipt stands for it; without a receipt
    CPS holds the file from submission.
    """

    urn: str
    has_submission: bool = False
    has_receipt: bool = False
    early: bool = False  # the last submission was for early advice
    submitted: When | None = None
    receipt: When | None = None
    first_receipt: When | None = None  # early advice included
    received: bool = False  # the last submission was
    waiting: bool = False  # for a decision
    returned: bool = False  # at triage
    plans: dict[str, When] = field(default_factory=dict)  # awaited: not answered, and not overtaken by a decision
    unanswered: set[str] = field(default_factory=set)
    issued: set[str] = field(default_factory=set)
    decided: When | None = None  # first decision that is no administrative finalisation
    charge: When | None = None  # first decision to charge
    prosecuted: bool = False  # a charge is known, or implied by a result
    prosecutions: dict[str | None, Prosecution] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)

    @property
    def referred(self) -> When | None:
        """First full-code or threshold submission, else receipt."""
        return self.submitted or self.receipt

    @property
    def decisions(self) -> list[Decision]:
        return [p.decision for p in self.prosecutions.values() if p.decision]

    @property
    def charged(self) -> bool:
        """By a decision that stands, or a result."""
        for p in self.prosecutions.values():
            if p.awaits or p.results:
                return True
        return False

    @property
    def holder(self) -> str:
        """Who has the file before a charge. None: between a decision and its being set aside, and once it is prosecuted."""
        if self.referred is None or self.returned or (self.waiting and self.plans):
            return "police"
        if not self.waiting:
            return "none"
        return "cps" if self.received or not self.has_receipt else "police"

    def submit(self, when: When, day: dt.date, referral_type: str, *, goes_on: bool) -> None:
        """Police submit it. Early advice does not count. A new referral sets the decisions aside and awaits another, but in a
        charged case that goes on."""
        self.early = referral_type == "early_advice"
        if not self.early:
            self.submitted = self.submitted or when
            self.received = self.returned = False
            self.clock.begin(when, day)
            if not goes_on:
                self.ask()

    def stands_for_referral(self, accepted: bool) -> bool:
        """Whether a receipt now would say of a referral that is not on record: the first, or the next after a return."""
        return not self.early and (self.referred is None or (self.returned and accepted))

    def receive(self, when: When, day: dt.date, accepted: bool, *, goes_on: bool) -> None:
        """CPS receives the last submission before; of early advice it does not count."""
        self.first_receipt = self.first_receipt or when
        if self.early:
            return
        stands_for_referral = self.stands_for_referral(accepted)
        self.receipt = self.receipt or when
        self.received = True
        if stands_for_referral:
            self.returned = False
            if not goes_on:
                self.ask()
        if not self.has_submission:
            self.clock.begin(when, day)
        if not accepted:
            self.returned, self.waiting = True, False

    def issue(self, when: When, plan: str) -> None:
        """An action plan; on early advice it does not count."""
        if not self.early:
            self.plans[plan] = when
            self.issued.add(plan)
            self.unanswered.add(plan)

    def answers(self, plan: str | None) -> bool:
        """Whether an answer, without an id one to all, is to a plan that was issued and not answered before."""
        return bool(self.unanswered) if plan is None else plan in self.unanswered

    def answer(self, plan: str | None, *, goes_on: bool) -> None:
        """An answer; without an id to all plans. It sets the decisions aside, but in a charged case that goes on."""
        for answered in {plan} if plan else set(self.unanswered):
            self.unanswered.discard(answered)
            self.plans.pop(answered, None)
        if not goes_on:
            returned = self.returned
            self.ask()
            if returned:
                self.returned, self.waiting = True, False

    def ask(self) -> None:
        """A decision is awaited (again) if the case was referred; those made are set aside."""
        self.waiting, self.returned = self.referred is not None, False
        for prosecution in self.prosecutions.values():
            prosecution.decision = None
            prosecution.awaits = False

    def decide(self, when: When, day: dt.date, suspect: str | None, exit: str | None) -> None:
        """CPS decides: how that ends it, None for a charge."""
        self.waiting = self.returned = False
        self.plans.clear()
        for prosecution in self.named(suspect):
            if exit is None:
                prosecution.charge()
            else:
                prosecution.decision, prosecution.awaits = Decision(when, exit), False
        if exit is None:
            self.prosecuted = True
            self.charge = self.charge or when
        if exit != "administratively_finalised":
            self.decided = self.decided or when
            self.clock.close(when, day)

    def end(self, suspect: str | None, result: Result, since: int) -> None:
        """A result; it implies a charge. `since`: the place at which the journey was re-opened last."""
        self.waiting = self.returned = False
        self.prosecuted = True
        for prosecution in self.named(suspect):
            prosecution.add(result, since)

    def named(self, suspect: str | None) -> list[Prosecution]:
        """The prosecutions that a decision or a result is about: everybody's if it names nobody; the first name takes the unnamed
        one's place."""
        known = self.prosecutions
        if suspect is None:
            return list(known.values()) or [known.setdefault(None, Prosecution())]
        if suspect not in known:
            known[suspect] = known.pop(None) if None in known else Prosecution()
        return [known[suspect]]

    def reopen(self) -> None:
        """CPS re-opens it: its decisions are set aside, and its results without verdict."""
        self.ask()
        for prosecution in self.prosecutions.values():
            prosecution.reopen()


def crimes_named(data: Mapping[str, Any], force: str | None) -> frozenset[str] | None:
    """The crimes that a decision or result names; None where it names none and so is about every crime of the case."""
    references = data.get("crime_references")
    return (
        None if references is None else frozenset(f"{data.get('force', force)}/{reference}" for reference in references)
    )


def about(data: Mapping[str, Any], force: str | None, crime: str) -> bool:
    """Whether a decision or result is about a crime."""
    crimes = crimes_named(data, force)
    return crimes is None or crime in crimes


def result(when: When, fact: Fact) -> Result:
    """What a result says."""
    data = fact.data
    crimes = crimes_named(data, force_of(fact.source))
    return Result(when, fact.kind.startswith("courts."), data["outcome"], data.get("reason"), crimes)

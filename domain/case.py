"""A case (one URN) as a journey sees it: its referrals, decisions, prosecutions, and who holds the file (contract 3 and 4)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain.exits import DROPPED, VERDICTS, of_result


class When(NamedTuple):
    """A day, whether it is known to the day, and whether it is a fact's of before the crime's report, moved to the report's."""

    day: dt.date
    precise: bool = True
    late: bool = False


class Decision(NamedTuple):
    """A decision that is no charge: the way in which it ends what it is about."""

    day: dt.date
    exit: str


class Result(NamedTuple):
    """What the court or CPS said of a prosecution's end."""

    by_court: bool
    outcome: str
    reason: str | None


@dataclass(slots=True)
class Prosecution:
    """One defendant in the case. `implied`: known by a result or a trial only."""

    by_outcome: bool = False  # charged by police outcome 1 alone
    ended: When | None = None
    results: list[Result] = field(default_factory=list)

    def add(self, when: When, result: Result, *, again: bool) -> None:
        """A result. The first says when; a later one only what, unless the journey had been re-opened."""
        if self.ended is None or again:
            self.ended = when
        self.results.append(result)

    @property
    def outcome(self) -> str | None:
        """By the court, else by CPS; convicted if any charge was, else acquitted, else the latest."""
        said = [r.outcome for r in self.results if r.by_court] or [r.outcome for r in self.results]
        for verdict in VERDICTS:
            if verdict in said:
                return verdict
        return said[-1] if said else None

    @property
    def reason(self) -> str | None:
        """CPS's, the latest."""
        return next((r.reason for r in reversed(self.results) if r.reason is not None), None)

    @property
    def differs(self) -> bool:
        """Whether the court's and CPS's results lead to different exits."""
        court = {of_result(r.outcome) for r in self.results if r.by_court}
        cps = {of_result(r.outcome) for r in self.results if not r.by_court}
        return bool(court and cps and court != cps)

    def without_verdict(self) -> bool:
        return self.outcome is not None and self.outcome not in VERDICTS


@dataclass(slots=True)
class Case:
    """The state of one case while a journey is walked."""

    urn: str
    has_receipt: bool  # anywhere in its history: then CPS holds the file from receipt, else from submission
    early: bool = False  # the last submission was for early advice
    submitted: bool = False
    referred: When | None = None
    first_receipt: When | None = None  # early advice included
    receipt: When | None = None
    received: bool = False  # the last submission was
    waiting: bool = False
    returned: bool = False
    plans: dict[str, When] = field(default_factory=dict)
    plans_issued: int = 0
    decided: When | None = None  # first decision that is no administrative finalisation
    charge: When | None = None
    charged: bool = False
    decisions: list[Decision] = field(default_factory=list)
    prosecutions: dict[str | None, Prosecution] = field(default_factory=dict)

    @property
    def holder(self) -> str:
        """While it is in charging."""
        if self.returned or self.plans or not self.waiting:
            return "police"
        return "cps" if self.received or not self.has_receipt else "police"

    def submit(self, when: When, referral_type: str) -> None:
        """Police submit it. Early advice does not count. A new referral sets the case's decisions aside."""
        self.early = referral_type == "early_advice"
        if not self.early:
            self.submitted = True
            self.referred = self.referred or when
            self.received = False
            self.ask()

    def receive(self, when: When, accepted: bool) -> bool:
        """CPS receives the last submission before; whether that counts (of early advice it does not)."""
        self.first_receipt = self.first_receipt or when
        if self.early:
            return False
        self.referred = self.referred or when
        self.receipt = self.receipt or when
        self.received = True
        if not accepted:
            self.returned, self.waiting = True, False
        elif not self.decisions and not self.charged:
            self.returned, self.waiting = False, True
        return True

    def ask(self) -> None:
        """A decision is awaited (again); those made are set aside."""
        self.decisions.clear()
        self.returned = False
        self.waiting = not self.charged

    def decide(self, when: When, exit: str | None) -> None:
        """CPS decides: how that ends it, None for a charge."""
        self.waiting = self.returned = False
        self.plans.clear()
        if exit is not None:
            self.decisions.append(Decision(when.day, exit))
        if exit != "administratively_finalised":
            self.decided = self.decided or when

    def named(self, suspect: str | None) -> list[Prosecution]:
        """The prosecutions that a decision to charge or a result is about: everybody's if it names nobody; the first name takes
        the unnamed one's place."""
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
            if prosecution.without_verdict():
                prosecution.ended = None
                prosecution.results.clear()


def about(data: Mapping[str, Any], force: str | None, crime: str) -> bool:
    """Whether a decision or result is about a crime: it names it, or names none and so is about every crime of the case."""
    references = data.get("crime_references")
    return references is None or any(f"{data.get('force', force)}/{reference}" == crime for reference in references)


def fell(prosecution: Prosecution) -> bool:
    """Dropped or administratively finalised, for a reason that may be the victim's withdrawal, or none given."""
    return prosecution.outcome in DROPPED | {"administratively_finalised"} and prosecution.reason in (
        None,
        "victim_retraction",
        "victim_non_attendance",
        "victim_evidence",
    )

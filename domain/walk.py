"""The state of a journey while its facts are walked through: where it stands, and how it ended (contract 3 and 4).

What each type of fact does to it stands in `rules`.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from domain.case import Case, Prosecution, about
from domain.exits import OUTCOMES, RANK, WITHDRAWAL_OUTCOMES, of_result
from domain.fact import Fact
from domain.story import Story
from domain.trial import Hearings
from domain.when import When
from domain.withdrawal import Spell
from schemas.base import force_of


class End(NamedTuple):
    """An ending, and how the journey leaves by it."""

    when: When
    exit: str


class PoliceOutcome(NamedTuple):
    """The police outcome that stands. `code` None: 14 or 16, of the crime's other victims."""

    code: int | None
    when: When


class Walk:
    """Facts are fed to it in order, by `rules.take`."""

    def __init__(self, story: Story, facts: list[tuple[When, Fact]]) -> None:
        self.story = story
        self.odd: set[str] = set()  # codes of what is odd about the fact in hand
        self.first: dict[str, When] = {}  # first times: arrested, interviewed, court_receipt; the last: completed
        self.cases: dict[str, Case] = {}
        self.hearings = Hearings()
        self.spells: list[Spell] = []
        self.outcome: PoliceOutcome | None = None
        self.outcome_charge: When | None = None  # charged by police outcome 1
        self.results: dict[int, str] = {}  # the stage at each result, by its place
        self.charged_since: When | None = None  # of what is charged now, by whatever makes or implies a charge
        self.charging: dt.date | None = None  # first entered
        self.reopened_at = -1  # the place of the last re-opening
        self.pending = False  # re-opened, and no ending since
        self.reopened = 0
        self.end: End | None = None
        self.stage = "investigation"
        self.holder = "police"
        # Police owe the victim updates: before a charge, open, not withdrawn (contract 5.2, metrics.contact).
        self.owes_updates = True
        self.turns: list[dt.date] = []  # days on which it ended, was open again, ended...
        self.owed_turns: list[
            dt.date
        ] = []  # days on which an update ceased to be owed to the victim, was owed again, ceased...
        self.has_suspect = False
        self._submissions: set[str] = set()  # URNs with one, anywhere in the history
        self._receipts: set[str] = set()
        self.withdrew = False
        outcomes = []
        for _, fact in facts:
            if fact.voided:
                continue
            match fact.kind:
                case "police.charge-referral-submitted":
                    if fact.data.get("referral_type") != "early_advice":
                        self._submissions |= story.cases[fact.subject]
                case "cps.referral-received":
                    self._receipts |= story.cases[fact.subject]
                case "police.victim-withdrew" | "cps.victim-withdrew":
                    self.withdrew = True
                case "police.outcome-recorded":
                    outcomes.append(fact)
        self.said = self.withdrew or any(self.withdraws(fact) for fact in outcomes)

    # What it comes to

    @property
    def spell(self) -> Spell | None:
        """The withdrawal that stands."""
        return self.spells[-1] if self.spells and self.spells[-1].ended is None else None

    @property
    def charged(self) -> bool:
        """By CPS or police, or by what implies a charge: a result, an effective trial."""
        if self.outcome_charge is not None or self.hearings.effective is not None:
            return True
        for case in self.cases.values():
            if case.prosecuted:
                return True
        return False

    def open_stage(self, charged: bool) -> str:
        """The stage that it is in, or was in when it ended."""
        if self.hearings.effective:
            return "trial"
        if charged:
            return "awaiting_trial"
        for case in self.cases.values():
            if case.referred:
                return "charging"
        return "investigation"

    def _holder(self, charged: bool) -> str:
        """In charging, who holds a case that awaits a decision, the lead before others."""
        if self.end:
            return "none"
        if charged:
            return "court"
        waiting = [case for case in self.cases.values() if case.waiting]
        if len(waiting) < 2:
            return waiting[0].holder if waiting else "police"
        lead = self.lead
        return min(waiting, key=lambda c: (c is not lead, c.urn)).holder

    @property
    def lead(self) -> Case | None:
        """The case whose milestones and clocks are the journey's: the first charged, else the first referred."""
        charged = [(c.charge.place, c.urn, c) for c in self.cases.values() if c.charge]
        referred = [(c.referred.place, c.urn, c) for c in self.cases.values() if c.referred]
        return min(charged or referred, default=(0, "", None))[2]

    @property
    def charged_at(self) -> When | None:
        """The earlier of CPS's decision and police outcome 1."""
        decided = [c.charge for c in self.cases.values() if c.charge]
        return min([*decided, *([self.outcome_charge] if self.outcome_charge else [])], default=None)

    @property
    def awaits_decision(self) -> bool:
        """A referral does; none where police charged."""
        if self.outcome_charge is None:
            for case in self.cases.values():
                if case.waiting:
                    return True
        return False

    def _awaits_result(self, prosecutions: list[Prosecution]) -> bool:
        """A charged prosecution does; where police alone charged, or a trial alone is known, the journey until its first result."""
        for p in prosecutions:
            if p.awaits:
                return True
        if self.outcome_charge is None and self.hearings.effective is None:
            return False
        return not any(case.charge for case in self.cases.values()) and not any(p.results for p in prosecutions)

    def _ended(self, charged: bool) -> End | None:
        """Whether the journey, as it now stands, has ended: when and how."""
        spell = self.spell
        if not charged and spell is not None and spell.exit_at is not None:
            return End(spell.exit_at, "victim_withdrew")
        if self.pending or self.awaits_decision:
            return None
        prosecutions = [p for case in self.cases.values() for p in case.prosecutions.values()]
        if self._awaits_result(prosecutions):
            return None
        endings = [End(p.decision.when, p.decision.exit) for p in prosecutions if p.decision]
        for p in prosecutions:
            if p.ended and p.outcome:
                fell = p.fell and any(s.stands_at(p.ended) for s in self.spells)
                endings.append(End(p.ended, "victim_withdrew" if fell else of_result(p.outcome)))
        if not charged and self.outcome is not None and self.outcome.code not in WITHDRAWAL_OUTCOMES:
            exit = OUTCOMES.get(self.outcome.code or 0, "police_no_further_action")
            endings.append(End(self.outcome.when, exit))
        if not endings:
            return None
        exits = {end.exit for end in endings}
        if not charged and spell is not None and "out_of_court_disposal" not in exits:
            exits.add("victim_withdrew")
        return End(max(end.when for end in endings), min(exits, key=RANK.__getitem__))

    def _opens(self, end: End, when: When, charged: bool) -> bool:
        """Whether what has ended is open again: by what re-opens it, or since the withdrawal that was the end is undone."""
        undone = end.exit == "victim_withdrew" and not charged and self.spell is None
        return undone or self.reopened_at == when.place

    # What happens to it

    def settle(self, when: When, fact: Fact) -> None:
        """After each fact: has it ended, is it open again, where does it stand, and who has each file."""
        charged = self.charged
        if charged != (self.charged_since is not None):
            self.charged_since = when if charged else None
        before, self.end = self.end, self._ended(charged)
        if before and not self.end and not self._opens(before, when, charged):
            self.end = before
        if before and not self.end:
            self.reopened += 1
        if bool(self.end) != (len(self.turns) % 2 == 1):
            self.turns.append(when.day)
        self.owes_updates = self.end is None and not charged and self.spell is None
        if self.owes_updates != (len(self.owed_turns) % 2 == 0):
            self.owed_turns.append(when.day)
        self.stage = "concluded" if self.end else self.open_stage(charged)
        self.holder = self._holder(charged)
        closes = self.outcome_charge is not None or (
            self.outcome is not None and not charged and not self.awaits_decision
        )
        for case in self.cases.values():
            if case.clock.closed is None:
                case.clock.turn(fact.day, case.holder)
                if closes:
                    case.clock.close(when, fact.day)

    def cases_of(self, fact: Fact) -> list[Case]:
        return [self._case(urn) for urn in self.urns(fact)]

    def urns(self, fact: Fact) -> list[str]:
        return sorted(self.story.cases[fact.subject])

    def _case(self, urn: str) -> Case:
        if urn not in self.cases:
            self.cases[urn] = Case(urn, has_submission=urn in self._submissions, has_receipt=urn in self._receipts)
        return self.cases[urn]

    def about_us(self, fact: Fact) -> bool:
        return about(fact.data, force_of(fact.source), self.story.crime)

    def charged_and_goes_on(self, case: Case) -> bool:
        return self.end is None and (case.charged or self.outcome_charge is not None)

    @property
    def withdrawn_before_charge(self) -> bool:
        return self.end is not None and self.end.exit == "victim_withdrew" and not self.charged

    def reopen(self, when: When) -> None:
        """Back to open: until the next ending, on whose day it ends. Sets the police outcome aside, undoes a withdrawal's exit."""
        self.pending, self.reopened_at = True, when.place
        self.outcome = None
        if self.spell:
            self.spell.exit_at = None

    def disposed(self, when: When) -> None:
        """Out of court: undoes the exit by a withdrawal before a charge."""
        if self.withdrawn_before_charge:
            self.reopen(when)
        elif self.spell:
            self.spell.exit_at = None

    def goes_on(self, when: When, *, undoes_withdrawal: bool) -> None:
        """What an ended journey does not have re-opens it, oddly, but after an administrative finalisation. A withdrawal before a
        charge is undone by some of it alone. On the day of the end it goes on as if that had not been."""
        if undoes_withdrawal and self.spell:
            self.spell.exit_at = None
        if self.end is None or (self.withdrawn_before_charge and not undoes_withdrawal):
            return
        self.reopen(when)
        if when.day == self.end.when.day:
            self.end = None
        elif not self.withdrawn_before_charge and self.end.exit != "administratively_finalised":
            self.odd.add("reopened_without_reason")

    def withdraws(self, fact: Fact) -> bool:
        """Whether an outcome is this victim's withdrawal: 14 or 16 that names the victim, or nobody where there is but one, or
        where the victim withdrew, or where none of the several did."""
        if fact.kind != "police.outcome-recorded" or fact.data["outcome_code"] not in WITHDRAWAL_OUTCOMES:
            return False
        around = self.story.around
        return fact.named is not None or len(around.persons_in_crime) < 2 or self.withdrew or not around.others_withdrew

    def withdrawal(self, when: When, data: Mapping[str, Any]) -> None:
        """One more fact of the withdrawal that stands, or the first of a new one."""
        spell = self.spell
        if spell is None:
            if self.end is not None and when.day > self.end.when.day:
                self.odd.add("withdrew_after_end")
                return
            spell = Spell(when, self.open_stage(self.charged))
            self.spells.append(spell)
        spell.heard(when, data)
        # On the day of an ending it counts as standing at it: a disposal out of court is then the exit.
        same_day = self.end and when.day == self.end.when.day and self.end.exit != "out_of_court_disposal"
        if self.end is None or same_day:
            spell.exit_at = spell.exit_at or when

    def end_spell(self, when: When) -> None:
        spell = self.spells[-1]
        spell.ended, spell.exit_at = when, None

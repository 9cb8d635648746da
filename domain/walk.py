"""The walk through a journey's facts, once, in order: where it stands after each, and how it ended (contract 3 and 4)."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from domain.case import Case, Prosecution, Result, When, about, fell
from domain.exits import DECISIONS, OUTCOMES, RANK, RESTATES_NO_FURTHER_ACTION, WITHDRAWAL_OUTCOMES, of_result
from domain.fact import Fact
from domain.story import Story
from domain.trial import Hearings
from domain.withdrawal import Spell
from schemas.base import force_of

WITHDREW = ("police.victim-withdrew", "cps.victim-withdrew")
FINALISED = ("cps.prosecution-finalised", "courts.case-completed")
SUSPECT_FACTS = (
    "police.suspect-identified",
    "police.suspect-arrested",
    "police.suspect-interviewed",
    "police.suspect-released",
)
UNLESS = (None, "administratively_finalised")


class End(NamedTuple):
    day: dt.date
    exit: str


class Walk:
    """The state of a journey. Feed it facts in order by `take`."""

    def __init__(self, story: Story, facts: list[tuple[When, Fact]]) -> None:
        self.story = story
        self.anomalies: set[str] = set()
        self.first: dict[str, When] = {}  # first times: arrested, interviewed, court_receipt, completed
        self.cases: dict[str, Case] = {}
        self.hearings = Hearings()
        self.spells: list[Spell] = []
        self.outcome: tuple[int | None, dt.date] | None = (
            None  # the police outcome that stands; code None: a withdrawal of others
        )
        self.outcome_charge: When | None = None  # charged by police outcome 1 alone
        self.implied: When | None = None  # the first result or effective trial with no charge known
        self.charging: dt.date | None = None  # first entered
        self.pending = False  # re-opened, and no ending since
        self.reopened = 0
        self.end: End | None = None
        self.has_suspect = False
        self.police_closed: dt.date | None = None  # a police outcome ended the journey, or charged
        self._receipts = {
            urn
            for _, fact in facts
            if fact.kind == "cps.referral-received" and not fact.voided
            for urn in story.cases[fact.subject]
        }
        self._withdrew = any(fact.kind in WITHDREW and not fact.voided for _, fact in facts)
        self._said = self._withdrew or any(self._withdraws(fact) for _, fact in facts if not fact.voided)

    # What the state comes to

    @property
    def spell(self) -> Spell | None:
        """The withdrawal that stands."""
        return self.spells[-1] if self.spells and self.spells[-1].ended is None else None

    @property
    def charged(self) -> bool:
        return self.outcome_charge is not None or any(case.charged for case in self.cases.values())

    @property
    def stage(self) -> str:
        return "concluded" if self.end else self.open_stage

    @property
    def open_stage(self) -> str:
        """The stage that it is in, or was in when it ended."""
        if self.hearings.effective:
            return "trial"
        if self.charged:
            return "awaiting_trial"
        return "charging" if any(case.referred for case in self.cases.values()) else "investigation"

    @property
    def holder(self) -> str:
        if self.end:
            return "none"
        stage = self.open_stage
        if stage in ("awaiting_trial", "trial"):
            return "court"
        return self.lead.holder if stage == "charging" and self.lead else "police"

    @property
    def lead(self) -> Case | None:
        """The case whose milestones and clocks are the journey's: the first charged, else the first referred."""
        charged = [c for c in self.cases.values() if c.charge]
        if charged:
            return min(charged, key=lambda c: (c.charge or When(dt.date.max), c.urn))
        referred = [c for c in self.cases.values() if c.referred]
        return min(referred, key=lambda c: (c.referred or When(dt.date.max), c.urn), default=None)

    @property
    def charged_at(self) -> When | None:
        """The earlier of CPS's decision and police outcome 1."""
        days = [c.charge for c in self.cases.values() if c.charge] + (
            [self.outcome_charge] if self.outcome_charge else []
        )
        return min(days, default=None)

    def _ended(self) -> End | None:
        """Whether the journey, as it now stands, has ended: when and how."""
        spell, charged = self.spell, self.charged
        if not charged and spell is not None and spell.exit_at is not None:
            return End(spell.exit_at, "victim_withdrew")
        prosecutions = [p for case in self.cases.values() if case.charged for p in case.prosecutions.values()]
        if self.outcome_charge and not prosecutions:
            return None
        if (
            self.pending
            or any(case.waiting for case in self.cases.values())
            or any(p.ended is None for p in prosecutions)
        ):
            return None
        endings = [End(d.day, d.exit) for case in self.cases.values() for d in case.decisions]
        endings += [self._prosecution_end(p) for p in prosecutions]
        if not charged and self.outcome is not None:
            code, day = self.outcome
            endings.append(
                End(day, "police_no_further_action" if code is None else OUTCOMES.get(code, "police_no_further_action"))
            )
        if not endings:
            return None
        last = max(end.day for end in endings)
        exits = {end.exit for end in endings}
        if not charged and spell is not None and spell.stands_on(last) and "out_of_court_disposal" not in exits:
            exits.add("victim_withdrew")
        return End(last, min(exits, key=RANK.__getitem__))

    def _prosecution_end(self, prosecution: Prosecution) -> End:
        assert prosecution.ended is not None
        assert prosecution.outcome is not None
        day = prosecution.ended.day
        if fell(prosecution) and any(spell.stands_on(day) for spell in self.spells):
            return End(day, "victim_withdrew")
        return End(day, of_result(prosecution.outcome))

    # Walking

    def take(self, when: When, fact: Fact) -> None:
        """The next fact."""
        if fact.voided:
            return
        rule = _RULES.get(fact.kind)
        if rule is None:
            return
        rule(self, when, fact)
        self._settle()

    def _settle(self) -> None:
        was_open = self.end is None
        self.end = self._ended()
        if was_open and self.end and not self.charged and self.outcome and self.outcome[1] == self.end.day:
            self.police_closed = self.police_closed or self.end.day

    def _cases(self, fact: Fact) -> list[Case]:
        return [self._case(urn) for urn in sorted(self.story.cases[fact.subject])]

    def _case(self, urn: str) -> Case:
        if urn not in self.cases:
            self.cases[urn] = Case(urn, has_receipt=urn in self._receipts)
        return self.cases[urn]

    def _about_us(self, fact: Fact) -> bool:
        return about(fact.data, force_of(fact.source), self.story.crime)

    def _withdrawn_before_charge(self) -> bool:
        return self.end is not None and not self.charged and self.spell is not None and self.spell.exit_at is not None

    def _reopen(self) -> None:
        """Back to open: until the next ending, on whose day it ends. Sets the police outcome aside, undoes a withdrawal's exit."""
        self.reopened += 1
        self.pending = True
        self.outcome = None
        if self.spell:
            self.spell.exit_at = None
        self.end = None

    def _goes_on(self, when: When, *, undoes_withdrawal: bool) -> None:
        """Something that an ended journey does not have: an anomaly, but after an administrative finalisation and where it undoes
        the exit of a withdrawal before charge, which other such facts leave alone."""
        if self.end is None:
            return
        if self._withdrawn_before_charge():
            if undoes_withdrawal:
                self._reopen()
        elif when.day > self.end.day:
            if self.end.exit != "administratively_finalised":
                self.anomalies.add("reopened_without_reason")
            self._reopen()
        elif undoes_withdrawal:
            self.outcome, self.end = None, None  # of one day: the end never was

    def _first(self, name: str, when: When) -> None:
        self.first.setdefault(name, when)

    def _suspect(self, when: When, fact: Fact) -> None:
        self.has_suspect = True

    def _arrested(self, when: When, fact: Fact) -> None:
        self.has_suspect = True
        self._first("arrested", when)
        self._goes_on(when, undoes_withdrawal=False)

    def _interviewed(self, when: When, fact: Fact) -> None:
        self.has_suspect = True
        self._first("interviewed", when)

    def _referred(self, when: When, fact: Fact) -> None:
        kind = fact.data.get("referral_type", "full_code")
        for case in self._cases(fact):
            ended = self.end is not None
            if kind != "early_advice":
                self._goes_on(when, undoes_withdrawal=True)
                self.charging = self.charging or when.day
            case.submit(when, kind)
            if kind != "early_advice" and case.charged and ended:
                case.waiting = True

    def _received(self, when: When, fact: Fact) -> None:
        for case in self._cases(fact):
            new = not case.submitted and case.referred is None and not case.early
            if new and not self.charged:
                self._goes_on(when, undoes_withdrawal=True)
            if case.receive(when, fact.data.get("accepted", True)) and new:
                self.charging = self.charging or when.day

    def _planned(self, when: When, fact: Fact) -> None:
        for case in self._cases(fact):
            if not case.early:
                case.plans[fact.data["action_plan_id"]] = when
                case.plans_issued += 1

    def _answered(self, when: When, fact: Fact) -> None:
        for case in self._cases(fact):
            plan = fact.data.get("action_plan_id")
            if not case.plans_issued:
                self.anomalies.add("answer_without_plan")
            if plan is None:
                case.plans.clear()
            else:
                case.plans.pop(plan, None)
            if case.decisions:
                ended = self.end is not None and not self._withdrawn_before_charge()
                self._goes_on(when, undoes_withdrawal=False)
                case.ask()
                if case.charged and ended:
                    case.waiting = True

    def _withdrawal(self, when: When, fact: Fact) -> None:
        if self.spell is not None:
            self.spell.heard(fact.data)
            if not self.charged and (self.end is None or when.day == self.end.day):
                self.spell.exit_at = self.spell.exit_at or when.day
        elif self.end is not None and when.day > self.end.day:
            self.anomalies.add("withdrew_after_end")
        else:
            self._begin(when, fact.data)

    def _begin(self, when: When, data: Mapping[str, Any]) -> None:
        self.spells.append(Spell(when, self.open_stage, exit_at=None if self.charged else when.day))
        self.spells[-1].heard(data)

    def _re_engaged(self, when: When, fact: Fact) -> None:
        if self.end is not None and self.charged:
            return
        if self.spell is None:
            self.anomalies.add("re_engaged_without_withdrawal")
            return
        ended = self.end is not None
        self._end_spell(when)
        if self.outcome and self.outcome[0] in WITHDRAWAL_OUTCOMES:
            self.outcome = None
        if ended and self._ended() is None:
            self.reopened += 1

    def _end_spell(self, when: When) -> None:
        spell = self.spells[-1]
        spell.ended, spell.exit_at = when.day, None

    def _withdraws(self, fact: Fact) -> bool:
        """Whether an outcome is this victim's withdrawal: 14 or 16 that names the victim, or nobody where there is but one, or
        where the victim withdrew, or where none of the several did."""
        if fact.kind != "police.outcome-recorded" or fact.data["outcome_code"] not in WITHDRAWAL_OUTCOMES:
            return False
        around = self.story.around
        return (
            fact.named is not None or len(around.persons_in_crime) < 2 or self._withdrew or not around.others_withdrew
        )

    def _recorded(self, when: When, fact: Fact) -> None:
        code = fact.data["outcome_code"]
        if code == 0:
            self._removed(when)
        elif code in WITHDRAWAL_OUTCOMES:
            self._withdrawal_outcome(when, fact, code)
        elif not self.charged:
            self._closed(when, code)

    def _removed(self, when: When) -> None:
        """Outcome 0: the outcome is removed, the investigation open again."""
        if self.spell and self.spell.by_outcome_alone and not self.charged:
            self._end_spell(when)
        self.outcome = None
        for case in self.cases.values():
            case.prosecutions = {s: p for s, p in case.prosecutions.items() if not (p.by_outcome and p.ended is None)}
            if case.charged and case.charge is None and not case.prosecutions:
                case.charged, case.waiting = False, True
        if all(case.charge is None for case in self.cases.values()):
            self.outcome_charge = None
        if self.end is not None:
            self._reopen()

    def _withdrawal_outcome(self, when: When, fact: Fact, code: int) -> None:
        if self.charged:
            self.anomalies.add("withdrawal_outcome_after_charge")
            return
        if code == 14 and self.has_suspect:
            self.anomalies.add("outcome_14_with_suspect")
        if code == 16 and not self.has_suspect:
            self.anomalies.add("outcome_16_without_suspect")
        if not self._withdraws(fact):
            self._closed(when, None)
            return
        if fact.named is None and len(self.story.around.persons_in_crime) > 1 and not self._withdrew:
            self.anomalies.add("victim_not_named")
        by_police = self.outcome is not None and not any(case.decisions for case in self.cases.values())
        if self.end is not None and by_police and self.spell is None:
            self.end = None  # it replaces the outcome that ended the journey
        if self.end is None or self.spell is not None or when.day <= self.end.day:
            self.outcome = (code, when.day)
        self._withdrawal(when, fact)

    def _closed(self, when: When, code: int | None) -> None:
        """Another outcome, before a charge."""
        if code == 1:
            self._charged_by_police(when)
            return
        if self.spell and self.spell.by_outcome_alone:
            self._end_spell(when)
        no_further_action = any(
            d.exit == "cps_no_further_action" for case in self.cases.values() for d in case.decisions
        )
        if code in RESTATES_NO_FURTHER_ACTION and no_further_action and not self.pending:
            return
        if code == 15 and self.spell:
            self.anomalies.add("outcome_15_while_withdrawn")
        if code is not None and OUTCOMES.get(code) == "out_of_court_disposal" and self.spell:
            self.spell.exit_at = None
        self.outcome = (code, when.day)
        self.pending = False

    def _charged_by_police(self, when: When) -> None:
        if self.spell and self.spell.by_outcome_alone:
            self._end_spell(when)
        self._goes_on(when, undoes_withdrawal=True)
        self.outcome_charge, self.outcome, self.pending = when, None, False
        self.police_closed = self.police_closed or when.day
        for case in self.cases.values():
            if case.waiting:
                case.waiting, case.charged = False, True
                case.prosecutions.setdefault(None, Prosecution(by_outcome=True))

    def _decided(self, when: When, fact: Fact) -> None:
        if not self._about_us(fact):
            return
        exit = DECISIONS.get(fact.data["decision"])
        for case in self._cases(fact):
            if exit is None:
                self._charge(when, case, fact.data.get("suspect_reference"))
            else:
                if exit == "out_of_court_disposal" and not self.charged and self.spell:
                    self.spell.exit_at = None
                case.decide(when, exit)
                self.pending = False

    def _charge(self, when: When, case: Case, suspect: str | None) -> None:
        self._goes_on(when, undoes_withdrawal=True)
        if self.spell and not self.charged:
            self.spell.exit_at = None
        case.decide(when, None)
        case.charged = True
        case.charge = case.charge or when
        self.pending = False
        for prosecution in case.named(suspect):
            prosecution.by_outcome = False
            if prosecution.without_verdict():
                prosecution.ended = None
                prosecution.results.clear()

    def _court_received(self, when: When, fact: Fact) -> None:
        self._first("court_receipt", when)

    def _finalised(self, when: When, fact: Fact) -> None:
        if not self._about_us(fact):
            return
        reason = fact.data.get("reason")
        result = Result(fact.kind.startswith("courts."), fact.data["outcome"], reason)
        for case in self._cases(fact):
            self._imply_charge(when, case)
            for prosecution in case.named(fact.data.get("suspect_reference")):
                if prosecution.ended is None and reason == "victim_retraction" and not self._said:
                    self._retracted(when, fact, case)
                prosecution.add(when, result, again=self.pending)
                if prosecution.differs:
                    self.anomalies.add("result_differs")
        if fact.kind == "courts.case-completed":
            self.first["completed"] = when  # the last
        self.pending = False

    def _imply_charge(self, when: When, case: Case) -> None:
        """A result or an effective trial implies a charge."""
        case.waiting = case.returned = False
        if not case.charged:
            case.charged = True
            if self.spell and not self.charged_at:
                self.spell.exit_at = None
            if self.outcome_charge is None:
                self.implied = self.implied or when
                self.anomalies.add("result_without_charge")

    def _retracted(self, when: When, fact: Fact, case: Case) -> None:
        """A prosecution ended by the victim's retraction, and no withdrawal on record: an unevidenced withdrawal just before, if
        the crimes that the result is about have one victim."""
        crimes = self.story.around.persons_of_case[case.urn]
        persons = {p for crime, of in crimes.items() if about(fact.data, force_of(fact.source), crime) for p in of}
        if len(persons) == 1:
            if self.spell is None:
                self.spells.append(Spell(when, self.open_stage, by_outcome_alone=False))
        else:
            self.anomalies.add("retraction_not_named")

    def _listed(self, when: When, fact: Fact) -> None:
        self.hearings.listed(when, fact, self._urns(fact))

    def _hearing(self, when: When, fact: Fact) -> None:
        self.hearings.take(when, fact, self._urns(fact))
        if fact.kind == "courts.trial-outcome-recorded" and fact.data["outcome"] == "effective" and not self.charged:
            for case in self._cases(fact):
                self._imply_charge(when, case)
                case.prosecutions.setdefault(None, Prosecution())

    def _urns(self, fact: Fact) -> list[str]:
        return sorted(self.story.cases[fact.subject])

    def _reopened(self, when: When, fact: Fact) -> None:
        ended = self.end is not None
        if fact.kind == "cps.case-reopened":
            for case in self._cases(fact):
                case.reopen()
                if not case.referred and not case.charged:
                    case.waiting = False
        if ended:
            self._reopen()
        else:
            self.outcome = None


Rule = Callable[[Walk, When, Fact], None]
_RULES: dict[str, Rule] = {
    "police.suspect-identified": Walk._suspect,
    "police.suspect-released": Walk._suspect,
    "police.suspect-arrested": Walk._arrested,
    "police.suspect-interviewed": Walk._interviewed,
    "police.charge-referral-submitted": Walk._referred,
    "cps.referral-received": Walk._received,
    "cps.action-plan-issued": Walk._planned,
    "police.action-plan-answered": Walk._answered,
    "police.victim-withdrew": Walk._withdrawal,
    "cps.victim-withdrew": Walk._withdrawal,
    "police.victim-re-engaged": Walk._re_engaged,
    "police.outcome-recorded": Walk._recorded,
    "cps.charging-decision-made": Walk._decided,
    "courts.case-received": Walk._court_received,
    "courts.hearing-listed": Walk._listed,
    "courts.hearing-relisted": Walk._hearing,
    "courts.hearing-adjourned": Walk._hearing,
    "courts.hearing-resulted": Walk._hearing,
    "courts.trial-outcome-recorded": Walk._hearing,
    "courts.trial-outcome-cleared": Walk._hearing,
    "cps.prosecution-finalised": Walk._finalised,
    "courts.case-completed": Walk._finalised,
    "police.investigation-reopened": Walk._reopened,
    "cps.case-reopened": Walk._reopened,
}

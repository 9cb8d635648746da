"""Faults planted into the system, each of which the comparison with the model must find."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domain import (
    attrition,
    case,
    contact,
    correction,
    course,
    exits,
    fact,
    fold,
    neighbourhood,
    people,
    rules,
    walk,
    withdrawal,
)
from domain.case import Case, Prosecution
from domain.neighbourhood import Neighbourhood
from domain.walk import Walk
from domain.withdrawal import Spell
from schemas import identity

Plant = Callable[[pytest.MonkeyPatch], None]


def _amendments_in_reverse(m: pytest.MonkeyPatch) -> None:
    m.setattr(correction, "max", min, raising=False)


def _voids_beaten_by_amendments(m: pytest.MonkeyPatch) -> None:
    real = correction.effective

    def effective(original: Any, corrections: Any) -> Any:
        amendments = [c for c in corrections if "amends" in c.data]
        return real(original, amendments or corrections)

    m.setattr("tests.folding.effective", effective)


def _unlinking_ignored(m: pytest.MonkeyPatch) -> None:
    m.setattr(identity.CaseUnlinked, "LINKS", ())


def _a_named_fact_is_everybodys(m: pytest.MonkeyPatch) -> None:
    m.setattr(neighbourhood, "_named", lambda n, named, urns: set(range(-1, 50)))


def _a_number_is_one_forces(m: pytest.MonkeyPatch) -> None:
    m.setattr(Neighbourhood, "forces_of_case", {})


def _withdrawal_before_acquittal(m: pytest.MonkeyPatch) -> None:
    m.setattr(walk, "RANK", exits.RANK | {"victim_withdrew": exits.RANK["acquitted"], "acquitted": 3})


def _police_before_cps(m: pytest.MonkeyPatch) -> None:
    m.setattr(walk, "RANK", exits.RANK | {"police_no_further_action": 4.5})


def _receipt_of_early_advice_counts(m: pytest.MonkeyPatch) -> None:
    real = Case.receive

    def receive(self: Case, *args: Any, **named: Any) -> None:
        self.early = False
        real(self, *args, **named)

    m.setattr(Case, "receive", receive)


def _rule(m: pytest.MonkeyPatch, kind: str, does: Callable[..., None]) -> None:
    m.setitem(rules._RULES, kind, does)


def _nothing(*_: Any) -> None: ...


def _outcome_0_ignored(m: pytest.MonkeyPatch) -> None:
    m.setattr(rules, "_removed", _nothing)


def _re_engagement_ignored(m: pytest.MonkeyPatch) -> None:
    _rule(m, "police.victim-re-engaged", _nothing)


def _months_are_days(m: pytest.MonkeyPatch) -> None:
    m.setattr(fact.Fact, "precise", True)


def _late_facts_at_their_own_date(m: pytest.MonkeyPatch) -> None:
    real = fold._ordered
    m.setattr(fold, "_ordered", lambda facts, reported: real(facts, dt.date.min))


def _days_are_utc(m: pytest.MonkeyPatch) -> None:
    m.setattr(fact, "london_day", lambda instant: instant.date())


def _types_in_no_order(m: pytest.MonkeyPatch) -> None:
    m.setattr(fact, "ORDER", {})


def _a_withdrawal_must_stand_before(m: pytest.MonkeyPatch) -> None:
    m.setattr(Spell, "stands_at", lambda self, ending: self.began.place < ending.place and self.ended is None)


def _any_reason_is_the_victims(m: pytest.MonkeyPatch) -> None:
    m.setattr(Prosecution, "fell", property(lambda self: self.outcome not in exits.VERDICTS))


def _restating_outcomes_count(m: pytest.MonkeyPatch) -> None:
    m.setattr(rules, "RESTATES_NO_FURTHER_ACTION", frozenset())


def _unnamed_16_is_everybodys(m: pytest.MonkeyPatch) -> None:
    m.setattr(Walk, "withdraws", lambda self, fact: fact.data.get("outcome_code") in (14, 16))


def _scope_of_decisions_ignored(m: pytest.MonkeyPatch) -> None:
    for module in (case, walk, people, rules):
        m.setattr(module, "about", lambda data, force, crime: True)


def _reopened_case_keeps_its_results(m: pytest.MonkeyPatch) -> None:
    m.setattr(Prosecution, "reopen", _nothing)


def _an_answer_without_id_answers_nothing(m: pytest.MonkeyPatch) -> None:
    real = rules._answered

    def answered(walk: Walk, when: Any, fact: Any) -> None:
        if "action_plan_id" in fact.data:
            real(walk, when, fact)

    _rule(m, "police.action-plan-answered", answered)


def _the_lead_is_the_first_referred(m: pytest.MonkeyPatch) -> None:
    def lead(self: Walk) -> Case | None:
        referred = [(c.referred.place, c.urn, c) for c in self.cases.values() if c.referred]
        return min(referred, default=(0, "", None))[2]

    m.setattr(Walk, "lead", property(lead))


def _evidence_of_the_first_fact_only(m: pytest.MonkeyPatch) -> None:
    real = withdrawal.Spell.heard

    def heard(self: Spell, when: Any, data: Any) -> None:
        first = not self.reasons and not self.evidenced and self.by_outcome_alone
        real(self, when, data if first else data | {"evidence": []})

    m.setattr(withdrawal.Spell, "heard", heard)


def _two_numbers_count_twice(m: pytest.MonkeyPatch) -> None:
    real = neighbourhood.draw

    def draw(n: Neighbourhood, key: Any) -> Any:
        story = real(n, key)
        story.first_of_person = True
        return story

    m.setattr(neighbourhood, "draw", draw)


def _convicted_is_no_progress(m: pytest.MonkeyPatch) -> None:
    m.setattr(attrition, "VERDICTS", ())


def _deadlines_in_a_row(m: pytest.MonkeyPatch) -> None:
    m.setattr(contact, "_owed", lambda reported, turns, last: [(reported, dt.date.max, dt.date.max)])


def _one_walk_whenever_it_was(m: pytest.MonkeyPatch) -> None:
    def key(story: Any, moving: Any) -> Any:
        return tuple(f.kind if f.subject.scheme == "crime" else f.position for _, f in moving)

    m.setattr(course, "_key", key)


FAULTS: dict[str, tuple[Plant, int]] = {
    "amendments in reverse": (_amendments_in_reverse, 600),
    "voids beaten by amendments": (_voids_beaten_by_amendments, 60),
    "unlinking ignored": (_unlinking_ignored, 60),
    "a named fact is everybody's": (_a_named_fact_is_everybodys, 60),
    "a number beside a case is nobody's": (_a_number_is_one_forces, 60),
    "withdrawal before acquittal": (_withdrawal_before_acquittal, 1000),
    "police before CPS": (_police_before_cps, 300),
    "a receipt of early advice counts": (_receipt_of_early_advice_counts, 300),
    "outcome 0 ignored": (_outcome_0_ignored, 300),
    "re-engagement ignored": (_re_engagement_ignored, 60),
    "months are days": (_months_are_days, 60),
    "late facts at their own date": (_late_facts_at_their_own_date, 60),
    "days are UTC's": (_days_are_utc, 60),
    "types in no order": (_types_in_no_order, 60),
    "a withdrawal must stand before the ending": (_a_withdrawal_must_stand_before, 400),
    "any reason is the victim's": (_any_reason_is_the_victims, 60),
    "restating outcomes count": (_restating_outcomes_count, 600),
    "an unnamed 16 is everybody's": (_unnamed_16_is_everybodys, 60),
    "the scope of decisions ignored": (_scope_of_decisions_ignored, 60),
    "a re-opened case keeps its results": (_reopened_case_keeps_its_results, 60),
    "an answer without id answers nothing": (_an_answer_without_id_answers_nothing, 500),
    "the lead is the first referred": (_the_lead_is_the_first_referred, 200),
    "evidence of the first fact only": (_evidence_of_the_first_fact_only, 60),
    "two numbers count twice": (_two_numbers_count_twice, 60),
    "deadlines fall whether owed or not": (_deadlines_in_a_row, 60),
    "one walk whenever it was": (_one_walk_whenever_it_was, 60),
    "a conviction is no progress": (_convicted_is_no_progress, 60),
}
"""What is planted, and within how many histories it must be found."""

SOON = 60


@contextlib.contextmanager
def planted(name: str) -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        plant, most = FAULTS[name]
        plant(patch)
        yield most

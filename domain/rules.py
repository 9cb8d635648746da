"""What each type of fact does to a journey (contract 3 and 4)."""

from collections.abc import Callable

from domain.case import Case, about, result
from domain.exits import DECISIONS, OUTCOMES, RESTATES_NO_FURTHER_ACTION, WITHDRAWAL_OUTCOMES
from domain.fact import Fact
from domain.walk import PoliceOutcome, Walk
from domain.when import When
from domain.withdrawal import Spell
from schemas.base import force_of


def moves(fact: Fact) -> bool:
    """Whether it is of a kind that moves a journey."""
    return fact.kind in _RULES and not fact.voided


def take(walk: Walk, when: When, fact: Fact) -> None:
    """The next fact of a journey, which moves it."""
    _RULES[fact.kind](walk, when, fact)
    walk.settle(when, fact)


# Investigation


def _suspect(walk: Walk, when: When, fact: Fact) -> None:
    walk.has_suspect = True


def _arrested(walk: Walk, when: When, fact: Fact) -> None:
    walk.has_suspect = True
    walk.first.setdefault("arrested", when)
    if walk.end and when.day > walk.end.when.day:  # within a day nobody says which came first
        walk.goes_on(when, undoes_withdrawal=False)


def _interviewed(walk: Walk, when: When, fact: Fact) -> None:
    walk.has_suspect = True
    walk.first.setdefault("interviewed", when)


def _reopened(walk: Walk, when: When, fact: Fact) -> None:
    if fact.kind == "cps.case-reopened":
        for case in walk.cases_of(fact):
            case.reopen()
    if walk.end is not None:
        walk.reopen(when)
    else:
        walk.outcome = None


# Charging


def _referred(walk: Walk, when: When, fact: Fact) -> None:
    kind = fact.data.get("referral_type", "full_code")
    for case in walk.cases_of(fact):
        goes_on = walk.charged_and_goes_on(case)
        if kind != "early_advice":
            _enter_charging(walk, when)
        case.submit(when, fact.day, kind, goes_on=goes_on)


def _received(walk: Walk, when: When, fact: Fact) -> None:
    accepted = fact.data.get("accepted", True)
    for case in walk.cases_of(fact):
        goes_on = walk.charged_and_goes_on(case)
        if case.stands_for_referral(accepted):
            _enter_charging(walk, when)
        case.receive(when, fact.day, accepted, goes_on=goes_on)


def _enter_charging(walk: Walk, when: When) -> None:
    walk.goes_on(when, undoes_withdrawal=True)
    walk.charging = walk.charging or when.day


def _planned(walk: Walk, when: When, fact: Fact) -> None:
    for case in walk.cases_of(fact):
        case.issue(when, fact.data["action_plan_id"])


def _answered(walk: Walk, when: When, fact: Fact) -> None:
    for case in walk.cases_of(fact):
        plan = fact.data.get("action_plan_id")
        if not case.answers(plan):
            walk.odd.add("answer_without_plan")
            continue
        goes_on = walk.charged_and_goes_on(case)
        walk.goes_on(when, undoes_withdrawal=False)
        case.answer(plan, goes_on=goes_on)


def _decided(walk: Walk, when: When, fact: Fact) -> None:
    if not walk.about_us(fact):
        return
    exit = DECISIONS.get(fact.data["decision"])
    if exit is None:
        walk.goes_on(when, undoes_withdrawal=True)
    else:
        if exit == "out_of_court_disposal":
            walk.disposed(when)
        walk.pending = False
    for case in walk.cases_of(fact):
        case.decide(when, fact.day, fact.data.get("suspect_reference"), exit)


# The victim


def _withdrew(walk: Walk, when: When, fact: Fact) -> None:
    walk.withdrawal(when, fact.data)


def _re_engaged(walk: Walk, when: When, fact: Fact) -> None:
    if walk.end is not None and walk.charged:
        return
    if walk.spell is None:
        walk.odd.add("re_engaged_without_withdrawal")
        return
    walk.end_spell(when)
    if walk.outcome and walk.outcome.code in WITHDRAWAL_OUTCOMES:
        walk.outcome = None


# Police outcomes


def _recorded(walk: Walk, when: When, fact: Fact) -> None:
    code = fact.data["outcome_code"]
    if code == 0:
        _removed(walk, when)
    elif walk.charged:
        if code != 1:
            odd = "withdrawal_outcome_after_charge" if code in WITHDRAWAL_OUTCOMES else "outcome_after_charge"
            walk.odd.add(odd)
    elif code == 1:
        _charged_by_police(walk, when)
    elif code in WITHDRAWAL_OUTCOMES:
        _withdrawal_outcome(walk, when, fact, code)
    else:
        _closed(walk, when, code)


def _removed(walk: Walk, when: When) -> None:
    """Outcome 0: the outcome is removed, the investigation open again; a charge by outcome 1 alone is undone."""
    if walk.spell and walk.spell.by_outcome_alone and not (walk.end and walk.charged):
        walk.end_spell(when)
    walk.outcome = None
    if all(case.charge is None for case in walk.cases.values()):
        walk.outcome_charge = None
    if walk.end is not None:
        walk.reopen(when)
    elif walk.spell:
        walk.spell.exit_at = None


def _charged_by_police(walk: Walk, when: When) -> None:
    if walk.spell and walk.spell.by_outcome_alone:
        walk.end_spell(when)
    walk.goes_on(when, undoes_withdrawal=True)
    walk.outcome_charge, walk.outcome = when, None


def _withdrawal_outcome(walk: Walk, when: When, fact: Fact, code: int) -> None:
    """Outcome 14 or 16 before a charge. It replaces a police outcome that ended the journey."""
    if code == 14 and walk.has_suspect:
        walk.odd.add("outcome_14_with_suspect")
    if code == 16 and not walk.has_suspect:
        walk.odd.add("outcome_16_without_suspect")
    if not walk.withdraws(fact):
        _closed(walk, when, None)
        return
    if fact.named is None and len(walk.story.around.persons_in_crime) > 1 and not walk.withdrew:
        walk.odd.add("victim_not_named")
    by_police = walk.outcome is not None and not any(case.decisions for case in walk.cases.values())
    if by_police and walk.spell is None:
        walk.end = None
    if walk.end is None:
        walk.outcome = PoliceOutcome(code, when)
    walk.withdrawal(when, fact.data)


def _closed(walk: Walk, when: When, code: int | None) -> None:
    """Another outcome before a charge; one that only restates a decision by CPS changes nothing."""
    decisions = [d for case in walk.cases.values() for d in case.decisions if d.exit == "cps_no_further_action"]
    if code in RESTATES_NO_FURTHER_ACTION and any(d.when.place > walk.reopened_at for d in decisions):
        return
    if walk.spell and walk.spell.by_outcome_alone:
        walk.end_spell(when)
    if walk.spell and code == 15:
        walk.odd.add("outcome_15_while_withdrawn")
    if OUTCOMES.get(code or 0) == "out_of_court_disposal":
        walk.disposed(when)
    walk.outcome = PoliceOutcome(code, when)
    walk.pending = False


def _audited(walk: Walk, when: When, fact: Fact) -> None:
    """An audit of outcome 14 or 16 is of the latest withdrawal whose outcome that is."""
    audited = [spell for spell in walk.spells if spell.outcome_code == fact.data["outcome_code"]]
    if audited:
        audited[-1].audited_correct = fact.data["correct"]


# Prosecution


def _court_received(walk: Walk, when: When, fact: Fact) -> None:
    walk.first.setdefault("court_receipt", when)


def _finalised(walk: Walk, when: When, fact: Fact) -> None:
    if not walk.about_us(fact):
        return
    suspect, reason = fact.data.get("suspect_reference"), fact.data.get("reason")
    if not walk.charged:
        walk.odd.add("result_without_charge")
        walk.goes_on(when, undoes_withdrawal=True)
    for case in walk.cases_of(fact):
        case.end(suspect, result(when, fact), walk.reopened_at)
        walk.results[when.place] = walk.open_stage(walk.charged)
        if reason == "victim_retraction" and not walk.said:
            _retracted(walk, when, fact, case)
        if any(p.differs for p in case.named(suspect)):
            walk.odd.add("result_differs")
    if fact.kind == "courts.case-completed":
        walk.first["completed"] = when
    walk.pending = False


def _retracted(walk: Walk, when: When, fact: Fact, case: Case) -> None:
    """The victim's retraction, and no withdrawal on record: an unevidenced withdrawal just before the prosecution's first result,
    if the crimes that this one is about have one victim."""
    crimes = walk.story.around.persons_of_case[case.urn]
    persons = {p for crime, of in crimes.items() if about(fact.data, force_of(fact.source), crime) for p in of}
    if len(persons) != 1:
        walk.odd.add("retraction_not_named")
    elif not walk.spells:
        first = min(p.ended for p in case.named(fact.data.get("suspect_reference")) if p.ended)
        walk.spells.append(Spell(first, walk.results[first.place], by_outcome_alone=False))


def _listed(walk: Walk, when: When, fact: Fact) -> None:
    walk.hearings.listed(when, fact, walk.urns(fact))


def _hearing(walk: Walk, when: When, fact: Fact) -> None:
    charged = walk.charged
    walk.hearings.take(when, fact, walk.urns(fact))
    if walk.charged and not charged:
        walk.odd.add("result_without_charge")
        walk.goes_on(when, undoes_withdrawal=True)


_RULES: dict[str, Callable[[Walk, When, Fact], None]] = {
    "police.suspect-identified": _suspect,
    "police.suspect-released": _suspect,
    "police.suspect-arrested": _arrested,
    "police.suspect-interviewed": _interviewed,
    "police.investigation-reopened": _reopened,
    "cps.case-reopened": _reopened,
    "police.charge-referral-submitted": _referred,
    "cps.referral-received": _received,
    "cps.action-plan-issued": _planned,
    "police.action-plan-answered": _answered,
    "cps.charging-decision-made": _decided,
    "police.victim-withdrew": _withdrew,
    "cps.victim-withdrew": _withdrew,
    "police.victim-re-engaged": _re_engaged,
    "police.outcome-recorded": _recorded,
    "police.outcome-audited": _audited,
    "courts.case-received": _court_received,
    "courts.hearing-listed": _listed,
    "courts.hearing-relisted": _hearing,
    "courts.hearing-adjourned": _hearing,
    "courts.hearing-resulted": _hearing,
    "courts.trial-outcome-recorded": _hearing,
    "courts.trial-outcome-cleared": _hearing,
    "cps.prosecution-finalised": _finalised,
    "courts.case-completed": _finalised,
}

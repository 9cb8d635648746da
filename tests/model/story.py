"""Charge, withdrawal and exit (contract 3 and 4), asked of prefixes: `k` is always "of the first k facts of the journey".

Nothing is carried along from fact to fact: each question goes back to the facts, and where the contract says "after the end"
or "before a charge", to what the facts before that one gave.
"""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tests.model.history import History, Key
from tests.model.order import Placed, placed

REFERRAL = "police.charge-referral-submitted"
RECEIPT = "cps.referral-received"
PLAN = "cps.action-plan-issued"
ANSWER = "police.action-plan-answered"
DECISION = "cps.charging-decision-made"
OUTCOME = "police.outcome-recorded"
TRIAL = "courts.trial-outcome-recorded"
CLEARED = "courts.trial-outcome-cleared"
WITHDREW = ("police.victim-withdrew", "cps.victim-withdrew")
RESULTS = ("cps.prosecution-finalised", "courts.case-completed")
HEARINGS = (
    "courts.hearing-listed",
    "courts.hearing-relisted",
    "courts.hearing-adjourned",
    "courts.hearing-resulted",
    TRIAL,
    CLEARED,
)
REOPENINGS = ("police.investigation-reopened", "cps.case-reopened")

RANK = (
    "convicted",
    "acquitted",
    "out_of_court_disposal",
    "victim_withdrew",
    "dropped",
    "cps_no_further_action",
    "administratively_finalised",
    "taken_into_consideration",
    "police_no_further_action",
    "transferred",
)
DECISIONS = {
    "no_further_action_evidential": "cps_no_further_action",
    "no_further_action_public_interest": "cps_no_further_action",
    "other": "cps_no_further_action",
    "out_of_court_disposal": "out_of_court_disposal",
    "administratively_finalised": "administratively_finalised",
}
OUTCOMES = (
    dict.fromkeys((2, 3, 6, 7, 8, 22), "out_of_court_disposal")
    | {4: "taken_into_consideration", 9: "cps_no_further_action"}
    | dict.fromkeys((5, 10, 11, 12, 13, 15, 17, 18, 21), "police_no_further_action")
    | dict.fromkeys((19, 20), "transferred")
)
DROPPED = ("discontinued", "no_evidence_offered", "charges_withdrawn", "stayed", "lie_on_file")
VERDICTS = ("convicted", "acquitted")
VICTIMS_DOING = ("victim_retraction", "victim_non_attendance", "victim_evidence", None)


class Exit(NamedTuple):
    """`of`: the place of the fact that dates it."""

    kind: str
    day: dt.date
    of: int


class Ending(NamedTuple):
    """`of`: the place of the fact that dates it; `at`: of the last that speaks of it."""

    kind: str
    day: dt.date
    of: int
    at: int


class Spell(NamedTuple):
    """`start`, `end`, `facts`: places in the journey; `implied`: no fact of withdrawal, but CPS's reason says so."""

    start: int
    end: int | None
    facts: tuple[int, ...]
    implied: bool = False


class Story:
    def __init__(self, history: History, key: Key) -> None:
        self.history, self.key = history, key
        self.me = history.person(key[0], key[2])
        self.facts: list[Placed] = placed(history, key)
        self.cases = history.cases(key)
        self.ended = cache(self._ended)
        self.charged = cache(self._charged)
        self.spells = cache(self._spells)
        self.reopens = cache(self._reopens)
        self.counts = cache(self._counts)
        self.effective_trial = cache(self._effective_trial)

    def _where(self, k: int, *types: str, case: str | None = None) -> Iterator[int]:
        """Places of facts of these types among the first k, those about this crime only, in this case only."""
        for i in range(k):
            fact = self.facts[i]
            if fact.type in types and fact.here and (case is None or case in fact.cases):
                yield i

    def code(self, i: int) -> int:
        code: int = self.facts[i].data["outcome_code"]
        return code

    # Referrals

    def referrals(self, k: int, case: str | None = None) -> list[int]:
        """Full code or threshold; early advice does not count; absent is full code."""
        return [
            i for i in self._where(k, REFERRAL, case=case) if self.facts[i].data.get("referral_type") != "early_advice"
        ]

    def receipts(self, k: int, case: str | None = None) -> list[int]:
        """A receipt is of the last submission before it; of early advice, it does not count."""
        return [
            i
            for i in self._where(k, RECEIPT, case=case)
            if any(not self._of_early_advice(i, c) for c in self.facts[i].cases if case in (None, c))
        ]

    def _of_early_advice(self, i: int, case: str) -> bool:
        submitted = list(self._where(i, REFERRAL, case=case))
        return bool(submitted) and self.facts[submitted[-1]].data.get("referral_type") == "early_advice"

    def _stands_for_referral(self, i: int, case: str) -> bool:
        """A receipt with no submission before it, or accepted after a return, says of a submission that is not on record."""
        if i not in self.receipts(i + 1, case):
            return False
        accepted = self.facts[i].data.get("accepted", True)
        return not self.referred(i, case) or (accepted and self.returned(i, case))

    def returned(self, k: int, case: str) -> bool:
        """At triage, and nothing has happened since."""
        returns = [r for r in self.receipts(k, case) if self.facts[r].data.get("accepted") is False]
        if not returns:
            return False
        later = range(max(returns) + 1, k)
        return not any(self._moves(i, case) for i in later)

    def _moves(self, i: int, case: str) -> bool:
        fact = self.facts[i]
        if case not in fact.cases or not fact.here:
            return False
        return (
            fact.type in (DECISION, *RESULTS, "cps.case-reopened")
            or i in self.referrals(i + 1, case)
            or self._stands_for_referral(i, case)
        )

    def submissions(self, k: int, case: str) -> list[int]:
        """Enters `charging`: a referral, or a receipt that stands for one."""
        return sorted(
            {*self.referrals(k, case), *(i for i in self.receipts(k, case) if self._stands_for_referral(i, case))}
        )

    def referred(self, k: int, case: str) -> list[int]:
        """First full-code or threshold submission, else receipt."""
        return self.referrals(k, case) or self.receipts(k, case)

    # Decisions and results in force

    def charged_and_goes_on(self, i: int, case: str) -> bool:
        return self.case_charged(i, case) and self.ended(i) is None

    def answers(self, i: int, case: str) -> bool:
        """An action plan is answered that was issued and not answered before."""
        fact = self.facts[i]
        if fact.type != ANSWER or case not in fact.cases:
            return False
        open_plans: set[str] = set()
        for j in self._where(i, PLAN, ANSWER, case=case):
            plan = self.facts[j].data.get("action_plan_id")
            if self.facts[j].type == PLAN:
                open_plans |= set() if self._of_early_advice(j, case) else {plan}
            else:
                open_plans = open_plans - {plan} if plan else set()
        wanted = fact.data.get("action_plan_id")
        return wanted in open_plans if wanted else bool(open_plans)

    def _sets_aside(self, i: int, case: str) -> bool:
        """A new referral, an answered plan, `case-reopened` set aside that case's decisions; not in a charged case that goes on."""
        fact = self.facts[i]
        if case not in fact.cases:
            return False
        if fact.type == "cps.case-reopened":
            return True
        if self.answers(i, case) or i in self.submissions(i + 1, case):
            return not self.charged_and_goes_on(i, case)
        return False

    def decisions(self, k: int, case: str) -> list[int]:
        return [
            i
            for i in self._where(k, DECISION, case=case)
            if not any(self._sets_aside(s, case) for s in range(i + 1, k))
        ]

    def results(self, k: int, case: str) -> list[int]:
        """`case-reopened` sets aside results without verdict."""
        return [
            i
            for i in self._where(k, *RESULTS, case=case)
            if self.facts[i].data["outcome"] in VERDICTS
            or not any(
                self.facts[s].type == "cps.case-reopened" and case in self.facts[s].cases for s in range(i + 1, k)
            )
        ]

    def suspects(self, k: int, case: str) -> list[str | None]:
        """Those named, in order; the first name takes the unnamed one's place."""
        named = [self.facts[i].data.get("suspect_reference") for i in self._where(k, DECISION, *RESULTS, case=case)]
        return list(dict.fromkeys(s for s in named if s)) or [None]

    def _about(self, places: list[int], k: int, case: str, suspect: str | None) -> list[int]:
        """One that names no suspect is about everybody there: all named so far, or the one to be named first."""
        there = self.suspects(k, case)
        same = [
            i
            for i in self._where(k, DECISION, *RESULTS, case=case)
            if self.facts[i].data.get("suspect_reference") == suspect
        ]
        return [
            i
            for i in places
            if self.facts[i].data.get("suspect_reference") == suspect
            or ("suspect_reference" not in self.facts[i].data and (suspect == there[0] or (bool(same) and same[0] < i)))
        ]

    def last_decision(self, k: int, case: str, suspect: str | None) -> int | None:
        return max(self._about(self.decisions(k, case), k, case, suspect), default=None)

    def results_of(self, k: int, case: str, suspect: str | None) -> list[int]:
        """A new charge begins the prosecution again: results without verdict before it are of the former."""
        charged = max(self._about(self.charge_decisions(k, case), k, case, suspect), default=-1)
        return [
            r
            for r in self._about(self.results(k, case), k, case, suspect)
            if r > charged or self.facts[r].data["outcome"] in VERDICTS
        ]

    def case_charged(self, k: int, case: str) -> bool:
        if self.outcome_1(k) is not None or not all(self._overtaken(r, k, case) for r in self.results(k, case)):
            return True
        last = [self.last_decision(k, case, s) for s in self.suspects(k, case)]
        return any(i is not None and self.facts[i].data["decision"] == "charge" for i in last)

    def _overtaken(self, r: int, k: int, case: str) -> bool:
        """Whether the result at r, no verdict, is of a prosecution that was charged again."""
        if self.facts[r].data["outcome"] in VERDICTS:
            return False
        whom = self.facts[r].data.get("suspect_reference")
        again = (self.facts[c].data.get("suspect_reference") for c in self.charge_decisions(k, case) if c > r)
        return any(whom is None or other in (None, whom) for other in again)

    # Charge

    def outcome_1(self, k: int) -> int | None:
        """The police's charge; outcome 0 undoes it if it is alone."""
        last = None
        for i in self._where(k, OUTCOME):
            if self.code(i) == 1 and last is None and self.counts(i):
                last = i
            elif self.code(i) == 0 and not self.charge_decisions(i):
                last = None
        return last

    def charge_decisions(self, k: int, case: str | None = None) -> list[int]:
        return [i for i in self._where(k, DECISION, case=case) if self.facts[i].data["decision"] == "charge"]

    def trials(self, k: int, case: str | None = None) -> list[list[int]]:
        """The outcomes of each trial, a hearing on one listed date; `cleared` removes the hearing's last one."""
        dates: dict[str, str] = {}
        outcomes: dict[str, list[tuple[str | None, int]]] = {}
        for i in self._where(k, *HEARINGS, case=case):
            fact = self.facts[i]
            hearing = fact.data["hearing_id"]
            had = outcomes.setdefault(hearing, [])
            if fact.type == TRIAL:
                had.append((dates.get(hearing), i))
            elif fact.type == CLEARED and had:
                had.pop()
            if "start_date" in fact.data:
                dates[hearing] = fact.data["start_date"]
            if "next_start_date" in fact.data:
                following = fact.data.get("next_hearing_id", hearing)
                if following == hearing or following not in self.listed(i):
                    dates[following] = fact.data["next_start_date"]
        trials: dict[tuple[str, str | None], list[int]] = {}
        for hearing, had in outcomes.items():
            for date, i in had:
                trials.setdefault((hearing, date), []).append(i)
        return list(trials.values())

    def listed(self, k: int) -> set[str]:
        return {self.facts[i].data["hearing_id"] for i in self._where(k, "courts.hearing-listed")}

    def _effective_trial(self, k: int, case: str | None = None) -> int | None:
        """The first effective outcome of a trial whose last outcome is effective."""
        found = [
            next(i for i in trial if self.facts[i].data["outcome"] == "effective")
            for trial in self.trials(k, case)
            if self.facts[trial[-1]].data["outcome"] == "effective"
        ]
        return min(found, default=None)

    def _charged(self, k: int) -> bool:
        """CPS's decision or outcome 1; a result or an effective trial with no charge known implies one."""
        return bool(
            self.charge_decisions(k)
            or list(self._where(k, *RESULTS))
            or self.effective_trial(k) is not None
            or self.outcome_1(k) is not None
        )

    # Police outcomes

    def _withdrawal_code(self, i: int) -> bool:
        """14 or 16 for this victim; not one that speaks of the crime's other victims."""
        if self.code(i) not in (14, 16):
            return False
        if "victim_reference" in self.facts[i].data:
            return True
        crime = f"{self.key[0]}/{self.key[1]}"
        if len(self.history.persons_in([crime])) == 1:
            return True
        return self._said_it_themselves(self.me) or not any(
            self._said_it_themselves(person) for person in self.history.persons_in([crime])
        )

    def _said_it_themselves(self, person: frozenset[str]) -> bool:
        """A victim of this crime has a `victim-withdrew`."""
        keys = [k for k in self.history.keys if k[:2] == self.key[:2] and self.history.person(k[0], k[2]) == person]
        return any(f.type in WITHDREW for k in keys for f in self.history.facts_of(k))

    def _counts(self, i: int) -> bool:
        """Whether the police code at i changes anything: after a charge only 0; not one that only restates a CPS decision."""
        if self.charged(i):
            return self.code(i) == 0
        if self.code(i) in (9, 10, 12, 15, 17, 21):
            since = self.last_reopening(i)
            for case in self.cases:
                for d in self.decisions(i, case):
                    ended = DECISIONS.get(self.facts[d].data["decision"]) == "cps_no_further_action"
                    if ended and d > since and not self._replaced(d, i, case):
                        return False
        return True

    def _replaced(self, d: int, k: int, case: str) -> bool:
        """Whether CPS decided again about whom the decision at d is about."""
        whom = self.facts[d].data.get("suspect_reference")
        later = (
            self.facts[i].data.get("suspect_reference") for i in self.decisions(k, case) if i > d and self.facts[i].here
        )
        return any(whom is None or other in (None, whom) for other in later)

    def police_outcome(self, k: int) -> int | None:
        """The latest stands; any re-opening sets it aside."""
        last = max((i for i in self._where(k, OUTCOME) if self.counts(i) and not self._adds_nothing(i)), default=None)
        if last is None or self.code(last) == 0:
            return None
        if any(self.reopens(i) or self.facts[i].type in REOPENINGS for i in range(last + 1, k)):
            return None
        return last

    def _adds_nothing(self, i: int) -> bool:
        """14 or 16 after the end, unless it replaces the police outcome that ended the journey."""
        return self._withdrawal_code(i) and self.ended(i) is not None and not self._replaces(i)

    # Withdrawal

    def withdrawals(self, k: int) -> list[int]:
        return [
            i
            for i in self._where(k, *WITHDREW, OUTCOME)
            if self.facts[i].type in WITHDREW
            or (self.code(i) in (14, 16) and self._withdrawal_code(i) and self.counts(i))
        ]

    def after_the_end(self, i: int) -> bool:
        """On the day of an ending it counts as standing at it."""
        end = self.ended(i)
        return end is not None and end.day < self.facts[i].day

    def _replaces(self, i: int) -> bool:
        """Outcome 14 or 16 still replaces the police outcome that ended the journey: the end is then that of the withdrawal."""
        return (
            self.facts[i].type == OUTCOME
            and self.standing(i) is None
            and self.police_outcome(i) is not None
            and not any(self.facts[d].data["decision"] != "charge" for c in self.cases for d in self.decisions(i, c))
        )

    def _prosecution_ended(self, i: int) -> bool:
        return self.ended(i) is not None and self.charged(i)

    def _spells(self, k: int) -> tuple[Spell, ...]:
        spells: list[Spell] = []
        for i in range(k):
            fact = self.facts[i]
            standing = spells[-1] if spells and spells[-1].end is None else None
            if i in self.withdrawals(i + 1):
                if standing:
                    spells[-1] = standing._replace(facts=(*standing.facts, i))
                elif not self.after_the_end(i) or self._replaces(i):
                    spells.append(Spell(i, None, (i,)))
            elif standing and not self._prosecution_ended(i):
                of_outcomes = all(self.facts[f].type == OUTCOME for f in standing.facts)
                other = fact.type == OUTCOME and not self._withdrawal_code(i) and self.counts(i)
                if fact.type == "police.victim-re-engaged" or (of_outcomes and other):
                    spells[-1] = standing._replace(end=i)
        implied = self.implied_withdrawal(k)
        if implied is not None:
            first, said = implied
            re_engaged = [
                i for i in self._where(k, "police.victim-re-engaged") if i > said and not self._prosecution_ended(i)
            ]
            spells.append(Spell(first, min(re_engaged, default=None), (), implied=True))
        return tuple(spells)

    def retractions(self) -> list[int]:
        return [
            i
            for i in self._where(len(self.facts), "cps.prosecution-finalised")
            if self.facts[i].data.get("reason") == "victim_retraction"
        ]

    def any_withdrawal_fact(self) -> bool:
        return any(
            f.type in WITHDREW or (f.type == OUTCOME and self._withdrawal_code(i)) for i, f in enumerate(self.facts)
        )

    def persons_of_result(self, i: int) -> set[frozenset[str]]:
        """The persons in the crimes that a result is about."""
        fact = self.facts[i]
        named = {f"{fact.fact.force}/{c}" for c in fact.data.get("crime_references", ())}
        of_cases = {crime for case in fact.cases for crime in self.history.crimes_of(case)}
        return self.history.persons_in(of_cases & named if named else of_cases)

    def implied_withdrawal(self, k: int) -> tuple[int, int] | None:
        """`victim_retraction` with no withdrawal fact and one person: just before the prosecution's first result, since it was
        charged or the journey re-opened last; and the place of the fact that says so."""
        if self.any_withdrawal_fact():
            return None
        for i in self.retractions():
            if i < k and len(self.persons_of_result(i)) == 1:
                firsts = []
                for case in self.facts[i].cases:
                    for suspect in self.suspects(i + 1, case):
                        if self._about([i], i + 1, case, suspect):
                            firsts.append(self._first_result(i + 1, case, suspect))
                return min(firsts), i
        return None

    def _first_result(self, k: int, case: str, suspect: str | None) -> int:
        """The result with which it ended: the first, or the first after it was charged again or the journey re-opened."""
        results = self.results_of(k, case, suspect)
        charges = self._about(self.charge_decisions(k, case), k, case, suspect)
        first = results[0]
        for r in results:
            if any(first < i <= r and (i in charges or self.reopens(i)) for i in range(k)):
                first = r
        return first

    def standing(self, k: int) -> Spell | None:
        last = self.spells(k)[-1:]
        return last[0] if last and last[0].end is None else None

    def _stands_at(self, k: int, result: int) -> bool:
        """On the day of a result: begun before it or on its day, and not ended before it."""
        day = self.facts[result].day
        return any(
            (s.start <= result or self.facts[s.start].day == day) and (s.end is None or s.end > result)
            for s in self.spells(k)
        )

    # Re-opening

    def _is_charge(self, i: int) -> bool:
        fact = self.facts[i]
        if fact.type == OUTCOME:
            return self.code(i) == 1 and self.counts(i)
        if fact.type in RESULTS:
            return fact.here and not self.charged(i)
        tried = fact.type == TRIAL and not self.charged(i) and self.effective_trial(i + 1) is not None
        return tried or i in self.charge_decisions(i + 1)

    def _is_disposal(self, i: int) -> bool:
        fact = self.facts[i]
        if fact.type == OUTCOME:
            return self.counts(i) and OUTCOMES.get(self.code(i)) == "out_of_court_disposal"
        return fact.type == DECISION and fact.here and fact.data["decision"] == "out_of_court_disposal"

    def _is_named_reopening(self, i: int) -> bool:
        return self.facts[i].type in REOPENINGS or (self.facts[i].type == OUTCOME and self.code(i) == 0)

    def _reopens(self, i: int) -> bool:
        before = self.ended(i)
        if before is None:
            return False
        if self._is_named_reopening(i):
            return True
        charge_or_referral = self._is_charge(i) or self._is_referral(i)
        if before.kind == "victim_withdrew" and not self.charged(i):
            return charge_or_referral or self._is_disposal(i)
        answered = any(self.answers(i, case) for case in self.cases)
        arrested = self.facts[i].type == "police.suspect-arrested" and before.day < self.facts[i].day
        return charge_or_referral or answered or arrested

    def _is_referral(self, i: int) -> bool:
        return any(i in self.submissions(i + 1, case) for case in self.cases)

    def last_reopening(self, k: int) -> int:
        return max((i for i in range(k) if self.reopens(i)), default=-1)

    def reopened(self) -> int:
        """Every return to open, a withdrawal undone too. What goes on on the day of the end undoes it without re-opening."""
        count = 0
        for i in range(len(self.facts)):
            before = self.ended(i)
            if before is not None and self.ended(i + 1) is None:
                goes_on = self.reopens(i) and not self._is_named_reopening(i) and not self._is_disposal(i)
                count += not goes_on or before.day < self.facts[i].day
        return count

    # The end

    def waits(self, k: int, case: str) -> bool:
        """A referral awaits a decision."""
        if self.outcome_1(k) is not None:
            return False
        asked = max((i for i in range(k) if self._asks(i, case)), default=None)
        if asked is None:
            return False
        answered = [*self._where(k, DECISION, *RESULTS, case=case)]
        answered += [r for r in self.receipts(k, case) if self.facts[r].data.get("accepted") is False]
        return not any(i >= asked for i in answered)

    def _asks(self, i: int, case: str) -> bool:
        """A decision is awaited from here: of a referral, not in a charged case that goes on; again of a re-opened case that was
        referred, or after an answered plan, unless it is returned."""
        if case not in self.facts[i].cases:
            return False
        if self.facts[i].type == "cps.case-reopened":
            return bool(self.referred(i, case))
        if self.charged_and_goes_on(i, case):
            return False
        if self.answers(i, case):
            return bool(self.referred(i, case)) and not self.returned(i, case)
        return i in self.submissions(i + 1, case)

    def prosecutions(self, k: int) -> list[tuple[str, str | None]]:
        return [(case, suspect) for case in self.cases for suspect in self.suspects(k, case)]

    def awaits_result(self, k: int) -> bool:
        for case, suspect in self.prosecutions(k):
            d = self.last_decision(k, case, suspect)
            charge = d if d is not None and self.facts[d].data["decision"] == "charge" else None
            if charge is not None and all(r < charge for r in self.results_of(k, case, suspect)):
                return True
        all_results = [r for case in self.cases for r in self.results(k, case)]
        police = self.outcome_1(k)
        if self.charge_decisions(k):
            return False
        return (police is not None or self.effective_trial(k) is not None) and not all_results

    def _result_ending(self, k: int, case: str, suspect: str | None) -> Ending | None:
        """Result by the court, reason by CPS; it ends on the day of its first result, later ones say what it was."""
        results = self.results_of(k, case, suspect)
        if not results:
            return None
        first = self._first_result(k, case, suspect)
        court = [r for r in results if self.facts[r].type == "courts.case-completed"]
        outcomes = [self.facts[r].data["outcome"] for r in court or results]
        outcome = next((v for v in VERDICTS if v in outcomes), outcomes[-1])
        kind = "dropped" if outcome in DROPPED else outcome
        if outcome not in VERDICTS and self._stands_at(k, first) and self._reason(results) in VICTIMS_DOING:
            kind = "victim_withdrew"
        return Ending(kind, self.facts[first].day, first, max(first, *results))

    def _reason(self, results: list[int]) -> str | None:
        given = [self.facts[r].data["reason"] for r in results if "reason" in self.facts[r].data]
        return given[-1] if given else None

    def endings(self, k: int) -> list[Ending]:
        found = []
        for case, suspect in self.prosecutions(k):
            d = self.last_decision(k, case, suspect)
            superseded = d is not None and any(r > d for r in self.results_of(k, case, suspect))
            if d is not None and not superseded and self.facts[d].data["decision"] != "charge":
                found.append(Ending(DECISIONS[self.facts[d].data["decision"]], self.facts[d].day, d, d))
            result = self._result_ending(k, case, suspect)
            if result:
                found.append(result)
        outcome = self.police_outcome(k)
        if outcome is not None and not self.charged(k) and not self._withdrawal_code(outcome):
            kind = OUTCOMES.get(self.code(outcome), "police_no_further_action")  # 14, 16: of the other victims
            found.append(Ending(kind, self.facts[outcome].day, outcome, outcome))
        return found

    def _ended(self, k: int) -> Exit | None:
        if k == 0:
            return None
        exit = self._exit(k)
        before = self.ended(k - 1)
        if exit is None and before is not None and not self.reopens(k - 1):
            # What has ended is open again only by what section 3 and 4 name.
            undone = before.kind == "victim_withdrew" and not self.charged(k - 1) and self.standing(k) is None
            return None if undone else before
        return exit

    def _exit(self, k: int) -> Exit | None:
        spell = self.standing(k)
        if spell and not self.charged(k):
            made = self._withdrawal_exit(k, spell)
            if made:
                return made
        if self.awaits_result(k) or any(self.waits(k, case) for case in self.cases):
            return None
        endings = self.endings(k)
        if not any(e.at >= self.last_reopening(k) for e in endings):
            return None
        kind = min((e.kind for e in endings), key=RANK.index)
        last = max(endings, key=lambda e: (e.day, e.of))
        if spell and not self.charged(k) and kind != "out_of_court_disposal":
            kind = "victim_withdrew"
        return Exit(kind, last.day, last.of)

    def _withdrawal_exit(self, k: int, spell: Spell) -> Exit | None:
        """Before a charge: at once, on its own date, unless a referral, charge, disposal or re-opening is dated after it."""
        undoing = [
            i
            for i in range(k)
            if self._is_referral(i) or self._is_charge(i) or self._is_disposal(i) or self._is_named_reopening(i)
        ]
        for w in spell.facts:
            if w != spell.start and self.after_the_end(w):
                continue  # it belongs to the spell, but the end stands
            end = self.ended(w)
            if end and end.kind == "out_of_court_disposal" and not self._replaces(w):
                continue  # on the day of that ending it counts as standing at it, and was undone by it
            if not any(u > w for u in undoing):
                return Exit("victim_withdrew", self.facts[w].day, w)
        return None

    # The lead among several URNs

    def lead(self, k: int) -> str | None:
        """The first charged, else the first referred."""
        charged = {c: self.charge_decisions(k, c) for c in self.cases}
        referred = {c: self.referred(k, c) for c in self.cases}
        for places in (charged, referred):
            found = [(at[0], c) for c, at in places.items() if at]
            if found:
                return min(found)[1]
        return None

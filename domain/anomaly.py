"""What may be odd about a journey. Odd facts are accepted and shown (contract 2.3)."""

from typing import NamedTuple

from domain.fact import Fact


class Odd(NamedTuple):
    """An anomaly, who published the fact that is odd, and the first day of the month that the fact is dated in."""

    code: str
    source: str
    month: str


def odd(code: str, fact: Fact) -> Odd:
    return Odd(code, fact.source, fact.day.isoformat()[:8] + "01")


ANOMALIES = {
    "correction_of_other_type": "A correction names its event by another type: it does not stand.",
    "uvi_conflict": "Reports gave two unique victim identifiers for one victim number.",
    "victim_ambiguous": "A victim number beside a case fits victims of two forces.",
    "second_report": "The journey was reported more than once.",
    "joined_late": "A case's fact is dated before the crime was reported: it stands on the report's day and is in no delay.",
    "withdrew_after_end": "A withdrawal dated after the journey ended: it begins no spell.",
    "victim_not_named": "Outcome 14 or 16 names nobody in a crime of several victims, none of whom withdrew: it is taken for all.",
    "retraction_not_named": "A prosecution ended by a victim's retraction, with several victims and no withdrawal on record.",
    "outcome_14_with_suspect": "Outcome 14 (no suspect identified) though a suspect is known.",
    "outcome_16_without_suspect": "Outcome 16 (suspect identified) though no suspect is known.",
    "outcome_15_while_withdrawn": "Outcome 15 (victim supports action) while a withdrawal stands.",
    "withdrawal_outcome_after_charge": "Outcome 14 or 16 after a charge.",
    "outcome_after_charge": "A police outcome other than 0 after a charge: it has no effect.",
    "reopened_without_reason": "The journey went on after its end without having been re-opened.",
    "result_differs": "The court's result of a prosecution and CPS's are not the same.",
    "result_without_charge": "A result or an effective trial without a charge on record.",
    "answer_without_plan": "An action plan was answered that was not issued.",
    "re_engaged_without_withdrawal": "The victim re-engaged though no withdrawal stood.",
    "negative_delay": "An interval ends before it begins: it is in no delay. It counts for who reported the crime.",
}

"""How a journey may leave, and by which decision, result or police outcome (contract 4)."""

from typing import get_args

from schemas.outgoing import Exit

RANK = {exit: rank for rank, exit in enumerate(get_args(Exit))}
"""A journey's exit is the first of these over all its endings."""

VERDICTS = ("convicted", "acquitted")
DROPPED = frozenset({"discontinued", "no_evidence_offered", "charges_withdrawn", "stayed", "lie_on_file"})

DECISIONS = {
    "no_further_action_evidential": "cps_no_further_action",
    "no_further_action_public_interest": "cps_no_further_action",
    "other": "cps_no_further_action",
    "out_of_court_disposal": "out_of_court_disposal",
    "administratively_finalised": "administratively_finalised",
}

WITHDRAWAL_OUTCOMES = frozenset({14, 16})
OUTCOMES = (
    dict.fromkeys((2, 3, 6, 7, 8, 22), "out_of_court_disposal")
    | {4: "taken_into_consideration", 9: "cps_no_further_action"}
    | dict.fromkeys((5, 10, 11, 12, 13, 15, 17, 18, 21), "police_no_further_action")
    | dict.fromkeys((19, 20), "transferred")
)
"""Home Office outcome code -> exit. 0 removes the outcome, 1 charges, 14 and 16 are withdrawals."""

RESTATES_NO_FURTHER_ACTION = frozenset({9, 10, 12, 15, 17, 21})


def of_result(outcome: str) -> str:
    """The exit of a prosecution's outcome."""
    return "dropped" if outcome in DROPPED else outcome

"""Why a trial cracked, was ineffective or was vacated: HMCTS's codes, labels in our own words.

A code alone says nothing: `A` is a cracked trial's and a vacated one's, and some mean different things in the two
jurisdictions. So a reason is keyed by (outcome, code, jurisdiction). Parties of ineffective trials follow the
grouping in an answer to Parliament of 14 January 2025; those of cracked and vacated ones follow the wording.
"""

from typing import NamedTuple


class TrialReason(NamedTuple):
    """What a code means. `party`: prosecution, defence, court or other. `victim_related`: about a victim or witness."""

    label: str
    party: str
    victim_related: bool


_BOTH = ("crown", "magistrates")
_CROWN = ("crown",)
_MAGISTRATES = ("magistrates",)

# outcome, code, where, party, victim or witness, label
_ROWS = (
    ("cracked", "A", _BOTH, "defence", False, "Late guilty plea, offered now for the first time"),
    ("cracked", "B", _BOTH, "prosecution", False, "Late guilty plea, which the prosecution had refused before"),
    ("cracked", "C", _BOTH, "defence", False, "Guilty plea to a new charge, offered now for the first time"),
    ("cracked", "D", _BOTH, "prosecution", False, "Guilty plea to a new charge, which had been refused before"),
    ("cracked", "E", _BOTH, "defence", False, "Bound over, offered now for the first time"),
    ("cracked", "F", _BOTH, "prosecution", False, "Bound over, which the prosecution had refused before"),
    ("cracked", "G", _BOTH, "defence", False, "Defendant unfit through drink or drugs, no new date"),
    ("cracked", "H", _BOTH, "other", False, "Defendant died"),
    ("cracked", "I", _BOTH, "prosecution", True, "Prosecution ended: not enough evidence"),
    ("cracked", "J", _BOTH, "prosecution", True, "Prosecution ended: witness absent or withdrawn"),
    ("cracked", "K", _BOTH, "prosecution", True, "Prosecution ended: public interest"),
    ("cracked", "L", _BOTH, "prosecution", True, "Prosecution ended: adjournment refused"),
    ("ineffective", "M1", _CROWN, "prosecution", False, "Prosecution's further evidence came late, none offered"),
    ("ineffective", "M1", _MAGISTRATES, "prosecution", False, "Prosecution's further evidence came late"),
    ("ineffective", "M2", _BOTH, "prosecution", False, "Prosecution not ready"),
    ("ineffective", "M3", _BOTH, "prosecution", True, "Unused material not disclosed"),
    ("ineffective", "N1", _BOTH, "prosecution", True, "Prosecution witness absent: police"),
    ("ineffective", "N2", _BOTH, "prosecution", True, "Prosecution witness absent: expert"),
    ("ineffective", "N3", _BOTH, "prosecution", True, "Prosecution witness absent: civilian"),
    ("ineffective", "O1", _BOTH, "prosecution", False, "Prosecution advocate in another trial"),
    ("ineffective", "O2", _BOTH, "prosecution", False, "Prosecution advocate absent"),
    ("ineffective", "P", _BOTH, "prosecution", False, "Prosecution needs more time than was listed"),
    ("ineffective", "Q1", _BOTH, "defence", False, "Defence not ready: disclosure"),
    ("ineffective", "Q2", _BOTH, "defence", False, "Defence not ready"),
    ("ineffective", "Q3", _BOTH, "defence", True, "Defence asked late for a prosecution witness"),
    ("ineffective", "R", _BOTH, "defence", False, "Defence witness absent"),
    ("ineffective", "S1", _BOTH, "defence", False, "Defendant absent"),
    ("ineffective", "S2", _BOTH, "defence", False, "Defendant ill or unfit"),
    ("ineffective", "S3", _BOTH, "other", False, "Defendant not brought from custody"),
    ("ineffective", "S4", _BOTH, "defence", False, "Defendant absent, was not told of the hearing"),
    ("ineffective", "T", _BOTH, "defence", False, "Defence needs more time than was listed"),
    ("ineffective", "U1", _BOTH, "defence", False, "Defence advocate in another trial"),
    ("ineffective", "U2", _BOTH, "defence", False, "Defence advocate absent"),
    ("ineffective", "V", _BOTH, "defence", False, "Defendant dismissed the advocate"),
    ("ineffective", "W1", _BOTH, "court", False, "Another case took longer"),
    ("ineffective", "W2", _BOTH, "court", False, "No judge or magistrates"),
    ("ineffective", "W3", _BOTH, "court", False, "Not reached in the list"),
    ("ineffective", "W4", _BOTH, "court", False, "Building, equipment or weather"),
    ("ineffective", "W5", _BOTH, "other", True, "No interpreter"),
    ("ineffective", "X", _CROWN, "court", False, "Not enough jurors"),
    ("ineffective", "Y", _CROWN, "other", False, "Other cases wait in the magistrates' court"),
    ("ineffective", "Z", _CROWN, "other", False, "Other cases wait in another Crown Court"),
    ("vacated", "A", _BOTH, "prosecution", False, "Prosecution discontinued before the trial"),
    ("vacated", "B", _BOTH, "prosecution", False, "Prosecution not ready"),
    ("vacated", "C", _CROWN, "prosecution", True, "Police witness or counsel cannot come"),
    ("vacated", "C", _MAGISTRATES, "prosecution", True, "Police witness cannot come"),
    ("vacated", "D", _BOTH, "prosecution", True, "Civilian or other witness cannot come"),
    ("vacated", "E", _BOTH, "defence", False, "Defendant ill, dead or unable to come"),
    ("vacated", "F", _BOTH, "defence", False, "Defence not ready, or its advocate not free"),
    ("vacated", "G", _BOTH, "defence", False, "Defence witness cannot come"),
    ("vacated", "H", _BOTH, "defence", False, "Defendant dismissed the lawyer"),
    ("vacated", "I", _BOTH, "prosecution", False, "Prosecution needs more court time"),
    ("vacated", "J", _BOTH, "defence", False, "Defence needs more court time"),
    ("vacated", "K", _BOTH, "court", True, "Court expects not to have the time"),
    ("vacated", "L", _BOTH, "defence", False, "Guilty plea to the charge"),
    ("vacated", "M", _BOTH, "defence", False, "Guilty plea to another charge"),
    ("vacated", "N", _BOTH, "defence", False, "Bound over at plea hearing"),
    ("vacated", "O", _BOTH, "defence", False, "Guilty plea, exceptional hardship argued"),
    ("vacated", "P", _BOTH, "court", False, "Building, equipment or weather"),
    ("vacated", "Q", _CROWN, "defence", False, "Guilty plea at plea hearing"),
    ("vacated", "Z", _CROWN, "other", False, "Moved to another court, or entered in error"),
)

TRIAL_REASONS = {
    (outcome, code, jurisdiction): TrialReason(label, party, victim_related)
    for outcome, code, where, party, victim_related, label in _ROWS
    for jurisdiction in where
}

TRIAL_REASON_CODES = {row[1]: "A reason in HMCTS's list" for row in _ROWS} | {"other": "A code not in that list"}

NOT_NEEDED = frozenset("ALMNOQ")
"""Codes of a vacated trial that is not needed any more."""

IN_NO_COUNT = frozenset("Z")
"""Codes of a vacated trial that is in no count: it went to another court, or was an error."""


def trial_reason(outcome: str, code: str, jurisdiction: str | None) -> TrialReason | None:
    """What a reason code means; where the jurisdiction is not known, what it means in the Crown Court."""
    found = TRIAL_REASONS.get((outcome, code, jurisdiction or "crown"))
    return found if found or jurisdiction else TRIAL_REASONS.get((outcome, code, "magistrates"))

"""How things end: codes that the fold must understand, so these lists are closed and an unknown code is rejected."""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field

from schemas import codes
from schemas.base import Listed

# Home Office outcome types. What each does to a journey: contract 4. This list is closed.
OUTCOMES = {
    0: "No outcome yet, or outcome removed",
    1: "Charged or summonsed",
    2: "Caution, youth",
    3: "Caution, adult",
    4: "Taken into consideration",
    5: "Offender died",
    6: "Penalty notice for disorder",
    7: "Cannabis or khat warning",
    8: "Community resolution",
    9: "Not in the public interest (CPS)",
    10: "Not in the public interest (police)",
    11: "Suspect under age",
    12: "Suspect too ill",
    13: "Victim or key witness dead or too ill",
    14: "Suspect not identified, victim does not support",
    15: "Suspect identified, victim supports, evidential difficulties",
    16: "Suspect identified, victim does not support",
    17: "Time limit for a prosecution passed",
    18: "No suspect identified",
    19: "Passed to the national fraud bureau",
    20: "Passed to another body",
    21: "Further investigation not in the public interest (police)",
    22: "Diversion, education or intervention",
}

OutcomeCode = Annotated[
    int,
    Field(strict=True, description="Home Office outcome type; 0 = outcome removed.", examples=[16]),
    Ge(min(OUTCOMES)),
    Le(max(OUTCOMES)),
]
ChargingDecision = Literal[
    "charge",
    "no_further_action_evidential",
    "no_further_action_public_interest",
    "out_of_court_disposal",
    "administratively_finalised",
    "other",
]
ProsecutionOutcome = Annotated[
    Literal[
        "convicted",
        "acquitted",
        "discontinued",
        "no_evidence_offered",
        "charges_withdrawn",
        "stayed",
        "lie_on_file",
        "administratively_finalised",
    ],
    Field(description="How it ended; `acquitted` is dismissed too.", examples=["convicted"]),
]
TrialOutcome = Annotated[
    Literal["effective", "cracked", "ineffective", "vacated"],
    Field(description="What became of the trial.", examples=["ineffective"]),
]
Jurisdiction = Annotated[Literal["crown", "magistrates"], Field(description="Crown Court or magistrates' court.")]
ConvictionBasis = Annotated[str, Listed(codes.CONVICTION_BASES), Field(description="How the conviction came about.")]

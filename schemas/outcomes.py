"""How things end: codes that the fold must understand, so these lists are closed and an unknown code is rejected."""

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field

from schemas import codes
from schemas.base import Listed

OutcomeCode = Annotated[
    int,
    Field(strict=True, description="Home Office outcome type; 0 = outcome removed.", examples=[16]),
    Ge(min(codes.OUTCOMES)),
    Le(max(codes.OUTCOMES)),
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
    Field(description="`acquitted` is dismissed too.", examples=["convicted"]),
]
TrialOutcome = Annotated[Literal["effective", "cracked", "ineffective", "vacated"], Field(examples=["ineffective"])]
Jurisdiction = Literal["crown", "magistrates"]
ConvictionBasis = Annotated[str, Listed(codes.CONVICTION_BASES)]

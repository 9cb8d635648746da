"""What the Crown Prosecution Service says."""

from typing import Annotated

from pydantic import Field

from schemas import codes
from schemas.base import (
    ActionPlanId,
    Code,
    Codes,
    Crimes,
    Day,
    EventData,
    Flag,
    Force,
    HearingId,
    Listed,
    SuspectReference,
    Urn,
    VictimReference,
)
from schemas.outcomes import ChargingDecision, ConvictionBasis, ProsecutionOutcome


class _OnCase(EventData):
    SUBJECT = ("urn",)

    urn: Urn


class ReferralReceived(_OnCase):
    """CPS has the case, or sent it back at triage because something was missing."""

    TYPE = "cps.referral-received.v1"

    accepted: Flag | None = Field(None, description="False: returned to police at triage.")


class ActionPlanIssued(_OnCase):
    """CPS asked police for more work before it decides."""

    TYPE = "cps.action-plan-issued.v1"

    action_plan_id: ActionPlanId
    due_date: Day | None = Field(None, description="When police are to answer.", examples=["2021-09-14"])
    priority: Annotated[str, Listed(codes.PRIORITIES)] | None = Field(None, description="How urgent.")


class ChargingDecisionMade(_OnCase):
    """CPS decided whether to charge."""

    TYPE = "cps.charging-decision-made.v1"

    decision: ChargingDecision = Field(description="What CPS decided.")
    test: Annotated[str, Listed(codes.CHARGING_TESTS)] | None = Field(None, description="By which test.")
    suspect_reference: SuspectReference | None = None
    crime_references: Crimes | None = None
    force: Force | None = None


class CaseReopened(_OnCase):
    """CPS looks at the case again."""

    TYPE = "cps.case-reopened.v1"

    reason: Annotated[str, Listed(codes.CASE_REOPENING_REASONS)] | None = Field(None, description="Why.")


class TrialReadinessCertified(_OnCase):
    """CPS said whether the prosecution is ready for the trial."""

    TYPE = "cps.trial-readiness-certified.v1"

    hearing_id: HearingId
    ready: Flag = Field(description="Whether the prosecution is ready.")
    outstanding: Codes[Annotated[Code, Field(examples=["special_measures"])]] | None = Field(
        None, description="What is still missing."
    )


class _OnVictimInCase(_OnCase):
    NAMES = ("victim_reference",)

    victim_reference: VictimReference


class VictimMet(_OnVictimInCase):
    """A prosecutor met the victim."""

    TYPE = "cps.victim-met.v1"


class VictimWithdrew(_OnVictimInCase):
    """The victim told CPS that they no longer support the case."""

    TYPE = "cps.victim-withdrew.v1"

    reasons: Codes[Annotated[str, Listed(codes.WITHDRAWAL_REASONS)]] | None = Field(
        None, description="Why, as the victim says."
    )
    evidence: Codes[Annotated[str, Listed(codes.EVIDENCE)]] = Field(
        description="How it was recorded. Empty: there is no record that can be audited."
    )
    checklist_completed: Flag | None = Field(
        None, description="Whether the force's checklist for withdrawals was gone through."
    )


class ProsecutionFinalised(_OnCase):
    """The prosecution of a defendant is over, and this is how and why."""

    TYPE = "cps.prosecution-finalised.v1"

    suspect_reference: SuspectReference | None = None
    crime_references: Crimes | None = None
    force: Force | None = None
    outcome: ProsecutionOutcome
    basis: ConvictionBasis | None = None
    reason: Annotated[str, Listed(codes.PROSECUTION_REASONS)] | None = Field(
        None, description="Why it was dropped or lost."
    )

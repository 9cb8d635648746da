"""What the police and Witness Care Units say. Their source, `/police/<force>`, says whose crimes they speak of."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas import codes
from schemas.base import (
    ActionPlanId,
    Age,
    Code,
    Codes,
    CrimeReference,
    Crimes,
    Day,
    Ethnicity,
    EventData,
    Flag,
    HearingId,
    Link,
    Listed,
    ObservedEthnicity,
    OffenceCode,
    OffenceFlag,
    OffenceGroup,
    Relationship,
    Sex,
    SuspectReference,
    Urn,
    Uvi,
    VictimReference,
)
from schemas.outcomes import OutcomeCode


class Victim(BaseModel):
    """What was recorded about the victim at the report."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    age: Age | None = None
    sex: Sex | None = None
    ethnicity_self_defined: Ethnicity | None = None
    ethnicity_officer_observed: ObservedEthnicity | None = None
    vulnerabilities: Codes[Annotated[str, Listed(codes.VULNERABILITIES)]] | None = Field(
        None, description="What was recorded as making the victim vulnerable. Empty: asked, and nothing."
    )
    interpreter_language: Code | None = Field(None, description="ISO 639 code of the language.", examples=["pl"])


class CrimeReported(EventData):
    """A victim has reported a crime, and a journey begins."""

    TYPE = "police.crime-reported.v1"
    SUBJECT = ("crime_reference",)
    NAMES = ("victim_reference",)
    LINKS = (Link("victim_reference", "uvi"),)

    crime_reference: CrimeReference
    victim_reference: VictimReference
    offence_group: OffenceGroup = Field(examples=["violence_with_injury"])
    offence_code: OffenceCode | None = None
    flags: Codes[OffenceFlag] | None = Field(None, description="All flags that the record now has.")
    offence_date: Day | None = Field(None, description="When it happened, or began.", examples=["2021-05-01"])
    bcu: Code | None = Field(None, description="The command unit that has the crime.", examples=["central_east"])
    location_type: Annotated[str, Listed(codes.LOCATIONS)] | None = Field(None, description="The kind of place.")
    suspect_relationship: Relationship | None = None
    suspect_known_on_pnc: Flag | None = Field(
        None, description="Whether the suspect is on the Police National Computer."
    )
    reporting_route: Annotated[str, Listed(codes.REPORTING_ROUTES)] | None = Field(
        None, description="How police were told."
    )
    victim: Victim | None = None
    uvi: Uvi | None = None


class _OnCrime(EventData):
    SUBJECT = ("crime_reference",)

    crime_reference: CrimeReference


class CrimeCancelled(_OnCrime):
    """The crime was cancelled: it was not one, or it was recorded twice. Its journeys leave every figure."""

    TYPE = "police.crime-cancelled.v1"

    reason: Code | None = Field(None, description="Why.", examples=["recorded_twice"])


class SuspectIdentified(_OnCrime):
    """Police know, or think that they know, who did it."""

    TYPE = "police.suspect-identified.v1"

    suspect_reference: SuspectReference | None = None
    relationship: Relationship | None = None
    known_on_pnc: Flag | None = Field(None, description="Whether the suspect is on the Police National Computer.")
    age: Age | None = None
    sex: Sex | None = None
    ethnicity_self_defined: Ethnicity | None = None
    ethnicity_officer_observed: ObservedEthnicity | None = None


class InvestigationReopened(_OnCrime):
    """Police look at the crime again."""

    TYPE = "police.investigation-reopened.v1"

    reason: Code | None = Field(None, description="Why.", examples=["further_evidence"])


class OutcomeAudited(_OnCrime):
    """Somebody looked at the record and said whether the outcome was the right one."""

    TYPE = "police.outcome-audited.v1"
    NAMES = ("victim_reference",)

    victim_reference: VictimReference | None = None
    outcome_code: OutcomeCode
    correct: Flag = Field(description="Whether it was the right outcome.")
    reasons: Codes[Annotated[Code, Field(examples=["no_auditable_record"])]] | None = Field(
        None, description="What was wrong with the record."
    )


class CrimeReclassified(_OnCrime):
    """The crime is now recorded as another offence, or with other flags."""

    TYPE = "police.crime-reclassified.v1"

    offence_group: OffenceGroup | None = None
    offence_code: OffenceCode | None = None
    flags: Codes[OffenceFlag] | None = Field(None, description="All flags that the record now has.")


class _OnCrimeOrCase(EventData):
    SUBJECT = ("crime_reference", "urn")
    NAMES = ("victim_reference",)
    NEEDS = (("crime_reference", "urn"),)

    crime_reference: CrimeReference | None = None
    urn: Urn | None = None
    victim_reference: VictimReference


class VictimUpdated(_OnCrimeOrCase):
    """The victim was told how things stand."""

    TYPE = "police.victim-updated.v1"

    channel: Annotated[str, Listed(codes.UPDATE_CHANNELS)] | None = Field(None, description="How.")
    about: Annotated[str, Listed(codes.UPDATE_SUBJECTS)] | None = Field(None, description="Of what.")


class _OnVictim(_OnCrime):
    NAMES = ("victim_reference",)

    victim_reference: VictimReference


class NeedsAssessed(_OnVictim):
    """The victim's needs were assessed, and whether enhanced rights apply."""

    TYPE = "police.needs-assessed.v1"

    enhanced_rights: Flag = Field(description="Whether the Victims' Code gives the victim enhanced rights.")
    needs: Codes[Annotated[Code, Field(examples=["interpreter"])]] | None = Field(None, description="What they need.")


class VictimMaterialRequested(_OnVictim):
    """Police asked for the victim's telephone, or for private records."""

    TYPE = "police.victim-material-requested.v1"

    material: Annotated[str, Listed(codes.MATERIALS)] = Field(description="What was asked for.")


class _OnSuspect(_OnCrime):
    suspect_reference: SuspectReference | None = None


class SuspectArrested(_OnSuspect):
    """A suspect was arrested."""

    TYPE = "police.suspect-arrested.v1"


class SuspectInterviewed(_OnSuspect):
    """A suspect was interviewed under caution."""

    TYPE = "police.suspect-interviewed.v1"


class SuspectReleased(_OnSuspect):
    """A suspect was released, on bail or without."""

    TYPE = "police.suspect-released.v1"

    basis: Annotated[str, Listed(codes.RELEASE_BASES)] = Field(description="On what footing.")
    bail_conditions: Flag | None = Field(None, description="Whether there are conditions.")


class _OnProtection(_OnVictim):
    measure: Annotated[str, Listed(codes.PROTECTIVE_MEASURES)] = Field(description="Which measure.")


class ProtectiveMeasureApplied(_OnProtection):
    """A measure to protect the victim was asked for."""

    TYPE = "police.protective-measure-applied.v1"


class ProtectiveMeasureGranted(_OnProtection):
    """A measure to protect the victim was granted."""

    TYPE = "police.protective-measure-granted.v1"


class ProtectiveMeasureRefused(_OnProtection):
    """A measure to protect the victim was refused."""

    TYPE = "police.protective-measure-refused.v1"


class ChargeReferralSubmitted(EventData):
    """Police sent the case to CPS for a decision on a charge, or for early advice."""

    TYPE = "police.charge-referral-submitted.v1"
    SUBJECT = ("urn",)
    LINKS = (Link("crime_references", "urn"),)

    urn: Urn
    crime_references: Crimes
    referral_type: Literal["full_code", "threshold", "early_advice"] | None = Field(
        None, description="The test asked for, or early advice; by default `full_code`."
    )
    in_custody: Flag | None = Field(None, description="Whether the suspect is held.")


class ActionPlanAnswered(EventData):
    """Police did what CPS had asked for in an action plan."""

    TYPE = "police.action-plan-answered.v1"
    SUBJECT = ("urn",)

    urn: Urn
    action_plan_id: ActionPlanId | None = None


class OutcomeRecorded(_OnCrime):
    """Police gave the crime an outcome, or took it away again (0)."""

    TYPE = "police.outcome-recorded.v1"
    NAMES = ("victim_reference",)

    victim_reference: VictimReference | None = None
    outcome_code: OutcomeCode


class VictimWithdrew(_OnCrimeOrCase):
    """The victim told us that they no longer support the case."""

    TYPE = "police.victim-withdrew.v1"

    reasons: Codes[Annotated[str, Listed(codes.WITHDRAWAL_REASONS)]] | None = Field(
        None, description="Why, as the victim says."
    )
    evidence: Codes[Annotated[str, Listed(codes.EVIDENCE)]] = Field(
        description="How it was recorded. Empty: there is no record that can be audited."
    )
    checklist_completed: Flag | None = Field(
        None, description="Whether the force's checklist for withdrawals was gone through."
    )


class Evidence(BaseModel):
    """A record of the withdrawal that can be audited."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Annotated[str, Listed(codes.EVIDENCE)] = Field(description="What it is.")
    recorded_on: Day | None = Field(
        None, description="The day on which it was made, which shows whether it was at the time."
    )


class VictimWithdrewV2(_OnCrimeOrCase):
    """The victim told us that they no longer support the case, and this is when each record of it was made."""

    TYPE = "police.victim-withdrew.v2"

    reasons: Codes[Annotated[str, Listed(codes.WITHDRAWAL_REASONS)]] | None = Field(
        None, description="Why, as the victim says."
    )
    evidence: Codes[Evidence] = Field(description="The records. Empty: there is none that can be audited.")
    checklist_completed: Flag | None = Field(
        None, description="Whether the force's checklist for withdrawals was gone through."
    )

    @staticmethod
    def upcast(earlier: dict[str, Any]) -> dict[str, Any]:
        """The first version gave what the records are, and not when they were made."""
        return earlier | {"evidence": [{"kind": kind} for kind in earlier["evidence"]]}


class VictimReEngaged(_OnCrimeOrCase):
    """The victim supports the case again."""

    TYPE = "police.victim-re-engaged.v1"


class HearingNotified(EventData):
    """The victim was told of a hearing."""

    TYPE = "police.hearing-notified.v1"
    SUBJECT = ("hearing_id", "urn")
    NAMES = ("victim_reference",)
    NEEDS = (("hearing_id", "urn"),)

    hearing_id: HearingId | None = None
    urn: Urn | None = None
    victim_reference: VictimReference
    start_date: Day | None = Field(None, description="The date that the victim was told.", examples=["2022-03-14"])

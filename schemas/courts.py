"""What the courts say."""

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field

from schemas import codes
from schemas.base import (
    Code,
    Codes,
    CourtCaseNumber,
    Crimes,
    Day,
    EventData,
    Flag,
    Force,
    HearingId,
    Link,
    Listed,
    NextHearingId,
    SuspectReference,
    Urn,
    VictimReference,
)
from schemas.outcomes import ConvictionBasis, Jurisdiction, ProsecutionOutcome, TrialOutcome
from schemas.trial_reasons import TRIAL_REASON_CODES

Court = Annotated[Code, Field(description="The court, as a code.", examples=["snaresbrook"])]


class CaseReceived(EventData):
    """A court has the case."""

    TYPE = "courts.case-received.v1"
    SUBJECT = ("court_case_number",)
    LINKS = (Link("urn", "court_case_number"),)

    court_case_number: CourtCaseNumber
    urn: Urn
    court: Court
    jurisdiction: Jurisdiction
    in_custody: Flag | None = Field(None, description="Whether the defendant is held.")


class _OnHearing(EventData):
    SUBJECT = ("hearing_id",)

    hearing_id: HearingId


class HearingListed(_OnHearing):
    """The court set a date for a hearing."""

    TYPE = "courts.hearing-listed.v1"
    LINKS = (Link("court_case_number", "hearing_id"), Link("urn", "hearing_id"))
    NEEDS = (("court_case_number", "urn"),)

    court_case_number: CourtCaseNumber | None = None
    urn: Urn | None = None
    court: Court
    hearing_type: Annotated[str, Listed(codes.HEARING_TYPES, r"[A-Za-z0-9]{1,10}", upper=True)] = Field(
        description="HMCTS's code; `TRL` and `TNW` are trials."
    )
    start_date: Day = Field(description="The date that it is listed for.", examples=["2022-03-14"])
    jurisdiction: Jurisdiction | None = None
    estimate_days: Annotated[int, Field(strict=True, examples=[3]), Ge(1), Le(1000)] | None = Field(
        None, description="How many days it is expected to take."
    )


class HearingRelisted(_OnHearing):
    """The court moved a hearing to another date."""

    TYPE = "courts.hearing-relisted.v1"

    start_date: Day = Field(description="Its new date.", examples=["2022-06-13"])
    court: Court | None = None


class _LeadsOn(_OnHearing):
    LINKS = (Link("hearing_id", "next_hearing_id"),)

    next_hearing_id: NextHearingId | None = None
    next_start_date: Day | None = Field(
        None, description="When that is; without *next_hearing_id*, this one's new date.", examples=["2022-06-13"]
    )


class HearingAdjourned(_LeadsOn):
    """The hearing began and was put off."""

    TYPE = "courts.hearing-adjourned.v1"

    reason: Code | None = Field(None, description="Why.", examples=["insufficient_court_time"])


class TrialOutcomeRecorded(_LeadsOn):
    """The trial went ahead, or this is why it did not."""

    TYPE = "courts.trial-outcome-recorded.v1"

    outcome: TrialOutcome
    reason_code: Annotated[str, Listed(TRIAL_REASON_CODES, r"[A-Za-z0-9]{1,10}", upper=True)] | None = Field(
        None, description="HMCTS's code; what it means depends on the outcome and the jurisdiction.", examples=["N3"]
    )


class TrialOutcomeCleared(_OnHearing):
    """The outcome recorded last for the trial was taken back."""

    TYPE = "courts.trial-outcome-cleared.v1"


class HearingResulted(_LeadsOn):
    """The hearing took place."""

    TYPE = "courts.hearing-resulted.v1"


class _OnMeasures(EventData):
    SUBJECT = ("hearing_id", "court_case_number")
    NAMES = ("victim_reference",)
    NEEDS = (("hearing_id", "court_case_number"),)

    hearing_id: HearingId | None = None
    court_case_number: CourtCaseNumber | None = None
    victim_reference: VictimReference
    measures: Codes[Annotated[str, Listed(codes.SPECIAL_MEASURES)]] = Field(
        description="By their sections of the Youth Justice and Criminal Evidence Act 1999."
    )


class SpecialMeasuresApplied(_OnMeasures):
    """The court was asked to let the victim give evidence with special measures."""

    TYPE = "courts.special-measures-applied.v1"


class SpecialMeasuresGranted(_OnMeasures):
    """The court granted the victim special measures."""

    TYPE = "courts.special-measures-granted.v1"


class SpecialMeasuresRefused(_OnMeasures):
    """The court refused the victim special measures."""

    TYPE = "courts.special-measures-refused.v1"


class VictimAttended(_OnHearing):
    """The victim came to the hearing, or did not."""

    TYPE = "courts.victim-attended.v1"
    NAMES = ("victim_reference",)

    victim_reference: VictimReference
    attended: Flag = Field(description="Whether they came.")


class CaseCompleted(EventData):
    """The court is done with the case, or with one defendant in it."""

    TYPE = "courts.case-completed.v1"
    SUBJECT = ("court_case_number", "urn")
    NEEDS = (("court_case_number", "urn"),)

    court_case_number: CourtCaseNumber | None = None
    urn: Urn | None = None
    suspect_reference: SuspectReference | None = None
    crime_references: Crimes | None = None
    force: Force | None = None
    outcome: ProsecutionOutcome
    basis: ConvictionBasis | None = None

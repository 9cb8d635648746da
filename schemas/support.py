"""What support services and the Victim Care Hub say."""

from typing import Annotated

from pydantic import Field

from schemas import codes
from schemas.base import CrimeReference, EventData, Force, Listed, Uvi, VictimReference


class _OnVictim(EventData):
    SUBJECT = ("crime_reference", "uvi")
    NAMES = ("victim_reference", "uvi")
    NEEDS = (("crime_reference", "uvi"), ("victim_reference", "uvi"))

    crime_reference: CrimeReference | None = None
    force: Force | None = None
    victim_reference: VictimReference | None = None
    uvi: Uvi | None = None


class _OnService(_OnVictim):
    service: Annotated[str, Listed(codes.SERVICES)] = Field(description="Which service.")


class ReferralReceived(_OnService):
    """A service was asked to help the victim."""

    TYPE = "support.referral-received.v1"


class ServiceStarted(_OnService):
    """A service began to help the victim."""

    TYPE = "support.service-started.v1"


class ServiceEnded(_OnService):
    """A service no longer helps the victim."""

    TYPE = "support.service-ended.v1"


class _OnConcern(_OnVictim):
    concern: Annotated[str, Listed(codes.CONCERNS)] = Field(description="About what.")


class ConcernRaised(_OnConcern):
    """The victim, or somebody who helps them, raised a concern."""

    TYPE = "support.concern-raised.v1"


class ConcernResolved(_OnConcern):
    """A concern was settled."""

    TYPE = "support.concern-resolved.v1"

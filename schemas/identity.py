"""What the linking authority says: who is whom, and which crimes are in which case."""

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field

from schemas import codes
from schemas.base import Code, Crimes, EventData, Force, Link, Listed, Urn, Uvi


class _OnPerson(EventData):
    SUBJECT = ("uvi",)

    uvi: Uvi
    same_as: Uvi = Field(description="The other UVI.", examples=["UVI-0002"])


class Linked(_OnPerson):
    """Two identifiers turned out to be one person."""

    TYPE = "identity.linked.v1"
    LINKS = (Link("uvi", "same_as"),)

    method: Annotated[str, Listed(codes.LINK_METHODS)] = Field(description="How they were found to be one.")
    score: Annotated[float, Field(strict=True, examples=[23.5]), Ge(-100), Le(100)] | None = Field(
        None,
        description="Match weight of a probabilistic link in bits, as linkage tools give it: the base-2 logarithm of the odds"
        " that the two are one, negative where they rather are two. It says whether the link joins them, parts them, or is for"
        " somebody to look at.",
    )
    by: Code | None = Field(None, description="The team that linked them.", examples=["linking_team"])


class Unlinked(_OnPerson):
    """Two identifiers are not one person after all."""

    TYPE = "identity.unlinked.v1"
    LINKS = (Link("uvi", "same_as", makes=False),)

    reason: Code | None = Field(None, description="Why.", examples=["wrong_match"])
    by: Code | None = Field(None, description="Who says so.", examples=["linking_team"])


class _OnCase(EventData):
    SUBJECT = ("urn",)

    urn: Urn
    crime_references: Crimes
    force: Force | None = None


class CaseLinked(_OnCase):
    """These crimes belong to that case."""

    TYPE = "identity.case-linked.v1"
    LINKS = (Link("crime_references", "urn"),)


class CaseUnlinked(_OnCase):
    """These crimes do not belong to that case after all."""

    TYPE = "identity.case-unlinked.v1"
    LINKS = (Link("crime_references", "urn", makes=False),)

    reason: Code | None = Field(None, description="Why.", examples=["wrong_case"])

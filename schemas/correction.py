"""What any agency may say about its own events: that one never was, or was otherwise."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic import StringConstraints as Text

from schemas.base import Code, EventData
from schemas.instant import normalised

Reason = Annotated[Code, Field(description="Why.", examples=["entered_in_error"])]
Instant = Annotated[
    str,
    Text(strict=True, max_length=40),
    AfterValidator(normalised),
    Field(json_schema_extra={"format": "date-time"}, examples=["2021-05-03T09:12:00Z"]),
]


class Target(BaseModel):
    """The event that is corrected."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: Annotated[
        str, Field(strict=True, min_length=1, max_length=200, description="Its source.", examples=["/police/met"])
    ]
    id: Annotated[str, Field(strict=True, min_length=1, max_length=200, description="Its id.", examples=["6d5f0a1e"])]
    type: Annotated[
        str,
        Field(
            strict=True,
            max_length=100,
            description="Its type, version included.",
            examples=["police.outcome-recorded.v1"],
        ),
    ]


class EventVoided(EventData):
    """We said this by mistake: it never was."""

    TYPE = "correction.event-voided.v1"
    SUBJECT = ("voids",)

    voids: Target
    reason: Reason


class EventAmended(EventData):
    """What we said was not quite so: this is how it was."""

    TYPE = "correction.event-amended.v1"
    SUBJECT = ("amends",)

    amends: Target
    data: dict[str, Any] = Field(
        description="The whole corrected data, as the type of the event amended has it.",
        examples=[{"crime_reference": "01/2345678/21", "outcome_code": 15}],
    )
    time: Instant | None = Field(None, description="When it happened, if that changes too; precise as before.")
    reason: Reason

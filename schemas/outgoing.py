"""What the tracker sends to Kafka, each topic's messages as models. A consumer must ignore fields that it does not know."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.rejected import REASONS

Stage = Literal["investigation", "charging", "awaiting_trial", "trial", "concluded"]
Holder = Literal["police", "cps", "court", "none"]
Exit = Literal[
    "convicted",
    "acquitted",
    "out_of_court_disposal",
    "victim_withdrew",
    "dropped",
    "cps_no_further_action",
    "administratively_finalised",
    "taken_into_consideration",
    "police_no_further_action",
    "transferred",
]


class _Outgoing(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str = Field(description="The message's key.")
    version: int = Field(description="Of two messages with one key, the one with the greater version is newer.")


class JourneyChanged(_Outgoing):
    """A journey is new, or stands elsewhere than it did."""

    journey_id: UUID = Field(description="The journey; the key too.")
    position: int = Field(description="The log's position up to which this holds.")
    stage: Stage = Field(description="The stage that it is in.")
    holder: Holder = Field(description="Who has the file.")
    exit: Exit | None = Field(description="How it left the stage that it ended in; null: it is open.")
    exit_at: dt.date | None = Field(description="When.")
    cancelled: bool = Field(description="The crime was cancelled: the journey is in no figure.")
    known_at: dt.datetime = Field(description="When the tracker stored the latest of its facts.")


class JourneyGone(_Outgoing):
    """There is no such journey after all: its report was voided, or was of another victim or crime."""

    journey_id: UUID = Field(description="The journey; the key too.")
    position: int = Field(description="The log's position up to which this holds.")
    gone: Literal[True] = Field(description="It is no more.")


class InTopic(BaseModel):
    """A message of Kafka."""

    topic: str = Field(description="The topic.")
    partition: int = Field(description="The partition.")
    offset: int = Field(description="The offset.")


class InFile(BaseModel):
    """A line of a file."""

    file: str = Field(description="The file.")
    line: int = Field(description="The line, from 1.")


class EventRejected(_Outgoing):
    """An event was not taken, and why. Nothing of its values is told."""

    id: int = Field(description="Its number in the tracker's list of what was rejected.")
    source: str = Field(description="Who sent it, `unknown` if that cannot be read; the key too.")
    reason: Annotated[str, Field(json_schema_extra={"enum": list(REASONS)})] = Field(description="The reason's code.")
    pointer: str = Field(description="JSON pointer to what is wrong, in the structured form; empty: the whole.")
    place: InTopic | InFile = Field(description="Where it stands.")
    hash: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of its bytes.")


OUTGOING: dict[str, tuple[str, tuple[type[_Outgoing], ...]]] = {
    "journeys.changes.v1": ("Journeys that changed, by journey_id.", (JourneyChanged, JourneyGone)),
    "alerts.v1": ("Alerts raised, acknowledged or resolved, by alert_id.", ()),
    "rejected.v1": ("Events that were not taken, by source.", (EventRejected,)),
}
"""Each topic: what it holds, and its messages. What alerts say is not settled yet."""

"""What the tracker sends to Kafka, each topic's messages as models. A consumer must ignore fields that it does not know."""

import datetime as dt
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.envelope import STRUCTURED
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


ALERTS = "alerts.v1"
ALERTING = "/vjt"
"""The source of every event on it."""

Rule = Literal[
    "trial_ineffective",
    "trial_vacated",
    "charging_wait",
    "action_plan_overdue",
    "victim_update_overdue",
    "hearing_not_notified",
    "withdrawal_unevidenced",
    "trial_far_ahead",
    "special_measures_unresolved",
    "ineffective_rate_high",
]
Severity = Literal["low", "medium", "high"]
MOST_IN_DIGEST = 1_000  # alerts that a digest lists


class Victim(BaseModel):
    """Somebody whom an alert concerns."""

    uvi: str = Field(description="The victim.")
    journey_id: UUID = Field(description="The journey.")


class AlertData(BaseModel):
    """The alert after the step."""

    rule: Rule = Field(description="The rule that raised it.")
    subject: str = Field(description="What it is about, by agencies' references.")
    occurrence: str = Field(description="What tells it from an earlier one of the same rule and subject.")
    step: int = Field(description="The number of this step in the alert's life, from 1.")
    severity: Severity = Field(description="How urgent it is.")
    state: Literal["open", "acknowledged", "snoozed", "resolved"] = Field(description="Where it stands.")
    due_at: dt.datetime = Field(description="When it fell due.")
    raised_at: dt.datetime = Field(description="When it was raised.")
    snoozed_until: dt.datetime | None = Field(description="Until when it is put off.")
    resolved_how: Literal["cause_gone", "never_was", "missed", "by_hand"] | None = Field(
        description="`cause_gone`; `never_was`: late evidence shows it; `missed`: too late to act; `by_hand`."
    )
    by: str | None = Field(description="Who took this step; null: the tracker.")
    reason: str | None = Field(description="Why it was resolved by hand: a code.")
    force: str | None = Field(description="Police force, if all whom it concerns have the same.")
    bcu: str | None = Field(description="Basic Command Unit, if all whom it concerns have the same.")
    court: str | None = Field(description="Court, of a rule about hearings.")
    details: dict[str, Any] = Field(description="References, codes and dates of its cause, by its rule.")
    victims: list[Victim] = Field(description="Whom it concerns now; nobody, once its cause is gone.")


class DigestData(BaseModel):
    """Alerts of one rule."""

    rule: Rule = Field(description="The rule that raised them.")
    alerts: int = Field(description="How many they are.")
    severities: dict[Severity, int] = Field(description="How many of each severity.")
    first_due_at: dt.datetime = Field(description="When the earliest of them fell due.")
    last_due_at: dt.datetime = Field(description="When the latest of them fell due.")
    alert_ids: list[UUID] = Field(description=f"Up to {MOST_IN_DIGEST:,} of them, the longest overdue first.")


class _Event(_Outgoing):
    """A CloudEvent in structured mode, `key` and `version` among its extension attributes."""

    specversion: Literal["1.0"] = Field(description="CloudEvents 1.0.")
    id: str = Field(description="`<alert_id>/<step>`: with the source, one event for ever.")
    source: Literal["/vjt"] = Field(description="The tracker.")
    subject: str = Field(description="The alert's id; of a digest the rule.")
    time: dt.datetime = Field(description="When it happened.")
    datacontenttype: Literal["application/json"] = Field(description="What `data` is.")


class _AlertEvent(_Event):
    data: AlertData = Field(description="The alert after the step.")


class AlertRaised(_AlertEvent):
    """Somebody must do something about this while it still helps."""

    type: Literal["alert.raised.v1"] = Field(description="The type.")


class AlertRepeated(_AlertEvent):
    """It has stood for twice or four times as long, and is open again if it was acknowledged."""

    type: Literal["alert.repeated.v1"] = Field(description="The type.")


class AlertSeverityRaised(_AlertEvent):
    """It is more urgent than it was."""

    type: Literal["alert.severity-raised.v1"] = Field(description="The type.")


class AlertAcknowledged(_AlertEvent):
    """Somebody takes it up."""

    type: Literal["alert.acknowledged.v1"] = Field(description="The type.")


class AlertSnoozed(_AlertEvent):
    """Somebody puts it off."""

    type: Literal["alert.snoozed.v1"] = Field(description="The type.")


class AlertWoken(_AlertEvent):
    """The time is over for which it was put off."""

    type: Literal["alert.woken.v1"] = Field(description="The type.")


class AlertResolved(_AlertEvent):
    """Nothing is left to do: by itself, or because somebody says so."""

    type: Literal["alert.resolved.v1"] = Field(description="The type.")


class AlertReopened(_AlertEvent):
    """Its cause came back after it was resolved."""

    type: Literal["alert.reopened.v1"] = Field(description="The type.")


class AlertDigest(_Event):
    """Alerts that had fallen due long before they were found, told of together and not one by one."""

    type: Literal["alert.digest.v1"] = Field(description="The type.")
    data: DigestData = Field(description="What they are.")


_ALERTS = (
    AlertRaised,
    AlertRepeated,
    AlertSeverityRaised,
    AlertAcknowledged,
    AlertSnoozed,
    AlertWoken,
    AlertResolved,
    AlertReopened,
    AlertDigest,
)

OUTGOING: dict[str, tuple[str, tuple[type[_Outgoing], ...]]] = {
    "journeys.changes.v1": ("Journeys that changed, by journey_id.", (JourneyChanged, JourneyGone)),
    ALERTS: ("Each step of each alert, by alert_id; a digest by an id of its own.", _ALERTS),
    "rejected.v1": ("Events that were not taken, by source.", (EventRejected,)),
}
"""Each topic: what it holds, and its messages."""


def content_type(topic: str) -> str:
    """Of the messages of a topic that goes out."""
    return STRUCTURED if topic == ALERTS else "application/json"

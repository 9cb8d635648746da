"""What raises an alert (contract 6): a condition of a journey, or of a court, from when on, and until when."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, get_args
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.calendar import LONDON
from schemas.outgoing import Rule, Severity

NAMESPACE = uuid5(NAMESPACE_URL, "urn:vjt:alert")

SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that somebody must act on, if it is so at `due_at` and nothing ended it before.

    `subject`: what it is about, by agencies' references. `occurrence`: what tells it from an earlier one of the same rule and
    subject; empty where there is only one. Both come from facts alone, never from an order of arrival, a clock or a threshold: so
    the same log gives the same alerts. Several journeys may bring the same condition, each with its own end: the alert stands as
    long as it does for one of them.
    """

    rule: Rule
    subject: str
    occurrence: str
    due_at: dt.datetime  # aware, UTC; in the past for what is so already
    severity: Severity
    ended_on: dt.date | None = None  # the London day on which the facts say that the cause went
    expires_at: dt.datetime | None = None  # when the passing of time ends it, and nothing more can be done
    repeats: tuple[dt.datetime, ...] = ()  # when it is told again, if it still stands
    force: str | None = None
    bcu: str | None = None
    court: str | None = None
    details: dict[str, Any] = field(default_factory=dict)  # references, codes and dates; nothing personal

    @property
    def alert_id(self) -> UUID:
        """uuid5 of rule, subject and occurrence: however often it is found, it is one alert."""
        return uuid5(NAMESPACE, "/".join(quote(part, safe="") for part in (self.rule, self.subject, self.occurrence)))

    @property
    def due_on(self) -> dt.date:
        """The London day on which it falls due."""
        return self.due_at.astimezone(LONDON).date()

    @property
    def arose(self) -> bool:
        """Whether it was ever so: not, where its cause went before the day on which it would have fallen due."""
        return self.ended_on is None or self.ended_on >= self.due_on

    def stands(self, now: dt.datetime) -> bool:
        return self.due_at <= now and self.ended_on is None and (self.expires_at is None or now < self.expires_at)

"""Conditions of a history, found by folding it: `found("trial_vacated", *events)`. Days are of 2021 unless said."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from alerts.condition import Condition
from alerts.conditions import conditions
from alerts.rules import Rules, load
from projections.signals import READS
from tests.unit.domain.said import Event, courts, day, folded, police

RULES = load()
LONDON = ZoneInfo("Europe/London")


def row(*events: Event, victim: str = "V1", **other: Any) -> dict[str, Any]:
    """`other`: columns that shall have another value."""
    journey = folded(*events, victim=victim)
    return {name: getattr(journey, name) for name in READS} | other


def found(
    rule: str, *events: Event, victim: str = "V1", rules: Rules = RULES, observed_until: dt.date | None = None
) -> list[Condition]:
    """In the order of what they are about."""
    brought = conditions(row(*events, victim=victim, observed_until=observed_until), rules)
    return sorted((c for c in brought if c.rule == rule), key=lambda c: (c.subject, c.occurrence))


def one(rule: str, *events: Event, victim: str = "V1", rules: Rules = RULES) -> Condition:
    (condition,) = found(rule, *events, victim=victim, rules=rules)
    return condition


def midnight(text: str) -> dt.datetime:
    """When a day begins in London."""
    date = day(text)
    return dt.datetime(date.year, date.month, date.day, tzinfo=LONDON)


def recorded(event: Event, at: str) -> Event:
    """Written down at another time than it happened."""
    date, _, time = at.partition(" ")
    local = dt.datetime.combine(day(date), dt.time.fromisoformat(time or "12:00"), LONDON)
    return event | {"recordedtime": local.astimezone(dt.UTC).isoformat()}


def told(at: str, date: str | None = None, victim: str = "V1", **about: Any) -> Event:
    """Police tell a victim of a hearing (H1 unless said)."""
    said = {"start_date": day(date).isoformat()} if date else {}
    return police("hearing-notified", at, victim_reference=victim, **(about or {"hearing_id": "H1"}), **said)


def relisted(at: str, date: str, hearing: str = "H1") -> Event:
    return courts("hearing-relisted", at, hearing_id=hearing, start_date=day(date).isoformat())


def measures(what: str, at: str, *sections: str, victim: str = "V1", **about: Any) -> Event:
    """`what`: applied, granted or refused."""
    subject = about or {"hearing_id": "H1"}
    return courts(f"special-measures-{what}", at, victim_reference=victim, measures=list(sections), **subject)


def with_thresholds(rule: str, **values: Any) -> Rules:
    return RULES.model_copy(update={rule: getattr(RULES, rule).model_copy(update=values)})

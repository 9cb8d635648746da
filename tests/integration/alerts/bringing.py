"""Conditions brought by hand, and the alerts that they raise."""

import datetime as dt
from typing import Any
from uuid import UUID

import psycopg

from alerts import settle, tables
from alerts.condition import Condition
from alerts.life import Brought
from schemas.outgoing import Rule

WEEK = dt.timedelta(7)
DUE = dt.datetime(2026, 1, 14, 0, tzinfo=dt.UTC)


def condition(rule: Rule, subject: str, **changes: Any) -> Condition:
    given: dict[str, Any] = {"occurrence": "", "due_at": DUE, "severity": "medium"}
    return Condition(rule, subject, **(given | changes))


def bring(dsn: str, now: dt.datetime, *conditions: Condition) -> None:
    """Journey 1 brings the first, journey 2 the second and so on, and nothing else."""
    brought = [Brought(c, UUID(int=n), f"uvi-{n}") for n, c in enumerate(conditions, 1)]
    with psycopg.connect(dsn) as connection, connection.cursor() as cur:
        tables.lock(cur)
        concerned = {row[0] for row in cur.execute("SELECT alert_id FROM alerts.condition")}
        settle.replace(cur, concerned, lambda one: True, brought, now, WEEK)

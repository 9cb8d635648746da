"""A log, its tables and the alerts on them, driven by hand; and the alerts that should stand, by the plainest of means."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from alerts.condition import SEVERITIES, Condition
from alerts.conditions import conditions
from alerts.evaluate import due, evaluate
from alerts.reconcile import reconcile
from alerts.rules import load
from projections.signals import READS
from tests.integration.projections.world import World, quiet

STANDING = """
SELECT alert_id, rule, subject, severity, due_at,
       array(SELECT journey_id FROM alerts.member m WHERE m.alert_id = a.alert_id ORDER BY 1) AS members
FROM alerts.alert a WHERE stands
"""
STEPS = "SELECT array_agg(what ORDER BY n) AS whats FROM alerts.step WHERE alert_id = %s"


class Standing(NamedTuple):
    """What is seen of an alert that stands."""

    rule: str
    subject: str
    severity: str
    due_at: dt.datetime
    members: list[UUID]


class Watched(World):
    """A world whose alerts are looked at when the test says so."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self.thresholds = load()
        self.worker = psycopg.connect(dsn, autocommit=True)

    def close(self) -> None:
        self.worker.close()
        super().close()

    def forget(self) -> None:
        super().forget()
        self.forget_alerts()

    def forget_alerts(self) -> None:
        self.worker.execute("TRUNCATE alerts.alert, alerts.step, alerts.condition, alerts.seen CASCADE")
        self.worker.execute(
            "UPDATE alerts.worker SET rules = NULL, build = NULL, position = NULL, courts = NULL, level_at = NULL"
        )

    def evaluate(self, journeys: Collection[UUID], now: dt.datetime) -> int:
        return evaluate(self.worker, journeys, self.thresholds, now)

    def due(self, now: dt.datetime) -> int:
        return due(self.worker, self.thresholds, now)

    def reconcile(self, now: dt.datetime) -> int:
        return reconcile(self.worker, self.thresholds, now, quiet)

    def level(self, now: dt.datetime) -> None:
        """Look at everything."""
        self.due(now)
        self.reconcile(now)

    def standing(self) -> dict[UUID, Standing]:
        return {row.pop("alert_id"): Standing(**row) for row in self.rows(STANDING)}

    def alert(self, rule: str, subject: str | None = None) -> dict[str, Any]:
        """The one alert of a rule."""
        query = "SELECT * FROM alerts.alert WHERE rule = %s AND (%s::text IS NULL OR subject = %s)"
        (row,) = self.rows(query, rule, subject, subject)
        return row

    def steps(self, alert_id: UUID) -> list[str]:
        return list(self.rows(STEPS, alert_id)[0]["whats"] or ())

    def should_stand(self, now: dt.datetime) -> dict[UUID, Standing]:
        """What stands by all journeys' conditions, one after the other."""
        every: dict[UUID, dict[UUID, Condition]] = defaultdict(dict)
        for row in self._journeys():
            for condition in conditions(row, self.thresholds):
                if condition.stands(now):
                    every[condition.alert_id][row["journey_id"]] = condition
        return {
            alert_id: Standing(
                next(iter(members.values())).rule,
                next(iter(members.values())).subject,
                SEVERITIES[max(SEVERITIES.index(c.severity) for c in members.values())],
                min(c.due_at for c in members.values()),
                sorted(members),
            )
            for alert_id, members in every.items()
        }

    def _journeys(self) -> list[dict[str, Any]]:
        live = self.rows("SELECT n FROM projection.build WHERE live")
        columns = ", ".join(dict.fromkeys(("journey_id", "uvi", *READS)))
        if not live:
            return []
        with psycopg.connect(self.dsn, row_factory=dict_row) as connection:
            return connection.execute(f"SELECT {columns} FROM build_{live[0]['n']}.journey".encode()).fetchall()

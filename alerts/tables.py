"""Alerts, their steps and the conditions behind them, as rows of schema `alerts`."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from psycopg import Cursor

from alerts.condition import Condition
from alerts.life import Alert, Brought, Step, kept, look_at
from projections.tables import ids

WRITER = 7_460_006
"""Advisory lock of a transaction that moves alerts. There is one at a time: who reads an older row of a journey never writes
last."""
FROZEN = "60s"  # after which one that stands still is no longer waited for

ALERT = tuple(field.name for field in fields(Alert))
CONDITION = tuple(field.name for field in fields(Condition))

ALERTS = f"SELECT {', '.join(ALERT)} FROM alerts.alert WHERE alert_id = ANY(%s)"

CONDITIONS = f"""
SELECT alert_id, journey_id, uvi, {", ".join(CONDITION)}, stands, look_at FROM alerts.condition WHERE alert_id = ANY(%s)
"""

PUT_ALERTS = f"""
INSERT INTO alerts.alert SELECT * FROM json_populate_recordset(NULL::alerts.alert, %s)
ON CONFLICT (alert_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in ALERT if name != "alert_id")}
"""

PUT_STEPS = "INSERT INTO alerts.step SELECT * FROM json_populate_recordset(NULL::alerts.step, %s)"

PUT_CONDITIONS = "INSERT INTO alerts.condition SELECT * FROM json_populate_recordset(NULL::alerts.condition, %s)"

DELETE_CONDITIONS = """
DELETE FROM alerts.condition c USING unnest(%s::uuid[], %s::uuid[]) AS gone(alert_id, journey_id)
WHERE c.alert_id = gone.alert_id AND c.journey_id IS NOT DISTINCT FROM gone.journey_id
"""


class Known(NamedTuple):
    """A row of alerts.condition. `stands`, `look_at`: as they were when it was written."""

    brought: Brought
    stands: bool
    look_at: dt.datetime | None


Place = tuple[UUID, UUID | None]
"""An alert and a journey: the key of alerts.condition."""


def lock(cur: Cursor[Any]) -> None:
    """Be the one who moves alerts, until the transaction ends."""
    cur.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{FROZEN}'")
    cur.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER,))


def alerts(cur: Cursor[Any], of: Collection[UUID]) -> dict[UUID, Alert]:
    return {row[0]: Alert(*row) for row in cur.execute(ALERTS, (ids(of),))}


def conditions(cur: Cursor[Any], of: Collection[UUID]) -> dict[Place, Known]:
    """All that is kept of these alerts."""
    found = {}
    for alert_id, journey_id, uvi, *columns, stands, at in cur.execute(CONDITIONS, (ids(of),)):
        of_row = dict(zip(CONDITION, columns, strict=True))
        condition = Condition(**of_row | {"repeats": tuple(of_row["repeats"])})
        found[alert_id, journey_id] = Known(Brought(condition, journey_id, uvi), stands, at)
    return found


def known(alert: Alert | None, one: Brought, now: dt.datetime) -> Known | None:
    """The row that is kept of a condition, after its alert has moved; None: none is."""
    if alert is not None:
        now = max(now, alert.moved_at)
    return Known(one, one.condition.stands(now), look_at(one.condition, now)) if kept(alert, one, now) else None


def put_conditions(cur: Cursor[Any], old: dict[Place, Known], new: dict[Place, Known]) -> None:
    """Write what differs."""
    gone = [place for place, row in old.items() if new.get(place) != row]
    if gone:
        cur.execute(DELETE_CONDITIONS, ([alert for alert, _ in gone], [journey for _, journey in gone]))
    added = [_condition(place, row) for place, row in new.items() if old.get(place) != row]
    if added:
        cur.execute(PUT_CONDITIONS, (_json(added),))


def put_alerts(cur: Cursor[Any], moved: Iterable[Alert], steps: Sequence[Step]) -> None:
    """Write alerts, and the steps that they took."""
    if rows := [{name: getattr(alert, name) for name in ALERT} for alert in moved]:
        cur.execute(PUT_ALERTS, (_json(rows),))
    if steps:
        cur.execute(PUT_STEPS, (_json([_step(step) for step in steps]),))


def _condition(place: Place, row: Known) -> dict[str, Any]:
    condition = {name: getattr(row.brought.condition, name) for name in CONDITION}
    where = {"alert_id": place[0], "journey_id": place[1], "uvi": row.brought.uvi}
    return where | condition | {"stands": row.stands, "look_at": row.look_at}


def _step(step: Step) -> dict[str, Any]:
    what = {"n": step.n, "at": step.at, "what": step.what, "who": step.who, "reason": step.reason}
    return {"alert_id": step.alert.alert_id, "severity": step.severity} | what


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()

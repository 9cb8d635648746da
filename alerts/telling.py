"""What is told of alerts: each step as a CloudEvent, to Kafka by the outbox and to every endpoint by webhook, both in the
transaction of the step."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

import orjson
from psycopg import Cursor

from alerts import deliveries
from alerts.condition import NAMESPACE
from alerts.life import Alert, Step
from schemas.envelope import envelope
from schemas.outgoing import ALERTING, ALERTS, MOST_IN_DIGEST, Rule
from store import outbox

MEMBERS = """
SELECT alert_id, uvi, journey_id FROM alerts.member WHERE alert_id = ANY(%s::uuid[]) ORDER BY alert_id, uvi, journey_id
"""

Json = dict[str, Any]


def tell(cursor: Cursor[Any], steps: Sequence[Step]) -> None:
    """Tell of each of these steps, in their order and in the transaction in which they are taken, after the conditions are written:
    whom an alert concerns is read from there."""
    victims = _victims(cursor, {step.alert.alert_id for step in steps}) if steps else {}
    _put(cursor, [_telling(str(step.alert.alert_id), step.n, event(step, victims)) for step in steps])


def tell_digest(cursor: Cursor[Any], rule: Rule, alerts: Sequence[Alert], now: dt.datetime) -> None:
    """Tell of alerts of one rule that had fallen due long before they were found, all at once. At least one."""
    told = digest(rule, alerts, now)
    _put(cursor, [_telling(told["id"].partition("/")[0], 1, told)])


def event(step: Step, victims: dict[UUID, list[Json]]) -> Json:
    """A step as a CloudEvent. `victims`: of each alert, whom it concerns."""
    alert = step.alert
    data = {
        "rule": alert.rule,
        "subject": alert.subject,
        "occurrence": alert.occurrence,
        "step": step.n,
        "severity": alert.severity,
        "state": alert.state,
        "due_at": alert.due_at,
        "raised_at": alert.raised_at,
        "snoozed_until": alert.snoozed_until,
        "resolved_how": alert.resolved_how,
        "by": step.who,
        "reason": alert.reason,
        "force": alert.force,
        "bcu": alert.bcu,
        "court": alert.court,
        "details": alert.details,
        "victims": victims.get(alert.alert_id, []),
    }
    what = step.what.replace("_", "-")
    return _envelope(f"alert.{what}.v1", f"{alert.alert_id}/{step.n}", str(alert.alert_id), step.at, data)


def digest(rule: Rule, alerts: Sequence[Alert], now: dt.datetime) -> Json:
    """Alerts of one rule as one CloudEvent. The same alerts give the same id, whoever puts them together."""
    ordered = sorted(alerts, key=lambda alert: (alert.due_at, alert.alert_id))
    ids = [str(alert.alert_id) for alert in ordered]
    data = {
        "rule": rule,
        "alerts": len(ordered),
        "severities": Counter(alert.severity for alert in ordered),
        "first_due_at": ordered[0].due_at,
        "last_due_at": ordered[-1].due_at,
        "alert_ids": ids[:MOST_IN_DIGEST],
    }
    digest_id = uuid5(NAMESPACE, "/".join(("digest", rule, *sorted(ids))))
    return _envelope("alert.digest.v1", f"{digest_id}/1", rule, now, data)


def _envelope(type: str, id: str, subject: str, at: dt.datetime, data: Json) -> Json:
    return envelope(type, ALERTING, id, at, data) | {"subject": subject}


def _telling(key: str, n: int, event: Json) -> tuple[int, deliveries.Telling]:
    body = orjson.dumps(event, option=orjson.OPT_UTC_Z)
    return n, deliveries.Telling(key, event["id"], body, dt.datetime.fromisoformat(event["time"]))


def _put(cursor: Cursor[Any], tellings: Sequence[tuple[int, deliveries.Telling]]) -> None:
    going = [outbox.Going(telling.subject, telling.body, str(n)) for n, telling in tellings]
    outbox.put(cursor, ALERTS, going)
    deliveries.put(cursor, [telling for _, telling in tellings])


def _victims(cursor: Cursor[Any], alerts: Iterable[UUID]) -> dict[UUID, list[Json]]:
    found: dict[UUID, list[Json]] = defaultdict(list)
    for alert_id, uvi, journey_id in cursor.execute(MEMBERS, (list(alerts),)):
        found[alert_id].append({"uvi": uvi, "journey_id": str(journey_id)})
    return found

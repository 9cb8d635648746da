"""What goes out of alerts is what the AsyncAPI document says, and a CloudEvent for those who read no further."""

import datetime as dt
from typing import Any, get_args
from uuid import uuid4

import psycopg
from cloudevents.core.bindings.kafka import KafkaMessage, from_structured_event
from jsonschema import Draft202012Validator

from alerts import deliveries, life
from alerts.telling import tell, tell_digest
from schemas import outgoing
from schemas.asyncapi import asyncapi
from schemas.envelope import STRUCTURED
from store.outbox import pending
from tests.integration.alerts.told import NOW, alert, going, step, told
from tests.integration.store.given import rows

DOCUMENT = asyncapi()
MESSAGES = {name: DOCUMENT["components"]["messages"][name] for name in DOCUMENT["channels"]["alerts_v1"]["messages"]}
VICTIMS = """
INSERT INTO alerts.condition (alert_id, journey_id, uvi, rule, subject, occurrence, severity, due_at, repeats, details, stands)
SELECT %s, id, uvi, 'charging_wait', '01AB', '', 'medium', now(), '{}', '{}', stands
FROM unnest(%s::uuid[], %s::text[], %s::bool[]) AS brought (id, uvi, stands)
"""


def kinds(value: dict[str, Any]) -> list[str]:
    """By which payloads of the document a message is valid."""
    return [
        name
        for name, message in MESSAGES.items()
        if Draft202012Validator(
            message["payload"]["schema"], format_checker=Draft202012Validator.FORMAT_CHECKER
        ).is_valid(value)
    ]


def test_each_step_is_a_message_of_its_kind_under_the_key_of_its_alert(database: str) -> None:
    for n, what in enumerate(get_args(life.What), 1):
        told(database, step("01AB", n, what, who="j.smith" if what == "acknowledged" else None))
    found = going(database)
    assert [kinds(value) for value in found] == [
        ["AlertRaised"],
        ["AlertRepeated"],
        ["AlertSeverityRaised"],
        ["AlertAcknowledged"],
        ["AlertSnoozed"],
        ["AlertWoken"],
        ["AlertResolved"],
        ["AlertReopened"],
    ]
    id_ = str(alert("01AB").alert_id)
    assert {value["key"] for value in found} == {id_}
    assert [value["id"] for value in found] == [f"{id_}/{n}" for n in range(1, 9)]
    for value in found:
        payload = MESSAGES[kinds(value)[0]]["payload"]["schema"]
        assert value.keys() == payload["properties"].keys()
        assert value["data"].keys() == payload["properties"]["data"]["properties"].keys()
    assert found[3]["data"]["by"] == "j.smith"


def test_a_message_is_a_cloud_event(database: str) -> None:
    told(database, step("01AB"))
    with psycopg.connect(database) as connection:
        (message,) = pending(connection.cursor())
    event = from_structured_event(KafkaMessage({"content-type": STRUCTURED.encode()}, None, message.value))
    assert event.get_type() == "alert.raised.v1"
    assert event.get_source() == "/vjt"
    assert event.get_subject() == str(alert("01AB").alert_id)
    assert event.get_time() == NOW + dt.timedelta(seconds=1)


def test_whom_it_concerns_now_is_told_by_uvi_and_journey(database: str) -> None:
    first, second, ended = sorted(uuid4() for _ in range(3))
    with psycopg.connect(database) as connection:
        members = ([second, first, ended], ["b", "a", "c"], [True, True, False])
        connection.execute(VICTIMS, (alert("01AB").alert_id, *members))
    told(database, step("01AB"), step("02AB"))
    found = [value["data"]["victims"] for value in going(database)]
    assert found == [[{"uvi": "a", "journey_id": str(first)}, {"uvi": "b", "journey_id": str(second)}], []]


def test_what_is_told_in_a_transaction_that_fails_goes_nowhere(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        deliveries.register(connection, ["https://hub#1"])
    with psycopg.connect(database) as connection:
        tell(connection.cursor(), [step("01AB")])
        connection.rollback()
    assert going(database) == []
    assert rows(database, "SELECT count(*) FROM alerts.delivery") == [0]


def test_a_digest_is_one_message_and_the_same_one_whoever_puts_it_together(database: str) -> None:
    late = [alert(f"{n}", due_at=NOW - dt.timedelta(n), severity="high" if n < 2 else "low") for n in range(1_200)]
    for turn in (late, late[::-1]):
        with psycopg.connect(database) as connection:
            tell_digest(connection.cursor(), "charging_wait", turn, NOW)
    (value,) = going(database)
    assert kinds(value) == ["AlertDigest"]
    data = value["data"]
    assert (data["alerts"], data["severities"]) == (1_200, {"high": 2, "low": 1_198})
    assert data["last_due_at"] == "2021-05-03T09:12:00Z"
    assert data["alert_ids"][:2] == [str(late[-1].alert_id), str(late[-2].alert_id)]
    assert len(data["alert_ids"]) == 1_000
    assert value["key"] != str(late[0].alert_id)


def test_the_states_are_those_of_an_alerts_life() -> None:
    fields = outgoing.AlertData.model_fields
    assert get_args(fields["state"].annotation) == get_args(life.State)

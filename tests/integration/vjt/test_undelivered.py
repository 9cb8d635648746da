"""`vjt alerts undelivered`: what was not taken, and another try."""

import json
from typing import Any

import psycopg

from alerts import deliveries
from tests.integration.alerts.told import NOW, step, told
from tests.integration.projections.world import World
from tests.integration.vjt.conftest import Vjt

HUB = "https://hub.example#1f2e3d4c"


def listed(vjt: Vjt) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(vjt("alerts", "undelivered", "--format", "json").out)
    return rows


def test_what_was_given_up_is_listed_and_tried_again(world: World, vjt: Vjt) -> None:
    with psycopg.connect(world.dsn, autocommit=True) as connection:
        deliveries.register(connection, [HUB])
        told(world.dsn, step("a"))
        assert [(row["state"], row["status"]) for row in listed(vjt)] == [("waiting", None)]
        told(world.dsn, step("b"))
        deliveries.gone(connection, HUB, NOW)
        first, second = listed(vjt)
        assert {(row["state"], row["status"], row["endpoint"]) for row in (first, second)} == {("given_up", 410, HUB)}
        assert vjt("alerts", "undelivered", "--replay", str(first["delivery_id"])).err == "1 to be tried again\n"
        assert [row["state"] for row in listed(vjt)] == ["waiting", "given_up"]
        assert vjt("alerts", "undelivered", "--replay-all").err == "1 to be tried again\n"
        assert [row["state"] for row in listed(vjt)] == ["waiting", "waiting"]
        missing = vjt("alerts", "undelivered", "--replay", "12345")
        assert (missing.code, "there is no delivery 12345" in missing.err) == (2, True)

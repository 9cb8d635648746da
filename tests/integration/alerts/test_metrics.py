"""metrics.alert, worked by hand."""

import datetime as dt

import psycopg
import pytest

from alerts import settle, tables
from alerts.condition import Condition
from alerts.life import acknowledged, resolved
from tests.integration.alerts.bringing import DUE, bring, condition
from tests.integration.projections.world import World

HOUR = dt.timedelta(hours=1)
ONE, TWO, THREE = (condition("charging_wait", f"01AA{n}", force="met", bcu="north") for n in (1, 2, 3))
COURT = condition("trial_ineffective", "H1/2026-01-13", force="met", court="southwark")
KENT = condition("trial_ineffective", "H1/2026-01-13", force="kent", court="southwark")


@pytest.fixture
def world(database: str) -> World:
    return World(database)


def acknowledge(dsn: str, what: Condition, at: dt.datetime) -> None:
    with psycopg.connect(dsn) as connection, connection.cursor() as cur:
        alert, steps = acknowledged(tables.alerts(cur, [what.alert_id])[what.alert_id], "carer", at)
        settle.write(cur, [alert], steps)


def resolve(dsn: str, what: Condition, at: dt.datetime) -> None:
    with psycopg.connect(dsn) as connection, connection.cursor() as cur:
        alert, steps = resolved(tables.alerts(cur, [what.alert_id])[what.alert_id], "told", "carer", at)
        settle.write(cur, [alert], steps)


def test_alerts_are_counted_by_the_month_in_which_they_were_raised(world: World) -> None:
    world.build()
    repeated = condition("charging_wait", "01AA1", force="met", bcu="north", repeats=(DUE + dt.timedelta(28),))
    bring(world.dsn, DUE, repeated, TWO, THREE, COURT, KENT)
    acknowledge(world.dsn, ONE, DUE + 2 * HOUR)
    acknowledge(world.dsn, TWO, DUE + 5 * HOUR)
    resolve(world.dsn, COURT, DUE + 9 * HOUR)
    bring(
        world.dsn, DUE + dt.timedelta(28), repeated, TWO
    )  # the third's cause is gone, and the trial's, resolved by hand before
    late = condition("charging_wait", "01AA9", due_at=DUE + dt.timedelta(29))
    bring(world.dsn, DUE + dt.timedelta(29), repeated, TWO, late)
    rows = world.rows("SELECT * FROM metrics.alert ORDER BY period, rule")
    assert [tuple(row.values()) for row in rows] == [
        (dt.date(2026, 1, 1), "charging_wait", "met", "met/north", "missing", 3, 2, 3.5, 1, 1),
        (dt.date(2026, 1, 1), "trial_ineffective", "missing", "missing", "southwark", 1, 0, None, 0, 0),
        (dt.date(2026, 2, 1), "charging_wait", "missing", "missing", "missing", 1, 0, None, 0, 0),
    ]

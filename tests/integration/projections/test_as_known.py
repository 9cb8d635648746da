"""As known, or recorded, at a time: the tables are those that stood then."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from projections.figures import Table, figures
from projections.past import aside, day, end, moment, position
from projections.report import NotAsked
from projections.rows import NAMES
from tests.integration.projections.world import Event, World, quiet
from tests.told import simulated
from tests.unit.domain.said import crime, void

EVENTS, _ = simulated(journeys=25, seed=6)
BEGAN = dt.datetime(2024, 1, 1, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
FIGURES = ("attrition", "delay", "charging", "trial", "withdrawal_audit", "contact", "data_quality", "backlog")
TABLES = [table for figure in figures() if figure.name in FIGURES for table in figure.tables]
Stands = dict[str, list[tuple[Any, ...]]]


def stands(world: World, n: int, tables: Sequence[Table] = TABLES, names: Sequence[str] = NAMES) -> Stands:
    """The journeys of a build, and its counts."""
    query = "SELECT {}::text, count(*) FROM build_{}.{} AS t WHERE {} GROUP BY 1 ORDER BY 1"
    asked = {"journey": query.format(f"row({', '.join(names)})", n, "journey", "true")}
    asked |= {table.name: query.format("t", n, table.name, "n <> 0") for table in tables}
    with psycopg.connect(world.dsn) as connection:
        return {name: connection.execute(text.encode()).fetchall() for name, text in asked.items()}


def known(world: World, at: dt.datetime, *events: Event) -> None:
    """The events arrive at a time, the next ones after all before."""
    before = world.rows("SELECT coalesce(max(notification_id), 0) AS last FROM log.stored_events")[0]["last"]
    world.say(*events)
    with psycopg.connect(world.dsn) as connection:
        connection.execute("UPDATE log.stored_events SET known_at = %s WHERE notification_id > %s", (at, before))


@pytest.mark.parametrize("number", [15, pytest.param(50, marks=pytest.mark.long)])
def test_at_random_moments_the_tables_are_those_that_steps_kept_then(world: World, number: int) -> None:
    chance = random.Random(1)
    world.build()
    (live,) = world.rows("SELECT n FROM projection.build WHERE live")
    stood = {BEGAN - HOUR: stands(world, live["n"])}
    left, at = list(EVENTS), BEGAN
    while left:
        size = chance.randint(1, 2 * len(EVENTS) // number - 2)
        known(world, at, *left[:size])
        left = left[size:]
        while world.step(limit=chance.randint(5, 60)):
            pass
        tables = TABLES if len(stood) % 5 == 0 else ()  # what is counted is a matter of the journeys
        stood[at + chance.choice([0, 1, 71]) * HOUR] = stands(world, live["n"], tables)
        at += 72 * HOUR
    moments = chance.sample(list(stood), number)
    assert len({str(stood[at]["journey"]) for at in moments}) > 0.8 * number
    for at in moments:
        tables = [table for table in TABLES if table.name in stood[at]]
        with aside(world.dsn, world.rules, quiet, tables, known=at) as then:
            assert stands(world, then.n, tables) == stood[at], at
    assert [row["n"] for row in world.rows("SELECT n FROM projection.build")] == [live["n"]]


def recorded(event: Event) -> dt.datetime:
    return dt.datetime.fromisoformat(event.get("recordedtime") or event["time"])


def test_as_recorded_is_a_log_in_which_nothing_else_was_ever_stored(world: World) -> None:
    times = sorted(map(recorded, EVENTS))
    moments = [times[len(times) * i // 3] for i in (1, 2)]
    said = [name for name in NAMES if name not in ("known_at", "positions")]
    world.say(*EVENTS)
    stood = {}
    for at in moments:
        with aside(world.dsn, world.rules, quiet, TABLES, recorded=at) as then:
            stood[at] = stands(world, then.n, names=said)
    for at in moments:
        world.forget()
        world.say(*(event for event in EVENTS if recorded(event) <= at))
        with aside(world.dsn, world.rules, quiet, TABLES) as then:
            assert stands(world, then.n, names=said) == stood[at], at


def test_a_correction_that_was_recorded_later_is_not_heard(world: World) -> None:
    report = crime("05-03")
    world.say(report, void(report, "06-01"))
    entered = {}
    for date in ("2021-05-31", "2021-06-01"):
        with aside(world.dsn, world.rules, quiet, TABLES, recorded=moment(date)) as then:
            (row,) = world.rows(f"SELECT count(*) AS journeys FROM build_{then.n}.journey")
            entered[date] = row["journeys"]
    assert entered == {"2021-05-31": 1, "2021-06-01": 0}


NOW = dt.datetime(2024, 6, 30, 23, 30, tzinfo=dt.UTC)  # it is July in London


@pytest.mark.parametrize(
    ("text", "at", "on"),
    [
        ("2024-06-29", "2024-06-29T22:59:59.999999+00:00", "2024-06-29"),
        ("2024-01-05", "2024-01-05T23:59:59.999999+00:00", "2024-01-05"),
        ("2024-07-01", "2024-07-01T22:59:59.999999+00:00", "2024-07-01"),
        ("2024-06-29T23:15:00Z", "2024-06-29T23:15:00+00:00", "2024-06-30"),
        ("2024-06-29T12:00", "2024-06-29T11:00:00+00:00", "2024-06-29"),
        ("2024-01-29 12:00+02:00", "2024-01-29T10:00:00+00:00", "2024-01-29"),
    ],
)
def test_a_date_is_its_end_in_london_and_a_time_without_an_offset_is_londons(text: str, at: str, on: str) -> None:
    found = moment(text, NOW)
    assert (found.astimezone(dt.UTC).isoformat(), day(found).isoformat()) == (at, on)


@pytest.mark.parametrize("text", ["2024-07-02", "2024-06-30T23:30:01Z", "9999-12-31"])
def test_what_is_to_come_was_never_known(text: str) -> None:
    with pytest.raises(NotAsked, match="is still to come"):
        moment(text, NOW)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "2024-06", "10:00"])
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    with pytest.raises(NotAsked, match="expected a date"):
        moment(text, NOW)


def test_what_was_stored_by_a_time_ends_with_the_last_position_of_then(world: World) -> None:
    for at in (BEGAN, BEGAN + HOUR):
        known(world, at, *EVENTS[:5] if at == BEGAN else EVENTS[5:9])
    stored = [row["n"] for row in world.rows("SELECT notification_id AS n FROM log.stored_events ORDER BY 1")]
    times = {
        BEGAN - HOUR: 0,
        BEGAN: stored[4],
        BEGAN + HOUR / 2: stored[4],
        BEGAN + HOUR: stored[-1],
        end(NOW.date()): stored[-1],
    }
    with psycopg.connect(world.dsn) as connection:
        assert {at: position(connection, at) for at in times} == times

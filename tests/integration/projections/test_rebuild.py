"""Building beside what is live, while events flow and others build, and comparing the two."""

from contextlib import closing

import psycopg
import pytest

from domain.setting import Rules
from projections import projector, tables
from projections.build import build, sweep
from projections.projector import Projector
from projections.step import OtherRules
from projections.verify import snapshot
from tests.integration.projections.flowing import EVENTS, FIRST, POSITION, TRUTH, beside, flow, live, reading, schemas
from tests.integration.projections.world import World, quiet
from tests.integration.store.given import rows
from tests.system.broker import run
from tests.told import tabled
from tests.waiting import until


def test_readers_never_see_empty_or_mixed_tables_while_events_flow_and_tables_are_rebuilt(begun: World) -> None:
    with reading(begun.dsn) as seen, flow(begun) as all_said:
        at_swaps: list[int] = []
        while not all_said.is_set() or len(at_swaps) < 2:
            begun.build()
            at_swaps.append(seen())
            until(lambda: seen() > at_swaps[-1])
        until(
            lambda: rows(begun.dsn, POSITION) == rows(begun.dsn, "SELECT max(notification_id) FROM log.stored_events")
        )
    assert tabled(begun.dsn) == TRUTH
    assert begun.differences() == {}


def test_a_verification_while_events_flow_finds_no_difference(begun: World) -> None:
    with flow(begun) as all_said:
        checks = 0
        while not all_said.is_set() or checks < 2:
            assert begun.differences() == {}
            checks += 1
    assert begun.differences() == {}


# Rivals


def test_two_rebuilds_at_once_leave_one_build_and_it_is_right(begun: World) -> None:
    begun.say(*EVENTS[FIRST:])
    with beside(begun.build, begun.build):
        pass
    assert tabled(begun.dsn) == TRUTH
    with psycopg.connect(begun.dsn, autocommit=True) as connection:
        sweep(connection)
    assert schemas(begun.dsn) == [live(begun.dsn)]


def test_a_rebuild_while_the_projector_builds_itself(begun: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projector, "FAR_BEHIND", 10)
    begun.say(*EVENTS[FIRST:])

    def catch_up() -> None:
        with closing(Projector(begun.dsn, Rules(), quiet)) as active:
            assert active.leader()
            assert active.must_build()
            active.catch_up()

    with reading(begun.dsn), beside(catch_up, begun.build):
        pass
    assert tabled(begun.dsn) == TRUTH
    assert begun.differences() == {}


def test_tables_that_other_rules_made_are_read_until_the_swap_and_never_written(begun: World) -> None:
    figures = tabled(begun.dsn)
    with psycopg.connect(begun.dsn) as connection:
        connection.execute("UPDATE projection.build SET digest = 'other'")
    begun.say(*EVENTS[FIRST:])
    with pytest.raises(OtherRules):
        begun.step()
    with pytest.raises(OtherRules):
        begun.differences()
    parts = []

    def progress(what: str, done: int, total: int | None) -> None:
        parts.append(what)
        assert live(begun.dsn) == "build_1"
        assert tabled(begun.dsn) == figures

    with closing(Projector(begun.dsn, Rules(), progress)) as active:
        assert active.leader()
        assert active.advance() > 0
    assert {"index", "fold", "count"} <= set(parts)
    assert live(begun.dsn) == "build_2"
    assert tabled(begun.dsn) == TRUTH


def test_an_old_build_is_not_swept_while_somebody_compares_it(begun: World) -> None:
    with build(begun.dsn, None, Rules(), quiet, 1) as made, psycopg.connect(begun.dsn, autocommit=True) as connection:
        with snapshot(connection, Rules()) as (n, _):
            made.swap()
            assert schemas(begun.dsn) == ["build_1", "build_2"]
            assert connection.execute(f"SELECT count(*) FROM build_{n}.journey".encode()).fetchone() != (0,)
    begun.build()
    assert schemas(begun.dsn) == ["build_3"]


def test_a_build_that_has_just_become_live_is_not_dropped(begun: World) -> None:
    with psycopg.connect(begun.dsn, autocommit=True) as connection:
        tables.drop(connection, 1)
    assert schemas(begun.dsn) == ["build_1"]


def test_a_verification_names_every_difference(begun: World) -> None:
    code, _, error = run("verify", database=begun.dsn)
    assert code == 0
    assert error.splitlines()[-1].endswith(" cells compared, 0 differ")
    assert not error.splitlines()[-1].startswith("0")
    wrong, missing, *_ = rows(begun.dsn, "SELECT journey_id FROM journeys.journey ORDER BY 1")
    extra = "00000000-0000-5000-8000-000000000000"
    with psycopg.connect(begun.dsn) as connection:
        connection.execute("SET search_path TO build_1")
        connection.execute("UPDATE attrition SET n = n + 1 WHERE ctid = (SELECT min(ctid) FROM attrition)")
        connection.execute("UPDATE journey SET hearings = 77 WHERE journey_id = %s", (wrong,))
        connection.execute("CREATE TEMPORARY TABLE other AS SELECT * FROM journey WHERE journey_id = %s", (missing,))
        connection.execute("UPDATE other SET journey_id = %s", (extra,))
        connection.execute("INSERT INTO journey SELECT * FROM other")
        connection.execute("DELETE FROM journey WHERE journey_id = %s", (missing,))
        (edge,) = connection.execute(
            "UPDATE edge SET live = NOT live WHERE ctid = (SELECT min(ctid) FROM edge) RETURNING from_id::text"
        )
    code, _, error = run("verify", database=begun.dsn)
    assert code == 1
    told = error.splitlines()
    assert told[-1].endswith(" cells compared, 5 differ")
    assert sum(line.startswith("attrition: ") for line in told) == 1
    assert [line.split(":")[1].strip() for line in told if line.startswith("journey: ")] == sorted(
        map(str, (wrong, missing, extra))
    )
    assert f"journey: {extra}: live (" in error
    assert f"journey: {missing}: live None, recomputed (" in error
    assert [line for line in told if line.startswith("edge: ") and edge[0] in line]

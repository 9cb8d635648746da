"""A rebuild that is killed, interrupted or refused leaves no tables and no child, and says why."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg
import pytest

from domain.setting import Rules
from projections.projector import Projector
from tests.integration.projections import flowing
from tests.integration.projections.flowing import (
    schemas,
)
from tests.integration.projections.world import World, quiet
from tests.integration.store.given import rows
from tests.system.broker import ROOT, command, run
from tests.waiting import until

EVENTS, FIRST = flowing.EVENTS, flowing.FIRST


@contextmanager
def rebuilding(dsn: str, part: str) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """A rebuild that has come to a part of its work, and its children."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.projections.rebuilding", dsn, part],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process, [int(pid) for pid in process.stdout.readline().split()]
    finally:
        process.kill()
        process.communicate()


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_rebuild_that_is_killed_leaves_no_child_and_its_tables_are_swept(begun: World) -> None:
    with rebuilding(begun.dsn, "fold") as (process, children):
        assert len(children) == 2
        process.kill()
        process.wait()
        until(lambda: not any(map(runs, children)))
    assert schemas(begun.dsn) == ["build_1", "build_2"]
    until(lambda: rows(begun.dsn, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [0])
    with closing(Projector(begun.dsn, Rules(), quiet)) as active:
        active.wait()
    assert schemas(begun.dsn) == ["build_1"]


def test_ctrl_c_in_a_rebuild_drops_its_tables(begun: World) -> None:
    with rebuilding(begun.dsn, "fold") as (process, children):
        os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all of them
        _, error = process.communicate(timeout=60)
        assert error.count(b"Traceback") == 1  # the parent's own; the command shows none
        assert not any(map(runs, children))
    assert schemas(begun.dsn) == ["build_1"]


@pytest.mark.parametrize("verb", ["rebuild", "verify"])
def test_ctrl_c_ends_the_command_without_a_traceback_and_without_tables(begun: World, verb: str) -> None:
    """It is held at the first look at the corrections, when its tables are there."""
    with psycopg.connect(begun.dsn) as holder:
        holder.execute("LOCK TABLE log.stored_events")
        process = command(verb, database=begun.dsn, start_new_session=True)
        try:
            until(lambda: rows(begun.dsn, "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
            os.killpg(process.pid, signal.SIGINT)
            _, error = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"Traceback" not in error
    assert schemas(begun.dsn) == ["build_1"]


DISK_FULL = """
CREATE FUNCTION public.fill() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER fill BEFORE UPDATE ON projection.build FOR EACH ROW EXECUTE FUNCTION public.fill();
"""


def test_a_full_disk_ends_a_rebuild_with_clear_words_and_without_tables(begun: World) -> None:
    with psycopg.connect(begun.dsn, autocommit=True) as connection:
        connection.execute(DISK_FULL)
    code, _, error = run("rebuild", database=begun.dsn)
    told = 'PostgreSQL cannot go on: could not extend file "base/1/2": No space left on device'
    assert (code, error.splitlines()[-1]) == (3, told)
    assert "Traceback" not in error
    assert schemas(begun.dsn) == ["build_1"]


def test_a_rebuild_without_the_right_to_make_tables_says_so(begun: World) -> None:
    name = begun.dsn.rsplit("/", 1)[1]
    with ExitStack() as stack:
        connection = stack.enter_context(psycopg.connect(begun.dsn, autocommit=True))
        connection.execute("CREATE ROLE clerk LOGIN PASSWORD 'clerk' IN ROLE pg_read_all_data, pg_write_all_data")
        stack.callback(connection.execute, "DROP OWNED BY clerk; DROP ROLE clerk")
        dsn = begun.dsn.replace(begun.dsn.split("//")[1].split("@")[0], "clerk:clerk")
        code, _, error = run("rebuild", database=dsn)
        assert (code, error.splitlines()[-1]) == (3, f"PostgreSQL refuses: permission denied for database {name}")
        assert "Traceback" not in error
        assert rows(begun.dsn, "SELECT n FROM projection.build") == [1]

"""`vjt report` of the past, and by any dimension."""

import contextlib
import csv
import datetime as dt
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from projections.build import sweep
from tests.integration.projections.world import Event, World
from tests.integration.store.given import rows
from tests.integration.vjt.conftest import Vjt
from tests.unit.domain.said import crime, listing, receipt, referral, withdrew
from tests.waiting import until

EARLY = [
    crime("05-03", person={"age": 30, "sex": "female"}),
    referral("05-10"),
    receipt("05-12"),
    crime("05-04", "C2", "V2", person={"age": 17, "sex": "male"}),
    withdrew("05-20", "V2", crime_reference="C2"),
    crime("05-05", "C3", "V3"),
]
LATE = [listing("06-02", "09-01"), withdrew("06-03", "V3", crime_reference="C3"), crime("06-04", "C4", "V4")]
DAY = dt.date(2021, 5, 31)
FIGURES = ("backlog", "charging", "attrition_curve", "trial_reason")


@pytest.fixture
def told(world: World) -> World:
    """Stored in May as far as it was said by then; the rest in June."""
    world.build()
    world.say(*EARLY)
    with psycopg.connect(world.dsn) as connection:
        connection.execute("UPDATE log.stored_events SET known_at = '2021-05-31 22:59:59.999999+00'")
    world.step()
    return world


def table(vjt: Vjt, *words: str) -> list[dict[str, str]]:
    ended = vjt("report", *words, "--format", "csv")
    assert ended.code == 0, ended.err
    return list(csv.DictReader(io.StringIO(ended.out, newline="")))


def test_as_known_at_the_end_of_a_day_is_what_was_reported_then(told: World, vjt: Vjt) -> None:
    told.read_on(DAY)
    then = {figure: table(vjt, figure) for figure in FIGURES}
    told.say(*LATE)
    told.step()
    told.read_on(None)
    (live,) = told.rows("SELECT n FROM projection.build")
    for figure, expected in then.items():
        assert table(vjt, figure, "--as-known", "2021-05-31") == expected
        assert table(vjt, figure) != expected or figure == "trial_reason"
    assert told.rows("SELECT n FROM projection.build") == [live]
    assert table(vjt, "attrition", "--as-known", "2021-05-31T23:59:59.999998") == []


def test_as_recorded_leaves_out_what_was_recorded_later_whenever_it_was_stored(told: World, vjt: Vjt) -> None:
    told.read_on(DAY)
    then = table(vjt, "backlog")
    told.read_on(None)
    told.say(*LATE)
    assert table(vjt, "backlog", "--as-recorded", "2021-05-31") == then
    assert table(vjt, "backlog", "--as-recorded", "2021-05-31", "--as-known", "2021-05-30") == []
    periods = {
        row["period"] for row in table(vjt, "backlog", "--as-recorded", "2021-05-20", "--as-known", "2021-05-31")
    }
    assert periods == {"2021-05-20"}


def test_a_figure_by_two_dimensions_now_and_then(told: World, vjt: Vjt) -> None:
    words = ("attrition", "--where", "offence=all", "--where", "cohort=all", "--where", "stage=pre_charge", "--where",
             "basis=reported", "--by", "age_band,sex")  # fmt: skip
    then = [("2021-05-01", "age_band,sex", "0-17,male", "1"), ("2021-05-01", "age_band,sex", "25-34,female", "1"),
            ("2021-05-01", "age_band,sex", "missing,missing", "1")]  # fmt: skip

    def seen(*more: str) -> list[tuple[str, ...]]:
        columns = ("period", "dimension", "value", "entered")
        return [tuple(row[column] for column in columns) for row in table(vjt, *words, *more)]

    assert seen() == then
    told.say(*LATE)
    told.step()
    assert seen() == [*then, ("2021-06-01", "age_band,sex", "missing,missing", "1")]
    assert seen("--as-known", "2021-05-31") == then
    assert seen("--where", "value=0-17,male") == then[:1]


def stored(world: World, at: str, *events: Event) -> None:
    """The events become known at a time."""
    (before,) = world.rows("SELECT max(notification_id) AS last FROM log.stored_events")
    world.say(*events)
    with psycopg.connect(world.dsn) as connection:
        query = "UPDATE log.stored_events SET known_at = %s WHERE notification_id > %s"
        connection.execute(query, (at, before["last"]))


def revised(rows: list[dict[str, str]], column: str) -> dict[str, list[dict[str, str]]]:
    """The rows of each month, without the column that tells it, which is the first."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        assert next(iter(row)) == column
        found.setdefault(row.pop(column), []).append(row)
    return found


def test_revisions_are_the_figure_as_it_was_known_at_the_end_of_each_month(told: World, vjt: Vjt) -> None:
    stored(told, "2021-05-31T23:00:00Z", LATE[0])  # it is June in London
    stored(told, "2021-08-10T12:00:00Z", *LATE[1:])
    for figure in ("backlog", "trial_reason"):
        found = revised(table(vjt, figure, "--revisions", "--as-known", "2021-08-20"), "known")
        days = ["2021-05-31", "2021-06-30", "2021-08-20"]  # in July nothing became known
        assert found == {day: rows for day in days if (rows := table(vjt, figure, "--as-known", day))}
        assert figure == "trial_reason" or list(found) == days


def test_the_last_revision_is_the_report_of_now(told: World, vjt: Vjt) -> None:
    told.read_on(dt.date(2021, 8, 1))
    with psycopg.connect(told.dsn) as connection:
        connection.execute("UPDATE log.stored_events SET known_at = now() - interval '40 days'")
    told.say(*LATE)
    told.step()
    *before, last = revised(table(vjt, "attrition", "--revisions"), "known").values()
    assert last == table(vjt, "attrition")
    assert last not in before
    assert len(before) == 1
    assert len(told.rows("SELECT n FROM projection.build")) == 1


def test_revisions_by_month_of_recording_of_a_log_that_was_stored_in_one_go(told: World, vjt: Vjt) -> None:
    told.say(*LATE)
    words = ("withdrawal_timing", "--by", "force,sex")
    found = revised(table(vjt, *words, "--revisions", "--as-recorded", "2021-06-30"), "recorded")
    assert found == {day: table(vjt, *words, "--as-recorded", day) for day in ("2021-05-31", "2021-06-30")}
    assert len(found["2021-05-31"]) < len(found["2021-06-30"])


def test_where_nothing_was_known_nothing_was_revised(world: World, vjt: Vjt) -> None:
    ended = vjt("report", "contact", "--revisions", "--format", "csv")
    assert (ended.code, ended.out) == (0, "known,period,offence,dimension,value,due,met,rate\r\n")
    assert vjt("report", "contact", "--as-known", "2021-05-01")[:2] == (0, "(no rows)\n")


WRONG = {
    "attrition --by colour": "there is no dimension colour; there are: age_band, arrested_and_interviewed, bcu, ",
    "attrition --by sex,sex": "--by sex,sex: expected one dimension, or two that differ",
    "attrition --by sex,force,bcu": "--by sex,force,bcu: expected one dimension, or two that differ",
    "attrition --by sex --where dimension=all": "--by sex gives the rows of that dimension alone: leave --where ",
    "anomaly --by sex": "anomaly has no dimensions",
    "relative_risk --by sex,force": "relative_risk has each of its dimensions: --where dimension=…",
    "attrition --as-known May": "May: expected a date, 2021-05-03, or a time, 2021-05-03T09:12:00Z",
    "attrition --as-recorded 2999-01-01": "2999-01-01 is still to come",
    "attrition --as-known 2021-05-31 --where offnce=rape": "attrition has no column offnce; it has: period, ",
    "nothing --revisions": "there is no figure nothing; there are: anomaly, attrition, ",
    "freshness --as-known 2021-05-31": "freshness is read live and is in no build: only --where goes with it",
}


def test_a_wrong_call_is_2_and_nothing_is_built(told: World, vjt: Vjt) -> None:
    (before,) = told.rows("SELECT last_value FROM projection.build_number")
    for words, why in WRONG.items():
        ended = vjt("report", *words.split())
        assert (ended.code, ended.out, ended.err[: len(why)]) == (2, "", why)
    assert told.rows("SELECT last_value FROM projection.build_number") == [before]


def test_of_tables_that_other_rules_made_no_other_dimension_is_counted(
    told: World, vjt: Vjt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VJT_LINK_JOIN", "21")
    ended = vjt("report", "attrition", "--by", "sex")
    assert (ended.code, ended.out) == (1, "")
    assert "Run: vjt rebuild" in ended.err


@contextlib.contextmanager
def reporting(world: World) -> Iterator[subprocess.Popen[bytes]]:
    """A process that reports of the past; its build is made, its rows are waited for."""
    command = [sys.executable, "-m", "vjt.main", "report", "backlog", "--as-known", "2021-05-31"]
    with psycopg.connect(world.dsn) as holder:
        holder.execute("LOCK TABLE projection.setting")
        process = subprocess.Popen(command, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            waits = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'projection.setting'::regclass"
            until(lambda: rows(world.dsn, waits))
            assert len(rows(world.dsn, "SELECT n FROM projection.build")) == 2
            yield process
        finally:
            process.kill()
            process.communicate()


SCHEMAS = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'build')"


def test_a_report_that_is_interrupted_leaves_no_build(told: World) -> None:
    with reporting(told) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert rows(told.dsn, SCHEMAS) == ["build_1"]


def test_what_a_killed_report_leaves_is_swept(told: World) -> None:
    with reporting(told) as process:
        process.kill()
        process.wait()
    with psycopg.connect(told.dsn, autocommit=True) as connection:

        def swept() -> bool:
            sweep(connection)
            return rows(told.dsn, SCHEMAS) == ["build_1"]

        until(swept)


@pytest.mark.parametrize("k", ["0", "1", "-3", "five"])
def test_a_threshold_that_is_none_is_refused(k: str, vjt: Vjt) -> None:
    ended = vjt("report", "contact", "--suppress", k)
    assert ended.code == 2
    assert "--suppress" in ended.err


def test_hidden_counts_are_shown_so_in_each_format(told: World, vjt: Vjt) -> None:
    words = ("report", "withdrawal_reason", "--where", "offence=all", "--suppress", "5", "--format")
    for format, said in (("csv", ",~\r\n"), ("json", '"withdrawals":"~"'), ("table", "  ~\n")):
        ended = vjt(*words, format)
        assert ended.code == 0, ended.err
        assert said in ended.out
    assert vjt("report", "attrition", "--suppress", "5", "--by", "age_band,sex", "--format", "csv").out.count("~") > 20
    assert vjt("report", "contact", "--where", "due=1", "--suppress", "5").code == 2

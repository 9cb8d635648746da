"""`vjt report`, `journey`, `unlinked`, `status`: what they print, and with which code they end."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.integration.projections.world import World
from tests.integration.vjt.conftest import Vjt
from tests.unit.domain.said import courts, crime, decision, listing, receipt, referral, withdrew

EVENTS = [
    crime("05-03", "C/1", "V1", uvi="UVI-1", person={"age": 30}),
    crime("05-04", "C2", "V2", uvi="UVI-1"),
    crime("05-05", "C3", "V3"),
    referral("05-10", crimes=("C/1", "C2")),
    receipt("05-12"),
    courts("case-received", "06-01", court_case_number="T1", urn="U1", court="southwark", jurisdiction="crown"),
    listing("06-02", "09-01", court_case_number="T1"),
    referral("05-10", "U3", ("C3",)),
    withdrew("05-20", "V3", crime_reference="C3"),
    decision("05-30", urn="U9"),
]


@pytest.fixture
def told(world: World) -> World:
    world.build()
    world.say(*EVENTS)
    world.step()
    return world


def journey_id(world: World, crime_reference: str) -> str:
    (row,) = world.rows("SELECT journey_id FROM journeys.journey WHERE crime_reference = %s", crime_reference)
    return str(row["journey_id"])


def test_a_report_in_json_is_an_array_of_objects_with_numbers_dates_and_nulls(told: World, vjt: Vjt) -> None:
    ended = vjt("report", "attrition", "--where", "stage=pre_charge", "--where", "dimension=age_band", "--where", "offence=all",
                "--where", "basis=reported", "--where", "cohort=all", "--format", "json")  # fmt: skip
    assert ended.code == 0
    known, missing = json.loads(ended.out)
    assert known == {
        "period": "2021-05-01", "offence": "all", "dimension": "age_band", "value": "25-34", "basis": "reported", "cohort": "all",
        "stage": "pre_charge", "entered": 1, "progressed": 0, "withdrew": 0, "withdrew_evidenced": 0, "withdrew_continued": 0,
        "other_exit": 0, "convicted": 0, "open": 1, "withdrawal_rate": None, "rate_low": None, "rate_high": None,
        "provisional": True,
    }  # fmt: skip
    assert (missing["value"], missing["entered"], missing["withdrawal_rate"]) == ("missing", 2, 1.0)


def test_the_same_column_twice_asks_for_either(told: World, vjt: Vjt) -> None:
    ended = vjt("report", "attrition", "--where", "stage=charging", "--where", "stage=trial", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out, newline="")))
    assert {row["stage"] for row in rows} == {"charging"}
    assert {row["dimension"] for row in rows} >= {"all", "force", "vulnerability"}


@pytest.mark.parametrize(
    ("words", "told_"),
    [
        (["nothing"], "there is no figure nothing; there are: alert, anomaly, attrition, "),
        (
            ["attrition", "--where", "offnce=rape"],
            "attrition has no column offnce; it has: period, offence, dimension, value",
        ),
        (["attrition", "--where", "offence"], "--where offence: expected column=value"),
        (["attrition", "--by", "colour"], "there is no dimension colour; there are: age_band, "),
        (["attrition", "--as-known", "in May"], "in May: expected a date, 2021-05-03, or a time"),
        (["attrition", "--format", "xml"], "Invalid value for '--format'"),
    ],
)
def test_a_wrong_report_is_2_and_says_what_there_is(told: World, vjt: Vjt, words: list[str], told_: str) -> None:
    ended = vjt("report", *words)
    assert (ended.code, ended.out) == (2, "")
    assert told_ in ended.err


def test_a_database_without_events_gives_no_rows(world: World, vjt: Vjt) -> None:
    world.build()
    for figure in ("attrition", "delay", "freshness"):
        assert vjt("report", figure) == (0, "(no rows)\n", "")
        assert json.loads(vjt("report", figure, "--format", "json").out) == []
    assert vjt("report", "freshness", "--format", "csv").out.strip().split(",")[0] == "source"
    assert vjt("unlinked") == (0, "(no rows)\n", "")
    assert vjt("journey", "C1") == (2, "", "no journey has the reference C1\n")


READING = [["report", "attrition"], ["journey", "C1"], ["unlinked"]]


@pytest.mark.parametrize("words", READING)
def test_tables_that_are_not_made_yet_are_3_and_the_verb_to_call(world: World, vjt: Vjt, words: list[str]) -> None:
    assert vjt(*words) == (3, "", "there are no tables yet. Run: vjt project\n")


@pytest.mark.parametrize("words", [*READING, ["rejected", "list"], ["status"]])
def test_a_database_that_is_not_prepared_is_3_and_the_verb_to_call(
    postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, vjt: Vjt, words: list[str]
) -> None:
    monkeypatch.setenv("VJT_DATABASE_URL", postgres.rsplit("/", 1)[0] + "/postgres")
    monkeypatch.setenv("VJT_HOME", str(tmp_path))
    monkeypatch.delenv("VJT_KAFKA", raising=False)
    ended = vjt(*words)
    assert ended.code == 3
    assert "Run: vjt migrate" in ended.err


@pytest.mark.parametrize("id", ["C/1", "c/1", "met/C/1", "V1", "met/v1"])
def test_a_journey_is_found_by_any_reference_that_leads_to_it_alone(told: World, vjt: Vjt, id: str) -> None:
    ended = vjt("journey", id, "--format", "json")
    assert ended.code == 0
    facts = json.loads(ended.out)
    assert {fact["journey_id"] for fact in facts} == {journey_id(told, "C/1")}
    assert [fact["position"] for fact in facts] == [1, 2, 3, 4, 5]
    assert facts[0]["data"]["crime_reference"] == "C/1"
    assert facts[0]["occurred_at"] == "2021-05-03T11:00:00+00:00"


def test_a_journey_is_found_by_its_id(told: World, vjt: Vjt) -> None:
    id = journey_id(told, "C3")
    ended = vjt("journey", id.upper(), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ended.out, newline="")))
    assert [(row["type"], row["stage_after"]) for row in rows] == [
        ("police.crime-reported.v1", "investigation"),
        ("police.charge-referral-submitted.v1", "charging"),
        ("police.victim-withdrew.v1", "concluded"),
    ]


@pytest.mark.parametrize("id", ["U1", "T1", "H1", "UVI-1"])
def test_a_reference_of_several_journeys_names_them(told: World, vjt: Vjt, id: str) -> None:
    ended = vjt("journey", id)
    assert (ended.code, ended.out) == (2, "")
    assert f"{id} leads to several journeys" in ended.err
    assert journey_id(told, "C/1") in ended.err
    assert journey_id(told, "C2") in ended.err


def test_a_reference_that_nothing_leads_to_says_so(told: World, vjt: Vjt) -> None:
    assert vjt("journey", "U9") == (
        2,
        "",
        "no journey has the reference U9: nothing leads to this case (no_link), see vjt unlinked --each\n",
    )


def test_a_journey_in_a_file_has_its_state_and_its_timeline(told: World, vjt: Vjt, tmp_path: Path) -> None:
    out = tmp_path / "journey.txt"
    assert vjt("journey", "C3", "--out", str(out)) == (0, "", "")
    text = out.read_text()
    assert text == vjt("journey", "C3").out
    assert "withdrew_at" in text
    assert "police.victim-withdrew.v1" in text


def test_each_unlinked_subject_has_the_columns_of_the_table_and_its_age(told: World, vjt: Vjt) -> None:
    (row,) = json.loads(vjt("unlinked", "--each", "--format", "json").out)
    assert list(row) == [*told.rows("SELECT * FROM journeys.unlinked")[0], "days"]
    assert row["days"] == 0
    assert row["first_known_at"] == row["last_known_at"]
    assert {name: row[name] for name in ("scheme", "value", "victim_reference", "source", "reason", "events")} == {
        "scheme": "case", "value": "U9", "victim_reference": None, "source": "/cps/london-south", "reason": "no_link", "events": 1,
    }  # fmt: skip


def known(world: World, urn: str, age: str) -> None:
    """What the police said of a case, or CPS did, was stored so long ago."""
    with psycopg.connect(world.dsn) as connection:
        of = "position(%s::bytea IN state) > 0"
        connection.execute(
            f"UPDATE log.stored_events SET known_at = now() - %s::interval WHERE {of}", (age, f'"{urn}"')
        )


def test_unlinked_is_told_by_source_and_reason_in_bands_of_age(world: World, vjt: Vjt) -> None:
    ages = ("1 hour", "23 hours", "25 hours", "167 hours", "169 hours", "671 hours", "673 hours", "100 days")
    world.build()
    world.say(*(decision("05-30", urn=f"U{n}") for n, _ in enumerate(ages)))
    world.say(decision("06-30", urn="U0"), receipt("05-12", urn="U1"))  # a subject is one, however many its events are
    world.say(courts("case-completed", "06-01", court_case_number="T1", outcome="convicted"))
    world.say(crime("05-03", "C1", "V1"), withdrew("05-20", "V7", crime_reference="C1"))
    world.step()
    for n, age in enumerate(ages):
        known(world, f"U{n}", age)
    known(world, "V7", "8 days")
    known(world, "T1", "200 days")
    rows = json.loads(vjt("unlinked", "--format", "json").out)
    told = [tuple(value for name, value in row.items() if name != "first_known_at") for row in rows]
    assert told == [
        ("/courts", "no_link", 0, 0, 0, 1, 1),
        ("/cps/london-south", "no_link", 2, 2, 2, 2, 10),
        ("/police/met", "victim_unknown", 0, 0, 1, 0, 1),
    ]
    assert list(rows[0])[2:] == [
        "under_1_day", "days_1_to_7", "days_7_to_28", "over_28_days", "events", "first_known_at",
    ]  # fmt: skip
    each = json.loads(vjt("unlinked", "--each", "--source", "/cps/london-south", "--format", "json").out)
    assert [(row["value"], row["days"]) for row in each] == [
        ("U7", 100), ("U6", 28), ("U5", 27), ("U4", 7), ("U3", 6), ("U2", 1), ("U1", 0), ("U0", 0),
    ]  # fmt: skip
    assert rows[1]["first_known_at"] == each[0]["first_known_at"]
    (one,) = json.loads(vjt("unlinked", "--each", "--reason", "victim_unknown", "--format", "json").out)
    assert (one["victim_reference"], one["days"]) == ("met/V7", 8)
    (group,) = json.loads(vjt("unlinked", "--reason", "no_link", "--source", "/courts", "--format", "json").out)
    assert group == rows[0]
    assert vjt("unlinked", "--source", "/courts", "--reason", "broken").out == "(no rows)\n"


@pytest.mark.parametrize("where", ["no-such-folder/rows.csv", "file/rows.csv", "."])
def test_a_file_that_cannot_be_written_is_2(told: World, vjt: Vjt, tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("")
    ended = vjt("unlinked", "--out", str(tmp_path / where))
    assert (ended.code, ended.out) == (2, "")
    assert str(tmp_path / where) in ended.err
    assert {path.name for path in tmp_path.iterdir()} == {"file"}


def test_a_reader_who_has_seen_enough_ends_it_without_a_word(told: World) -> None:
    command = [sys.executable, "-m", "vjt.main", "report", "attrition", "--format", "csv"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"period,offence,")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


def test_status_tells_of_the_database_though_no_broker_is_named(told: World, vjt: Vjt) -> None:
    ended = vjt("status", "--format", "json")
    assert ended.code == 3
    assert "VJT_KAFKA is not set" in ended.err
    (row,) = json.loads(ended.out)
    assert (row["database_url"], row["kafka"]) == (told.dsn, None)
    counts = (
        "database",
        "broker",
        "events",
        "log_position",
        "projected_position",
        "events_behind",
        "rejected",
        "journeys",
    )
    assert [row[name] for name in counts] == ["up", None, 10, 10, 10, 0, 0, 3]
    assert (row["unlinked"], row["broken"]) == (1, 0)


def test_status_has_the_same_columns_before_there_are_tables(world: World, vjt: Vjt) -> None:
    (before,) = json.loads(vjt("status", "--format", "json").out)
    assert (before["events"], before["projected_position"], before["journeys"]) == (0, None, None)
    world.build()
    (after,) = json.loads(vjt("status", "--format", "json").out)
    assert list(after) == list(before)
    assert (after["projected_position"], after["journeys"]) == (0, 0)

"""`vjt import police-uk` all the way: files, Kafka, log, tables, figures; and what a user is told when it cannot be."""

import gzip
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from psycopg.rows import dict_row

from tests.system.broker import run
from tests.unit.adapters.published import crime, outcome, outcomes, street, written

UNABLE = "Unable to prosecute suspect"
ACCOUNT = """\
outcomes: read 9 lines = made 7 + the same again 1 + left out 1 (files: 2)
  left out 1: 'Unable to prosecute suspect' does not say whether the victim supported action
street: read 8 lines = made 6 + the same again 1 + left out 1 (files: 2)
  left out 1: anti-social behaviour is no crime
events: 15
"""
EXITS = {
    "A1": ("concluded", "police_no_further_action"),
    "A2": ("concluded", "convicted"),
    "A3": ("investigation", None),
    "A4": ("awaiting_trial", None),
    "A5": ("concluded", "taken_into_consideration"),
    "A6": ("investigation", None),
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two months of a small city."""
    behaviour = crime("", "2016-01", "Anti-social behaviour")
    return written(
        tmp_path,
        jan_street=street(crime("a1"), crime("a2"), crime("a3"), behaviour, crime("a4", kind="Drugs")),
        feb_street=street(crime("a5", "2016-02"), crime("a6", "2016-02", "Robbery"), crime("a1")),
        jan_outcomes=outcomes(
            outcome("a1", "2016-01", "Investigation complete; no suspect identified"),
            outcome("a2", "2016-01", "Suspect charged"),
            outcome("z9", "2016-01", "Local resolution"),
        ),
        feb_outcomes=outcomes(
            outcome("a2", "2016-02", "Offender fined"),
            outcome("a2", "2016-02", "Offender fined"),
            outcome("a3", "2016-02", UNABLE),
            outcome("a4", "2016-02", "Suspect charged"),
            outcome("a5", "2016-02", "Suspect charged as part of another case"),
            outcome("z8", "2016-02", "Offender sent to prison"),
        ),
    )


def rows(database: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(database, row_factory=dict_row) as connection:
        return connection.execute(query).fetchall()


def tables(database: str) -> dict[str, list[dict[str, Any]]]:
    """Everything that an analyst may read, but for when it was known."""
    journeys = rows(database, "SELECT * FROM journeys.journey ORDER BY journey_id")
    unlinked = rows(database, "SELECT * FROM journeys.unlinked ORDER BY scheme, value, source")
    return {
        "journeys": [{k: v for k, v in row.items() if k != "known_at"} for row in journeys],
        "unlinked": [{k: v for k, v in row.items() if not k.endswith("known_at")} for row in unlinked],
        "attrition": rows(database, "SELECT * FROM metrics.attrition ORDER BY 1, 2, 3, 4, 5, 6, 7"),
        "delay": rows(database, "SELECT * FROM metrics.delay ORDER BY 1, 2, 3, 4, 5, 6, 7"),
    }


def caught_up(database: str, kafka: str) -> str:
    """What `vjt consume --once` ends with; the tables are level with the log."""
    code, _, error = run("consume", "--once", database=database, kafka=kafka)
    assert code == 0, error
    assert run("project", "--once", database=database, kafka=kafka)[0] == 0
    return error.splitlines()[-1]


def test_files_become_journeys_and_figures_and_the_same_files_again_change_nothing(
    files: Path, database: str, topics: str
) -> None:
    code, out, error = run("import", "police-uk", str(files), "--publish", kafka=topics)
    assert (code, out) == (0, "sent 15, rejected 0\n")
    assert error.endswith(ACCOUNT)
    assert caught_up(database, topics) == "accepted 15, duplicates 0, rejected 0"

    found = tables(database)
    assert {j["crime_reference"]: (j["stage"], j["exit"]) for j in found["journeys"]} == EXITS
    assert {j["force"] for j in found["journeys"]} == {"city-of-london"}
    assert [(u["scheme"], u["value"], u["events"]) for u in found["unlinked"]] == [
        ("case", "Z8", 1),
        ("case", "Z8", 1),
        ("crime", "city-of-london/Z9", 1),
    ]
    everything = [r for r in found["attrition"] if (r["offence"], r["dimension"], r["cohort"]) == ("all", "all", "all")]
    assert {
        str(r["period"]): (r["entered"], r["progressed"], r["withdrew"], r["other_exit"], r["open"])
        for r in everything
        if (r["basis"], r["stage"]) == ("reported", "pre_charge")
    } == {"2016-01-01": (4, 2, 0, 1, 1), "2016-02-01": (2, 0, 0, 1, 1)}
    ended = [r for r in found["delay"] if r["offence"] == r["dimension"] == "all" and r["completed"]]
    assert ended
    assert all(r["imprecise"] == r["completed"] and r["median_days"] is None for r in ended)
    assert run("verify", database=database)[0] == 0

    assert run("import", "police-uk", str(files), "--publish", kafka=topics)[2].endswith(ACCOUNT)
    assert caught_up(database, topics) == "accepted 0, duplicates 15, rejected 0"
    assert tables(database) == found


def test_loaded_without_a_broker_they_are_the_same_to_the_last_digit(files: Path, database: str, topics: str) -> None:
    code, out, error = run("import", "police-uk", str(files), "--load", database=database)
    assert (code, out) == (0, "accepted 15, duplicates 0, rejected 0\n")
    assert error.endswith(ACCOUNT)
    assert run("project", "--once", database=database, kafka=topics)[0] == 0
    loaded = tables(database)
    assert {j["crime_reference"]: (j["stage"], j["exit"]) for j in loaded["journeys"]} == EXITS

    assert run("import", "police-uk", str(files), "--publish", kafka=topics)[0] == 0
    assert caught_up(database, topics) == "accepted 0, duplicates 15, rejected 0"
    assert tables(database) == loaded


@pytest.mark.parametrize("way", ["--load", "--publish"])
def test_what_stood_before_an_unreadable_line_does_no_harm(way: str, files: Path, database: str, topics: str) -> None:
    path = files / "feb-street.csv"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"a6,2016-02", b"a6,February"))
    code, _, error = run("import", "police-uk", str(files), way, database=database, kafka=topics)
    assert code == 1
    assert f"{path}:3: Month: expected a month such as 2016-05" in error
    assert "street: read 1 lines = made 1 + the same again 0 + left out 0 (files: 1)" in error
    assert "Traceback" not in error

    path.write_bytes(whole)
    assert run("import", "police-uk", str(files), way, database=database, kafka=topics)[0] == 0
    caught_up(database, topics)
    assert {j["crime_reference"]: (j["stage"], j["exit"]) for j in tables(database)["journeys"]} == EXITS
    assert rows(database, "SELECT count(*) FROM log.stored_events") == [{"count": 15}]


def test_an_event_that_is_refused_is_told_by_the_line_of_the_file(tmp_path: Path, database: str) -> None:
    path = written(tmp_path, x_street=street(crime("a1"), crime("a2", "2099-01"))) / "x-street.csv"

    code, out, error = run("import", "police-uk", str(path), "--load", database=database)

    assert (code, out) == (1, "accepted 1, duplicates 0, rejected 1\n")
    assert f"{path}:3: time_out_of_range at /time" in error
    assert rows(database, "SELECT file, line FROM log.rejected") == [{"file": str(path), "line": 3}]


def test_without_a_server_events_come_as_lines(files: Path) -> None:
    code, out, error = run("import", "police-uk", str(files))

    assert (code, error) == (0, ACCOUNT)
    assert len({orjson.loads(line)["id"] for line in out.splitlines()}) == 15
    assert run("publish", "--dry-run", "-", given=out.encode())[:2] == (0, "valid 15, duplicates 0, rejected 0\n")


def test_a_torn_file_is_1_a_wrong_call_2_and_a_server_away_3(files: Path) -> None:
    torn = files / "mar-street.csv.gz"
    torn.write_bytes(gzip.compress(street(*(crime(f"b{n}", "2016-03") for n in range(5_000))))[:-100])

    for words, code, told in [
        ([str(torn)], 1, "mar-street.csv.gz:"),
        ([str(files / "nothing.csv")], 2, "no such file or folder"),
        ([str(files), "--load", "--publish"], 2, "one of them"),
        ([], 2, "Missing argument"),
        ([str(files / "jan-street.csv"), "--publish"], 3, "Kafka cannot be reached"),
        ([str(files / "jan-street.csv"), "--load"], 3, "PostgreSQL cannot be reached"),
    ]:
        nowhere = "postgresql://vjt:x@127.0.0.1:9/x"
        found, _, error = run("import", "police-uk", *words, database=nowhere, kafka="127.0.0.1:9")
        assert (found, told in error, "Traceback" in error) == (code, True, False), error
    assert run("import", "police-fr", str(files))[0] == 2

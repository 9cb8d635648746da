"""`vjt publish --dry-run`: what an agency's own checks run, without any server."""

import csv
import gzip
import io
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from store.delivery import Delivery
from tests.integration.store.given import line, report
from vjt.main import app
from vjt.publish import try_


def tried(*words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["publish", "--dry-run", *words], input=given)


def lines(*events: Any) -> bytes:
    return b"".join((event if isinstance(event, bytes) else orjson.dumps(event)) + b"\n" for event in events)


SAID = report(1)
BAD = report(2, offence_group="Jane Doe")


def test_programs_get_one_array_of_what_would_be_rejected(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(lines(SAID, b"{", BAD))
    done = tried("--format", "json", str(file))
    assert done.exit_code == 1
    rows = json.loads(done.stdout)
    assert [(row["file"], row["line"], row["reason"], row["pointer"]) for row in rows] == [
        (str(file), 2, "not_json", ""),
        (str(file), 3, "invalid_data", "/data/offence_group"),
    ]
    assert "Jane" not in done.stdout
    assert done.stderr == "valid 1, duplicates 0, rejected 2\n  not_json 1\n  invalid_data 1\n"


def test_the_array_is_empty_where_nothing_would_be_rejected() -> None:
    done = tried("--format", "json", "-", given=lines(SAID))
    assert (done.exit_code, json.loads(done.stdout)) == (0, [])


def test_the_rows_come_as_csv_too() -> None:
    done = tried("--format", "csv", "-", given=lines(SAID, BAD))
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["file"], row["line"], row["reason"], row["pointer"]) == (
        "-",
        "2",
        "invalid_data",
        "/data/offence_group",
    )


def test_the_same_event_twice_is_a_duplicate_and_no_fault() -> None:
    again = SAID | {"dataschema": "urn:vjt:schema:police.crime-reported.v1", "time": "2021-05-03T10:12:00+01:00"}
    done = tried("-", given=lines(SAID, again, SAID))
    assert (done.exit_code, done.stdout) == (0, "valid 1, duplicates 2, rejected 0\n")


def test_one_id_with_two_contents_is_a_conflict_at_the_later_line() -> None:
    other = report(1, offence_group="arson")
    done = tried("--format", "json", "-", given=lines(SAID, other, SAID, other))
    assert done.exit_code == 1
    assert [(row["line"], row["reason"]) for row in json.loads(done.stdout)] == [
        (2, "conflicting_duplicate"),
        (4, "conflicting_duplicate"),
    ]
    assert done.stderr.startswith("valid 1, duplicates 1, rejected 2\n")


def test_what_was_rejected_may_come_again_under_its_id() -> None:
    done = tried("-", given=lines(BAD, report(2)))
    assert done.stdout.startswith("valid 1, duplicates 0, rejected 1\n")


def test_duplicates_are_found_across_files_plain_and_packed(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    plain.write_bytes(lines(SAID))
    packed.write_bytes(gzip.compress(lines(report(2), SAID, BAD)))
    done = tried(str(plain), str(packed))
    assert done.exit_code == 1
    assert done.stdout.startswith("valid 2, duplicates 1, rejected 1\n")
    assert f"{packed}:3: conflicting_duplicate at /: " not in done.stderr
    assert f"{packed}:3: invalid_data at /data/offence_group: " in done.stderr


def test_a_damaged_file_is_told_and_is_a_failure(tmp_path: Path) -> None:
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(gzip.compress(lines(*(report(n) for n in range(2_000))))[:-2_000])
    done = tried("--format", "json", str(torn))
    assert (done.exit_code, json.loads(done.stdout)) == (1, [])
    assert "the packed file is damaged after line" in done.stderr


@pytest.mark.parametrize("bad", [False, True])
def test_a_long_file_does_not_fill_the_memory(bad: bool) -> None:
    def many() -> Iterator[Delivery]:
        for n in range(1_000):
            yield line((b"{" if bad else orjson.dumps(report(n))) + b" " * 20_000, n)

    try_(many())
    tracemalloc.start()
    try:
        try_(many())
        assert tracemalloc.get_traced_memory()[1] < 2_000_000, "of 20 MB"
    finally:
        tracemalloc.stop()

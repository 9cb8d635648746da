"""`vjt load` and `vjt rejected`, as an operator runs them."""

import gzip
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.integration.store.given import report, rows, stored, update

Vjt = Callable[..., "subprocess.CompletedProcess[str]"]


def run(dsn: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vjt.main", *map(str, arguments)]
    environment = os.environ | {"VJT_DATABASE_URL": dsn}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, **options)


@pytest.fixture
def vjt(database: str) -> Vjt:
    return partial(run, database)


def events(*given: Any) -> bytes:
    return b"".join((event if isinstance(event, bytes) else orjson.dumps(event)) + b"\n" for event in given)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.jsonl"
    file.write_bytes(events(*(report(n) for n in range(5)), *(update(n, n) for n in range(5))))
    return file


def test_a_file_is_loaded_and_loading_it_again_is_harmless(vjt: Vjt, good: Path, database: str) -> None:
    first, again = vjt("load", good), vjt("load", good)
    assert (first.returncode, first.stdout) == (0, "accepted 10, duplicates 0, rejected 0\n")
    assert (again.returncode, again.stdout) == (0, "accepted 0, duplicates 10, rejected 0\n")
    assert len(stored(database)) == 10


def test_packed_files_and_standard_input_are_read(vjt: Vjt, good: Path, tmp_path: Path, database: str) -> None:
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(events(report(50))))
    with good.open() as given:
        done = vjt("load", packed, "-", stdin=given)
    assert done.stdout == "accepted 11, duplicates 0, rejected 0\n"
    assert len(stored(database)) == 11


def test_bad_lines_are_rejected_with_their_place_and_the_others_loaded(vjt: Vjt, tmp_path: Path, database: str) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(events(report(1), b'\xff"', b"", report(2, offence_group=7), report(3)) + b'{"torn')
    done = vjt("load", file)
    assert (done.returncode, done.stdout) == (1, "accepted 2, duplicates 0, rejected 3\n")
    assert f"{file}:4: invalid_data at /data/offence_group" in done.stderr
    assert rows(database, "SELECT file, line, reason FROM log.rejected ORDER BY line") == [
        (str(file), 2, "not_json"),
        (str(file), 4, "invalid_data"),
        (str(file), 6, "not_json"),
    ]


def test_lines_end_as_windows_ends_them(vjt: Vjt, tmp_path: Path) -> None:
    file = tmp_path / "windows.jsonl"
    file.write_bytes(events(report(1), report(2)).replace(b"\n", b"\r\n"))
    assert vjt("load", file).stdout == "accepted 2, duplicates 0, rejected 0\n"


def test_a_line_of_100_megabytes_is_rejected_in_little_memory(vjt: Vjt, tmp_path: Path, database: str) -> None:
    file = tmp_path / "long.jsonl"
    with file.open("wb") as out:
        out.write(events(report(1)))
        for _ in range(100):
            out.write(b"a" * 1_000_000)
        out.write(b"\n" + events(report(2)))
    done = vjt("load", file, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (180_000_000, 180_000_000)))
    assert done.stdout == "accepted 2, duplicates 0, rejected 1\n"
    assert rows(database, "SELECT line, reason, length(value) < 1100000 FROM log.rejected") == [(2, "too_large", True)]


def test_of_a_packed_file_that_is_torn_what_was_read_is_loaded(vjt: Vjt, tmp_path: Path, database: str) -> None:
    file = tmp_path / "torn.jsonl.gz"
    packed = gzip.compress(events(*(report(n) for n in range(5000))), compresslevel=1)
    file.write_bytes(packed[: len(packed) // 2])
    done = vjt("load", file)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert 0 < len(stored(database)) < 5000
    file.write_bytes(packed)
    assert vjt("load", file).returncode == 0
    assert len(stored(database)) == 5000


def test_a_file_that_is_not_there_is_a_wrong_call_and_nothing_is_loaded(vjt: Vjt, good: Path, database: str) -> None:
    done = vjt("load", good, good.with_name("missing.jsonl"))
    assert done.returncode == 2
    assert "missing.jsonl: no such file" in done.stderr
    assert stored(database) == []


def test_a_load_that_is_killed_is_taken_up_by_loading_again(vjt: Vjt, tmp_path: Path, database: str) -> None:
    everything = [report(n) for n in range(7000)]
    command = [sys.executable, "-m", "vjt.main", "load", "-"]
    process = subprocess.Popen(command, env=os.environ | {"VJT_DATABASE_URL": database}, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(events(*everything[:5000]))
    process.stdin.flush()
    while len(stored(database)) < 2000:
        assert process.poll() is None
    process.kill()
    process.wait()
    process.stdin.close()
    file = tmp_path / "all.jsonl"
    file.write_bytes(events(*everything))
    assert vjt("load", file).returncode == 0
    assert stored(database) == [event["id"] for event in everything]


def test_a_server_that_cannot_be_reached_is_said_so(good: Path) -> None:
    done = run("postgresql://vjt@127.0.0.1:1/vjt", "load", good)
    assert done.returncode == 3
    assert "PostgreSQL cannot be reached" in done.stderr
    assert "refused" in done.stderr


def test_a_database_that_is_not_migrated_is_said_so(postgres: str, good: Path) -> None:
    done = run(postgres, "load", good)
    assert done.returncode == 3
    assert "vjt migrate" in done.stderr


@pytest.fixture
def rejected(vjt: Vjt, tmp_path: Path) -> list[dict[str, Any]]:
    """Two rejections, as they are listed."""
    file = tmp_path / "bad.jsonl"
    file.write_bytes(events(report(1, offence_group=7), b"\x1b[31m\xff"))
    vjt("load", file)
    listed: list[dict[str, Any]] = json.loads(vjt("rejected", "list", "--each", "--format", "json").stdout)
    return listed


def test_rejections_are_listed_the_latest_first(rejected: list[dict[str, Any]], tmp_path: Path) -> None:
    places = [f"{tmp_path}/bad.jsonl:2", f"{tmp_path}/bad.jsonl:1"]
    assert [row["place"] for row in rejected] == places
    assert [row["reason"] for row in rejected] == ["not_json", "invalid_data"]


def test_a_rejection_is_shown_with_bytes_that_do_nothing_to_a_terminal(
    vjt: Vjt, rejected: list[dict[str, Any]]
) -> None:
    shown = vjt("rejected", "show", rejected[0]["id"])
    assert "\\x1b[31m\\xff" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert vjt("rejected", "show", 999).returncode == 2


def test_a_replay_says_what_is_still_wrong(vjt: Vjt, rejected: list[dict[str, Any]]) -> None:
    done = vjt("rejected", "replay", "--all")
    assert (done.returncode, done.stdout) == (1, "replayed 0, rejected again 2\n")
    assert "invalid_data at /data/offence_group" in done.stderr


def test_a_rejection_is_discarded_with_who_and_why(vjt: Vjt, rejected: list[dict[str, Any]], database: str) -> None:
    id = rejected[0]["id"]
    assert vjt("rejected", "discard", id).returncode == 2
    assert vjt("rejected", "discard", id, "--by", "jo", "--why", "a test of theirs").returncode == 0
    given = "SELECT state, settled_by, settled_why FROM log.rejected WHERE id = %s"
    assert rows(database, given, id) == [("discarded", "jo", "a test of theirs")]
    assert vjt("rejected", "replay", id).returncode == 2
    assert len(json.loads(vjt("rejected", "list", "--each", "--format", "json").stdout)) == 1
    assert len(json.loads(vjt("rejected", "list", "--each", "--all", "--format", "json").stdout)) == 2

"""Rows, printed in three ways."""

import csv
import datetime as dt
import io
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from vjt.rows import Format, show, spelled

ROWS: list[dict[str, Any]] = [
    {
        "stage": "pre_charge",
        "entered": 12,
        "rate": 0.4567,
        "period": dt.date(2021, 5, 1),
        "reasons": ["delay", "health"],
    },
    {"stage": "trial, crown", "entered": 3456, "rate": None, "period": dt.date(2021, 6, 1), "reasons": []},
]


def test_json_is_one_array_of_objects(capsys: pytest.CaptureFixture[str]) -> None:
    show([*ROWS, {"exact": Decimal("1.5"), "on": True}], Format.JSON, None)

    assert json.loads(capsys.readouterr().out) == [
        {"stage": "pre_charge", "entered": 12, "rate": 0.4567, "period": "2021-05-01", "reasons": ["delay", "health"]},
        {"stage": "trial, crown", "entered": 3456, "rate": None, "period": "2021-06-01", "reasons": []},
        {"exact": 1.5, "on": True},
    ]


def test_csv_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, Format.CSV, None)

    assert list(csv.reader(io.StringIO(capsys.readouterr().out, newline=""))) == [
        ["stage", "entered", "rate", "period", "reasons"],
        ["pre_charge", "12", "0.4567", "2021-05-01", "delay health"],
        ["trial, crown", "3456", "", "2021-06-01", ""],
    ]


def test_a_table_has_numbers_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    show(ROWS, Format.TABLE, None)

    assert capsys.readouterr().out.splitlines() == [
        "stage         entered   rate  period      reasons",
        "------------  -------  -----  ----------  ------------",
        "pre_charge         12  0.457  2021-05-01  delay health",
        "trial, crown     3456      -  2021-06-01",
    ]


@pytest.mark.parametrize(
    ("format", "printed"), [(Format.JSON, "[]\n"), (Format.CSV, "a,b\r\n"), (Format.TABLE, "(no rows)\n")]
)
def test_no_rows_are_said_too(format: Format, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    show([], format, None, ["a", "b"])

    assert capsys.readouterr().out == printed


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.csv"
    out.write_text("what was there")

    show(ROWS[:1], Format.CSV, out, ["stage", "entered"])

    assert out.read_bytes() == b"stage,entered\r\npre_charge,12\r\n"
    assert list(tmp_path.iterdir()) == [out]
    assert capsys.readouterr().out == ""


def test_csv_keeps_commas_quotes_and_ends_of_line_and_objects_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    value = 'a, "b"\nc'
    show(
        [{"text": value, "list": [{"outcome": "convicted"}], "object": {"day": dt.date(2021, 5, 1)}}], Format.CSV, None
    )

    text, objects, object_ = list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))[1]
    assert text == value
    assert json.loads(objects) == [{"outcome": "convicted"}]
    assert json.loads(object_) == {"day": "2021-05-01"}


def test_a_row_of_a_table_is_one_line_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"text": "a\nb\x1b[2J"}], Format.TABLE, None)

    assert capsys.readouterr().out.splitlines()[2:] == ["a\\nb\\x1b[2J"]


@pytest.mark.parametrize("format", [Format.CSV, Format.JSON])
def test_rows_are_written_as_they_come(format: Format) -> None:
    taken = []

    def rows() -> Iterator[dict[str, int]]:
        for n in range(3):
            taken.append(n)
            yield {"n": n}

    pieces = spelled(rows(), format)
    while "1" not in next(pieces):
        pass
    assert taken == [0, 1]


def test_a_file_stays_as_it_was_if_the_rows_fail(tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    out.write_text("what was there")

    with pytest.raises(ZeroDivisionError):
        show(({"n": 1 // n} for n in (1, 0)), Format.JSON, out)

    assert out.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [out]


def test_what_is_no_file_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_text)
        show(ROWS[:1], Format.CSV, pipe, ["stage", "entered"])
        assert read.result(timeout=60) == "stage,entered\npre_charge,12\n"  # as text is read: ends of line are one
    assert pipe.is_fifo()

"""Rows for people and programs: `--format table|csv|json` and `--out FILE`, the same for every verb that prints rows."""

import contextlib
import csv
import datetime as dt
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Format(StrEnum):
    TABLE = "table"
    CSV = "csv"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Write to this file instead of standard output.")]


def show(rows: Iterable[Mapping[str, Any]], format: Format, out: Path | None, columns: Sequence[str] = ()) -> None:
    """Print rows. `columns` name them where there may be no row."""
    write(spelled(rows, format, columns), out)


def spelled(rows: Iterable[Mapping[str, Any]], format: Format, columns: Sequence[str] = ()) -> Iterator[str]:
    """Rows as text, piece by piece. Of csv and json no more than a row is in memory; a table must see them all first."""
    match format:
        case Format.JSON:
            return _spelled_json(rows)
        case Format.CSV:
            return _spelled_csv(rows, list(columns))
        case Format.TABLE:
            known = list(rows)
            return _table(list(columns) or (list(known[0]) if known else []), known)


def write(pieces: Iterable[str], out: Path | None) -> None:
    """Write to standard output, or to a file, which is there whole or not at all. A reader who closes the pipe has what it wanted:
    the rest is dropped. Raises OSError with the file's name."""
    if out is None:
        try:
            sys.stdout.writelines(pieces)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    beside = not out.exists() or out.is_file()  # what is no file (a pipe, a device) is written into
    part = Path(f"{out.resolve()}.part") if beside else out
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        if beside:
            part.replace(out.resolve())
    except BaseException as error:
        if beside:
            with contextlib.suppress(OSError):
                part.unlink()
        if isinstance(error, OSError) and error.filename == str(part):
            error.filename = str(out)
        raise


def _spelled_json(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One array, one object a line."""
    import orjson

    before = "[\n"
    for row in rows:
        yield before + orjson.dumps(dict(row), default=_json).decode()
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _spelled_csv(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")

    def line(cells: Iterable[str]) -> str:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(cells)
        return buffer.getvalue()

    if names:
        yield line(names)
    for row in rows:
        if not names:
            names = list(row)
            yield line(names)
        yield line(_cell(row.get(name)) for name in names)


def _json(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return json.dumps(value, default=_json, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return " ".join(_cell(item) for item in value)
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    return str(value)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
    return "-" if value is None else printable(_cell(value))


def printable(text: str) -> str:
    """Text that does nothing to a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _table(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Columns as wide as they need to be; numbers to the right. Wider than a terminal is the reader's choice of columns."""
    if not rows:
        yield "(no rows)\n"
        return
    cells = [[_shown(row.get(name)) for name in names] for row in rows]
    right = [
        all(isinstance(row.get(name), int | float | Decimal | None) or row[name] == "~" for row in rows)
        for name in names
    ]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(names)]
    for line in (list(names), ["-" * width for width in widths], *cells):
        padded = (c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True))
        yield "  ".join(padded).rstrip() + "\n"

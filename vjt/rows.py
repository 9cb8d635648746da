"""Rows for people and programs: `--format table|csv|json` and `--out FILE`, the same for every verb that prints rows."""

import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Mapping, Sequence
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


def show(rows: Sequence[Mapping[str, Any]], format: Format, out: Path | None, columns: Sequence[str] = ()) -> None:
    """Print rows. `columns` name them where there may be no row."""
    names = list(columns) or (list(rows[0]) if rows else [])
    match format:
        case Format.JSON:
            text = json.dumps([dict(row) for row in rows], default=_json, indent=1, ensure_ascii=False) + "\n"
        case Format.CSV:
            buffer = io.StringIO()
            writer = csv.writer(buffer, lineterminator="\r\n")
            writer.writerow(names)
            writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
            text = buffer.getvalue()
        case Format.TABLE:
            text = _table(names, rows)
    if out is None:
        sys.stdout.write(text)
    else:
        part = out.with_name(out.name + ".part")
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(out)


def _json(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return " ".join(_cell(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, default=_json, ensure_ascii=False)
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    return str(value)


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
    return "-" if value is None else _cell(value)


def _table(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """Columns as wide as they need to be; numbers to the right. Wider than a terminal is the reader's choice of columns."""
    if not rows:
        return "(no rows)\n"
    cells = [[_shown(row.get(name)) for name in names] for row in rows]
    right = [all(isinstance(row.get(name), int | float | Decimal | None) for row in rows) for name in names]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(names)]
    lines = [list(names), ["-" * width for width in widths], *cells]
    return "".join(
        "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True)).rstrip() + "\n"
        for line in lines
    )

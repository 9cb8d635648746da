"""Scored pairs of a linkage tool, as Splink writes them: `unique_id_l`, `unique_id_r`, and `match_weight` in bits or
`match_probability`, in a file of comma-separated values. Other columns are not looked at.

Each line says how sure it is that two UVIs are one person. A probability p is a weight of log2(p / (1 - p)) bits. What it leads to
is for the thresholds to say (docs/identity.md).
"""

import csv
import hashlib
import math
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.made import Made, Unreadable
from schemas.envelope import envelope

SOURCE = "/identity/linkage"
MOST = 100.0  # bits; what is beyond counts as that
PAIR = ("unique_id_l", "unique_id_r")
SCORES = ("match_weight", "match_probability")  # the first that there is

_UVI = re.compile(r"[A-Za-z0-9][A-Za-z0-9/:._-]{0,63}")


@dataclass(slots=True)
class Account:
    """What became of every line below the first: `read` = `made` + `again` + `themselves` + `blank`."""

    files: int = 0
    read: int = 0
    made: int = 0
    again: int = 0
    themselves: int = 0
    blank: int = 0

    def lines(self) -> list[str]:
        """For people."""
        return [
            f"linkage: read {self.read:,} lines = made {self.made:,} + the same again {self.again:,} + left out"
            f" {self.themselves + self.blank:,} (files: {self.files:,})",
            *([f"  left out {self.themselves:,}: a UVI beside itself"] if self.themselves else []),
            *([f"  left out {self.blank:,}: is blank"] if self.blank else []),
            f"events: {self.made:,}",
        ]


def events(paths: Iterable[Path], account: Account) -> Iterator[Made]:
    """An event a line. Its time is when the file was last written, its id is made of that and of what the line says: the same file,
    the same events. Raises Unreadable."""
    seen: set[str] = set()
    for path in paths:
        name = os.fsencode(path).decode("utf-8", "replace")
        if path.is_dir():
            raise Unreadable(f"{name}: expected a file of comma-separated values, not a folder")
        at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
        account.files += 1
        for number, row in _rows(name, path):
            account.read += 1
            if row is None:
                account.blank += 1
                continue
            pair, score = sorted(row[column].upper() for column in PAIR), _score(f"{name}:{number}", row)
            id = hashlib.blake2b("\n".join((*pair, str(score), str(at))).encode(), digest_size=16).hexdigest()
            if pair[0] == pair[1]:
                account.themselves += 1
            elif id in seen:
                account.again += 1
            else:
                seen.add(id)
                account.made += 1
                data: dict[str, Any] = {"uvi": row[PAIR[0]], "same_as": row[PAIR[1]], "method": "probabilistic"}
                yield Made(envelope("identity.linked.v1", SOURCE, id, at, data | {"score": score}), name, number)


def _rows(name: str, path: Path) -> Iterator[tuple[int, dict[str, str] | None]]:
    """Every line below the first with its number, by column; None: it is blank."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = csv.reader(stream, strict=True)
        try:
            header = next(lines, [])
            if any(header.count(column) != 1 for column in PAIR) or not any(header.count(c) == 1 for c in SCORES):
                raise Unreadable(
                    f"{name}:1: expected a line that names the columns {', '.join(PAIR)} and {' or '.join(SCORES)}"
                )
            for fields in lines:
                place = f"{name}:{lines.line_num}"
                if fields and len(fields) != len(header):
                    raise Unreadable(f"{place}: expected {len(header)} columns like the first line, not {len(fields)}")
                row = dict(zip(header, map(str.strip, fields), strict=False)) or None
                for column in PAIR:
                    if row and not _UVI.fullmatch(row[column]):
                        raise Unreadable(f"{place}: {column}: expected a UVI, up to 64 letters, digits and / : . _ -")
                yield lines.line_num, row
        except UnicodeDecodeError:
            raise Unreadable(f"{name}:{lines.line_num + 1}: expected text in UTF-8") from None
        except csv.Error:
            raise Unreadable(f"{name}:{lines.line_num}: expected lines of CSV, every quote closed") from None


def _score(place: str, row: dict[str, str]) -> float:
    """Bits, with a thousandth."""
    column = next(column for column in SCORES if column in row)
    try:
        number = float(row[column])
        if column == "match_probability":
            number = math.log2(number / (1 - number)) if 0 < number < 1 else {0.0: -math.inf, 1.0: math.inf}[number]
    except (ValueError, KeyError):
        number = math.nan
    if math.isnan(number):
        expected = "a number of bits" if column == "match_weight" else "a number from 0 to 1"
        raise Unreadable(f"{place}: {column}: expected {expected}")
    return round(max(-MOST, min(MOST, number)), 3)

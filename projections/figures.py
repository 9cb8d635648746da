"""The figures. Each is one SQL file in `metrics/`: how its counts are kept, how they come from journey rows, how they are read.

A file has these parts, each begun by a line `-- @<part>`:

- `@reads`: the columns of a journey row that its counts depend on;
- `@table`: the table of counts. Its last column is `n`, all others are the cell. It has no key of its own: an index of the cell's
  hash holds one row a cell;
- `@index`: columns of that table by which the view finds what is asked for, where it is large;
- `@counts`: a query from `rows` (journey rows with a `weight`) to cells and `n`. The same text serves in a step, where `rows` are
  the changed journeys as they were (-1) and as they are (+1), in a build, where they are all journeys (+1), and in the check
  that both agree;
- `@view`: the query behind `metrics.<figure>`, from the counts to what analysts read.

Rows whose n is 0 are ignored by the views and swept by a build. `offences` in a cell is the exact set of categories: what is
disjoint is stored, and the view adds.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from psycopg import Cursor, Error

from projections.rows import NAMES

FOLDER = Path(__file__).parent / "metrics"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of counts and the query that fills it."""

    name: str
    create: str
    counts: str
    index: str = ""  # columns

    @property
    def cell(self) -> list[str]:
        inside = self.create[self.create.index("(") + 1 : self.create.rindex(")")]
        return [line.split()[0] for line in inside.strip().splitlines()][:-1]

    @property
    def hash(self) -> str:
        return f"hash_record_extended(row({', '.join(self.cell)}), 0)"


@dataclass(frozen=True, slots=True)
class Figure:
    """One relation of schema `metrics`."""

    name: str
    reads: tuple[str, ...]
    tables: tuple[Table, ...]
    view: str
    comments: dict[str, str]  # of the columns, in their order; "" is the relation's own

    @property
    def shown(self) -> tuple[str, ...]:
        """The columns of its view."""
        return tuple(name for name in self.comments if name)

    @property
    def columns(self) -> tuple[int, ...]:
        """The numbers of the columns of a journey row that it reads."""
        return tuple(NAMES.index(name) for name in ("counted", *self.reads))


@cache
def figures() -> tuple[Figure, ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.sql")))


def behind(figure: Figure) -> list[Table]:
    """The tables of counts that its view reads: its own, or another figure's."""
    named = set(re.findall(r"\{build\}\.(\w+)", figure.view))
    return [table for f in figures() for table in f.tables if table.name in named]


def _read(path: Path) -> Figure:
    parts = re.split(r"^-- @(\w+) ?(.*)\n", path.read_text(), flags=re.M)
    found: list[tuple[str, str, str]] = [
        (parts[i], parts[i + 1].strip(), parts[i + 2].strip()) for i in range(1, len(parts), 3)
    ]
    named = {kind: (rest, text) for kind, rest, text in found}
    tables = []
    for kind, rest, text in found:
        if kind == "table":
            counts = next(t for k, r, t in found if k == "counts" and r == rest)
            index = next((r.removeprefix(rest) for k, r, _ in found if k == "index" and r.split()[0] == rest), "")
            tables.append(Table(rest, _statement(text), _statement(counts), index.strip()))
    comments = dict(re.findall(r"^-- (\w*): (.+)$", named["comments"][1], flags=re.M))
    return Figure(
        name=path.stem,
        reads=tuple(named["reads"][0].replace(",", " ").split()),
        tables=tuple(tables),
        view=_statement(named["view"][1]),
        comments={"" if name == "relation" else name: text for name, text in comments.items()},
    )


def _statement(text: str) -> str:
    """A part without its semicolon, and without remarks on the next part."""
    return re.split(r";$", text, maxsplit=1, flags=re.M)[0]


class SameHash(Exception):
    """Two cells of a table of counts have one hash: of a million cells once in forty million builds."""


@contextmanager
def _told(table: Table) -> Iterator[None]:
    """Which figure's query it is that fails."""
    try:
        yield
    except Error as error:
        error.add_note(f"figure {table.name}")
        raise


def fill(cur: Cursor[Any], table: Table, rows: str) -> None:
    """Make the counts of all journey rows, in an empty table, and then its indexes; what is asked for together lies together."""
    cell = ", ".join(table.cell)
    order = f"ORDER BY {table.index}" if table.index else ""
    with _told(table):
        cur.execute(
            f"""WITH rows AS NOT MATERIALIZED ({rows}), counts AS ({table.counts})
            INSERT INTO {table.name} ({cell}, n) SELECT {cell}, n FROM counts WHERE n <> 0 {order}"""
        )
        cur.execute(f"CREATE UNIQUE INDEX ON {table.name} ({table.hash})")
        if table.index:
            cur.execute(f"CREATE INDEX ON {table.name} ({table.index})")
        cur.execute(f"ANALYZE {table.name}")


def count(cur: Cursor[Any], table: Table, rows: str) -> int:
    """Add to the table what its query makes of `rows` (a query for journey rows with a weight). How many cells it touched.
    Raises SameHash."""
    with _told(table):
        cur.execute(_counting(table, rows))
    counted, written = cur.fetchone() or (0, 0)
    if counted != written:
        raise SameHash(table.name)
    return int(written)


@cache
def _counting(table: Table, rows: str) -> str:
    cell = ", ".join(table.cell)
    same = " AND ".join(f"old.{column} = excluded.{column}" for column in table.cell)
    return f"""WITH rows AS MATERIALIZED ({rows}), counts AS MATERIALIZED ({table.counts}), written AS (
        INSERT INTO {table.name} AS old ({cell}, n) SELECT {cell}, n FROM counts WHERE n <> 0
        ON CONFLICT ({table.hash}) DO UPDATE SET n = old.n + excluded.n WHERE {same} RETURNING 1)
        SELECT (SELECT count(*) FROM counts WHERE n <> 0), (SELECT count(*) FROM written)"""

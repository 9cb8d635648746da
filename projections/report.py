"""A figure as rows: `metrics.<name>`, or the same of another build, narrowed to what is asked."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row

from projections.figures import Figure, figures

ORDER = (
    "rule", "offence", "dimension", "value", "unit", "basis", "cohort", "stage", "interval", "field", "period", "day", "source",
    "code", "court", "region", "jurisdiction", "outcome", "outcome_code", "reason_code", "force", "reason", "band", "cps_area",
    "holder", "vulnerable", "wait_band",
)  # fmt: skip
LIVE = ("alert", "freshness")
READING_DATE = "metrics.reading_date()"
PORTION = 5_000  # rows that are fetched together


class NotAsked(ValueError):
    """The report that is asked for does not exist; the message says what does."""


def names(connection: Connection[Any]) -> list[str]:
    """Every figure that there is."""
    rows = connection.execute("SELECT viewname FROM pg_views WHERE schemaname = 'metrics' ORDER BY 1")
    return [row[0] for row in rows]


def figure(name: str, where: Collection[str]) -> Figure:
    """A figure that any build has, and which has these columns.

    Raises NotAsked, which costs less before a build than after it.
    """
    found = next((figure for figure in figures() if figure.name == name), None)
    if found is None:
        raise NotAsked(
            f"{name} is read live and is in no build: only --where goes with it"
            if name in LIVE
            else f"there is no figure {name}; there are: {', '.join(figure.name for figure in figures())}"
        )
    _check(name, found.shown, where)
    return found


def of_build(figure: Figure, day: dt.date | None = None) -> str:
    """The query of a figure in the build that unqualified names mean. Nothing is read on a later date than `day`."""
    query = figure.view.replace("{build}.", "")
    return query if day is None else query.replace(READING_DATE, f"least({READING_DATE}, date '{day}')")


def report(
    connection: Connection[Any], name: str, where: Mapping[str, Sequence[str]], query: str | None = None
) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The columns of a figure (the live one, or what `query` makes of it) and its rows in which every column of `where` has one of
    the values given for it. The rows come portion by portion, while the connection is open.

    Raises NotAsked for a figure or a column that there is not.
    """
    if query is None:
        there = names(connection)
        if name not in there:
            raise NotAsked(f"there is no figure {name}; there are: {', '.join(there)}")
        query = f"SELECT * FROM metrics.{name}"
    of = sql.SQL(f"({query}) AS figure")
    empty = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(of))
    known = [column.name for column in empty.description or []]
    _check(name, known, where)
    conditions = [
        sql.SQL("{}::text = ANY({})").format(sql.Identifier(c), sql.Literal(list(v))) for c, v in where.items()
    ]
    narrowed = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY {}").format(
        of,
        sql.SQL(" AND ").join([sql.SQL("true"), *conditions]),
        sql.SQL(", ").join(map(sql.Identifier, [c for c in ORDER if c in known] or known)),
    )
    return known, _rows(connection, narrowed)


def _check(name: str, known: Sequence[str], asked: Collection[str]) -> None:
    for column in asked:
        if column not in known:
            raise NotAsked(f"{name} has no column {column}; it has: {', '.join(known)}")


def _rows(connection: Connection[Any], query: sql.Composed) -> Iterator[dict[str, Any]]:
    with connection.cursor("report", row_factory=dict_row) as cur:
        cur.itersize = PORTION
        cur.execute(query)
        yield from cur

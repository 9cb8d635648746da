"""A figure as rows: `metrics.<name>`, narrowed to what is asked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import dict_row

ORDER = (
    "offence", "dimension", "value", "unit", "basis", "cohort", "stage", "interval", "field", "period", "day", "source", "code",
    "court", "region", "jurisdiction", "outcome", "outcome_code", "reason_code", "force", "reason", "band", "cps_area", "holder",
    "vulnerable", "wait_band",
)  # fmt: skip
PORTION = 5_000  # rows that are fetched together


class NotAsked(ValueError):
    """The report that is asked for does not exist; the message says what does."""


def names(connection: Connection[Any]) -> list[str]:
    """Every figure that there is."""
    rows = connection.execute("SELECT viewname FROM pg_views WHERE schemaname = 'metrics' ORDER BY 1")
    return [row[0] for row in rows]


def columns(connection: Connection[Any], name: str) -> list[str]:
    query = """SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
               WHERE c.relnamespace = 'metrics'::regnamespace AND c.relname = %s AND c.relkind = 'v' ORDER BY attnum"""
    return [row[0] for row in connection.execute(query, (name,))]


def report(
    connection: Connection[Any], name: str, where: Mapping[str, Sequence[str]]
) -> tuple[list[str], Iterator[dict[str, Any]]]:
    """The columns of a figure and its rows in which every column of `where` has one of the values given for it. The rows come
    portion by portion, while the connection is open.

    Raises NotAsked for a figure or a column that there is not.
    """
    known = columns(connection, name)
    if not known:
        raise NotAsked(f"there is no figure {name}; there are: {', '.join(names(connection))}")
    for column in where:
        if column not in known:
            raise NotAsked(f"{name} has no column {column}; it has: {', '.join(known)}")
    conditions = [
        sql.SQL("{}::text = ANY({})").format(sql.Identifier(c), sql.Literal(list(v))) for c, v in where.items()
    ]
    query = sql.SQL("SELECT * FROM metrics.{} WHERE {} ORDER BY {}").format(
        sql.Identifier(name),
        sql.SQL(" AND ").join([sql.SQL("true"), *conditions]),
        sql.SQL(", ").join(map(sql.Identifier, [c for c in ORDER if c in known] or known)),
    )
    return known, _rows(connection, query)


def _rows(connection: Connection[Any], query: sql.Composed) -> Iterator[dict[str, Any]]:
    with connection.cursor("report", row_factory=dict_row) as cur:
        cur.itersize = PORTION
        cur.execute(query)
        yield from cur

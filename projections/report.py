"""A figure as rows: `metrics.<name>`, narrowed to what is asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection, errors, sql
from psycopg.rows import dict_row


class NotAsked(ValueError):
    """The report that is asked for does not exist; the message says what does."""


def names(connection: Connection[Any]) -> list[str]:
    """Every figure that there is."""
    rows = connection.execute("SELECT viewname FROM pg_views WHERE schemaname = 'metrics' ORDER BY 1")
    return [row[0] for row in rows]


def columns(connection: Connection[Any], name: str) -> list[str]:
    query = """SELECT column_name FROM information_schema.columns
               WHERE table_schema = 'metrics' AND table_name = %s ORDER BY ordinal_position"""
    return [row[0] for row in connection.execute(query, (name,))]


def report(
    connection: Connection[Any], name: str, where: Mapping[str, Sequence[str]]
) -> tuple[list[str], list[dict[str, Any]]]:
    """The columns of a figure and its rows in which every column of `where` has one of the values given for it.

    Raises NotAsked for a figure, a column or a value that there cannot be.
    """
    known = columns(connection, name)
    if not known:
        raise NotAsked(f"there is no figure {name}; there are: {', '.join(names(connection)) or 'none yet'}")
    for column in where:
        if column not in known:
            raise NotAsked(f"{name} has no column {column}; it has: {', '.join(known)}")
    conditions = [
        sql.SQL("{}::text = ANY({})").format(sql.Identifier(c), sql.Literal(list(v))) for c, v in where.items()
    ]
    keys = [
        c
        for c in ("offence", "dimension", "value", "unit", "basis", "cohort", "stage", "interval", "period", "source")
        if c in known
    ]
    query = sql.SQL("SELECT * FROM metrics.{} WHERE {} ORDER BY {}").format(
        sql.Identifier(name),
        sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true"),
        sql.SQL(", ").join(map(sql.Identifier, keys)),
    )
    with connection.cursor(row_factory=dict_row) as cur:
        try:
            return known, cur.execute(query).fetchall()
        except errors.DataError as error:
            raise NotAsked(str(error).splitlines()[0]) from None

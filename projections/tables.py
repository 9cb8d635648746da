"""The tables of one build: schema `build_<n>`, and the views of `journeys` and `metrics` that are pointed at it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from psycopg import Connection, Cursor, errors, sql

from projections.figures import figures
from projections.rows import COLUMNS, table_sql
from schemas.places import COURTS
from schemas.trial_reasons import TRIAL_REASONS

HERE = Path(__file__).parent


def schema(n: int) -> str:
    return f"build_{n}"


def enter(cur: Cursor[Any], n: int, *, local: bool) -> None:
    """Make the unqualified names of every query mean the tables of this build, for the transaction or for the session."""
    cur.execute(f"SET {'LOCAL' if local else 'SESSION'} search_path TO {schema(n)}, pg_catalog")


def create(connection: Connection[Any], n: int) -> None:
    with connection.transaction(), connection.cursor() as cur:
        cur.execute(f"CREATE SCHEMA {schema(n)}")
        enter(cur, n, local=True)
        execute(cur, (HERE / "schema" / "index.sql").read_text())
        execute(cur, (HERE / "schema" / "functions.sql").read_text())
        with cur.copy("COPY court_region FROM STDIN") as out:
            for code, court in COURTS.items():
                out.write_row((code, court.region))
        with cur.copy("COPY trial_reason FROM STDIN") as out:
            for key, reason in TRIAL_REASONS.items():
                out.write_row((*key, *reason))
        execute(cur, table_sql())
        for figure in figures():
            for table in figure.tables:
                execute(cur, table.create)


def keys(connection: Connection[Any]) -> None:
    """The indexes, once the bulk of a build's index is in."""
    execute(connection, (HERE / "schema" / "index_keys.sql").read_text())


def drop(connection: Connection[Any], n: int) -> None:
    """Remove a build that is not live. A reader that still holds one of its tables is given two seconds."""
    with connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '2s'")
        connection.execute(f"DROP SCHEMA IF EXISTS {schema(n)} CASCADE")
        connection.execute("DELETE FROM projection.build WHERE n = %s AND NOT live", (n,))


def views() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every view as (name, query with {build} in it, comments by column; "" is the view's own)."""
    shown = [column for column in COLUMNS if column.shown]
    yield (
        "journeys.journey",
        "SELECT " + ", ".join(column.name for column in shown) + " FROM {build}.journey",
        {"": "One row a victim's journey, as the facts now stand."} | {c.name: c.comment for c in shown},
    )
    for path in sorted((HERE / "views").glob("*.sql")):
        _, query, comments = re.split(r"^-- @\w+\n", path.read_text(), flags=re.M)
        found = dict(re.findall(r"^-- (\w+): (.+)$", comments, flags=re.M))
        yield path.stem, query.strip(), {"" if name == "relation" else name: text for name, text in found.items()}
    for figure in figures():
        yield f"metrics.{figure.name}", figure.view, figure.comments


def point(cur: Cursor[Any], n: int) -> None:
    """Point the views at this build, in the caller's transaction. A reader sees the old tables or the new, never both."""
    for name, query, comments in sorted(views(), key=lambda view: (view[0] == "metrics.freshness", view[0])):
        text = query.replace("{build}", schema(n))
        try:
            with cur.connection.transaction():
                execute(cur, f"CREATE OR REPLACE VIEW {name} AS {text}")
        except errors.InvalidTableDefinition:  # other columns than before
            execute(cur, f"DROP VIEW {name} CASCADE; CREATE VIEW {name} AS {text}")
        for column, comment in comments.items():
            what = f"COLUMN {name}.{column}" if column else f"VIEW {name}"
            cur.execute(sql.SQL("COMMENT ON {} IS {}").format(sql.SQL(what), sql.Literal(comment)))


def execute(connection: Connection[Any] | Cursor[Any], text: str) -> None:
    """Run SQL of our own files, in which a percent sign is itself."""
    connection.execute(text)

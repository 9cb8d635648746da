"""The tables of one build: schema `build_<n>`, and the views of `journeys` and `metrics` that are pointed at it."""

import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor, errors, sql

from projections.figures import figures
from projections.rows import COLUMNS, table_sql
from schemas.places import COURTS
from schemas.trial_reasons import TRIAL_REASONS

HERE = Path(__file__).parent
PATIENCE = 0.7  # s for the locks of all views together

GRANTS = """
SELECT format('GRANT %%s ON %%s TO %%s', privilege_type, %(view)s::text,
              CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
FROM pg_class, aclexplode(relacl) WHERE oid = %(view)s::regclass AND grantee <> relowner
"""

LOOK_UP = """
SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'
"""


def schema(n: int) -> str:
    return f"build_{n}"


def enter(cur: Cursor[Any], n: int, *, local: bool) -> None:
    """Make the unqualified names of every query mean the tables of this build, for the transaction or for the session."""
    cur.execute(f"SET {'LOCAL' if local else 'SESSION'} search_path TO {schema(n)}, pg_catalog")


def look_up(cur: Cursor[Any]) -> None:
    """For the transaction: go by indexes, and sort in memory. Who asks for a few thousand rows of a log of millions must never pay
    for all of them, and with statistics that are old, or of a table that was empty, the planner reads them all."""
    cur.execute(LOOK_UP)


def ids(values: Iterable[int | UUID]) -> str:
    """An array of numbers or UUIDs as PostgreSQL reads it. psycopg would look at each for what needs quotes; a UUID as its hex
    digits alone takes a third of the time of its usual form."""
    return "{" + ",".join([f"{v.int:032x}" if isinstance(v, UUID) else str(v) for v in values]) + "}"


def create(connection: Connection[Any], n: int) -> None:
    with connection.transaction(), connection.cursor() as cur:
        cur.execute(f"CREATE SCHEMA {schema(n)}")
        cur.execute(
            f"COMMENT ON SCHEMA {schema(n)} IS 'Tables of one build, for the workers. Read journeys and metrics.'"
        )
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
    """Remove a build, unless it is live (or has just become so). Raises LockNotAvailable where a reader still holds one of its
    tables: sooner than PostgreSQL would look for a deadlock, so that it never is the reader who is broken off."""
    with connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '500ms'")
        if connection.execute("DELETE FROM projection.build WHERE n = %s AND NOT live", (n,)).rowcount:
            connection.execute(f"DROP SCHEMA IF EXISTS {schema(n)} CASCADE")


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
    """Point the views at this build, in the caller's transaction. A reader sees the old tables or the new, never both.

    Raises LockNotAvailable where readers hold a view. All waiting together is shorter than PostgreSQL's deadlock_timeout (1 s): a
    reader who has one view and waits for another, which we have, is never the one whom PostgreSQL breaks off.
    """
    cur.execute("SET LOCAL idle_in_transaction_session_timeout = '5s'")  # readers wait now: frozen here, we must let go
    until = time.monotonic() + PATIENCE
    found = sorted(views(), key=lambda view: (view[0] == "metrics.freshness", view[0]))
    for name, query, _ in found:
        cur.execute(f"SET LOCAL lock_timeout = {max(20, int(1_000 * (until - time.monotonic())))}")
        _replace(cur, name, query.replace("{build}", schema(n)))
    said = [
        sql.SQL("COMMENT ON {} IS {}").format(
            sql.SQL(f"COLUMN {name}.{column}" if column else f"VIEW {name}"), sql.Literal(comment)
        )
        for name, _, comments in found
        for column, comment in comments.items()
    ]
    cur.execute(sql.SQL("; ").join(said))  # at once: readers wait


def _replace(cur: Cursor[Any], name: str, query: str) -> None:
    try:
        with cur.connection.transaction():
            execute(cur, f"CREATE OR REPLACE VIEW {name} AS {query}")
    except errors.InvalidTableDefinition:  # other columns than before; who may read it still may
        grants = cur.execute(GRANTS, {"view": name}).fetchall()
        execute(cur, f"DROP VIEW {name} CASCADE; CREATE VIEW {name} AS {query}")
        for (grant,) in grants:
            execute(cur, grant)


def execute(connection: Connection[Any] | Cursor[Any], text: str) -> None:
    """Run SQL of our own files, in which a percent sign is itself."""
    connection.execute(text)

"""Recompute every table from the log and compare it with the live one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import Connection, IsolationLevel

from domain.setting import Rules
from projections.build import BUILDER, build
from projections.digest import digest
from projections.figures import figures
from projections.portions import Progress
from projections.rows import NAMES
from projections.step import NoBuild, OtherRules
from projections.tables import schema

BUCKETS = 4_096
SHOWN = 20  # differences shown of a table


@dataclass(slots=True)
class Compared:
    """One table: how many rows were compared, and the first differences as (row, live, recomputed)."""

    table: str
    cells: int = 0
    differences: list[tuple[str, str | None, str | None]] = field(default_factory=list)


def verify(dsn: str, rules: Rules, progress: Progress, processes: int | None = None) -> list[Compared]:
    """Build aside, bring it to the position of the live tables, compare. These are read in one snapshot.

    Raises NoBuild if nothing is live, OtherRules if other rules than this program's made it.
    """
    with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as live:
        live.execute("SET idle_in_transaction_session_timeout = '300s'")
        with build(dsn, _live(live, rules)[1], rules, progress, processes) as aside:
            aside.step(_live(live, rules)[1])
            with snapshot(live, rules) as (n, position):
                aside.step(position)
                return list(_compare(live, schema(n), aside.connection, schema(aside.n), progress))


def _live(connection: Connection[Any], rules: Rules) -> tuple[int, int]:
    found = connection.execute("SELECT n, position, digest FROM projection.build WHERE live").fetchone()
    if found is None:
        raise NoBuild
    if bytes(found[2]) != digest(rules):
        raise OtherRules
    return found[0], found[1]


@contextmanager
def snapshot(connection: Connection[Any], rules: Rules) -> Iterator[tuple[int, int]]:
    """One snapshot of the live build, which nobody sweeps while it lasts; its number and position."""
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    while True:
        n, _ = _live(connection, rules)
        connection.execute("SELECT pg_advisory_lock_shared(%s, %s)", (BUILDER, n))
        with connection.transaction():
            found = _live(connection, rules)
            if found[0] == n:
                yield found
                return
        connection.execute("SELECT pg_advisory_unlock_shared(%s, %s)", (BUILDER, n))  # another one was swapped in


def tables() -> Iterator[tuple[str, str, str, str]]:
    """Everything that is derived, as (table, key, value, condition): columns in SQL."""
    yield "journey", "journey_id", f"row({', '.join(NAMES)})", "true"
    yield "reference", "row(journey_id, scheme, value, method, since, until, by)", "score", "true"
    yield "fact", "position", "row(said_at, subject, named, occurred_at, live)", "true"
    yield "correction", "position", "row(event_key, corrects)", "true"
    yield "statement", "row(position, from_id, to_id)", "row(kind, makes, occurred_at, how)", "true"
    yield "edge", "row(from_id, to_id)", "row(kind, live, how)", "live OR how IS NOT NULL"
    yield "journey_key", "journey_id", "row(crime, person)", "live"
    yield "wide", "subject", "0", "true"
    yield "unled", "position", "0", "true"
    yield "broken", "journey_id", "error", "true"
    for figure in figures():
        for table in figure.tables:
            yield table.name, f"row({', '.join(table.cell)})", "n", "n <> 0"


def _compare(
    live: Connection[Any], live_schema: str, aside: Connection[Any], aside_schema: str, progress: Progress
) -> Iterator[Compared]:
    every = list(tables())
    for i, (name, key, value, condition) in enumerate(every):
        compared = Compared(name)
        buckets = f"""
            SELECT hashtextextended({key}::text, 0) & {BUCKETS - 1} AS bucket, count(*),
                   sum(hashtextextended({key}::text || ' ' || {value}::text, 0)::numeric)
            FROM {{}}.{name} WHERE {condition} GROUP BY 1"""
        ours = {row[0]: row[1:] for row in live.execute(buckets.format(live_schema))}
        theirs = {row[0]: row[1:] for row in aside.execute(buckets.format(aside_schema))}
        compared.cells = sum(row[0] for row in ours.values())
        differing = [b for b in ours.keys() | theirs.keys() if ours.get(b) != theirs.get(b)]
        if differing:
            rows = f"""
                SELECT {key}::text, {value}::text FROM {{}}.{name}
                WHERE {condition} AND hashtextextended({key}::text, 0) & {BUCKETS - 1} = ANY(%s)"""
            before = dict(live.execute(rows.format(live_schema), (differing,)).fetchall())
            after = dict(aside.execute(rows.format(aside_schema), (differing,)).fetchall())
            compared.differences = [
                (k, before.get(k), after.get(k))
                for k in sorted(before.keys() | after.keys())
                if before.get(k) != after.get(k)
            ]
        progress("compare", i + 1, len(every))
        yield compared

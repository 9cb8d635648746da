"""The peer: what COPY of the same rows into tables with the same indexes does."""

import time
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import Connection

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"

TABLES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = %s::regnamespace ORDER BY 2 DESC
"""


def copied(dsn: str, tables: Sequence[str], batch: int | None = None) -> float:
    """Seconds to copy the rows of tables into empty ones like them, binary, `batch` rows a transaction, or each table in one."""
    seconds = 0.0
    with psycopg.connect(dsn, autocommit=True) as connection:
        for table in tables:
            rows = _rows(connection, table)
            connection.execute(f"CREATE TABLE peer (LIKE {table} INCLUDING ALL)".encode())
            size = batch or len(rows) or 1
            began = time.perf_counter()
            for start in range(0, len(rows), size):
                with connection.cursor().copy("COPY peer FROM STDIN (FORMAT BINARY)") as into:
                    into.write(HEADER + b"".join(rows[start : start + size]) + END)
            seconds += time.perf_counter() - began
            connection.execute("DROP TABLE peer")
    return seconds


def _rows(connection: Connection[tuple[Any, ...]], table: str) -> list[bytes]:
    """The rows of a table as binary COPY spells them: PostgreSQL sends one a message."""
    with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT BINARY)".encode()) as out:
        rows = [bytes(row) for row in out]
    rows[0] = rows[0].removeprefix(HEADER)
    return [row for row in rows if row and row != END]


def sizes(dsn: str, schema: str) -> list[tuple[str, int, int]]:
    """Of each table: its name, rows, and bytes with indexes; the largest first."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return [
            (name, _number(connection, f"SELECT count(*) FROM {schema}.{name}"), int(size))
            for name, size in connection.execute(TABLES, (schema,)).fetchall()
        ]


def _number(connection: Connection[tuple[Any, ...]], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0

"""Create or upgrade the database: the SQL files of `migrations/`, each once, all or nothing."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import default_migration_table

FOLDER = Path(__file__).with_name("migrations")

LOCK = 7_460_002
"""Advisory lock of whoever migrates."""


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    """Everything on one connection and so in one transaction, opened by any connection string of libpq.

    The library runs each file on a connection of its own, and notes on another that it did: killed in between, it
    would run the file again. Its lock is a row, which stays when its owner is killed: ours is an advisory lock.
    """

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        database = conninfo_to_dict(dsn).get("dbname")
        super().__init__(
            DatabaseURI("postgresql+psycopg", None, None, None, None, database, {}), default_migration_table
        )

    def connect(self, dburi: DatabaseURI) -> psycopg.Connection[Any]:
        return psycopg.connect(self.dsn, autocommit=True)

    def copy(self) -> AbstractContextManager["_Backend"]:
        return nullcontext(self)

    def lock(self, timeout: float = 0) -> AbstractContextManager[None]:
        return nullcontext()


def migrate(dsn: str) -> list[str]:
    """Bring the database to the present shape; the names of the migrations that it took. Several may start at once."""
    with _Backend(dsn) as backend:
        backend.execute(f"SELECT pg_advisory_lock({LOCK})")
        backend.ensure_internal_schema_updated()
        missing = backend.to_apply(read_migrations(str(FOLDER)))
        with backend.transaction():
            backend.apply_migrations(missing)
        return [migration.id for migration in missing]

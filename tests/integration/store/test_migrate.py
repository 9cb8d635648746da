"""The database is made once, whoever starts and whatever is killed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from store.migrate import LOCK, migrate
from tests.conftest import named
from tests.integration.store.given import rows


@pytest.fixture
def empty(postgres: str) -> Iterator[str]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty")
        yield named(postgres, "empty")
        connection.execute("DROP DATABASE empty WITH (FORCE)")


def test_a_second_migration_does_nothing(empty: str) -> None:
    assert migrate(empty)[0] == "0001_log"
    assert migrate(empty) == []


def test_several_that_start_at_once_migrate_once(empty: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(migrate, [empty] * 4))
    assert sorted(map(bool, done)) == [False, False, False, True]


def test_a_migration_that_fails_leaves_nothing_and_can_be_done_again(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA metrics")  # in the way of the second migration
        with pytest.raises(psycopg.errors.DuplicateSchema):
            migrate(empty)
        assert rows(empty, "SELECT count(*) FROM pg_namespace WHERE nspname = 'log'") == [0]
        connection.execute("DROP SCHEMA metrics")
    assert migrate(empty)[0] == "0001_log"


def test_who_was_killed_while_migrating_leaves_no_lock(empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as killed:
        killed.execute(f"SELECT pg_advisory_lock({LOCK})")
    assert migrate(empty)


UNSAID = """
SELECT c.oid::regclass::text || coalesce('.' || a.attname, '')
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'log'::regnamespace AND c.relkind IN ('r', 'v')
  AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)
"""


def test_every_table_and_column_of_the_log_says_what_it_is(database: str) -> None:
    assert rows(database, UNSAID) == []

"""What goes out is sent at least once, the latest of each key, and nothing of a transaction that failed."""

from collections.abc import Iterator

import orjson
import psycopg
import pytest

from store import outbox
from store.outbox import Going


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


def put(connection: psycopg.Connection, *going: Going) -> None:
    outbox.put(connection.cursor(), "journeys.changes.v1", going)


def test_the_latest_of_a_key_replaces_what_was_not_sent(connection: psycopg.Connection) -> None:
    put(connection, Going("a", b'{"n":1}'), Going("b", b'{"n":1}'))
    put(connection, Going("a", b'{"n":2}'))
    assert [(m.key, m.body) for m in outbox.pending(connection.cursor())] == [("b", b'{"n":1}'), ("a", b'{"n":2}')]


def test_items_of_one_key_all_go_out(connection: psycopg.Connection) -> None:
    put(connection, Going("a", b'{"n":1}', "1"), Going("a", b'{"n":2}', "2"))
    assert [m.body for m in outbox.pending(connection.cursor())] == [b'{"n":1}', b'{"n":2}']


def test_a_message_carries_its_key_and_version(connection: psycopg.Connection) -> None:
    put(connection, Going("a", b'{"n":1}'))
    (message,) = outbox.pending(connection.cursor())
    assert orjson.loads(message.value) == {"key": "a", "version": message.version, "n": 1}


def test_what_was_sent_goes_and_what_was_replaced_meanwhile_stays(connection: psycopg.Connection) -> None:
    put(connection, Going("a", b"{}"), Going("b", b"{}"))
    messages = outbox.pending(connection.cursor())
    put(connection, Going("a", b'{"n":2}'))
    outbox.sent(connection.cursor(), messages)
    assert [(m.key, m.body) for m in outbox.pending(connection.cursor())] == [("a", b'{"n":2}')]


def test_versions_rise_also_after_a_row_was_sent(connection: psycopg.Connection) -> None:
    versions = []
    for _ in range(3):
        put(connection, Going("a", b"{}"))
        put(connection, Going("a", b"{}"))
        (message,) = outbox.pending(connection.cursor())
        versions.append(message.version)
        outbox.sent(connection.cursor(), [message])
    assert versions == sorted(set(versions))


def test_the_relay_waits_for_no_writer(connection: psycopg.Connection, database: str) -> None:
    put(connection, Going("a", b"{}"), Going("b", b"{}"))
    messages = outbox.pending(connection.cursor())
    with psycopg.connect(database) as writer:
        put(writer, Going("a", b'{"n":2}'))
        connection.execute("SET lock_timeout = '1s'")
        outbox.sent(connection.cursor(), messages)
    assert [(m.key, m.body) for m in outbox.pending(connection.cursor())] == [("a", b'{"n":2}')]


def test_nothing_goes_out_of_a_transaction_that_failed(connection: psycopg.Connection) -> None:
    with connection.transaction(force_rollback=True):
        put(connection, Going("a", b"{}"))
        assert len(outbox.pending(connection.cursor())) == 1
    assert outbox.pending(connection.cursor()) == []

"""One row a cell of a table of counts, held by the cell's hash."""

from typing import Any

import psycopg
import pytest

from projections.figures import SameHash, Table, count, fill

CREATE = """CREATE TEMPORARY TABLE few (
    cell text NOT NULL,
    n integer NOT NULL
)"""


class OneHash(Table):
    @property
    def hash(self) -> str:
        return "hash_record_extended(row(left(cell, 0)), 0)"


def counted(connection: psycopg.Connection[Any]) -> dict[str, int]:
    return dict(connection.execute("SELECT cell, n FROM few").fetchall())


def test_a_cell_that_is_there_is_added_to_and_another_one_comes_beside_it(database: str) -> None:
    few = Table("few", CREATE, "SELECT * FROM rows")
    with psycopg.connect(database) as connection, connection.cursor() as cur:
        cur.execute(CREATE)
        fill(cur, few, "SELECT 'a' AS cell, 1 AS n")
        assert count(cur, few, "SELECT * FROM (VALUES ('a', 2), ('b', -1), ('c', 0)) AS v(cell, n)") == 2
        assert counted(connection) == {"a": 3, "b": -1}


def test_two_cells_of_one_hash_are_noticed_and_never_added(database: str) -> None:
    few = OneHash("few", CREATE, "SELECT * FROM rows")
    with psycopg.connect(database) as connection, connection.cursor() as cur:
        cur.execute(CREATE)
        fill(cur, few, "SELECT 'a' AS cell, 1 AS n")
        with pytest.raises(SameHash):
            count(cur, few, "SELECT 'b' AS cell, 1 AS n")
        assert counted(connection) == {"a": 1}

"""Links between persons that nobody has decided on: pairs on the work list, as the live build has them (docs/identity.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, Cursor
from psycopg.rows import dict_row

from projections import tables
from projections.step import NoBuild

UNDECIDED = """
WITH last AS (
    SELECT DISTINCT ON (from_id, to_id) from_id, to_id, makes, how, occurred_at
    FROM statement WHERE kind = 'same'
    ORDER BY from_id, to_id, occurred_at DESC, source COLLATE "C" DESC, event_id COLLATE "C" DESC
)
SELECT a.value AS uvi, b.value AS same_as, (l.how ->> 'score')::float8 AS score, l.how ->> 'method' AS method,
       l.how ->> 'by' AS by, l.occurred_at AS since,
       EXISTS (SELECT FROM edge e WHERE (e.from_id, e.to_id) = (l.from_id, l.to_id) AND e.live) AS linked, l.from_id, l.to_id
FROM last l JOIN subject a ON a.id = l.from_id JOIN subject b ON b.id = l.to_id
WHERE l.makes IS NULL
ORDER BY 3 DESC NULLS LAST, 1, 2
"""

JOURNEYS = """
WITH RECURSIVE cluster(id) AS (
    SELECT %s::uuid
    UNION
    SELECT o.id FROM cluster
    CROSS JOIN LATERAL (SELECT e.to_id FROM edge e WHERE e.from_id = cluster.id AND e.live AND e.kind = 'same'
                        UNION ALL SELECT e.from_id FROM edge e WHERE e.to_id = cluster.id AND e.live AND e.kind = 'same') AS o(id)
)
SELECT count(*)::integer AS journeys FROM cluster JOIN journey_key k ON k.person = cluster.id AND k.live
"""

REFUSED = """
SELECT a.value AS one, b.value AS other FROM edge e JOIN subject a ON a.id = e.from_id JOIN subject b ON b.id = e.to_id
WHERE e.kind = 'same' AND NOT e.live AND e.how IS NOT NULL AND e.how -> -1 ->> 'method' IS DISTINCT FROM 'probabilistic'
"""


@contextmanager
def live_build(connection: Connection[Any]) -> Iterator[Cursor[dict[str, Any]]]:
    """A transaction in which unqualified names mean the live build's tables. Raises NoBuild."""
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cur:
        found = cur.execute("SELECT n FROM projection.build WHERE live").fetchone()
        if found is None:
            raise NoBuild
        tables.enter(cur, found["n"], local=True)
        yield cur


def undecided(cur: Cursor[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each pair of which the last statement decides nothing, with how many journeys each of the two has; the surest first."""
    found = cur.execute(UNDECIDED).fetchall()
    for row in found:
        for name, end in (("journeys", "from_id"), ("same_as_journeys", "to_id")):
            row[name] = (cur.execute(JOURNEYS, (row.pop(end),)).fetchone() or {})["journeys"]
    return [{"pair": f"{row['uvi']}+{row['same_as']}"} | row for row in found]


def refused(cur: Cursor[dict[str, Any]]) -> set[frozenset[str]]:
    """Pairs of UVIs of which somebody said last that they are two."""
    cur.execute(REFUSED)
    return {frozenset((row["one"], row["other"])) for row in cur}

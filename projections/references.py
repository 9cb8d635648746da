"""The references that lead to each journey, in a table of their own: a journey is found at once by any agency's number."""

from typing import Any

from psycopg import Cursor

from projections.rows import NAMES

READS = tuple(map(NAMES.index, ("journey_id", "reference_rows")))

SPREAD = """
INSERT INTO reference
SELECT j.journey_id, r.scheme, r.value, r.method, r.since, r.until, r.score, r.by
FROM {rows} AS j
CROSS JOIN LATERAL jsonb_to_recordset(j.reference_rows) AS r(
    scheme text, value text, method text, since date, until date, score float8, by text)
WHERE {condition}
"""

KEYS = """
CREATE INDEX ON reference (journey_id);
CREATE INDEX ON reference (value);
CREATE INDEX ON reference (substr(value, strpos(value, '/') + 1)) WHERE scheme IN ('crime', 'victim');
ANALYZE reference
"""

GONE = """
DELETE FROM reference r USING changed c WHERE r.journey_id = c.journey_id AND c.weight = -1 AND {condition}
"""


def fill(cur: Cursor[Any]) -> None:
    """Those of all journeys, into an empty table, and then its indexes."""
    cur.execute(SPREAD.format(rows="journey", condition="true"))
    cur.execute(KEYS)


def move(cur: Cursor[Any], condition: str) -> None:
    """Of the changed journeys for which the condition holds, those that were, and then those that are."""
    cur.execute(GONE.format(condition=condition))
    cur.execute(SPREAD.format(rows="changed", condition=f"j.weight = 1 AND {condition}"))

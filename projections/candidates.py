"""Whose journeys a change of the index concerns.

One journey too many costs time; one too few is wrong for ever. So the walk back goes over live and broken edges, and what it
finds is widened to whole crimes: a rule of the fold may look at the other victims of a crime, never at those of another one
(but for the make-up of a case, and there an edge changed and every journey of the case is found).
A subject that leads to more than `TOO_WIDE` journeys is not followed (contract 2.4): placeholder numbers do this.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Cursor

from projections.index import Changed
from projections.tables import ids
from schemas.reference import Reference, derived_uvi, subject_id

TOO_WIDE = 5_000

DOWN = """
WITH RECURSIVE down(id) AS (
    SELECT unnest(%s::uuid[])
    UNION
    SELECT e.to_id FROM down JOIN edge e ON e.from_id = down.id WHERE e.kind = 'leads'
)
SELECT id FROM down
"""

CRIMES = """
WITH RECURSIVE up(id) AS (
    SELECT r FROM unnest(%(roots)s::uuid[]) AS r WHERE NOT EXISTS (SELECT FROM wide w WHERE w.subject = r)
    UNION
    SELECT e.from_id FROM up JOIN edge e ON e.to_id = up.id
    WHERE e.kind = 'leads' AND NOT EXISTS (SELECT FROM wide w WHERE w.subject = e.from_id)
)
SELECT DISTINCT k.crime FROM up JOIN journey_key k ON k.crime = up.id
"""

NAMED = """
WITH RECURSIVE up(id, scheme, value) AS (
    SELECT * FROM unnest(%(roots)s::uuid[], %(schemes)s::text[], %(values)s::text[]) AS t(r)
    WHERE NOT EXISTS (SELECT FROM wide w WHERE w.subject = r)
    UNION
    SELECT e.from_id, up.scheme, up.value FROM up JOIN edge e ON e.to_id = up.id
    WHERE e.kind = 'leads' AND NOT EXISTS (SELECT FROM wide w WHERE w.subject = e.from_id)
)
SELECT DISTINCT up.scheme, up.value, k.force, k.crime, k.person FROM up JOIN journey_key k ON k.crime = up.id
"""

WIDTH = """
WITH RECURSIVE up(id) AS (
    SELECT %s::uuid
    UNION
    SELECT e.from_id FROM up JOIN edge e ON e.to_id = up.id WHERE e.live AND e.kind = 'leads'
)
SELECT count(*) FROM (SELECT FROM up JOIN journey_key k ON k.crime = up.id WHERE k.live LIMIT %s) AS led
"""

SHARED = """
WITH RECURSIVE up(root, id) AS (
    SELECT s, s FROM unnest(%s::uuid[]) AS s
    UNION
    SELECT up.root, e.from_id FROM up JOIN edge e ON e.to_id = up.id
    WHERE e.live AND e.kind = 'leads' AND NOT EXISTS (SELECT FROM wide w WHERE w.subject = up.id)
)
SELECT up.root FROM up JOIN journey_key k ON k.crime = up.id WHERE k.live GROUP BY up.root HAVING count(*) > %s
"""

PERSONS = """
WITH RECURSIVE cluster(id) AS (
    SELECT unnest(%s::uuid[])
    UNION
    SELECT o.id FROM cluster
    CROSS JOIN LATERAL (SELECT e.to_id FROM edge e WHERE e.from_id = cluster.id AND e.kind = 'same'
                        UNION ALL SELECT e.from_id FROM edge e WHERE e.to_id = cluster.id AND e.kind = 'same') AS o(id)
)
SELECT id FROM cluster
"""

CLUSTERS = """
WITH RECURSIVE cluster(root, id) AS (
    SELECT p, p FROM unnest(%s::uuid[]) AS p
    UNION
    SELECT cluster.root, o.id FROM cluster
    CROSS JOIN LATERAL (SELECT e.to_id FROM edge e WHERE e.from_id = cluster.id AND e.kind = 'same'
                        UNION ALL SELECT e.from_id FROM edge e WHERE e.to_id = cluster.id AND e.kind = 'same') AS o(id)
)
SELECT root, id FROM cluster
"""


@dataclass(slots=True)
class Candidates:
    """The journeys to fold again, and the facts whose being led to may have changed."""

    journeys: set[UUID]
    led: set[int]  # positions of facts


def candidates(cur: Cursor[Any], changed: Changed) -> Candidates:
    """Find them, and keep the list of subjects that are too wide."""
    below: set[UUID] = set()
    newly: list[UUID] = []
    if changed.ends:
        below = _ids(cur, DOWN, (ids(changed.ends),))
        newly = _widths(cur, below, changed.broke)
    persons = set(changed.persons) | _persons_among(cur, changed.subjects)
    cluster = _ids(cur, PERSONS, (ids(persons),)) if persons else set()
    crimes = _ids(cur, CRIMES, {"roots": ids(below | changed.subjects)})
    crimes |= _crimes_of_named(cur, changed.named)
    if cluster:
        crimes |= _ids(cur, "SELECT DISTINCT crime FROM journey_key WHERE person = ANY(%s)", (ids(cluster),))
    naming: set[int] = set()
    if changed.persons:
        around = _ids(cur, DOWN, (ids(crimes),))
        naming = _naming_somebody(cur, around)
        crimes |= _ids(cur, CRIMES, {"roots": ids(around)})  # whoever there has one of these facts still has it
    cur.execute("SELECT journey_id, person FROM journey_key WHERE crime = ANY(%s)", (ids(crimes),))
    rows = cur.fetchall()
    journeys = {row[0] for row in rows}
    told = _told_alone(cur, {row[1] for row in rows} | cluster)
    if told:
        journeys |= _ids(cur, "SELECT journey_id FROM journey_key WHERE person = ANY(%s)", (ids(told),))
    led = set(changed.facts) | _facts(cur, below | told) | naming
    if newly:
        cur.execute("INSERT INTO wide SELECT unnest(%s::uuid[]) ON CONFLICT DO NOTHING", (newly,))
    return Candidates(journeys, led)


def shared(cur: Cursor[Any], subjects: set[UUID], journeys: int) -> set[UUID]:
    """Of these subjects those that more than so many journeys lead to, but for what is not followed."""
    return _ids(cur, SHARED, (ids(subjects), journeys))


def _crimes_of_named(cur: Cursor[Any], named: set[tuple[UUID, str, str]]) -> set[UUID]:
    """The crimes of those named at subjects: of any journey there of one of their persons, by whichever number."""
    if not named:
        return set()
    roots, schemes, values = zip(*named, strict=True)
    cur.execute(NAMED, {"roots": ids(roots), "schemes": list(schemes), "values": list(values)})
    there: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    journeys = cur.fetchall()
    for scheme, value, force, _, _ in journeys:
        there[scheme, value].add(_person(force, scheme, value))
    cur.execute(CLUSTERS, (ids(set().union(*there.values())),))
    tied = set(cur.fetchall())
    return {
        crime for scheme, value, _, crime, person in journeys if any((p, person) in tied for p in there[scheme, value])
    }


def _person(force: str, scheme: str, value: str) -> UUID:
    """Whom a fact names, where its number, if its force is not said, is of this force."""
    if scheme == "victim":
        force, _, value = value.partition("/")
    uvi = value if scheme == "person" else derived_uvi(force, value)
    return subject_id(Reference("person", uvi))


def _ids(cur: Cursor[Any], query: str, parameters: Any) -> set[UUID]:
    return {row[0] for row in cur.execute(query, parameters).fetchall()}


def _widths(cur: Cursor[Any], below: set[UUID], broke: bool) -> list[UUID]:
    """Take off the list what is no longer too wide; return what has become so (listed after the walk, which must still find
    the journeys that it led to)."""
    wide = _ids(cur, "SELECT subject FROM wide WHERE subject = ANY(%s)", (ids(below),))
    if broke:
        for subject in wide:
            if _width(cur, subject) <= TOO_WIDE:
                cur.execute("DELETE FROM wide WHERE subject = %s", (subject,))
    crimes = _ids(cur, CRIMES, {"roots": ids(below - wide)})
    (reached,) = cur.execute("SELECT count(*) FROM journey_key WHERE crime = ANY(%s)", (ids(crimes),)).fetchone() or (
        0,
    )
    return [s for s in below - wide if _width(cur, s) > TOO_WIDE] if reached > TOO_WIDE else []


def _width(cur: Cursor[Any], subject: UUID) -> int:
    row = cur.execute(WIDTH, (subject, TOO_WIDE + 1)).fetchone()
    return row[0] if row else 0


def _persons_among(cur: Cursor[Any], subjects: set[UUID]) -> set[UUID]:
    return _ids(cur, "SELECT id FROM subject WHERE scheme = 'person' AND id = ANY(%s)", (ids(subjects),))


def _told_alone(cur: Cursor[Any], persons: set[UUID]) -> set[UUID]:
    """Of these persons' clusters, those with a fact about a person alone: which journey it belongs to depends on when the
    others of that person began and ended (contract 4, People)."""
    cluster = _ids(cur, PERSONS, (ids(persons),)) if persons else set()
    alone = _ids(cur, "SELECT DISTINCT subject FROM fact WHERE subject = ANY(%s)", (ids(cluster),))
    return _ids(cur, PERSONS, (ids(alone),)) if alone else set()


def _facts(cur: Cursor[Any], subjects: set[UUID]) -> set[int]:
    query = """SELECT f.position FROM fact f WHERE f.subject = ANY(%s)
               AND NOT EXISTS (SELECT FROM wide w WHERE w.subject = f.subject)"""
    return {row[0] for row in cur.execute(query, (ids(subjects),)).fetchall()}


def _naming_somebody(cur: Cursor[Any], subjects: set[UUID]) -> set[int]:
    query = "SELECT position FROM fact WHERE subject = ANY(%s) AND named IS NOT NULL"
    return {row[0] for row in cur.execute(query, (ids(subjects),)).fetchall()}

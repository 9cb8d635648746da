"""Read from the index and the log what is needed to fold some journeys: their neighbourhood, by live edges only."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import Connection

from domain.fact import Fact
from domain.identity import Tie
from domain.neighbourhood import JourneyKey, Neighbourhood
from domain.setting import Rules
from projections.tables import ids
from schemas.reference import Reference
from store.log import decode

KEPT = 10_000  # facts, each of some 3 kB

SUBJECTS = """
WITH RECURSIVE down(id) AS (
    SELECT DISTINCT crime FROM journey_key WHERE journey_id = ANY(%s::uuid[])
    UNION
    SELECT e.to_id FROM down JOIN edge e ON e.from_id = down.id
    WHERE e.live AND e.kind = 'leads' AND NOT EXISTS (SELECT FROM wide w WHERE w.subject = e.to_id)
)
SELECT s.id, s.scheme, s.value FROM down JOIN subject s USING (id)
"""

EDGES = """
SELECT e.from_id, e.to_id FROM edge e WHERE e.live AND e.kind = 'leads' AND e.to_id = ANY(%s::uuid[])
"""

KEYS = """
SELECT journey_id, person, force, crime_reference, victim_reference
FROM journey_key WHERE live AND (crime = ANY(%s::uuid[]) OR person = ANY(%s::uuid[]))
"""

CLUSTER = """
WITH RECURSIVE cluster(id) AS (
    SELECT unnest(%s::uuid[])
    UNION
    SELECT o.id FROM cluster
    CROSS JOIN LATERAL (SELECT e.to_id FROM edge e WHERE e.from_id = cluster.id AND e.live AND e.kind = 'same'
                        UNION ALL SELECT e.from_id FROM edge e WHERE e.to_id = cluster.id AND e.live AND e.kind = 'same') AS o(id)
)
SELECT id FROM cluster
"""

TIES = """
SELECT from_id, to_id, how FROM edge
WHERE kind = 'same' AND how IS NOT NULL AND (from_id = ANY(%(persons)s::uuid[]) OR to_id = ANY(%(persons)s::uuid[]))
"""

TOLD = """
SELECT e.from_id, e.to_id, e.how FROM journey_key k JOIN edge e ON e.from_id = k.crime
WHERE k.journey_id = ANY(%s::uuid[]) AND e.kind = 'leads' AND e.how IS NOT NULL GROUP BY 1, 2, 3
"""

VERSIONS = "SELECT position, said_at, live, anomaly, xmin FROM fact WHERE subject = ANY(%s::uuid[])"

FACTS = """
SELECT f.position, f.said_at, f.live, f.anomaly, f.xmin, f.subject, f.named_scheme, f.named, f.source, f.event_id, f.type,
       f.occurred_at, f.precise, e.topic, e.state, e.known_at, o.topic, o.state, o.known_at
FROM fact f
JOIN log.stored_events e ON e.notification_id = f.said_at
LEFT JOIN log.stored_events o ON o.notification_id = CASE WHEN f.said_at <> f.position THEN f.position END
WHERE f.position = ANY(%s::bigint[])
"""

_kept: WeakKeyDictionary[Connection[Any], dict[tuple[Any, ...], Fact]] = WeakKeyDictionary()


def neighbourhood(connection: Connection[Any], wanted: Collection[UUID], rules: Rules) -> Neighbourhood:
    """All that the fold of the `wanted` journeys may look at."""
    own = {
        id_: Reference(scheme, value) for id_, scheme, value in connection.execute(SUBJECTS, (ids(wanted),)).fetchall()
    }
    edges = connection.execute(EDGES, (ids(own),)).fetchall()
    around = {a for a, _ in edges} - set(own)
    references = own | _references(connection, around)
    persons = [
        row[0]
        for row in connection.execute(
            "SELECT DISTINCT person FROM journey_key WHERE journey_id = ANY(%s)", (ids(wanted),)
        ).fetchall()
    ]
    cluster = _cluster(connection, persons)
    crimes = [id_ for id_, reference in references.items() if reference.scheme == "crime"]
    keys = connection.execute(KEYS, (ids(crimes), ids(cluster))).fetchall()
    more = {row[1] for row in keys} - cluster
    around_them = cluster | _cluster(connection, more) if more else cluster
    ties = connection.execute(TIES, {"persons": ids(around_them)}).fetchall()
    told = connection.execute(TOLD, (ids(wanted),)).fetchall()
    named = cluster.union(*(row[:2] for row in (*ties, *told)))
    references |= _references(connection, named - set(references))
    return Neighbourhood(
        journeys=[JourneyKey(*row[:1], *row[2:]) for row in keys],
        facts=_facts(connection, [*own, *cluster], references),
        leads=[(references[a], references[b]) for a, b in edges],
        same=[Tie(references[a].value, references[b].value, said) for a, b, said in ties],
        told=[(references[a], references[b], said) for a, b, said in told],
        rules=rules,
    )


def _references(connection: Connection[Any], subjects: Collection[UUID]) -> dict[UUID, Reference]:
    if not subjects:
        return {}
    rows = connection.execute(
        "SELECT id, scheme, value FROM subject WHERE id = ANY(%s::uuid[])", (ids(subjects),)
    ).fetchall()
    return {id_: Reference(scheme, value) for id_, scheme, value in rows}


def _cluster(connection: Connection[Any], persons: Collection[UUID]) -> set[UUID]:
    """These persons and all that live ties hold together with them."""
    return {row[0] for row in connection.execute(CLUSTER, (ids(persons),)).fetchall()}


def _facts(connection: Connection[Any], subjects: Collection[UUID], references: dict[UUID, Reference]) -> list[Fact]:
    """Of a crime with thousands of facts almost all are those of the step before: they are kept. The log does not change, so a row
    of one position, by the same amendment, that stands or not, says the same; in one that was emptied another transaction wrote
    it."""
    kept = _kept.setdefault(connection, {})
    versions = connection.execute(VERSIONS, (ids(subjects),), binary=True).fetchall()
    if new := [version[0] for version in versions if version not in kept]:
        for row in connection.execute(FACTS, (ids(new),), binary=True):
            kept[row[:5]] = _fact(references[row[5]], *row[:4], *row[6:])
    facts = [kept[version] for version in versions]
    if len(kept) > KEPT:
        kept.clear()
    return facts


def _fact(
    subject: Reference,
    position: int,
    said_at: int,
    live: bool,
    anomaly: str | None,
    scheme: str | None,
    value: str | None,
    source: str,
    id_: str,
    type_: str,
    occurred: datetime,
    precise: str,
    *logged: Any,
) -> Fact:
    """A row of FACTS."""
    record = decode(said_at, *logged[:3])
    amended = said_at != position
    return Fact(
        position=position,
        source=source,
        id=id_,
        type=type_,
        occurred=occurred,
        recorded=decode(position, *logged[3:]).recorded if amended else record.recorded,
        known=record.known_at,
        precision=precise,
        subject=subject,
        named=Reference(scheme, value) if scheme and value is not None else None,
        data=record.data["data"] if amended else record.data,
        voided=not live,
        amended=amended,
        anomaly=anomaly,
    )

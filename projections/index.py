"""The index: each event in its effective form, the statements that it makes, and what leads to what.

An event is never edited. What counts is its *effective form* (contract 2.5): as last amended, unless voided. The index holds
that form's address (`fact.said_at` is the position whose data stand), the statements about what leads to what (`makes` is null
where one decides nothing), and for each pair whether the last that decides makes or breaks it. Edges that broke are kept, marked,
since a walk for candidates must find the journeys that have just lost a fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.types.json import Jsonb

from domain.correction import Stated, effective
from domain.identity import decides, how_made
from domain.setting import Rules
from projections.tables import ids
from schemas.about import about
from schemas.reference import Reference, derived_uvi, event_key, journey_id, subject_id
from schemas.types import TYPES
from store.log import Record, decode

REPORT = "police.crime-reported."
CORRECTIONS = tuple(type for type in TYPES if type.startswith("correction."))

FACT = "position, said_at, subject, named_scheme, named, type, source, event_id, event_key, occurred_at, precise, live, anomaly"
STATEMENT = "position, from_id, to_id, kind, makes, occurred_at, source, event_id, how"
KEY = "journey_id, crime, person, force, crime_reference, victim_reference"

ROOTS = """
WITH RECURSIVE up(key) AS (
    SELECT unnest(%(keys)s::uuid[])
    UNION
    SELECT c.corrects FROM up JOIN correction c ON c.event_key = up.key
)
SELECT up.key, e.notification_id, e.topic, e.state, e.known_at
FROM up JOIN log.stored_events e ON e.event_key = up.key
WHERE e.notification_id <= %(upto)s AND NOT EXISTS (SELECT FROM correction c WHERE c.event_key = up.key)
"""

TREE = """
WITH RECURSIVE down(root, key) AS (
    SELECT k, k FROM unnest(%(keys)s::uuid[]) AS k
    UNION
    SELECT down.root, c.event_key FROM down JOIN correction c ON c.corrects = down.key
)
SELECT down.root, e.notification_id, e.topic, e.state, e.known_at
FROM down JOIN correction c ON c.event_key = down.key JOIN log.stored_events e ON e.notification_id = c.position
"""

LAST_STATEMENTS = """
SELECT from_id, to_id, min(kind) AS kind, (array_agg(makes ORDER BY n DESC))[1] AS live,
       jsonb_agg(coalesce(how, '{{}}') || jsonb_build_object('makes', makes, 'at', extract(epoch FROM occurred_at)) ORDER BY n)
           FILTER (WHERE noted) AS how
FROM (SELECT s.*, row_number() OVER said AS n, lag(s.makes) OVER said AS makes_before, lag(s.how) OVER said AS how_before,
             bool_or(s.how IS NOT NULL OR NOT s.makes) OVER (PARTITION BY s.from_id, s.to_id) AS noted
      FROM {statements} WHERE s.makes IS NOT NULL
      WINDOW said AS (PARTITION BY s.from_id, s.to_id ORDER BY s.occurred_at, s.source COLLATE "C", s.event_id COLLATE "C")) AS s
WHERE n = 1 OR (makes, how) IS DISTINCT FROM (makes_before, how_before)
GROUP BY from_id, to_id
"""
"""What was last said of each pair by a statement that decides, and the history, but for repeats, where there is more to tell than
that one led to the other."""

EDGES = f"INSERT INTO edge (from_id, to_id, kind, live, how) {LAST_STATEMENTS.format(statements='statement s')}"

SAID_NOW = f"""
INSERT INTO edge AS old (from_id, to_id, kind, live, how)
{
    LAST_STATEMENTS.format(
        statements="unnest(%(from)s::uuid[], %(to)s::uuid[]) AS p(from_id, to_id) JOIN statement s USING (from_id, to_id)"
    )
}
ON CONFLICT (from_id, to_id) DO UPDATE SET live = excluded.live, how = excluded.how
WHERE (old.live, old.how) IS DISTINCT FROM (excluded.live, excluded.how)
RETURNING from_id, to_id, kind, live
"""

UNSAID = """
UPDATE edge SET live = false, how = NULL
FROM unnest(%(from)s::uuid[], %(to)s::uuid[]) AS p(from_id, to_id)
WHERE (edge.from_id, edge.to_id) = (p.from_id, p.to_id) AND (edge.live OR edge.how IS NOT NULL)
  AND NOT EXISTS (SELECT FROM statement s WHERE (s.from_id, s.to_id) = (p.from_id, p.to_id) AND s.makes IS NOT NULL)
RETURNING edge.from_id, edge.to_id, edge.kind, edge.live
"""

KEYS = f"""
INSERT INTO journey_key AS old ({KEY}, live)
SELECT *, true FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (journey_id) DO UPDATE SET live = true WHERE NOT old.live
RETURNING crime
"""

LOST_KEYS = """
UPDATE journey_key k SET live = false
WHERE k.live AND k.crime = ANY(%s) AND NOT EXISTS (
    SELECT FROM fact f WHERE f.subject = k.crime AND f.live AND f.type LIKE 'police.crime-reported.%%'
       AND f.named = k.force || '/' || k.victim_reference)
RETURNING k.crime
"""


@dataclass(slots=True)
class Said:
    """The index rows of one event in its effective form."""

    fact: tuple[Any, ...]
    statements: list[tuple[Any, ...]]
    references: list[tuple[UUID, str, str]]
    key: tuple[Any, ...] | None


@dataclass(slots=True)
class Changed:
    """What a step changed in the index: where a walk for the journeys concerned begins."""

    facts: set[int] = field(default_factory=set)  # positions
    subjects: set[UUID] = field(default_factory=set)  # a fact about everybody there changed
    named: set[tuple[UUID, str, str]] = field(default_factory=set)  # a fact about one victim there changed
    ends: set[UUID] = field(default_factory=set)  # an edge into it, or a journey of this crime, changed
    persons: set[UUID] = field(default_factory=set)  # a tie between persons, or a fact about a person alone, changed
    broke: bool = False  # an edge or a journey went away


def is_correction(record: Record) -> bool:
    return record.type in CORRECTIONS


def corrects(record: Record) -> UUID:
    """The key of the event that this correction names (it may not be known yet)."""
    target = record.data.get("voids") or record.data["amends"]
    return event_key(target["source"], target["id"])


def stated(record: Record) -> Stated:
    return Stated(
        position=record.position,
        source=record.source,
        id=record.id,
        type=record.type,
        occurred=record.occurred,
        recorded=record.recorded,
        precision=record.precision,
        data=record.data,
    )


def said(record: Record, key: UUID, rules: Rules, corrections: Sequence[Stated] = ()) -> Said:
    """The index rows of an event that is no correction, under the corrections in the tree below it. `key` is its event key."""
    data: Mapping[str, Any] = record.data
    by, live, anomaly, occurred, precision = record.position, True, None, record.occurred, record.precision
    if corrections:
        form = effective(stated(record), corrections)
        by, live, anomaly, data = form.by, not form.voided, form.anomaly, form.stated.data
        occurred, precision = form.stated.occurred, form.stated.precision
    what = about(record.type, record.source, data)
    subject = subject_id(what.subject)
    references = [(subject, *what.subject)]
    scheme, value = what.named or (None, None)
    fact = (
        record.position, by, subject, scheme, value, record.type, record.source, record.id, key, occurred, precision, live, anomaly,
    )  # fmt: skip
    statements: list[tuple[Any, ...]] = []
    report = None
    if live:
        for s in what.statements:
            ends = subject_id(s.from_), subject_id(s.to)
            references += [(ends[0], *s.from_), (ends[1], *s.to)]
            how = how_made(record.type, data)
            makes = decides(s.makes, how or {}, rules)
            noted = None if how is None else Jsonb(how)
            statements.append((record.position, *ends, s.kind, makes, occurred, record.source, record.id, noted))
        if record.type.startswith(REPORT):
            assert what.named is not None
            report = _key(subject, what.subject, what.named)
    return Said(fact, statements, references, report)


def _key(crime: UUID, subject: Reference, named: Reference) -> tuple[Any, ...]:
    force, _, reference = subject.value.partition("/")
    number = named.value.partition("/")[2]
    person = subject_id(Reference("person", derived_uvi(force, number)))
    return journey_id(force, reference, number), crime, person, force, reference, number


def apply(cur: Cursor[Any], records: Sequence[Record], upto: int, rules: Rules) -> Changed:
    """Write what these events, the next ones of the log up to `upto`, change in the index; say what changed."""
    new = {event_key(r.source, r.id): r for r in records}
    corrections = {key: r for key, r in new.items() if is_correction(r)}
    copy_corrections(cur, [(r.position, key, corrects(r)) for key, r in corrections.items()])
    cur.execute(
        "SELECT corrects FROM correction WHERE corrects = ANY(%s)", (ids(k for k in new if k not in corrections),)
    )
    asked = {row[0] for row in cur.fetchall()} | {corrects(r) for r in corrections.values()}
    originals: dict[UUID, Record] = {}
    trees: dict[UUID, list[Stated]] = {}
    if asked:
        cur.execute(ROOTS, {"keys": ids(asked), "upto": upto})
        originals = {key: decode(*row) for key, *row in cur}
        cur.execute(TREE, {"keys": ids(originals)})
        for root, *row in cur:
            trees.setdefault(root, []).append(stated(decode(*row)))
    rows = [said(r, key, rules) for key, r in new.items() if key not in corrections and key not in originals]
    rows += [said(r, key, rules, trees.get(key, ())) for key, r in originals.items()]
    return _replace(cur, rows, [r.position for r in originals.values()])


def _replace(cur: Cursor[Any], rows: list[Said], again: list[int]) -> Changed:
    changed = Changed()
    pairs: set[tuple[UUID, UUID]] = set()
    crimes: set[UUID] = set()
    if again:
        cur.execute(f"SELECT {FACT} FROM fact WHERE position = ANY(%s)", (again,))
        before = {row[0]: tuple(row) for row in cur.fetchall()}
        same = {r.fact[0] for r in rows if before.get(r.fact[0]) == r.fact}
        rows = [r for r in rows if r.fact[0] not in same]
        gone = [position for position in before if position not in same]
        for position in gone:
            _touch(changed, before[position])
        cur.execute("DELETE FROM statement WHERE position = ANY(%s) RETURNING from_id, to_id", (gone,))
        pairs.update((a, b) for a, b in cur)
        crimes.update(before[p][2] for p in gone if before[p][5].startswith(REPORT))
        cur.execute("DELETE FROM fact WHERE position = ANY(%s)", (gone,))
    for r in rows:
        _touch(changed, r.fact)
        pairs.update((s[1], s[2]) for s in r.statements)
    copy(cur, rows)
    if pairs:
        ends = {"from": ids(a for a, _ in pairs), "to": ids(b for _, b in pairs)}
        moved = cur.execute(SAID_NOW, ends).fetchall() + cur.execute(UNSAID, ends).fetchall()
        for from_id, to_id, kind, live in moved:
            if kind == "same":
                changed.persons.update((from_id, to_id))
            else:
                changed.ends.add(to_id)
                changed.broke |= not live
    changed.ends |= know(cur, rows)
    if crimes:
        cur.execute(LOST_KEYS, (ids(crimes),))
        lost = {row[0] for row in cur}
        changed.ends |= lost
        changed.broke |= bool(lost)
    return changed


def _touch(changed: Changed, fact: tuple[Any, ...]) -> None:
    position, _, subject, scheme, value = fact[:5]
    changed.facts.add(position)
    if scheme is None:
        changed.subjects.add(subject)
    else:
        changed.named.add((subject, scheme, value))


def copy(cur: Cursor[Any], rows: Iterable[Said]) -> None:
    """Write the rows of events that the index does not hold. Subjects that it knows already stay."""
    rows = list(rows)
    references = {reference[0]: reference for r in rows for reference in r.references}
    cur.execute(
        "INSERT INTO subject SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING",
        [[r[i] for r in references.values()] for i in range(3)],
    )
    with cur.copy(f"COPY fact ({FACT}) FROM STDIN") as out:
        for r in rows:
            out.write_row(r.fact)
    if any(r.statements for r in rows):
        with cur.copy(f"COPY statement ({STATEMENT}) FROM STDIN") as out:
            for r in rows:
                for s in r.statements:
                    out.write_row(s)


def copy_corrections(cur: Cursor[Any], rows: Sequence[tuple[int, UUID, UUID]]) -> None:
    """Write corrections, as (position, event key, key of the event that it names)."""
    if rows:
        with cur.copy("COPY correction (position, event_key, corrects) FROM STDIN") as out:
            for row in rows:
                out.write_row(row)


def know(cur: Cursor[Any], rows: Iterable[Said]) -> set[UUID]:
    """Write the journeys that these events report; return the crimes of those that were not known."""
    keys = list({r.key[0]: r.key for r in rows if r.key}.values())
    if not keys:
        return set()
    return {row[0] for row in cur.execute(KEYS, [list(column) for column in zip(*keys, strict=True)])}


def tree(key: UUID, corrections: Mapping[UUID, Sequence[Record]]) -> list[Stated]:
    """Every correction below an event: of it, of those, and so on; each once, cycles too."""
    found: dict[UUID, Stated] = {}
    below = [key]
    while below:
        for record in corrections.get(below.pop(), ()):
            own = event_key(record.source, record.id)
            if own not in found:
                found[own] = stated(record)
                below.append(own)
    return list(found.values())

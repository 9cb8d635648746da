"""One step: the next events of the log into a build, in one transaction (design: the Step, statement by statement)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from psycopg import Connection, Cursor

from domain.journey import Journey
from domain.setting import Rules
from projections import candidates, figures, fold, index, references, tables
from projections.digest import digest
from projections.rows import LONG, NAMES, PARTS, PLAIN, Row, numbers
from schemas.about import about
from schemas.reference import subject_id
from store.log import Record, read
from store.outbox import Going, put

BATCH = 5_000  # events a step: the more, the fewer journeys are folded twice; the longer the tables wait
NEARLY_LEVEL = 500  # events behind
MANY = 300  # journeys, which all change with one event
SHORT = 100  # characters: no more than that is written into each row that has it
CHANGES = "journeys.changes.v1"
TOLD = ("stage", "holder", "exit", "exit_at", "cancelled", "known_at")  # columns that a message on CHANGES carries

CHANGED = f"""
CREATE TEMPORARY TABLE changed (LIKE journey, weight smallint NOT NULL, figures bigint NOT NULL, said integer[]) WITH ({PLAIN})
ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE said_once (n integer PRIMARY KEY, value jsonb NOT NULL) WITH ({PLAIN}) ON COMMIT DELETE ROWS
"""
"""`said`: for each column of `LONG` which row of `said_once` has its value; null where it stands in the column itself."""

AS_THEY_WERE = """
INSERT INTO changed SELECT j.*, -1, c.figures, NULL
FROM unnest(%s::uuid[], %s::bigint[]) AS c(journey_id, figures) JOIN journey j USING (journey_id)
"""


class OtherRules(Exception):
    """The live build was made by other rules or settings than this program's: it must be built beside, never written into."""


class NoBuild(Exception):
    """There is no such build (yet)."""


@dataclass(slots=True)
class Step:
    """What a step did. `journeys`: those whose row changed; a row that is no more is in it too."""

    build: int
    position: int
    events: int
    folded: int = 0
    cells: int = 0
    journeys: set[UUID] = field(default_factory=set)


def step(
    connection: Connection[Any], rules: Rules, n: int | None = None, *, upto: int | None = None, limit: int = BATCH
) -> Step:
    """Take the live build (or build `n`) further by at most `limit` events, not beyond position `upto`.

    Raises NoBuild, OtherRules. Everything is undone together if anything fails.
    """
    with connection.transaction(), connection.cursor() as cur:
        return forward(cur, rules, n, upto=upto, limit=limit)


def forward(cur: Cursor[Any], rules: Rules, n: int | None, *, upto: int | None, limit: int) -> Step:
    """The step inside the caller's transaction. The build's row is the fence: whoever writes has it locked."""
    which = "live" if n is None else "n = %(n)s"
    found = cur.execute(
        f"SELECT n, position, digest FROM projection.build WHERE {which} FOR UPDATE", {"n": n}
    ).fetchone()
    if found is None:
        raise NoBuild
    build, position, made_by = found
    if bytes(made_by) != digest(rules):
        raise OtherRules
    tables.enter(cur, build, local=True)
    tables.look_up(cur)
    records = _together(cur, read(cur, after=position, upto=upto, limit=limit))
    done = Step(build, position, len(records))
    if not records:
        return done
    done.position = records[-1].position
    changed = index.apply(cur, records, done.position, rules)
    concerned = candidates.candidates(cur, changed)
    folded = fold.Folded(cur.connection, concerned.journeys, rules)
    done.folded = len(concerned.journeys)
    led = concerned.led | _of_broken(cur, concerned.journeys, folded)
    _write(cur, folded, concerned.journeys, done)
    _led(cur, led, folded.taken)
    if n is None:
        put(cur, CHANGES, [_message(id_, folded.journeys.get(id_), done.position) for id_ in done.journeys])
    cur.execute("UPDATE projection.build SET position = %s WHERE n = %s", (done.position, build))
    return done


def _together(cur: Cursor[Any], records: list[Record]) -> list[Record]:
    """The first of them that are taken in one step. What concerns a thousand journeys takes a second: while the log is nearly
    level it is taken alone, so that nothing that came before waits for it. Several apart take as long as one if they are taken
    at once: with them, as far behind, that costs least."""
    if not 1 < len(records) < NEARLY_LEVEL:
        return records
    touched = [_touched(record) for record in records]
    shared = candidates.shared(cur, set().union(*touched), MANY)
    wide = [n for n, subjects in enumerate(touched) if subjects & shared]
    if wide and wide[-1] - wide[0] < len(wide):  # one, or some in a row
        return records[: wide[0]] or records[: len(wide)]
    return records


def _touched(record: Record) -> set[UUID]:
    """The subjects about which an event says something that is everybody's there, or which it ties to others."""
    if index.is_correction(record):
        return set()
    what = about(record.type, record.source, record.data)
    ends = {end for said in what.statements for end in (said.from_, said.to)}
    return {subject_id(subject) for subject in ends | ({what.subject} if what.named is None else set())}


def _message(id_: UUID, journey: Journey | None, position: int) -> Going:
    """What a consumer is told of a journey that changed: that it did, where it stands, up to where the log was read."""
    body = {"gone": True} if journey is None else {name: getattr(journey, name) for name in TOLD}
    return Going(str(id_), orjson.dumps({"journey_id": str(id_), "position": position} | body))


def _write(cur: Cursor[Any], folded: fold.Folded, wanted: set[UUID], done: Step) -> None:
    """Old rows -1, new rows +1 through each figure of which they differ; then the rows themselves, and their references."""
    every = (4 << len(figures.figures())) - 1
    cur.execute("SELECT journey_id, parts FROM journey WHERE journey_id = ANY(%s)", (tables.ids(wanted),))
    before = dict(cur.fetchall())
    masks = dict.fromkeys(before.keys() - folded.journeys.keys(), every)
    rows = folded.rows()
    for row in rows:
        old = before.get(row.journey_id)
        if old is None:
            masks[row.journey_id] = every
        elif old[-1] != row.parts[-1]:
            seen = enumerate(zip(old[:-1], row.parts[:-1], strict=True))
            masks[row.journey_id] = sum(1 << i for i, (a, b) in seen if a != b)
    fold.note_broken(cur, wanted, folded.broken)
    done.journeys = set(masks)
    if not masks:
        return
    if cur.execute("SELECT to_regclass('pg_temp.changed')").fetchone() == (None,):
        cur.execute(CHANGED)
    cur.execute("DELETE FROM changed; DELETE FROM said_once")  # a swap takes several steps in one transaction
    cur.execute(AS_THEY_WERE, (tables.ids(masks), tables.ids(masks.values())))
    _copy(cur, [row for row in rows if row.journey_id in masks], masks)
    names = (*NAMES, PARTS)
    cur.execute("DELETE FROM journey WHERE journey_id = ANY(%s)", (tables.ids(masks),))
    cur.execute(f"INSERT INTO journey ({', '.join(names)}) SELECT {_values(names)} FROM changed WHERE weight = 1")
    for i, figure in enumerate(figures.figures()):
        if any(mask >> i & 1 for mask in masks.values()):
            # A thousand journeys of one case are much alike: to a figure those with the same part are one, of more weight.
            alike = f"""SELECT {_values(figure.reads)}, alike.weight FROM changed JOIN (
                    SELECT min(ctid) AS one, sum(weight) AS weight FROM changed WHERE counted AND figures & {1 << i} <> 0
                    GROUP BY {PARTS}[{i + 1}] HAVING sum(weight) <> 0
                ) AS alike ON changed.ctid = alike.one"""
            for table in figure.tables:
                done.cells += figures.count(cur, table, alike)
    references.move(cur, f"figures & {1 << len(figures.figures())} <> 0")


def _copy(cur: Cursor[Any], rows: list[Row], masks: dict[UUID, int]) -> None:
    """The rows as they are into `changed`. What is long and several rows have goes there once: of a thousand victims of a case it
    is almost all, and PostgreSQL takes longer to read it than we to write it."""
    uses = Counter(text for row in rows for i in LONG if len(text := row.fields[i]) > SHORT)
    once = {text: n for n, text in enumerate(text for text, used in uses.items() if used > 1)}
    with cur.copy("COPY said_once FROM STDIN") as out:
        out.write("".join([f"{n}\t{text}\n" for text, n in once.items()]))
    lines = []
    for row in rows:
        fields = list(row.fields)
        said = []
        for i in LONG:
            n = once.get(fields[i])
            said.append("NULL" if n is None else str(n))
            if n is not None:
                fields[i] = "\\N"
        lines.append(
            "\t".join((*fields, numbers(row.parts), "1", str(masks[row.journey_id]), "{" + ",".join(said) + "}\n"))
        )
    with cur.copy(f"COPY changed ({', '.join((*NAMES, PARTS))}, weight, figures, said) FROM STDIN") as out:
        out.write("".join(lines))


def _values(names: Iterable[str]) -> str:
    """Columns of a row of `changed`, to be selected."""
    said = {NAMES[i]: n for n, i in enumerate(LONG, start=1)}
    value = "coalesce((SELECT value FROM said_once WHERE n = changed.said[{n}]), {name}) AS {name}"
    return ", ".join(value.format(n=said[name], name=name) if name in said else name for name in names)


def _of_broken(cur: Cursor[Any], wanted: set[UUID], folded: fold.Folded) -> set[int]:
    """The facts that a journey drew on which breaks now, or draws on which was broken. Before the rows are written."""
    found: set[int] = set()
    if cur.execute("SELECT FROM broken WHERE journey_id = ANY(%s) LIMIT 1", (tables.ids(wanted),)).rowcount:
        found |= folded.taken
    if folded.broken:
        lost = "SELECT unnest(positions) FROM journey WHERE journey_id = ANY(%(ids)s)"
        others = "SELECT unnest(positions) FROM journey WHERE NOT journey_id = ANY(%(ids)s)"
        found.update(row[0] for row in cur.execute(f"{lost} EXCEPT {others}", {"ids": tables.ids(folded.broken)}))
    return found


def _led(cur: Cursor[Any], positions: set[int], taken: set[int]) -> None:
    """Keep the list of live facts that no journey drew on."""
    cur.execute("DELETE FROM unled WHERE position = ANY(%s)", (tables.ids(positions),))
    cur.execute(
        "INSERT INTO unled SELECT position FROM fact WHERE position = ANY(%s) AND live ON CONFLICT DO NOTHING",
        (tables.ids(positions - taken),),
    )

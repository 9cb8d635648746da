"""Alerts as the journeys' rows and the clock make them.

`evaluate` moves the alerts of some journeys, `due` those that the clock moves, `reconcile` those of all journeys whose rows are not
the ones that were looked at. Each batch is one transaction. Broken off anywhere, each is simply called again; in whatever order
they are called, the same alerts stand.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from psycopg import Connection, Cursor, errors
from psycopg.rows import dict_row

from alerts import settle, tables
from alerts.conditions import conditions
from alerts.life import Brought
from alerts.rate import conditions_of_courts
from alerts.rules import Rules
from domain.calendar import london_day
from domain.neighbourhood import Broken
from projections.signals import PART, READS
from projections.tables import enter, ids, look_up

Result = TypeVar("Result")

BATCH = 1_000  # journeys, or alerts, a transaction

LIVE = """
SELECT n, position, EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = to_regclass(format('build_%s.journey', n)) AND attname = 'signals')
FROM projection.build WHERE live
"""

ROWS = f"SELECT {', '.join(READS)}, parts[{PART}] AS hash FROM journey WHERE journey_id = ANY(%s)"

SAME = f"SELECT journey_id FROM journey JOIN alerts.seen s USING (journey_id) WHERE journey_id = ANY(%s) AND s.hash = parts[{PART}]"

CONCERNED = "SELECT DISTINCT alert_id FROM alerts.condition WHERE journey_id = ANY(%s)"

SEEN = """
INSERT INTO alerts.seen AS old SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::text[])
ON CONFLICT (journey_id) DO UPDATE SET hash = excluded.hash, error = excluded.error
WHERE (old.hash, old.error) IS DISTINCT FROM (excluded.hash, excluded.error)
"""
UNSEEN = "DELETE FROM alerts.seen WHERE journey_id = ANY(%s)"

DUE = """
(SELECT alert_id FROM alerts.condition WHERE look_at <= %(now)s ORDER BY look_at LIMIT %(limit)s)
UNION (SELECT alert_id FROM alerts.alert WHERE state = 'snoozed' AND snoozed_until <= %(now)s LIMIT %(limit)s)
"""

# `key` is of a hearing and the date that it was listed for (projections/metrics/trial.sql)
TRIALS = """
SELECT nullif(min(court), 'missing'), nullif(min(jurisdiction), 'missing'), split_part(key, ' ', 2)::date, min(outcome)
FROM trial WHERE n > 0 GROUP BY key
"""
COURTS = "SELECT DISTINCT alert_id FROM alerts.condition WHERE journey_id IS NULL"
COURTS_OF = "SELECT FROM alerts.worker WHERE courts = %s"


class Live(NamedTuple):
    build: int
    position: int


def evaluate(connection: Connection[Any], journeys: Collection[UUID], rules: Rules, now: dt.datetime) -> int:
    """Look at these journeys' rows as they are, and move the alerts that they bring or no longer bring. How many steps alerts took.
    Without a live build there is nothing to do."""
    return sum(_evaluate(connection, batch, rules, now) for batch in batches(sorted(journeys)))


def due(connection: Connection[Any], rules: Rules, now: dt.datetime) -> int:
    """Move what the clock moves: what falls due, is too late, is told again, was put off until now. How many steps alerts took."""
    steps = 0
    if connection.execute(COURTS_OF, (london_day(now),)).fetchone() is None:
        steps += courts(connection, rules, now)
    found = BATCH
    while found >= BATCH:
        with connection.transaction(), connection.cursor() as cur:
            tables.lock(cur)
            look_up(cur)
            concerned = [row[0] for row in cur.execute(DUE, {"now": now, "limit": BATCH})]
            steps += settle.settle(cur, concerned, now, rules.digest_after)
            found = len(concerned)
    return steps


def courts(connection: Connection[Any], rules: Rules, now: dt.datetime) -> int:
    """Look at all trials as they are, and move the alerts of courts. How many steps these took."""
    today = london_day(now)

    def look(cur: Cursor[Any], live: Live) -> int:
        brought = [
            Brought(condition) for condition in conditions_of_courts(cur.execute(TRIALS).fetchall(), rules, today)
        ]
        concerned = {row[0] for row in cur.execute(COURTS)}
        steps = settle.replace(cur, concerned, _of_court, brought, now, rules.digest_after)
        cur.execute("UPDATE alerts.worker SET courts = %s WHERE courts IS DISTINCT FROM %s", (today, today))
        return steps

    return in_live(connection, look) or 0


def in_live(
    connection: Connection[Any], do: Callable[[Cursor[Any], Live], Result], *, writes: bool = True
) -> Result | None:
    """Do something with the tables of the live build, in a transaction; None: there are none with what the rules read. Who
    `writes` is the only one, and looks up journeys by their numbers."""
    while True:
        live = None
        try:
            with connection.transaction(), connection.cursor() as cur:
                if writes:
                    tables.lock(cur)
                    look_up(cur)
                n, position, there = cur.execute(LIVE).fetchone() or (0, 0, False)
                if not there:
                    return None
                live = Live(n, position)
                enter(cur, n, local=True)
                return do(cur, live)
        except errors.UndefinedTable:  # another build became the live one, and this one was dropped
            if (
                live is None
                or connection.execute("SELECT FROM projection.build WHERE n = %s", (live.build,)).fetchone() is not None
            ):
                raise


def batches(journeys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for i in range(0, len(journeys), BATCH):
        yield journeys[i : i + BATCH]


def _evaluate(connection: Connection[Any], batch: Collection[UUID], rules: Rules, now: dt.datetime) -> int:
    def look(cur: Cursor[Any], live: Live) -> int:
        looked_at = set(batch) - {row[0] for row in cur.execute(SAME, (ids(batch),))}  # of the rest somebody else has
        if not looked_at:
            return 0
        with cur.connection.cursor(row_factory=dict_row) as reader:
            rows = {row["journey_id"]: row for row in reader.execute(ROWS, (ids(looked_at),))}
        brought: list[Brought] = []
        failed: dict[UUID, str] = {}
        for journey_id, row in rows.items():
            try:
                brought += _brought(row, rules)
            except Exception as error:  # a defect of ours, which concerns this journey: its alerts stay as they are
                failed[journey_id] = Broken.by(error).error
        mine = looked_at - failed.keys()
        concerned = {row[0] for row in cur.execute(CONCERNED, (ids(mine),))}
        steps = settle.replace(cur, concerned, lambda one: one.journey_id in mine, brought, now, rules.digest_after)
        cur.execute(SEEN, (list(rows), [row["hash"] for row in rows.values()], [failed.get(id_) for id_ in rows]))
        cur.execute(UNSEEN, (ids(looked_at - rows.keys()),))
        return steps

    return in_live(connection, look) or 0


def _brought(row: Mapping[str, Any], rules: Rules) -> list[Brought]:
    return [Brought(condition, row["journey_id"], row["uvi"]) for condition in conditions(row, rules)]


def _of_court(one: Brought) -> bool:
    return one.journey_id is None

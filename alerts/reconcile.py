"""The alerts of all journeys made level with their rows, whatever was lost, and the digests of what was found late."""

import datetime as dt
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor

from alerts import evaluate, tables
from alerts.digest import digest
from alerts.evaluate import Live
from alerts.life import Alert
from alerts.rules import Rules
from alerts.telling import tell_digest
from projections.portions import Progress
from projections.signals import PART

PATIENCE = dt.timedelta(hours=1)
"""A digest waits so long for the tables to be level with the log: what a load of years brings is told once."""

OTHER_RULES = """
UPDATE alerts.worker SET rules = %(digest)s, build = NULL, position = NULL, courts = NULL WHERE rules IS DISTINCT FROM %(digest)s
"""
LOOK_AGAIN = "UPDATE alerts.seen SET hash = NULL"

COMPARED = "SELECT FROM alerts.worker WHERE build = %s AND position = %s"

DIFFERING = f"""
SELECT coalesce(j.journey_id, s.journey_id) FROM journey j FULL JOIN alerts.seen s USING (journey_id)
WHERE j.journey_id IS NULL OR s.hash IS NULL OR j.parts[{PART}] IS DISTINCT FROM s.hash
"""

LEVEL = "UPDATE alerts.worker SET build = %s, position = %s, level_at = %s"

WAITING = """
SELECT DISTINCT rule FROM alerts.alert WHERE digest AND digest_told_at IS NULL
GROUP BY rule HAVING min(moved_at) <= %(since)s OR %(since)s IS NULL ORDER BY rule
"""
OPEN = f"""
SELECT {", ".join(tables.ALERT)} FROM alerts.alert
WHERE rule = %s AND digest AND digest_told_at IS NULL AND state = 'open' ORDER BY due_at, alert_id
"""
TOLD = "UPDATE alerts.alert SET digest_told_at = %s WHERE rule = %s AND digest AND digest_told_at IS NULL"

BEHIND = "SELECT FROM log.stored_events WHERE notification_id > %s LIMIT 1"


def reconcile(connection: Connection[Any], rules: Rules, now: dt.datetime, progress: Progress) -> int:
    """Look at every journey whose row is not the one that was looked at: new, changed, gone; at all of them, if other rules than
    these made what is kept. How many; 0: every alert that should stand does.

    While the live build stays where it was it costs nothing; otherwise one reading of all journeys.
    """
    _under(connection, rules)
    found = evaluate.in_live(connection, _differing, writes=False)
    if found is None:
        return 0
    live, journeys = found
    if journeys is not None:
        done = 0
        for batch in evaluate.batches(journeys):
            evaluate.evaluate(connection, batch, rules, now)
            done += len(batch)
            progress("alerts", done, len(journeys))
        evaluate.courts(connection, rules, now)
    with connection.transaction(), connection.cursor() as cur:
        tables.lock(cur)
        cur.execute(LEVEL, (live.build, live.position, now))
        level = not journeys and cur.execute(BEHIND, (live.position,)).fetchone() is None
        _digests(cur, now, None if level else now - PATIENCE)
    return len(journeys or ())


def _under(connection: Connection[Any], rules: Rules) -> None:
    """If other rules made what is kept, it is all to be looked at again."""
    with connection.transaction(), connection.cursor() as cur:
        tables.lock(cur)
        if cur.execute(OTHER_RULES, {"digest": digest(rules)}).rowcount:
            cur.execute(LOOK_AGAIN)


def _differing(cur: Cursor[Any], live: Live) -> tuple[Live, list[UUID] | None]:
    """None: the build is where it was when they were last compared."""
    if cur.execute(COMPARED, live).fetchone() is not None:
        return live, None
    return live, [row[0] for row in cur.execute(DIFFERING)]


def _digests(cur: Cursor[Any], now: dt.datetime, since: dt.datetime | None) -> None:
    """Tell, once a rule, of what had fallen due long before it was found; if it waits `since` then. Of what is over already, or
    what somebody has taken up, nothing."""
    for (rule,) in cur.execute(WAITING, {"since": since}).fetchall():
        alerts = [Alert(*row) for row in cur.execute(OPEN, (rule,))]
        if alerts:
            tell_digest(cur, rule, alerts, now)
        cur.execute(TOLD, (now, rule))

"""A figure as it was known, or recorded, at a time: of a build aside of what there was then, by today's rules (design, idea 4)."""

import datetime as dt
from collections.abc import Collection
from typing import Any

import psycopg
from psycopg import Connection

from domain.calendar import LONDON
from domain.setting import Rules
from projections.build import Beside, Progress, build
from projections.figures import Table
from projections.report import NotAsked

STORED = "SELECT notification_id FROM log.stored_events WHERE known_at <= %s ORDER BY notification_id DESC LIMIT 1"


def aside(
    dsn: str,
    rules: Rules,
    progress: Progress,
    counted: Collection[Table],
    *,
    known: dt.datetime | None = None,
    recorded: dt.datetime | None = None,
) -> Beside:
    """A build, to be read and dropped, of what this system had stored by `known` and agencies had recorded by `recorded`."""
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        upto = position(connection, known) if known else None
    return build(dsn, upto, rules, progress, recorded=recorded, counted=counted)


def moment(text: str, now: dt.datetime | None = None) -> dt.datetime:
    """A time as it is given: of a date its end in London; a time without an offset is London's.

    Raises NotAsked, also for a day after today and a time after now.
    """
    now = now or dt.datetime.now(dt.UTC)
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        pass
    else:
        if date > day(now):
            raise NotAsked(f"{text} is still to come")
        return end(date)
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise NotAsked(f"{text}: expected a date, 2021-05-03, or a time, 2021-05-03T09:12:00Z") from None
    at = at if at.tzinfo else at.replace(tzinfo=LONDON)
    if at > now:
        raise NotAsked(f"{text} is still to come")
    return at


def end(day: dt.date) -> dt.datetime:
    """The last microsecond of a day in London; the log knows no shorter time."""
    return dt.datetime.combine(day, dt.time.max, LONDON)


def day(at: dt.datetime) -> dt.date:
    """The date on which what is open at a time is read."""
    return at.astimezone(LONDON).date()


def position(connection: Connection[Any], known: dt.datetime) -> int:
    """The last position of the log that was stored by a time; 0: nothing was. A later position never has an earlier time."""
    row = connection.execute(STORED, (known,)).fetchone()
    return int(row[0]) if row else 0

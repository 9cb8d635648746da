"""A figure as it was known, or recorded, at a time: of a build aside of what there was then, by today's rules (design, idea 4)."""

import datetime as dt
from collections.abc import Collection, Generator, Iterator
from typing import Any

import psycopg
from psycopg import Connection

from domain.calendar import LONDON
from domain.setting import Rules
from projections.build import Beside, Progress, build
from projections.figures import Table
from projections.report import NotAsked

FIRST = "SELECT min({}) FROM log.stored_events WHERE known_at <= %s"
RECORDED = "(convert_from(state, 'UTF8')::jsonb ->> 'recorded')::timestamptz"
STORED = "SELECT notification_id FROM log.stored_events WHERE known_at <= %s ORDER BY notification_id DESC LIMIT 1"


def aside(
    dsn: str,
    rules: Rules,
    progress: Progress,
    counted: Collection[Table] | None,
    *,
    known: dt.datetime | None = None,
    recorded: dt.datetime | None = None,
) -> Beside:
    """A build, to be read and dropped, of what this system had stored by `known` and agencies had recorded by `recorded`."""
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        upto = position(connection, known) if known else None
    return build(dsn, upto, rules, progress, recorded=recorded, counted=counted)


def revisions(
    dsn: str,
    rules: Rules,
    progress: Progress,
    counted: Collection[Table],
    *,
    known: dt.datetime | None = None,
    recorded: dt.datetime | None = None,
) -> Generator[tuple[dt.date, int], None, None]:
    """For each month from the first in which anything was known: the date of its end, and the number of a build of what was known
    by then, which stands until the next is asked for. The last is of `known`, or now. One build, taken further month by month.

    With `recorded`, by month of recording until that: a build a month, since the order of the log is another.
    """
    until = known or end(day(dt.datetime.now(dt.UTC)))
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        row = connection.execute(FIRST.format(RECORDED if recorded else "known_at"), (until,)).fetchone()
    if row is None or row[0] is None:
        return
    ends = list(_month_ends(row[0], min(recorded or until, until)))
    if recorded:
        for at in ends:
            with aside(dsn, rules, progress, counted, known=known, recorded=at) as then:
                yield day(at), then.n
    elif ends:
        with aside(dsn, rules, progress, None, known=ends[0]) as then:
            for at in ends:
                then.step(position(then.connection, at))
                yield day(at), then.n


def _month_ends(first: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """The end of each month from that of `first` on, and last `until`."""
    month = day(first).replace(day=1)
    while first <= until:
        month = (month + dt.timedelta(31)).replace(day=1)
        at = end(month - dt.timedelta(1))
        yield min(at, until)
        if at >= until:
            return


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

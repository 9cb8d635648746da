"""A figure as it was known, or recorded, at a time: of a build aside of what there was then, by today's rules (design, idea 4)."""

import datetime as dt
from collections.abc import Collection, Generator
from typing import Any

import psycopg
from psycopg import Connection

from domain.calendar import LONDON, london_day
from domain.setting import Rules
from projections.build import Beside, build
from projections.figures import Table
from projections.portions import Progress
from projections.report import NotAsked
from store.log import RECORDED

HOURS = "SELECT DISTINCT date_trunc('hour', {}, 'UTC') FROM log.stored_events WHERE known_at <= %s"
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
    """For each month in which anything became known: the date of its end, and the number of a build of what was known by then. It
    stands until the next is asked for. The last is of `known`, or now. One build, taken further month by month.

    With `recorded`, by month of recording until that: a build a month, since the order of the log is another.
    """
    until = known or end(day(dt.datetime.now(dt.UTC)))
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        hours = connection.execute(HOURS.format(RECORDED if recorded else "known_at"), (until,)).fetchall()
    ends = _month_ends([hour for (hour,) in hours], min(recorded or until, until))
    if recorded:
        for at in ends:
            with aside(dsn, rules, _of(progress, at), counted, known=known, recorded=at) as then:
                yield day(at), then.n
    elif ends:
        with aside(dsn, rules, _of(progress, ends[0]), None, known=ends[0]) as then:
            for at in ends:
                then.progress = _of(progress, at)
                then.step(position(then.connection, at))
                yield day(at), then.n


def _of(progress: Progress, at: dt.datetime) -> Progress:
    """Progress that says of which date it is."""
    return lambda what, done, total: progress(f"{day(at)} {what}", done, total)


def _month_ends(hours: Collection[dt.datetime], until: dt.datetime) -> list[dt.datetime]:
    """The ends of the months that these hours are in, but for those that `until` cuts off; then `until`."""
    months = sorted({day(hour).replace(day=1) for hour in hours if hour <= until})
    next_months = [(month + dt.timedelta(31)).replace(day=1) for month in months]
    ends = [end(month - dt.timedelta(1)) for month in next_months]
    return [at for at in ends if at < until] + [until] * bool(months)


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
    return london_day(at.astimezone(dt.UTC))


def position(connection: Connection[Any], known: dt.datetime) -> int:
    """The last position of the log that was stored by a time; 0: nothing was. A later position never has an earlier time."""
    row = connection.execute(STORED, (known,)).fetchone()
    return int(row[0]) if row else 0

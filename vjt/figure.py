"""A figure made anew for `vjt report`: of the past, or by other dimensions than it keeps."""

import datetime as dt
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import psycopg
from psycopg import Connection

from projections import past, tables
from projections.by import dimensions, divided
from projections.figures import Figure, behind
from projections.report import NotAsked, figure, of_build, report
from projections.verify import snapshot
from store.memory import collect_rarely
from vjt.progress import Progress
from vjt.settings import Settings

Where = Mapping[str, Sequence[str]]


@contextmanager
def anew(
    name: str, where: Where, by: str | None, as_known: str | None, as_recorded: str | None, revisions: bool
) -> Iterator[tuple[list[str], Iterator[dict[str, Any]]]]:
    """The columns of a figure and its rows, while it lasts. `by`: dimensions, split by a comma; the two times as
    `projections.past.moment` reads them.

    Raises NotAsked before anything is built; NoBuild, OtherRules of the live tables.
    """
    asked = figure(name, where)
    split = dimensions(asked, by) if by is not None else ()
    if split and where.get("dimension", [by]) != [by]:
        raise NotAsked(f"--by {by} gives the rows of that dimension alone: leave --where dimension=… out")
    known = past.moment(as_known) if as_known is not None else None
    recorded = past.moment(as_recorded) if as_recorded is not None else None
    counted = () if split else behind(asked)
    settings = Settings()
    dsn, rules = settings.database_url(), settings.rules()
    collect_rarely()

    def revised() -> Generator[dict[str, Any], None, None]:
        when = "recorded" if recorded else "known"
        with Progress() as progress:
            months = past.revisions(dsn, rules, progress, counted, known=known, recorded=recorded)
            with closing(months):
                for day, n in months:
                    with psycopg.connect(dsn) as connection:
                        for row in _read(connection, asked, where, split, n, day):
                            yield {when: day} | row

    if revisions:
        with closing(revised()) as rows:
            yield ["recorded" if recorded else "known", *asked.shown], rows
        return
    with ExitStack() as stands:
        if known or recorded:
            day = min(past.day(at) for at in (known, recorded) if at)
            with Progress() as progress:
                beside = past.aside(dsn, rules, progress, counted, known=known, recorded=recorded)
                stands.enter_context(beside)
            connection = stands.enter_context(psycopg.connect(dsn))
            yield list(asked.shown), _read(connection, asked, where, split, beside.n, day)
        else:
            connection = stands.enter_context(psycopg.connect(dsn, autocommit=True))
            n, _ = stands.enter_context(snapshot(connection, rules))
            yield list(asked.shown), _read(connection, asked, where, split, n, None)


def _read(
    connection: Connection[Any], asked: Figure, where: Where, split: Sequence[str], n: int, day: dt.date | None
) -> Iterator[dict[str, Any]]:
    """The rows of a figure in build `n`, where nothing is read on a later date than `day`."""
    query = of_build(asked, day)
    with connection.cursor() as cur:
        if split:
            query = divided(cur, asked, n, split, query)
        else:
            tables.enter(cur, n, local=False)
    return report(connection, asked.name, where, query)[1]

"""`vjt report`, `vjt journey`, `vjt unlinked`: reading the tables."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vjt import plot as plots
from vjt.errors import CALL, UNREACHABLE, Failed
from vjt.rows import Format, FormatOption, OutOption, show, spelled, write

if TYPE_CHECKING:
    from psycopg import Connection

THERE = """
SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'metrics') AS migrated,
       EXISTS (SELECT FROM pg_views WHERE schemaname = 'metrics') AS made
"""

JOURNEY = """
SELECT DISTINCT j.journey_id::text, j.force || '/' || j.crime_reference AS crime, j.reported_at, j.stage
FROM journeys.reference r JOIN journeys.journey j USING (journey_id)
WHERE r.until IS NULL
  AND (r.value = ANY(%(ids)s)
       OR (r.scheme IN ('crime', 'victim') AND substr(r.value, strpos(r.value, '/') + 1) = ANY(%(ids)s)))
ORDER BY 3, 2, 1 LIMIT 21
"""
MOST = 20

BY_ID = "SELECT journey_id::text FROM journeys.journey WHERE journey_id = %(id)s"
BROKEN = "SELECT error FROM journeys.broken WHERE journey_id = %(id)s"

UNLED = "SELECT scheme, reason FROM journeys.unlinked WHERE value = ANY(%(ids)s) LIMIT 1"

TIMELINE = "SELECT * FROM journeys.timeline WHERE journey_id = %s ORDER BY position"
REFERENCES = """
SELECT scheme, value, method, since, until, score, by FROM journeys.reference WHERE journey_id = %s
ORDER BY scheme, value, since, until
"""
TOLD = ("occurred_at", "type", "source", "stage_after", "holder_after", "voided", "data")  # in a table

UNLINKED = """
SELECT *, greatest(floor(extract(epoch FROM now() - first_known_at) / 86400), 0)::integer AS days FROM journeys.unlinked
WHERE (%(source)s::text IS NULL OR source = %(source)s) AND (%(reason)s::text IS NULL OR reason = %(reason)s)
"""
EACH = UNLINKED + "ORDER BY first_known_at, scheme, value, victim_reference, source"
BY_AGE = f"""
SELECT source, reason, count(*) FILTER (WHERE days < 1) AS under_1_day,
       count(*) FILTER (WHERE days BETWEEN 1 AND 6) AS days_1_to_7, count(*) FILTER (WHERE days BETWEEN 7 AND 27) AS days_7_to_28,
       count(*) FILTER (WHERE days >= 28) AS over_28_days, sum(events)::bigint AS events, min(first_known_at) AS first_known_at
FROM ({UNLINKED}) AS aged GROUP BY source, reason ORDER BY min(first_known_at), source, reason
"""


def report(
    name: Annotated[str, typer.Argument(help="The figure: attrition, delay, freshness, …")],
    where: Annotated[
        list[str] | None, typer.Option("--where", help="column=value; the same column again: either.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="By another dimension, or by two at once: --by sex, --by force,age_band.")
    ] = None,
    as_known: Annotated[
        str | None,
        typer.Option(
            "--as-known", help="As this system knew it by a time, or the end of a date: counted again from the log."
        ),
    ] = None,
    as_recorded: Annotated[
        str | None,
        typer.Option("--as-recorded", help="The same of what agencies had recorded by then: of a log loaded later on."),
    ] = None,
    revisions: Annotated[
        bool,
        typer.Option(
            "--revisions", help="As it was known at the end of each month; with --as-recorded, by month of recording."
        ),
    ] = False,
    suppress: Annotated[
        int | None,
        typer.Option(
            "--suppress", min=2, help="To publish: hide counts of 1 to N - 1, and what would give them away, as ~."
        ),
    ] = None,
    plot: Annotated[bool, typer.Option("--plot", help="A picture, here or with --out FILE.svg.")] = False,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """A figure as a table, CSV or JSON, or as a picture."""
    from projections.report import NotAsked
    from projections.report import report as rows

    asked: dict[str, list[str]] = {}
    for condition in where or []:
        column, equals, value = condition.partition("=")
        if not equals:
            raise Failed(f"--where {condition}: expected column=value", CALL)
        asked.setdefault(column, []).append(value)
    if plot:
        plots.check(name)
        if revisions or format is not Format.TABLE or (out and out.suffix != ".svg"):
            raise Failed("--plot goes without --revisions and --format, and writes SVG: --out FILE.svg", CALL)
    with ExitStack() as read:
        try:
            if revisions or not by is as_known is as_recorded is None:
                from vjt.figure import anew

                columns, found = read.enter_context(anew(name, asked, by, as_known, as_recorded, revisions))
            else:
                columns, found = rows(read.enter_context(_tables()), name, asked)
            if suppress is not None:
                from projections.suppression import suppressed

                narrowed = asked if by is None else asked | {"dimension": [by]}
                found = iter(suppressed(name, columns, found, narrowed, suppress))
        except NotAsked as error:
            raise Failed(str(error), CALL) from None
        if plot:
            drawn = plots.plot(name, list(found))
            write([plots.svg(drawn)] if out else plots.in_terminal(drawn, shutil.get_terminal_size().columns), out)
        else:
            show(found, format, out, columns)


def journey(
    id: Annotated[str, typer.Argument(help="A journey_id, or any reference that leads to a journey.")],
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """One journey: where it stands, what leads to it or did, and its timeline. CSV and JSON have the timeline alone."""
    from psycopg.rows import dict_row

    with _tables() as connection:
        connection.row_factory = dict_row
        id = _found(connection, id.strip())
        facts = connection.execute(TIMELINE, (id,))
        columns = [column.name for column in facts.description or []]
        if format is not Format.TABLE:
            show(facts, format, out, columns)
            return
        timeline = facts.fetchall()
        references = connection.execute(REFERENCES, (id,)).fetchall()
        row = connection.execute("SELECT * FROM journeys.journey WHERE journey_id = %s", (id,)).fetchone()
    told = [{"what": name, "value": value} for name, value in (row or {}).items() if value not in (None, [], False)]
    write(
        chain(spelled(told, format), ["\n"], spelled(references, format), ["\n"], spelled(timeline, format, TOLD)), out
    )


def unlinked(
    each: Annotated[bool, typer.Option("--each", help="Every subject by itself, with its age in days.")] = False,
    source: Annotated[str | None, typer.Option("--source", help="Only what this source sent.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Only what waits for this reason: no_link, …")] = None,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Subjects, and victims named there, that no journey leads to yet; how long, how many events.

    By source and reason: how many have waited under a day, less than 7, less than 28, and longer, since their first event was
    stored. The oldest first.
    """
    from psycopg.rows import dict_row

    with _tables() as connection:
        connection.row_factory = dict_row
        cursor = connection.execute(EACH if each else BY_AGE, {"source": source, "reason": reason})
        show(cursor, format, out, [column.name for column in cursor.description or []])


@contextmanager
def _tables() -> Iterator["Connection[Any]"]:
    """A connection to a database in which there are tables to read. Raises Failed."""
    import psycopg

    from vjt.settings import Settings

    with psycopg.connect(Settings().database_url()) as connection:
        migrated, made = connection.execute(THERE).fetchone() or (False, False)
        if not migrated:
            raise Failed("the database is not prepared. Run: vjt migrate", UNREACHABLE)
        if not made:
            raise Failed("there are no tables yet. Run: vjt project", UNREACHABLE)
        yield connection


def _found(connection: "Connection[Any]", id: str) -> str:
    """The journey_id of the one journey that a reference leads to. Raises Failed."""
    from uuid import UUID

    try:
        given = UUID(id)
    except ValueError:
        pass
    else:
        if connection.execute(BY_ID, {"id": given}).fetchone():
            return str(given)
        broken = connection.execute(BROKEN, {"id": given}).fetchone()
        if broken:
            raise Failed(f"journey {given} is broken and in no figure: {broken['error']}", CALL)
    force, slash, number = id.partition("/")
    ids = {"ids": [id.upper(), id.lower(), force.lower() + slash + number.upper()]}  # as they are kept
    found = connection.execute(JOURNEY, ids).fetchall()
    if not found:
        unled = connection.execute(UNLED, ids).fetchone()
        why = f": nothing leads to this {unled['scheme']} ({unled['reason']}), see vjt unlinked --each" if unled else ""
        raise Failed(f"no journey has the reference {id}{why}", CALL)
    if len(found) > 1:
        several = "".join(spelled(found[:MOST], Format.TABLE)) + "…\n" * (len(found) > MOST)
        raise Failed(f"{id} leads to several journeys; name one:\n{several.rstrip()}", CALL)
    return str(found[0]["journey_id"])

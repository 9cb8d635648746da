"""`vjt report`, `vjt journey`, `vjt unlinked`: reading the tables."""

from typing import Annotated, Any
from uuid import UUID

import typer

from vjt.errors import CALL, CHECK, Failed
from vjt.rows import Format, FormatOption, OutOption, show

JOURNEY = """
SELECT DISTINCT journey_id FROM journeys.reference
WHERE journey_id::text = lower(%(id)s) OR upper(value) = upper(%(id)s) OR upper(split_part(value, '/', 2)) = upper(%(id)s)
ORDER BY 1 LIMIT 21
"""

TIMELINE = """
SELECT occurred_at, type, source, stage_after, holder_after, voided, data
FROM journeys.timeline WHERE journey_id = %s ORDER BY position
"""

UNLINKED = "SELECT * FROM journeys.unlinked ORDER BY first_known_at, scheme, value, victim_reference"


def report(
    name: Annotated[str, typer.Argument(help="The figure: attrition, delay, freshness, …")],
    where: Annotated[
        list[str] | None, typer.Option("--where", help="column=value; the same column again: either.")
    ] = None,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """A figure as a table, CSV or JSON."""
    import psycopg

    from projections.report import NotAsked
    from projections.report import report as rows
    from vjt.settings import Settings

    asked: dict[str, list[str]] = {}
    for condition in where or []:
        column, equals, value = condition.partition("=")
        if not equals:
            raise Failed(f"--where {condition}: expected column=value", CALL)
        asked.setdefault(column, []).append(value)
    with psycopg.connect(Settings().database_url()) as connection:
        try:
            columns, found = rows(connection, name, asked)
        except NotAsked as error:
            raise Failed(str(error), CALL) from None
    show(found, format, out, columns)


def journey(
    id: Annotated[str, typer.Argument(help="A journey_id, or any reference that leads to a journey.")],
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """One journey: where it stands, and its timeline."""
    import psycopg
    from psycopg.rows import dict_row

    from vjt.settings import Settings

    with psycopg.connect(Settings().database_url(), row_factory=dict_row) as connection:
        ids: list[UUID] = [row["journey_id"] for row in connection.execute(JOURNEY, {"id": id})]
        if not ids:
            raise Failed(f"no journey has the reference {id}", CHECK)
        if len(ids) > 1:
            more = "\n".join(map(str, ids[:20])) + ("\n…" if len(ids) > 20 else "")
            raise Failed(f"{id} leads to several journeys; name one:\n{more}", CALL)
        row: dict[str, Any] = (
            connection.execute("SELECT * FROM journeys.journey WHERE journey_id = %s", (ids[0],)).fetchone() or {}
        )
        facts = connection.execute(TIMELINE, (ids[0],)).fetchall()
    if format is Format.TABLE:
        told = [{"what": name, "value": value} for name, value in row.items() if value not in (None, [], False)]
        show(told, format, out)
        if out is None:
            typer.echo()
            show(facts, format, out)
    else:
        show(facts, format, out)


def unlinked(format: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Subjects, and victims named there, that no journey leads to yet; how long, how many events."""
    import psycopg
    from psycopg.rows import dict_row

    from vjt.settings import Settings

    with psycopg.connect(Settings().database_url(), row_factory=dict_row) as connection:
        cursor = connection.execute(UNLINKED)
        names = [column.name for column in cursor.description or []]
        show(cursor.fetchall(), format, out, names)

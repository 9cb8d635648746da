"""`vjt status`: lag, freshness, counts, health."""

from typing import Annotated, Any

import typer

from vjt.rows import Format, FormatOption, OutOption, show

COUNTS = """
SELECT (SELECT count(*) FROM log.stored_events) AS events,
       (SELECT coalesce(max(notification_id), 0) FROM log.stored_events) AS log_position,
       (SELECT max(known_at) FROM log.stored_events) AS last_known_at,
       (SELECT position FROM projection.build WHERE live) AS projected_position,
       (SELECT count(*) FROM log.stored_events
        WHERE notification_id > (SELECT position FROM projection.build WHERE live)) AS events_behind,
       (SELECT count(*) FROM log.rejected WHERE state = 'kept') AS rejected,
       (SELECT count(*) FROM log.outbox) AS outbox
"""


def status(
    settings: Annotated[
        bool, typer.Option("--settings", help="List every setting with its value and where that came from.")
    ] = False,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Where the servers are, how far the log is and how far the tables lag behind it."""
    from vjt.settings import Settings

    known = Settings()
    if settings:
        show(known.listing(), format, out)
        return
    row = {"database_url": known.database_url(), "kafka": known.kafka()} | _counts(known.database_url())
    if format is Format.TABLE:
        show([{"what": name, "value": value} for name, value in row.items()], format, out)
    else:
        show([row], format, out)


def _counts(dsn: str) -> dict[str, Any]:
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        counts = connection.execute(COUNTS).fetchone() or {}
        live = "SELECT to_regclass('journeys.journey') IS NOT NULL AS there"
        if (connection.execute(live).fetchone() or {}).get("there"):
            counts |= connection.execute("SELECT count(*) AS journeys FROM journeys.journey").fetchone() or {}
    return counts

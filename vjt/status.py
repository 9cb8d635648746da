"""`vjt status`: lag, freshness, counts, health."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import typer

from vjt.errors import UNREACHABLE, explained
from vjt.rows import Format, FormatOption, OutOption, show

LOG = """
SELECT coalesce(sum(accepted), 0)::bigint AS events,
       (SELECT coalesce(max(notification_id), 0) FROM log.stored_events) AS log_position,
       (SELECT position FROM projection.build WHERE live) AS projected_position,
       (SELECT count(*) FROM log.stored_events
        WHERE notification_id > coalesce((SELECT position FROM projection.build WHERE live), 0)) AS events_behind,
       (SELECT count(*) FROM log.outbox) AS to_send,
       (SELECT count(*) FROM log.rejected WHERE state = 'kept') AS rejected,
       (SELECT extract(epoch FROM clock_timestamp() - level_at)::bigint FROM alerts.worker) AS alerts_level_seconds,
       (SELECT count(*) FROM alerts.alert WHERE state = 'open') AS alerts_open,
       (SELECT count(*) FROM alerts.seen WHERE error IS NOT NULL) AS alerts_failed,
       max(last_event_known_at) AS last_known_at,
       extract(epoch FROM clock_timestamp() - max(last_event_known_at))::bigint AS quiet_seconds
FROM log.source
"""

TABLES = """
SELECT (SELECT count(*) FROM journeys.journey) AS journeys,
       (SELECT count(*) FROM journeys.unlinked) AS unlinked,
       (SELECT count(*) FROM journeys.broken) AS broken
"""

TAKEN = "SELECT topic, partition, next_offset FROM log.intake WHERE cluster_id = %s"

PATIENCE = 5  # s
HEALTH = ("database", "broker")
LAG = ("messages_waiting", "events_behind", "to_send", "quiet_seconds", "alerts_level_seconds")
COUNTS = (
    "events",
    "log_position",
    "projected_position",
    "last_known_at",
    "rejected",
    "journeys",
    "unlinked",
    "broken",
    "alerts_open",
    "alerts_failed",
)
STATE = (*HEALTH, *LAG, *COUNTS)


def status(
    settings: Annotated[
        bool, typer.Option("--settings", help="List every setting with its value and where that came from.")
    ] = False,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Where the servers are and whether they answer, how far the log is, and how far everything lags behind it.

    Exit code 3 if a server does not answer. `vjt report freshness` has the same for each source.
    """
    from vjt.settings import Settings

    known = Settings()
    if settings:
        show(known.listing(), format, out)
        return
    row: dict[str, Any] = {"database_url": _named(known.database_url), "kafka": _named(known.kafka)}
    row |= _state(row["database_url"], row["kafka"])
    if format is Format.TABLE:
        show([{"what": name, "value": value} for name, value in row.items()], format, out)
    else:
        show([row], format, out)
    if any(row[server] != "up" for server in HEALTH):
        raise typer.Exit(UNREACHABLE)


def _named(server: Callable[[], str]) -> str | None:
    """Where a server is; None, and why, if no setting says so and the local stack is not up."""
    from vjt.settings import NotUp

    try:
        return server()
    except NotUp as error:
        typer.echo(error, err=True)
        return None


def _state(dsn: str | None, kafka: str | None) -> dict[str, Any]:
    """What there is to say. A server that does not answer is `away`, one whose tables are missing `not ready`; of one that nobody
    names nothing is known."""
    import psycopg
    from psycopg.rows import dict_row

    from streams.topics import extents

    state: dict[str, Any] = dict.fromkeys(STATE)
    try:
        if kafka:
            cluster, extent = asyncio.run(extents(kafka))
            state["broker"] = "up"
    except Exception as error:
        _away(state, "broker", error)
    if not dsn:
        return state
    try:
        with psycopg.connect(dsn, row_factory=dict_row, connect_timeout=PATIENCE) as connection:
            state["database"] = "not ready"
            state |= connection.execute(LOG).fetchone() or {}
            if state["broker"] == "up":
                rows = connection.execute(TAKEN, (cluster,)).fetchall()
                taken = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
                state["messages_waiting"] = sum(end - taken.get(place, first) for place, (first, end) in extent.items())
            there = "SELECT to_regclass('journeys.journey') IS NOT NULL AS there"
            if (connection.execute(there).fetchone() or {})["there"]:
                state |= connection.execute(TABLES).fetchone() or {}
            state["database"] = "up"
    except Exception as error:
        _away(state, "database", error)
    return state


def _away(state: dict[str, Any], server: str, error: Exception) -> None:
    told = explained(error)
    if told is None:
        raise error
    state[server] = state[server] or "away"
    typer.echo(told, err=True)

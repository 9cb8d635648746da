"""`vjt alerts undelivered`: what an endpoint of webhooks has not taken, and another try."""

from typing import Annotated

import typer

from vjt.errors import CALL, Failed
from vjt.rows import Format, FormatOption, OutOption, show

COLUMNS = (
    "delivery_id", "state", "endpoint", "event_id", "put_at", "attempts", "first_at", "next_at", "status", "error",
)  # fmt: skip


def undelivered(
    replay: Annotated[
        list[int] | None,
        typer.Option("--replay", metavar="DELIVERY", help="Try this one again at once; may be given again."),
    ] = None,
    replay_all: Annotated[bool, typer.Option("--replay-all", help="Try all that were given up again at once.")] = False,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """List webhooks that were not taken yet: waiting, failing, or given up after 24 hours or a 410; or have them tried again."""
    import datetime as dt

    import psycopg

    from alerts import deliveries
    from vjt.settings import Settings

    with psycopg.connect(Settings().database_url(), connect_timeout=5) as connection:
        rows = deliveries.undelivered(connection)
        if not replay and not replay_all:
            show([{name: row[name] for name in COLUMNS} for row in rows], format, out, COLUMNS)
            return
        known = {row["delivery_id"] for row in rows}
        if missing := [id for id in replay or () if id not in known]:
            raise Failed(f"there is no delivery {missing[0]}. See them: vjt alerts undelivered", CALL)
        given_up = {row["delivery_id"] for row in rows if replay_all and row["state"] == "given_up"}
        done = deliveries.replay(connection, sorted(given_up.union(replay or ())), dt.datetime.now(dt.UTC))
    typer.echo(f"{done:,} to be tried again", err=True)

"""`vjt publish`: events from files onto their topics."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from vjt.errors import CHECK

if TYPE_CHECKING:
    from store.delivery import Delivery


def publish(
    files: Annotated[
        list[str], typer.Argument(help="Files of events, one a line; `-` is standard input, `.gz` is unpacked.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be rejected and why; send nothing, need no server.")
    ] = False,
) -> None:
    """Validate events and send them to their agencies' topics. Exit code 1 if any line was rejected."""
    from vjt.lines import TornFile, check, deliveries

    check(files)
    torn = False

    def lines() -> "Iterable[Delivery]":
        nonlocal torn
        for file in files:
            try:
                yield from deliveries(file)
            except TornFile as error:
                typer.echo(error, err=True)
                torn = True

    if (try_(lines()) if dry_run else send(lines())) or torn:
        raise typer.Exit(CHECK)


def try_(lines: "Iterable[Delivery]") -> int:
    """Say of each line whether it would be rejected; how many would."""
    from datetime import UTC, datetime

    from schemas.rejected import Rejected
    from streams.publish import message

    valid = rejected = 0
    for delivery in lines:
        try:
            message(delivery, datetime.now(UTC))
            valid += 1
        except Rejected as reason:
            rejected += 1
            typer.echo(f"{delivery.place}: {reason}", err=True)
    typer.echo(f"valid {valid:,}, rejected {rejected:,}")
    return rejected


def send(lines: "Iterable[Delivery]") -> int:
    """Send what is valid to the Kafka in force, tell the counts; how many were rejected."""
    import asyncio
    import logging

    from schemas.rejected import Rejected
    from streams.publish import publish as publish_all
    from vjt.progress import Progress
    from vjt.settings import Settings

    def told(delivery: "Delivery", reason: Rejected) -> None:
        typer.echo(f"{delivery.place}: {reason}", err=True)

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the error that ends it is told once
    with Progress(" events") as progress:
        done = asyncio.run(publish_all(lines, Settings().kafka(), told, progress))
    typer.echo(f"sent {done.sent:,}, rejected {done.rejected:,}")
    return done.rejected

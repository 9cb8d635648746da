"""`vjt load`: events from files into the log, without a broker."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from vjt.errors import CHECK
from vjt.progress import Progress

if TYPE_CHECKING:
    from store.delivery import Delivery

BATCH = 2_000  # lines
BATCH_BYTES = 16_000_000
SHOWN = 10  # rejections that are told one by one


def load(
    files: Annotated[
        list[str], typer.Argument(help="Files of events, one a line; `-` is standard input, `.gz` is unpacked.")
    ],
) -> None:
    """Load events from files into the log, by the same rules as `vjt consume`.

    Loading a file again is harmless: what is in the log already is a duplicate. Exit code 1 if any line was rejected.
    """
    from vjt.lines import TornFile, check, deliveries

    check(files)
    torn = False

    def lines() -> "Iterator[Delivery]":
        nonlocal torn
        for file in files:
            try:
                yield from deliveries(file)
            except TornFile as error:
                typer.echo(error, err=True)
                torn = True

    if take(lines()) or torn:
        raise typer.Exit(CHECK)


def take(lines: "Iterable[Delivery]") -> int:
    """Take lines into the log of the database in force, tell the counts; how many were rejected."""
    from store.intake import Intake
    from store.log import Log
    from store.memory import collect_rarely
    from vjt.settings import Settings

    collect_rarely()
    accepted = duplicates = rejected = 0
    with Log(Settings().database_url()) as log, Progress(" events") as progress:
        intake = Intake(log)
        for batch in _batches(lines):
            taken = intake.take(batch)
            for refused in taken.rejected[: max(0, SHOWN - rejected)]:
                typer.echo(refused, err=True)
            accepted += taken.accepted
            duplicates += taken.duplicates
            rejected += len(taken.rejected)
            progress("load", accepted + duplicates + rejected, None)
    typer.echo(f"accepted {accepted:,}, duplicates {duplicates:,}, rejected {rejected:,}")
    if rejected:
        typer.echo("see them: vjt rejected list", err=True)
    return rejected


def _batches(lines: "Iterable[Delivery]") -> "Iterator[list[Delivery]]":
    batch: list[Delivery] = []
    size = 0
    for delivery in lines:
        batch.append(delivery)
        size += len(delivery.value or b"")
        if len(batch) == BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

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
    import gc

    from store.intake import Intake
    from store.log import Log
    from vjt.lines import TornFile, check, deliveries
    from vjt.settings import Settings

    check(files)
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)  # a batch has no cycles; looking for some in it takes a tenth of the time
    accepted = duplicates = rejected = 0
    torn = False
    with Log(Settings().database_url()) as log, Progress(" events") as progress:
        intake = Intake(log)
        for file in files:
            try:
                for batch in _batches(deliveries(file)):
                    taken = intake.take(batch)
                    for refused in taken.rejected[: max(0, SHOWN - rejected)]:
                        where = refused.pointer or "/"
                        typer.echo(
                            f"{refused.delivery.place}: {refused.reason} at {where}: {refused.message}", err=True
                        )
                    accepted += taken.accepted
                    duplicates += taken.duplicates
                    rejected += len(taken.rejected)
                    progress("load", accepted + duplicates + rejected, None)
            except TornFile as error:
                typer.echo(error, err=True)
                torn = True
    typer.echo(f"accepted {accepted:,}, duplicates {duplicates:,}, rejected {rejected:,}")
    if rejected:
        typer.echo("see them: vjt rejected list", err=True)
    if rejected or torn:
        raise typer.Exit(CHECK)


def _batches(lines: "Iterable[Delivery]") -> "Iterator[list[Delivery]]":
    """Batches of lines; what stands before a damaged end is given too, before the error."""
    from vjt.lines import TornFile

    batch: list[Delivery] = []
    size = 0
    try:
        for delivery in lines:
            batch.append(delivery)
            size += len(delivery.value or b"")
            if len(batch) == BATCH or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    except TornFile:
        yield batch
        raise
    if batch:
        yield batch

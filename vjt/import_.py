"""`vjt import`: other systems' files as our events."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vjt.errors import CALL, CHECK, Failed

if TYPE_CHECKING:
    from adapters.made import Made
    from store.delivery import Delivery

FORMATS = {"police-uk": "adapters.police_uk", "linkage": "adapters.linkage"}
"""Format -> its module: `Account`, and `events(paths, account)`."""


def import_(
    format: Annotated[str, typer.Argument(help=f"Whose files: {', '.join(FORMATS)}.")],
    paths: Annotated[list[Path], typer.Argument(help="Files, archives, or folders of them.")],
    load: Annotated[bool, typer.Option("--load", help="Load the events into the log.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Publish the events over Kafka.")] = False,
) -> None:
    """Another system's files as events: JSON lines on standard output, or into the log, or over Kafka.

    Ends with what it read, what it made, and what it left out and why. The same files again change nothing. Exit code 1 if a
    file cannot be read, with its line and what was expected there; what stood before it was made, and may be made again.
    """
    from adapters.made import Unreadable

    if format not in FORMATS:
        raise Failed(f"{format}: no such format; there are: {', '.join(FORMATS)}", CALL)
    if load and publish:
        raise Failed("--load and --publish: one of them", CALL)
    for path in paths:
        if not path.exists():
            raise Failed(f"{path}: no such file or folder", CALL)
    adapter = import_module(FORMATS[format])
    account = adapter.Account()
    made = _deliveries(adapter.events(paths, account))
    rejected = 0
    try:
        if load:
            rejected = _load(made)
        elif publish:
            rejected = _publish(made)
        else:
            for delivery in made:
                sys.stdout.buffer.write((delivery.value or b"") + b"\n")
            sys.stdout.flush()
    except Unreadable as error:
        raise Failed("\n".join((str(error), "read before that:", *account.lines())), CHECK) from None
    for told in account.lines():
        typer.echo(told, err=True)
    if rejected:
        raise typer.Exit(CHECK)


def _deliveries(events: "Iterator[Made]") -> "Iterator[Delivery]":
    """A rejected event is told by the line of the file of which it was made."""
    from schemas.envelope import to_structured
    from store.delivery import Delivery, Line

    return (Delivery(to_structured(made.event), Line(made.file, made.line)) for made in events)


def _load(made: "Iterator[Delivery]") -> int:
    from vjt.load import take

    return take(made)


def _publish(made: "Iterator[Delivery]") -> int:
    from vjt.publish import send

    return send(made)

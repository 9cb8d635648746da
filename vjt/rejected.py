"""`vjt rejected`: what was not taken, to be looked at, replayed after a fix, or discarded."""

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vjt.errors import CALL, CHECK, Failed
from vjt.rows import Format, FormatOption, OutOption, show

if TYPE_CHECKING:
    from store.log import Log

rejected = typer.Typer(no_args_is_help=True, help="What was rejected: list, show, replay, discard.")

LISTED = ("id", "source", "reason", "pointer", "place", "times", "first_seen", "last_seen", "state")

By = Annotated[str | None, typer.Option("--by", help="Who does it; by default the user of this machine.")]


@rejected.command("list")
def list_(
    all: Annotated[bool, typer.Option("--all", help="Those replayed and discarded too.")] = False,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """List what was rejected, the latest first."""
    from store import rejected as kept

    with _log() as log, log.transaction() as cursor:
        found = kept.rejections(cursor, state=None if all else "kept")
    rows = [row._asdict() | {"place": _place(row)} for row in found]
    show([{name: row[name] for name in LISTED} for row in rows], format, out, LISTED)


@rejected.command("show")
def show_(
    id: Annotated[int, typer.Argument(help="Number of the rejection.")],
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Show one with its bytes. They may say something about a person."""
    from store import rejected as kept

    with _log() as log, log.transaction() as cursor:
        found = kept.rejection(cursor, id)
    if found is None:
        raise Failed(f"there is no rejection {id}", CALL)
    row, delivery = found
    headers = {_printable(name.encode()): _printable(value) for name, value in delivery.headers}
    whole = row._asdict() | {"headers": headers or None, "value": _printable(delivery.value)}
    if format is Format.TABLE:
        show([{"field": name, "is": value} for name, value in whole.items()], format, out)
    else:
        show([whole], format, out)


@rejected.command()
def replay(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers of rejections.")] = None,
    all: Annotated[bool, typer.Option("--all", help="All that are kept and whose bytes have not expired.")] = False,
    by: By = None,
) -> None:
    """Give rejected events to the intake again. Exit code 1 if any is rejected again; it stays, with the new reason."""
    from store import rejected as kept
    from store.intake import Intake
    from store.replay import replay

    if bool(ids) == all:
        raise Failed("name rejections by their numbers, or give --all", CALL)
    with _log() as log:
        with log.transaction() as cursor:
            found = {row.id for row in kept.rejections(cursor) if row.expired_at is None}
        wanted = sorted(found) if ids is None or all else ids
        _all_known(wanted, found)
        done, again = replay(Intake(log), wanted, by or getpass.getuser())
    for refused in again:
        typer.echo(refused, err=True)
    typer.echo(f"replayed {len(done):,}, rejected again {len(again):,}")
    if again:
        raise typer.Exit(CHECK)


@rejected.command()
def discard(
    ids: Annotated[list[int], typer.Argument(help="Numbers of rejections.")],
    why: Annotated[str, typer.Option("--why", help="Why they are not wanted.")],
    by: By = None,
) -> None:
    """Mark rejections as not wanted. They are not replayed any more; the rows stay."""
    from store import rejected as kept

    with _log() as log, log.transaction() as cursor:
        _all_known(ids, {row.id for row in kept.rejections(cursor)})
        done = kept.settle(cursor, ids, "discarded", by or getpass.getuser(), why)
    typer.echo(f"discarded {len(done):,}")


def _log() -> "Log":
    from store.log import Log
    from vjt.settings import Settings

    return Log(Settings().database_url())


def _all_known(ids: list[int], known: set[int]) -> None:
    missing = [str(id) for id in ids if id not in known]
    if missing:
        raise Failed(f"not kept, or its bytes have expired: {', '.join(missing)}", CALL)


def _place(row: Any) -> str:
    return f"{row.file}:{row.line}" if row.file is not None else f"{row.topic}[{row.partition}]@{row.offset}"


def _printable(value: bytes | None) -> str | None:
    """Bytes as text that does nothing to a terminal."""
    if value is None:
        return None
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in value.decode("utf-8", "backslashreplace"))

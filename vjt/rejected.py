"""`vjt rejected`: what was not taken, to be looked at, replayed after a fix, or discarded."""

import getpass
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vjt.errors import CALL, CHECK, Failed
from vjt.rows import Format, FormatOption, OutOption, printable, show

if TYPE_CHECKING:
    from psycopg import Cursor

    from store.log import Log
    from store.rejected import Waiting

rejected = typer.Typer(no_args_is_help=True, help="What was rejected: list, show, replay, discard.")

GROUPED = (
    "cause",
    "source",
    "reason",
    "pointer",
    "events",
    "times",
    "replayable",
    "first_seen",
    "last_seen",
    "sample",
    "state",
)
EACH = (
    "id",
    "cause",
    "source",
    "reason",
    "pointer",
    "place",
    "times",
    "first_seen",
    "last_seen",
    "state",
    "settled_by",
    "settled_why",
)
CODE = re.compile(r"[0-9a-f]{8}")
SHOWN = 10  # rejections that are told one by one

Id = Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="Number of the rejection.")]
Ids = Annotated[list[int] | None, typer.Argument(min=1, max=2**63 - 1, help="Numbers of rejections.")]
Causes = Annotated[
    list[str] | None,
    typer.Option("--cause", metavar="CODE", help="Those of this cause, a code of the list; may be given again."),
]
Part = Annotated[
    int | None, typer.Option("--limit", min=1, help="No more than so many, those rejected longest ago first.")
]
By = Annotated[str | None, typer.Option("--by", help="Who does it; by default the user of this machine.")]


@rejected.command("list")
def list_(
    each: Annotated[bool, typer.Option("--each", help="Every rejection by itself, the latest first.")] = False,
    cause: Causes = None,
    all: Annotated[bool, typer.Option("--all", help="Those replayed and discarded too.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="No more than so many lines.")] = 100,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """List what was rejected, a line for each cause: what is alike in source, reason and pointer. Most events first."""
    from store import rejected as kept

    state, causes = None if all else "kept", _codes(cause)
    rows: list[dict[str, Any]]
    with _log() as log, log.transaction() as cursor:
        if each:
            found = kept.rejections(cursor, state=state, causes=causes, limit=limit + 1)
            rows = [row._asdict() | {"place": _place(row)} for row in found]
        else:
            rows = [row._asdict() for row in kept.grouped(cursor, state=state, causes=causes, limit=limit + 1)]
    columns = EACH if each else GROUPED
    show([{name: row[name] for name in columns} for row in rows[:limit]], format, out, columns)
    if len(rows) > limit:
        typer.echo(f"these are {limit:,}, and there are more: --limit", err=True)


@rejected.command("show")
def show_(
    id: Id,
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
    ids: Ids = None,
    cause: Causes = None,
    all: Annotated[bool, typer.Option("--all", help="All that are kept and whose bytes have not expired.")] = False,
    limit: Part = None,
    by: By = None,
) -> None:
    """Give rejected events to the intake again. Exit code 1 if any is rejected again; it stays, with the new reason.

    It can be interrupted and run again: what was taken by then is not given again.
    """
    from store.intake import Intake
    from store.replay import replay
    from vjt.progress import Progress

    if bool(ids) + bool(cause) + all != 1:
        raise Failed("name rejections by their numbers, or by --cause, or give --all", CALL)
    done = again = 0
    with _log() as log:
        with log.transaction() as cursor:
            found = _waiting(cursor, ids, cause)
        wanted = [row.id for row in found if not row.expired]
        if expired := [str(row.id) for row in found if row.expired]:
            told = f"not replayable, for their bytes have expired: {', '.join(expired) if ids else f'{len(expired):,}'}"
            if ids or (cause and not wanted):
                raise Failed(told, CALL)
            typer.echo(told, err=True)
        part = wanted[:limit]
        try:
            with Progress(" events") as progress:
                for stored, refused in replay(Intake(log), part, by or getpass.getuser()):
                    for one in refused[: max(0, SHOWN - again)]:
                        typer.echo(printable(str(one)), err=True)
                    done += len(stored)
                    again += len(refused)
                    progress("replay", done + again, len(part))
        finally:
            typer.echo(f"replayed {done:,}, rejected again {again:,}{_left(len(wanted) - done - again)}")
    if again:
        raise typer.Exit(CHECK)


@rejected.command()
def discard(
    why: Annotated[str, typer.Option("--why", help="Why they are not wanted.")],
    ids: Ids = None,
    cause: Causes = None,
    limit: Part = None,
    by: By = None,
) -> None:
    """Mark rejections as not wanted, with who says so and why. They are not replayed any more; the rows stay."""
    from store import rejected as kept

    if bool(ids) == bool(cause):
        raise Failed("name rejections by their numbers, or by --cause", CALL)
    if not why.strip():
        raise Failed("--why: say why they are not wanted", CALL)
    with _log() as log, log.transaction() as cursor:
        wanted = [row.id for row in _waiting(cursor, ids, cause)]
        done = kept.settle(cursor, wanted[:limit], "discarded", by or getpass.getuser(), why)
    typer.echo(f"discarded {len(done):,}{_left(len(wanted) - len(done))}")


def _log() -> "Log":
    from store.log import Log
    from vjt.settings import Settings

    return Log(Settings().database_url())


def _waiting(cursor: "Cursor[Any]", ids: list[int] | None, causes: list[str] | None) -> "list[Waiting]":
    """Those that are kept, of these numbers or of these causes. Raises Failed for a number or a cause of which nothing is kept."""
    from store import rejected as kept

    found = kept.waiting(cursor, ids or None, _codes(causes))
    if missing := set(ids or ()) - {row.id for row in found}:
        raise Failed(f"no such rejection is kept: {', '.join(map(str, sorted(missing)))}", CALL)
    if nothing := set(causes or ()) - {row.cause for row in found}:
        raise Failed(f"nothing is kept of cause {', '.join(sorted(nothing))}. See them: vjt rejected list", CALL)
    return found


def _codes(causes: list[str] | None) -> list[str] | None:
    """Raises Failed for what is no code of a cause."""
    for code in causes or ():
        if not CODE.fullmatch(code):
            raise Failed(f"--cause {code}: expected a code of vjt rejected list, 8 of 0-9 and a-f", CALL)
    return causes or None


def _left(left: int) -> str:
    return f", left {left:,}" if left else ""


def _place(row: Any) -> str:
    return f"{row.file}:{row.line}" if row.file is not None else f"{row.topic}[{row.partition}]@{row.offset}"


def _printable(value: bytes | None) -> str | None:
    return None if value is None else printable(value.decode("utf-8", "backslashreplace"))

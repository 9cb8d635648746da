"""`vjt link`: links between persons that are for somebody to decide, and pairs that may be one."""

import datetime as dt
import getpass
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vjt.errors import CALL, CHECK, UNREACHABLE, Failed
from vjt.rows import Format, FormatOption, OutOption, show, write

if TYPE_CHECKING:
    from psycopg import Cursor

    from projections.propose import Pair
    from store.delivery import Delivery

link = typer.Typer(no_args_is_help=True, help="Links between persons: review, propose.")

REVIEW, PROPOSE = "/identity/review", "/identity/propose"
LISTED = ("pair", "score", "method", "by", "since", "linked", "journeys", "same_as_journeys")
PROPOSED = ("uvi", "same_as", "score", "block", "why", "journey_id", "same_as_journey_id")
CODE = re.compile(r"[a-z0-9_]{1,40}")


@link.command()
def review(
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="PAIR", help="The two are one; may be given again.")
    ] = None,
    refuse: Annotated[
        list[str] | None, typer.Option("--refuse", metavar="PAIR", help="The two are two; may be given again.")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Who decides, a code; by default the user of this machine.")
    ] = None,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """List the pairs that nobody has decided on; or decide, by events of /identity/review that go into the log."""
    with _live() as cur:
        from projections.links import undecided

        rows = undecided(cur)
    if not accept and not refuse:
        show(({name: row[name] for name in LISTED} for row in rows), format, out, LISTED)
        return
    known = {row["pair"]: row for row in rows}
    wanted = [*(accept or []), *(refuse or [])]
    who = by or getpass.getuser()
    if not CODE.fullmatch(who):
        raise Failed(f"--by {who}: expected up to 40 of a-z, 0-9 and _", CALL)
    if missing := [pair for pair in wanted if pair not in known]:
        raise Failed(f"not on the list: {', '.join(missing)}. See it: vjt link review", CALL)
    if len(set(wanted)) < len(wanted):
        raise Failed("a pair is named twice", CALL)
    from vjt.load import take

    decided = [(known[pair], True) for pair in accept or []] + [(known[pair], False) for pair in refuse or []]
    if take(_decisions(decided, who)):
        raise typer.Exit(CHECK)


@link.command()
def propose(
    events: Annotated[
        Path | None, typer.Option("--events", help="Write events to this file, JSON lines for `vjt load`, and no rows.")
    ] = None,
    least: Annotated[
        float | None, typer.Option("--least", help="Match weight from which on, bits; by default VJT_LINK_FRACTURE.")
    ] = None,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Pairs of persons that may be one, by what their reports share without names. It links nobody."""
    from projections.propose import MOST
    from projections.propose import propose as pairs
    from schemas.envelope import to_structured
    from vjt.settings import Settings

    bits = Settings().rules().link_fracture if least is None else least
    with _live() as cur:
        found = pairs(cur, bits)
    if events is None:
        show((pair._asdict() for pair in found.pairs), format, out, PROPOSED)
    else:
        write((to_structured(_proposal(pair)).decode() + "\n" for pair in found.pairs), events)
    typer.echo(f"compared {found.compared:,} pairs, proposed {len(found.pairs):,} of {bits:g} bits or more", err=True)
    if found.cut:
        typer.echo(f"not compared {found.cut:,} pairs: of a block no more than {MOST:,} are", err=True)


def _proposal(pair: "Pair") -> dict[str, Any]:
    """The same pair of the same score on the same day is the same event."""
    from hashlib import blake2b

    from schemas.envelope import envelope

    day = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    said = "\n".join((pair.uvi, pair.same_as, str(pair.score), str(day.date())))
    data = {"uvi": pair.uvi, "same_as": pair.same_as, "method": "probabilistic", "score": pair.score, "by": "propose"}
    return envelope("identity.linked.v1", PROPOSE, blake2b(said.encode(), digest_size=16).hexdigest(), day, data)


def _decisions(decided: list[tuple[dict[str, Any], bool]], by: str) -> "Iterator[Delivery]":
    """An event a decision, later than the statement that it decides on."""
    from schemas.envelope import envelope

    now = dt.datetime.now(dt.UTC)
    for line, (row, one) in enumerate(decided, 1):
        pair = {"uvi": row["uvi"], "same_as": row["same_as"], "by": by}
        type, data = ("linked", pair | {"method": "manual"}) if one else ("unlinked", pair)
        at = max(now, row["since"] + dt.timedelta(microseconds=1))
        yield _delivery(envelope(f"identity.{type}.v1", REVIEW, str(uuid.uuid4()), at, data), "vjt link review", line)


def _delivery(event: dict[str, Any], file: str, line: int) -> "Delivery":
    from schemas.envelope import to_structured
    from store.delivery import Delivery, Line

    return Delivery(to_structured(event), Line(file, line))


@contextmanager
def _live() -> "Iterator[Cursor[dict[str, Any]]]":
    """The live build. Raises Failed."""
    import psycopg

    from projections.links import live_build
    from projections.step import NoBuild
    from vjt.settings import Settings

    try:
        with psycopg.connect(Settings().database_url(), autocommit=True) as connection, live_build(connection) as cur:
            yield cur
    except NoBuild:
        raise Failed("there are no tables yet. Run: vjt project", UNREACHABLE) from None

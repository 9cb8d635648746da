"""`vjt alerts`: what somebody must do something about, and what was done: list, show, acknowledge, snooze, resolve; and what other
rules would have raised."""

import datetime as dt
import getpass
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from vjt.errors import CALL, Failed
from vjt.rows import Format, FormatOption, OutOption, show, spelled, write

if TYPE_CHECKING:
    from psycopg import Cursor

    from alerts.life import Alert, Step

alerts = typer.Typer(no_args_is_help=True, invoke_without_command=True)

LISTED = (
    "alert_id", "severity", "rule", "state", "subject", "occurrence", "due_at", "raised_at", "victims", "force", "bcu", "court",
    "acknowledged_by", "snoozed_until", "resolved_how", "details",
)  # fmt: skip
REHEARSED = ("rule", "court", "bcu", "week", "in_force", "what_if")
FILTERS = ("rule", "state", "force", "bcu", "court", "severity")

ROWS = """
SELECT a.*, (SELECT count(DISTINCT m.uvi) FROM alerts.member m WHERE m.alert_id = a.alert_id)::integer AS victims
FROM alerts.alert a
"""
LIST = f"""
{ROWS} WHERE {{conditions}}
ORDER BY array_position(ARRAY['high', 'medium', 'low'], a.severity), a.due_at, a.alert_id LIMIT %(limit)s
"""
ONE_OF = "a.{name} = ANY(%({name})s)"
OF_MEMBER = """
(a.{name} = ANY(%({name})s)
 OR a.alert_id IN (SELECT c.alert_id FROM alerts.condition c WHERE c.stands AND c.{name} = ANY(%({name})s)))
"""  # one alert may concern victims of several forces
BEGINNING = "SELECT alert_id FROM alerts.alert WHERE alert_id BETWEEN %s AND %s ORDER BY 1 LIMIT 4"
MEMBERS = "SELECT uvi, journey_id FROM alerts.member WHERE alert_id = %s ORDER BY 1, 2"
STEPS = "SELECT n, at, what, who, reason, severity FROM alerts.step WHERE alert_id = %s ORDER BY n"
ID = re.compile(r"[0-9a-f-]{4,36}")

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Alerts, by the beginning of their ids.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it; by default the user of this machine.")]
Moves = Callable[["Alert", str, dt.datetime], "tuple[Alert, list[Step]]"]


def _only(name: str) -> Any:
    return typer.Option(f"--{name}", help=f"Only of this {name}; may be given again.")


@alerts.callback()
def what_if(
    context: typer.Context,
    rules: Annotated[
        str | None,
        typer.Option("--what-if", metavar="FILE", help="Rules to try on the past; alerts/rules.toml is the model."),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="With --what-if: from which day on.")
    ] = None,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Alerts: list, show, acknowledge, snooze, resolve. With --what-if: how many other rules would have raised, by rule, court, BCU
    and week in which they fell due, beside those of the rules in force. The past is as the facts stand now."""
    if context.invoked_subcommand is not None:
        if rules or since:
            raise Failed("--what-if and --since stand alone, without a command after them", CALL)
        return
    if rules is None or since is None:
        raise Failed("expected --what-if FILE --since DATE, or a command: vjt alerts --help", CALL)
    from alerts.rehearsal import rehearse
    from alerts.rules import load
    from domain.calendar import london_day

    tried, day = load(Path(rules)), london_day(_time(since, "--since"))
    with _cursor() as cur:
        rows = rehearse(cur.connection, tried, load(), day, dt.datetime.now(dt.UTC))
    show(rows, format, out, REHEARSED)
    for rule in sorted({row["rule"] for row in rows}):
        before, after = (sum(row[by] for row in rows if row["rule"] == rule) for by in ("in_force", "what_if"))
        typer.echo(f"{rule}: {before:,} in force, {after:,} what if", err=True)


@alerts.command("list")
def list_(
    rule: Annotated[list[str] | None, _only("rule")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="open (the default), acknowledged, snoozed, resolved; may be given again."),
    ] = None,
    force: Annotated[list[str] | None, _only("force")] = None,
    bcu: Annotated[list[str] | None, _only("bcu")] = None,
    court: Annotated[list[str] | None, _only("court")] = None,
    severity: Annotated[list[str] | None, _only("severity")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="No more than so many.")] = 1_000,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """List alerts that are open: the most severe first, of these what fell due first."""
    from alerts.condition import SEVERITIES
    from alerts.life import STATES
    from schemas.outgoing import Rule

    asked = {"rule": rule, "state": state or ["open"], "force": force, "bcu": bcu, "court": court, "severity": severity}
    _check("rule", rule, get_args(Rule))
    _check("state", state, STATES)
    _check("severity", severity, SEVERITIES)
    conditions = [
        (OF_MEMBER if name in ("force", "bcu", "court") else ONE_OF).format(name=name)
        for name in FILTERS
        if asked[name]
    ]
    with _cursor() as cur:
        cur.execute(LIST.format(conditions=" AND ".join(conditions)).encode(), asked | {"limit": limit + 1})
        rows = _named(cur)
    show([{name: row[name] for name in LISTED} for row in rows[:limit]], format, out, LISTED)
    if len(rows) > limit:
        typer.echo(f"these are {limit:,}, and there are more: --limit", err=True)


@alerts.command("show")
def show_(
    id: Annotated[str, typer.Argument(metavar="ID", help="An alert, by the beginning of its id.")],
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Show one: what it is about, whom it concerns now, and every step of its life."""
    with _cursor() as cur:
        alert_id = _found(cur, id)
        cur.execute(f"{ROWS} WHERE a.alert_id = %s", (alert_id,))
        (row,) = _named(cur)
        cur.execute(MEMBERS, (alert_id,))
        members = _named(cur)
        cur.execute(STEPS, (alert_id,))
        steps = _named(cur)
    if format is not Format.TABLE:
        show([row | {"members": members, "steps": steps}], format, out)
        return
    told = [{"what": name, "value": value} for name, value in row.items() if value not in (None, "", {}, False)]
    write(chain(spelled(told, format), ["\n"], spelled(members, format), ["\n"], spelled(steps, format)), out)


@alerts.command()
def acknowledge(ids: Ids, by: By = None) -> None:
    """Take alerts up: somebody sees to them."""
    from alerts.life import acknowledged

    _move(ids, by, acknowledged)


@alerts.command()
def snooze(
    ids: Ids,
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="A date (London), or a time.")],
    by: By = None,
) -> None:
    """Put alerts off. Each is told again then, if its cause is still there."""
    from alerts.life import snoozed

    at = _time(until, "--until")
    _move(ids, by, lambda alert, who, now: snoozed(alert, at, who, now))


@alerts.command()
def resolve(
    ids: Ids,
    reason: Annotated[str, typer.Option("--reason", metavar="CODE", help="Why: up to 40 of a-z, 0-9 and _.")],
    by: By = None,
) -> None:
    """Say that nothing is left to do. Alerts stay resolved as long as their cause stays; if it comes back, they are open again."""
    from alerts.life import resolved

    _move(ids, by, lambda alert, who, now: resolved(alert, reason, who, now))


def _move(ids: list[str], by: str | None, move: "Moves") -> None:
    """All of them, or none. Raises Failed."""
    from alerts import settle, tables
    from alerts.life import Refused

    who = (by if by is not None else getpass.getuser()).strip()
    if not who:
        raise Failed("--by: say who does it", CALL)
    with _cursor() as cur:
        tables.lock(cur)
        now = dt.datetime.now(dt.UTC)
        wanted = list(dict.fromkeys(_found(cur, id) for id in ids))
        found = tables.alerts(cur, wanted)
        try:
            moved = [move(found[alert_id], who, max(now, found[alert_id].moved_at)) for alert_id in wanted]
        except Refused as error:
            raise Failed(str(error), CALL) from None
        settle.write(cur, [alert for alert, _ in moved], [step for _, steps in moved for step in steps])
    for alert, (step,) in moved:
        typer.echo(f"{alert.alert_id} {step.what}")


@contextmanager
def _cursor() -> "Iterator[Cursor[Any]]":
    """A cursor in a transaction."""
    import psycopg

    from vjt.settings import Settings

    with psycopg.connect(Settings().database_url(), connect_timeout=5) as connection, connection.cursor() as cur:
        yield cur


def _named(cur: "Cursor[Any]") -> list[dict[str, Any]]:
    names = [column.name for column in cur.description or []]
    return [dict(zip(names, row, strict=True)) for row in cur.fetchall()]


def _found(cur: "Cursor[Any]", id: str) -> Any:
    """The one alert whose id begins so. Raises Failed."""
    from uuid import UUID

    digits = id.strip().lower().replace("-", "")
    if not ID.fullmatch(id.strip().lower()) or not 4 <= len(digits) <= 32:
        raise Failed(
            f"{id}: expected an alert's id, or at least the first 4 of its digits. See them: vjt alerts list", CALL
        )
    found = [row[0] for row in cur.execute(BEGINNING, (UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))))]
    if not found:
        raise Failed(f"there is no alert {id}. See them: vjt alerts list", CALL)
    if len(found) > 1:
        some = ", ".join(map(str, found[:3])) + ", …" * (len(found) > 3)
        raise Failed(f"several alerts begin with {id}: {some}", CALL)
    return found[0]


def _check(name: str, given: list[str] | None, known: tuple[str, ...]) -> None:
    if unknown := [value for value in given or () if value not in known]:
        raise Failed(f"--{name} {unknown[0]}: expected one of {', '.join(known)}", CALL)


def _time(said: str, option: str) -> dt.datetime:
    """The beginning of a date in London, or a time, which is London's if it does not say. Raises Failed."""
    from domain.calendar import LONDON

    try:
        at = dt.datetime.fromisoformat(said.strip())
    except ValueError:
        raise Failed(
            f"{option} {said}: expected a date such as 2026-03-31, or a time such as 2026-03-31T14:00", CALL
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=LONDON)).astimezone(dt.UTC)

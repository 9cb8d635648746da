"""`vjt demo`: everything on this machine, from a synthetic year of London to the first figures."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from vjt.errors import CALL, Failed
from vjt.rows import Format, show

OFFENCES = ("all", "rape", "sexual", "domestic_abuse", "robbery", "violence", "criminal_damage")
PATIENCE = 600  # s

FIGURES = """
SELECT stage, sum(entered)::bigint AS entered, sum(progressed)::bigint AS progressed, sum(withdrew)::bigint AS withdrew,
       sum(other_exit)::bigint AS other_exit, sum(open)::bigint AS open,
       sum(withdrew)::float8 / nullif(sum(entered - open), 0) AS withdrawal_rate
FROM metrics.attrition
WHERE basis = 'reported' AND cohort = 'all' AND dimension = 'all' AND offence = 'all'
GROUP BY stage
ORDER BY array_position(
    ARRAY['pre_charge', 'post_charge', 'journey', 'investigation', 'charging', 'awaiting_trial', 'trial'], stage)
"""

BY_OFFENCE = """
SELECT offence, sum(entered)::bigint AS entered, sum(withdrew)::bigint AS withdrew, sum(withdrew_evidenced)::bigint AS evidenced,
       sum(withdrew)::float8 / nullif(sum(entered - open), 0) AS withdrawal_rate
FROM metrics.attrition
WHERE basis = 'reported' AND cohort = 'all' AND dimension = 'all' AND stage = 'pre_charge' AND offence = ANY(%s)
GROUP BY offence ORDER BY array_position(%s, offence)
"""

DELAYS = """
SELECT unit, interval, sum(completed)::bigint AS completed,
       sum(mean_days * (completed - imprecise)) / nullif(sum(completed - imprecise), 0) AS mean_days,
       max(max_days) AS max_days, sum(open)::bigint AS open
FROM metrics.delay
WHERE basis = 'started' AND dimension = 'all' AND offence = 'all'
  AND (unit, interval) IN (('victim', 'report_to_referral'), ('case', 'receipt_to_charge'), ('victim', 'report_to_charge'),
                           ('victim', 'charge_to_trial'), ('victim', 'report_to_withdrawal'), ('victim', 'report_to_conclusion'))
GROUP BY unit, interval ORDER BY interval, unit
"""


def demo(
    journeys: Annotated[int, typer.Option("--journeys", min=1, help="How many synthetic journeys.")] = 3_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same London.")] = 1,
    exit: Annotated[bool, typer.Option("--exit", help="End after the figures; the stack stays up.")] = False,
) -> None:
    """Database, broker, workers and a synthetic year of London; ends with the figures.

    Ctrl-C ends the workers, `vjt down` the stack.
    """
    from vjt.settings import Settings
    from vjt.up import up

    began = time.monotonic()
    _only_ours(Settings())
    up()
    dsn = Settings().database_url()
    with _worker("consume"), _worker("project"):
        with tempfile.TemporaryDirectory() as folder:
            events = Path(folder) / "events.jsonl"
            _run("simulate", "--journeys", str(journeys), "--seed", str(seed), "--out", str(events))
            _run("publish", str(events))
        _wait_level(dsn)
        _figures(dsn)
        typer.echo(f"\nfrom nothing to figures in {time.monotonic() - began:.0f} s. Three things to try next:")
        typer.echo(
            "  vjt report attrition --where stage=pre_charge --where dimension=bcu --where offence=domestic_abuse"
        )
        typer.echo(f"  vjt journey {_somebody(dsn)}")
        typer.echo("  vjt verify")
        if not exit:
            typer.echo("\nthe workers run on; Ctrl-C ends them")
            try:
                while True:
                    time.sleep(3_600)
            except KeyboardInterrupt:
                typer.echo("\nthe stack stays up; stop it: vjt down")


def _only_ours(settings: Any) -> None:
    """Synthetic victims must not stand among real ones."""
    named = settings.named("DATABASE_URL")
    if named is None:
        return
    import psycopg

    with psycopg.connect(named) as connection:
        if connection.execute("SELECT to_regclass('log.stored_events')").fetchone() == (None,):
            return
        strange = "SELECT FROM log.source WHERE accepted > 0 AND source NOT LIKE '%/simulated%'"
        if connection.execute(strange).fetchone() is not None:
            raise Failed(
                "VJT_DATABASE_URL names a database with events of its own; a demo there would mix with them", CALL
            )


@contextmanager
def _worker(verb: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", "vjt.main", verb], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _run(*words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "vjt.main", *words], check=False)
    if done.returncode not in (0, 1):
        raise typer.Exit(done.returncode)


def _wait_level(dsn: str) -> None:
    """Until the log has what was published and the tables have what is in the log."""
    import psycopg

    from vjt.progress import Progress

    query = """SELECT (SELECT coalesce(max(notification_id), 0) FROM log.stored_events),
                      (SELECT coalesce(max(position), 0) FROM projection.build WHERE live)"""
    deadline = time.monotonic() + PATIENCE
    last, still = -1, 0
    with psycopg.connect(dsn, autocommit=True) as connection, Progress(" events") as progress:
        while time.monotonic() < deadline:
            log, done = connection.execute(query).fetchone() or (0, 0)
            progress("project", done, log)
            still = still + 1 if log == done == last and log > 0 else 0
            last = log
            if still >= 10:
                return
            time.sleep(0.1)
    raise Failed("the tables did not become level with the log; see: vjt status", 1)


def _figures(dsn: str) -> None:
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        typer.echo("\nAt which stage victims leave (metrics.attrition, all offences, by month of report, summed)\n")
        show(connection.execute(FIGURES).fetchall(), Format.TABLE, None)
        typer.echo(
            "\nBefore a charge, by offence; the review: 40 % of all, rape 69 %, domestic abuse 59 %, robbery 19 %\n"
        )
        show(connection.execute(BY_OFFENCE, (list(OFFENCES), list(OFFENCES))).fetchall(), Format.TABLE, None)
        typer.echo("\nHow long the waits are, days (metrics.delay)\n")
        show(connection.execute(DELAYS).fetchall(), Format.TABLE, None)


def _somebody(dsn: str) -> str:
    """A journey worth a look."""
    import psycopg

    query = "SELECT journey_id FROM journeys.journey WHERE withdrawals > 0 ORDER BY facts DESC, journey_id LIMIT 1"
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    return str(row[0]) if row else "ID"

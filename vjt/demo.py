"""`vjt demo`: everything on this machine, from a synthetic year of London to the review's figures."""

import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from vjt.errors import CALL, CHECK, Failed
from vjt.rows import Format, show

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
    journeys: Annotated[int, typer.Option("--journeys", min=1, help="How many synthetic journeys.")] = 5_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same London.")] = 4,
    exit: Annotated[bool, typer.Option("--exit", help="End after the figures; the stack stays up.")] = False,
) -> None:
    """Database, broker, workers and a synthetic year of London; ends with the review's figures beside its own.

    Ctrl-C ends the workers, `vjt down` the stack.
    """
    from vjt.settings import Settings
    from vjt.up import up

    began = time.monotonic()
    up()
    dsn = Settings().database_url()
    _only_synthetic(dsn)
    with tempfile.TemporaryDirectory() as folder:
        events = str(Path(folder) / "events.jsonl")
        _run("simulate", "--journeys", str(journeys), "--seed", str(seed), "--out", events)
        _run("publish", events)
    _run("consume", "--once")
    _run("project", "--once")
    _figures(dsn)
    typer.echo("\nWhat somebody must do something about now (vjt alerts list)\n")
    _run("alert", "--once")
    typer.echo(f"\n{time.monotonic() - began:.0f} s. Three things to try next:")
    typer.echo("  vjt report attrition --where stage=pre_charge --where dimension=bcu --where offence=domestic_abuse")
    typer.echo(f"  vjt journey {_somebody(dsn)}")
    typer.echo("  vjt verify")
    if exit:
        typer.echo("\nThe stack stays up; stop it: vjt down")
    else:
        _stay()


def _stay() -> None:
    """Keep the workers at work, so that what is published now shows in the tables at once."""
    with _worker("consume") as consume, _worker("project") as project, _worker("alert") as alert:
        typer.echo(
            "\nThe workers run on: publish more, and the tables follow. Ctrl-C ends them; the stack stays up (vjt down)."
        )
        with contextlib.suppress(KeyboardInterrupt):
            while all(worker.poll() is None for worker in (consume, project, alert)):
                time.sleep(0.5)
            raise Failed("a worker ended; run it by itself to see why: vjt consume, vjt project, vjt alert", CHECK)


def _only_synthetic(dsn: str) -> None:
    """Synthetic victims must not stand among real ones."""
    import psycopg

    with psycopg.connect(dsn) as connection:
        strange = "SELECT FROM log.source WHERE accepted > 0 AND source NOT LIKE '%/simulated%'"
        if connection.execute(strange).fetchone() is not None:
            raise Failed(
                "the log holds events that are not synthetic, and a demo would mix with them. "
                "Name another database by VJT_DATABASE_URL, or another folder for a local stack by VJT_HOME",
                CALL,
            )


@contextlib.contextmanager
def _worker(verb: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "vjt.main", verb], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _run(*words: str) -> None:
    """A verb in a process of its own, as a user would. It has said what was wrong if it fails."""
    done = subprocess.run([sys.executable, "-m", "vjt.main", *words], check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)


def _figures(dsn: str) -> None:
    import psycopg
    from psycopg.rows import dict_row

    from vjt.review import UNTOLD, figures

    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        typer.echo("\nAt which stage victims leave (metrics.attrition, all offences, by month of report, summed)\n")
        show(connection.execute(FIGURES).fetchall(), Format.TABLE, None)
        typer.echo("\nHow long the waits are, days (metrics.delay)\n")
        show(connection.execute(DELAYS).fetchall(), Format.TABLE, None)
        typer.echo(
            "\nThe figures of the London Victim Attrition Review, and of this run (95 % interval; n: of how many)\n"
        )
        show(figures(connection), Format.TABLE, None)
        typer.echo("\nFigures of the review that no event gives\n")
        show([figure._asdict() for figure in UNTOLD], Format.TABLE, None)


def _somebody(dsn: str) -> str:
    """A journey worth a look."""
    import psycopg

    query = "SELECT journey_id FROM journeys.journey WHERE withdrawals > 0 ORDER BY facts DESC, journey_id LIMIT 1"
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query).fetchone()
    return str(row[0]) if row else "ID"

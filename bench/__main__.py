"""`python -m bench`: all measures in one run, on servers of its own."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bench import alerts, big, freshness, intake, tables
from bench.measured import Measured, machine
from bench.servers import Servers, servers, simulated, written
from store.memory import collect_rarely
from vjt.rows import Format, FormatOption, OutOption, show

HEAD = 0.8  # of the events stand in the log and the tables before the rest is measured
FEW = 3_000  # journeys of the smaller log, to see what grows with it
RATES = (200, 500)  # events/s, for freshness
BESIDE = (20, 100)  # events/s, while a crime with thousands of events and a case with a thousand victims come in
SECONDS_BESIDE = 180


def bench(
    journeys: Annotated[int, typer.Option("--journeys", min=1_000, help="Journeys in the log.")] = 25_000,
    seconds: Annotated[int, typer.Option("--seconds", min=10, help="How long freshness is measured.")] = 40,
    format: FormatOption = Format.TABLE,
    out: OutOption = None,
) -> None:
    """Intake, steps, builds, freshness, alerts, sizes, and what COPY of the same rows does."""
    collect_rarely()
    found: list[Measured] = []
    try:
        with servers() as started:
            conditions = machine(started.postgres.url)
            for name, measure in MEASURES:
                typer.echo(f"measuring: {name}", err=True)
                found += measure(started, journeys, seconds)
        typer.echo("measuring: alerts", err=True)
        with servers() as started:  # of their own: what was sent before would have to be taken first
            found += alerts.alerts(started, seconds)
    finally:  # nothing that was found is lost by what fails after it, or by Ctrl-C
        if found:
            _show(found, conditions, format, out)


def _show(found: list[Measured], conditions: dict[str, Any], format: Format, out: Path | None) -> None:
    rows: list[dict[str, Any]] = [measured.row() for measured in found]
    if format is Format.TABLE:
        typer.echo(", ".join(f"{name} {value}" for name, value in conditions.items()))
    else:
        rows = [row | conditions for row in rows]
    show(rows, format, out)


def _from_files(servers: Servers, journeys: int, _: int) -> list[Measured]:
    events = simulated(journeys)
    head, kept = int(HEAD * len(events)), len(events) - tables.ONE_BY_ONE
    dsn = servers.database("files")
    found = intake.load(servers, dsn, written(servers.folder / "head", events[:head]))
    tables.level(dsn)
    servers.run(dsn, "load", written(servers.folder / "tail", events[head:kept]))
    stepped = tables.steps(servers, dsn, kept - head, journeys)
    one = tables.one_by_one(dsn, events[kept:], servers.folder / "last", journeys)
    built = tables.builds(servers, dsn)
    stepped.peer = built[0].peer
    return [*found, stepped, one, *built]


def _from_kafka(servers: Servers, journeys: int, seconds: int) -> Iterator[Measured]:
    events = simulated(journeys)
    at = len(events) - sum(RATES) * seconds - sum(BESIDE) * SECONDS_BESIDE
    if at <= 0:
        raise typer.BadParameter(
            f"{len(events):,} events of {journeys:,} journeys; {len(events) - at:,} are sent alone"
        )
    dsn = servers.database("kafka")
    yield intake.consume(servers, dsn, written(servers.folder / "head", events[:at]))
    for rate in RATES:
        yield from freshness.freshness(servers, dsn, events[at:], rate, seconds, journeys)
        at += rate * seconds
    for n, rate in enumerate(BESIDE, 1):
        beside = list(big.beside(n))
        yield from freshness.freshness(servers, dsn, events[at:], rate, SECONDS_BESIDE, journeys, beside)
        at += rate * SECONDS_BESIDE


def _few(servers: Servers, *_: int) -> list[Measured]:
    events = simulated(FEW)
    kept = len(events) - tables.ONE_BY_ONE
    dsn = servers.database("few")
    servers.run(dsn, "load", written(servers.folder / "head", events[:kept]))
    tables.level(dsn)
    return [tables.one_by_one(dsn, events[kept:], servers.folder / "last", FEW)]


MEASURES: tuple[tuple[str, Callable[[Servers, int, int], Iterable[Measured]]], ...] = (
    ("from files", _from_files),
    ("from Kafka", _from_kafka),
    ("few", _few),
)

if __name__ == "__main__":
    typer.run(bench)

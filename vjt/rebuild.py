"""`vjt rebuild` and `vjt verify`: all tables again from the log."""

import time

import typer

from vjt.errors import CHECK
from vjt.rows import Format, FormatOption, OutOption, show


def rebuild() -> None:
    """Make all tables again from the log, beside the live ones, and swap. Readers notice nothing."""
    from projections.build import build
    from store.memory import collect_rarely
    from vjt.progress import Progress
    from vjt.settings import Settings

    collect_rarely()
    settings = Settings()
    began = time.monotonic()
    with Progress() as progress, build(settings.database_url(), None, settings.rules(), progress) as beside:
        beside.swap()
    typer.echo(f"rebuilt from {beside.upto:,} positions of the log in {time.monotonic() - began:.1f} s", err=True)


def verify(format: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Recompute every table from the log and compare; exit 1 and the differences if there are any."""
    from projections.verify import verify as compare
    from store.memory import collect_rarely
    from vjt.progress import Progress
    from vjt.settings import Settings

    collect_rarely()
    settings = Settings()
    with Progress() as progress:
        compared = compare(settings.database_url(), settings.rules(), progress)
    rows = [{"table": c.table, "compared": c.cells, "differences": len(c.differences)} for c in compared]
    show(rows, format, out)
    for c in compared:
        for cell, live, recomputed in c.differences[:20]:
            typer.echo(f"{c.table}: {cell}: live {live}, recomputed {recomputed}", err=True)
    cells, differences = sum(c.cells for c in compared), sum(len(c.differences) for c in compared)
    typer.echo(f"{cells:,} cells compared, {differences:,} differ", err=True)
    if differences:
        raise typer.Exit(CHECK)

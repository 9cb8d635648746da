"""`vjt consume`: the worker from the agencies' topics to the log."""

from typing import Annotated

import typer

from vjt.errors import CHECK


def consume(
    once: Annotated[bool, typer.Option("--once", help="Take what the topics hold now, then end.")] = False,
    accept_log: Annotated[
        bool,
        typer.Option(
            "--accept-log",
            help="Where Kafka and the log do not fit together, go on from the first message that Kafka has.",
        ),
    ] = False,
) -> None:
    """Take events from Kafka into the log, each exactly once. Several may run: they share the partitions."""
    import asyncio
    import signal

    from store.memory import collect_rarely
    from streams.consume import Consume, Counts
    from vjt.logging import configure
    from vjt.settings import Settings

    settings = Settings()
    configure(settings.named("LOG_FORMAT"))
    collect_rarely()

    async def run() -> Counts:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        return await Consume(settings.database_url(), settings.kafka(), once, accept_log, settings.keep_rejected()).run(
            stop
        )

    counts = asyncio.run(run())
    typer.echo(
        f"accepted {counts.accepted:,}, duplicates {counts.duplicates:,}, rejected {counts.rejected:,}", err=True
    )
    if once and counts.stopped:
        typer.echo(f"{counts.stopped} partitions were not taken from; the lines above say why", err=True)
        raise typer.Exit(CHECK)

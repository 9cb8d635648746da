"""`vjt consume`: the worker from the agencies' topics to the log."""

from typing import Annotated

import typer


def consume(
    once: Annotated[bool, typer.Option("--once", help="Take what the topics hold now, then end.")] = False,
    accept_log: Annotated[
        bool,
        typer.Option(
            "--accept-log", help="Go on where Kafka and the log do not fit together, from the first offset there is."
        ),
    ] = False,
) -> None:
    """Take events from Kafka into the log, each exactly once. Several may run: they share the partitions."""
    import asyncio
    import gc
    import signal

    from streams.consume import Consume
    from vjt.logging import configure
    from vjt.settings import Settings

    settings = Settings()
    configure(settings.named("LOG_FORMAT"))
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)  # a batch has no cycles; looking for some in it takes a tenth of the time

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        worker = Consume(
            settings.database_url(),
            settings.kafka(),
            stop,
            once=once,
            accept_log=accept_log,
            keep_rejected=settings.keep_rejected(),
        )
        counts = await worker.run()
        typer.echo(
            f"accepted {counts.accepted:,}, duplicates {counts.duplicates:,}, rejected {counts.rejected:,}", err=True
        )

    asyncio.run(run())

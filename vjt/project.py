"""`vjt project`: the worker from the log to the tables, and the relay of what goes out."""

import asyncio
import contextlib
import signal
import threading
from typing import Annotated, Any

import typer


def project(
    once: Annotated[bool, typer.Option("--once", help="Catch up with the log as it is now, then end.")] = False,
) -> None:
    """Keep the tables level with the log, and send what changed to Kafka. Several may run: one works, others wait."""
    from vjt.logging import configure
    from vjt.settings import Settings

    settings = Settings()
    configure(settings.named("LOG_FORMAT"))
    dsn, kafka = settings.database_url(), settings.kafka()
    if once:
        _catch_up(dsn)
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = threading.Thread(target=_work, args=(dsn, stop), name="projector")
    worker.start()
    asyncio.run(_relay(dsn, kafka, stop, worker))
    worker.join()


def _catch_up(dsn: str) -> None:
    from projections.projector import Projector
    from vjt.progress import Progress

    with Progress() as progress, contextlib.closing(Projector(dsn, progress)) as projector:
        projector.lead()
        events = 0
        while taken := projector.advance():
            events += taken
            progress("project", events, None)
    typer.echo(f"{events:,} events projected", err=True)


def _work(dsn: str, stop: threading.Event) -> None:
    """Project until told to stop; a database that goes away is waited for."""
    import structlog
    from psycopg import OperationalError

    from projections.projector import Projector

    log: Any = structlog.get_logger()
    failures = 0
    while not stop.is_set():
        try:
            with contextlib.closing(Projector(dsn, _log_progress)) as projector:
                while not projector.leader():
                    if stop.wait(1):
                        return
                log.info("projector active")
                failures = 0
                while not stop.is_set():
                    if not projector.advance():
                        projector.wait()
        except OperationalError as error:
            failures += 1
            if failures == 1:
                log.warning("database away", error=type(error).__name__)
            stop.wait(min(0.2 * 2**failures, 5))


def _log_progress(what: str, done: int, total: int | None) -> None:
    if done == total:
        import structlog

        structlog.get_logger().info("build", part=what, done=done)


async def _relay(dsn: str, kafka: str, stop: threading.Event, worker: threading.Thread) -> None:
    """Relay while the projector works. Should that thread fail, so does the process: a supervisor starts it again."""
    from streams.relay import relay

    ended = asyncio.Event()
    task = asyncio.create_task(relay(dsn, kafka, ended))
    while not stop.is_set() and worker.is_alive() and not task.done():
        await asyncio.sleep(0.1)
    ended.set()
    stop.set()
    await task

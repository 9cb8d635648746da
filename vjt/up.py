"""`vjt up`, `vjt down`, `vjt migrate`: the local stack, and the tables and topics in whichever servers are in force."""

import asyncio

import typer

from vjt.progress import Progress


def up() -> None:
    """Start PostgreSQL and Kafka on this machine, prepare them, and print the settings to export.

    A server that VJT_DATABASE_URL or VJT_KAFKA names is used as it is, and none is started for it.
    """
    from vjt.settings import Settings
    from vjt.stack import supervisor

    settings = Settings()
    postgres, kafka = settings.named("DATABASE_URL") is None, settings.named("KAFKA") is None
    if postgres or kafka:
        typer.echo(f"starting the local stack in {settings.home.folder}", err=True)
        supervisor.up(settings.home, postgres=postgres, kafka=kafka)
    prepare()
    typer.echo(f"export VJT_DATABASE_URL='{settings.database_url()}'")
    typer.echo(f"export VJT_KAFKA='{settings.kafka()}'")


def down() -> None:
    """Stop the local stack. Its data stay."""
    from vjt.settings import Settings
    from vjt.stack import supervisor

    settings = Settings()
    ended = supervisor.down(settings.home)
    typer.echo("stopped" if ended else f"the local stack in {settings.home.folder} is not up", err=True)


def migrate() -> None:
    """Create or upgrade the database's tables, and create the topics that are missing."""
    prepare()
    typer.echo("the database and the topics are up to date", err=True)


def prepare() -> None:
    """Tables and topics in the servers in force."""
    from store.migrate import migrate as migrate_database
    from streams.topics import create_topics
    from vjt.settings import Settings

    settings = Settings()
    with Progress() as progress:
        progress("tables", 0, None)
        migrate_database(settings.database_url())
        progress("topics", 0, None)
        asyncio.run(create_topics(settings.kafka()))

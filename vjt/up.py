"""`vjt up`, `vjt down`, `vjt migrate`: the local stack, and the tables and topics in whichever servers are in force."""

import asyncio
import shlex

import typer


def up() -> None:
    """Start PostgreSQL and Kafka on this machine, prepare them, and print the settings to export.

    A server that VJT_DATABASE_URL or VJT_KAFKA names is used as it is, and none is started for it.
    """
    from vjt.settings import Settings
    from vjt.stack import supervisor

    settings = Settings()
    postgres, kafka = settings.named("DATABASE_URL") is None, settings.named("KAFKA") is None
    if postgres or kafka:
        if settings.home.read() is None:
            typer.echo(f"starting the local stack in {settings.home.folder}", err=True)
        supervisor.up(settings.home, postgres=postgres, kafka=kafka)
    database_url, servers = settings.database_url(), settings.kafka()
    _tables(database_url)
    _topics(servers)
    typer.echo(f"export VJT_DATABASE_URL={shlex.quote(database_url)}")
    typer.echo(f"export VJT_KAFKA={shlex.quote(servers)}")


def down() -> None:
    """Stop the local stack. Its data stay."""
    from vjt.settings import Settings
    from vjt.stack import supervisor

    settings = Settings()
    ended = supervisor.down(settings.home)
    typer.echo("stopped" if ended else f"the local stack in {settings.home.folder} is not up", err=True)


def migrate() -> None:
    """Create or upgrade the database's tables, and create the topics that are missing.

    Without a broker, named or local, the database alone is prepared: `vjt load` needs no more.
    """
    from vjt.settings import NotUp, Settings

    settings = Settings()
    _tables(settings.database_url())
    try:
        kafka = settings.kafka()
    except NotUp:
        typer.echo("topics: none created, since VJT_KAFKA names no broker and the local stack is not up", err=True)
    else:
        _topics(kafka)


def _tables(database_url: str) -> None:
    from store.migrate import migrate as migrate_database

    taken = migrate_database(database_url)
    typer.echo(f"tables: {', '.join(taken) if taken else 'up to date'}", err=True)


def _topics(kafka: str) -> None:
    from streams.topics import create_topics

    created = asyncio.run(create_topics(kafka))
    typer.echo(f"topics: {', '.join(created) if created else 'up to date'}", err=True)

"""The one command. Each verb is a function in a module of its own, which imports what it needs when it runs."""

import sys

import typer

from vjt.alert import alert
from vjt.alerts import alerts
from vjt.consume import consume
from vjt.demo import demo
from vjt.errors import Failed, explained
from vjt.import_ import import_
from vjt.link import link
from vjt.load import load
from vjt.project import project
from vjt.publish import publish
from vjt.rebuild import rebuild, verify
from vjt.rejected import rejected
from vjt.report import journey, report, unlinked
from vjt.schema import schema
from vjt.simulate import simulate
from vjt.status import status
from vjt.undelivered import undelivered
from vjt.up import down, migrate, up

app = typer.Typer(
    help="Victim Journey Tracker: where victims of crime leave the justice process, from the events of every agency.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for verb in (
    demo,
    up,
    down,
    migrate,
    publish,
    consume,
    load,
    simulate,
    project,
    alert,
    rebuild,
    verify,
    report,
    journey,
    unlinked,
    status,
    schema,
):
    app.command()(verb)
app.command("import")(import_)
app.add_typer(rejected, name="rejected")
alerts.command()(undelivered)
app.add_typer(alerts, name="alerts")
app.add_typer(link, name="link")


def main() -> None:
    """Run the command. Exit codes (contract 7): 0 done, 1 a check failed or something was rejected, 2 the call was wrong,
    3 a server could not be reached."""
    try:
        app()
    except Failed as failed:
        typer.echo(failed, err=True)
        sys.exit(failed.code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        told = explained(error)
        if told is None:
            raise
        typer.echo(told, err=True)
        sys.exit(told.code)


if __name__ == "__main__":
    main()

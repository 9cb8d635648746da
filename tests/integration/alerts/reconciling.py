"""A process that makes alerts level, to be killed by a test: `python -m … DSN TIME`."""

import datetime as dt
import sys

import psycopg

from alerts.reconcile import reconcile
from alerts.rules import load
from tests.integration.projections.world import quiet


def main(dsn: str, now: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        reconcile(connection, load(), dt.datetime.fromisoformat(now), quiet)


if __name__ == "__main__":
    main(*sys.argv[1:])

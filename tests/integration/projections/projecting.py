"""A process that projects, to be killed or frozen by a test: `python -m … DSN SECONDS`. SECONDS after which it counts as frozen."""

import sys

from domain.setting import Rules
from projections import projector
from vjt.logging import configure
from vjt.project import Worker


def main(dsn: str, seconds: str) -> None:
    configure("json")
    projector.FROZEN = float(seconds)
    worker = Worker(dsn, Rules())
    worker.run()
    sys.exit(worker.failed)


if __name__ == "__main__":
    main(*sys.argv[1:])

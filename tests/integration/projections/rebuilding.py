"""A process that rebuilds and stops at a part of it, to be killed by a test: `python -m … DSN PART`.

It folds in two children, a few journeys at a time; says its children's numbers when it comes to the part, then waits.
"""

import multiprocessing
import sys

from domain.setting import Rules
from projections import build, portions


def main(dsn: str, part: str) -> None:
    portions.PORTION = 5

    def progress(what: str, done: int, total: int | None) -> None:
        if what == part:
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
            sys.stdin.read()

    with build.build(dsn, None, Rules(), progress, processes=2) as beside:
        beside.swap()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A process that takes one batch, to be killed or stopped by a test: `python -m … DSN FILE`.

The file has one event a line; they are offsets 0, 1, … of partition 0. Says `taken` after the commit, then waits.
"""

import sys
from pathlib import Path

from store.intake import Intake
from store.log import Log
from store.offsets import Span
from tests.integration.store.given import POLICE, message


def main(dsn: str, file: str) -> None:
    events = Path(file).read_bytes().splitlines()
    with Log(dsn) as log:
        batch = [message(event, offset) for offset, event in enumerate(events)]
        Intake(log, "cluster").take(batch, {(POLICE, 0): Span(0, len(batch))})
        print("taken", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The projector: keeps the live tables level with the log. One is active, others wait.

A notification makes it fast, a poll makes it right: losing any notification loses nothing.
"""

import psycopg

from projections.build import Progress, build
from projections.digest import digest
from projections.step import NoBuild, OtherRules, step

LEADER = 7_460_003  # advisory lock of the active projector
NOTIFIED = "vjt_log"
POLL = 1.0  # seconds
FAR_BEHIND = 50_000  # events; and a tenth of the log

BEHIND = """
SELECT (SELECT coalesce(max(notification_id), 0) FROM log.stored_events) AS last, position, digest
FROM projection.build WHERE live
"""


class Projector:
    """Steps the live build, or builds and swaps where there is none, other rules made it, or it is far behind.

    `leader()` or `lead()` first; `advance()` does the next piece of work; `wait()` sleeps until there may be more.
    """

    def __init__(self, dsn: str, progress: Progress) -> None:
        self.dsn = dsn
        self.progress = progress
        self.connection = psycopg.connect(dsn, autocommit=True)
        self.connection.execute("SET idle_in_transaction_session_timeout = '60s'")
        self.listener = psycopg.connect(dsn, autocommit=True)
        self.listener.execute(f"LISTEN {NOTIFIED}")

    def close(self) -> None:
        self.connection.close()
        self.listener.close()

    def leader(self) -> bool:
        """Try to become the active one. To be called until it says so."""
        row = self.listener.execute("SELECT pg_try_advisory_lock(%s)", (LEADER,)).fetchone()
        return bool(row and row[0])

    def lead(self) -> None:
        """Wait to become the active one."""
        self.listener.execute("SELECT pg_advisory_lock(%s)", (LEADER,))

    def advance(self) -> int:
        """Do the next piece of work. How many events it took; 0: level with the log."""
        if self.must_build():
            with build(self.dsn, None, self.progress) as beside:
                beside.swap()
                return beside.upto
        try:
            return step(self.connection).events
        except (NoBuild, OtherRules):
            return self.advance()

    def must_build(self) -> bool:
        found = self.connection.execute(BEHIND).fetchone()
        if found is None or bytes(found[2]) != digest():
            return True
        behind = found[0] - found[1]
        return bool(behind > FAR_BEHIND and behind > found[0] / 10)

    def wait(self) -> None:
        """Until the log says that it grew, or the poll is due."""
        for _ in self.listener.notifies(timeout=POLL, stop_after=1):
            break

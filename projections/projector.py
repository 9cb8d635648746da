"""The projector: keeps the live tables level with the log. One is active, others wait.

A notification makes it fast, a poll makes it right: losing any notification loses nothing.
"""

import contextlib
import threading
import time
from typing import Any

import psycopg
from psycopg import Connection

from domain.setting import Rules
from projections.build import build, last, sweep
from projections.digest import digest
from projections.portions import Progress
from projections.step import NoBuild, OtherRules, step

LEADER = 7_460_003  # advisory lock of the active projector
NOTIFIED = "vjt_log"
POLL = 1.0  # seconds
FROZEN = 60.0  # seconds after which one that stands still is no longer waited for
SWEEP = 60.0  # seconds between two looks for builds that nobody needs
FAR_BEHIND = 50_000  # events; and a fifth of the log: an event costs that much less in a build than in a step

BEHIND = """
SELECT (SELECT coalesce(max(notification_id), 0) FROM log.stored_events) AS last, position, digest
FROM projection.build WHERE live
"""


class Projector:
    """Steps the live build, or builds and swaps where there is none, other rules made it, or it is far behind.

    `leader()` first; `advance()` does the next piece of work; `wait()` sleeps until there may be more. `catch_up()` does it all.

    The lead is an advisory lock of a session that the server ends when nothing comes from it for `FROZEN`, and which a thread keeps
    from being idle however long a statement of a build takes: who is frozen loses it. It saves work and decides whose rules
    stand; what keeps the tables right is the build's row, which each step locks.
    """

    def __init__(self, dsn: str, rules: Rules, progress: Progress) -> None:
        self.dsn = dsn
        self.rules = rules
        self.progress = progress
        self.leads = False
        self.swept = 0.0
        self.closed = threading.Event()
        self.connection = self._connect("idle_in_transaction_session_timeout")
        self.session = self._connect("idle_session_timeout")
        self.session.execute(f"LISTEN {NOTIFIED}")
        self.beat = threading.Thread(target=self._beat, daemon=True)
        self.beat.start()

    def close(self) -> None:
        self.closed.set()
        self.beat.join(2)  # it may wait for a server that stands still
        self.connection.close()
        self.session.close()

    def leader(self) -> bool:
        """Try to become the active one. To be called until it says so."""
        if not self.leads:
            row = self.session.execute("SELECT pg_try_advisory_lock(%s)", (LEADER,)).fetchone()
            self.leads = bool(row and row[0])
        return self.leads

    def advance(self) -> int:
        """Do the next piece of work. How many events it took; 0: level with the log."""
        while True:
            if self.must_build():
                with build(self.dsn, None, self.rules, self.progress) as beside:
                    beside.swap()
                    return beside.upto
            with contextlib.suppress(NoBuild, OtherRules):  # somebody swapped meanwhile
                return step(self.connection, self.rules).events

    def must_build(self) -> bool:
        found = self.connection.execute(BEHIND).fetchone()
        if found is None or bytes(found[2]) != digest(self.rules):
            return True
        behind = found[0] - found[1]
        return bool(behind > FAR_BEHIND and behind > found[0] / 5)

    def wait(self) -> None:
        """Until the log says that it grew, or the poll is due. Raises OperationalError if the lead is lost."""
        if time.monotonic() - self.swept > SWEEP:
            sweep(self.connection)
            self.swept = time.monotonic()
        for _ in self.session.notifies(timeout=POLL, stop_after=1):
            break

    def catch_up(self) -> int:
        """Until the tables hold what the log holds now. How many events it took for that: none where another one is active,
        which is waited for instead."""
        upto = last(self.connection)
        while not self.leader():
            if self.position() >= upto:
                return 0
            time.sleep(POLL / 10)
        events = 0
        while self.must_build() or self.position() < upto:
            events += self.advance()
            self.progress("project", events, None)
        return events

    def position(self) -> int:
        """Up to where in the log the live tables are; -1: there are none."""
        row = self.connection.execute("SELECT position FROM projection.build WHERE live").fetchone()
        return int(row[0]) if row else -1

    def _connect(self, timeout: str) -> Connection[Any]:
        connection = psycopg.connect(self.dsn, autocommit=True, connect_timeout=5)
        connection.execute(f"SET {timeout} = '{FROZEN}s'")
        return connection

    def _beat(self) -> None:
        while not self.closed.wait(FROZEN / 6):
            with contextlib.suppress(psycopg.Error):  # who waits on this session is told
                self.session.execute("SELECT")

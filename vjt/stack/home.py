"""The folder of a local stack: its data, who runs it, and how to reach it."""

import contextlib
import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO, Any

from vjt.stack.process import is_running

MACHINE = Path("/var/lib/victim-journey-tracker")
"""Root's data folder, and where root puts what the user that PostgreSQL runs as must reach."""


def default_home() -> Path:
    """The user's data folder. Root's own is closed to the user that PostgreSQL runs as, so root's is the machine's."""
    if os.geteuid() == 0:
        return MACHINE
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "victim-journey-tracker"


class Home:
    """`stack.json` says who runs the stack and how to reach it; whoever runs it holds a lock on `stack.lock`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self.state = self.folder / "stack.json"
        self.lock = self.folder / "stack.lock"

    def read(self) -> dict[str, Any] | None:
        """What the running stack says of itself; None if it is not up."""
        said = self.last()
        return said if said and "kafka" in said and self.supervisor() is not None else None

    def supervisor(self) -> int | None:
        """The process that runs the stack; None if there is none, or it has not said so yet."""
        said = self.last()
        if said is None or not self.held() or not is_running(said["supervisor"], str(self.folder)):
            return None
        return int(said["supervisor"])

    def last(self) -> dict[str, Any] | None:
        """What the last stack here said of itself, running or not."""
        with contextlib.suppress(OSError, ValueError):
            said: dict[str, Any] = json.loads(self.state.read_text())
            return said
        return None

    def write(self, said: dict[str, Any]) -> None:
        part = self.state.with_suffix(".part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(json.dumps(said, indent=1))
        part.replace(self.state)

    def hold(self) -> IO[str] | None:
        """Take the lock; None if another holds it. It is let go when the returned file closes, or the process ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        while (file := self._lock(fcntl.LOCK_EX)) is None and not self.held():
            time.sleep(0.01)  # somebody was only looking
        return file

    def held(self) -> bool:
        """Whether a stack is up, coming up, or going down."""
        if not self.lock.exists():
            return False
        file = self._lock(fcntl.LOCK_SH)
        if file is None:
            return True
        file.close()
        return False

    def owns(self, lock: IO[str]) -> bool:
        """Whether a lock that was taken still is this folder's: the folder may have been deleted meanwhile, and made again."""
        try:
            return os.path.samestat(os.fstat(lock.fileno()), self.lock.stat())
        except FileNotFoundError:
            return False

    def _lock(self, kind: int) -> IO[str] | None:
        file = self.lock.open("r" if kind == fcntl.LOCK_SH else "a")
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

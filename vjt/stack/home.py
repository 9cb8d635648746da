"""The folder of a local stack: its data, who runs it, and how to reach it."""

import contextlib
import fcntl
import json
import os
from pathlib import Path
from typing import IO, Any


def default_home() -> Path:
    """The user's data folder. Root's own is closed to the user that PostgreSQL runs as, so root's is the machine's."""
    if os.geteuid() == 0:
        return Path("/var/lib/victim-journey-tracker")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "victim-journey-tracker"


class Home:
    """`stack.json` says who runs the stack and how to reach it; whoever runs it holds a lock on `stack.lock`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self.state = self.folder / "stack.json"

    def read(self) -> dict[str, Any] | None:
        """What the running stack says of itself; None if it is not up."""
        if not self.held():
            return None
        said = self.last()
        return said if said and "kafka" in said and "database_url" in said else None

    def last(self) -> dict[str, Any] | None:
        """What the last stack here said of itself, running or not."""
        with contextlib.suppress(OSError, ValueError):
            said: dict[str, Any] = json.loads(self.state.read_text())
            return said
        return None

    def write(self, said: dict[str, Any]) -> None:
        part = self.state.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(said, indent=1))
        part.replace(self.state)

    def hold(self) -> IO[str] | None:
        """Take the lock; None if another holds it. It is let go when the returned file closes, or the process ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = (self.folder / "stack.lock").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def held(self) -> bool:
        if not (self.folder / "stack.lock").exists():
            return False
        file = self.hold()
        if file is None:
            return True
        file.close()
        return False

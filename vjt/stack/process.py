"""Child processes that end with their parent, whatever ends the parent."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


class StackError(Exception):
    """A local server could not be started or stopped. The message says what to do."""


def spawn(
    command: Sequence[str], log: Path, *, user: int | None, dies_by: signal.Signals, **environment: str
) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own. On Linux the kernel sends it `dies_by` when the thread that started it
    ends, so that a parent that was killed leaves no orphan."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    parent = os.getpid()

    def before_exec() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        if libc is not None:  # after setuid, which would undo it
            libc.prctl(_PR_SET_PDEATHSIG, int(dies_by))
            if os.getppid() != parent:
                os._exit(1)

    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=before_exec,
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C", "TZ": "UTC"} | environment,
        )


def end(process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float = 20) -> None:
    """Ask a child to end, with one signal after the other; then make it."""
    for wanted in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(wanted)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def end_stale(pid: int, marker: str, by: signal.Signals, patience: float = 20) -> None:
    """End a process that an earlier supervisor left, if that number still is the one whose command line has `marker`."""
    deadline = time.monotonic() + patience
    wanted = by
    while _is(pid, marker):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, wanted)
        if time.monotonic() > deadline:
            wanted = signal.SIGKILL
        time.sleep(0.1)


def _is(pid: int, marker: str) -> bool:
    try:
        return marker.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def wait_for(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], what: str, log: Path, patience: float
) -> None:
    """Wait until a server answers. Raises StackError with the end of its log if it ends first or does not answer."""
    deadline = time.monotonic() + patience
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
            how = "ended" if process.poll() is not None else f"did not answer within {patience:.0f} s"
            raise StackError(f"{what} {how}. The end of {log}:\n{tail}")
        time.sleep(0.05)


def free_port(wanted: int | None = None) -> int:
    """A port of the loopback interface that nobody listens on; the wanted one if it is free."""
    for port in (wanted or 0, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise StackError("no port is free on 127.0.0.1")


def answers(port: int) -> bool:
    """Whether somebody listens on a port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0

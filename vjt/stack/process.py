"""Child processes that end with their parent, whatever ends the parent."""

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
PORTS = range(20_000, 32_000)


class StackError(Exception):
    """A local server could not be started or stopped. The message says what to do."""


class PortTaken(StackError):
    """Another server listens on the port that was free a moment ago."""


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
    while is_running(pid, marker):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, wanted)
        if time.monotonic() > deadline:
            wanted = signal.SIGKILL
        time.sleep(0.1)


def is_running(pid: int, marker: str) -> bool:
    """Whether a process runs under this number, and its command line has `marker`."""
    try:
        if sys.platform == "linux":
            return marker.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        return marker in subprocess.check_output(["ps", "-o", "command=", "-p", str(pid)], text=True)
    except (OSError, subprocess.CalledProcessError):
        return False


def wait_for(
    ready: Callable[[], bool], what: str, server: subprocess.Popen[bytes], log: Path, since: int, patience: float
) -> None:
    """Wait until a server answers. `since`: where in its log this start begins. Raises StackError with what it logged if it
    ends first or does not answer; PortTaken if another server was faster."""
    deadline = time.monotonic() + patience
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            told = tail(log, since)
            if "Address already in use" in told:
                raise PortTaken(told)
            how = "ended" if server.poll() is not None else f"did not answer within {patience:.0f} s"
            raise StackError(f"{what} {how}. The end of {log}:\n{told}")
        time.sleep(0.05)


def tail(log: Path, since: int = 0) -> str:
    """The last lines of a log, without where in Java it was."""
    lines = log.read_bytes()[since:].decode(errors="replace").splitlines()
    return "\n".join([line for line in lines if not line.startswith("\tat ")][-8:])


def on_a_free_port(start: Callable[[int], None], wanted: int | None) -> None:
    """Start a server on a port that is free, the wanted one if it is; on another where somebody takes it meanwhile."""
    for _ in range(3):
        try:
            return start(free_port(wanted))
        except PortTaken:
            wanted = None
    raise StackError("other servers keep taking the ports of 127.0.0.1 that were free")


def free_port(wanted: int | None = None) -> int:
    """A port of the loopback interface that nobody listens on; the wanted one if it is free.

    From below the ports that systems give to outgoing connections: nothing but another server can take it before ours does.
    """
    for port in (wanted, *random.sample(PORTS, 100)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if port:
                probe.bind(("127.0.0.1", port))
                return port
    raise StackError("no port is free on 127.0.0.1")

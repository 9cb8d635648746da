"""The process that runs the local stack. `vjt up` starts it apart from itself and waits until it says that both servers answer;
`vjt down` ends it. The servers are its children and end with it."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from vjt.stack.home import Home
from vjt.stack.kafka import Kafka, jars
from vjt.stack.postgres import Postgres
from vjt.stack.process import StackError, end_stale

WHAT = {"database_url": "PostgreSQL", "kafka": "Kafka"}


def up(home: Home, *, postgres: bool, kafka: bool) -> None:
    """Start what is asked for, unless it runs. Returns when it answers. Raises StackError."""
    if kafka:
        jars()  # while we still have a terminal to say what is missing
    home.folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        home.folder.chmod(home.folder.stat().st_mode | 0o011)  # the user that PostgreSQL runs as must pass through
    log = home.folder / "supervisor.log"
    began = log.stat().st_size if log.exists() else 0
    process = None if home.held() else _apart(home, log, ["postgres"] * postgres + ["kafka"] * kafka)
    deadline = time.monotonic() + 180
    while (said := home.read()) is None:
        ended = process is None or process.poll() is not None
        if ended and not home.held():
            raise StackError(log.read_bytes()[began:].decode().strip() or f"the local stack ended; see {log}")
        if time.monotonic() > deadline:
            raise StackError(f"the local stack did not come up within 3 minutes; see {log}")
        time.sleep(0.05)
    for name, wanted in (("database_url", postgres), ("kafka", kafka)):
        if wanted and not said[name]:
            raise StackError(
                f"the stack in {home.folder} was started without {WHAT[name]}, since another was named then. "
                "Run: vjt down, then: vjt up"
            )


def _apart(home: Home, log: Path, wanted: list[str]) -> subprocess.Popen[bytes]:
    paths = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    with log.open("a") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "vjt.stack.supervisor", str(home.folder), *wanted],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )


def down(home: Home) -> bool:
    """End the stack; False if it was not up."""
    supervisor = home.supervisor()
    if supervisor is None:
        return False
    os.kill(supervisor, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while home.supervisor() == supervisor:
        if time.monotonic() > deadline:
            raise StackError(f"the local stack in {home.folder} does not end; its supervisor is process {supervisor}")
        time.sleep(0.05)
    return True


def run(home: Home, wanted: list[str]) -> None:
    """Run the servers until told to end, or one of them ends by itself."""
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: asked.set())
    lock = home.hold()
    if lock is None:
        raise StackError(f"a stack is up in {home.folder}")
    before = home.last() or {}
    password = before.get("password") or secrets.token_urlsafe(18)
    said: dict[str, Any] = {"supervisor": os.getpid(), "password": password}
    said |= {name: before[name] for name in ("postgres_port", "kafka_port", "children") if name in before}
    home.write(said)
    for pid, marker, by in said.pop("children", []):
        end_stale(pid, marker, signal.Signals(by))
    postgres = Postgres(home.folder / "postgres", password, said.get("postgres_port"))
    kafka = Kafka(home.folder / "kafka", said.get("kafka_port"))
    said["children"] = []
    servers: list[Postgres | Kafka] = []
    try:
        for name, server, by in (("postgres", postgres, signal.SIGINT), ("kafka", kafka, signal.SIGTERM)):
            if name not in wanted or asked.is_set():
                continue
            server.start()
            servers.append(server)
            assert server.process is not None
            said |= {f"{name}_port": server.port}
            said["children"].append([server.process.pid, str(server.folder), int(by)])
            home.write(said)
        reached = {
            "database_url": postgres.url if postgres in servers else "",
            "kafka": kafka.servers if kafka in servers else "",
        }
        home.write(said | reached)
        while not asked.wait(0.5):
            if any(server.process is None or server.process.poll() is not None for server in servers):
                raise StackError(f"a server ended by itself; see {postgres.log} and {kafka.log}")
            if not home.owns(lock):
                raise StackError(f"{home.folder} was deleted")
    finally:
        for server in reversed(servers):
            server.stop()
        if home.owns(lock):
            home.write({name: value for name, value in said.items() if name != "children"})
        lock.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            run(Home(Path(sys.argv[1])), sys.argv[2:])
        except StackError as error:
            sys.exit(str(error))

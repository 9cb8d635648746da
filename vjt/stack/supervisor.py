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


def up(home: Home, *, postgres: bool, kafka: bool) -> dict[str, Any]:
    """Start what is asked for, unless it runs; what the stack says of itself. Raises StackError."""
    if kafka:
        jars()  # while we still have a terminal to say what is missing
    if (running := home.read()) is not None:
        return running
    home.folder.mkdir(parents=True, exist_ok=True)
    home.folder.chmod(0o755)
    log = home.folder / "supervisor.log"
    log.write_text("")
    wanted = ["postgres"] * postgres + ["kafka"] * kafka
    with log.open("a") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "vjt.stack.supervisor", str(home.folder), *wanted],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        )
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        said = home.read()
        if said is not None:
            return said
        if process.poll() is not None:
            raise StackError(log.read_text().strip() or "the local stack ended at once")
        time.sleep(0.05)
    process.terminate()
    raise StackError(f"the local stack did not come up within 3 minutes; see {log}")


def down(home: Home) -> bool:
    """End the stack; False if it was not up."""
    said = home.last()
    if not home.held() or said is None:
        return False
    os.kill(said["supervisor"], signal.SIGTERM)
    deadline = time.monotonic() + 60
    while home.held():
        if time.monotonic() > deadline:
            raise StackError(
                f"the local stack in {home.folder} does not end; its supervisor is process {said['supervisor']}"
            )
        time.sleep(0.05)
    return True


def run(home: Home, wanted: list[str]) -> None:
    """Run the servers until told to end, or one of them ends."""
    lock = home.hold()
    if lock is None:
        raise StackError(f"a stack is up in {home.folder}")
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: asked.set())
    before = home.last() or {}
    for pid, marker, by in before.get("children", []):
        end_stale(pid, marker, signal.Signals(by))
    password = before.get("password") or secrets.token_urlsafe(18)
    postgres = Postgres(home.folder / "postgres", password, before.get("postgres_port"))
    kafka = Kafka(home.folder / "kafka", before.get("kafka_port"))
    said: dict[str, Any] = {"supervisor": os.getpid(), "password": password, "children": []}
    servers: list[Postgres | Kafka] = []
    try:
        for server, by in ((postgres, signal.SIGINT), (kafka, signal.SIGTERM)):
            if type(server).__name__.lower() in wanted:
                server.start()
                servers.append(server)
                assert server.process is not None
                said["children"].append([server.process.pid, str(server.folder), int(by)])
            said |= {"postgres_port": postgres.port, "kafka_port": kafka.port}
            home.write(said)
        home.write(
            said
            | {
                "database_url": postgres.url if postgres in servers else "",
                "kafka": kafka.servers if kafka in servers else "",
            }
        )
        while not asked.wait(0.5):
            if any(server.process is None or server.process.poll() is not None for server in servers):
                raise StackError("a server ended by itself; see the logs in this folder")
    finally:
        for server in reversed(servers):
            server.stop()
        home.write({k: v for k, v in said.items() if k != "children"})
        lock.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            run(Home(Path(sys.argv[1])), sys.argv[2:])
        except StackError as error:
            sys.exit(str(error))

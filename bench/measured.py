"""What a run found, and on what."""

import importlib.metadata
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psycopg

from bench.servers import Servers, our_seconds
from vjt.stack.kafka import POM


@dataclass(slots=True)
class Measured:
    """One figure. `cpu_us`, `database_cpu_us`: processor time a unit, ours and PostgreSQL's, which other work on the machine
    disturbs less. `peer`: what COPY of the same rows into tables with the same indexes did in this run; `share` of it."""

    measure: str
    figure: float
    unit: str
    of: str = ""
    cpu_us: float | None = None
    database_cpu_us: float | None = None
    peer: float | None = None

    def row(self) -> dict[str, Any]:
        return asdict(self) | {"share": self.figure / self.peer if self.peer else None}


class Stopwatch:
    """Time and processor time of a block."""

    def __init__(self) -> None:
        self.seconds = self.ours = self.database = 0.0

    def rate(self, measure: str, number: int, unit: str, of: str) -> Measured:
        us = 1e6 / number
        return Measured(measure, number / self.seconds, unit, of, self.ours * us, self.database * us)


@contextmanager
def timed(servers: Servers) -> Iterator[Stopwatch]:
    watch = Stopwatch()
    ours, database, began = our_seconds(), servers.database_seconds(), time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - began
    watch.ours, watch.database = our_seconds() - ours, servers.database_seconds() - database


def machine(dsn: str) -> dict[str, Any]:
    """On what it ran. Servers, workers and load share it."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with psycopg.connect(dsn) as connection:
        shown = {
            name: (connection.execute(f"SHOW {name}".encode()).fetchone() or ("",))[0]
            for name in ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        }
    return {
        "processor": model[0].partition(":")[2].strip() if model else platform.machine(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "memory_gb": round(pages / 2**30),
        "python": platform.python_version(),
        "postgresql": shown.pop("server_version"),
        "kafka": ElementTree.parse(POM).findtext(".//{*}dependency/{*}version"),
        "psycopg": importlib.metadata.version("psycopg"),
        "aiokafka": importlib.metadata.version("aiokafka"),
    } | shown

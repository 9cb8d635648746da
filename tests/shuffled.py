"""By hand, with servers of its own: one simulation taken in three ways must leave the same rows, which equal its answers.

    python -m tests.shuffled --journeys 20000 --seed 7

- in order, by `vjt load` and `vjt project --once`;
- shuffled, one event in ten twice, over Kafka: `vjt publish` in pieces of random sizes, `vjt consume` and `vjt project` at work;
- shuffled, by `vjt load`, and then steps of random sizes.

Each is verified. Exit code 1 and what differs, if anything does.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from domain.setting import Rules
from projections.step import step
from tests.told import answered, tabled
from tests.waiting import until
from vjt.stack.kafka import Kafka
from vjt.stack.postgres import Postgres

WAYS = ("in_order", "published", "stepped")
BY_ARRIVAL = {"known_at", "first_known_at", "last_known_at", "log_position"}
"""Columns that say when and where something arrived."""
LIVE = {"alert", "freshness"}
"""Relations about the deliveries themselves."""
PATIENCE = 1_800  # s
TWICE = 0.1

RELATIONS = """
SELECT table_schema || '.' || table_name, array_agg(column_name::text ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema IN ('journeys', 'metrics') AND table_name <> ALL(%s)
GROUP BY 1 ORDER BY 1
"""


class Way:
    """A database of its own, and the verbs on it."""

    def __init__(self, name: str, postgres: str, kafka: str) -> None:
        self.name = name
        self.dsn = f"{postgres.rpartition('/')[0]}/{name}"
        self.environment = os.environ | {"VJT_DATABASE_URL": self.dsn, "VJT_KAFKA": kafka}
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        self.run("migrate")

    def run(self, *words: str) -> None:
        began = time.monotonic()
        done = subprocess.run(_command(*words), env=self.environment, capture_output=True, check=False)
        told = [said.decode().splitlines()[-1:] for said in (done.stdout, done.stderr)]
        print(self.name, "vjt", *words, f"{time.monotonic() - began:.0f} s:", *itertools.chain(*told), flush=True)
        if done.returncode:
            raise SystemExit(done.stderr.decode())

    @contextmanager
    def worker(self, verb: str) -> Iterator[None]:
        process = subprocess.Popen(_command(verb), env=self.environment, stderr=subprocess.DEVNULL)
        try:
            yield
            assert process.poll() is None, f"vjt {verb} ended by itself"
        finally:
            process.terminate()
            process.wait(60)

    def one(self, query: str) -> Any:
        with psycopg.connect(self.dsn) as connection:
            return (connection.execute(query.encode()).fetchone() or (None,))[0]

    def hashes(self) -> dict[str, tuple[Any, ...]]:
        """Of each relation the number of rows and a hash of all of them, in whatever order they stand."""
        with psycopg.connect(self.dsn) as connection:
            found = {}
            for relation, columns in connection.execute(RELATIONS, (list(LIVE),)).fetchall():
                row = f"row({', '.join(c for c in columns if c not in BY_ARRIVAL)})::text"
                query = f"SELECT count(*), sum(hashtextextended({row}, 0)::numeric) FROM {relation}"
                found[relation] = connection.execute(query.encode()).fetchone() or ()
            return found


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "vjt.main", *words]


def publish(way: Way, lines: list[bytes], rng: Random, folder: Path) -> None:
    """All lines over Kafka while the workers work; until the log has them and the tables are level."""
    events = len(set(lines))
    piece = folder / "piece.jsonl"
    with way.worker("consume"), way.worker("project"):
        while lines:
            size = rng.randint(1, 50_000)
            piece.write_bytes(b"".join(lines[:size]))
            lines = lines[size:]
            way.run("publish", str(piece))
        began = time.monotonic()
        level = f"""SELECT count(*) = {events} AND max(notification_id) = (SELECT position FROM projection.build WHERE live)
                    FROM log.stored_events"""
        until(lambda: way.one(level), PATIENCE)
    print(f"{way.name}: level {time.monotonic() - began:.0f} s later", flush=True)


def steps(way: Way, rng: Random) -> None:
    """From an empty build by steps of random sizes."""
    began, taken, times = time.monotonic(), 0, 0
    with psycopg.connect(way.dsn, autocommit=True) as connection:
        while events := step(connection, Rules(), limit=int(rng.paretovariate(0.5))).events:
            taken += events
            times += 1
    print(f"{way.name}: {times:,} steps, {taken:,} events: {time.monotonic() - began:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journeys", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vjt-shuffled-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres, kafka = Postgres(folder / "postgres", "test"), Kafka(folder / "kafka")
        try:
            postgres.start()
            kafka.start()
            raise SystemExit(compare(folder, postgres.url, kafka.servers, asked.journeys, asked.seed))
        finally:
            postgres.stop()
            kafka.stop()


def compare(folder: Path, postgres: str, kafka: str, journeys: int, seed: int) -> int:
    """Take the simulation in each way; how many comparisons failed."""
    in_order, published, stepped = (Way(name, postgres, kafka) for name in WAYS)
    events, known, shuffled = folder / "events.jsonl", folder / "answers.json", folder / "shuffled.jsonl"
    parameters = ("--journeys", str(journeys), "--seed", str(seed))
    in_order.run("simulate", *parameters, "--out", str(events), "--answers", str(known))
    rng = Random(seed)
    lines = events.read_bytes().splitlines(keepends=True)
    lines += rng.sample(lines, int(len(lines) * TWICE))
    rng.shuffle(lines)
    shuffled.write_bytes(b"".join(lines))

    in_order.run("load", str(events))
    in_order.run("project", "--once")
    publish(published, lines, rng, folder)
    stepped.run("project", "--once")
    stepped.run("load", str(shuffled))
    steps(stepped, rng)

    failed = 0
    expected = answered(known.read_bytes())
    first = in_order.hashes()
    for way in (in_order, published, stepped):
        way.run("verify")
        differing = expected.differing(tabled(way.dsn))
        rows = {name: (first[name], found) for name, found in way.hashes().items() if found != first[name]}
        broken = way.one("SELECT count(*) FROM journeys.broken")
        print(f"{way.name}: {len(expected.journeys):,} journeys and {len(expected.attrition):,} totals answered,"
              f" {len(differing)} differ; {len(first)} relations of {sum(n for n, _ in first.values()):,} rows,"
              f" {len(rows)} differ; {broken} broken", flush=True)  # fmt: skip
        for difference in (*list(differing.items())[:20], *rows.items()):
            print("  ", *difference, flush=True)
        failed += bool(differing) + bool(rows) + bool(broken)
    return failed


if __name__ == "__main__":
    main()

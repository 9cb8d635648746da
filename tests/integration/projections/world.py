"""A log and its tables, driven by hand."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from domain.setting import Rules
from projections.build import build, sweep
from projections.figures import figures
from projections.step import step
from projections.verify import verify
from store.delivery import Delivery, Line
from store.intake import Intake
from store.log import Log

NOW = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
Event = dict[str, Any]


def quiet(what: str, done: int, total: int | None) -> None:
    """Progress that nobody watches."""


class World:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.rules = Rules()
        self.log = Log(dsn)
        self.intake = Intake(self.log)
        self.stepper = psycopg.connect(dsn, autocommit=True)
        self.lines = 0

    def close(self) -> None:
        self.stepper.close()
        self.log.close()

    def forget(self) -> None:
        """Empty everything."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute("UPDATE projection.build SET live = false")
            sweep(connection)
            connection.execute("TRUNCATE log.stored_events, log.rejected, log.source, log.outbox RESTART IDENTITY")

    def say(self, *events: Event) -> None:
        """The events arrive, in one batch."""
        deliveries = []
        for event in events:
            self.lines += 1
            deliveries.append(Delivery(orjson.dumps(event), Line("history", self.lines)))
        self.intake.take(deliveries, now=NOW)

    def build(self) -> None:
        with build(self.dsn, None, self.rules, quiet, processes=1) as beside:
            beside.swap()

    def step(self, limit: int = 2_000) -> int:
        """One step; how many events it took."""
        return step(self.stepper, self.rules, limit=limit).events

    def read_on(self, day: dt.date | None) -> None:
        """Set the date on which what is open is read; None: today."""
        with psycopg.connect(self.dsn) as connection:
            connection.execute("UPDATE projection.setting SET reading_date = %s", (day,))

    def differences(self) -> dict[str, Any]:
        """What a recomputation finds, by table."""
        return {c.table: c.differences for c in verify(self.dsn, self.rules, quiet, processes=1) if c.differences}

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.dsn, row_factory=dict_row) as connection:
            return connection.execute(query, parameters).fetchall()

    def journeys(self) -> dict[str, dict[str, Any]]:
        """Every journey but for what depends on when events were known."""
        found = self.rows("SELECT * FROM journeys.journey")
        return {str(j.pop("journey_id")): {k: v for k, v in j.items() if k != "known_at"} for j in found}

    def figures(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every figure."""
        return {
            figure.name: sorted(
                (tuple(row.values()) for row in self.rows(f"SELECT * FROM metrics.{figure.name}")), key=str
            )
            for figure in figures()
        }


def told(world: World, *events: Event) -> None:
    """The events, in one step upon an empty build."""
    world.build()
    world.say(*events)
    world.step()


def arrive(world: World, events: Iterable[Event], sizes: Iterable[int]) -> None:
    """The events arrive in batches of these sizes, over and over."""
    left = list(events)
    for size in sizes:
        if not left:
            return
        world.say(*left[:size])
        left = left[size:]
    if left:
        world.say(*left)

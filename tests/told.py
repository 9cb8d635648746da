"""What the simulator says is true of its events, and what the tables say of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg.rows import dict_row

from simulator.answers import COUNTS, KEY, Answers
from simulator.city import stories
from simulator.disturbance import arrivals
from simulator.story import Story

DAYS = ("exit_at", "charged_at", "referred_at", "withdrew_at")
JOURNEY = ("exit", *DAYS, "stage", "withdrawal_evidenced", "counted")
Rows = dict[Any, tuple[Any, ...]]


class Truth(NamedTuple):
    """Each journey by its identifier, and each row of `metrics.attrition` by its key. Dates are texts."""

    journeys: Rows
    attrition: Rows

    def differing(self, other: "Truth") -> dict[Any, Any]:
        """(here, there) where they are not the same; None where one has nothing."""
        ours, theirs = self.journeys | self.attrition, other.journeys | other.attrition
        return {k: (ours.get(k), theirs.get(k)) for k in ours.keys() | theirs.keys() if ours.get(k) != theirs.get(k)}


def simulated(journeys: int, seed: int) -> tuple[list[dict[str, Any]], Truth]:
    """The events as they arrive, and the truth."""
    answers = Answers(journeys, seed)

    def noted() -> Iterator[Story]:
        for story in stories(journeys, seed):
            answers.add(story)
            yield story

    events = [orjson.loads(line) for line in arrivals(noted())]
    return events, answered(b"".join(answers.text()))


def answered(text: bytes) -> Truth:
    """By `vjt simulate --answers`."""
    document = orjson.loads(text)
    return _truth(document["journeys"], document["attrition"])


def tabled(dsn: str) -> Truth:
    """As the tables have it now."""
    journey = [f"{name}::text" if name in DAYS else name for name in JOURNEY]
    cell = [f"{name}::text" if name == "period" else name for name in (*KEY, *COUNTS)]
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        journeys = connection.execute(f"SELECT journey_id::text, {', '.join(journey)} FROM journeys.journey".encode())
        attrition = connection.execute(f"SELECT {', '.join(cell)} FROM metrics.attrition".encode())
        return _truth(journeys.fetchall(), attrition.fetchall())


def _truth(journeys: Sequence[Mapping[str, Any]], attrition: Sequence[Mapping[str, Any]]) -> Truth:
    truth = Truth(
        {row["journey_id"]: tuple(row[name] for name in JOURNEY) for row in journeys},
        {tuple(row[name] for name in KEY): tuple(row[name] for name in COUNTS) for row in attrition},
    )
    assert (len(truth.journeys), len(truth.attrition)) == (len(journeys), len(attrition)), "a key comes twice"
    return truth

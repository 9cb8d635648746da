"""The simulator's answers, and what the tables say of the same."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg.rows import dict_row

from simulator.answers import COUNTS, KEY

Rows = dict[Any, tuple[Any, ...]]
JOURNEY = (
    *("exit", "exit_at", "stage", "charged_at", "referred_at", "withdrew_at"),
    *("withdrawal_evidenced", "counted"),
)


class Answers(NamedTuple):
    """Journeys by identifier, cells of `metrics.attrition` by key. Dates are texts."""

    journeys: Rows
    attrition: Rows

    def differing(self, other: "Answers") -> dict[Any, Any]:
        """(here, there) where they are not the same; None where one has nothing."""
        ours, theirs = self.journeys | self.attrition, other.journeys | other.attrition
        return {k: (ours.get(k), theirs.get(k)) for k in ours.keys() | theirs.keys() if ours.get(k) != theirs.get(k)}


def told(text: bytes) -> Answers:
    """By the simulator."""
    known = orjson.loads(text)
    return _answers(known["journeys"], known["attrition"])


def found(dsn: str) -> Answers:
    """In the tables."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        days = [f"{name}::text" if name.endswith("_at") else name for name in JOURNEY]
        journeys = connection.execute(f"SELECT journey_id::text, {', '.join(days)} FROM journeys.journey".encode())
        names = [f"{name}::text" if name == "period" else name for name in (*KEY, *COUNTS)]
        attrition = connection.execute(f"SELECT {', '.join(names)} FROM metrics.attrition".encode())
        return _answers(journeys.fetchall(), attrition.fetchall())


def _answers(journeys: Sequence[Mapping[str, Any]], attrition: Sequence[Mapping[str, Any]]) -> Answers:
    made = Answers(
        {row["journey_id"]: tuple(row[name] for name in JOURNEY) for row in journeys},
        {tuple(row[name] for name in KEY): tuple(row[name] for name in COUNTS) for row in attrition},
    )
    assert (len(made.journeys), len(made.attrition)) == (len(journeys), len(attrition)), "a key comes twice"
    return made

"""What the simulator says is true of its events, and what the tables say of them."""

from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from simulator.answers import COUNTS, KEY, Answers
from simulator.city import stories
from simulator.disturbance import arrivals

JOURNEY = ("exit", "exit_at", "stage", "charged_at", "referred_at", "withdrew_at", "withdrawal_evidenced")
Truth = dict[str, dict[Any, Any]]


def simulated(journeys: int, seed: int) -> tuple[list[dict[str, Any]], Truth]:
    """The events as they arrive, and the truth: each journey, and each total of `metrics.attrition`."""
    answers = Answers(journeys, seed)

    def noted() -> Any:
        for story in stories(journeys, seed):
            answers.add(story)
            yield story

    events = [orjson.loads(line) for line in arrivals(noted())]
    document = orjson.loads(b"".join(answers.text()))
    return events, {
        "journeys": {row["journey_id"]: [row[name] for name in JOURNEY] for row in document["journeys"]},
        "attrition": {tuple(row[n] for n in KEY): [row[c] for c in COUNTS] for row in document["attrition"]},
    }


def tabled(dsn: str) -> Truth:
    """The same, as the tables have it now."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        journeys = connection.execute("SELECT * FROM journeys.journey").fetchall()
        totals = connection.execute("SELECT * FROM metrics.attrition").fetchall()
    return {
        "journeys": {str(row["journey_id"]): [_text(row[name]) for name in JOURNEY] for row in journeys},
        "attrition": {tuple(str(row[n]) for n in KEY): [row[c] for c in COUNTS] for row in totals},
    }


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | str) else value.isoformat()

"""The generator's own totals are those of the fold, which it does not know."""

import datetime as dt
from collections import defaultdict
from typing import Any

import orjson
import pytest

from domain.journey import Journey
from simulator.answers import COUNTS, KEY, Answers
from simulator.city import stories
from simulator.disturbance import arrivals
from tests.folding import fold_history

JOURNEYS = 300
Totals = dict[tuple[str, ...], list[int]]


@pytest.fixture(scope="module", params=[1, 2])
def told(request: pytest.FixtureRequest) -> tuple[dict[str, Any], list[Journey]]:
    """The answers, and the journeys folded from the events as they arrive."""
    answers = Answers(JOURNEYS, request.param)

    def noted() -> Any:
        for story in stories(JOURNEYS, request.param):
            answers.add(story)
            yield story

    folded = fold_history(orjson.loads(line) for line in arrivals(noted()))
    return orjson.loads(b"".join(answers.text())), list(folded.values())


def test_every_journey_is_as_the_generator_says(told: tuple[dict[str, Any], list[Journey]]) -> None:
    answers, journeys = told
    folded = {str(j.journey_id): _answer(j) for j in journeys}
    expected = {a["journey_id"]: a for a in answers["journeys"]}
    assert len(expected) == JOURNEYS
    assert folded.keys() == expected.keys()
    assert {k: (expected[k], folded[k]) for k in expected if expected[k] != folded[k]} == {}


def test_every_attrition_total_by_place_is_as_the_generator_says(told: tuple[dict[str, Any], list[Journey]]) -> None:
    answers, journeys = told
    rows = [row for row in answers["attrition"] if row["dimension"] in ("all", "force", "bcu")]
    expected = {tuple(row[n] for n in KEY): [row[c] for c in COUNTS] for row in rows}
    folded = _totals(journeys)
    assert {k: (expected.get(k), folded.get(k)) for k in expected | folded if expected.get(k) != folded.get(k)} == {}


def _answer(j: Journey) -> dict[str, Any]:
    return {
        "journey_id": str(j.journey_id),
        "exit": j.exit,
        "exit_at": _text(j.exit_at),
        "stage": j.stage,
        "charged_at": _text(j.charged_at),
        "referred_at": _text(j.referred_at),
        "withdrew_at": _text(j.withdrew_at),
        "withdrawal_evidenced": j.withdrawal_evidenced,
        "counted": j.counted,
    }


def _text(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _totals(journeys: list[Journey]) -> dict[tuple[str, ...], list[int | None]]:
    """`metrics.attrition` by its definition, from what the fold says of each stage."""
    found: dict[tuple[str, ...], list[int | None]] = defaultdict(lambda: [0] * len(COUNTS))
    for j in journeys:
        if not j.counted:
            continue
        bcu = f"{j.force}/{j.bcu}" if j.bcu else "missing"
        values = [("all", "all"), ("force", j.force), ("bcu", bcu)]
        for stage in j.stages:
            months = [("reported", j.reported_at.isoformat())]
            months += [("exited", stage["left"])] if stage["left"] else []
            for basis, day in months:
                counts = {stage["result"]: 1, "entered": 1, "convicted": int(stage["convicted"])}
                counts["withdrew_evidenced"] = int(stage["evidenced"])
                counts["withdrew_continued"] = int(stage["continued"])
                for cohort in ("all", "review") if j.cohort_review else ("all",):
                    for offence in ("all", *j.offences):
                        for value in values:
                            key = (basis, f"{day[:7]}-01", cohort, stage["stage"], offence, *value)
                            for n, name in enumerate(COUNTS):
                                if basis == "exited" and name == "open":
                                    found[key][n] = None
                                else:
                                    found[key][n] = (found[key][n] or 0) + counts.get(name, 0)
    return found

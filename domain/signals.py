"""What an alert may be raised by, beside what the row of a journey has anyway (contract 6). Facts alone: no threshold, no clock.

Days are London's, as ISO text. Where nothing is to be said a list is left out; of most journeys all are.

- `waits`: each time that a case awaited a decision: `urn`, `since`, `ended_on`, `holder` (of one that runs), `in_custody`;
- `plans`: action plans: `urn`, `plan`, `issued_on`, `due`, `ended_on` (answered, or a decision);
- `dates`: each date that a hearing was set for: `hearing_id`, `urns`, `court`, `trial`, `date`, `set_on`, `recorded_on`,
  `ended_on`;
- `told`: of what this victim was told: `hearing_id` or `urns`, `date` (null: not which), `at`;
- `measures`: special measures of this victim: `urns`, `at`, `state` (applied, granted, refused), `measures`.
"""

from collections.abc import Iterable
from typing import Any

from domain.course import Course
from domain.fact import Fact
from domain.own_case import OwnCase
from domain.story import Story
from domain.when import When

NOTIFIED = "police.hearing-notified"
MEASURES = "courts.special-measures-"

Signals = dict[str, list[dict[str, Any]]]


def signals(story: Story, course: Course, own: Iterable[OwnCase], told: Iterable[tuple[When, Fact]]) -> Signals:
    """`told`: the facts of the journey in order, without voided ones."""
    if not story.cases:
        return {}
    of_cases = course.once(_of_cases, *own)
    heard: Signals = {"told": [], "measures": []}
    for when, fact in told:
        if fact.kind == NOTIFIED:
            heard["told"].append(
                _about(story, fact) | {"date": fact.data.get("start_date"), "at": when.day.isoformat()}
            )
        elif fact.kind.startswith(MEASURES):
            state = {"state": fact.kind.removeprefix(MEASURES), "measures": sorted(fact.data["measures"])}
            cases = {"urns": sorted(story.cases[fact.subject])}
            heard["measures"].append(cases | {"at": when.day.isoformat()} | state)
    own_rows = {name: rows for name, rows in heard.items() if rows}
    return of_cases | own_rows if own_rows else of_cases  # one object for all who heard nothing


def _of_cases(course: Course, *own: OwnCase) -> Signals:
    """What journeys of one course and the same cases have alike."""
    charge = course.walk.outcome_charge
    found = {
        "waits": [row for case in own for row in _until(case.wait_rows, charge)],
        "plans": [row for case in own for row in _until(case.plan_rows, charge)],
        "dates": course.date_rows,
    }
    return {name: rows for name, rows in found.items() if rows}


def _until(rows: list[dict[str, Any]], charge: When | None) -> list[dict[str, Any]]:
    """Where police charged, nobody waits for CPS any more."""
    if charge is None:
        return rows
    over = {"ended_on": charge.day.isoformat(), "holder": None}
    return [row if row["ended_on"] else row | {name: over[name] for name in over if name in row} for row in rows]


def _about(story: Story, fact: Fact) -> dict[str, Any]:
    """The hearing, or all of the cases that lead to what it is about."""
    if fact.subject.scheme == "hearing":
        return {"hearing_id": fact.subject.value, "urns": None}
    return {"hearing_id": None, "urns": sorted(story.cases[fact.subject])}

"""Many runs of the simulator, each a month of its own in the tables of a build: so the views give every run's figures at once.

Of each run the journeys of one victim and one crime in the review's cohort, of which the simulator states the true parameters, by
its own bookkeeping. What is under test is the estimate and its interval, not how a journey is put together: for that see
`test_answers`. For the curve the inflow has grown: of what was reported before the last weeks one in fifteen is there.
"""

import datetime as dt
from collections import Counter
from typing import Any, NamedTuple

from psycopg import sql

from simulator.answers import Passage, passages
from simulator.categories import in_review, offences
from simulator.city import stories
from simulator.dimensions import dimensions
from simulator.people import Journey
from simulator.story import Story
from tests.integration.projections.world import World

HOW = {"withdrew": "w", "other_exit": "x", "progressed": "p", "open": "o"}
RECENT = 45  # days before the reading date
OLDER = 15  # of older reports one in so many
Row = tuple[Any, ...]


class Run(NamedTuple):
    """Rows of each counts table, without the number of journeys, and how many journeys are such."""

    attrition: "Counter[Row]"
    relative_risk: "Counter[Row]"
    attrition_curve: "Counter[Row]"
    trial: "Counter[Row]"
    withdrawal_audit: "Counter[Row]"


def fill(world: World, seeds: range, journeys: int, reading: dt.date) -> None:
    """The runs, as of the reading date where a figure depends on it."""
    world.build()
    world.read_on(reading)
    for seed in seeds:
        run = told(seed, journeys, reading)
        for table, counts in run._asdict().items():
            write(world, table, counts)


def write(world: World, table: str, counts: "Counter[Row]") -> None:
    """Into the table of the live build; the number is its last column."""
    (row,) = world.rows("SELECT 'build_' || n AS build FROM projection.build WHERE live")
    copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(row["build"], table))
    with world.stepper.cursor() as cursor, cursor.copy(copy) as into:
        for cells, n in counts.items():
            into.write_row((*cells, n))


def told(seed: int, journeys: int, reading: dt.date) -> Run:
    """One run."""
    run, month = Run(*(Counter[Row]() for _ in Run._fields)), dt.date(2000 + seed // 12, seed % 12 + 1, 1)
    for number, story in enumerate(stories(journeys, seed)):
        if trial := first_trial(story):
            jurisdiction, outcome = trial
            key = (month, "missing", jurisdiction, outcome, "missing", "met", "missing", story.name, 0)
            run.trial[key] = 1
        (j, *others) = story.journeys
        if not others and j.counted and in_review(j.crime):
            _journey(run, month, story, j)
            if number % OLDER == 0 or j.crime.reported > reading - dt.timedelta(RECENT):
                _curve(run, month, j, reading)
    return run


def _journey(run: Run, month: dt.date, story: Story, j: Journey) -> None:
    kinds, bcu = _kinds(j), j.crime.bcu and f"met/{j.crime.bcu}"
    how = HOW[_before_charge(j).result]
    where = dict(dimensions(j))
    for dimension, value in {
        "force|bcu|cps_area": f"met|{bcu or 'missing'}|missing",
        "all": "all",
        "suspect_relationship": j.crime.relationship or "missing",
    }.items():
        run.attrition["reported", month, True, kinds, dimension, value, f"P{how}"] += 1
    if how != "o":
        run.relative_risk[month, True, kinds, how == "w", where["arrested_and_interviewed"], "gone", "", "gone"] += 1
    if how == "w" and _as_outcome_16(story, j):
        found = j.spells[-1].evidenced
        run.withdrawal_audit[month, kinds, "met", bcu or "missing", "16", found, False, False, "none"] += 1


def _curve(run: Run, month: dt.date, j: Journey, reading: dt.date) -> None:
    passage, reported = _before_charge(j), j.crime.reported
    where = (month, True, _kinds(j), "met", "missing")
    if passage.left is not None and passage.left <= reading:
        days = (passage.left - reported).days
        run.attrition_curve[*where, HOW[passage.result], days, "-infinity", "infinity"] += 1
    elif reported <= reading:
        run.attrition_curve[*where, "o", 0, reported, "infinity"] += 1


def _before_charge(j: Journey) -> Passage:
    return next(passage for passage in passages(j) if passage.stage == "pre_charge")


def _kinds(j: Journey) -> str:
    """Categories of offence."""
    found = offences(j.crime.group, j.crime.code, j.crime.flags, j.victim.age)
    return " ".join(kind for kind in found if kind != "all")


def _as_outcome_16(story: Story, j: Journey) -> bool:
    """Whether the outcome was recorded for the withdrawal that ends the journey."""
    began = j.spells[-1].began
    recorded = (said for said in story.said if said.type == "police.outcome-recorded.v1")
    return any(said.data["outcome_code"] == 16 and said.time.date() >= began for said in recorded)


def first_trial(story: Story) -> tuple[str, str] | None:
    """Jurisdiction and outcome of the first trial in the story. Only the first: how many follow hangs on how it went."""
    outcomes: list[str] = []
    for said in story.said:
        if said.type == "courts.trial-outcome-cleared.v1":
            outcomes.pop()
        elif said.type == "courts.trial-outcome-recorded.v1" and said.data["outcome"] != "vacated":
            outcomes.append(said.data["outcome"])
    return (story.court[1], outcomes[0]) if outcomes else None

"""Deadlines to update the victim (contract 5.2, metrics.contact), day by day."""

import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from tests.model.figures import Cell, Told, dimensions
from tests.model.journey import reported
from tests.model.story import Story

DAY = dt.timedelta(days=1)


class Deadline(NamedTuple):
    due: dt.date
    met: bool


def deadlines(story: Story, upto: dt.date) -> list[Deadline]:
    """Those that fell up to a day: lived through from the report on, one day after the other."""
    updates = {f.day for f in story.facts if f.type == "police.victim-updated"}
    found: list[Deadline] = []
    since = day = reported(story)
    waiting: list[Deadline] = []  # met before their day
    while day < upto:
        day += DAY
        missed = day - since >= 28 * DAY
        if day in updates:
            waiting.append(Deadline(since + 28 * DAY, met=True))
            since = day
        elif missed:
            waiting.append(Deadline(day, met=False))
            since = day
        found += [d for d in waiting if d.due == day and _owed(story, day)]
        waiting = [d for d in waiting if d.due > day]
    return sorted(found)


def _owed(story: Story, day: dt.date) -> bool:
    """When the day ended it was before a charge, open and not withdrawn."""
    k = sum(f.day <= day for f in story.facts)
    return not story.charged(k) and story.ended(k) is None and story.standing(k) is None


def contact(told: Told, upto: dt.date) -> dict[Cell, dict[str, int]]:
    """(period, offence, dimension, value) -> the counts of `metrics.contact`."""
    cells: dict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for story, r in told:
        for deadline in deadlines(story, upto) if r["counted"] else ():
            for offence in ("all", *r["offences"]):
                for dimension, value in dimensions(story, r):
                    if dimension in ("all", "force", "bcu"):
                        cell = cells[deadline.due.replace(day=1), offence, dimension, value]
                        cell["due"] += 1
                        cell["met"] += deadline.met
    return cells

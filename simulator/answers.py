"""The generator's own totals: what is true of every journey at the horizon, counted as `metrics.attrition` does (contract 5.2)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import orjson

from simulator import london
from simulator.categories import in_review, offences
from simulator.dimensions import dimensions
from simulator.people import Journey
from simulator.story import Story
from simulator.truth import figures

STAGES = {
    "investigation": ("investigation",),
    "charging": ("charging",),
    "awaiting_trial": ("awaiting_trial",),
    "trial": ("trial",),
    "pre_charge": ("investigation", "charging"),
    "post_charge": ("awaiting_trial", "trial"),
    "journey": ("investigation", "charging", "awaiting_trial", "trial"),
}
"""A stage, and the four stages that lie within it."""

KEY = ("basis", "period", "cohort", "stage", "offence", "dimension", "value")
COUNTS = (
    "entered",
    "progressed",
    "withdrew",
    "withdrew_evidenced",
    "withdrew_continued",
    "other_exit",
    "convicted",
    "open",
)


class Passage(NamedTuple):
    """How a journey went through one stage. `result`: progressed, withdrew, other_exit, open."""

    stage: str
    left: date | None
    result: str
    evidenced: bool = False
    continued: bool = False
    convicted: bool = False


def passages(j: Journey) -> list[Passage]:
    """Every stage that the journey entered, and how it left it."""
    verdict = j.exit in ("convicted", "acquitted")
    found = [
        _passage(j, "investigation", j.referred or j.charged),
        _passage(j, "pre_charge", j.charged),
        _passage(j, "journey", j.exit_at if verdict else None),
    ]
    if j.referred:
        found.append(_passage(j, "charging", j.charged))
    if j.charged:
        found.append(_passage(j, "awaiting_trial", j.tried or (j.exit_at if verdict else None)))
        found.append(_passage(j, "post_charge", j.exit_at if verdict else None))
    if j.tried:
        found.append(_passage(j, "trial", j.exit_at if verdict else None))
    return found


def _passage(j: Journey, stage: str, progressed: date | None) -> Passage:
    here = any(spell.stage in STAGES[stage] for spell in j.spells)
    if progressed:
        convicted = j.exit == "convicted" and progressed == j.exit_at
        return Passage(stage, progressed, "progressed", continued=here, convicted=convicted)
    if j.exit is None:
        return Passage(stage, None, "open")
    if j.exit == "victim_withdrew":
        assert j.withdrawn
        return Passage(stage, j.exit_at, "withdrew", evidenced=j.withdrawn.evidenced)
    return Passage(stage, j.exit_at, "other_exit", continued=here)


Cell = tuple[str, str, bool, tuple[str, ...], Passage]
"""Basis, month, whether in the review's cohort, categories of offence, and how (on no day)."""


class Answers:
    """Add every story; then `text()`, once."""

    def __init__(self, journeys: int, seed: int) -> None:
        self.parameters = {"journeys": journeys, "seed": seed, "horizon": london.HORIZON.isoformat()}
        self.journeys: list[bytes] = []
        self.cells: dict[tuple[str, str], Counter[Cell]] = defaultdict(Counter)
        self.persons: dict[str, list[Journey]] = defaultdict(list)  # whom a service may know as a person alone
        self.alone: list[tuple[str, date, str]] = []

    def add(self, story: Story) -> None:
        self.journeys += [orjson.dumps(_answer(j)) for j in story.journeys]
        self.alone += [(victim.person, day, service) for victim, day, service in story.alone]
        if any(victim.uvi for victim in story.victims):
            for j in story.journeys:
                self.persons[j.victim.person].append(j)
        else:
            self._count(story.journeys)

    def text(self) -> Iterator[bytes]:
        """JSON, an object a line: `parameters`, `truth`, `journeys`, `attrition` with a row for each month, cohort, stage,
        offence and value. Under the basis `exited` only those count who left, and `open` is null."""
        for person, day, service in self.alone:
            for j in _drawing(self.persons[person], day):
                j.services.add(service)
        for journeys in self.persons.values():
            self._count(journeys)
        yield b'{"parameters": ' + orjson.dumps(self.parameters) + b',\n"truth": [\n'
        yield from _lines(orjson.dumps(figure._asdict()) for figure in figures())
        yield b'],\n"journeys": [\n'
        yield from _lines(self.journeys)
        yield b'],\n"attrition": [\n'
        yield from _lines(orjson.dumps(row) for row in self._rows())
        yield b"]}\n"

    def _count(self, journeys: Iterable[Journey]) -> None:
        for j in journeys:
            if j.counted:
                cells = _cells(j)
                for value in dimensions(j):
                    self.cells[value].update(cells)

    def _rows(self) -> Iterator[dict[str, Any]]:
        for (dimension, value), cells in sorted(self.cells.items()):
            totals: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
            for (basis, month, review, categories, passage), n in cells.items():
                counts = [name for name, counted in _counts(passage).items() if counted]
                for cohort in ("all", "review") if review else ("all",):
                    for offence in categories:
                        total = totals[basis, month, cohort, passage.stage, offence]
                        for name in counts:
                            total[name] += n
            for key, total in sorted(totals.items()):
                row: dict[str, Any] = dict(zip(KEY, (*key, dimension, value), strict=True)) | total
                yield row | ({"open": None} if row["basis"] == "exited" else {})


def _drawing(journeys: list[Journey], day: date) -> list[Journey]:
    """The person's journeys that draw on what is said of the person on a day: those reported and not concluded, else the latest
    before it (contract 4, People)."""
    begun = [j for j in journeys if j.crime.reported <= day]
    latest = max((j.crime.reported for j in begun), default=day)
    return [j for j in begun if j.open_on(day)] or [j for j in begun if j.crime.reported == latest]


def _cells(j: Journey) -> list[Cell]:
    review, categories = in_review(j.crime), tuple(offences(j.crime.group, j.crime.code, j.crime.flags, j.victim.age))
    found: list[Cell] = []
    for passage in passages(j):
        months = [("reported", j.crime.reported)] + ([("exited", passage.left)] if passage.left else [])
        how = passage._replace(left=None)
        found += [(basis, day.replace(day=1).isoformat(), review, categories, how) for basis, day in months]
    return found


def _counts(p: Passage) -> dict[str, bool]:
    return {
        "entered": True,
        "progressed": p.result == "progressed",
        "withdrew": p.result == "withdrew",
        "withdrew_evidenced": p.evidenced,
        "withdrew_continued": p.continued,
        "other_exit": p.result == "other_exit",
        "convicted": p.convicted,
        "open": p.result == "open",
    }


def _lines(items: Iterable[bytes]) -> Iterator[bytes]:
    comma = b""
    for item in items:
        yield comma + item
        comma = b",\n"
    yield b"\n"


def _answer(j: Journey) -> dict[str, Any]:
    spell = j.withdrawn
    return {
        "journey_id": str(j.id),
        "exit": j.exit,
        "exit_at": _text(j.exit_at),
        "stage": "concluded" if j.exit else j.open_stage,
        "charged_at": _text(j.charged),
        "referred_at": _text(j.referred),
        "withdrew_at": _text(spell.began if spell else None),
        "withdrawal_evidenced": spell.evidenced if spell else None,
        "counted": j.counted,
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None

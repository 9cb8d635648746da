"""What became of each journey stage by stage and how long it took, and the figures made of them (contract 5.2)."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.model import custody, people
from tests.model import hearings as court
from tests.model.journey import STAGES, Row, began_in, charged_at, entered, evidenced, reported
from tests.model.story import Story

Told = Iterable[tuple[Story, Row]]

WITHIN = {
    "pre_charge": ("investigation", "charging"),
    "post_charge": ("awaiting_trial", "trial"),
    "journey": STAGES,
}


class Passage(NamedTuple):
    """How a journey went through a stage: progressed, withdrew, other_exit or open."""

    stage: str
    left: dt.date | None
    result: str
    evidenced: bool
    continued: bool
    convicted: bool


def passages(story: Story) -> list[Passage]:
    """One for each stage entered; a journey counts once in a stage, as the facts now stand."""
    n = len(story.facts)
    days = {stage: max(story.facts[i].day, reported(story)) for stage, i in entered(story, n).items()}
    if "awaiting_trial" in days:
        days["awaiting_trial"] = max(charged_at(story) or days["awaiting_trial"], reported(story))
    order = [stage for stage in STAGES if stage in days]
    found = [
        _passage(story, stage, days[order[i + 1]] if i + 1 < len(order) else None) for i, stage in enumerate(order)
    ]
    found.append(_passage(story, "pre_charge", days.get("awaiting_trial")))
    if "awaiting_trial" in days:
        found.append(_passage(story, "post_charge", None))
    found.append(_passage(story, "journey", None))
    return sorted(found)


def _passage(story: Story, stage: str, progressed: dt.date | None) -> Passage:
    n = len(story.facts)
    end = story.ended(n)
    if progressed:
        left, result = progressed, "progressed"
    elif end is None:
        left, result = None, "open"
    else:
        left, result = end.day, "other_exit"
        if end.kind == "victim_withdrew":
            result = "withdrew"
        elif end.kind in ("convicted", "acquitted"):  # after a charge, these are progress
            result = "progressed"
    standing = story.standing(n)
    began = any(began_in(story, spell) in WITHIN.get(stage, (stage,)) for spell in story.spells(n))
    return Passage(
        stage=stage,
        left=left,
        result=result,
        evidenced=bool(result == "withdrew" and standing and evidenced(story, standing)),
        continued=began and result in ("progressed", "other_exit"),
        convicted=bool(progressed is None and end and end.kind == "convicted"),
    )


class Mark(NamedTuple):
    """An end of an interval. `late`: of a fact that joined late, which is in no delay."""

    day: dt.date
    imprecise: bool = False
    late: bool = False


class Delay(NamedTuple):
    """state: completed, imprecise, open, lost or negative; days of the first two."""

    interval: str
    started: dt.date
    ended: dt.date | None
    days: int | None
    state: str


def delays(story: Story) -> list[Delay]:
    """Of the unit `victim`."""
    n = len(story.facts)
    end, charged = story.ended(n), story.charged(n)
    lead = story.lead(n)
    reports = [f for f in story.facts if f.type == "police.crime-reported" and f.day == reported(story)]
    report = Mark(reported(story), all(f.fact.precision == "month" for f in reports))
    charge = _charge(story)
    concluded = _mark(story, [end.of]) if end else None
    over = end is not None
    decided = over or charged
    submitted = _mark(story, story.referred(n, lead)) if lead else None
    held = court.first_hearing(story, lead)
    trial = story.effective_trial(n, lead)
    spells = story.spells(n)
    completions = list(story._where(n, "courts.case-completed"))
    receipts = list(story._where(n, "cps.referral-received", case=lead))
    clocks = custody.clocks(story, lead) if lead else None
    closed = _closed(story, lead) if lead else None
    found = [
        _delay("report_to_arrest", report, _mark(story, story._where(n, "police.suspect-arrested")), over),
        _delay("report_to_referral", report, submitted, decided),
        _delay("receipt_to_charge", _mark(story, receipts), charge, decided),
        _delay("referral_to_decision", submitted, closed, decided),
        _delay("cps_days", submitted, closed, decided, clocks["cps"] if clocks else None),
        _delay("police_days", submitted, closed, decided, clocks["police"] if clocks else None),
        _delay("report_to_charge", report, charge, decided),
        _delay("charge_to_first_hearing", charge, Mark(held) if held else None, over),
        _delay("charge_to_trial", charge, _mark(story, [trial] if trial is not None else []), over),
        _delay(
            "court_receipt_to_completion",
            _mark(story, story._where(n, "courts.case-received")),
            _mark(story, completions[-1:]) if over else None,
            over,
        ),
        _delay("charge_to_conclusion", charge, concluded, over),
        _delay("report_to_conclusion", report, concluded, over),
        _delay("report_to_withdrawal", report, _mark(story, [spells[0].start]) if spells else None, over),
    ]
    return sorted(d for d in found if d)


def _mark(story: Story, places: Iterable[int]) -> Mark | None:
    first = min(places, default=None)
    if first is None:
        return None
    fact = story.facts[first]
    return Mark(fact.day, fact.fact.precision == "month", fact.joined_late)


def _charge(story: Story) -> Mark | None:
    n = len(story.facts)
    police = story.outcome_1(n)
    return _mark(story, story.charge_decisions(n) + ([police] if police is not None else []))


def _closed(story: Story, lead: str) -> Mark | None:
    place = custody.closed(story, lead)
    return _mark(story, [place]) if place is not None else None


def _delay(interval: str, start: Mark | None, end: Mark | None, over: bool, days: int | None = None) -> Delay | None:
    if start is None or start.late or (end is not None and end.late):
        return None
    if end is None:
        return Delay(interval, start.day, None, None, "lost" if over else "open")
    length = (end.day - start.day).days if days is None else days
    state = "negative" if length < 0 else "imprecise" if start.imprecise or end.imprecise else "completed"
    return Delay(interval, start.day, end.day, length, state)


# Figures

Cell = tuple[Any, ...]


def attrition(told: Told) -> dict[Cell, dict[str, int]]:
    """(period, offence, dimension, value, basis, cohort, stage) -> the counts of `metrics.attrition`."""
    cells: dict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for story, r in told:
        if not r["counted"]:
            continue
        for passage in passages(story):
            bases = [("reported", r["reported_at"])] + ([("exited", passage.left)] if passage.left else [])
            for basis, day in bases:
                for offence in ("all", *r["offences"]):
                    for cohort in ("all", "review") if r["cohort_review"] else ("all",):
                        for dimension, value in dimensions(story, r):
                            cell = cells[day.replace(day=1), offence, dimension, value, basis, cohort, passage.stage]
                            cell["entered"] += 1
                            cell[passage.result] += 1
                            cell["withdrew_evidenced"] += passage.evidenced
                            cell["withdrew_continued"] += passage.continued
                            cell["convicted"] += passage.convicted
    return cells


def dimensions(story: Story, r: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every value in which a journey is counted."""
    force, bcu = story.key[0], r["bcu"]
    yield "all", "all"
    yield "force", force
    yield "bcu", f"{force}/{bcu}" if bcu else "missing"
    yield "cps_area", r["cps_area"] or "missing"
    relationship = r["suspect_relationship"]
    yield "suspect_relationship", relationship or "missing"
    if relationship not in (None, "stranger"):
        yield "suspect_relationship", "known"
    for name in ("location_type", "ethnicity_self_defined", "ethnicity_officer_observed", "sex"):
        yield name, r[name] or "missing"
    for name in ("ethnicity_self_defined", "ethnicity_officer_observed"):
        yield f"suspect_{name}", people.of_suspect(story, name) or "missing"
    yield "age_band", _band(r["age"])
    for name, values in (("vulnerability", r["vulnerabilities"]), ("support_service", r["support_services"])):
        yield from ((name, value) for value in _many(values))
    both = r["arrested_at"] and r["interviewed_at"]
    yield "arrested_and_interviewed", "yes" if both else "no"
    on_pnc = r["suspect_known_on_pnc"]
    yield "suspect_known_on_pnc", "missing" if on_pnc is None else "yes" if on_pnc else "no"


def _many(values: list[str] | None) -> list[str]:
    if values is None:
        return ["missing"]
    return [*values, "any"] if values else ["none"]


def _band(age: int | None) -> str:
    if age is None:
        return "missing"
    for low, high in ((0, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64)):
        if low <= age <= high:
            return f"{low}-{high}"
    return "65+"


def delay(told: Told) -> dict[Cell, dict[str, Any]]:
    """(period, offence, dimension, value, basis, interval) -> the measures of `metrics.delay`, unit victim."""
    found: dict[Cell, list[Delay]] = defaultdict(list)
    for story, r in told:
        if not r["counted"]:
            continue
        for d in delays(story):
            if d.state == "negative":
                continue
            bases = [("started", d.started)] + ([("ended", d.ended)] if d.ended else [])
            for basis, day in bases:
                for offence in ("all", *r["offences"]):
                    for dimension, value in dimensions(story, r):
                        if dimension in ("all", "force", "bcu"):
                            found[day.replace(day=1), offence, dimension, value, basis, d.interval].append(d)
    return {cell: _measures(cell[4], of) for cell, of in found.items()}


def _measures(basis: str, of: list[Delay]) -> dict[str, Any]:
    days = sorted(d.days for d in of if d.state == "completed" and d.days is not None)
    states = [d.state for d in of]
    started = basis == "started"
    return {
        "completed": states.count("completed") + states.count("imprecise"),
        "imprecise": states.count("imprecise"),
        "open": states.count("open") if started else None,
        "lost": states.count("lost") if started else None,
        "mean_days": sum(days) / len(days) if days else None,
        "median_days": percentile(days, 0.5),
        "p90_days": percentile(days, 0.9),
        "max_days": max(days, default=None),
    }


def percentile(days: list[int], part: float) -> float | None:
    """As PostgreSQL's percentile_cont: interpolated between the two ranks around it."""
    if not days:
        return None
    at = (len(days) - 1) * part
    low, high = days[math.floor(at)], days[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))

"""The model and the system side by side, and a history that tells them apart made as short as it gets."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from domain.journey import Journey
from tests.folding import fold_history
from tests.model import audit, charging, contact, figures, prosecutions, trials
from tests.model.history import Key
from tests.model.journey import Row, told

Event = dict[str, Any]
READ_ON = dt.date(2023, 8, 1)
Difference = dict[Key, dict[str, tuple[Any, Any]]]


def model(events: Iterable[Event]) -> dict[Key, Row]:
    """What the model makes of a history: every column, each stage's passage and each delay."""
    rows = {}
    for key, (story, row) in told(events).items():
        stages = {f"stage {p.stage}": tuple(p[1:]) for p in figures.passages(story)}
        delays = {f"delay {d.interval}": tuple(d[1:]) for d in figures.delays(story)}
        rows[key] = row | stages | delays
        rows[key]["deadlines"] = contact.deadlines(story, READ_ON)
        rows[key]["spells"] = audit.records(story)
        rows[key]["prosecutions"] = prosecutions.prosecutions(story)
        rows[key]["cases"] = [charging.charging_of(story.history, urn) for urn in story.cases]
        rows[key]["trials"] = trials.trials(story)
    return rows


def system(events: Iterable[Event]) -> dict[Key, Row]:
    """What the system makes of it, in memory, in the model's words."""
    return {key: _row(journey) for key, journey in fold_history(list(events)).items()}


def _row(j: Journey) -> Row:
    row = {name: getattr(j, name) for name in j.__slots__} | {"hearings": len(j.hearings)}
    row["withdrew_stages"] = set(j.withdrew_stages)
    for s in j.stages:
        passage = (_day(s["left"]), s["result"], s["evidenced"], s["continued"], s["convicted"])
        row[f"stage {s['stage']}"] = passage
    for d in j.delays:
        row[f"delay {d['interval']}"] = (_day(d["started"]), _day(d["ended"]), d["days"], d["state"])
    row["deadlines"] = sorted(
        contact.Deadline(due, d["met"])
        for d in j.deadlines
        for due in _every_28_days(dt.date.fromisoformat(d["due"]), _day(d["until"]) or READ_ON)
    )
    row["spells"] = [
        audit.Record(
            began=dt.date.fromisoformat(s["began"]),
            days=s["days"],
            stage=s["stage"],
            code=s["outcome_code"],
            evidenced=s["evidenced"],
            reasons=tuple(s["reasons"]),
            checklist=bool(s["checklist_completed"]),
            correct=s["audited_correct"],
        )
        for s in j.spells
    ]
    row["prosecutions"] = [
        prosecutions.Prosecution(
            urn=p["key"].split()[0],
            suspect=p["key"].partition(" ")[2] or None,
            ended=dt.date.fromisoformat(p["finalised_at"]),
            outcome=p["outcome"],
            reason=p["reason"],
        )
        for p in j.prosecutions
    ]
    row["cases"] = [
        charging.Charging(
            urn=c["urn"],
            received=_day(c["received_at"]),
            referred=c["referred_at"] is not None,
            returned=c["returned_at_triage"],
            in_custody=c["in_custody"],
            decided=_day(c["decided_at"]),
            charged=c["charged_at"] is not None,
            plans=c["action_plans"],
            cps_days=c["cps_days"],
            awaits=c["awaits_decision"],
        )
        for c in j.cases
    ]
    row["trials"] = sorted(
        trials.Trial(
            hearing=t["hearing_id"],
            date=t["date"],
            month=dt.date.fromisoformat(t["outcome_at"] if t["outcome"] == "vacated" else t["date"]).replace(day=1),
            outcome=t["outcome"],
            reason=t["reason_code"],
            court=t["court"] or "missing",
            jurisdiction=t["jurisdiction"] or "missing",
        )
        for t in j.trials
        if t["outcome"] and (t["outcome"], t["reason_code"]) != ("vacated", "Z")
    )
    return row


def _every_28_days(due: dt.date, until: dt.date) -> list[dt.date]:
    """Up to the day of reading."""
    days = (min(until, READ_ON) - due).days
    return [due + dt.timedelta(days=passed) for passed in range(0, days + 1, 28)]


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def differences(events: Iterable[Event]) -> Difference:
    """Of each journey that differs the columns that do: what the model says, what the system says."""
    events = list(events)
    mine, theirs = model(events), system(events)
    found: Difference = {}
    for key in mine.keys() | theirs.keys():
        one, other = mine.get(key, {}), theirs.get(key, {})
        derived = {c for c in other if c.startswith(("stage ", "delay "))}
        columns = {
            c: (one.get(c), other.get(c)) for c in one.keys() | derived if _plain(one.get(c)) != _plain(other.get(c))
        }
        if columns:
            found[key] = columns
    return found


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | set | tuple) and all(isinstance(v, str) for v in value) else value


def shrunk(events: list[Event], differ: Callable[[list[Event]], bool]) -> list[Event]:
    """As few of the events as still differ."""
    size = max(1, len(events) // 2)
    while size:
        at = 0
        while at < len(events):
            fewer = events[:at] + events[at + size :]
            if fewer and differ(fewer):
                events = fewer
            else:
                at += size
        size //= 2
    return events

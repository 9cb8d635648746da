"""Rules about hearings and trials."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from alerts.condition import Condition
from alerts.row import DAY, Row, date, first
from alerts.rules import Rules
from domain.calendar import after_working_days
from schemas.outgoing import Rule, Severity
from schemas.trial_reasons import IN_NO_COUNT, NOT_NEEDED

PUT_OFF: dict[str, Rule] = {"ineffective": "trial_ineffective", "vacated": "trial_vacated"}


def put_off(row: Row, rules: Rules) -> Iterator[Condition]:
    """A trial was ineffective, or was vacated and is still needed: until this victim is told of the next date."""
    times = 0
    for trial in sorted(row["trials"], key=lambda t: str(t["date"])):
        outcome = trial["outcome"]
        times += outcome == "ineffective"
        if outcome not in PUT_OFF or (outcome == "vacated" and trial["reason_code"] in NOT_NEEDED | IN_NO_COUNT):
            continue
        severity: Severity = "high" if row.vulnerable or times > 1 else "medium"
        yield row.condition(
            PUT_OFF[outcome],
            f"{trial['hearing_id']}/{trial['date']}",
            "",
            dt.date.fromisoformat(trial["outcome_at"]),
            severity,
            ended_on=first(row.left, _told_of_next(row, trial)),
            court=trial["court"],
            hearing_id=trial["hearing_id"],
            date=trial["date"],
            urns=trial["cases"],
            reason_code=trial["reason_code"],
            next_date=_next_date(row, trial),
        )


def not_notified(row: Row, rules: Rules) -> Iterator[Condition]:
    """A hearing has a date, or another one, and the victim was not told of it by the end of the next working day (Victims' Code,
    right 8); or was told another date, at once and worse. Held before the victim knew, it is missed."""
    for listed in row.dates:
        when, moved_on = dt.date.fromisoformat(listed["date"]), date(listed["ended_on"])
        due, told_on, wrong = _told(row, listed)
        if due > when:  # nothing that anybody could have done
            continue
        # After a conviction the sentence may be still to come.
        over = row["withdrew_at"] if row["exit"] == "convicted" else row.left
        yield row.condition(
            "hearing_not_notified",
            f"{listed['hearing_id']}/{row.victim}",
            listed["date"],
            due,
            "high" if wrong or (row.vulnerable and listed["trial"]) else "medium",
            ended_on=first(over, moved_on if moved_on and moved_on < when else None, told_on),
            expires=when + DAY,
            **_of(listed),
            told_date=wrong,
        )


def far_ahead(row: Row, rules: Rules) -> Iterator[Condition]:
    """A trial was listed for a date more than a year ahead."""
    for listed in row.dates:
        when, set_on = dt.date.fromisoformat(listed["date"]), dt.date.fromisoformat(listed["set_on"])
        if listed["trial"] and (when - set_on).days > rules.trial_far_ahead.days:
            yield row.condition(
                "trial_far_ahead",
                f"{listed['hearing_id']}/{listed['date']}",
                "",
                set_on,
                "medium" if row.vulnerable else "low",
                ended_on=first(row.left, date(listed["ended_on"])),
                **_of(listed),
                listed_on=listed["set_on"],
            )


def special_measures(row: Row, rules: Rules) -> Iterator[Condition]:
    """A vulnerable victim's trial is near, and no special measures were applied for, or some are not granted."""
    if not row.vulnerable:
        return
    for listed in row.dates:
        if not listed["trial"]:
            continue
        when = dt.date.fromisoformat(listed["date"])
        near = max(when - rules.special_measures_unresolved.days * DAY, dt.date.fromisoformat(listed["set_on"]))
        state, granted_on = _measures(row, listed)
        yield row.condition(
            "special_measures_unresolved",
            f"{listed['hearing_id']}/{listed['date']}/{row.victim}",
            "",
            near,
            "high",
            ended_on=first(row.left, date(listed["ended_on"]), granted_on),
            expires=when + DAY,
            **_of(listed),
            measures=state,
        )


def _of(listed: dict[str, Any]) -> dict[str, Any]:
    """What an alert about a hearing's date says of it."""
    return {name: listed[name] for name in ("court", "hearing_id", "date", "urns")}


def _told(row: Row, listed: dict[str, Any]) -> tuple[dt.date, dt.date | None, str | None]:
    """From which day on the victim ought to know this date; since when they do, if it is what they were told last; which other they
    were told. What was told on the day on which the date was recorded may have crossed with it."""
    recorded_on = dt.date.fromisoformat(listed["recorded_on"])
    due = after_working_days(recorded_on, 1) + DAY
    told_on, wrong = None, None
    for at, said in row.heard.get(listed["hearing_id"], ()):
        if said == listed["date"]:
            told_on, wrong = told_on or at, None
        elif at > recorded_on:
            due = at if told_on else min(due, at)
            told_on, wrong = None, said
        elif at < recorded_on:
            told_on = None
    return due, told_on, wrong


def _told_on(row: Row, listed: dict[str, Any]) -> dt.date | None:
    """The first day on which the victim was told of this date."""
    return next((at for at, said in row.heard.get(listed["hearing_id"], ()) if said == listed["date"]), None)


def _later(row: Row, trial: dict[str, Any]) -> list[dict[str, Any]]:
    """The later dates that a trial of the same cases has, and those that it was given since."""
    urns, day = set(trial["cases"]), str(trial["date"])
    others = [t for t in row["trials"] if urns & set(t["cases"]) and str(t["date"]) != day]
    return [t for t in others if str(t["date"]) > day or t["listed_at"] >= trial["outcome_at"]]


def _next_date(row: Row, trial: dict[str, Any]) -> str | None:
    return min((str(t["date"]) for t in _later(row, trial) if t["awaited"]), default=None)


def _told_of_next(row: Row, trial: dict[str, Any]) -> dt.date | None:
    """When the victim was told of a later date, or that came."""
    days = [date(t["outcome_at"]) for t in _later(row, trial)]
    later = {(t["hearing_id"], t["date"]) for t in _later(row, trial)}
    days += [_told_on(row, d) for d in row.dates if (d["hearing_id"], d["date"]) in later]
    return first(*days)


def _measures(row: Row, listed: dict[str, Any]) -> tuple[dict[str, str], dt.date | None]:
    """What became of each measure applied for in a hearing's cases; since when all are granted."""
    latest: dict[str, tuple[str, str]] = {}
    for said in row.signals.get("measures", ()):
        if set(said["urns"]) & set(listed["urns"]):
            latest |= dict.fromkeys(said["measures"], (said["state"], said["at"]))
    granted = latest and all(state == "granted" for state, _ in latest.values())
    since = date(max(at for _, at in latest.values())) if granted else None
    return {measure: state for measure, (state, _) in sorted(latest.items())}, since

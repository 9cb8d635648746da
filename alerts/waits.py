"""Rules about waits: for a charging decision, for an answer, for an update, for evidence."""

import datetime as dt
from collections.abc import Iterator

from alerts.condition import Condition
from alerts.row import DAY, Row, date, first
from alerts.rules import Rules
from domain.contact import UPDATE_DAYS


def charging(row: Row, rules: Rules) -> Iterator[Condition]:
    """A case has waited for a charging decision for as many days as its offence allows, whoever holds the file."""
    for wait in row.signals.get("waits", ()):
        since = dt.date.fromisoformat(wait["since"])
        days = rules.charging_wait.of(row["offences"], wait["in_custody"])
        yield row.condition(
            "charging_wait",
            wait["urn"],
            wait["since"],
            since + days * DAY,
            "high" if row.vulnerable or wait["in_custody"] else "medium",
            ended_on=first(date(wait["ended_on"]), _since(row.over, since)),
            repeats=tuple(since + days * times * DAY for times in rules.repeat),
            urn=wait["urn"],
            since=wait["since"],
            holder=wait["holder"],
        )


def action_plans(row: Row, rules: Rules) -> Iterator[Condition]:
    """Police have not answered an action plan by its due date."""
    for plan in row.signals.get("plans", ()):
        issued = dt.date.fromisoformat(plan["issued_on"])
        last = date(plan["due"]) or issued + rules.action_plan_overdue.days * DAY
        yield row.condition(
            "action_plan_overdue",
            f"{plan['urn']}/{plan['plan']}",
            "",
            last + DAY,
            "medium" if row.vulnerable else "low",
            ended_on=first(date(plan["ended_on"]), _since(row.over, issued)),
            urn=plan["urn"],
            action_plan_id=plan["plan"],
            issued_on=plan["issued_on"],
            due_date=last.isoformat(),
        )


def updates(row: Row, rules: Rules) -> Iterator[Condition]:
    """The victim was not updated for 28 days, or for longer since the last update."""
    for run in row["deadlines"]:
        if run["met"]:
            continue
        due = dt.date.fromisoformat(run["due"])
        last = due - UPDATE_DAYS * DAY
        yield row.condition(
            "victim_update_overdue",
            str(row["journey_id"]),
            run["due"],
            due + DAY,
            "medium" if row.vulnerable else "low",
            ended_on=date(run["ended_on"]),
            repeats=tuple(last + (UPDATE_DAYS * times + 1) * DAY for times in rules.repeat),
            due_date=run["due"],
        )


def unevidenced(row: Row, rules: Rules) -> Iterator[Condition]:
    """A withdrawal stands, and nothing that an audit would accept is behind it."""
    for spell in row["spells"]:
        began = dt.date.fromisoformat(spell["began"])
        yield row.condition(
            "withdrawal_unevidenced",
            str(row["journey_id"]),
            spell["began"],
            began + rules.withdrawal_unevidenced.days * DAY,
            "medium",
            ended_on=first(date(spell["evidenced_on"]), date(spell["ended"])),
            began=spell["began"],
            stage=spell["stage"],
            outcome_code=spell["outcome_code"],
        )


def _since(day: dt.date | None, began: dt.date) -> dt.date | None:
    """An end of the journey before that is none of this: it is open again, or was never ended by it."""
    return day if day is not None and day >= began else None

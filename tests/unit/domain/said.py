"""What agencies say, in short: `crime("05-03")` is a crime reported on 3 May 2021 at noon in London. Ids are given in order of
writing, so that of two facts of one time and type the first written is the first."""

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

from domain.journey import Journey
from tests.folding import fold_history

Event = dict[str, Any]
_numbers = itertools.count(1)
LONDON = ZoneInfo("Europe/London")


def said(type: str, source: str, at: str, *, precision: str | None = None, **data: Any) -> Event:
    """`at`: month-day of 2021, or year-month-day, and a time in London after a blank (noon unless said)."""
    date, _, time = at.partition(" ")
    date = date if len(date) == 10 else f"2021-{date}"
    local = dt.datetime.fromisoformat(f"{date}T{time or '12:00'}").replace(tzinfo=LONDON)
    event = {
        "specversion": "1.0",
        "id": f"e{next(_numbers):06}",
        "source": source,
        "type": f"{type}.v1",
        "time": local.astimezone(dt.UTC).isoformat(),
        "data": data,
    }
    return event | ({"timeprecision": precision} if precision else {})


def police(type: str, at: str, **data: Any) -> Event:
    return said(f"police.{type}", "/police/met", at, **data)


def cps(type: str, at: str, **data: Any) -> Event:
    return said(f"cps.{type}", "/cps/london-south", at, **({"urn": "U1"} | data))


def courts(type: str, at: str, **data: Any) -> Event:
    return said(f"courts.{type}", "/courts", at, **data)


def crime(at: str, number: str = "C1", victim: str = "V1", *, person: Event | None = None, **data: Any) -> Event:
    """`person`: the victim's attributes."""
    given = {"crime_reference": number, "victim_reference": victim, "offence_group": "robbery_of_personal_property"}
    return police("crime-reported", at, **(given | ({"victim": person} if person else {}) | data))


def about_crime(type: str, at: str, number: str = "C1", **data: Any) -> Event:
    return police(type, at, **({"crime_reference": number} | data))


def outcome(at: str, code: int, number: str = "C1", **data: Any) -> Event:
    return about_crime("outcome-recorded", at, number, outcome_code=code, **data)


def arrest(at: str) -> Event:
    return about_crime("suspect-arrested", at)


def referral(at: str, urn: str = "U1", crimes: tuple[str, ...] = ("C1",), **data: Any) -> Event:
    return police("charge-referral-submitted", at, urn=urn, crime_references=list(crimes), **data)


def receipt(at: str, **data: Any) -> Event:
    return cps("referral-received", at, **data)


def plan(at: str, number: str = "AP1", **data: Any) -> Event:
    return cps("action-plan-issued", at, action_plan_id=number, **data)


def answer(at: str, **data: Any) -> Event:
    return police("action-plan-answered", at, **({"urn": "U1"} | data))


def decision(at: str, decision: str = "charge", **data: Any) -> Event:
    return cps("charging-decision-made", at, decision=decision, **data)


NO_FURTHER_ACTION = "no_further_action_evidential"


def withdrew(at: str, victim: str = "V1", *, evidence: tuple[str, ...] = ("statement",), **data: Any) -> Event:
    where = {} if "urn" in data else {"crime_reference": "C1"}
    return police("victim-withdrew", at, victim_reference=victim, evidence=list(evidence), **(where | data))


def re_engaged(at: str) -> Event:
    return about_crime("victim-re-engaged", at, victim_reference="V1")


def finalised(at: str, outcome: str, **data: Any) -> Event:
    return cps("prosecution-finalised", at, outcome=outcome, **data)


def completed(at: str, outcome: str, **data: Any) -> Event:
    return courts("case-completed", at, **({"urn": "U1"} | data), outcome=outcome)


def listing(at: str, date: str, hearing: str = "H1", kind: str = "TRL", **data: Any) -> Event:
    """`date`: month-day of 2021, or year-month-day."""
    place = {"hearing_id": hearing, "court": "southwark", "hearing_type": kind, "jurisdiction": "crown"}
    return courts(
        "hearing-listed",
        at,
        **(place | {"urn": "U1", "start_date": date if len(date) == 10 else f"2021-{date}"} | data),
    )


def trial(at: str, outcome: str, hearing: str = "H1", **data: Any) -> Event:
    return courts("trial-outcome-recorded", at, hearing_id=hearing, outcome=outcome, **data)


def void(of: Event, at: str = "12-30") -> Event:
    target = {name: of[name] for name in ("source", "id", "type")}
    return said("correction.event-voided", of["source"], at, voids=target, reason="wrong_crime")


def amend(of: Event, at: str = "12-30", *, time: str | None = None, **data: Any) -> Event:
    target = {name: of[name] for name in ("source", "id", "type")}
    extra = {"time": f"2021-{time}T12:00:00Z"} if time else {}
    return said(
        "correction.event-amended",
        of["source"],
        at,
        amends=target,
        data=of["data"] | data,
        reason="wrong_person",
        **extra,
    )


def folded(*events: Event, victim: str = "V1", number: str = "C1") -> Journey:
    return fold_history(events)["met", number, victim]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2021-{text}" if len(text) == 5 else text)


def stage(journey: Journey, name: str) -> str | None:
    """How a stage was left, or that it is open; None if it was not entered."""
    return next((s["result"] for s in journey.stages if s["stage"] == name), None)


def delay(journey: Journey, name: str) -> tuple[str, int | None] | None:
    return next(((d["state"], d["days"]) for d in journey.delays if d["interval"] == name), None)

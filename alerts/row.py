"""A journey's row as the rules read it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from alerts.condition import Condition
from domain.calendar import LONDON
from schemas.outgoing import Rule, Severity

DAY = dt.timedelta(days=1)


@lru_cache(maxsize=1 << 15)  # what it asks of the time zone takes longer than all else about a condition
def start(day: dt.date) -> dt.datetime:
    """When a day begins in London."""
    return dt.datetime.combine(day, dt.time(), LONDON).astimezone(dt.UTC)


def date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def first(*days: dt.date | None) -> dt.date | None:
    """The earliest of those that there are."""
    return min((day for day in days if day is not None), default=None)


class Row:
    """`projections.signals.READS`, with what several rules ask for."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row
        self.signals: Mapping[str, list[dict[str, Any]]] = row["signals"]
        self.vulnerable: bool = row["vulnerable"]
        self.over: dt.date | None = row["concluded_at"]
        # Nobody is chased about a victim who has withdrawn.
        self.left = first(self.over, row["withdrew_at"])

    @property
    def victim(self) -> str:
        """As agencies number it: it stays when persons are tied together."""
        return f"{self.row['force']}/{self.row['victim_reference']}"

    @cached_property
    def dates(self) -> list[dict[str, Any]]:
        """Each date of each hearing, once: of one that was set again, the last time."""
        return list({(d["hearing_id"], d["date"]): d for d in self.signals.get("dates", ())}.values())

    @cached_property
    def heard(self) -> dict[str, list[tuple[dt.date, str]]]:
        """By hearing: when the victim was told which date of it, in order. What was said without a date is of the date that stood
        then; what was said of a case, of its hearings that had this date, or of the only one that stood."""
        every = self.signals.get("dates", [])
        found: dict[str, list[tuple[dt.date, str]]] = defaultdict(list)
        for told in self.signals.get("told", ()):
            of, day, urns = told["hearing_id"], told["date"], set(told["urns"] or ())
            about = [d for d in every if d["hearing_id"] == of or urns & set(d["urns"])]
            stood = {d["hearing_id"]: d["date"] for d in about if _stood(d, told["at"])}
            if of and day:
                said = {of: day}
            elif day:
                said = dict.fromkeys([d["hearing_id"] for d in about if d["date"] == day], day)
                if not said and len(stood) == 1:
                    said = dict.fromkeys(stood, day)
            else:
                said = stood
            for hearing_id, date_ in said.items():
                found[hearing_id].append((dt.date.fromisoformat(told["at"]), date_))
        return found

    def __getitem__(self, column: str) -> Any:
        return self.row[column]

    def condition(
        self,
        rule: Rule,
        subject: str,
        occurrence: str,
        due: dt.date,
        severity: Severity,
        *,
        ended_on: dt.date | None,
        expires: dt.date | None = None,
        repeats: tuple[dt.date, ...] = (),
        court: str | None = None,
        **details: Any,
    ) -> Condition:
        """One that stands from the beginning of the day `due`, and can be acted on until that of `expires`."""
        return Condition(
            rule,
            subject,
            occurrence,
            start(due),
            severity,
            ended_on=ended_on,
            expires_at=start(expires) if expires else None,
            repeats=tuple(map(start, repeats)),
            force=self.row["force"],
            bcu=self.row["bcu"],
            court=court,
            details=details,
        )


def _stood(listed: Mapping[str, Any], at: str) -> bool:
    return bool(listed["set_on"] <= at and (listed["ended_on"] is None or at <= listed["ended_on"]))

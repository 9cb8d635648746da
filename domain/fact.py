"""A fact: one accepted event in its effective form, as last amended, unless voided."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.calendar import london_day
from schemas.reference import Reference

ORDER = {
    kind: rank
    for rank, kinds in enumerate(
        (
            ("police.crime-reported",),
            ("police.suspect-identified",),
            ("police.suspect-arrested",),
            ("police.suspect-interviewed",),
            ("police.charge-referral-submitted",),
            ("cps.referral-received",),
            ("cps.action-plan-issued",),
            ("police.action-plan-answered",),
            ("police.victim-withdrew", "cps.victim-withdrew"),
            ("police.victim-re-engaged",),
            ("police.outcome-recorded",),
            ("cps.charging-decision-made",),
            ("courts.case-received",),
            ("courts.hearing-listed",),
            ("courts.hearing-relisted",),
            ("courts.hearing-adjourned", "courts.hearing-resulted"),
            ("courts.trial-outcome-recorded",),
            ("courts.trial-outcome-cleared",),
            ("cps.prosecution-finalised",),
            ("courts.case-completed",),
            ("police.investigation-reopened", "cps.case-reopened"),
        )
    )
    for kind in kinds
}
"""The order of facts of one time, by type (contract 3). Types that move nothing come last."""

LAST = len(ORDER)
Key = tuple[dt.date, int, dt.datetime, int, str, str]
_NO_TIME = dt.datetime.min


@dataclass(slots=True)
class Fact:
    """What an agency said, and of what. `named` is None where it is about everybody there.

    `kind` is the type without its version, `day` its date in London, `key` its place among others: by London date; then time,
    day- and month-precise ones last; then type; then source and id (contract 3).
    """

    position: int
    source: str
    id: str
    type: str
    occurred: dt.datetime
    recorded: dt.datetime
    known: dt.datetime
    precision: str
    subject: Reference
    named: Reference | None
    data: Mapping[str, Any]
    voided: bool = False
    amended: bool = False
    anomaly: str | None = None
    kind: str = field(init=False)
    day: dt.date = field(init=False)
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        # Once, since a fold asks for them a hundred times.
        exact = self.precision == "second"
        self.kind = self.type.rpartition(".")[0]
        self.day = london_day(self.occurred)
        self.key = (
            self.day,
            0 if exact else 1,
            self.occurred.replace(tzinfo=None) if exact else _NO_TIME,
            ORDER.get(self.kind, LAST),
            self.source,
            self.id,
        )

    @property
    def precise(self) -> bool:
        """Whether the day is known, and not the month only."""
        return self.precision != "month"

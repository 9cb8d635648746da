"""For how long who had a case's file before the decision (contract 3, Holder).

CPS's queue stops while police hold the file; a victim's wait does not, so both are kept.
"""

import datetime as dt
from dataclasses import dataclass, field

from domain.when import When


@dataclass(slots=True)
class Clock:
    """`days` by holder, of the times that are over; `none`: between a decision that does not close it and its re-opening.

    It begins at the first submission, else at the receipt, and is closed for good by the decision.
    """

    began: When | None = None
    closed: When | None = None
    days: dict[str, int] = field(default_factory=lambda: {"cps": 0, "police": 0, "none": 0})
    _holder: str = "police"
    _since: dt.date = dt.date.min

    def begin(self, when: When, day: dt.date) -> None:
        """`day`: the case's own, where the journey has the fact at the day of a later report."""
        if self.began is None:
            self.began, self._since = when, day

    def turn(self, day: dt.date, holder: str) -> None:
        """From this day on the file is with `holder`."""
        if self.began and not self.closed and holder != self._holder:
            self._end(day)
            self._holder, self._since = holder, day

    def close(self, when: When, day: dt.date) -> None:
        if self.began and not self.closed:
            self._end(day)
            self.closed = when

    def _end(self, day: dt.date) -> None:
        if day > self._since:
            self.days[self._holder] += (day - self._since).days

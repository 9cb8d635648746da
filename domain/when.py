"""When something happened, in a journey or a case."""

import datetime as dt
from typing import NamedTuple


class When(NamedTuple):
    """The day in London and the place in the order of facts; whether the day is known, and not the month only; whether it is a
    case's fact of before the crime's report, moved to the report's day (contract 3)."""

    day: dt.date
    place: int = 0
    precise: bool = True
    late: bool = False

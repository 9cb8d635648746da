"""London's calendar: dates, working days, bank holidays of England and Wales (contract 1)."""

import datetime as dt
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
_DAY = dt.timedelta(days=1)


def london_day(instant: dt.datetime) -> dt.date:
    """The calendar day in London at an instant (aware)."""
    return _day_of_hour(instant.year, instant.month, instant.day, instant.hour)


@lru_cache(maxsize=1 << 16)
def _day_of_hour(year: int, month: int, day: int, hour: int) -> dt.date:
    # London's offset is a whole number of hours since 1972 and was so from 1970 too: one hour of UTC lies in one London day.
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC).astimezone(LONDON).date()


@cache
def _bank_holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in _bank_holidays(day.year)


def after_working_days(day: dt.date, count: int) -> dt.date:
    """The `count`-th working day after a day."""
    while count:
        day += _DAY
        count -= is_working_day(day)
    return day

"""Times in events: RFC 3339 with an offset, kept in UTC to the microsecond."""

import re
from datetime import UTC, datetime, timedelta

from pydantic_core import PydanticCustomError

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far ahead of our clock an agency's may be."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def instant(text: str) -> datetime:
    """The instant that an RFC 3339 time means. Digits beyond the microsecond are cut off.

    Raises ValueError: not such a time, no offset, or no such day.
    """
    if not _RFC3339.fullmatch(text):
        raise ValueError("not a time with an offset")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the calendar") from None


def written(moment: datetime) -> str:
    """An instant as we write it: UTC, with `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def normalised(text: str) -> str:
    """A time within `data`, as we write it."""
    try:
        return written(instant(text))
    except ValueError:
        raise PydanticCustomError("no_such_time", "is not a time with an offset") from None

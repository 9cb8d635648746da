"""What every adapter makes and says."""

from typing import Any, NamedTuple


class Unreadable(Exception):
    """A file that is not of its format. The message names file and line, and what was expected."""


class Made(NamedTuple):
    """An event, and the line of which it was made."""

    event: dict[str, Any]
    file: str
    line: int

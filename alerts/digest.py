"""The digest of what makes conditions: after a change of the rules or of the program all journeys are looked at again."""

import hashlib
from functools import cache
from pathlib import Path

from alerts.rules import Rules

PROGRAM = ("condition.py", "conditions.py", "hearings.py", "life.py", "rate.py", "row.py", "waits.py")


def digest(rules: Rules) -> bytes:
    """Of the thresholds, and of the program that reads them. 16 bytes."""
    return hashlib.blake2b(_program() + repr(rules).encode(), digest_size=16).digest()


@cache
def _program() -> bytes:
    return b"\0".join((Path(__file__).parent / name).read_bytes() for name in PROGRAM)

"""The digest of the rules: two builds may be compared, or one continued, only if the same rules made them."""

import datetime as dt
import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from domain.calendar import LONDON
from domain.setting import Rules

ROOT = Path(__file__).parent.parent
DAYS = range(-365, 365 * 80)  # from 1970, and the year before


def digest(rules: Rules) -> bytes:
    """Of the program's rules, and of the settings among them. 16 bytes."""
    return hashlib.blake2b(_program() + repr(rules).encode(), digest_size=16).digest()


@cache
def _program() -> bytes:
    """Of the text of `schemas`, `domain` and `projections`, of London's time zone as this machine has it, and of the version of
    the bank holidays."""
    hashed = hashlib.blake2b(digest_size=16)
    for folder in ("schemas", "domain", "projections"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".sql"):
                hashed.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    noon = dt.datetime(1970, 1, 1, 12, tzinfo=dt.UTC)
    hashed.update(repr([(noon + dt.timedelta(n)).astimezone(LONDON).hour for n in DAYS]).encode())
    hashed.update(f"holidays {version('holidays')}".encode())
    return hashed.digest()

"""The digest of the rules: two builds may be compared, or one continued, only if the same rules made them."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent


@cache
def digest() -> bytes:
    """Of the text of `schemas`, `domain` and `projections`, and of the versions of time zone and bank holiday data. 16 bytes."""
    hashed = hashlib.blake2b(digest_size=16)
    for folder in ("schemas", "domain", "projections"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".sql"):
                hashed.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    for package in ("tzdata", "holidays"):
        hashed.update(f"{package} {version(package)}".encode())
    return hashed.digest()

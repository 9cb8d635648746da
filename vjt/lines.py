"""Files of events, one a line: plain, packed (`.gz`), or standard input (`-`). No line fills the memory."""

import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

from schemas.read import MOST_BYTES
from store.delivery import Delivery, Line
from vjt.errors import CALL, Failed


class TornFile(Exception):
    """A packed file that ends too early or is damaged. What stood before was read."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(f"{name}: the packed file is damaged after line {line:,}; what stands before was read")


def check(names: list[str]) -> None:
    """Raises Failed if one of the files is not there."""
    for name in names:
        if name != "-" and not Path(name).exists():
            raise Failed(f"{name}: no such file", CALL)
        if Path(name).is_dir():
            raise Failed(f"{name}: is a folder", CALL)


def deliveries(name: str) -> Iterator[Delivery]:
    """The lines of a file that are not blank. Of one that is longer than any event only the beginning is given.

    Raises TornFile.
    """
    file = name if name == "-" else os.fsencode(os.path.abspath(name)).decode("utf-8", "replace")
    number = 0
    with ExitStack() as stack:
        stream = sys.stdin.buffer if name == "-" else stack.enter_context(_opened(name))
        try:
            while line := stream.readline(MOST_BYTES + 1):
                number += 1
                rest = line
                while not rest.endswith(b"\n") and (rest := stream.readline(MOST_BYTES)):
                    pass
                value = line.rstrip(b"\r\n")
                if value.strip():
                    yield Delivery(value, Line(file, number))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise TornFile(name, number) from None


def _opened(name: str) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(name)) if name.endswith(".gz") else open(name, "rb")

"""Progress of long work, on standard error: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from types import TracebackType


class Progress:
    """`with Progress() as progress: progress("fold", done, total)`. A line every 5 seconds where there is no terminal."""

    def __init__(self, unit: str = "") -> None:
        self.unit = unit
        self.terminal = sys.stderr.isatty()
        self.said = 0.0
        self.what = ""

    def __enter__(self) -> "Progress":
        return self

    def __call__(self, what: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        finished = total is not None and done >= total
        if what == self.what and now - self.said < (0.1 if self.terminal else 5) and not (finished and self.terminal):
            return
        if self.terminal and self.what and what != self.what:
            sys.stderr.write("\n")
        self.what, self.said = what, now
        share = f" {done / total:4.0%}" if total else ""
        of = f" of {total:,}" if total else ""
        if self.terminal:
            filled = int(30 * done / total) if total else 0
            bar = f" [{'#' * filled}{'.' * (30 - filled)}]" if total else ""
            sys.stderr.write(f"\r{what}{bar}{share} {done:,}{of}{self.unit}\x1b[K")
        else:
            sys.stderr.write(f"{what}{share} {done:,}{of}{self.unit}\n")
        sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.terminal and self.what:
            sys.stderr.write("\n")

"""Waiting for what other processes and threads do."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], patience: float = 60) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)

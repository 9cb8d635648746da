"""The garbage collector, for a process that works in batches."""

import gc


def collect_rarely() -> None:
    """A batch or a step makes some 100,000 objects and no cycles. With the usual thresholds the collector looks through them, and
    through all that was imported, a hundred times a batch, and finds nothing: a seventh of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)

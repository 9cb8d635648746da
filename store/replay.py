"""Give what was rejected to intake once more: after a fix of ours, or when an agency's clock was ahead."""

from collections.abc import Iterator, Sequence

from store import rejected
from store.delivery import Refused
from store.intake import Intake

BATCH = 100


def replay(intake: Intake, ids: Sequence[int], by: str) -> Iterator[tuple[list[int], list[Refused]]]:
    """Replay rows that are kept and still have their bytes, batch by batch.

    Gives of each batch the rows that are in the log now, accepted or found there, and what was rejected again: it stays
    kept, with the new reason. Nothing is lost if it is stopped in the middle.
    """
    for first in range(0, len(ids), BATCH):
        with intake.log.transaction() as cursor:
            deliveries = rejected.replayable(cursor, ids[first : first + BATCH])
        taken = intake.take(list(deliveries.values()))
        refused = {id(r.delivery) for r in taken.rejected}
        stored = [number for number, delivery in deliveries.items() if id(delivery) not in refused]
        with intake.log.transaction() as cursor:
            settled = rejected.settle(cursor, stored, "replayed", by)
        yield settled, taken.rejected

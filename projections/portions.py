"""All journeys of a build folded, portion by portion, by as many processes as there may be."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection

from domain.setting import Rules
from projections import fold, tables
from store.memory import collect_rarely

PORTION = 1_000  # journeys

Progress = Callable[[str, int, int | None], None]  # what is done, how many, of how many

TOGETHER = """
WITH RECURSIVE cluster(root, id) AS (
    SELECT DISTINCT f.subject, f.subject FROM fact f JOIN subject s ON s.id = f.subject WHERE s.scheme = 'person'
    UNION
    SELECT cluster.root, o.id FROM cluster
    CROSS JOIN LATERAL (SELECT e.to_id FROM edge e WHERE e.from_id = cluster.id AND e.kind = 'same'
                        UNION ALL SELECT e.from_id FROM edge e WHERE e.to_id = cluster.id AND e.kind = 'same') AS o(id)
)
SELECT k.journey_id, min(cluster.root::text) FROM cluster JOIN journey_key k ON k.person = cluster.id AND k.live
GROUP BY k.journey_id ORDER BY 2
"""


def fold_all(connection: Connection[Any], dsn: str, n: int, rules: Rules, processes: int, progress: Progress) -> None:
    """Fold every journey of build `n`, whose index is made, and write its row."""
    portions = list(_portions(connection))
    total = sum(map(len, portions))
    done = 0
    if processes == 1 or len(portions) < 2:
        for portion in portions:
            done += _fold(dsn, n, rules, portion)
            progress("fold", done, total)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(processes, len(portions)), mp_context=context, initializer=_child)
    with given_up_on_error(pool):
        # Ctrl-C is for us: the children, which are started here, inherit that they do not hear it.
        heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            waiting = {pool.submit(_fold, dsn, n, rules, portion) for portion in portions}
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, heard)
        try:
            while waiting:  # who is told of the progress may end it, and soon
                folded, waiting = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
                done += sum(future.result() for future in folded)
                progress("fold", done, total)
        except BaseException:
            for child in multiprocessing.active_children():  # what they are at is worth nothing now
                child.terminate()
            raise


def _portions(connection: Connection[Any]) -> Iterator[list[UUID]]:
    """The journeys, in portions. Those of persons of whom something is said alone stand in one portion with the person's
    others, since that belongs to the one that was open then."""
    together: dict[UUID, str] = dict(connection.execute(TOGETHER).fetchall())
    portion: list[UUID] = []
    last = ""
    for id_, root in together.items():
        if len(portion) >= PORTION and root != last:
            yield portion
            portion = []
        portion.append(id_)
        last = root
    for (id_,) in connection.execute("SELECT journey_id FROM journey_key WHERE live"):
        if id_ not in together:
            if len(portion) >= PORTION:
                yield portion
                portion = []
            portion.append(id_)
    if portion:
        yield portion


@contextmanager
def given_up_on_error(pool: Executor) -> Iterator[None]:
    """What is on its way in the pool is waited for; on an error, the rest is not begun."""
    try:
        yield
    finally:
        pool.shutdown(cancel_futures=True)


def _child() -> None:
    """In a child of the pool, which ends with its parent, however that ended."""
    collect_rarely()

    def end() -> None:
        parent = multiprocessing.parent_process()
        assert parent is not None
        parent.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def _fold(dsn: str, n: int, rules: Rules, portion: list[UUID]) -> int:
    with psycopg.connect(dsn) as connection, connection.cursor() as cur:
        tables.enter(cur, n, local=False)
        tables.look_up(cur)
        folded = fold.Folded(connection, portion, rules)
        fold.copy(cur, folded.rows())
        fold.note_broken(cur, portion, folded.broken)
    return len(portion)

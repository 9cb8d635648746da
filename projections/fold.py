"""Fold journeys of a build and make their rows."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from psycopg import Connection, Cursor

from domain.neighbourhood import Broken, fold_all
from domain.setting import Rules
from projections import references, signals
from projections.figures import figures
from projections.rows import NAMES, PARTS, Row, Writer
from projections.surroundings import neighbourhood
from projections.tables import ids

ROW = ", ".join((*NAMES, PARTS))


class Folded:
    """The journeys that folded, errors of those that did not. A wanted journey in neither is no more."""

    def __init__(self, connection: Connection[Any], wanted: Collection[UUID], rules: Rules) -> None:
        result = fold_all(neighbourhood(connection, wanted, rules), wanted)
        self.broken = {id_: j.error for id_, j in result.items() if isinstance(j, Broken)}
        self.journeys = {id_: j for id_, j in result.items() if not isinstance(j, Broken)}
        # The positions of the facts that a journey drew on.
        self.taken = {entry[0] for journey in self.journeys.values() for entry in journey.timeline}

    def rows(self) -> list[Row]:
        """Made before the first is written: who is frozen in a COPY is not idle in its transaction, and no timeout ends it."""
        reads = [*(figure.columns for figure in figures()), references.READS, signals.NUMBERS]
        return list(map(Writer(reads).row, self.journeys.values()))


def copy(cur: Cursor[Any], rows: Iterable[Row]) -> None:
    with cur.copy(f"COPY journey ({ROW}) FROM STDIN") as out:
        out.write(b"".join(r.line() for r in rows))  # each write waits for the socket, and for Python's lock


def note_broken(cur: Cursor[Any], wanted: Collection[UUID], broken: dict[UUID, str]) -> None:
    """Keep the list of journeys that do not fold, with the time since when."""
    cur.execute(
        "DELETE FROM broken WHERE journey_id = ANY(%s) AND NOT journey_id = ANY(%s)", (ids(wanted), ids(broken))
    )
    now = dt.datetime.now(dt.UTC)
    cur.executemany(
        "INSERT INTO broken VALUES (%s, %s, %s) ON CONFLICT (journey_id) DO UPDATE SET error = excluded.error",
        [(id_, error, now) for id_, error in broken.items()],
    )

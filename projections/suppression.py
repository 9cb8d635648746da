"""A report with its small counts hidden, so that nobody can work them out from the rest of it (contract 5.2; docs/publishing.md).

Hidden first are counts of 1 to k - 1, and parts that leave so few of their whole; then, as long as a hidden count follows from what
is shown and from the relations between the counts (`projections.cells`), one more beside it. A hidden count is known to be at least
1: what is 0 is shown.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from projections.cells import Cells, Relation, Where
from projections.deduction import Row, determined
from projections.report import NotAsked

HIDDEN = "~"
MOST = 50_000  # rows


def suppressed(
    name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], where: Where, k: int
) -> list[dict[str, Any]]:
    """The rows of one report of a figure, `HIDDEN` where a count is 1 to k - 1, where it would give one away, or where a rate is
    made of a hidden count. `where`: the conditions that the rows were narrowed by.

    Raises NotAsked.
    """
    kept: list[dict[str, Any]] = []
    for row in rows:
        if len(kept) == MOST:
            raise NotAsked(
                f"--suppress needs all rows at once, and there are more than {MOST:,}: narrow it with --where"
            )
        kept.append(dict(row))
    cells = Cells(name, columns, kept, where)
    for column in where:
        if column not in cells.place:
            raise NotAsked(
                f"--where {column}=… would tell what --suppress hides: only {', '.join(cells.keys)} go with it"
            )
    hidden = protected(cells, k)
    gone = [{column for column, cell in at.items() if cell in hidden} for at in cells.at]
    unsaid = _along(cells, kept, gone)
    for row, of, more in zip(kept, gone, unsaid, strict=True):
        for column in of | more | _made(cells, row, of, k):
            row[column] = HIDDEN
    return kept


def protected(cells: Cells, k: int) -> set[int]:
    """The cells to hide."""
    of: dict[int, list[int]] = defaultdict(list)
    for n, relation in enumerate(cells.relations):
        for _, cell in relation.terms:
            of[cell].append(n)
    hidden = {cell for cell, value in enumerate(cells.values) if 0 < value < k and not cells.unseen[cell]}
    hidden |= {cell for cell, rests in cells.rests.items() if cells.values[cell] and any(0 < r < k for r in rests)}
    more = set(hidden)
    while more:
        hidden |= more
        new, more = more, set()
        while new:  # what is unknown hangs together by relations; where nothing is new, nothing changes
            seen, edge = set(), {min(new)}
            about: set[int] = set()
            while edge:
                seen |= edge
                about.update(n for cell in edge for n in of[cell])
                beside = {other for cell in edge for n in of[cell] for _, other in cells.relations[n].terms}
                edge = {cell for cell in beside - seen if cell in hidden or cells.unseen[cell]}
            new -= seen
            more |= _more(cells, seen & hidden, [cells.relations[n] for n in sorted(about)])
    return hidden


def _made(cells: Cells, row: Mapping[str, Any], gone: set[str], k: int) -> set[str]:
    """What follows from the hidden counts of its row, or describes fewer than k."""
    counts = cells.counts
    found = {column for column, of in counts.made.items() if not gone.isdisjoint(of.split())}
    for column, of in counts.about.items():
        first, *less = of.split()
        few = row[first] is not None and row[first] - sum(row[other] for other in less) < k
        if not gone.isdisjoint(of.split()) or (few and row[column] is not None):
            found.add(column)
    for column, whole in counts.share_of.items():
        if row[column] is not None and 0 < round(row[column] * row[whole]) < k:
            found.add(column)
    return found


def _along(cells: Cells, rows: Sequence[Mapping[str, Any]], gone: Sequence[set[str]]) -> list[set[str]]:
    """What follows from the counts of several rows: of a curve, of all days up to its own; of a share, of all rows."""
    found: list[set[str]] = [set() for _ in rows]
    for column, by in cells.counts.along.items():
        series: dict[Any, list[int]] = defaultdict(list)
        for i, row in enumerate(rows):
            series[tuple(row[key] for key in cells.keys if key != by)].append(i)
        for of in series.values():
            of.sort(key=lambda i: rows[i][by])
            first = next((n for n, i in enumerate(of) if gone[i]), len(of))
            if by in cells.where or (by != "day" and first < len(of)):
                first = 0  # the rows that are not there count too
            for i in of[first:]:
                found[i].add(column)
    return found


def _more(cells: Cells, hidden: set[int], relations: Sequence[Relation]) -> set[int]:
    """The cells to hide beside hidden ones that somebody who has the report can work out; none: nobody can.

    A hidden cell is safe if it can change and all relations still hold, with every hidden cell at least 1. The truth is such a
    state. From there what is above its least can go either way (`loose`), what is at its least only up.
    """
    least = dict.fromkeys(hidden, 1)
    least |= {cell: 0 for relation in relations for _, cell in relation.terms if cells.unseen[cell]}
    loose = {cell for cell, value in least.items() if cells.values[cell] > value}
    rows: list[Row] = []
    for relation in relations:
        row: Row = {cell: sign for sign, cell in relation.terms if cell in least or cells.values[cell]}
        if any(cell in least for cell in row):
            if not relation.equal:  # what it falls short by is one more unknown
                short, over = -1 - len(rows), -sum(sign * cells.values[cell] for sign, cell in relation.terms)
                row[short], least[short] = 1, 0
                if over:
                    loose.add(short)
            rows.append(row)
    known = determined(rows, loose, least)
    more: set[int] = set()
    for cell in sorted(hidden & known.keys()):
        if more.isdisjoint(known[cell]):
            more |= _smallest(cells, known[cell], least)
    return more or _nearest(cells, relations, sorted(hidden & known.keys()), least)


def _smallest(cells: Cells, among: Iterable[int], least: Container[int]) -> set[int]:
    """The smallest count that is shown and not 0; of equal ones the first in the report."""
    shown = [(cells.values[cell], cell) for cell in among if cell not in least and cells.values[cell]]
    return {min(shown)[1]} if shown else set()


def _nearest(cells: Cells, relations: Iterable[Relation], to: Iterable[int], least: Container[int]) -> set[int]:
    """The smallest of those that are fewest relations away from a cell of which the equation shows none."""
    of: dict[int, list[Relation]] = defaultdict(list)
    for relation in relations:
        for _, cell in relation.terms:
            of[cell].append(relation)
    more: set[int] = set()
    for cell in to:
        seen, edge = {cell}, {cell}
        while edge:
            beside = {other for one in edge for relation in of[one] for _, other in relation.terms} - seen
            found = _smallest(cells, beside, least)
            if found or not more.isdisjoint(beside):
                more |= set() if not more.isdisjoint(beside) else found
                break
            seen |= beside
            edge = {other for other in beside if other in least}
    return more

"""What follows from equations between counts, of which some are unknown and at least so many."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from fractions import Fraction

Row = dict[int, int | Fraction]
"""Of an equation, the factor of each unknown and of each count that is known and not 0."""


def determined(rows: list[Row], loose: set[int], least: Container[int]) -> dict[int, Row]:
    """The unknowns (`least`) that can have no other value than they have, each with an equation that says so.

    `loose` are those that are above their least. What is at its least can change if it can rise while the equations hold and
    none falls below its own; where that is not plain, it is taken as if it could not. What cannot change is as good as known,
    and linear equations tell what else is.
    """
    peeled, core = _peeled(rows, loose)
    solved, left = _reduced(core, loose)
    fixed = _fixed(left, least)
    return _known(peeled, solved, left, least, fixed)


def _peeled(rows: list[Row], loose: set[int]) -> tuple[list[tuple[int, Row]], list[Row]]:
    """Equations, each with a loose unknown that those after it do not have: it takes what the others leave to it, so that the
    equation says nothing of them. And those that remain."""
    of: dict[int, set[int]] = defaultdict(set)
    for n, row in enumerate(rows):
        for cell in row:
            of[cell].add(n)
    alone, peeled, gone = [cell for cell in of if cell in loose and len(of[cell]) == 1], [], set()
    while alone:
        own = alone.pop()
        if len(of[own]) == 1:
            (n,) = of[own]
            gone.add(n)
            peeled.append((own, rows[n]))
            for cell in rows[n]:
                of[cell].discard(n)
                if len(of[cell]) == 1 and cell in loose:
                    alone.append(cell)
    return peeled, [row for n, row in enumerate(rows) if n not in gone]


def _reduced(rows: Iterable[Row], loose: Container[int]) -> tuple[dict[int, Row], list[Row]]:
    """Equations solved for loose unknowns, each of which only its own row has; and those without any."""
    solved: dict[int, Row] = {}
    within: dict[int, set[int]] = defaultdict(set)
    left = []
    for given in sorted(rows, key=len):
        row = dict(given)
        for cell in [cell for cell in row if cell in solved]:
            _add(row, solved[cell], -row[cell])
        free = [cell for cell in row if cell in loose]
        if not free:
            if row:
                left.append(row)
            continue
        own = min(free, key=lambda cell: (len(within[cell]), cell))
        row = _over(row, row[own])
        for other in list(within[own]):
            before = solved[other]
            _add(before, row, -before[own])
            for cell in row:
                (within[cell].add if cell in before else within[cell].discard)(other)
        solved[own] = row
        for cell in row.keys() - {own}:
            within[cell].add(own)
    return solved, left


def _fixed(rows: Iterable[Row], least: Container[int]) -> dict[int, Row]:
    """Unknowns at their least that cannot rise, each with the equation that says so: all its unknowns would have to rise, and their
    sum cannot. Where it is not plain that they can, they are taken as if they could not."""
    rows = [dict(row) for row in rows]
    of: dict[int, set[int]] = defaultdict(set)
    for n, row in enumerate(rows):
        for cell in row:
            if cell in least:
                of[cell].add(n)
    fixed: dict[int, Row] = {}
    queue, done = set(range(len(rows))), set()

    def drop(n: int) -> None:
        done.add(n)
        queue.discard(n)
        for cell in rows[n]:
            if cell in least:
                of[cell].discard(n)
                queue.update(of[cell])

    while queue:
        n = min(queue, key=lambda n: len(rows[n]))
        queue.discard(n)
        row = rows[n]
        sides: tuple[list[int], list[int]] = ([], [])
        for cell, factor in row.items():
            if cell in least and cell not in fixed:
                sides[factor > 0].append(cell)
        up, down = sides
        if not up or not down:
            fixed |= dict.fromkeys(up + down, row)
            drop(n)
        elif len(up) == 1 or len(down) == 1:  # it is the sum of the others: any rise of theirs can be met
            own = up[0] if len(up) == 1 else down[0]
            for other in of[own] - {n}:
                factor = Fraction(-rows[other][own]) / row[own]
                _add(rows[other], row, factor.numerator if factor.denominator == 1 else factor)
                for cell in row:
                    if cell in least:
                        (of[cell].add if cell in rows[other] else of[cell].discard)(other)
                queue.add(other)
            drop(n)
        elif any(len(of[cell]) == 1 for cell in up) and any(len(of[cell]) == 1 for cell in down):
            drop(n)
    # Of equations between hidden counts alone the truth is such a rise: all of them by as much again.
    left = [row for n, row in enumerate(rows) if n not in done]
    while True:
        bound = [row for row in left if any(cell not in least or cell in fixed for cell in row)]
        more = {cell: row for row in bound for cell in row if cell in least and cell not in fixed}
        if not more:
            return fixed
        fixed |= more


def _known(
    peeled: Sequence[tuple[int, Row]],
    solved: Mapping[int, Row],
    left: Iterable[Row],
    least: Container[int],
    fixed: dict[int, Row],
) -> dict[int, Row]:
    """The unknowns that have but one value, each with an equation that says so."""
    known = dict(fixed)
    rows = [{cell: factor for cell, factor in row.items() if cell not in fixed} for row in (*solved.values(), *left)]
    again, _ = _reduced(rows, least)
    for own, row in again.items():
        if not any(cell in least for cell in row if cell != own):
            known[own] = row
    for own, given in reversed(peeled):
        row = {cell: factor for cell, factor in given.items() if cell not in fixed}
        for cell in [cell for cell in row if cell in again]:
            _add(row, again[cell], -row[cell])
        again[own] = row = _over(row, row[own])
        if not any(cell in least for cell in row if cell != own):
            known[own] = row
    return known


def _over(row: Row, by: int | Fraction) -> Row:
    return (
        row
        if by == 1
        else {cell: -v for cell, v in row.items()}
        if by == -1
        else {c: Fraction(v) / by for c, v in row.items()}
    )


def _add(to: Row, row: Row, factor: int | Fraction) -> None:
    for cell, value in row.items():
        total = to.get(cell, 0) + factor * value
        if total:
            to[cell] = total
        else:
            to.pop(cell, None)

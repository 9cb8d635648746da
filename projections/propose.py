"""Pairs of persons that may be one, by what their reports share: match weights after Fellegi and Sunter (docs/identity.md).

It decides nothing. Two journeys are compared only if they share a block: one crime; or force, BCU, sex and age, reported within a
year. A field on which they agree adds log2(m / u) bits, one on which they differ log2((1 - m) / (1 - u)), one that either lacks
nothing. `m`: the chance that two reports of one person agree, fixed in `FIELDS`. `u`: the chance that two persons' do; on agreement
it is the share of this very value among all journeys. To agree never counts against.
"""

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any, NamedTuple

from psycopg import Cursor

from projections.links import refused, undecided

FIELDS = {
    "age": 0.95,
    "sex": 0.99,
    "ethnicity_self_defined": 0.9,
    "interpreter_language": 0.9,
    "vulnerabilities": 0.75,
    "bcu": 0.8,
    "suspect_relationship": 0.6,
    "flags": 0.6,
}
ABSENT = {"flags": "nullif(flags, '{}')"}  # no flag is nothing that two crimes share
OF_CRIME = ("bcu", "flags")  # two victims of one crime share them whoever they are
DAYS = 365
MOST = 2_000  # pairs that are compared in a block

TEXTS = ", ".join(f"{ABSENT.get(name, name)}::text AS {name}" for name in FIELDS if name != "age")
ROWS = f"""
SELECT journey_id::text, uvi, force, crime_reference, reported_at, age, {TEXTS}
FROM journey WHERE NOT cancelled"""
BLOCKS = {
    "crime": (ROWS + " ORDER BY force, crime_reference, journey_id", ("force", "crime_reference")),
    "person": (
        ROWS + " AND age IS NOT NULL AND sex IS NOT NULL AND bcu IS NOT NULL"
        " ORDER BY force, bcu, sex, age, reported_at, journey_id",
        ("force", "bcu", "sex", "age"),
    ),
}

SHOWN = """
SELECT DISTINCT r.value, j.uvi FROM reference r JOIN journey j USING (journey_id)
WHERE r.scheme = 'person' AND r.until IS NULL AND r.value = ANY(%s)
"""

Row = dict[str, Any]


class Pair(NamedTuple):
    """Two persons. `score` in bits; `why`: what each field adds. The journeys are the two that were compared."""

    uvi: str
    same_as: str
    score: float
    block: str
    why: str
    journey_id: str
    same_as_journey_id: str


@dataclass(slots=True)
class Proposed:
    """`pairs`: the surest first. `compared`, and `cut`: pairs that were not, in blocks of more than `MOST`."""

    pairs: list[Pair] = field(default_factory=list)
    compared: int = 0
    cut: int = 0


class Chances:
    """How often each value occurs, and the weights that follow."""

    def __init__(self, cur: Cursor[Row]) -> None:
        self.share: dict[str, dict[Any, float]] = {}
        self.any: dict[str, float] = {}
        for name in FIELDS:
            query = f"SELECT {name} AS value, count(*) AS n FROM ({ROWS}) AS j WHERE {name} IS NOT NULL GROUP BY 1"
            found = {row["value"]: row["n"] for row in cur.execute(query)}
            total = sum(found.values())
            share = {value: n / total for value, n in found.items()}
            near = {age: sum(share.get(age + k, 0) for k in (-1, 0, 1)) for age in share} if name == "age" else share
            self.share[name] = near
            self.any[name] = sum(p * near[value] for value, p in share.items())

    def bits(self, name: str, value: Any, agrees: bool) -> float:
        """What a field adds. `value`: what they agree on."""
        m = FIELDS[name]
        u = self.share[name][value] if agrees else self.any[name]
        return max(0.0, math.log2(m / u)) if agrees else math.log2((1 - m) / max(1 - u, 1e-3))


def propose(cur: Cursor[Row], least: float) -> Proposed:
    """Pairs of at least this weight. Not those that are tied, on the work list, or of whom somebody said that they are two."""
    chances, proposed = Chances(cur), Proposed()
    settled = _settled(cur)
    best: dict[frozenset[str], Pair] = {}
    for block, (query, key) in BLOCKS.items():
        cur.execute(query)
        for _, rows in groupby(cur, key=lambda row, key=key: [row[name] for name in key]):  # type: ignore[misc]
            for one, other in _compared(list(rows), proposed):
                persons = frozenset((one["uvi"], other["uvi"]))
                if persons in settled:
                    continue
                pair = _weighed(one, other, block, chances)
                if pair.score >= least and (persons not in best or best[persons].score < pair.score):
                    best[persons] = pair
    proposed.pairs = sorted(best.values(), key=lambda pair: (-pair.score, pair))
    return proposed


def _compared(rows: list[Row], proposed: Proposed) -> Iterator[tuple[Row, Row]]:
    """Pairs of a block, neighbours first, of different persons reported within a year. No more than `MOST` are looked at."""
    pairs = ((rows[i], rows[i + apart]) for apart in range(1, len(rows)) for i in range(len(rows) - apart))
    for one, other in islice(pairs, MOST):
        proposed.compared += 1
        if one["uvi"] != other["uvi"] and abs(other["reported_at"] - one["reported_at"]).days <= DAYS:
            yield one, other
    proposed.cut += max(0, len(rows) * (len(rows) - 1) // 2 - MOST)


def _weighed(one: Row, other: Row, block: str, chances: Chances) -> Pair:
    bits = {}
    for name in FIELDS:
        a, b = one[name], other[name]
        if a is not None and b is not None and not (block == "crime" and name in OF_CRIME):
            agrees = _agree(one, other) if name == "age" else a == b
            bits[name] = chances.bits(name, a, agrees)
    first, second = sorted((one, other), key=lambda row: str(row["uvi"]))
    return Pair(
        uvi=first["uvi"],
        same_as=second["uvi"],
        score=round(sum(bits.values()), 2),
        block=block,
        why=" ".join(f"{name}{weight:+.1f}" for name, weight in bits.items()),
        journey_id=first["journey_id"],
        same_as_journey_id=second["journey_id"],
    )


def _agree(one: Row, other: Row) -> bool:
    """Whether two ages fit, a year more or less, the time between the reports."""
    passed: dt.timedelta = other["reported_at"] - one["reported_at"]
    apart: int = other["age"] - one["age"]
    return abs(apart - passed.days / 365.25) <= 1


def _settled(cur: Cursor[Row]) -> set[frozenset[str]]:
    pairs: Iterable[frozenset[str]] = refused(cur) | {frozenset((p["uvi"], p["same_as"])) for p in undecided(cur)}
    uvis = list({uvi for pair in pairs for uvi in pair})
    shown = {row["value"]: row["uvi"] for row in cur.execute(SHOWN, (uvis,))} if uvis else {}
    return {frozenset(shown.get(uvi, uvi) for uvi in pair) for pair in pairs}

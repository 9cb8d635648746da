"""`vjt report --suppress`: what is hidden, and that an attacker with linear programming works none of it out."""

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from typing import Any

import numpy
import orjson
import psycopg
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from projections import suppression
from projections.cells import Cells
from projections.relations import COUNTS
from projections.report import NotAsked, names, report
from projections.suppression import HIDDEN, protected, suppressed
from simulator.city import stories
from simulator.disturbance import arrivals
from tests.conftest import named
from tests.integration.projections.world import World

Where = dict[str, list[str]]
Rows = list[dict[str, Any]]
MONTH = dt.date(2024, 3, 1)
FAR = 1e6
ONE: Where = {"period": ["one in the middle"]}
SLICES: list[tuple[str, Where]] = [
    ("attrition", {"offence": ["all"], "dimension": ["all", "age_band"], "cohort": ["all"], "basis": ["reported"]} | ONE),
    ("attrition", {"offence": ["all", "sexual", "rape"], "dimension": ["all"], "basis": ["exited"]} | ONE),
    ("attrition", {"offence": ["all"], "dimension": ["sex", "suspect_relationship"], "stage": ["pre_charge"]} | ONE),
    ("attrition_curve", {"offence": ["all"], "dimension": ["all"], "cohort": ["all"]} | ONE),
    ("data_quality", {"offence": ["all"]} | ONE),
    ("delay", {"offence": ["all"], "interval": ["report_to_charge", "cps_days"], "dimension": ["all", "force"]} | ONE),
    ("outcome", {"dimension": ["all"]} | ONE),
    ("post_charge", {"dimension": ["all", "cps_area"]}),
    ("relative_risk", {"offence": ["all"], "cohort": ["all"], "dimension": ["age_band", "sex"]} | ONE),
    ("trial", {"dimension": ["all"]}),
    ("withdrawal_audit", {"dimension": ["all"]} | ONE),
]  # fmt: skip


@pytest.fixture(scope="module")
def year(postgres: str) -> Iterator[str]:
    """A database with some hundred simulated journeys."""
    name = f"suppression_{os.getpid()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_vjt".encode())
    with closing(World(named(postgres, name))) as world:
        world.read_on(dt.date(2025, 1, 1))
        world.say(*map(orjson.loads, arrivals(stories(150, 4))))
        world.build()
    yield named(postgres, name)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def found(dsn: str, name: str, where: Where) -> tuple[list[str], Rows]:
    with psycopg.connect(dsn) as connection:
        columns, rows = report(connection, name, where)
        return columns, list(rows)


def given_away(cells: Cells, hidden: set[int]) -> set[int]:
    """The hidden cells that can have but one value under all relations, each hidden one at least 1."""
    unknown = sorted(hidden | {cell for cell, unseen in enumerate(cells.unseen) if unseen})
    place = {cell: i for i, cell in enumerate(unknown)}
    sides: dict[bool, tuple[list[tuple[int, int, int]], list[int]]] = {True: ([], []), False: ([], [])}
    for terms, equal in cells.relations:
        entries, bounds = sides[equal]
        if any(cell in place for _, cell in terms):
            entries += [(len(bounds), place[cell], sign) for sign, cell in terms if cell in place]
            bounds.append(-sum(sign * cells.values[cell] for sign, cell in terms if cell not in place))
    asked: dict[str, Any] = {"bounds": [(1 if cell in hidden else 0, FAR) for cell in unknown]}
    for name, (entries, bounds) in zip(("eq", "ub"), (sides[True], sides[False]), strict=True):
        if bounds:
            at, column, sign = zip(*entries, strict=True)
            asked[f"A_{name}"] = coo_array((sign, (at, column)), shape=(len(bounds), len(unknown))).tocsr()
            asked[f"b_{name}"] = bounds
    if not hidden:
        return set()
    low, high = numpy.full(len(unknown), numpy.inf), numpy.full(len(unknown), -numpy.inf)

    def ask(of: Any) -> None:
        answer = linprog(of, method="highs", **asked)
        assert answer.status == 0, answer.message
        numpy.minimum(low, answer.x, out=low)
        numpy.maximum(high, answer.x, out=high)

    chance = numpy.random.default_rng(1)
    for _ in range(8):  # most are seen to have two values at once
        ask(chance.normal(size=len(unknown)) * (high - low < 0.5))
    known = set()
    for cell in sorted(hidden):
        i = place[cell]
        if high[i] - low[i] < 1e-6:
            one = numpy.eye(1, len(unknown), i)[0]
            ask(one)
            ask(-one)
            if high[i] - low[i] < 1e-6:
                known.add(cell)
    return known


@pytest.mark.parametrize(("name", "where"), SLICES, ids=str)
def test_no_hidden_count_of_a_report_has_but_one_value(year: str, name: str, where: Where) -> None:
    if "period" in where:
        with psycopg.connect(year) as connection:
            months = connection.execute(
                "SELECT DISTINCT period::text FROM metrics.withdrawal_reason ORDER BY 1"
            ).fetchall()
        where = where | {"period": [month for (month,) in months[len(months) // 2 :][:1]]}
    columns, rows = found(year, name, where)
    cells = Cells(name, columns, rows, where)
    hidden = protected(cells, 5)
    small = {cell for cell, value in enumerate(cells.values) if 0 < value < 5 and not cells.unseen[cell]}
    assert small
    assert small <= hidden
    assert given_away(cells, hidden) == set()


def made_up(seed: int) -> Rows:
    """Withdrawals by reason of made-up spells: by offence, force and bcu."""
    chance = random.Random(seed)
    counted: Counter[tuple[str, ...]] = Counter()
    for _ in range(chance.randrange(20, 120)):
        group = chance.choice(["rape", "other_sexual_offences", "homicide", "other"])
        more = {"rape": ["sexual"], "other_sexual_offences": ["sexual"], "homicide": ["non_sexual", "violence"]}.get(
            group, []
        )
        force = chance.choice(["f1", "f2"])
        bcu = chance.choice(["missing", f"{force}/a", f"{force}/b"])
        values = [("all", "all"), ("force", force), ("bcu", bcu)]
        for offence, (dimension, value) in product(["all", group, *more], values):
            counted[offence, dimension, value] += 1
    return [
        {"period": MONTH, "offence": o, "dimension": d, "value": v, "stage": "trial", "reason": "r", "withdrawals": n}
        for (o, d, v), n in sorted(counted.items())
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(25))
def test_no_hidden_count_of_a_made_up_report_has_but_one_value(seed: int) -> None:
    rows = made_up(seed)
    for where in ({}, {"dimension": ["force", "bcu"]}, {"offence": ["all", "rape", "sexual"]}):
        asked = [row for row in rows if all(row[column] in values for column, values in where.items())]
        cells = Cells("withdrawal_reason", list(asked[0]), asked, where)
        assert given_away(cells, protected(cells, 5)) == set()


def rows_of(name: str, *counts: dict[str, Any], **key: Any) -> Rows:
    same = {"period": MONTH, "offence": "all", "dimension": "force"} | key
    return [same | count for count in counts]


def shown(name: str, rows: Rows, where: Where | None = None, k: int = 5) -> list[tuple[Any, ...]]:
    columns = list(rows[0])
    hidden = suppressed(name, columns, rows, where or {}, k)
    return [tuple(row[c] for c in columns if c in COUNTS[name].told) for row in hidden]


def due(value: str, due: int, met: int, dimension: str = "force") -> dict[str, Any]:
    return {"dimension": dimension, "value": value, "due": due, "met": met, "rate": met / due}


def test_a_small_count_goes_with_its_rate_and_with_the_smallest_beside_it_and_0_stays() -> None:
    rows = rows_of("contact", due("all", 60, 33, "all"), due("f1", 20, 3), due("f2", 30, 30), due("f3", 10, 0))
    assert shown("contact", rows) == [
        (60, 33, 0.55), (20, HIDDEN, HIDDEN), (30, HIDDEN, HIDDEN), (10, 0, 0.0),
    ]  # fmt: skip


def test_a_part_that_leaves_few_of_its_whole_is_hidden() -> None:
    def contact(due: int, met: int) -> tuple[Any, Any]:
        row = {
            "period": MONTH,
            "offence": "all",
            "dimension": "all",
            "value": "all",
            "due": due,
            "met": met,
            "rate": met / due,
        }
        (shown,) = suppressed("contact", list(row), [row], {}, 5)
        return shown["due"], shown["met"]

    assert contact(20, 18) == (20, HIDDEN)
    assert contact(20, 15) == (20, 15)
    assert contact(20, 20) == (20, 20)
    assert contact(20, 0) == (20, 0)


def test_nothing_is_hidden_where_no_count_is_small() -> None:
    rows = rows_of("contact", due("all", 60, 33, "all"), due("f1", 20, 5), due("f2", 40, 28))
    assert suppressed("contact", list(rows[0]), rows, {}, 5) == rows


def test_two_hidden_counts_that_can_only_be_1_are_not_enough() -> None:
    rows = rows_of("contact", due("all", 12, 2, "all"), due("f1", 6, 1), due("f2", 6, 1))
    assert {met for _, met, _ in shown("contact", rows, k=2)} == {HIDDEN}


def test_days_of_fewer_than_k_are_hidden_beside_a_count_that_is_not_small() -> None:
    days = dict.fromkeys(("mean_days", "median_days", "p90_days", "max_days"), 9.0)
    row = {"value": "f1", "unit": "victim", "basis": "ended", "interval": "cps_days", "completed": 10, "imprecise": 6,
           "open": None, "lost": None, **days, "open_median_days": None}  # fmt: skip
    (told,) = shown("delay", rows_of("delay", row))
    assert told == (10, 6, None, None, *[HIDDEN] * 4, None)


def test_a_condition_on_a_count_would_tell_it(year: str) -> None:
    columns, rows = found(year, "contact", {"met": ["3"]})
    with pytest.raises(NotAsked, match="--where met=… would tell what --suppress hides"):
        suppressed("contact", columns, rows, {"met": ["3"]}, 5)


def test_a_report_that_is_too_long_is_refused(year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "MOST", 3)
    columns, rows = found(year, "withdrawal_reason", {})
    with pytest.raises(NotAsked, match="more than 3: narrow it with --where"):
        suppressed("withdrawal_reason", columns, rows, {}, 5)


def test_every_figure_has_its_counts_hidden_and_no_small_one_is_left(year: str) -> None:
    with psycopg.connect(year) as connection:
        there = names(connection)
    assert set(there) == set(COUNTS)
    for name in there:
        columns, _ = found(year, name, {"period": ["none"]} if name != "freshness" else {})
        where: Where = {column: ["all"] for column in ("offence", "dimension", "cohort") if column in columns}
        if name == "relative_risk":
            where["dimension"] = ["sex"]
        columns, rows = found(year, name, where)
        assert set(COUNTS[name].told) <= set(columns), name
        told = suppressed(name, columns, rows, where, 5)
        left = {(column, row[column]) for row in told for column in COUNTS[name].columns.split()}
        assert not {n for _, n in left if isinstance(n, int) and 0 < n < 5}, name

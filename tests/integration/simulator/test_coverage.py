"""Our 95 % intervals hold the simulator's true parameters as often as a correct method's would; wrong methods' do not."""

import datetime as dt
import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from simulator import calibration
from simulator.truth import cumulative_withdrawal, withdrawal_rate
from tests.conftest import named
from tests.integration.projections.world import World
from tests.integration.simulator.curves import reference
from tests.integration.simulator.intervals import Cell, coverage_of_katz, coverage_of_wilson, pooled, wald, wilson
from tests.integration.simulator.sampled import fill

LARGE = 30  # a cell has at least
READING = dt.date(2022, 3, 31)
"""The last day of reports: of the recent ones few have had time to leave."""
DISJOINT = [
    "robbery",
    "criminal_damage",
    "public_order_offences",
    "domestic_abuse",
    "child_sexual_abuse",
    "adult_sexual_not_rape",
]
"""No journey is in two of them."""
DAYS = (7, 30, 90, 180)

RATES = """
SELECT offence, value, withdrew::int, (entered - open)::int AS n, rate_low AS low, rate_high AS high FROM metrics.attrition
WHERE basis = 'reported' AND cohort = 'review' AND stage = 'pre_charge' AND value <> 'missing'
  AND dimension = %s AND offence = ANY(%s)
"""
TRIALS = """
SELECT jurisdiction, trials::int AS n, rate_low AS low, rate_high AS high FROM metrics.trial WHERE dimension = 'all'
"""
AUDITS = """
SELECT withdrawals::int AS n, metrics.wilson_low(evidenced, withdrawals) AS low, metrics.wilson_high(evidenced, withdrawals) AS high
FROM metrics.withdrawal_audit WHERE dimension = 'all' AND offence = 'all' AND outcome_code = '16'
"""
RISKS = """
SELECT offence, dimension, value, reference_value, entered::int, reference_entered::int, low, high FROM metrics.relative_risk
WHERE cohort = 'review' AND (offence, dimension, value) IN (('domestic_abuse', 'arrested_and_interviewed', 'yes'),
                                                           ('all', 'suspect_relationship', 'acquaintance'))
"""
CURVES = """
SELECT d.day, c.period AS run, (array_agg(low ORDER BY c.day DESC))[1] AS low, (array_agg(high ORDER BY c.day DESC))[1] AS high,
       sum(withdrew)::int AS withdrew, sum(withdrew + other_exit + progressed)::int AS "left", max(at_risk)::int AS journeys
FROM unnest(%s::int[]) AS d(day)
JOIN metrics.attrition_curve c ON c.day <= d.day
WHERE dimension = 'all' AND cohort = 'review' AND offence = %s
GROUP BY 1, 2
"""
Rows = list[dict[str, Any]]


FEW = pytest.param((10, 1_500), id="10 runs")
MANY = pytest.param((200, 6_000), id="200 runs", marks=[pytest.mark.long, pytest.mark.timeout(3_600)])


@pytest.fixture(scope="module", params=[FEW, MANY])
def runs(request: pytest.FixtureRequest, postgres: str) -> Iterator[World]:
    """So many runs of so many journeys, each a month, in the tables of a build."""
    seeds, journeys = request.param
    name = f"runs_{seeds}_{os.getpid()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_vjt".encode())
        with closing(World(named(postgres, name))) as world:
            fill(world, range(1, seeds + 1), journeys, READING)
            yield world
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def rates(runs: World, dimension: str) -> Rows:
    """Rows of `metrics.attrition`, with what is true."""
    rows = runs.rows(RATES, dimension, DISJOINT)
    for row in rows:
        row["true"] = withdrawal_rate(row["offence"], dimension, row["value"])
    return rows


def cells(rows: Rows) -> Iterator[Cell]:
    for row in rows:
        if row["n"] >= LARGE:
            yield Cell(row["low"] <= row["true"] <= row["high"], coverage_of_wilson(row["n"], row["true"]))


def test_wilsons_intervals_of_rates(runs: World) -> None:
    """Withdrawn before a charge, by offence; trials ineffective; outcomes 16 on record."""
    trials = [row | {"true": calibration.INEFFECTIVE[row["jurisdiction"]]} for row in runs.rows(TRIALS)]
    audits = [row | {"true": calibration.EVIDENCED} for row in runs.rows(AUDITS)]
    found = {"attrition": rates(runs, "all"), "trial": trials, "withdrawal_audit": audits}
    for name, rows in found.items():
        coverage = pooled(cells(rows))
        print(name, coverage)
        assert coverage.correct, f"{name}: {coverage}"
    assert pooled(cell for rows in found.values() for cell in cells(rows)).correct


@pytest.mark.parametrize("runs", [MANY], indirect=True)
def test_wilsons_intervals_of_small_cells_with_few_withdrawals_where_walds_fail(runs: World) -> None:
    rows = [row for row in rates(runs, "bcu") if row["offence"] in ("robbery", "criminal_damage")]
    ours, textbook = pooled(cells(rows)), pooled(cells([row | wald(row["withdrew"], row["n"]) for row in rows]))
    print("wilson", ours, "wald", textbook)
    assert ours.correct, str(ours)
    assert not textbook.correct, str(textbook)


def test_katzs_intervals_of_relative_risks(runs: World) -> None:
    """Two in each run, of different victims: by arrest and interview in domestic abuse, and by relationship elsewhere."""
    found = []
    for row in runs.rows(RISKS):
        arms = [
            (row[n], withdrawal_rate(row["offence"], row["dimension"], value))
            for n, value in (("entered", row["value"]), ("reference_entered", row["reference_value"]))
        ]
        if min(n for n, _ in arms) >= LARGE and row["low"] is not None:
            true = arms[0][1] / arms[1][1]
            found.append(Cell(row["low"] <= true <= row["high"], coverage_of_katz(*arms)))
    print("relative_risk", pooled(found))
    assert pooled(found).correct, str(pooled(found))


@pytest.mark.parametrize("offence", ["sexual", "non_sexual"])
def test_the_curves_intervals_though_most_journeys_are_recent(runs: World, offence: str) -> None:
    rows = runs.rows(CURVES, list(DAYS), offence)
    journeys = round(sum(row["journeys"] for row in rows) / len(rows))
    known = reference(offence, journeys, DAYS)
    ours, low, high = by_run(rows, offence), *known.bounds(len({row["run"] for row in rows}))
    print(offence, journeys, "curve", ours, "expected", known.mean, low, high)
    assert low <= ours <= high


@pytest.mark.parametrize("of", ["journeys", "left"])
def test_shares_of_all_or_of_those_who_left_are_found_wrong(runs: World, of: str) -> None:
    """Of all who have reported many cannot have withdrawn yet; of those who have left too many have, for they leave first."""
    rows = runs.rows(CURVES, list(DAYS), "non_sexual")
    known = reference("non_sexual", round(sum(row["journeys"] for row in rows) / len(rows)), DAYS)
    share = by_run([row | wilson(row["withdrew"], row[of]) for row in rows], "non_sexual")
    low, _ = known.bounds(len({row["run"] for row in rows}))
    print(of, share, "at least", low)
    assert share < low


def by_run(rows: Rows, offence: str) -> float:
    """On how many of the days a run's interval holds the true value, on average."""
    held = [
        row["low"] <= cumulative_withdrawal(offence, row["day"]) <= row["high"]
        for row in rows
        if row["low"] is not None
    ]
    return float(sum(held)) / len({row["run"] for row in rows})

"""`metrics.attrition_curve` worked by hand, and beside another implementation."""

import datetime as dt
import math
import random
from typing import Any

import numpy as np
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight

from tests.integration.projections.world import World
from tests.unit.domain.said import about_crime, amend, crime, day, outcome, void, withdrew

Event = dict[str, Any]

CURVE = """
SELECT day, at_risk::int, withdrew::int, other_exit::int, progressed::int, cumulative_withdrawal, low, high
FROM metrics.attrition_curve WHERE offence = %s AND dimension = %s AND value = %s AND cohort = %s ORDER BY period, day
"""
EVERYBODY = ("all", "all", "all", "all")
Z = 1.959963984540054


def curve(world: World, cell: tuple[str, ...] = EVERYBODY) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in world.rows(CURVE, *cell)]


def gone(number: int, at: str) -> Event:
    return withdrew(at, f"V{number}", crime_reference=f"C{number}")


def interval(f: float, variance: float) -> tuple[float, float]:
    width = Z * math.sqrt(variance) / (f * math.log(f))
    return f ** math.exp(-width), f ** math.exp(width)


TEN = [
    *(crime("05-03", f"C{n}", f"V{n}", bcu="north_area" if n < 6 else "south_east") for n in range(1, 10)),
    crime("05-23", "C10", "V10", bcu="south_east"),
    gone(1, "05-05"),
    gone(2, "05-08"),
    outcome("05-08", 18, "C3"),
    outcome("05-13", 1, "C4"),
    gone(5, "05-13"),
]


def test_ten_journeys(world: World) -> None:
    """Nine reported on 05-03 and one on 05-23, read on 06-02: day 30 of the nine, day 10 of the tenth.

    Day 2: of 10 at risk one withdraws: f = 1/10, 9/10 stay. Day 5: of 9 one withdraws and one leaves otherwise:
    f = 1/10 + 9/10 x 1/9 = 2/10, and 9/10 x 7/9 = 7/10 stay. Day 10: of 7 one withdraws, one is charged, the tenth is censored:
    f = 2/10 + 7/10 x 1/7 = 3/10. Day 30: the four others are censored.

    Aalen's variance. Day 2: 1 x 9 / (9 x 100) = 1/100.
    Day 5: of day 2: (1/10)^2 x 1 / (9 x 9) + 1/100 - 2 x 1/10 x 9 / (10 x 9 x 9);
    and of its own: (9/10)^2 x 1 x 8 / (8 x 81) = 1/100.
    """
    world.build()
    world.read_on(day("06-02"))
    world.say(*TEN)
    world.step()
    found = curve(world)
    assert [row[:5] for row in found] == [(2, 10, 1, 0, 0), (5, 9, 1, 1, 0), (10, 7, 1, 0, 1), (30, 4, 0, 0, 0)]
    assert [row[5] for row in found] == pytest.approx([0.1, 0.2, 0.3, 0.3], rel=1e-12)
    assert found[0][6:] == pytest.approx(interval(0.1, 1 / 100), rel=1e-9)
    assert found[1][6:] == pytest.approx(interval(0.2, 0.01 / 81 + 1 / 100 - 2 / 10 * 9 / 810 + 1 / 100), rel=1e-9)
    assert world.differences() == {}


def test_it_is_read_as_of_a_day_and_nothing_need_happen_for_it_to_move(world: World) -> None:
    world.build()
    world.say(*TEN)
    world.step()
    world.read_on(day("06-03"))
    assert [row[:2] for row in curve(world)] == [(2, 10), (5, 9), (10, 7), (11, 5), (31, 4)]  # the tenth on its day 11


def test_each_offence_and_place_has_its_own(world: World) -> None:
    world.build()
    world.read_on(day("06-02"))
    world.say(*TEN)
    world.step()
    north = curve(world, ("robbery", "bcu", "met/north_area", "all"))
    assert [row[:5] for row in north] == [(2, 5, 1, 0, 0), (5, 4, 1, 1, 0), (10, 2, 1, 0, 1)]
    assert north[-1][5] == pytest.approx(0.6)
    south = curve(world, ("robbery", "bcu", "met/south_east", "all"))
    assert south == [(10, 5, 0, 0, 0, 0, None, None), (30, 4, 0, 0, 0, 0, None, None)]
    assert curve(world, ("rape", "all", "all", "all")) == []


def test_corrections_move_it(world: World) -> None:
    world.build()
    world.read_on(day("06-02"))
    world.say(*TEN)
    world.step()
    world.say(void(TEN[10]), amend(TEN[11], time="05-20"), about_crime("crime-cancelled", "05-09", "C3"))
    world.step()
    # C1 is open after all, V2 withdrew on day 17, C3 is in no figure
    assert [row[:5] for row in curve(world)] == [(10, 9, 1, 0, 1), (17, 6, 1, 0, 0), (30, 5, 0, 0, 0)]
    assert world.differences() == {}


def test_everybody_withdraws(world: World) -> None:
    world.build()
    world.say(crime("05-03"), withdrew("05-04"))
    world.step()
    assert curve(world) == [(1, 1, 1, 0, 0, 1, None, None)]


def test_an_end_before_the_report_is_on_day_0(world: World) -> None:
    world.build()
    world.say(crime("05-03"), outcome("05-01", 18))
    world.step()
    assert [row[:5] for row in curve(world)] == [(0, 1, 0, 1, 0)]


def test_the_recent_inflow_does_not_bias_it(world: World) -> None:
    """Of 20 old journeys ten withdrew on day 20. 80 young ones are in their day 10: nobody can have withdrawn. The share of all
    who have is 10 %, the estimate 50 %."""
    world.build()
    world.read_on(day("05-31"))
    old = [crime("05-03", f"C{n}", f"V{n}") for n in range(20)]
    young = [crime("05-21", f"C{n}", f"V{n}") for n in range(20, 100)]
    world.say(*old, *young, *(gone(n, "05-23") for n in range(10)))
    world.step()
    assert [row[:6] for row in curve(world)][-1] == (28, 10, 0, 0, 0, 0.5)


@pytest.mark.parametrize("seed", range(2))
def test_it_is_what_others_find(world: World, seed: int) -> None:
    """The estimate is statsmodels' `CumIncidenceRight` to 1e-9. That gives the standard error of Dinse and Larson; Aalen's variance
    is summed here as it is written, term by term."""
    chance = random.Random(seed)
    reading = day("10-01")
    events: list[Event] = []
    times, causes = [], []
    for n in range(150):
        reported = day("05-01") + dt.timedelta(days=chance.randrange(31))
        ended = reported + dt.timedelta(days=int(chance.expovariate(1 / 60)))
        cause = chance.choice([1, 1, 2, 3])
        events.append(crime(reported.isoformat(), f"C{n}", f"V{n}"))
        if ended <= reading:
            at = ended.isoformat()
            events.append(gone(n, at) if cause == 1 else outcome(at, 18 if cause == 2 else 1, f"C{n}"))
        times.append((min(ended, reading) - reported).days)
        causes.append(cause if ended <= reading else 0)
    world.build()
    world.read_on(reading)
    world.say(*events)
    world.step()
    found = curve(world)
    theirs = CumIncidenceRight(np.array(times) + 1, np.array(causes))  # a time of 0 is not for it
    expected = dict(zip((theirs.times - 1).tolist(), theirs.cinc[0].tolist(), strict=True))
    assert {row[0] for row in found} == set(times)
    assert [row[5] for row in found] == pytest.approx([expected[row[0]] for row in found], rel=1e-9)
    for row, variance in zip(found, aalen(found), strict=True):
        assert row[6:] == ((None, None) if row[5] == 0 else pytest.approx(interval(row[5], variance), rel=1e-9))


def aalen(found: list[tuple[Any, ...]]) -> list[float]:
    """Aalen (1978) of the rows' counts."""
    variances = []
    for t, (*_, f_t, _, _) in enumerate(found):
        total, stays = 0.0, 1.0
        for _, n, k, x, p, f, _, _ in found[: t + 1]:
            d = k + x + p
            if n > 1:
                total += stays**2 * k * (n - k) / ((n - 1) * n**2)
                if n > d:
                    total += (f_t - f) ** 2 * d / ((n - 1) * (n - d))
                    total -= 2 * (f_t - f) * stays * k * (n - k) / (n * (n - d) * (n - 1))
            stays *= 1 - d / n
        variances.append(total)
    return variances

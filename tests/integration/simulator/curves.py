"""How often a correct method's intervals of the cumulative incidence cover it: by draws from the simulator's stated parameters,
and an Aalen-Johansen estimate of its own."""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from simulator.truth import cumulative_withdrawal
from tests.integration.simulator.intervals import Z_999, Floats, Z
from tests.integration.simulator.sampled import OLDER, RECENT

LAST = 700  # day of a withdrawal
OTHERS_STAY = 35  # days, mean: how long those do who leave otherwise
NEVER = 0.03  # leave
YEAR = 365
INFLOW = np.where(np.arange(YEAR) < RECENT, 1.0, 1 / OLDER)
"""How many journeys are so many days old on the reading date."""
DRAWS = 1_000


class Reference(NamedTuple):
    """Of one run: on how many of the days the interval covers, on average, and the variance of that."""

    mean: float
    variance: float

    def bounds(self, runs: int) -> tuple[float, float]:
        """Between which a correct method's average of so many runs is in 99.9 % of all trials."""
        spread = Z_999 * math.sqrt(self.variance / runs + self.variance / DRAWS)
        return self.mean - spread, self.mean + spread


@cache
def reference(offence: str, journeys: int, days: tuple[int, ...]) -> Reference:
    """Reports are spread over a year, the recent ones thicker, and read on its last day."""
    rng = np.random.default_rng(7)
    true = np.array([cumulative_withdrawal(offence, day) for day in range(LAST + 1)])
    chances = np.append(np.diff(true, prepend=0.0), 1 - true[-1])
    covered = np.array([_covered(rng, chances, journeys, days, true) for _ in range(DRAWS)])
    return Reference(float(covered.mean()), float(covered.var(ddof=1)))


def _covered(rng: np.random.Generator, chances: Floats, journeys: int, days: tuple[int, ...], true: Floats) -> int:
    """One run."""
    withdrawal = rng.choice(LAST + 2, size=journeys, p=chances / chances.sum())
    otherwise = np.where(rng.random(journeys) < NEVER, 10_000, 2 + rng.geometric(1 / OTHERS_STAY, journeys))
    withdraws = withdrawal <= LAST
    left = np.where(withdraws, withdrawal, otherwise)
    seen = rng.choice(YEAR, size=journeys, p=INFLOW / INFLOW.sum())
    open_ = left > seen
    day = np.where(open_, seen, left)
    w = np.bincount(day[~open_ & withdraws], minlength=YEAR).astype(np.float64)
    x = np.bincount(day[~open_ & ~withdraws], minlength=YEAR).astype(np.float64)
    gone = np.bincount(day, minlength=YEAR)
    at_risk = journeys - np.concatenate(([0], np.cumsum(gone)[:-1])).astype(np.float64)
    found = 0
    for last in days:
        low, high = interval(w[: last + 1], x[: last + 1], at_risk[: last + 1])
        found += low <= true[last] <= high
    return found


def interval(w: Floats, x: Floats, at_risk: Floats) -> tuple[float, float]:
    """At the last of the days: log(-log) transformed, by the variance of Aalen (1978); of nothing where nobody has withdrawn."""
    ends = w + x
    on = (ends > 0) & (at_risk > ends)
    w, ends, n = w[on], ends[on], at_risk[on]
    if w.sum() == 0:
        return 1.0, 0.0
    stays = np.concatenate(([1.0], np.cumprod(1 - ends / n)[:-1]))
    f = np.cumsum(stays * w / n)
    to_come = f[-1] - f
    variance = np.sum(to_come**2 * ends / ((n - 1) * (n - ends)))
    variance += np.sum(stays**2 * w * (n - w) / ((n - 1) * n**2))
    variance -= 2 * np.sum(to_come * stays * w * (n - w) / (n * (n - ends) * (n - 1)))
    width = Z * np.sqrt(variance) / (f[-1] * np.log(f[-1]))
    return float(f[-1] ** np.exp(-width)), float(f[-1] ** np.exp(width))

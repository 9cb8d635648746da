"""How often a correct method's intervals of a proportion cover it: exactly, by every outcome and its probability."""

import math
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Z = 1.959963984540054
Z_999 = 3.2905267314919255
"""Of 99.9 %, two-sided."""
Floats = npt.NDArray[np.float64]


class Cell(NamedTuple):
    """`covered`: whether the interval holds the true value. `expected`: how likely that was."""

    covered: bool
    expected: float


class Coverage(NamedTuple):
    """Of many independent cells: the share covered, and between which shares a correct method would be in 99.9 % of all trials."""

    cells: int
    share: float
    expected: float
    low: float
    high: float

    @property
    def correct(self) -> bool:
        return self.low <= self.share <= self.high

    def __str__(self) -> str:
        return f"{self.share:.4f} of {self.cells}, expected {self.expected:.4f} ({self.low:.4f} to {self.high:.4f})"


def pooled(cells: Iterable[Cell]) -> Coverage:
    """Cells are independent given how large they are."""
    known = list(cells)
    n = len(known)
    expected = sum(cell.expected for cell in known) / n
    spread = Z_999 * math.sqrt(sum(cell.expected * (1 - cell.expected) for cell in known)) / n
    return Coverage(n, sum(cell.covered for cell in known) / n, expected, expected - spread, expected + spread)


def wilson(k: int, n: int) -> dict[str, float]:
    """Wilson (1927), without continuity correction."""
    p = k / n
    middle, half = p + Z**2 / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return {"low": (middle - half) / (1 + Z**2 / n), "high": (middle + half) / (1 + Z**2 / n)}


def wald(k: int, n: int) -> dict[str, float]:
    """What textbooks warn of."""
    half = Z * math.sqrt(k / n * (1 - k / n) / n)
    return {"low": k / n - half, "high": k / n + half}


@cache
def binomial(n: int, p: float) -> Floats:
    """The probability of each of 0 to n."""
    k = np.arange(n + 1)
    logs = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, n + 1)))))
    found: Floats = np.exp(logs[n] - logs[k] - logs[n - k] + k * math.log(p) + (n - k) * math.log1p(-p))
    return found


@cache
def coverage_of_wilson(n: int, p: float) -> float:
    """The probability that Wilson's interval for a share of n holds p."""
    holds = [bounds["low"] <= p <= bounds["high"] for bounds in (wilson(k, n) for k in range(n + 1))]
    return float(binomial(n, p)[holds].sum())


def coverage_of_katz(one: tuple[int, float], other: tuple[int, float]) -> float:
    """The probability that Katz's interval holds the ratio of two proportions, each of n and p, where no count is 0."""
    (a, p), (b, q) = one, other
    k, r = np.arange(1, a, dtype=np.float64)[:, None], np.arange(1, b, dtype=np.float64)[None, :]
    error = np.sqrt(1 / k - 1 / a + 1 / r - 1 / b)
    holds = np.abs(np.log(k / a) - np.log(r / b) - math.log(p / q)) <= Z * error
    chance = np.outer(binomial(a, p)[1:-1], binomial(b, q)[1:-1])
    return float(chance[holds].sum() / chance.sum())

"""How likely a victim is to withdraw before a charge, and when: `calibration` as probabilities that can be added up exactly.

Of each offence the probability is that of the offence times what each circumstance makes of it, over the mean of that among such
crimes. Circumstances of one offence are independent of each other, so the offence's own rate is as designed whatever they are. What
is not on record is of no effect.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import product
from random import Random
from typing import Any

from simulator import calibration, london
from simulator.calibration import Offence

Circumstances = Mapping[str, object]
"""By dimension of `metrics.attrition`, what is on record of a journey; None where nothing is."""

STAYING = {"stalls": 1, "stalls_in_charging": 1, "re_engaged": 1 / 3, "reopened": 1 / 4}
"""Plots of those who do not withdraw that may end with no end, and how often they do (`plots`)."""
OPEN = sum(london.OTHERS[plot] * share for plot, share in STAYING.items()) / sum(london.OTHERS.values())
"""Share of those who do not withdraw whose journey never leaves the stages before a charge, if there is a suspect."""


@cache
def designed(offence: Offence) -> float:
    """The probability of a withdrawal such that, of the journeys that leave, `offence.withdraws` are withdrawals."""
    return offence.withdraws * (1 - OPEN) / (1 - offence.withdraws * OPEN)


def likely(offence: Offence, circumstances: Circumstances, *, suspect: bool) -> float:
    """The probability that a victim withdraws before a charge."""
    p = designed(offence) * (1 if suspect else calibration.UNSOLVED)
    for dimension, effects in effects_of(offence).items():
        p *= effects.get(circumstances[dimension], 1.0)
    return p


@cache
def effects_of(offence: Offence) -> dict[str, dict[Any, float]]:
    """By dimension and value: the probability of a withdrawal over the offence's own."""
    tables = calibration.EFFECTS[offence.effects] | {"age_band": calibration.AGES}
    found = {}
    for dimension, effects in tables.items():
        shares = shares_of(offence, dimension)
        mean = sum(share * effects.get(value, 1.0) for value, share in shares.items())
        found[dimension] = {value: effects.get(value, 1.0) / mean for value in shares}
    found["vulnerability"] = _of_vulnerabilities()
    return found


@cache
def shares_of(offence: Offence, dimension: str) -> dict[Any, float]:
    """Of such crimes with a suspect, the share with each value of a dimension, where it is on record."""
    both = calibration.ARRESTED * calibration.INTERVIEWED[True]
    low, high = offence.ages
    weights: Mapping[Any, float]
    match dimension:
        case "suspect_relationship":
            weights = {**calibration.RELATIONSHIPS[offence.relationships]}
        case "location_type":
            weights = {**calibration.PLACES[offence.places]}
        case "arrested_and_interviewed":
            weights = {True: both, False: 1 - both}
        case "suspect_known_on_pnc":
            weights = {True: calibration.ON_PNC, False: 1 - calibration.ON_PNC}
        case "bcu":
            weights = dict.fromkeys(calibration.UNITS, 1.0)
        case "age_band":
            weights = defaultdict(float)
            for age in range(low, high + 1):
                weights[age_band(age)] += 1
        case "vulnerability":
            weights = _vulnerabilities()
        case _:
            raise ValueError(dimension)
    total = sum(weights.values())
    return {value: weight / total for value, weight in weights.items()}


def age_band(age: int | None) -> str | None:
    if age is None:
        return None
    return next((band for band, last in calibration.AGE_BANDS.items() if age <= last), "65+")


@cache
def _vulnerabilities() -> dict[Any, float]:
    """Every set of vulnerabilities, and how likely it is: so many drawn, the same one twice counts once."""
    found: dict[Any, float] = defaultdict(float)
    total = sum(calibration.VULNERABILITIES.values())
    for ways, share in calibration.VULNERABLE.items():
        for drawn in product(calibration.VULNERABILITIES.items(), repeat=ways):
            p = share
            for _, weight in drawn:
                p *= weight / total
            found[frozenset(name for name, _ in drawn)] += p
    return dict(found)


@cache
def _of_vulnerabilities() -> dict[Any, float]:
    raw: dict[Any, float] = {}
    for names in _vulnerabilities():
        assert isinstance(names, frozenset)
        raw[names] = 1.0
        for name in names:
            raw[names] *= calibration.VULNERABILITY.get(name, 1.0)
    shares = _vulnerabilities()
    mean = sum(shares[names] * effect for names, effect in raw.items()) / sum(shares.values())
    return {names: effect / mean for names, effect in raw.items()}


def day(rng: Random, offence: Offence) -> int:
    """Days from the report to a withdrawal."""
    bands = calibration.TIMING[offence.timing]
    last = rng.choices(list(bands), list(bands.values()))[0]
    return rng.randint(*_band(offence, last))


def by_day(offence: Offence, day: int) -> float:
    """The share of withdrawals before a charge that have come by a day after the report."""
    bands = calibration.TIMING[offence.timing]
    found = 0.0
    for last, share in bands.items():
        first, _ = _band(offence, last)
        found += share * min(max(day - first + 1, 0) / (last - first + 1), 1)
    return found / sum(bands.values())


def _band(offence: Offence, last: int) -> tuple[int, int]:
    lasts = list(calibration.TIMING[offence.timing])
    at = lasts.index(last)
    return (lasts[at - 1] + 1 if at else calibration.FIRST_TO_WITHDRAW), last

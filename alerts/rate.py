"""Courts where more trials are ineffective than their own past explains (contract 6, ineffective_rate_high).

Each day the trials listed for the last 28 days are compared with the rate of the 365 days before, by the probability that chance
alone gives as many ineffective ones or more (binomial, one-sided, exact). The windows of two days overlap, so a court is looked at
many times: docs/alerts.md says how often that raises an alert where nothing has changed.
"""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from math import exp, lgamma, log
from typing import NamedTuple

from alerts.condition import Condition
from alerts.row import DAY, start
from alerts.rules import IneffectiveRate, Rules

COUNTED = ("effective", "cracked", "ineffective")

Trial = tuple[str | None, str | None, dt.date, str]
"""Court, jurisdiction, the date that it was listed for, outcome."""


class Episode(NamedTuple):
    """A time during which the rate of a court was too high. `ended`: the first day on which it no longer was; None: it still is.
    `trials`, `ineffective`: of the 28 days to its beginning; `rate`: of the year before these."""

    began: dt.date
    ended: dt.date | None
    trials: int
    ineffective: int
    rate: float


def conditions_of_courts(trials: Iterable[Sequence[object]], rules: Rules, today: dt.date) -> list[Condition]:
    """`trials`: each as a `Trial`, once; those without an outcome, or vacated, count for nothing."""
    of: dict[tuple[str, str], list[tuple[dt.date, bool]]] = defaultdict(list)
    for court, jurisdiction, date, outcome in trials:
        if court and jurisdiction and outcome in COUNTED:
            assert isinstance(date, dt.date)
            of[str(court), str(jurisdiction)].append((date, outcome == "ineffective"))
    return [
        Condition(
            "ineffective_rate_high",
            f"{court}/{jurisdiction}",
            episode.began.isoformat(),
            start(episode.began),
            "high",
            ended_on=episode.ended,
            court=court,
            details={
                "jurisdiction": jurisdiction,
                "trials": episode.trials,
                "ineffective": episode.ineffective,
                "rate_before": round(episode.rate, 3),
            },
        )
        for (court, jurisdiction), listed in sorted(of.items())
        for episode in episodes(listed, rules.ineffective_rate_high, today)
    ]


def episodes(trials: Iterable[tuple[dt.date, bool]], rule: IneffectiveRate, today: dt.date) -> Iterator[Episode]:
    """Day by day from the first trial (date, whether ineffective) to today."""
    listed = sorted(trial for trial in trials if trial[0] <= today)
    dates = [date for date, _ in listed]
    ineffective = list(accumulate((was for _, was in listed), initial=0))

    def until(day: dt.date) -> tuple[int, int]:
        n = bisect_right(dates, day)
        return n, ineffective[n]

    high: Episode | None = None
    for n in range((today - dates[0]).days + 1 if dates else 0):
        day = dates[0] + n * DAY
        (all_, bad), (upto, bad_upto) = until(day), until(day - rule.days * DAY)
        before, bad_before = until(day - (rule.days + rule.reference_days) * DAY)
        k, of, reference = bad - bad_upto, all_ - upto, upto - before
        if high is None:
            if min(of, reference) >= rule.least_trials:
                rate = (bad_upto - bad_before) / reference
                if at_least(k, of, rate) < rule.raise_below:
                    high = Episode(day, None, of, k, rate)
        elif reference == 0 or at_least(k, of, (bad_upto - bad_before) / reference) > rule.resolve_above:
            yield high._replace(ended=day)
            high = None
    if high is not None:
        yield high


def at_least(k: int, n: int, rate: float) -> float:
    """The probability of `k` or more of `n`, each with probability `rate`."""
    if k <= 0:
        return 1.0
    if rate <= 0 or rate >= 1 or k > n:
        return float(rate >= 1 and k <= n)
    least = lgamma(n + 1)
    terms = (
        exp(least - lgamma(i + 1) - lgamma(n - i + 1) + i * log(rate) + (n - i) * log(1 - rate))
        for i in range(k, n + 1)
    )
    return min(1.0, sum(terms))

"""`python -m bench.false_alarms`: how often a court raises `ineffective_rate_high` although nothing about it has changed."""

import datetime as dt
import random

from alerts.rate import episodes
from alerts.rules import IneffectiveRate, load

FIRST = dt.date(2000, 1, 1)


def alarms_a_year(rule: IneffectiveRate, *, a_week: float, rate: float, years: int, chance: random.Random) -> float:
    """Of a court with so many trials a week, each ineffective with the same probability, over so many years after the first."""
    days = 365 * (years + 1)
    trials = [
        (FIRST + dt.timedelta(day), chance.random() < rate)
        for day in range(days)
        for _ in range(int(a_week / 7) + (chance.random() < a_week / 7 % 1))
    ]
    return len(list(episodes(trials, rule, FIRST + dt.timedelta(days)))) / years


if __name__ == "__main__":
    print("trials a week  rate  alarms a court and year")
    for a_week in (3, 5, 10, 20, 40):
        for rate in (0.15, 0.316):
            found = alarms_a_year(
                load().ineffective_rate_high, a_week=a_week, rate=rate, years=500, chance=random.Random(7)
            )
            print(f"{a_week:13}  {rate:5}  {found:.3f}")

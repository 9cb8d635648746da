"""Courts whose rate of ineffective trials is too high for chance."""

import datetime as dt
import random

import pytest
from scipy.stats import binom

from alerts.condition import Condition
from alerts.rate import at_least, conditions_of_courts, episodes
from alerts.rules import load
from bench.false_alarms import alarms_a_year

RULES = load()
RULE = RULES.ineffective_rate_high
FIRST = dt.date(2023, 1, 1)


def days(n: int) -> dt.timedelta:
    return dt.timedelta(n)


@pytest.mark.parametrize(("k", "n", "rate"), [(0, 5, 0.3), (3, 10, 0.3), (10, 10, 0.3), (9, 40, 0.05), (70, 200, 0.3)])
def test_the_probability_is_that_of_the_binomial(k: int, n: int, rate: float) -> None:
    assert at_least(k, n, rate) == pytest.approx(binom.sf(k - 1, n, rate), abs=1e-9)


def test_nothing_is_more_than_certain_and_where_none_ever_was_ineffective_one_is_too_many() -> None:
    assert (at_least(0, 0, 0.0), at_least(1, 10, 0.0), at_least(10, 10, 1.0), at_least(11, 10, 1.0)) == (1, 0, 1, 0)


def a_year_and_then(bad_of_ten: int) -> list[tuple[dt.date, bool]]:
    """A trial a day for a year, every fifth ineffective; then 28 days in which so many of ten are."""
    year = [(FIRST + days(n), n % 5 == 0) for n in range(365)]
    return year + [(FIRST + days(365 + n), n % 10 < bad_of_ten) for n in range(28)]


def test_a_rate_that_rises_far_is_told_on_the_day_on_which_chance_no_longer_explains_it() -> None:
    # 73 of 365, a fifth. With eight of ten ineffective afterwards the window gains them day by day.
    trials = a_year_and_then(8)
    (episode,) = episodes(trials, RULE, FIRST + days(392))
    assert episode.ended is None
    window = [bad for date, bad in trials if episode.began - days(28) < date <= episode.began]
    before = [bad for date, bad in trials if episode.began - days(393) < date <= episode.began - days(28)]
    assert (episode.trials, episode.ineffective) == (len(window), sum(window))
    assert binom.sf(sum(window) - 1, len(window), sum(before) / len(before)) < 0.001
    day_before = [bad for date, bad in trials if episode.began - days(29) < date <= episode.began - days(1)]
    assert binom.sf(sum(day_before) - 1, len(day_before), 0.2) >= 0.001


def test_a_rate_that_stays_is_told_of_nobody() -> None:
    assert not list(episodes(a_year_and_then(2), RULE, FIRST + days(392)))


def test_it_ends_when_chance_explains_it_again_and_not_when_it_is_merely_lower() -> None:
    trials = a_year_and_then(8)
    trials += [(FIRST + days(393 + n), n % 5 == 0) for n in range(60)]
    (episode,) = episodes(trials, RULE, FIRST + days(452))
    assert episode.ended is not None

    def p(day: dt.date) -> float:
        window = [bad for date, bad in trials if day - days(28) < date <= day]
        before = [bad for date, bad in trials if day - days(393) < date <= day - days(28)]
        return float(binom.sf(sum(window) - 1, len(window), sum(before) / len(before)))

    assert p(episode.ended) > 0.05 >= p(episode.ended - days(1))


def test_nine_trials_say_nothing() -> None:
    quiet = [(FIRST + days(n), False) for n in range(0, 300, 10)]
    assert not list(episodes([*quiet, *((FIRST + days(330), True) for _ in range(9))], RULE, FIRST + days(340)))
    assert list(episodes([*quiet, *((FIRST + days(330), True) for _ in range(10))], RULE, FIRST + days(340)))


def test_courts_and_jurisdictions_are_apart_and_vacated_trials_count_for_nothing() -> None:
    rows = [("harrow", "crown", date, "ineffective" if bad else "effective") for date, bad in a_year_and_then(8)]
    rows += [("harrow", "magistrates", date, "effective") for date, _ in a_year_and_then(8)]
    rows += [("harrow", "crown", date, "vacated") for date, _ in a_year_and_then(8)]
    (condition,) = conditions_of_courts(rows, RULES, FIRST + days(392))
    (episode,) = episodes(a_year_and_then(8), RULE, FIRST + days(392))
    assert isinstance(condition, Condition)
    assert (condition.subject, condition.occurrence) == ("harrow/crown", episode.began.isoformat())


def test_where_nothing_changes_an_alarm_is_rare() -> None:
    # docs/alerts.md has the figure of a longer run.
    assert alarms_a_year(RULE, a_week=5, rate=0.3, years=60, chance=random.Random(1)) < 0.2

"""What the simulator is calibrated to: the parameters that it states are near the review's, and are true of what it tells."""

import math
from collections import Counter

import orjson
import pytest

from simulator import withdrawal
from simulator.answers import Answers, passages
from simulator.calibration import OFFENCES
from simulator.categories import in_review, offences
from simulator.city import stories
from simulator.dimensions import dimensions
from simulator.people import Journey
from simulator.truth import Figure, cumulative_withdrawal, figures, relative_risk, withdrawal_rate

RELATIONSHIP = "suspect_relationship"


@pytest.mark.parametrize(
    ("offence", "review"),
    [
        ("all", 0.40),
        ("robbery", 0.19),
        ("criminal_damage", 0.18),
        ("domestic_abuse", 0.59),
        ("adult_rape", 0.69),
        ("adult_rape_domestic_abuse", 0.74),
        ("adult_sexual_not_rape", 0.50),
        ("child_sexual_abuse", 0.51),
    ],
)
def test_victims_withdraw_as_often_as_the_review_says_by_offence(offence: str, review: float) -> None:
    assert withdrawal_rate(offence) == pytest.approx(review, abs=0.005)


@pytest.mark.parametrize(
    ("offence", "dimension", "value", "review"),
    [
        ("all", RELATIONSHIP, "known", 0.54),
        ("all", "bcu", "met/central_east", 0.34),
        ("all", "bcu", "met/west_area", 0.44),
        ("domestic_abuse", "bcu", "met/north_east", 0.46),
        ("domestic_abuse", "bcu", "met/west_area", 0.62),
        ("all", "age_band", "0-17", 0.36),
        ("all", "age_band", "18-24", 0.43),
    ],
)
def test_and_by_relationship_place_and_age(offence: str, dimension: str, value: str, review: float) -> None:
    assert withdrawal_rate(offence, dimension, value) == pytest.approx(review, abs=0.01)


@pytest.mark.parametrize(
    ("offence", "dimension", "value", "reference", "review"),
    [
        ("all", RELATIONSHIP, "ex_partner", "stranger", 2.1),
        ("all", RELATIONSHIP, "friend", "stranger", 1.8),
        ("domestic_abuse", "arrested_and_interviewed", "no", "yes", 2.7),
        ("adult_sexual", "location_type", "private_residence", "public_place", 2.3),
        ("adult_sexual", "location_type", "hotel", "public_place", 2.2),
        ("serious_youth_violence", RELATIONSHIP, "ex_partner", "stranger", 3.1),
        ("serious_youth_violence", RELATIONSHIP, "friend", "stranger", 1.7),
        ("serious_youth_violence", "suspect_known_on_pnc", "yes", "no", 1.7),
        ("all", "vulnerability", "none", "mental_health", 1.3),
        ("all", "vulnerability", "none", "physical_disability", 1.1),
        ("all", "vulnerability", "none", "other_disability", 1.2),
    ],
)
def test_they_are_so_many_times_as_likely_to_withdraw(
    offence: str, dimension: str, value: str, reference: str, review: float
) -> None:
    assert relative_risk(offence, dimension, value, reference) == pytest.approx(review, rel=0.03)


def test_most_withdraw_in_the_first_weeks_but_of_sexual_offences_most_in_three_to_twelve_months() -> None:
    early = cumulative_withdrawal("non_sexual", 30) / cumulative_withdrawal("non_sexual", 700)
    peak = cumulative_withdrawal("sexual", 365) - cumulative_withdrawal("sexual", 90)
    assert early > 0.6
    assert peak > 0.5 * cumulative_withdrawal("sexual", 700)


def test_nobody_is_more_than_certain_to_withdraw() -> None:
    for offence in OFFENCES:
        most = withdrawal.designed(offence)
        for effects in withdrawal.effects_of(offence).values():
            most *= max(effects.values())
        assert most < 1, offence


def test_the_answers_state_every_true_parameter() -> None:
    said = orjson.loads(b"".join(Answers(0, 1).text()))["truth"]
    assert said == [figure._asdict() for figure in figures()]
    assert len(said) > 50
    assert {"attrition", "attrition_curve", "relative_risk", "trial", "withdrawal_audit"} == {
        figure["column"].partition(".")[0] for figure in said
    }


def test_what_is_told_has_these_parameters() -> None:
    """Of 12,000 journeys every rate of withdrawal is within 4 standard errors of the stated one."""
    found: Counter[tuple[str, tuple[str, str], str]] = Counter()
    for story in stories(12_000, 9):
        if len(story.journeys) == 1 and in_review(story.journeys[0].crime):
            _count(story.journeys[0], found)
    for figure in figures():
        if figure.column == "attrition.withdrawal_rate":
            _near(figure, found)


def _count(j: Journey, found: "Counter[tuple[str, tuple[str, str], str]]") -> None:
    result = next(passage.result for passage in passages(j) if passage.stage == "pre_charge")
    for offence in offences(j.crime.group, j.crime.code, j.crime.flags, j.victim.age):
        for value in dimensions(j):
            found[offence, value, result] += 1


def _near(figure: Figure, found: "Counter[tuple[str, tuple[str, str], str]]") -> None:
    offence, value = figure.row["offence"], (figure.row["dimension"], figure.row["value"])
    left = {result: found[offence, value, result] for result in ("withdrew", "progressed", "other_exit")}
    n, p = sum(left.values()), figure.true
    assert n > 50, figure
    assert abs(left["withdrew"] / n - p) < 4 * math.sqrt(p * (1 - p) / n), figure

"""Trials that were ineffective or vacated, worked out by hand from contract 6."""

import pytest

from tests.unit.alerts.found import found, midnight, one, relisted, told
from tests.unit.domain.said import (
    Event,
    completed,
    courts,
    crime,
    day,
    decision,
    listing,
    referral,
    trial,
    withdrew,
)

CHARGED = (crime("05-03"), referral("05-10"), decision("05-20"))
LISTED = (*CHARGED, listing("06-01", "07-05"))
INEFFECTIVE = (*LISTED, trial("07-05", "ineffective", reason_code="W3"))
CLEARED = courts("trial-outcome-cleared", "07-08", hearing_id="H1")


def ended(*events: Event, victim: str = "V1") -> object:
    return one("trial_ineffective", *INEFFECTIVE, *events, victim=victim).ended_on


def test_an_ineffective_trial_is_one_alert_of_all_its_victims() -> None:
    two = (crime("05-03", victim="V2"), *INEFFECTIVE)
    first, second = one("trial_ineffective", *two), one("trial_ineffective", *two, victim="V2")
    assert (first.subject, first.occurrence, first.due_at) == ("H1/2021-07-05", "", midnight("07-05"))
    assert (first.alert_id, first.court, first.severity) == (second.alert_id, "southwark", "medium")
    assert first.ended_on is None


def test_it_ends_for_each_victim_when_that_one_is_told_of_the_next_date() -> None:
    next_date = (crime("05-03", victim="V2"), relisted("07-06", "09-06"), told("07-10", "09-06"))
    assert ended(*next_date) == day("07-10")
    assert ended(*next_date, victim="V2") is None


def test_it_does_not_end_when_the_next_date_is_listed_or_another_one_told() -> None:
    assert ended(relisted("07-06", "09-06")) is None
    assert ended(relisted("07-06", "09-06"), told("07-10", "09-20")) is None


def test_the_next_trial_may_be_another_hearing_of_the_case_and_earlier_than_was_thought() -> None:
    other = listing("07-06", "09-06", "H2")
    assert ended(other, told("07-10", "09-06", hearing_id="H2")) == day("07-10")
    review = listing("07-06", "08-02", "H3", "PTR")
    assert ended(review, told("07-10", "08-02", hearing_id="H3")) is None


def test_a_victim_who_knew_the_next_date_before_needs_no_alert() -> None:
    second = (listing("06-01", "09-06", "H2"), told("06-03", "09-06", hearing_id="H2"))
    c = one("trial_ineffective", *INEFFECTIVE, *second)
    assert (c.ended_on, c.arose) == (day("06-03"), False)


def test_a_later_date_from_which_the_trial_had_been_moved_is_not_the_next() -> None:
    moved = (*CHARGED, listing("05-25", "09-06"), told("05-26", "09-06"), relisted("06-01", "07-05"))
    c = one("trial_ineffective", *moved, trial("07-05", "ineffective"))
    assert c.ended_on is None


def test_an_outcome_that_is_cleared_or_corrected_never_was() -> None:
    assert found("trial_ineffective", *INEFFECTIVE, CLEARED) == []
    assert found("trial_ineffective", *INEFFECTIVE, trial("07-09", "effective")) == []


def test_the_end_of_the_case_or_a_trial_that_took_place_ends_it() -> None:
    assert ended(completed("07-20", "discontinued")) == day("07-20")
    held = (relisted("07-06", "09-06"), trial("09-06", "effective"))
    assert ended(*held) == day("09-06")


def test_who_has_withdrawn_is_no_member() -> None:
    assert not one("trial_ineffective", *LISTED, withdrew("06-20", urn="U1"), INEFFECTIVE[-1]).arose
    assert ended(withdrew("07-10", urn="U1")) == day("07-10")


def test_the_second_ineffective_trial_is_graver_and_so_is_a_vulnerable_victims() -> None:
    twice = (relisted("07-06", "09-06"), trial("09-06", "ineffective"))
    severities = [c.severity for c in found("trial_ineffective", *INEFFECTIVE, *twice)]
    assert severities == ["medium", "high"]
    young = (crime("05-03", person={"age": 15}), *INEFFECTIVE[1:])
    assert [c.severity for c in found("trial_ineffective", *young)] == ["high"]
    other = (listing("07-06", "09-06", "H2"), trial("09-06", "ineffective", "H2"))
    assert [c.severity for c in found("trial_ineffective", *INEFFECTIVE, *other)] == ["medium", "high"]


def test_one_that_was_cleared_is_not_the_first_of_two() -> None:
    twice = (CLEARED, relisted("07-10", "09-06"), trial("09-06", "ineffective"))
    assert [c.severity for c in found("trial_ineffective", *INEFFECTIVE, *twice)] == ["medium"]


@pytest.mark.parametrize("reason", ["A", "L", "M", "N", "O", "Q", "Z"])
def test_a_vacated_trial_that_is_not_needed_any_more_or_was_an_error_raises_nothing(reason: str) -> None:
    assert found("trial_vacated", *LISTED, trial("06-20", "vacated", reason_code=reason)) == []


def test_a_vacated_trial_that_is_still_needed_ends_with_the_next_date_told_also_an_earlier_one() -> None:
    vacated = (*LISTED, trial("06-20", "vacated", reason_code="D"))
    c = one("trial_vacated", *vacated)
    assert (c.subject, c.due_at, c.severity, c.ended_on) == ("H1/2021-07-05", midnight("06-20"), "medium", None)
    earlier = (relisted("06-21", "07-01"), told("06-22", "07-01"))
    assert one("trial_vacated", *vacated, *earlier).ended_on == day("06-22")
    unknown = one("trial_vacated", *LISTED, trial("06-20", "vacated"))
    assert unknown.ended_on is None
    assert found("trial_vacated", *vacated, trial("06-25", "vacated", reason_code="L")) == []

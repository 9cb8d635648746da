"""Dates of hearings, and who was told of them, worked out by hand from contract 6."""

from alerts.condition import Condition
from tests.unit.alerts.found import found, measures, midnight, one, recorded, relisted, told
from tests.unit.domain.said import (
    Event,
    completed,
    courts,
    crime,
    day,
    decision,
    listing,
    re_engaged,
    referral,
    trial,
    void,
    withdrew,
)

CHARGED = (crime("05-03"), referral("05-10"), decision("05-20"))
LISTED = (*CHARGED, listing("06-01", "09-06"))  # on a Tuesday
YOUNG = (crime("05-03", person={"age": 15}), *CHARGED[1:], listing("06-01", "09-06"))


def notified(*events: Event, victim: str = "V1") -> Condition:
    return one("hearing_not_notified", *events, victim=victim)


# Told of a date


def test_a_victim_is_to_be_told_by_the_end_of_the_first_working_day_after_a_listing_was_recorded() -> None:
    c = notified(*LISTED)
    assert (c.subject, c.occurrence) == ("H1/met/V1", "2021-09-06")
    assert (c.due_at, c.expires_at, c.ended_on) == (midnight("06-03"), midnight("09-07"), None)
    assert (c.court, c.severity) == ("southwark", "medium")


def test_weekends_and_bank_holidays_are_no_working_days() -> None:
    friday = notified(*CHARGED, listing("05-28", "09-06"))
    assert friday.due_at == midnight("06-02")  # Monday 31 May 2021 is the spring bank holiday


def test_the_day_is_that_of_the_record_in_london() -> None:
    late = recorded(listing("06-01", "09-06"), "06-03 23:30")
    assert notified(*CHARGED, late).due_at == midnight("06-05")
    # Half past midnight in London is the next day, though it is not in UTC
    night = recorded(listing("06-01", "09-06"), "06-04 00:30")
    assert notified(*CHARGED, night).due_at == midnight("06-08")  # Monday


def test_told_in_time_also_when_that_becomes_known_later_it_never_was() -> None:
    in_time, late = notified(*LISTED, told("06-02", "09-06")), notified(*LISTED, told("06-03", "09-06"))
    assert (in_time.ended_on, in_time.arose) == (day("06-02"), False)
    assert (late.ended_on, late.arose) == (day("06-03"), True)


def test_told_another_date_is_not_told_and_is_due_at_once() -> None:
    c = notified(*LISTED, told("06-02", "09-08"))
    assert (c.due_at, c.ended_on, c.details["told_date"]) == (midnight("06-02"), None, "2021-09-08")
    after_the_right_one = notified(*LISTED, told("06-02", "09-06"), told("06-20", "09-08"))
    assert (after_the_right_one.due_at, after_the_right_one.ended_on) == (midnight("06-20"), None)
    put_right = notified(*LISTED, told("06-02", "09-06"), told("06-20", "09-08"), told("06-22", "09-06"))
    assert (put_right.ended_on, put_right.arose) == (day("06-22"), True)


def test_told_by_the_case_or_without_a_date_it_is_what_was_listed_then() -> None:
    assert notified(*LISTED, told("06-02", "09-06", urn="U1")).ended_on == day("06-02")
    assert notified(*LISTED, told("06-02", urn="U1")).ended_on == day("06-02")
    assert notified(*LISTED, told("06-02")).ended_on == day("06-02")
    moved = found("hearing_not_notified", *LISTED, told("06-02"), relisted("06-10", "09-20"))
    assert [(c.occurrence, c.ended_on) for c in moved] == [("2021-09-06", day("06-02")), ("2021-09-20", None)]


def test_told_by_the_case_of_one_hearings_date_it_is_not_told_of_another_one() -> None:
    two = (*LISTED, listing("06-01", "07-12", "H2", "PTR"))
    first, second = found("hearing_not_notified", *two, told("06-02", "07-12", urn="U1"))
    assert (first.ended_on, second.ended_on) == (None, day("06-02"))
    assert first.due_at == midnight("06-03")


def test_a_hearing_that_is_moved_has_a_new_date_to_be_told() -> None:
    first, second = found("hearing_not_notified", *LISTED, relisted("06-02", "09-20"))
    assert (first.ended_on, first.arose) == (day("06-02"), False)
    assert (second.occurrence, second.due_at, second.ended_on) == ("2021-09-20", midnight("06-04"), None)


def test_the_next_date_that_an_outcome_names_is_to_be_told_too() -> None:
    events = (*LISTED, told("06-02", "09-06"), trial("09-06", "ineffective", next_start_date="2021-11-01"))
    _, following = found("hearing_not_notified", *events)
    assert (following.occurrence, following.due_at) == ("2021-11-01", midnight("09-08"))


def test_one_who_was_not_told_before_the_hearing_was_held_was_missed() -> None:
    c = notified(*LISTED, trial("09-06", "effective"))
    assert (c.ended_on, c.expires_at) == (None, midnight("09-07"))


def test_each_victim_is_to_be_told() -> None:
    two = (crime("05-03", victim="V2"), *LISTED, told("06-02", "09-06"))
    assert notified(*two).ended_on == day("06-02")
    other = notified(*two, victim="V2")
    assert (other.subject, other.ended_on) == ("H1/met/V2", None)


def test_who_has_withdrawn_is_told_no_more_and_who_re_engages_is() -> None:
    gone = (*LISTED, withdrew("06-02", urn="U1"))
    assert not notified(*gone).arose
    assert notified(*gone, re_engaged("06-20")).ended_on is None
    assert notified(*LISTED, withdrew("07-01", urn="U1")).ended_on == day("07-01")


def test_a_case_that_ended_has_no_hearing_any_more_but_that_of_a_sentence() -> None:
    assert notified(*LISTED, completed("07-01", "discontinued")).ended_on == day("07-01")
    assert notified(*LISTED, completed("07-01", "convicted")).ended_on is None


def test_a_voided_listing_brings_nothing() -> None:
    wrong = listing("06-01", "09-06")
    assert found("hearing_not_notified", *CHARGED, wrong, void(wrong)) == []


# Far ahead


def test_a_trial_listed_more_than_365_days_ahead_is_far_ahead() -> None:
    assert found("trial_far_ahead", *CHARGED, listing("06-01", "09-06", start_date="2022-06-01")) == []
    c = one("trial_far_ahead", *CHARGED, listing("06-01", "09-06", start_date="2022-06-02"))
    assert (c.subject, c.due_at, c.ended_on, c.expires_at) == ("H1/2022-06-02", midnight("06-01"), None, None)


def test_moved_nearer_ends_it_and_further_away_is_another() -> None:
    far = (*CHARGED, listing("06-01", "09-06", start_date="2022-07-04"))
    assert one("trial_far_ahead", *far, relisted("06-10", "2022-03-01")).ended_on == day("06-10")
    first, second = found("trial_far_ahead", *far, relisted("06-10", "2022-09-05"))
    assert (first.ended_on, second.ended_on, second.details["listed_on"]) == (day("06-10"), None, "2021-06-10")
    assert one("trial_far_ahead", *far, trial("07-01", "vacated", reason_code="L")).ended_on == day("07-01")


def test_another_hearing_is_no_trial() -> None:
    assert found("trial_far_ahead", *CHARGED, listing("06-01", "", kind="PTR", start_date="2022-09-05")) == []


# Special measures


def test_a_vulnerable_victims_trial_is_near_28_days_before_and_nothing_was_applied_for() -> None:
    c = one("special_measures_unresolved", *YOUNG)
    assert (c.subject, c.due_at) == ("H1/2021-09-06/met/V1", midnight("08-09"))
    assert (c.expires_at, c.ended_on) == (midnight("09-07"), None)
    assert found("special_measures_unresolved", *LISTED) == []


def test_a_trial_listed_when_it_is_near_already_is_due_at_once() -> None:
    near = (*YOUNG[:-1], listing("06-01", "06-14"))
    assert one("special_measures_unresolved", *near).due_at == midnight("06-01")


def test_all_measures_must_be_granted() -> None:
    def ended(*events: Event) -> object:
        return one("special_measures_unresolved", *YOUNG, *events).ended_on

    applied = measures("applied", "06-10", "s23", "s24")
    assert ended(applied) is None
    assert ended(applied, measures("granted", "07-01", "s23")) is None
    assert ended(applied, measures("granted", "07-01", "s23"), measures("granted", "08-20", "s24")) == day("08-20")
    refused = (applied, measures("granted", "07-01", "s23"), measures("refused", "07-01", "s24"))
    assert ended(*refused) is None
    assert ended(*refused, measures("granted", "07-20", "s24")) == day("07-20")


def test_measures_for_the_court_case_or_another_hearing_of_the_case_count() -> None:
    received = courts(
        "case-received", "05-25", court_case_number="T1", urn="U1", court="southwark", jurisdiction="crown"
    )
    case = (measures("granted", "06-10", "s24", court_case_number="T1"), received)
    assert one("special_measures_unresolved", *YOUNG, *case).ended_on == day("06-10")
    plea = (listing("06-01", "06-10", "H2", "PTR"), measures("granted", "06-10", "s24", hearing_id="H2"))
    assert one("special_measures_unresolved", *YOUNG, *plea).ended_on == day("06-10")


def test_another_victims_measures_do_not_count() -> None:
    two = (*YOUNG, crime("05-03", victim="V2"), measures("granted", "06-10", "s24", victim="V2"))
    assert one("special_measures_unresolved", *two).ended_on is None


def test_a_trial_that_is_moved_is_near_at_another_time() -> None:
    first, second = found("special_measures_unresolved", *YOUNG, relisted("06-10", "11-01"))
    assert (first.ended_on, first.arose, second.due_at) == (day("06-10"), False, midnight("10-04"))

"""Which version of a type something was said under makes no difference to a journey."""

from dataclasses import asdict
from typing import Any

from tests.unit.domain.said import Event, amend, crime, day, folded, outcome, re_engaged, referral, void, withdrew


def dated(at: str, *days: str, **data: Any) -> Event:
    """A withdrawal in the second version: a statement made on each of these days."""
    event = withdrew(at, **data)
    evidence = [{"kind": "statement", "recorded_on": f"2021-{made}"} for made in days]
    return event | {"type": "police.victim-withdrew.v2", "data": event["data"] | {"evidence": evidence}}


def test_either_version_ends_the_journey_and_is_evidence() -> None:
    for withdrawal in (withdrew("05-10", reasons=["delay"]), dated("05-10", "05-10", reasons=["delay"])):
        j = folded(crime("05-03"), withdrawal)
        assert (j.exit, j.exit_at) == ("victim_withdrew", day("05-10"))
        assert (j.withdrawal_evidenced, j.withdrawal_reasons) == (True, ["delay"])


def test_no_record_in_either_version_is_no_evidence() -> None:
    for withdrawal in (withdrew("05-10", evidence=()), dated("05-10")):
        assert folded(crime("05-03"), withdrawal).withdrawal_evidenced is False


def test_a_journey_is_the_same_under_either_version() -> None:
    def told(withdrawal: Event) -> dict[str, object]:
        around = (crime("05-03"), referral("05-10"), outcome("05-10", 16), re_engaged("06-01"), withdrew("06-20"))
        return asdict(folded(*(event | {"id": f"e{n}"} for n, event in enumerate((*around, withdrawal)))))

    assert told(withdrew("05-10")) == told(dated("05-10", "05-10"))


def test_a_second_version_after_a_first_belongs_to_the_same_spell() -> None:
    j = folded(crime("05-03"), withdrew("05-10", evidence=()), dated("05-12", "05-10"))
    assert (j.withdrawals, j.withdrew_at, j.withdrawal_evidenced) == (1, day("05-10"), True)
    j = folded(crime("05-03"), dated("05-10"), withdrew("05-12"))
    assert (j.withdrawals, j.withdrew_at, j.withdrawal_evidenced) == (1, day("05-10"), True)


def test_facts_stand_in_the_order_of_what_they_say_and_not_of_its_version() -> None:
    for withdrawal in (withdrew("05-10"), dated("05-10", "05-10")):
        events = [outcome("05-10", 16), withdrawal, re_engaged("05-10"), referral("05-10"), crime("05-10")]
        order = [position for position, *_ in folded(*events).timeline]
        assert order == [5, 4, 2, 3, 1]


def test_an_amendment_of_either_version_stands() -> None:
    first, second = withdrew("05-10", evidence=()), dated("05-10")
    j = folded(crime("05-03"), first, amend(first, evidence=["email"], reasons=["health"]))
    assert (j.withdrawal_evidenced, j.withdrawal_reasons) == (True, ["health"])
    j = folded(crime("05-03"), second, amend(second, evidence=[{"kind": "email", "recorded_on": "2021-05-10"}]))
    assert j.withdrawal_evidenced is True


def test_an_amendment_names_the_version_that_it_amends() -> None:
    first = withdrew("05-10", evidence=())
    other = amend(first | {"type": "police.victim-withdrew.v2"}, evidence=[{"kind": "email"}])
    j = folded(crime("05-03"), first, other)
    assert (j.withdrawal_evidenced, j.anomalies) == (False, ["correction_of_other_type"])


def test_a_first_version_is_voided_and_said_again_in_the_second() -> None:
    first = withdrew("05-10", evidence=())
    j = folded(crime("05-03"), first, void(first), dated("05-10", "05-11"))
    assert (j.withdrawals, j.withdrawal_evidenced) == (1, True)

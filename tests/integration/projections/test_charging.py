"""`metrics.charging` worked by hand."""

from dataclasses import replace
from typing import Any

import pytest

from tests.integration.projections.world import World, told
from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    about_crime,
    answer,
    completed,
    cps,
    crime,
    day,
    decision,
    outcome,
    plan,
    receipt,
    referral,
    said,
    void,
)

Event = dict[str, Any]
COUNTS = (
    *("referrals", "triaged", "returned_at_triage", "decisions", "charged", "with_action_plan", "action_plans"),
    *("not_in_custody", "within_28_days", "within_28_days_cps"),
)
OPEN = ("open", "open_over_28", "open_over_90", "open_over_180")


def figure(world: World, **where: str) -> dict[str, dict[str, Any]]:
    """The rows by month and, but for dimension `all`, value."""
    given = {"offence": "all", "dimension": "all"} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    found = world.rows(f"SELECT * FROM metrics.charging WHERE {conditions}", *given.values())
    return {f"{row['period']:%m}" + (f" {row['value']}" if row["value"] != "all" else ""): row for row in found}


def counts(rows: dict[str, dict[str, Any]], names: tuple[str, ...] = COUNTS) -> dict[str, tuple[int | None, ...]]:
    return {key: tuple(row[name] for name in names) for key, row in rows.items()}


CHARGED = decision("05-30")
CASES: list[Event] = [
    # U1, of two crimes in two command units: 26 days from receipt to charge; CPS has it 4 to 10 and 20 to 30 May, 16 days.
    crime("04-15", "C1", "V1", bcu="south_east"),
    crime("04-15", "C1B", "V1B", bcu="central_south"),
    referral("05-01", "U1", ("C1", "C1B")),
    receipt("05-04"),
    plan("05-10"),
    answer("05-20"),
    CHARGED,
    # U2: a suspect in custody.
    crime("04-15", "C2", "V2", bcu="south_east"),
    referral("05-01", "U2", ("C2",), in_custody=True),
    receipt("05-02", urn="U2"),
    decision("05-03", urn="U2"),
    # U3: received for early advice in April, 55 days before the decision. Referred 10 May, at CPS from the 12th; two plans, 13 May
    # to 10 June: CPS has it 1 day and 5.
    crime("04-15", "C3", "V3", bcu="south_east"),
    referral("04-20", "U3", ("C3",), referral_type="early_advice"),
    receipt("04-21", urn="U3"),
    referral("05-10", "U3", ("C3",)),
    receipt("05-12", urn="U3"),
    plan("05-13", "AP1", urn="U3"),
    plan("05-13", "AP2", urn="U3"),
    answer("06-10", urn="U3"),
    decision("06-15", NO_FURTHER_ACTION, urn="U3"),
    # U4: returned at triage, and nothing since.
    crime("04-15", "C4", "V4", bcu="south_east"),
    referral("05-05", "U4", ("C4",)),
    receipt("05-06", urn="U4", accepted=False),
    # U5: returned at triage, and taken the second time.
    crime("04-15", "C5", "V5", bcu="south_east"),
    referral("05-05", "U5", ("C5",), in_custody=False),
    receipt("05-06", urn="U5", accepted=False),
    referral("06-01", "U5", ("C5",)),
    receipt("06-02", urn="U5", accepted=True),
    # U6: at CPS.
    crime("04-15", "C6", "V6", bcu="south_east"),
    referral("05-20", "U6", ("C6",)),
    receipt("05-21", urn="U6"),
    # U7: administratively finalised.
    crime("04-15", "C7", "V7", bcu="south_east"),
    referral("05-20", "U7", ("C7",)),
    receipt("05-21", urn="U7"),
    decision("06-01", "administratively_finalised", urn="U7"),
    # U8: charged, and no receipt told.
    crime("04-15", "C8", "V8", bcu="south_east"),
    referral("05-01", "U8", ("C8",)),
    decision("05-20", urn="U8"),
    # U9: of a cancelled crime. U10: early advice alone.
    crime("04-15", "C9", "V9", bcu="south_east"),
    referral("05-01", "U9", ("C9",)),
    receipt("05-02", urn="U9"),
    about_crime("crime-cancelled", "06-01", "C9"),
    crime("04-15", "C10", "V10", bcu="south_east"),
    referral("05-01", "U10", ("C10",), referral_type="early_advice"),
    receipt("05-02", urn="U10"),
]
RECEIVED = {
    "04": (1, 1, 0, 1, 0, 1, 2, 1, 0, 1),  # U3
    # U1, U2, U4 to U7; returned U4, U5; decided and charged U1, U2; a plan in U1; not in custody all but U2; in time U1
    "05": (6, 6, 2, 2, 2, 1, 1, 5, 1, 1),
}
DECIDED = {
    "05": (3, 2, 0, 3, 3, 1, 1, 1, 1, 1),  # U1, U2, U8; of U8 nobody knows how long CPS had it
    "06": (1, 1, 0, 1, 0, 1, 2, 1, 0, 1),  # U3
}


def test_ten_cases_by_the_month_of_the_first_receipt_and_by_that_of_the_decision(world: World) -> None:
    told(world, *CASES)
    received, decided = figure(world, basis="received"), figure(world, basis="decided")
    assert counts(received) == RECEIVED
    assert counts(decided) == DECIDED
    assert [row["share_with_action_plan"] for row in received.values()] == [1, 1 / 2]  # of decided
    assert [row["share_with_action_plan"] for row in decided.values()] == pytest.approx([1 / 3, 1])
    assert counts(decided, OPEN) == {"05": (None,) * 4, "06": (None,) * 4}
    assert world.differences() == {}


def test_a_case_counts_once_in_every_value_that_any_of_its_journeys_has(world: World) -> None:
    told(world, *CASES[:7])
    one = (1, 1, 0, 1, 1, 1, 1, 1, 1, 1)
    for offence in ("all", "robbery", "non_sexual"):
        assert counts(figure(world, basis="received", offence=offence)) == {"05": one}
    assert counts(figure(world, basis="received", dimension="bcu")) == {
        "05 met/central_south": one,
        "05 met/south_east": one,
    }
    assert counts(figure(world, basis="received", dimension="force")) == {"05 met": one}
    assert counts(figure(world, basis="received", dimension="cps_area")) == {"05 london_south": one}


@pytest.mark.parametrize(
    ("reading", "opened"),
    # U5 and U6, first received on 6 and 21 May.
    [
        ("06-03", (2, 0, 0, 0)),
        ("06-04", (2, 1, 0, 0)),
        ("08-04", (2, 2, 0, 0)),
        ("08-05", (2, 2, 1, 0)),
        ("11-02", (2, 2, 2, 0)),
        ("11-03", (2, 2, 2, 1)),
    ],
)
def test_what_awaits_a_decision_ages_with_the_reading_date(world: World, reading: str, opened: tuple[int, ...]) -> None:
    told(world, *CASES)
    world.read_on(day(reading))
    assert counts(figure(world, basis="received"), OPEN) == {"04": (0, 0, 0, 0), "05": opened}


def test_a_voided_decision_a_broken_link_and_another_classification_move_it(world: World) -> None:
    told(world, *CASES)
    world.read_on(day("06-04"))
    world.say(void(CHARGED))
    world.step()
    # U1 awaits a decision since 4 May, 31 days.
    assert counts(figure(world, basis="received"))["05"] == (6, 6, 2, 1, 1, 1, 1, 5, 0, 0)
    assert counts(figure(world, basis="received"), OPEN)["05"] == (3, 2, 0, 0)
    assert counts(figure(world, basis="decided"))["05"] == (2, 1, 0, 2, 2, 0, 0, 0, 0, 0)
    world.say(
        said("identity.case-unlinked", "/identity", "06-02", urn="U1", crime_references=["C1B"], force="met"),
        about_crime("crime-reclassified", "06-02", "C1", offence_group="rape"),
    )
    world.step()
    assert set(figure(world, basis="received", dimension="bcu")) == {"04 met/south_east", "05 met/south_east"}
    assert counts(figure(world, basis="received", offence="rape"), ("referrals",)) == {"05": (1,)}
    assert counts(figure(world, basis="received", offence="robbery"), ("referrals",))["05"] == (5,)
    assert world.differences() == {}


def test_only_the_first_decision_is_awaited_and_only_cps_makes_it(world: World) -> None:
    told(
        world,
        *(crime("04-15", f"C{n}", f"V{n}") for n in (1, 2, 3)),
        *(referral("05-01", f"U{n}", (f"C{n}",)) for n in (1, 2, 3)),
        *(receipt("05-02", urn=f"U{n}") for n in (1, 2, 3)),
        # Re-opened at the victim's request: decided it is all the same.
        decision("05-10", NO_FURTHER_ACTION, urn="U1"),
        cps("case-reopened", "05-20", urn="U1"),
        # Police charge; CPS still has the file.
        outcome("05-10", 1, "C2"),
        # A result ends the wait.
        completed("05-10", "convicted", urn="U3"),
    )
    world.read_on(day("06-01"))
    assert counts(figure(world, basis="received"), ("referrals", "decisions", "charged", *OPEN)) == {
        "05": (3, 1, 0, 1, 1, 0, 0)
    }


def test_an_answer_to_no_plan_asks_for_no_decision(world: World) -> None:
    told(
        world,
        crime("04-15"),
        referral("05-01"),
        receipt("05-02"),
        decision("05-10", "administratively_finalised"),
        answer("05-20"),
    )
    world.read_on(day("06-01"))
    assert counts(figure(world, basis="received"), OPEN) == {"05": (0, 0, 0, 0)}
    (case,) = world.rows("SELECT holder FROM journeys.case")
    assert case["holder"] == "none"


def test_of_a_source_that_was_observed_until_a_day_nothing_is_open_after_it(world: World) -> None:
    world.rules = replace(world.rules, observed_until=(("/police/met", day("06-10")),))
    told(world, *CASES)
    world.read_on(day("12-31"))
    # On 10 June U5 has waited 35 days and U6 20.
    assert counts(figure(world, basis="received"), OPEN)["05"] == (2, 1, 0, 0)

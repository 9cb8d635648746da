"""`metrics.withdrawal_timing` worked by hand."""

from typing import Any

from tests.integration.projections.world import Event, World, told
from tests.unit.domain.said import about_crime, amend, crime, police, re_engaged, referral, void, withdrew


def figure(world: World, **where: str) -> dict[Any, int]:
    """(month, band) -> withdrawals, of all crimes unless said."""
    given = {"offence": "all", "dimension": "all", "cohort": "all"} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    rows = world.rows(f"SELECT * FROM metrics.withdrawal_timing WHERE {conditions}", *given.values())
    return {(f"{row['period']:%Y-%m}", row["band"]): row["withdrawals"] for row in rows}


def withdrawn(n: int, at: str, reported: str = "05-01", **data: Any) -> list[Event]:
    return [crime(reported, f"C{n}", f"V{n}", **data), withdrew(at, f"V{n}", crime_reference=f"C{n}")]


TEN = [
    *withdrawn(1, "05-01"),  # 0 days
    *withdrawn(2, "05-08", bcu="south_east"),  # 7
    *withdrawn(3, "05-09", offence_group="rape"),  # 8
    *withdrawn(4, "05-31"),  # 30
    *withdrawn(5, "06-01"),  # 31
    *withdrawn(6, "07-30"),  # 30 left of May, 30 of June, 30 of July: 90
    *withdrawn(7, "07-31"),  # 91
    *withdrawn(8, "2022-05-01"),  # 365
    *withdrawn(9, "2022-05-02"),  # 366
    *withdrawn(10, "04-30"),  # before the report
]


def test_ten_journeys_on_both_sides_of_every_band(world: World) -> None:
    told(world, *TEN)
    assert figure(world) == {
        ("2021-05", "0-7"): 2,
        ("2021-05", "8-30"): 2,
        ("2021-06", "31-90"): 1,
        ("2021-07", "31-90"): 1,
        ("2021-07", "91-365"): 1,
        ("2022-05", "91-365"): 1,
        ("2022-05", "366+"): 1,
    }
    assert figure(world, offence="rape") == {("2021-05", "8-30"): 1}
    assert figure(world, dimension="bcu", value="met/south_east") == {("2021-05", "0-7"): 1}
    assert world.differences() == {}


def test_the_second_withdrawal_of_a_victim_is_one_more(world: World) -> None:
    told(world, *withdrawn(1, "05-04"), re_engaged("05-20"), withdrew("08-02"))  # 3 days; 93
    assert figure(world) == {("2021-05", "0-7"): 1, ("2021-08", "91-365"): 1}


def test_the_reviews_cohort_has_one_victim_and_one_suspect(world: World) -> None:
    told(world, *withdrawn(1, "05-04"))
    assert figure(world, cohort="review") == {}
    world.say(about_crime("suspect-identified", "06-01"))
    world.step()
    assert figure(world, cohort="review") == figure(world) == {("2021-05", "0-7"): 1}
    world.say(crime("05-01", "C1", "V2"))
    world.step()
    assert figure(world, cohort="review") == {}
    assert figure(world) == {("2021-05", "0-7"): 1}


def test_a_withdrawal_in_the_case_that_the_crime_joined_late_has_no_length(world: World) -> None:
    early = police("victim-withdrew", "05-10", urn="U1", victim_reference="V1", evidence=[])
    told(world, crime("05-20"), referral("05-05"), early)
    assert [r["withdrawals"] for r in world.rows("SELECT withdrawals FROM journeys.journey")] == [1]
    assert figure(world) == {}


def test_an_amended_date_moves_it_and_a_void_takes_it_away(world: World) -> None:
    said = withdrew("05-04")
    told(world, crime("05-01"), said)
    world.say(amend(said, time="06-20"))
    world.step()
    assert figure(world) == {("2021-06", "31-90"): 1}
    world.say(void(said))
    world.step()
    assert figure(world) == {}
    assert world.differences() == {}


def test_an_earlier_report_makes_it_longer(world: World) -> None:
    told(world, *withdrawn(1, "05-04"))
    world.say(crime("04-04", "C1", "V1"))
    world.step()
    assert figure(world) == {("2021-05", "8-30"): 1}  # 30 days

"""`metrics.outcome` worked by hand."""

from typing import Any

from tests.integration.projections.world import World, told
from tests.unit.domain.said import about_crime, amend, crime, decision, outcome, referral, void

Event = dict[str, Any]


def figure(world: World, basis: str, offence: str = "all", dimension: str = "all") -> dict[str, dict[int, int]]:
    """By month and, but for dimension `all`, value: crimes by code."""
    rows = world.rows(
        "SELECT * FROM metrics.outcome WHERE basis = %s AND offence = %s AND dimension = %s ORDER BY period, value, outcome_code",
        *(basis, offence, dimension),
    )
    found: dict[str, Any] = {}
    for row in rows:
        key = f"{row['period']:%m}" + (f" {row['value']}" if dimension != "all" else "")
        found.setdefault(key, {})[row["outcome_code"]] = row["crimes"]
        total = sum(r["crimes"] for r in rows if (r["period"], r["value"]) == (row["period"], row["value"]))
        assert row["share"] == row["crimes"] / total
    return found


def reported(n: str, at: str = "05-03", victim: str = "", **data: Any) -> Event:
    return crime(at, f"C{n}", victim or f"V{n}", **({"bcu": "south_east"} | data))


SIXTEEN = outcome("06-10", 16, "C3")
BY_POLICE = outcome("07-10", 1, "C6")
OF_SEVEN = outcome("07-05", 16, "C7", victim_reference="V7")
CRIMES: list[Event] = [
    # C1 and C2 have none; of C2 it was removed. C3: 18, then 16. C4: 16, and re-opened.
    reported("1"),
    reported("2"),
    outcome("05-20", 18, "C2"),
    outcome("06-20", 0, "C2"),
    reported("3"),
    outcome("05-20", 18, "C3"),
    SIXTEEN,
    reported("4"),
    outcome("05-20", 16, "C4"),
    about_crime("investigation-reopened", "07-01", "C4"),
    # C5: charged by CPS, and police have not said so. C6: by police.
    reported("5"),
    referral("05-10", "U5", ("C5",)),
    decision("06-10", urn="U5"),
    reported("6"),
    BY_POLICE,
    # C7, of two victims in two command units, the second reported in June: 18, then 16 of V7 alone.
    reported("7"),
    reported("7", "06-02", "V7B", bcu="central_south", offence_group="rape"),
    outcome("06-05", 18, "C7"),
    OF_SEVEN,
    # C8, of one person by two numbers. C9 was cancelled. C10 of April.
    reported("8", uvi="P1"),
    reported("8", "05-03", "V8B", uvi="P1"),
    outcome("07-06", 15, "C8"),
    reported("9"),
    outcome("07-06", 15, "C9"),
    about_crime("crime-cancelled", "07-07", "C9"),
    reported("10", "04-30"),
    outcome("07-06", 16, "C10"),
]


def test_ten_crimes_by_the_month_of_the_report_and_by_that_of_the_outcome(world: World) -> None:
    told(world, *CRIMES)
    # Without one: C1, C2, C4, C5; 1: C6; 15: C8; 16: C3, C7.
    assert figure(world, "recorded") == {"04": {16: 1}, "05": {0: 4, 1: 1, 15: 1, 16: 2}}
    # C3 in June; C6, C7, C8, C10 in July.
    assert figure(world, "closed") == {"06": {16: 1}, "07": {1: 1, 15: 1, 16: 2}}
    assert world.differences() == {}


def test_a_crime_of_several_victims_counts_once_in_every_value(world: World) -> None:
    told(world, *CRIMES)
    # V7B's journey alone knows of 18 only, and of a report in June; the crime is of May and has 16.
    assert figure(world, "recorded", dimension="bcu") == {
        "04 met/south_east": {16: 1},
        "05 met/central_south": {16: 1},
        "05 met/south_east": {0: 4, 1: 1, 15: 1, 16: 2},
    }
    assert figure(world, "closed", "rape") == {"07": {16: 1}}
    assert figure(world, "recorded", dimension="force") == {
        "04 met": {16: 1},
        "05 met": {0: 4, 1: 1, 15: 1, 16: 2},
    }


def test_a_reclassified_crime_moves_and_so_does_a_voided_outcome(world: World) -> None:
    told(world, *CRIMES)
    world.say(
        about_crime("crime-reclassified", "06-01", "C3", offence_group="rape"),
        void(SIXTEEN),
        void(OF_SEVEN),
        amend(BY_POLICE, time="08-10"),
    )
    world.step()
    # C3 and C7 have 18 of May and of June; C6's charge is of August.
    assert figure(world, "recorded") == {"04": {16: 1}, "05": {0: 4, 1: 1, 15: 1, 18: 2}}
    assert figure(world, "closed") == {"05": {18: 1}, "06": {18: 1}, "07": {15: 1, 16: 1}, "08": {1: 1}}
    assert figure(world, "recorded", "rape") == {"05": {18: 2}}
    assert world.differences() == {}


def test_of_two_victims_outcomes_on_one_day_the_later_stands(world: World) -> None:
    told(
        world,
        reported("1"),
        reported("1", "05-03", "V1B"),
        outcome("06-01 15:00", 18, "C1", victim_reference="V1"),
        outcome("06-01 09:00", 16, "C1", victim_reference="V1B"),
    )
    assert figure(world, "closed") == {"06": {18: 1}}


def test_when_the_second_victim_is_another_persons_no_more_the_crime_is_still_one(world: World) -> None:
    first, second = reported("1"), reported("1", "06-03", "V1B")
    told(world, first, second, outcome("06-10", 16, "C1"))
    assert figure(world, "recorded") == {"05": {16: 1}}
    world.say(void(second))
    world.step()
    assert figure(world, "recorded") == {"05": {16: 1}}
    assert world.differences() == {}

"""`metrics.backlog` worked by hand."""

from dataclasses import replace
from typing import Any

from tests.integration.projections.world import World
from tests.unit.domain.said import (
    about_crime,
    crime,
    day,
    decision,
    listing,
    outcome,
    plan,
    receipt,
    referral,
    said,
    trial,
    void,
    withdrew,
)

Event = dict[str, Any]
Found = dict[tuple[str, ...], tuple[int, int]]


def told(world: World, *events: Event, reading: str = "08-01") -> None:
    world.build()
    world.say(*events)
    world.step()
    world.read_on(day(reading))


def figure(world: World, offence: str = "all", dimension: str = "all", value: str = "all") -> Found:
    """(stage, holder, CPS area, band) -> journeys and cases; of the vulnerable, with a word more."""
    rows = world.rows(
        "SELECT * FROM metrics.backlog WHERE offence = %s AND dimension = %s AND value = %s", offence, dimension, value
    )
    return {
        (row["stage"], row["holder"], row["cps_area"], row["wait_band"]) + ("vulnerable",) * row["vulnerable"]: (
            row["journeys"],
            row["cases"],
        )
        for row in rows
    }


def reported(n: str, at: str, **data: Any) -> Event:
    return crime(at, f"C{n}", f"V{n}", **({"bcu": "south_east"} | data))


FOURTH = referral("05-03", "U4", ("C4", "C5"))
SEVENTH = decision("02-02", urn="U7")
CASES: list[Event] = [
    # In investigation for 22, 28 and 29 days, the last of a child.
    reported("1", "07-10"),
    reported("2", "07-04"),
    reported("3", "07-03", person={"age": 15}),
    # One case of two crimes in two command units, at CPS for 90 days since the referral.
    reported("4", "04-01", offence_group="rape"),
    reported("5", "04-01", bcu="central_south"),
    FOURTH,
    receipt("05-03", urn="U4"),
    # Referred 91 days ago; police have a plan to answer.
    reported("6", "04-01"),
    referral("05-02", "U6", ("C6",)),
    receipt("05-02", urn="U6"),
    plan("05-10", urn="U6"),
    # Charged 180 days ago, the victim has withdrawn since. Charged 181 days ago, and the trial began.
    reported("7", "01-05"),
    referral("01-10", "U7", ("C7",)),
    SEVENTH,
    withdrew("06-01", "V7", crime_reference="C7"),
    reported("8", "01-05"),
    referral("01-10", "U8", ("C8",)),
    decision("02-01", urn="U8"),
    listing("02-10", "06-01", "H8", urn="U8"),
    trial("06-01", "effective", "H8"),
    # Charged 365 and 366 days ago.
    *(reported(n, "2020-07-01") for n in ("9", "10")),
    *(referral("2020-07-02", f"U{n}", (f"C{n}",)) for n in ("9", "10")),
    decision("2020-08-01", urn="U9"),
    decision("2020-07-31", urn="U10"),
    # One has ended, one was cancelled, one is reported after the reading date.
    reported("11", "07-10"),
    outcome("07-11", 18, "C11"),
    reported("12", "07-10"),
    about_crime("crime-cancelled", "07-11", "C12"),
    reported("13", "08-02"),
]
ALL: Found = {
    ("investigation", "police", "london", "0-28"): (2, 0),
    ("investigation", "police", "london", "29-90", "vulnerable"): (1, 0),
    ("charging", "cps", "london_south", "29-90"): (2, 1),
    ("charging", "police", "london_south", "91-180"): (1, 1),
    ("awaiting_trial", "court", "london_south", "91-180"): (1, 1),
    ("trial", "court", "london_south", "181-365"): (1, 1),
    ("awaiting_trial", "court", "london_south", "181-365"): (1, 1),
    ("awaiting_trial", "court", "london_south", "366+"): (1, 1),
}


def test_what_waits_by_stage_holder_area_and_age(world: World) -> None:
    told(world, *CASES)
    assert figure(world) == figure(world, dimension="force", value="met") == ALL
    assert world.rows("SELECT DISTINCT period FROM metrics.backlog") == [{"period": day("08-01")}]
    assert world.differences() == {}


def test_a_case_counts_once_in_every_value_that_any_of_its_journeys_has(world: World) -> None:
    told(world, *CASES)
    one: Found = {("charging", "cps", "london_south", "29-90"): (1, 1)}
    assert figure(world, "rape") == one
    assert figure(world, dimension="bcu", value="met/central_south") == one
    assert figure(world, dimension="bcu", value="met/south_east") == ALL | one


def test_it_ages_with_the_reading_date(world: World) -> None:
    told(world, *CASES, reading="08-02")
    found = figure(world)
    # C13 is there, C2 is 29 days old now, U4 91, C7 181, C9 366.
    assert found[("investigation", "police", "london", "0-28")] == (2, 0)
    assert found[("investigation", "police", "london", "29-90")] == (1, 0)
    assert found[("charging", "cps", "london_south", "91-180")] == (2, 1)
    assert found[("awaiting_trial", "court", "london_south", "181-365")] == (1, 1)
    assert found[("awaiting_trial", "court", "london_south", "366+")] == (2, 2)


def test_a_voided_charge_and_a_broken_link_move_it(world: World) -> None:
    told(world, *CASES)
    world.say(
        void(SEVENTH),
        said("identity.case-unlinked", "/identity", "06-02", urn="U4", crime_references=["C5"], force="met"),
    )
    world.step()
    # Without the charge C7 ends by its withdrawal. C5 is in investigation since 1 April, 122 days.
    rest = {key: counts for key, counts in ALL.items() if key[0] != "awaiting_trial" or key[3] != "91-180"}
    assert figure(world) == rest | {
        ("charging", "cps", "london_south", "29-90"): (1, 1),
        ("investigation", "police", "london", "91-180"): (1, 0),
    }
    assert world.differences() == {}


def test_of_a_source_that_was_observed_until_a_day_nothing_ages_after_it(world: World) -> None:
    world.rules = replace(world.rules, observed_until=(("/police/met", day("07-05")),))
    told(world, reported("1", "07-10"), reported("2", "07-04"), reported("3", "05-01"), reading="12-31")
    assert figure(world) == {
        ("investigation", "police", "london", "0-28"): (1, 0),
        ("investigation", "police", "london", "29-90"): (1, 0),
    }

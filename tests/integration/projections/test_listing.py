"""`metrics.listing` worked by hand."""

from dataclasses import replace
from typing import Any

from tests.integration.projections.world import World, told
from tests.unit.domain.said import (
    about_crime,
    completed,
    courts,
    crime,
    day,
    decision,
    listing,
    police,
    referral,
    said,
    trial,
    void,
    withdrew,
)

Event = dict[str, Any]
COUNTS = ("trials", "victims", "vulnerable_victims")


def figure(world: World, offence: str = "all", dimension: str = "all") -> dict[str, tuple[int, ...]]:
    """The counts by month and court; but for dimension `all`, and value."""
    rows = world.rows("SELECT * FROM metrics.listing WHERE offence = %s AND dimension = %s", offence, dimension)
    return {
        f"{row['period']:%m} {row['court']}" + (f" {row['value']}" if dimension != "all" else ""): tuple(
            row[name] for name in COUNTS
        )
        for row in rows
    }


def charged(urn: str, *crimes: Event) -> list[Event]:
    numbers = tuple(dict.fromkeys(c["data"]["crime_reference"] for c in crimes))
    return [*crimes, referral("04-01", urn, numbers), decision("04-20", urn=urn)]


def reported(n: str, victim: str = "", age: int = 30, **data: Any) -> Event:
    return crime("03-01", f"C{n}", victim or f"V{n}", person={"age": age}, **({"bcu": "south_east"} | data))


FIFTH = listing("05-01", "08-09", "H5", urn="U5")
TRIALS: list[Event] = [
    # H1 of two cases, three victims, two command units; V3 is 15.
    *charged("U1", reported("1"), reported("2", bcu="central_south")),
    *charged("U2", reported("3", age=15, offence_group="rape")),
    listing("05-01", "08-02", "H1"),
    listing("05-01", "08-02", "H1", urn="U2"),
    # H4 and H5 of one person, by two numbers, of whom one report says that she is 17.
    *charged("U4", reported("4", uvi="P1", age=17)),
    *charged("U5", reported("5", uvi="P1")),
    listing("05-01", "08-20", "H4", urn="U4"),
    FIFTH,
    # H6 is ineffective in July and listed again for October. Its victim withdrew, and still waits.
    *charged("U6", reported("6")),
    listing("05-01", "07-05", "H6", urn="U6"),
    withdrew("06-01", "V6", crime_reference="C6"),
    trial("07-05", "ineffective", "H6", next_start_date="2021-10-04"),
    # H7 is vacated, H8 of a cancelled crime, H9 of a case that has ended, H10 no trial, H11 adjourned on its day.
    *charged("U7", reported("7")),
    listing("05-01", "08-03", "H7", urn="U7"),
    trial("07-01", "vacated", "H7", reason_code="B"),
    *charged("U8", reported("8")),
    listing("05-01", "08-04", "H8", urn="U8"),
    about_crime("crime-cancelled", "06-01", "C8"),
    *charged("U9", reported("9")),
    listing("05-01", "08-05", "H9", urn="U9"),
    completed("06-01", "convicted", urn="U9"),
    *charged("U10", reported("10")),
    listing("05-01", "08-06", "H10", "PTP", urn="U10"),
    listing("05-01", "08-02", "H11", urn="U10"),
    courts("hearing-adjourned", "08-02", hearing_id="H11"),
    # H12 in another court; vulnerable by an assessment.
    *charged("U11", reported("11")),
    police("needs-assessed", "05-01", crime_reference="C11", victim_reference="V11", enhanced_rights=True),
    listing("05-01", "08-09", "H12", urn="U11", court="croydon"),
]


def test_ten_journeys_by_court_and_month(world: World) -> None:
    told(world, *TRIALS)
    world.read_on(day("08-02"))
    assert figure(world) == {
        "08 southwark": (3, 4, 2),  # H1: V1, V2, V3; H4 and H5: one person
        "08 croydon": (1, 1, 1),
        "10 southwark": (1, 1, 0),
    }
    assert figure(world, "rape") == {"08 southwark": (1, 1, 1)}
    assert figure(world, dimension="bcu") == {
        "08 southwark met/central_south": (1, 1, 0),
        "08 southwark met/south_east": (3, 3, 2),
        "08 croydon met/south_east": (1, 1, 1),
        "10 southwark met/south_east": (1, 1, 0),
    }
    where = world.rows("SELECT DISTINCT court, region, force FROM metrics.listing ORDER BY court")
    assert [tuple(row.values()) for row in where] == [("croydon", "london", "met"), ("southwark", "london", "met")]
    assert world.differences() == {}


def test_a_day_that_has_gone_is_not_to_come(world: World) -> None:
    told(world, *TRIALS)
    world.read_on(day("08-03"))
    assert figure(world)["08 southwark"] == (2, 1, 1)
    world.read_on(day("08-10"))
    assert figure(world)["08 southwark"] == (1, 1, 1)  # H4 of 20 August
    world.read_on(day("10-05"))
    assert figure(world) == {}


def test_a_relisting_a_void_and_a_broken_link_move_it(world: World) -> None:
    told(world, *TRIALS)
    world.read_on(day("08-02"))
    world.say(
        courts("hearing-relisted", "06-20", hearing_id="H4", start_date="2022-01-10"),
        void(FIFTH),
        said("identity.case-unlinked", "/identity", "06-02", urn="U1", crime_references=["C2"], force="met"),
    )
    world.step()
    assert figure(world) == {
        "08 southwark": (1, 2, 1),
        "08 croydon": (1, 1, 1),
        "10 southwark": (1, 1, 0),
        "01 southwark": (1, 1, 1),
    }
    assert world.differences() == {}


def test_of_a_source_observed_until_a_day_that_day_is_the_reading_date(world: World) -> None:
    world.rules = replace(world.rules, observed_until=(("/police/met", day("08-10")),))
    told(world, *TRIALS)
    world.read_on(day("12-31"))
    assert figure(world) == {"08 southwark": (1, 1, 1), "10 southwark": (1, 1, 0)}

"""`metrics.trial` and `metrics.trial_reason` worked by hand."""

from typing import Any

import pytest

from tests.integration.projections.counted import TRIAL
from tests.integration.projections.world import World, told
from tests.unit.domain.said import about_crime, amend, courts, crime, decision, listing, referral, said, trial, void

Event = dict[str, Any]


def figure(world: World, dimension: str = "all", value: str = "all") -> dict[str, tuple[int, ...]]:
    """The counts by month and court."""
    rows = world.rows("SELECT * FROM metrics.trial WHERE dimension = %s AND value = %s", dimension, value)
    return {f"{row['period']:%m} {row['court']}": tuple(row[name] for name in TRIAL) for row in rows}


def reasons(world: World) -> dict[str, tuple[Any, ...]]:
    rows = world.rows("SELECT * FROM metrics.trial_reason WHERE dimension = 'all'")
    return {
        f"{row['period']:%m} {row['outcome']} {row['reason_code']} {row['jurisdiction']}": (
            row["party"],
            row["victim_related"],
            row["trials"],
        )
        for row in rows
    }


def charged(urn: str, *crimes: Event) -> list[Event]:
    numbers = tuple(dict.fromkeys(c["data"]["crime_reference"] for c in crimes))
    return [*crimes, referral("04-01", urn, numbers), decision("04-20", urn=urn)]


def reported(n: str, victim: str = "", **data: Any) -> Event:
    return crime("03-01", f"C{n}", victim or f"V{n}", **({"bcu": "south_east"} | data))


SECOND_INEFFECTIVE = trial("08-30", "ineffective", "H4", reason_code="W3")
NINTH = trial("09-01", "vacated", "H9", reason_code="B")
CRACKED = trial("08-11", "cracked", "H7", reason_code="A")
TRIALS: list[Event] = [
    # H1, of two cases and three victims in two command units: ineffective on 2 August, effective on 6 September.
    *charged("U1", reported("1"), reported("2", bcu="central_south")),
    *charged("U2", reported("3")),
    listing("05-01", "08-02", "H1"),
    listing("05-01", "08-02", "H1", urn="U2"),
    trial("08-02", "ineffective", "H1", reason_code="W3", next_start_date="2021-09-06"),
    trial("09-06", "effective", "H1"),
    # H4: ineffective twice, for one victim.
    *charged("U4", reported("4")),
    listing("05-01", "08-09", "H4", urn="U4"),
    trial("08-09", "ineffective", "H4", reason_code="N3", next_start_date="2021-08-30"),
    SECOND_INEFFECTIVE,
    # H5: one person by two numbers in one crime, and by a third in another.
    *charged("U5", reported("5", uvi="P1"), reported("5", "V5B", uvi="P1"), reported("6", uvi="P1")),
    listing("05-01", "08-10", "H5", urn="U5"),
    trial("08-10", "ineffective", "H5"),
    # H7 cracks. H8, of October, is vacated in August since it is not needed.
    *charged("U7", reported("7")),
    listing("05-01", "08-11", "H7", urn="U7"),
    CRACKED,
    listing("05-01", "10-04", "H8", urn="U7"),
    trial("08-20", "vacated", "H8", reason_code="A"),
    # H9 is vacated in September and needed; H10 was an error; H11 is no trial; H12 is to come.
    *charged("U8", reported("8")),
    listing("05-01", "10-05", "H9", urn="U8"),
    NINTH,
    listing("05-01", "10-06", "H10", urn="U8"),
    trial("08-25", "vacated", "H10", reason_code="Z"),
    listing("05-01", "08-20", "H11", "PTP", urn="U8"),
    courts("hearing-adjourned", "08-20", hearing_id="H11"),
    listing("05-01", "08-21", "H12", urn="U8"),
    # H13 is of a cancelled crime, H14 by magistrates.
    *charged("U9", reported("9")),
    listing("05-01", "08-12", "H13", urn="U9"),
    trial("08-12", "ineffective", "H13"),
    about_crime("crime-cancelled", "06-01", "C9"),
    *charged("U10", reported("10")),
    listing("05-01", "08-13", "H14", urn="U10", court="highbury", jurisdiction="magistrates"),
    trial("08-13", "ineffective", "H14", reason_code="M1"),
]
AUGUST = (5, 0, 1, 4, 1, 1, 6)  # ineffective: H1 (3 victims), H4 twice (1 each), H5 (1)
SEPTEMBER = (1, 1, 0, 0, 1, 0, 0)


def test_ten_journeys_by_court_and_month(world: World) -> None:
    told(world, *TRIALS)
    assert figure(world) == {
        "08 southwark": AUGUST,
        "08 highbury": (1, 0, 0, 1, 0, 0, 1),
        "09 southwark": SEPTEMBER,
    }
    # Of V2: H1 alone.
    assert figure(world, "bcu", "met/central_south") == {
        "08 southwark": (1, 0, 0, 1, 0, 0, 1),
        "09 southwark": (1, 1, 0, 0, 0, 0, 0),
    }
    assert figure(world, "bcu", "met/south_east")["08 southwark"] == (5, 0, 1, 4, 1, 1, 5)
    assert figure(world, "force", "met") == figure(world)
    rows = world.rows("SELECT * FROM metrics.trial WHERE dimension = 'all' ORDER BY period, court")
    assert [(row["region"], row["jurisdiction"]) for row in rows] == [
        ("missing", "magistrates"),
        ("london", "crown"),
        ("london", "crown"),
    ]
    # Wilson: of 1 none up to z2 / (1 + z2), all from 1 / (1 + z2); of 5 four 0.376 to 0.964.
    assert [(row["ineffective_rate"], row["rate_low"], row["rate_high"]) for row in rows] == [
        pytest.approx((1, 0.2065, 1), abs=5e-4),
        pytest.approx((0.8, 0.3755, 0.9638), abs=5e-4),
        pytest.approx((0, 0, 0.7935), abs=5e-4),
    ]
    assert world.differences() == {}


def test_why_by_outcome_code_and_jurisdiction(world: World) -> None:
    told(world, *TRIALS)
    found = {
        "08 ineffective W3 crown": ("court", False, 2),
        "08 ineffective N3 crown": ("prosecution", True, 1),
        "08 ineffective missing crown": (None, None, 1),
        "08 cracked A crown": ("defence", False, 1),
        "08 vacated A crown": ("prosecution", False, 1),
        "08 ineffective M1 magistrates": ("prosecution", False, 1),
        "09 vacated B crown": ("prosecution", False, 1),
    }
    assert reasons(world) == found
    labels = world.rows("SELECT DISTINCT outcome, reason FROM metrics.trial_reason WHERE reason_code = 'A'")
    assert len({row["reason"] for row in labels}) == 2


def test_what_is_cleared_voided_amended_or_unlinked_moves_back(world: World) -> None:
    told(world, *TRIALS)
    world.say(
        courts("trial-outcome-cleared", "08-12", hearing_id="H7"),
        void(SECOND_INEFFECTIVE),
        amend(NINTH, reason_code="A"),
        said("identity.case-unlinked", "/identity", "06-02", urn="U2", crime_references=["C3"], force="met"),
    )
    world.step()
    # Without H7, without H4's second day, and without V3 in H1.
    assert figure(world)["08 southwark"] == (3, 0, 0, 3, 1, 1, 4)
    assert figure(world)["09 southwark"] == (1, 1, 0, 0, 1, 1, 0)  # H9 is not needed after all
    assert world.differences() == {}


NEEDED = dict.fromkeys(("B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "P"), (0, 0, 0, 0, 1, 0, 0))
NOT_NEEDED = dict.fromkeys(("A", "L", "M", "N", "O", "Q"), (0, 0, 0, 0, 1, 1, 0))


def test_a_vacated_trial_is_no_trial_and_for_some_reasons_needed_no_more(world: World) -> None:
    codes = [*NEEDED, *NOT_NEEDED, "Z"]
    told(
        world,
        *charged("U1", reported("1")),
        *(listing("05-01", "08-02", f"H{code}", court=f"court_{code.lower()}") for code in codes),
        *(trial("07-30", "vacated", f"H{code}", reason_code=code) for code in codes),
    )
    expected = {f"07 court_{code.lower()}": counts for code, counts in (NEEDED | NOT_NEEDED).items()}
    assert figure(world) == expected
    assert len(reasons(world)) == len(expected)
    rates = world.rows("SELECT DISTINCT ineffective_rate, rate_low, rate_high FROM metrics.trial")
    assert rates == [{"ineffective_rate": None, "rate_low": None, "rate_high": None}]


def test_the_day_of_vacating_is_the_same_for_a_crime_that_joined_the_case_later(world: World) -> None:
    told(
        world,
        *charged("U1", reported("1")),
        listing("05-01", "10-04", "H1"),
        trial("05-20", "vacated", "H1", reason_code="B"),
        crime("07-01", "C2", "V2"),
        referral("07-02", "U1", ("C2",)),
    )
    assert figure(world) == {"05 southwark": (0, 0, 0, 0, 1, 0, 0)}

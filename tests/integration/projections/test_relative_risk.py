"""`metrics.relative_risk` worked by hand: of journeys that left the stage before a charge, how many withdrew."""

import datetime as dt
from typing import Any

import pytest
from scipy.stats.contingency import relative_risk

from tests.integration.projections.world import Event, World, told
from tests.unit.domain.said import about_crime, arrest, crime, day, decision, outcome, referral, said, withdrew

COUNTS = ("withdrew", "entered", "reference_withdrew", "reference_entered")


def figure(world: World, dimension: str, **where: str) -> dict[str, dict[str, Any]]:
    """Value -> its row, of all crimes unless said."""
    given = {"offence": "all", "cohort": "all", "dimension": dimension} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    rows = world.rows(f"SELECT * FROM metrics.relative_risk WHERE {conditions}", *given.values())
    return {row["value"]: row for row in rows}


def counts(world: World, dimension: str) -> dict[str, tuple[int, ...]]:
    return {value: tuple(row[c] for c in COUNTS) for value, row in figure(world, dimension).items()}


def of(n: int, relationship: str | None, *, withdrawn: bool | None) -> list[Event]:
    """A crime of May by somebody; its victim withdrew, or police closed it; None: it is open."""
    known: dict[str, Any] = {"suspect_relationship": relationship} if relationship else {}
    events = [crime("05-03", f"C{n}", f"V{n}", **known)]
    if withdrawn is not None:
        ends = withdrew("06-01", f"V{n}", crime_reference=f"C{n}") if withdrawn else outcome("06-01", 18, f"C{n}")
        events.append(ends)
    return events


@pytest.fixture
def thirteen(world: World) -> World:
    """Of strangers' victims 6 left, 2 withdrew; ex-partners' 4, 3 withdrew, 1 is open; friends' 2, 1 withdrew; where nobody
    knows 1."""
    ends: dict[str | None, list[bool | None]] = {
        "stranger": [True, True, False, False, False, False],
        "ex_partner": [True, True, True, False, None],
        "friend": [True, False],
        None: [False],
    }
    events: list[Event] = []
    for who, each in ends.items():
        for withdrawn in each:
            events += of(len(events), who, withdrawn=withdrawn)
    told(world, *events)
    return world


def test_each_value_is_compared_with_the_reference(thirteen: World) -> None:
    found = figure(thirteen, "suspect_relationship")
    assert {value: tuple(row[c] for c in COUNTS) for value, row in found.items()} == {
        "ex_partner": (3, 4, 2, 6),
        "friend": (1, 2, 2, 6),
        "known": (4, 6, 2, 6),
        "missing": (0, 1, 2, 6),
    }
    # (3/4) / (2/6) = 2.25; (1/2) / (2/6) = 1.5; (4/6) / (2/6) = 2; of nobody's none withdrew
    risks = {value: row["relative_risk"] for value, row in found.items()}
    assert risks["missing"] is None
    assert [risks[v] for v in ("ex_partner", "friend", "known")] == pytest.approx([2.25, 1.5, 2.0], abs=1e-12)
    assert {row["reference_value"] for row in found.values()} == {"stranger"}
    assert {row["period"] for row in found.values()} == {dt.date(2021, 5, 1)}
    assert thirteen.differences() == {}


def test_the_interval_is_katzs(thirteen: World) -> None:
    for value, row in figure(thirteen, "suspect_relationship").items():
        if value == "missing":
            assert (row["low"], row["high"]) == (None, None)
            continue
        theirs = relative_risk(*(row[c] for c in COUNTS))
        bounds = theirs.confidence_interval(0.95)
        assert row["relative_risk"] == pytest.approx(theirs.relative_risk, abs=1e-9)
        assert (row["low"], row["high"]) == pytest.approx((bounds.low, bounds.high), abs=1e-9)


def test_a_count_of_none_leaves_no_risk(world: World) -> None:
    told(world, *of(1, "friend", withdrawn=True), *of(2, "stranger", withdrawn=False), *of(3, None, withdrawn=True))
    rows = figure(world, "suspect_relationship").values()
    assert {(r["reference_withdrew"], r["reference_entered"], r["relative_risk"], r["low"]) for r in rows} == {
        (0, 1, None, None)
    }


def test_without_anybody_of_the_reference_there_is_nothing_to_compare_with(world: World) -> None:
    told(world, *of(1, "friend", withdrawn=True))
    assert counts(world, "suspect_relationship") == {"friend": (1, 1, 0, 0), "known": (1, 1, 0, 0)}


def test_values_of_the_report_have_their_references(world: World) -> None:
    person = {"age": 20, "sex": "female", "ethnicity_self_defined": "B1", "vulnerabilities": ["mental_health", "other"]}
    other = {"age": 30, "sex": "male", "ethnicity_self_defined": "W1", "vulnerabilities": []}
    told(
        world,
        crime("05-03", "C1", "V1", person=person, location_type="hotel", suspect_known_on_pnc=True),
        crime("05-03", "C2", "V2", person=other, location_type="public_place", suspect_known_on_pnc=False),
        withdrew("05-10", "V1", crime_reference="C1"),
        outcome("05-10", 18, "C2"),
    )
    one = (1, 1, 0, 1)
    assert counts(world, "age_band") == {"18-24": one}
    assert counts(world, "sex") == {"female": one}
    assert counts(world, "ethnicity_self_defined") == {"B1": one}
    assert counts(world, "vulnerability") == {"any": one, "mental_health": one, "other": one}
    assert counts(world, "location_type") == {"hotel": one}
    assert counts(world, "suspect_known_on_pnc") == {"yes": one}
    assert counts(world, "force") == {}


def interviewed(at: str, n: int) -> Event:
    return about_crime("suspect-interviewed", at, f"C{n}")


def arrested(at: str, n: int) -> Event:
    return about_crime("suspect-arrested", at, f"C{n}")


def started(at: str, n: int, service: str = "idva") -> Event:
    names = {"crime_reference": f"C{n}", "force": "met", "victim_reference": f"V{n}"}
    return said("support.service-started", "/support/london", at, service=service, **names)


def test_an_arrest_and_an_interview_count_only_before_the_end(world: World) -> None:
    told(
        world,
        *of(1, None, withdrawn=True),  # neither
        *(*of(2, None, withdrawn=True), arrested("05-20", 2), interviewed("05-21", 2)),  # both, not by day 7 (10 May)
        *(*of(3, None, withdrawn=True), arrested("05-20", 3), interviewed("06-01", 3)),  # on the day of the end
        *(*of(4, None, withdrawn=True), arrested("05-20", 4), interviewed("06-02", 4)),  # the day after it
        *(*of(5, None, withdrawn=True), arrested("05-20", 5)),  # no interview
        *(*of(6, None, withdrawn=False), arrested("05-04", 6), interviewed("05-10", 6)),  # by day 7
        *(*of(7, None, withdrawn=False), arrested("05-04", 7), interviewed("05-11", 7)),  # on day 8
        *(crime("05-03", "C8", "V8"), withdrew("05-10", "V8", crime_reference="C8")),  # gone on day 7
        *(crime("05-03", "C9", "V9"), arrested("05-03", 9), interviewed("05-03", 9)),  # open
    )
    # 2, 3, 6, 7 had both: 2 of the 4 withdrew. 1, 4, 5, 8 had not: all withdrew.
    assert counts(world, "arrested_and_interviewed") == {"yes": (2, 4, 4, 4)}
    # By day 7 only 6; of 1 to 5 and 7, who were there still, 5 withdrew.
    assert counts(world, "arrested_and_interviewed_by_day_7") == {"yes": (0, 1, 5, 6)}
    assert world.differences() == {}


def test_a_service_counts_only_if_it_began_before_the_day_of_the_end(world: World) -> None:
    told(
        world,
        *(*of(1, None, withdrawn=True), started("05-31", 1), started("05-08", 1, "isva"), started("05-20", 1, "isva")),
        *(*of(2, None, withdrawn=True), started("06-01", 2)),  # on the day of the end
        *(*of(3, None, withdrawn=False), started("05-10", 3)),  # on day 7
        *of(4, None, withdrawn=False),
    )
    assert counts(world, "support_service") == {"any": (1, 2, 1, 2), "idva": (1, 2, 1, 2), "isva": (1, 1, 1, 2)}
    assert counts(world, "support_service_by_day_7") == {
        "any": (1, 2, 1, 2),
        "idva": (0, 1, 1, 2),
        "isva": (1, 1, 1, 2),
    }


def test_a_charge_is_an_end_and_what_comes_after_it_no_exposure(world: World) -> None:
    charged = (crime("05-03"), referral("05-05"), decision("05-20"))
    told(world, *charged, arrest("05-04"), about_crime("suspect-interviewed", "05-25"))
    world.read_on(day("12-31"))
    assert counts(world, "arrested_and_interviewed") == {}  # one journey, and that without both: the reference
    world.say(about_crime("suspect-interviewed", "05-06"))
    world.step()
    assert counts(world, "arrested_and_interviewed") == {"yes": (0, 1, 0, 0)}
    assert world.differences() == {}

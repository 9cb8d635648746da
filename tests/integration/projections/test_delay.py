"""`metrics.delay` worked by hand."""

import datetime as dt
from typing import Any

import pytest

from tests.integration.projections.world import World, told
from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    about_crime,
    amend,
    answer,
    arrest,
    completed,
    courts,
    crime,
    day,
    decision,
    listing,
    outcome,
    plan,
    police,
    receipt,
    referral,
    trial,
    withdrew,
)

Event = dict[str, Any]

COUNTS = ("completed", "imprecise", "open", "lost")
LENGTHS = ("mean_days", "median_days", "p90_days", "max_days")


def figure(world: World, **where: str) -> list[dict[str, Any]]:
    given = {"offence": "all", "dimension": "all", "unit": "victim", "basis": "started"} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    query = f"SELECT * FROM metrics.delay WHERE {conditions} ORDER BY interval, period, value"
    return world.rows(query, *given.values())


def counts(row: dict[str, Any]) -> tuple[int | None, ...]:
    return tuple(row[name] for name in COUNTS)


def lengths(row: dict[str, Any]) -> tuple[float | None, ...]:
    return tuple(row[name] for name in LENGTHS)


WHOLE = [
    crime("05-03"),
    arrest("05-10"),
    referral("05-11", referral_type="early_advice"),
    receipt("05-12"),
    referral("05-20"),
    receipt("05-25"),
    plan("06-01"),
    answer("06-11"),
    decision("06-20", "administratively_finalised"),
    decision("06-20"),
    courts("case-received", "06-22", court_case_number="M1", urn="U1", court="highbury", jurisdiction="magistrates"),
    courts("case-received", "07-12", court_case_number="T1", urn="U1", court="southwark", jurisdiction="crown"),
    listing("06-23", "07-05", "H0", "PTP"),
    courts("hearing-resulted", "07-05", hearing_id="H0"),
    listing("07-06", "08-30", "H1"),
    trial("08-30", "ineffective", "H1"),
    listing("08-31", "09-20", "H2"),
    trial("09-20", "effective", "H2"),
    completed("09-28", "convicted", suspect_reference="S1"),
    completed("10-01", "convicted", suspect_reference="S2"),
]
"""Nothing left out, each day another: the whole way of a journey."""


def test_every_interval_is_measured_between_the_days_that_its_name_says(world: World) -> None:
    told(world, *WHOLE)
    by_case = {
        "receipt_to_charge": 39,  # 12 May, of the early advice, to 20 June
        "referral_to_decision": 31,  # 20 May, the full-code submission, to 20 June
        "cps_days": 16,  # 25 May to 1 June, 11 to 20 June
        "police_days": 15,  # 20 to 25 May, 1 to 11 June; 16 + 15 = 31
        "charge_to_first_hearing": 15,  # 20 June to 5 July
        "charge_to_trial": 92,  # 20 June to 20 September; the ineffective one does not count
        "court_receipt_to_completion": 101,  # 22 June, by the magistrates, to 1 October, the last
        "charge_to_conclusion": 103,  # 20 June to 1 October
    }
    by_victim = by_case | {
        "report_to_arrest": 7,  # 3 to 10 May
        "report_to_referral": 17,  # 3 to 20 May
        "report_to_charge": 48,  # 3 May to 20 June
        "report_to_conclusion": 151,  # 3 May to 1 October
        "report_to_withdrawal": None,
    }
    for unit, days in (("victim", by_victim), ("case", by_case)):
        rows = figure(world, unit=unit)
        assert {row["interval"]: row["max_days"] for row in rows} == days
        for row in rows:
            length = row["max_days"]
            assert counts(row) == ((0, 0, 0, 1) if length is None else (1, 0, 0, 0)), row
            assert lengths(row) == (length, length, length, length)


def test_an_interval_counts_in_the_month_in_which_it_began_or_in_that_in_which_it_ended(world: World) -> None:
    told(world, *WHOLE)
    began = {row["interval"]: row["period"] for row in figure(world)}
    ended = {
        row["interval"]: (row["period"], counts(row), row["open_median_days"]) for row in figure(world, basis="ended")
    }
    assert (began["report_to_arrest"], began["charge_to_trial"]) == (day("05-01"), day("06-01"))
    assert ended["charge_to_trial"] == (day("09-01"), (1, 0, None, None), None)
    assert ended["report_to_conclusion"] == (day("10-01"), (1, 0, None, None), None)
    assert "report_to_withdrawal" not in ended


def arrested(n: int, reported: str, at: str | None, **said: Any) -> list[Event]:
    events = [crime(reported, f"C{n}", f"V{n}", bcu="south_east")]
    return events + ([about_crime("suspect-arrested", at, f"C{n}", **said)] if at else [])


def test_lengths_are_those_of_the_precise_completed_ones(world: World) -> None:
    told(
        world,
        *arrested(1, "05-03", "05-04"),  # 1 day
        *arrested(2, "05-03", "05-05"),  # 2 days
        *arrested(3, "05-03", "05-07"),  # 4 days
        *arrested(4, "05-03", "05-13"),  # 10 days
        *arrested(5, "05-03", "06-01", precision="month"),  # in June
        *arrested(6, "05-03", "05-01"),  # before the report: an anomaly
        *arrested(7, "05-03", None),
        *arrested(8, "05-20", None),
        *arrested(9, "05-10", None),
        outcome("05-30", 18, "C9"),  # ended without an arrest
    )
    world.read_on(day("06-02"))
    (row,) = figure(world, interval="report_to_arrest")
    assert counts(row) == (5, 1, 2, 1)
    # (1 + 2 + 4 + 10) / 4; between 2 and 4; 0.9 of the way over 3 steps is 2.7: from 4 on, 0.7 of the way to 10.
    assert lengths(row) == pytest.approx((4.25, 3, 8.2, 10))
    assert row["open_median_days"] == (30 + 13) / 2  # on 2 June, since 3 and 20 May
    assert [counts(r) for r in figure(world, interval="report_to_arrest", dimension="bcu", value="met/south_east")] == [
        (5, 1, 2, 1)
    ]
    ended = {r["period"]: (counts(r), r["max_days"]) for r in figure(world, interval="report_to_arrest", basis="ended")}
    assert ended == {day("05-01"): ((4, 0, None, None), 10), day("06-01"): ((1, 1, None, None), None)}
    odd = world.rows("SELECT crime_reference FROM journeys.journey WHERE 'negative_delay' = ANY(anomalies)")
    assert odd == [{"crime_reference": "C6"}]


def test_what_is_open_ages_with_the_reading_date(world: World) -> None:
    told(world, *arrested(1, "05-03", None), *arrested(2, "05-10", None), *arrested(3, "05-13", None))
    for reading, age in (("05-20", 10), ("05-21", 11)):
        world.read_on(day(reading))
        (row,) = figure(world, interval="report_to_arrest")
        assert (row["open"], row["open_median_days"], row["max_days"]) == (3, age, None)


def test_the_reading_date_is_today_in_london_unless_it_is_set(world: World) -> None:
    world.build()
    (row,) = world.rows("SELECT metrics.reading_date() AS date, (now() AT TIME ZONE 'Europe/London')::date AS today")
    assert row["date"] == row["today"]
    world.read_on(dt.date(2021, 3, 28))
    assert world.rows("SELECT metrics.reading_date() AS date") == [{"date": dt.date(2021, 3, 28)}]


def test_a_case_counts_once_in_every_value_that_any_of_its_journeys_has(world: World) -> None:
    told(
        world,
        crime("05-03", "C1", "V1", offence_group="rape", bcu="central_south"),
        crime("05-03", "C1", "V2", offence_group="rape", bcu="central_south"),
        crime("05-04", "C2", "V1", bcu="south_east"),
        referral("05-10", crimes=("C1", "C2")),
        receipt("05-12"),
        decision("05-30"),
    )
    assert [row["completed"] for row in figure(world, interval="receipt_to_charge")] == [3]
    of_case = {"interval": "receipt_to_charge", "unit": "case"}
    for offence in ("all", "rape", "sexual", "robbery", "non_sexual"):
        assert [counts(row) for row in figure(world, **of_case, offence=offence)] == [(1, 0, 0, 0)]
    values = {
        dimension: {row["value"]: row["completed"] for row in figure(world, **of_case, dimension=dimension)}
        for dimension in ("force", "bcu", "cps_area")
    }
    assert values == {
        "force": {"met": 1},
        "bcu": {"met/central_south": 1, "met/south_east": 1},
        "cps_area": {"london_south": 1},
    }


def test_receipt_to_charge_is_of_the_charged_only(world: World) -> None:
    told(
        world,
        *(crime("05-03", f"C{n}", f"V{n}") for n in (1, 2, 3)),
        *(referral("05-04", f"U{n}", (f"C{n}",)) for n in (1, 2, 3)),
        *(receipt("05-05", urn=f"U{n}") for n in (1, 2, 3)),
        decision("05-15", urn="U1"),
        decision("05-25", NO_FURTHER_ACTION, urn="U2"),
    )
    for unit in ("victim", "case"):
        (charged,) = figure(world, interval="receipt_to_charge", unit=unit)
        assert (counts(charged), charged["mean_days"]) == (
            (1, 0, 1, 1),
            10,
        )  # the third still waits, the second is lost
        (decided,) = figure(world, interval="referral_to_decision", unit=unit)
        assert (counts(decided), decided["mean_days"]) == ((2, 0, 1, 0), 16)  # (11 + 21) / 2


def test_a_withdrawal_is_measured_from_the_report_also_where_the_journey_went_on(world: World) -> None:
    told(world, crime("05-03"), withdrew("05-13"), referral("05-20"), decision("06-20"))
    (row,) = figure(world, interval="report_to_withdrawal")
    assert (counts(row), row["max_days"]) == ((1, 0, 0, 0), 10)


def test_a_case_that_the_crime_joined_late_is_in_no_delay_of_the_journey(world: World) -> None:
    told(
        world,
        crime("05-03"),
        referral("05-04"),
        receipt("05-05"),
        crime("06-01", "C2", "V2"),
        police("charge-referral-submitted", "05-20", urn="U1", crime_references=["C2"]),
        decision("06-10"),
    )
    (row,) = figure(world, interval="referral_to_decision")
    assert (counts(row), row["max_days"]) == ((1, 0, 0, 0), 37)  # of C1; the case was referred before C2 was reported
    (row,) = figure(world, interval="referral_to_decision", unit="case")
    assert (counts(row), row["max_days"]) == ((1, 0, 0, 0), 37)


def test_an_amendment_moves_a_delay(world: World) -> None:
    arrested_ = arrest("05-13")
    told(world, crime("05-03"), arrested_)
    world.say(amend(arrested_, time="05-08"))
    world.step()
    (row,) = figure(world, interval="report_to_arrest")
    assert (counts(row), row["max_days"]) == ((1, 0, 0, 0), 5)
    assert world.differences() == {}


def test_days_are_londons(world: World) -> None:
    """Half past midnight on 1 June in London is 31 May in UTC."""
    told(world, crime("05-31 00:30"), about_crime("suspect-arrested", "06-01 00:30"))
    (row,) = figure(world, interval="report_to_arrest")
    assert (row["period"], row["max_days"]) == (day("05-01"), 1)
    assert [r["period"] for r in figure(world, interval="report_to_arrest", basis="ended")] == [day("06-01")]

"""What the relations that are read hold (contract 5.1 and 5.2)."""

import datetime as dt
from typing import Any

import pytest

from schemas.reference import derived_uvi
from tests.integration.projections.world import World, told
from tests.unit.domain.said import (
    about_crime,
    amend,
    answer,
    arrest,
    completed,
    courts,
    crime,
    day,
    decision,
    finalised,
    listing,
    plan,
    police,
    receipt,
    referral,
    said,
    trial,
    void,
    withdrew,
)


def one(world: World, relation: str, where: str = "true") -> dict[str, Any]:
    (row,) = world.rows(f"SELECT * FROM {relation} WHERE {where}")
    return row


def test_a_journey_has_every_attribute_of_its_report(world: World) -> None:
    report: dict[str, Any] = {
        "bcu": "central_south",
        "offence_group": "rape",
        "offence_code": "19C",
        "flags": ["domestic_abuse"],
        "offence_date": "2021-05-01",
        "location_type": "hotel",
        "suspect_relationship": "ex_partner",
        "suspect_known_on_pnc": True,
        "reporting_route": "online",
        "uvi": "UVI-1",
    }
    person: dict[str, Any] = {
        "age": 34,
        "sex": "female",
        "ethnicity_self_defined": "W1",
        "ethnicity_officer_observed": "white",
        "vulnerabilities": ["mental_health"],
        "interpreter_language": "pl",
    }
    told(world, crime("05-03", person=person, **report))
    row = one(world, "journeys.journey")
    assert {name: row[name] for name in report | person} == report | person | {"offence_date": day("05-01")}
    assert (row["force"], row["crime_reference"], row["victim_reference"]) == ("met", "C1", "V1")
    assert (row["vulnerable"], row["victims_in_crime"], row["suspects"], row["facts"]) == (True, 1, 0, 1)
    assert row["offences"] == [
        "adult_rape",
        "adult_rape_domestic_abuse",
        "adult_sexual",
        "domestic_abuse",
        "rape",
        "sexual",
    ]


def test_a_case_is_told_by_its_own_facts_however_many_journeys_lead_to_it(world: World) -> None:
    # Referred 1 May, received 4 May (police hold it 3 days), a plan 10 May to 20 May (police 10), decided 30 May: 29 days in all,
    # of which CPS held it 4 to 10 and 20 to 30 May, 16 days.
    told(
        world,
        crime("04-20"),
        crime("04-21", "C1", "V2"),
        crime("04-22", "C2", "V3"),
        referral("05-01", crimes=("C1", "C2"), in_custody=False),
        receipt("05-04"),
        plan("05-10"),
        answer("05-20"),
        decision("05-30", suspect_reference="S1"),
        decision("05-30", suspect_reference="S2"),
        finalised("07-01", "discontinued", suspect_reference="S1", reason="evidential"),
    )
    row = one(world, "journeys.case")
    assert row == {
        "urn": "U1",
        "cps_area": "london_south",
        "forces": ["met"],
        "received_at": day("05-04"),
        "referred_at": day("05-01"),
        "in_custody": False,
        "decided_at": day("05-30"),
        "decision": "charge",
        "charged_at": day("05-30"),
        "cps_days": 16,
        "police_days": 13,
        "action_plans": 1,
        "returned_at_triage": False,
        "holder": "court",
        "prosecutions": [
            {
                "suspect_reference": "S1",
                "outcome": "discontinued",
                "reason": "evidential",
                "finalised_at": "2021-07-01",
            },
            {"suspect_reference": "S2", "outcome": None, "reason": None, "finalised_at": None},
        ],
        "journeys": 3,
    }


def test_a_cancelled_crime_stays_in_the_tables_and_is_marked_and_in_no_figure(world: World) -> None:
    told(
        world,
        crime("05-03"),
        referral("05-04"),
        decision("05-20"),
        listing("05-21", "09-01"),
        about_crime("crime-cancelled", "06-01"),
    )
    assert one(world, "journeys.journey")["cancelled"] is True
    assert one(world, "journeys.case")["journeys"] == 0
    assert one(world, "journeys.trial")["persons"] == 0
    assert len(world.rows("SELECT * FROM journeys.timeline")) == 5
    assert {row["scheme"] for row in world.rows("SELECT * FROM journeys.reference")} == {
        "crime", "victim", "person", "case", "hearing",
    }  # fmt: skip
    for relation in ("journeys.open_wait", "metrics.attrition", "metrics.delay"):
        assert world.rows(f"SELECT * FROM {relation}") == []


def test_a_trial_is_one_row_however_many_cases_and_victims(world: World) -> None:
    told(
        world,
        crime("04-20"),
        crime("04-21", "C2", "V2"),
        referral("05-01"),
        referral("05-01", "U2", ("C2",)),
        listing("06-01", "08-02", court="southwark"),
        listing("06-01", "08-02", urn="U2"),
        courts("hearing-relisted", "06-20", hearing_id="H1", start_date="2021-09-06"),
        trial("09-06", "ineffective", reason_code="N2", next_start_date="2022-01-10"),
    )
    first, second = world.rows("SELECT * FROM journeys.trial ORDER BY date")
    assert first == {
        "hearing_id": "H1",
        "date": day("09-06"),
        "court": "southwark",
        "region": first["region"],
        "jurisdiction": "crown",
        "listed_at": day("06-01"),
        "times_moved": 1,
        "outcome": "ineffective",
        "reason_code": "N2",
        "reason": first["reason"],
        "party": first["party"],
        "victim_related": first["victim_related"],
        "cases": ["U1", "U2"],
        "persons": 2,
    }
    assert (first["region"], second["date"], second["outcome"]) == ("london", day("2022-01-10"), None)
    assert (second["listed_at"], second["times_moved"], second["persons"]) == (day("09-06"), 2, 2)
    hearings = world.rows("SELECT * FROM journeys.hearing")
    assert [(h["hearing_id"], h["listed_for"], h["outcome"]) for h in hearings] == [("H1", day("2022-01-10"), None)] * 2
    assert len({h["journey_id"] for h in hearings}) == 2


def test_a_timeline_is_in_the_order_in_which_things_happened_not_in_that_of_arrival(world: World) -> None:
    withdrawal = withdrew("05-20")
    amended = arrest("05-11")
    told(
        world,
        withdrawal,
        referral("05-12"),
        receipt("05-14"),
        crime("05-03", person={"age": 40}),
        amended,
        void(withdrawal),
        amend(amended, suspect_reference="S9"),
    )
    rows = world.rows("SELECT * FROM journeys.timeline ORDER BY position")
    assert [(r["position"], r["type"], r["stage_after"], r["holder_after"], r["voided"]) for r in rows] == [
        (1, "police.crime-reported.v1", "investigation", "police", False),
        (2, "police.suspect-arrested.v1", "investigation", "police", False),
        (3, "police.charge-referral-submitted.v1", "charging", "police", False),
        (4, "cps.referral-received.v1", "charging", "cps", False),
        (5, "police.victim-withdrew.v1", "charging", "cps", True),
    ]
    assert [r["log_position"] for r in rows] == [4, 5, 2, 3, 1]
    assert rows[0]["occurred_at"] == dt.datetime(2021, 5, 3, 11, tzinfo=dt.UTC)
    assert rows[0]["recorded_at"] == rows[0]["occurred_at"] < rows[0]["known_at"]
    assert (rows[1]["source"], rows[1]["event_id"]) == ("/police/met", amended["id"])
    assert rows[1]["data"] == {"crime_reference": "C1", "suspect_reference": "S9"}
    assert "victim" not in rows[0]["data"]


def test_waits_that_run_are_aged_on_the_reading_date(world: World) -> None:
    told(world, crime("05-03"), referral("05-10"), receipt("05-11"), plan("05-20"))
    world.read_on(day("06-09"))
    waits = {r["wait"]: (r["since"], r["days"], r["due_at"]) for r in world.rows("SELECT * FROM journeys.open_wait")}
    assert waits == {
        "charging_decision": (day("05-10"), 30, None),
        "action_plan": (day("05-20"), 20, None),
        "victim_update": (day("05-03"), 37, day("05-31")),
    }


def test_a_journey_is_found_by_any_agencys_reference(world: World) -> None:
    told(
        world,
        crime("05-03", "C/1", uvi="UVI-1"),
        referral("05-10", crimes=("C/1",)),
        courts("case-received", "06-01", court_case_number="T1", urn="U1", court="southwark", jurisdiction="crown"),
        listing("06-02", "09-01", court_case_number="T1"),
        said("identity.linked", "/identity", "07-01", uvi="UVI-1", same_as="UVI-0", method="manual"),
    )
    rows = world.rows("SELECT scheme, value, method, since FROM journeys.reference ORDER BY scheme, value")
    assert [tuple(row.values()) for row in rows] == [
        ("case", "U1", "referral", day("05-10")),
        ("court_case", "T1", "receipt", day("06-01")),
        ("crime", "met/C/1", "report", day("05-03")),
        ("hearing", "H1", "listing", day("06-02")),
        ("person", derived_uvi("met", "V1"), "derived", day("05-03")),
        ("person", "UVI-0", "manual", day("07-01")),
        ("person", "UVI-1", "report", day("05-03")),
        ("victim", "met/V1", "report", day("05-03")),
    ]
    assert len({row["journey_id"] for row in world.rows("SELECT journey_id FROM journeys.reference")}) == 1


def test_references_come_and_go_with_the_links(world: World) -> None:
    def references() -> set[tuple[str, str]]:
        found = world.rows(
            """SELECT value, crime_reference FROM journeys.reference JOIN journeys.journey USING (journey_id)
            WHERE scheme = 'case' AND until IS NULL"""
        )
        return {(row["value"], row["crime_reference"]) for row in found}

    link = referral("05-10", crimes=("C1", "C2"))
    told(world, crime("05-03"), crime("05-04", "C2", "V2"), link)
    assert references() == {("U1", "C1"), ("U1", "C2")}
    world.say(amend(link, crime_references=["C2"], urn="U2"))
    world.step()
    assert references() == {("U2", "C2")}
    assert world.differences() == {}
    world.say(void(link, "12-31"))
    world.step()
    assert references() == set()
    assert world.differences() == {}


def test_a_correction_by_another_type_is_shown_on_the_journey(world: World) -> None:
    report = crime("05-03")
    told(world, report, void(report | {"type": "police.crime-cancelled.v1"}))
    assert one(world, "journeys.journey")["anomalies"] == ["correction_of_other_type"]
    assert world.differences() == {}


def test_freshness_counts_what_each_source_sent(world: World) -> None:
    report = crime("05-03")
    told(world, report, report, referral("05-10"), receipt("05-12"), cps_rejected(), answer("05-20", urn="U9"))
    rows = {row["source"]: row for row in world.rows("SELECT *, now() AS now FROM metrics.freshness")}
    counts = {s: (r["accepted"], r["duplicates"], r["rejected"], r["unlinked"]) for s, r in rows.items()}
    assert counts == {"/police/met": (3, 1, 0, 1), "/cps/london-south": (1, 0, 1, 0)}
    police_ = rows["/police/met"]
    assert police_["last_occurred_at"] == dt.datetime(2021, 5, 20, 11, tzinfo=dt.UTC)
    assert police_["lag_seconds"] == pytest.approx((police_["now"] - police_["last_event_known_at"]).total_seconds())


def cps_rejected() -> dict[str, Any]:
    return said("cps.victim-met", "/cps/london-south", "05-13", urn="U1")


def test_a_completed_case_of_two_courts_is_one_case(world: World) -> None:
    told(
        world,
        crime("05-03"),
        referral("05-10"),
        decision("05-20"),
        courts(
            "case-received", "05-25", court_case_number="M1", urn="U1", court="highbury", jurisdiction="magistrates"
        ),
        courts("case-received", "06-20", court_case_number="T1", urn="U1", court="southwark", jurisdiction="crown"),
        completed("08-01", "convicted", basis="guilty_plea"),
    )
    row = one(world, "journeys.case")
    assert (row["holder"], row["journeys"]) == ("none", 1)
    assert row["prosecutions"] == [
        {"suspect_reference": None, "outcome": "convicted", "reason": None, "finalised_at": "2021-08-01"}
    ]


def test_a_police_fact_of_another_force_is_unlinked(world: World) -> None:
    told(world, crime("05-03"), police("suspect-arrested", "05-04", crime_reference="C9"))
    row = one(world, "journeys.unlinked")
    assert (row["scheme"], row["value"], row["reason"], row["events"]) == ("crime", "met/C9", "no_link", 1)

"""What no journey leads to (yet): why, how much of it, and that it joins the journey by itself."""

from typing import Any

import psycopg
import pytest

from projections import candidates
from tests.integration.projections.world import World
from tests.unit.domain.said import (
    completed,
    crime,
    day,
    decision,
    outcome,
    receipt,
    referral,
    said,
    trial,
    void,
    withdrew,
)

Event = dict[str, Any]


def told(world: World, *events: Event) -> None:
    world.build()
    world.say(*events)
    while world.step():
        pass


def unlinked(world: World) -> set[tuple[str, str, str | None, str, int]]:
    rows = world.rows("SELECT scheme, value, victim_reference, reason, events FROM journeys.unlinked")
    return {(r["scheme"], r["value"], r["victim_reference"], r["reason"], r["events"]) for r in rows}


def both_ways(world: World) -> set[tuple[str, str, str | None, str, int]]:
    """As the steps kept it; a build finds the same."""
    kept = unlinked(world)
    world.build()
    assert unlinked(world) == kept
    assert world.differences() == {}
    return kept


def test_a_subject_that_nothing_leads_to_is_listed_until_the_link_arrives(world: World) -> None:
    told(world, crime("05-03"), receipt("05-12"), decision("05-30"), trial("09-01", "effective", "H7"))
    assert both_ways(world) == {("case", "U1", None, "no_link", 2), ("hearing", "H7", None, "no_link", 1)}
    (row,) = world.rows("SELECT * FROM journeys.unlinked WHERE scheme = 'case'")
    assert row["source"] == "/cps/london-south"
    assert row["first_known_at"] == row["last_known_at"]

    world.say(referral("05-10"))
    world.step()
    assert both_ways(world) == {("hearing", "H7", None, "no_link", 1)}
    (journey,) = world.rows("SELECT stage, charged_at, facts FROM journeys.journey")
    assert journey == {"stage": "awaiting_trial", "charged_at": day("05-30"), "facts": 4}


def test_it_is_listed_again_when_the_link_breaks(world: World) -> None:
    link = referral("05-10")
    told(world, crime("05-03"), link, receipt("05-12"))
    assert unlinked(world) == set()
    world.say(said("identity.case-unlinked", "/identity", "06-01", urn="U1", crime_references=["C1"], force="met"))
    world.step()
    both_ways(world)
    listed = world.rows("SELECT scheme, value, source, reason, events FROM journeys.unlinked ORDER BY source")
    assert [tuple(row.values()) for row in listed] == [
        ("case", "U1", "/cps/london-south", "no_link", 1),  # the receipt
        ("case", "U1", "/identity", "no_link", 1),  # the unlinking itself
        ("case", "U1", "/police/met", "no_link", 1),  # the referral
    ]
    assert world.rows("SELECT stage, facts FROM journeys.journey") == [{"stage": "investigation", "facts": 1}]


def test_what_one_victim_has_stays_linked_when_another_of_the_case_turns_out_to_be_somebody(world: World) -> None:
    told(
        world,
        *(crime("05-03"), crime("05-04", "C2", "V2", uvi="UVI2")),
        *(referral("05-10", crimes=("C1", "C2")), withdrew("05-20", urn="U1")),
    )
    assert both_ways(world) == set()
    world.say(said("identity.linked", "/identity", "06-01", uvi="UVI2", same_as="UVI9", method="manual"))
    world.step()
    assert both_ways(world) == set()


def test_a_victim_whom_no_journey_has_is_named(world: World) -> None:
    told(world, crime("05-03"), referral("05-10"), withdrew("05-20", "V9"), withdrew("05-21", "V9", urn="U1"))
    assert both_ways(world) == {
        ("crime", "met/C1", "met/V9", "victim_unknown", 1),
        ("case", "U1", "V9", "victim_unknown", 1),
    }
    world.say(crime("05-04", victim="V9"))
    world.step()
    assert both_ways(world) == set()


def test_a_person_of_whom_no_report_told_is_listed(world: World) -> None:
    told(world, said("support.service-started", "/support/vs", "05-12", uvi="UVI-7", service="idva"))
    assert both_ways(world) == {("person", "UVI-7", None, "no_link", 1)}
    world.say(crime("05-03", uvi="UVI-7"))
    world.step()
    assert both_ways(world) == set()


def test_a_correction_of_an_event_that_is_not_known_is_listed_until_it_is(world: World) -> None:
    report = crime("05-03")
    told(world, void(report))
    assert both_ways(world) == {("event", report["id"], None, "no_original", 1)}
    world.say(report)
    world.step()
    assert both_ways(world) == set()
    assert world.rows("SELECT * FROM journeys.journey") == []


def test_what_is_voided_is_not_listed(world: World) -> None:
    stray = receipt("05-12")
    told(world, stray, void(stray))
    assert both_ways(world) == set()


SPOILED = """
UPDATE log.stored_events SET state = convert_to(((convert_from(state, 'UTF8')::jsonb) #- '{data,outcome_code}')::text, 'UTF8')
WHERE topic = 'police.outcome-recorded.v1'
"""


def test_what_only_a_broken_journey_leads_to_is_listed_as_such(world: World) -> None:
    told(world, crime("05-03"), referral("05-10"), receipt("05-12"))
    world.say(outcome("05-20", 18))
    with psycopg.connect(world.dsn) as connection:
        connection.execute(SPOILED)
    world.step()
    assert world.rows("SELECT error FROM journeys.broken") != []
    both_ways(world)
    listed = world.rows(
        "SELECT value, victim_reference, source, reason, events FROM journeys.unlinked ORDER BY 1, 2, 3"
    )
    assert [tuple(row.values()) for row in listed] == [
        ("U1", None, "/cps/london-south", "broken", 1),
        ("U1", None, "/police/met", "broken", 1),
        ("met/C1", "met/V1", "/police/met", "broken", 1),  # the report
        ("met/C1", None, "/police/met", "broken", 1),  # the outcome
    ]


def crimes(numbers: range) -> list[Event]:
    return [crime("05-03", f"C{n}", f"V{n}") for n in numbers]


def placeholder(*numbers: int) -> Event:
    return referral("05-10", "UNKNOWN", tuple(f"C{n}" for n in numbers))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("most", [500, pytest.param(5_000, marks=pytest.mark.long)])
def test_a_subject_that_leads_to_more_than_so_many_journeys_is_not_followed(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    assert candidates.TOO_WIDE == 5_000
    monkeypatch.setattr(candidates, "TOO_WIDE", most)
    world.build()
    everyone = range(most)
    world.say(*crimes(everyone), crime("05-03", "LAST", "V1"))
    world.say(placeholder(*everyone), receipt("05-12", urn="UNKNOWN"), completed("06-01", "convicted", urn="UNKNOWN"))
    while world.step(5_000):
        pass
    concluded = "SELECT count(*) FROM journeys.journey WHERE stage = 'concluded'"
    (just,) = world.rows(concluded)
    assert just["count"] == most
    assert unlinked(world) == set()

    world.say(last := referral("05-11", "UNKNOWN", ("LAST",)))  # one more journey
    world.step()
    (none,) = world.rows(concluded)
    assert none["count"] == 0
    assert world.differences() == {}
    listed = world.rows("SELECT scheme, value, source, reason, events FROM journeys.unlinked ORDER BY source")
    assert [tuple(row.values()) for row in listed] == [
        ("case", "UNKNOWN", "/courts", "too_wide", 1),
        ("case", "UNKNOWN", "/cps/london-south", "too_wide", 1),
        ("case", "UNKNOWN", "/police/met", "too_wide", 2),
    ]

    world.say(void(last))  # and one less: followed again
    world.step()
    assert world.rows(concluded) == [just]
    assert unlinked(world) == set()
    assert world.differences() == {}

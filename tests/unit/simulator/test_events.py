"""What the simulator says: valid, the same for the same seed, and with every trouble that real sources make."""

import datetime as dt
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.instant import instant
from schemas.read import read
from schemas.reference import journey_id
from schemas.types import TYPES
from simulator.city import stories
from simulator.disturbance import arrivals
from simulator.london import FIRST_DAY, HORIZON, LAST_DAY
from simulator.people import Journey
from simulator.story import Story

ROOT = Path(__file__).parents[3]
NOW = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
Event = dict[str, Any]


@pytest.fixture(scope="module")
def london() -> list[Story]:
    return list(stories(3_000, 1))


@pytest.fixture(scope="module")
def journeys(london: list[Story]) -> list[Journey]:
    return [j for story in london for j in story.journeys]


@pytest.fixture(scope="module")
def lines(london: list[Story]) -> list[bytes]:
    return list(arrivals(london))


@pytest.fixture(scope="module")
def events(lines: list[bytes]) -> list[Event]:
    return [orjson.loads(line) for line in lines]


def test_every_event_is_accepted_and_nothing_in_it_is_unknown(lines: list[bytes]) -> None:
    for line in lines:
        event = read(line, topic=None, now=NOW)
        assert (event.unknown_fields, event.other_codes) == (0, 0), line


def test_there_are_as_many_journeys_as_asked_for() -> None:
    for journeys in (1, 2, 7, 100):
        found = {j.id for story in stories(journeys, 3) for j in story.journeys}
        assert len(found) == journeys


def test_every_event_type_occurs(events: list[Event]) -> None:
    assert {event["type"] for event in events} == set(TYPES)


def test_crimes_are_reported_within_a_year_and_nothing_happens_after_the_horizon(london: list[Story]) -> None:
    for story in london:
        assert all(FIRST_DAY <= crime.reported <= LAST_DAY for crime in story.crimes)
        assert all(said.time.date() <= HORIZON for said in story.said)
    assert {crime.reported.month for story in london for crime in story.crimes} == set(range(1, 13))


def test_every_exit_and_every_open_stage_occurs(journeys: list[Journey]) -> None:
    assert {j.exit for j in journeys if j.exit} == {
        "convicted",
        "acquitted",
        "out_of_court_disposal",
        "victim_withdrew",
        "dropped",
        "cps_no_further_action",
        "administratively_finalised",
        "taken_into_consideration",
        "police_no_further_action",
        "transferred",
    }
    assert {j.open_stage for j in journeys if not j.exit} >= {"investigation", "charging", "awaiting_trial"}


def _withdrew_and_the_case_went_on(story: Story) -> bool:
    exits = {j.exit for j in story.journeys if j.charged}
    return (
        len(story.victims) > 1 and bool(exits & {"convicted", "acquitted"}) and any(j.withdrawn for j in story.journeys)
    )


STORIES: dict[str, Callable[[Story], bool]] = {
    "three victims of one crime": lambda s: any(len(crime.victims) == 3 for crime in s.crimes),
    "two crimes of one victim": lambda s: len(s.crimes) == 2 and len(s.victims) == 1,
    "two crimes and two victims in one case": lambda s: len(s.crimes) == 2 and len(s.victims) == 2,
    "two prosecutions in one case": lambda s: s.prosecutions == 2,
    "two prosecutions that end differently": lambda s: any(len(set(j.endings)) == 2 for j in s.journeys),
    "one victim under two numbers": lambda s: any(crime.persons < len(crime.victims) for crime in s.crimes),
    "one victim withdraws, the case goes on for another": _withdrew_and_the_case_went_on,
    "exits that differ between the victims of a crime": lambda s: len({j.exit for j in s.journeys if j.exit}) > 1,
    "City of London": lambda s: s.force == "city-of-london",
    "a victim of an earlier crime": lambda s: any(s.name not in victim.number for victim in s.victims),
    "one person under the UVIs of two stories": lambda s: any(
        s.name in victim.number and s.name not in victim.person for victim in s.victims
    ),
    "a service that knows a person alone": lambda s: bool(s.alone),
}
JOURNEYS: dict[str, Callable[[Journey], bool]] = {
    "withdraws in investigation": lambda j: any(spell.stage == "investigation" for spell in j.spells),
    "withdraws in charging": lambda j: any(spell.stage == "charging" for spell in j.spells),
    "withdraws awaiting trial": lambda j: any(spell.stage == "awaiting_trial" for spell in j.spells),
    "withdraws during the trial": lambda j: any(spell.stage == "trial" for spell in j.spells),
    "withdraws twice": lambda j: len(j.spells) > 1,
    "withdrawn with evidence": lambda j: j.exit == "victim_withdrew" and any(s.evidenced for s in j.spells),
    "withdrawn without evidence": lambda j: any(not s.evidenced and not s.by_outcome for s in j.spells),
    "withdrawn by an outcome alone": lambda j: any(spell.by_outcome for spell in j.spells),
    "re-engages and is convicted of": lambda j: j.exit == "convicted" and any(spell.ended for spell in j.spells),
    "withdrawn, convicted all the same": lambda j: j.exit == "convicted" and j.withdrawn is not None,
    "withdrawn, settled out of court": lambda j: j.exit == "out_of_court_disposal" and j.withdrawn is not None,
    "withdrawn, referred, and then not charged": lambda j: (
        j.exit == "victim_withdrew"
        and not j.charged
        and j.spells[-1].stage == "investigation"
        and j.referred is not None
    ),
    "dropped for another reason though withdrawn": lambda j: j.exit == "dropped" and j.withdrawn is not None,
    "withdrawn after a charge": lambda j: j.exit == "victim_withdrew" and j.charged is not None,
    "cancelled": lambda j: not j.counted,
    "of unknown age": lambda j: j.victim.age is None,
    "of no command unit": lambda j: j.crime.force == "met" and j.crime.bcu is None,
    "of no suspect": lambda j: j.crime.suspects == 0,
    "ends, and is open again": lambda j: len(j.turns) > 1,
    "helped by a service": lambda j: bool(j.services),
    "by a suspect arrested and interviewed": lambda j: j.crime.arrested and j.crime.interviewed,
    "by a suspect interviewed without an arrest": lambda j: j.crime.interviewed and not j.crime.arrested,
    "vulnerable in two ways": lambda j: len(j.victim.data.get("vulnerabilities", ())) == 2,
    "of CPS London North": lambda j: j.area == "london_north",
    "of CPS London South": lambda j: j.area == "london_south",
}


@pytest.mark.parametrize("what", STORIES)
def test_such_a_story_is_told(what: str, london: list[Story]) -> None:
    assert any(STORIES[what](story) for story in london)


@pytest.mark.parametrize("what", JOURNEYS)
def test_such_a_journey_is_told(what: str, journeys: list[Journey]) -> None:
    assert any(JOURNEYS[what](journey) for journey in journeys)


def test_every_outcome_of_a_trial_occurs_with_reasons(events: list[Event]) -> None:
    recorded = [event["data"] for event in events if event["type"] == "courts.trial-outcome-recorded.v1"]
    assert {data["outcome"] for data in recorded if "reason_code" in data} == {"cracked", "ineffective", "vacated"}
    assert any(data["outcome"] == "effective" for data in recorded)


def test_decisions_results_and_outcomes_are_of_many_kinds(events: list[Event]) -> None:
    found = defaultdict(set)
    for event in events:
        for name in ("outcome_code", "decision", "reason"):
            found[event["type"], name].add(event["data"].get(name))
    assert found["police.outcome-recorded.v1", "outcome_code"] >= {0, 1, 4, 8, 14, 15, 16, 18, 20, 22}
    assert len(found["cps.charging-decision-made.v1", "decision"]) == 6
    reasons = {"victim_retraction", "victim_non_attendance", "victim_evidence", "evidential", "public_interest", None}
    assert found["cps.prosecution-finalised.v1", "reason"] >= reasons


def test_some_events_arrive_twice_the_same(lines: list[bytes]) -> None:
    times = Counter(lines)
    assert 0.005 < sum(n - 1 for n in times.values()) / len(lines) < 0.05
    ids = Counter((event["source"], event["id"]) for event in map(orjson.loads, times))
    assert max(ids.values()) == 1


def test_some_events_are_amended_voided_and_their_voids_voided(events: list[Event]) -> None:
    voided = [event["data"]["voids"]["type"] for event in events if event["type"] == "correction.event-voided.v1"]
    amended = [event["data"] for event in events if event["type"] == "correction.event-amended.v1"]
    assert "correction.event-voided.v1" in voided
    assert "police.victim-withdrew.v1" in voided
    assert any("time" in data for data in amended)
    assert any(data["amends"]["type"] == "police.crime-reported.v1" for data in amended)


def test_some_events_arrive_long_after_later_ones(events: list[Event]) -> None:
    latest, behind = dt.datetime(2023, 1, 1, tzinfo=dt.UTC), 0
    for event in events:
        at = instant(event["time"])
        behind += latest - at > dt.timedelta(days=20)
        latest = max(latest, at)
    assert behind > len(events) / 100


def test_some_links_arrive_after_what_they_link(events: list[Event]) -> None:
    linked, before = set(), 0
    for event in events:
        urn = event["data"].get("urn")
        if event["type"] == "police.charge-referral-submitted.v1":
            linked.add(urn)
        elif event["type"] == "cps.referral-received.v1" and urn not in linked:
            before += 1
    assert before > 0


def test_some_reports_lack_what_others_have(events: list[Event]) -> None:
    reports = [event["data"] for event in events if event["type"] == "police.crime-reported.v1"]
    for name in ("bcu", "location_type", "suspect_relationship", "flags", "uvi"):
        assert 0 < sum(name not in data for data in reports) < len(reports), name
    victims = [data["victim"] for data in reports]
    assert 0.6 < sum("ethnicity_self_defined" not in victim for victim in victims) / len(victims) < 0.8


def test_no_event_names_a_journey_that_there_is_not_unless_by_mistake(
    events: list[Event], journeys: list[Journey]
) -> None:
    ours = {j.id for j in journeys}
    for event in events:
        data = event["data"]
        if event["type"] == "police.crime-reported.v1":
            force = event["source"].split("/")[2]
            assert journey_id(force, data["crime_reference"], data["victim_reference"]) in ours


def test_the_same_seed_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    written = []
    for hashes in ("0", "1"):
        out, answers = tmp_path / f"{hashes}.jsonl", tmp_path / f"{hashes}.json"
        words = ["simulate", "--journeys", "100", "--seed", "5", "--out", str(out), "--answers", str(answers)]
        subprocess.run(
            [sys.executable, "-m", "vjt.main", *words],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hashes},
            check=True,
            capture_output=True,
            timeout=60,
        )
        written.append((out.read_bytes(), answers.read_bytes()))
    assert written[0] == written[1]
    assert len(orjson.loads(written[0][1])["journeys"]) == 100


def test_another_seed_gives_other_events() -> None:
    assert list(arrivals(stories(20, 5))) != list(arrivals(stories(20, 6)))

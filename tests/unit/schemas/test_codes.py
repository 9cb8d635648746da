import re

import pytest

from schemas import codes, places
from schemas.base import CODE, FORCE_IN_SOURCE
from schemas.outcomes import OUTCOMES
from schemas.trial_reasons import IN_NO_COUNT, NOT_NEEDED, TRIAL_REASON_CODES, TRIAL_REASONS, trial_reason

LISTS = {name: listed for name, listed in vars(codes).items() if name.isupper() and isinstance(listed, dict)}


@pytest.mark.parametrize("name", LISTS)
def test_an_open_list_has_other_and_codes_that_can_be_sent(name: str) -> None:
    pattern = r"[A-Z0-9]{1,10}|other" if name in ("ETHNICITIES", "HEARING_TYPES") else CODE
    assert codes.OTHER in LISTS[name]
    assert [code for code in LISTS[name] if not re.fullmatch(pattern, code)] == []


def test_ethnicity_has_eighteen_groups_and_one_for_not_stated() -> None:
    assert len(codes.ETHNICITIES.keys() - {"other", "NS"}) == 18


def test_home_office_outcomes_are_0_to_22() -> None:
    assert list(OUTCOMES) == list(range(23))


def test_a_reason_code_alone_says_nothing() -> None:
    cracked, vacated = trial_reason("cracked", "A", "crown"), trial_reason("vacated", "A", "crown")
    assert cracked
    assert vacated
    assert (cracked.party, vacated.party) == ("defence", "prosecution")
    crown, magistrates = trial_reason("vacated", "C", "crown"), trial_reason("vacated", "C", "magistrates")
    assert crown
    assert magistrates
    assert crown.label != magistrates.label


def test_there_are_30_ineffective_19_vacated_and_12_cracked_reasons() -> None:
    by_meaning = {(outcome, code, reason.label) for (outcome, code, _), reason in TRIAL_REASONS.items()}
    counts = {
        outcome: sum(row[0] == outcome for row in by_meaning) for outcome in ("ineffective", "vacated", "cracked")
    }
    assert counts == {"ineffective": 30, "vacated": 19, "cracked": 12}


def test_a_reason_of_an_unknown_jurisdiction_is_the_crown_courts() -> None:
    assert trial_reason("vacated", "C", None) == trial_reason("vacated", "C", "crown")
    assert trial_reason("ineffective", "X", "magistrates") is None
    assert trial_reason("effective", "A", None) is None


def test_witness_and_victim_reasons_are_marked() -> None:
    related = {(outcome, code) for (outcome, code, _), reason in TRIAL_REASONS.items() if reason.victim_related}
    assert {("cracked", "J"), ("ineffective", "N3"), ("ineffective", "W5"), ("vacated", "D")} <= related
    assert ("ineffective", "W1") not in related


def test_codes_of_trials_not_needed_or_not_counted_are_vacated_ones() -> None:
    assert {("vacated", code, "crown") for code in NOT_NEEDED | IN_NO_COUNT} <= TRIAL_REASONS.keys()
    assert NOT_NEEDED.isdisjoint(IN_NO_COUNT)
    assert {code for _, code, _ in TRIAL_REASONS} | {"other"} == TRIAL_REASON_CODES.keys()


def test_every_force_can_be_a_source_and_has_a_cps_area_that_exists() -> None:
    numbers = [number for force in places.FORCES.values() for number in force.numbers]
    assert len(numbers) == len(set(numbers))
    for slug, force in places.FORCES.items():
        assert FORCE_IN_SOURCE.fullmatch(f"/police/{slug}")
        assert force.cps_area is None or force.cps_area in places.CPS_AREAS


def test_courts_and_command_units_have_codes_and_courts_have_regions() -> None:
    assert [code for code in (*places.COURTS, *places.BCUS) if not re.fullmatch(CODE, code)] == []
    assert {court.region for court in places.COURTS.values()} == places.REGIONS.keys()
    assert len(places.BCUS) == 12

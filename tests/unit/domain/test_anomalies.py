"""Each anomaly: the shortest history that has it, and who has to look into which month's fact."""

import pytest

from domain.anomaly import ANOMALIES, Odd
from tests.folding import fold_history
from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    Event,
    amend,
    answer,
    arrest,
    completed,
    courts,
    cps,
    crime,
    decision,
    finalised,
    outcome,
    re_engaged,
    receipt,
    referral,
    withdrew,
)

POLICE, CPS, COURTS = "/police/met", "/cps/london-south", "/courts"
CRIME = crime("05-03")
CHARGED = [CRIME, referral("05-10"), receipt("05-11"), decision("06-01")]
KENT = {"source": "/police/kent"}
NAMED = withdrew("08-02", urn="U1")
EFFECTIVE = courts("trial-outcome-recorded", "07-01", hearing_id="H1", urn="U1", outcome="effective")

EXAMPLES: dict[str, tuple[list[Event], str, str]] = {
    "correction_of_other_type": (
        [CRIME, arrest_ := arrest("06-04"), amend(arrest_ | {"type": "police.suspect-interviewed.v1"})],
        POLICE,
        "2021-06-01",
    ),
    "uvi_conflict": ([crime("05-03", uvi="UVI2"), crime("06-04", "C2", uvi="UVI1")], POLICE, "2021-05-01"),
    "victim_ambiguous": (
        [CRIME, referral("05-10"), crime("05-03", "K1") | KENT, referral("05-10", crimes=("K1",)) | KENT, NAMED],
        POLICE,
        "2021-08-01",
    ),
    "second_report": ([CRIME, crime("06-09")], POLICE, "2021-06-01"),
    "joined_late": ([CRIME, referral("04-10")], POLICE, "2021-04-01"),
    "withdrew_after_end": ([CRIME, outcome("06-01", 18), withdrew("07-02")], POLICE, "2021-07-01"),
    "victim_not_named": ([CRIME, crime("05-03", victim="V2"), outcome("06-01", 14)], POLICE, "2021-06-01"),
    "retraction_not_named": (
        [*CHARGED, crime("05-03", victim="V2"), finalised("09-01", "discontinued", reason="victim_retraction")],
        CPS,
        "2021-09-01",
    ),
    "outcome_14_with_suspect": ([CRIME, arrest("05-04"), outcome("06-01", 14)], POLICE, "2021-06-01"),
    "outcome_16_without_suspect": ([CRIME, outcome("06-01", 16)], POLICE, "2021-06-01"),
    "outcome_15_while_withdrawn": (
        [CRIME, withdrew("05-10"), referral("05-20"), outcome("06-01", 15)],
        POLICE,
        "2021-06-01",
    ),
    "withdrawal_outcome_after_charge": ([*CHARGED, outcome("07-01", 14)], POLICE, "2021-07-01"),
    "outcome_after_charge": ([*CHARGED, outcome("07-01", 18)], POLICE, "2021-07-01"),
    "reopened_without_reason": ([CRIME, outcome("06-01", 18), arrest("07-02")], POLICE, "2021-07-01"),
    "result_differs": (
        [*CHARGED, finalised("08-01", "discontinued"), completed("09-05", "acquitted")],
        COURTS,
        "2021-09-01",
    ),
    "result_without_charge": ([CRIME, referral("05-10"), completed("08-01", "convicted")], COURTS, "2021-08-01"),
    "answer_without_plan": ([CRIME, referral("05-10"), receipt("05-11"), answer("06-01")], POLICE, "2021-06-01"),
    "re_engaged_without_withdrawal": ([CRIME, re_engaged("06-01")], POLICE, "2021-06-01"),
    "negative_delay": ([CRIME, arrest("04-30")], POLICE, "2021-05-01"),
}


def test_there_is_one_of_each() -> None:
    assert list(EXAMPLES) == list(ANOMALIES)


@pytest.mark.parametrize("code", EXAMPLES)
def test_it_is_told_with_its_source_and_month(code: str) -> None:
    events, source, month = EXAMPLES[code]
    journey = fold_history(events)["met", "C1", "V1"]
    assert Odd(code, source, month) in journey.odd
    assert code in journey.anomalies


@pytest.mark.parametrize("code", EXAMPLES)
def test_without_its_last_fact_it_is_not_there(code: str) -> None:
    events, *_ = EXAMPLES[code]
    assert code not in fold_history(events[:-1])["met", "C1", "V1"].anomalies


def test_an_effective_trial_without_a_charge_is_odd_as_a_result_is() -> None:
    listed = courts(
        "hearing-listed",
        "06-20",
        hearing_id="H1",
        urn="U1",
        court="southwark",
        hearing_type="TRL",
        jurisdiction="crown",
        start_date="2021-07-01",
    )
    journey = fold_history([CRIME, referral("05-10"), listed, EFFECTIVE])["met", "C1", "V1"]
    assert journey.odd == [Odd("result_without_charge", COURTS, "2021-07-01")]


def test_what_is_as_it_should_be_is_not_odd() -> None:
    ended = completed("09-01", "convicted")
    journey = fold_history([*CHARGED, cps("victim-met", "07-01", victim_reference="V1"), ended])["met", "C1", "V1"]
    assert (journey.odd, journey.anomalies) == ([], [])


def test_one_code_of_two_agencies_or_two_months_is_told_of_each() -> None:
    ended = [CRIME, referral("05-10"), decision("06-01", NO_FURTHER_ACTION)]
    told = cps("victim-withdrew", "08-03", victim_reference="V1", evidence=[])
    late = [withdrew("07-02"), withdrew("07-09"), withdrew("08-02"), told]
    journey = fold_history([*ended, *late])["met", "C1", "V1"]
    assert [odd for odd in journey.odd if odd.code == "withdrew_after_end"] == [
        Odd("withdrew_after_end", CPS, "2021-08-01"),
        Odd("withdrew_after_end", POLICE, "2021-07-01"),
        Odd("withdrew_after_end", POLICE, "2021-08-01"),
    ]

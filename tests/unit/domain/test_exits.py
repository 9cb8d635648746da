"""Each exit, what it comes from, and which of several stands: worked out by hand from contract 4."""

import pytest

from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    Event,
    about_crime,
    answer,
    completed,
    crime,
    day,
    decision,
    finalised,
    folded,
    outcome,
    plan,
    receipt,
    referral,
    withdrew,
)

CHARGED = (crime("05-03"), referral("05-10"), decision("05-20"))


@pytest.mark.parametrize(
    ("said", "exit"),
    [
        ("no_further_action_evidential", "cps_no_further_action"),
        ("no_further_action_public_interest", "cps_no_further_action"),
        ("other", "cps_no_further_action"),
        ("out_of_court_disposal", "out_of_court_disposal"),
        ("administratively_finalised", "administratively_finalised"),
    ],
)
def test_every_decision_ends_its_referrals_wait(said: str, exit: str) -> None:
    j = folded(crime("05-03"), referral("05-10"), decision("06-01", said))
    assert (j.exit, j.exit_at, j.stage) == (exit, day("06-01"), "concluded")


@pytest.mark.parametrize(
    ("said", "exit"),
    [
        ("convicted", "convicted"),
        ("acquitted", "acquitted"),
        *(
            (said, "dropped")
            for said in ("discontinued", "no_evidence_offered", "charges_withdrawn", "stayed", "lie_on_file")
        ),
        ("administratively_finalised", "administratively_finalised"),
    ],
)
def test_every_result_ends_its_prosecution(said: str, exit: str) -> None:
    j = folded(*CHARGED, completed("09-01", said))
    assert (j.exit, j.exit_at, j.anomalies) == (exit, day("09-01"), [])


@pytest.mark.parametrize(
    ("code", "exit"),
    [
        *((code, "out_of_court_disposal") for code in (2, 3, 6, 7, 8, 22)),
        (4, "taken_into_consideration"),
        (9, "cps_no_further_action"),
        *((code, "police_no_further_action") for code in (5, 10, 11, 12, 13, 15, 17, 18, 21)),
        (14, "victim_withdrew"),
        (16, "victim_withdrew"),
        (19, "transferred"),
        (20, "transferred"),
        (0, None),
        (1, None),
    ],
)
def test_every_outcome_code(code: int, exit: str | None) -> None:
    assert folded(crime("05-03"), outcome("05-20", code)).exit == exit


@pytest.mark.parametrize(
    ("first", "second", "exit"),
    [
        (
            decision("06-01", "administratively_finalised"),
            decision("06-02", NO_FURTHER_ACTION, urn="U2"),
            "cps_no_further_action",
        ),
        (
            decision("06-01", "out_of_court_disposal"),
            decision("06-02", NO_FURTHER_ACTION, urn="U2"),
            "out_of_court_disposal",
        ),
        (
            decision("06-01", "administratively_finalised"),
            decision("06-02", "other", urn="U2"),
            "cps_no_further_action",
        ),
    ],
)
def test_of_two_cases_the_first_exit_in_rank_stands_on_the_last_ending(first: Event, second: Event, exit: str) -> None:
    j = folded(crime("05-03"), referral("05-10", "U1"), referral("05-10", "U2"), first, second)
    assert (j.exit, j.exit_at) == (exit, day("06-02"))


def test_a_police_outcome_of_lower_rank_after_an_administrative_finalisation() -> None:
    ended = (crime("05-03"), referral("05-10"), decision("06-01", "administratively_finalised"))
    for code in (4, 18, 20):
        j = folded(*ended, outcome("06-10", code))
        assert (j.exit, j.exit_at) == ("administratively_finalised", day("06-10"))


def test_the_latest_police_outcome_stands() -> None:
    j = folded(crime("05-03"), outcome("05-20", 18), outcome("05-25", 20))
    assert (j.exit, j.exit_at, j.reopened) == ("transferred", day("05-25"), 0)


def test_a_prosecution_administratively_finalised_while_a_withdrawal_stands() -> None:
    charged = (*CHARGED, withdrew("06-01"))
    assert folded(*charged, completed("09-01", "administratively_finalised")).exit == "victim_withdrew"
    evidential = finalised("09-01", "administratively_finalised", reason="evidential")
    assert folded(*charged, evidential).exit == "administratively_finalised"


def test_result_by_the_court_and_reason_by_cps() -> None:
    j = folded(
        *CHARGED,
        withdrew("06-01"),
        completed("09-01", "no_evidence_offered"),
        finalised("09-03", "discontinued", reason="evidential"),
    )
    assert (j.exit, j.exit_at, j.anomalies) == ("dropped", day("09-01"), [])


def test_of_two_defendants_one_dropped_for_the_victim_and_one_acquitted() -> None:
    j = folded(
        crime("05-03"),
        referral("05-10"),
        decision("05-20", suspect_reference="S1"),
        decision("05-20", suspect_reference="S2"),
        withdrew("06-01"),
        completed("08-01", "discontinued", suspect_reference="S1"),
        completed("09-01", "acquitted", suspect_reference="S2"),
    )
    assert (j.exit, j.exit_at, j.withdrew_stage) == ("acquitted", day("09-01"), "awaiting_trial")


def test_withdrawn_then_referred_then_charged_then_convicted() -> None:
    j = folded(crime("05-03"), withdrew("05-05"), referral("05-10"), decision("05-20"), completed("09-01", "convicted"))
    assert (j.exit, j.reopened, j.withdrew_at, j.withdrew_stage) == ("convicted", 1, day("05-05"), "investigation")


def test_a_charge_straight_after_a_withdrawal_undoes_its_exit() -> None:
    j = folded(crime("05-03"), withdrew("05-05"), outcome("05-10", 1))
    assert (j.stage, j.exit, j.charged_at, j.reopened) == ("awaiting_trial", None, day("05-10"), 1)


def test_of_facts_of_one_moment_the_type_says_which_was_first() -> None:
    # Written outcome first: by type the arrest was, so that outcome 16 is with a suspect.
    sixteen, arrest = outcome("05-20", 16), about_crime("suspect-arrested", "05-20")
    assert folded(crime("05-03"), sixteen, arrest).anomalies == []
    # The answer comes before the decision.
    asked = (crime("05-03"), referral("05-10"), receipt("05-10"), plan("05-15"))
    assert (
        folded(*asked, decision("05-20", "administratively_finalised"), answer("05-20")).exit
        == "administratively_finalised"
    )


def test_enhanced_rights_are_as_last_assessed() -> None:
    def assessed(at: str, rights: bool) -> dict[str, object]:
        return about_crime("needs-assessed", at, victim_reference="V1", enhanced_rights=rights)

    assert folded(crime("05-03"), assessed("05-05", True)).vulnerable
    assert not folded(crime("05-03"), assessed("05-05", True), assessed("05-06", False)).vulnerable
    assert folded(crime("05-03", person={"age": 17})).vulnerable
    assert folded(crime("05-03", person={"vulnerabilities": ["mental_health"]})).vulnerable


def test_the_closest_relationship_and_any_record_on_the_pnc() -> None:
    told = (
        about_crime("suspect-identified", "05-04", suspect_reference="S1", relationship="friend", known_on_pnc=False),
        about_crime("suspect-identified", "05-05", suspect_reference="S2", relationship="family", known_on_pnc=True),
    )
    j = folded(crime("05-03", suspect_relationship="stranger"), *told)
    assert (j.suspects, j.suspect_relationship, j.suspect_known_on_pnc) == (2, "family", True)
    assert folded(crime("05-03"), about_crime("suspect-arrested", "05-04")).suspects == 1

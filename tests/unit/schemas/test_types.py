from typing import Any

import pytest

from schemas.base import EventData
from schemas.rejected import Rejected
from schemas.types import TYPES
from tests.unit.schemas.saying import said, taken


def data_of(type: str, **fields: Any) -> dict[str, Any]:
    """The data stored for the example of a type, with these fields changed; None takes a field out."""
    event = said(type)
    event["data"] = {name: value for name, value in (event["data"] | fields).items() if value is not None}
    return taken(event).data


def refused(type: str, **fields: Any) -> str:
    with pytest.raises(Rejected) as caught:
        data_of(type, **fields)
    assert caught.value.reason == "invalid_data"
    return caught.value.pointer


@pytest.mark.parametrize("type", TYPES)
def test_every_type_has_its_sentence_its_subject_and_a_frozen_model(type: str) -> None:
    model = TYPES[type]
    assert issubclass(model, EventData)
    assert (model.__doc__ or "").endswith(".")
    assert model.model_config["frozen"]
    for name in (*model.SUBJECT, *model.NAMES, *(end for link in model.LINKS for end in link[:2])):
        assert name in model.model_fields


@pytest.mark.parametrize("type", TYPES)
def test_every_required_field_is_missed_where_it_stands(type: str) -> None:
    for name, field in TYPES[type].model_fields.items():
        if field.is_required():
            assert refused(type, **{name: None}) == f"/data/{name}"


def test_references_are_trimmed_and_kept_in_upper_case() -> None:
    data = data_of("police.charge-referral-submitted.v1", urn=" 01ab/1 ", crime_references=["cr1", "CR2", " CR1 "])
    assert data["urn"] == "01AB/1"
    assert data["crime_references"] == ["CR1", "CR2"]


@pytest.mark.parametrize("reference", ["", " ", "-1", "a b", "x" * 65, "a\u0000", "\u0661", "a'b", 5, None])
def test_what_is_no_reference_is_refused(reference: Any) -> None:
    event = said("police.suspect-arrested.v1")
    event["data"]["crime_reference"] = reference
    with pytest.raises(Rejected) as caught:
        taken(event)
    assert caught.value.pointer == "/data/crime_reference"


def test_a_force_is_kept_in_lower_case() -> None:
    assert data_of("identity.case-linked.v1", force="City-of-London")["force"] == "city-of-london"
    assert refused("identity.case-linked.v1", force="city of london") == "/data/force"


@pytest.mark.parametrize(
    "type",
    [
        "cps.charging-decision-made.v1",
        "cps.prosecution-finalised.v1",
        "courts.case-completed.v1",
        "support.service-started.v1",
        "identity.case-linked.v1",
        "identity.case-unlinked.v1",
    ],
)
def test_whoever_is_not_police_names_the_force_beside_a_crime(type: str) -> None:
    assert refused(type, force=None) == "/data"


def test_a_force_is_not_needed_where_no_crime_is_named() -> None:
    assert "force" not in data_of("cps.charging-decision-made.v1", force=None, crime_references=None)
    assert data_of("support.concern-raised.v1", force=None, crime_reference=None, victim_reference=None)


@pytest.mark.parametrize("type", ["police.charge-referral-submitted.v1", "cps.charging-decision-made.v1"])
def test_crime_references_are_never_empty(type: str) -> None:
    assert refused(type, crime_references=[]) == "/data/crime_references"


def test_crime_references_are_bounded() -> None:
    type = "police.charge-referral-submitted.v1"
    assert len(data_of(type, crime_references=[f"CR{n}" for n in range(10_000)])["crime_references"]) == 10_000
    assert refused(type, crime_references=[f"CR{n}" for n in range(10_001)]) == "/data/crime_references"


@pytest.mark.parametrize(
    ("type", "either", "alternative"),
    [
        ("police.victim-updated.v1", "crime_reference", "urn"),
        ("police.victim-withdrew.v1", "crime_reference", "urn"),
        ("police.victim-re-engaged.v1", "crime_reference", "urn"),
        ("police.hearing-notified.v1", "hearing_id", "urn"),
        ("courts.hearing-listed.v1", "court_case_number", "urn"),
        ("courts.special-measures-applied.v1", "hearing_id", "court_case_number"),
        ("courts.case-completed.v1", "court_case_number", "urn"),
        ("support.service-started.v1", "crime_reference", "uvi"),
        ("support.concern-resolved.v1", "victim_reference", "uvi"),
    ],
)
def test_one_of_two_references_is_enough_but_none_is_not(type: str, either: str, alternative: str) -> None:
    assert alternative in data_of(type, **{either: None})
    assert either in data_of(type, **{alternative: None})
    assert refused(type, **{either: None, alternative: None}) == "/data"


@pytest.mark.parametrize("code", [-1, 23, 16.0, "16", True, None])
def test_an_outcome_code_is_an_integer_from_0_to_22(code: Any) -> None:
    assert data_of("police.outcome-recorded.v1", outcome_code=0)["outcome_code"] == 0
    assert refused("police.outcome-recorded.v1", outcome_code=code) == "/data/outcome_code"


@pytest.mark.parametrize(
    ("type", "field"),
    [
        ("cps.charging-decision-made.v1", "decision"),
        ("cps.prosecution-finalised.v1", "outcome"),
        ("courts.case-completed.v1", "outcome"),
        ("courts.trial-outcome-recorded.v1", "outcome"),
        ("courts.case-received.v1", "jurisdiction"),
        ("police.charge-referral-submitted.v1", "referral_type"),
    ],
)
def test_a_code_without_which_the_journey_cannot_be_told_is_refused(type: str, field: str) -> None:
    assert refused(type, **{field: "something_else"}) == f"/data/{field}"


@pytest.mark.parametrize("code", ["Too Long A Sentence", "x" * 41, "a-b", "", 3])
def test_free_text_is_no_code(code: Any) -> None:
    assert refused("police.crime-cancelled.v1", reason=code) == "/data/reason"
    assert refused("police.victim-withdrew.v1", reasons=[code]) == "/data/reasons/0"


def test_hearing_types_and_reason_codes_are_taken_in_either_case() -> None:
    assert data_of("courts.hearing-listed.v1", hearing_type="trl")["hearing_type"] == "TRL"
    assert data_of("courts.trial-outcome-recorded.v1", reason_code="n3")["reason_code"] == "N3"


@pytest.mark.parametrize(
    "day", ["2021-02-29", "1899-12-31", "2101-01-01", "20210503", "2021-5-3", "2021-05-03T00:00:00Z"]
)
def test_a_date_is_one_of_the_calendar_from_1900_to_2100(day: str) -> None:
    assert refused("courts.hearing-relisted.v1", start_date=day) == "/data/start_date"


def test_absent_and_empty_differ() -> None:
    assert data_of("police.crime-reported.v1", flags=[])["flags"] == []
    assert "flags" not in data_of("police.crime-reported.v1", flags=None)


def test_a_field_given_as_null_is_absent() -> None:
    event = said("police.crime-cancelled.v1", {"crime_reference": "CR1", "reason": None})
    assert taken(event).data == {"crime_reference": "CR1"}


def test_evidence_must_be_said_even_if_there_is_none() -> None:
    assert data_of("police.victim-withdrew.v1", evidence=[])["evidence"] == []
    assert refused("cps.victim-withdrew.v1", evidence=None) == "/data/evidence"


def test_a_uvi_is_kept_as_uvis_are_compared() -> None:
    derived = "F47D88CA-2FE0-5016-A4B1-57D2E63D4301"
    data = data_of("identity.linked.v1", uvi=derived, same_as="uvi-7")
    assert (data["uvi"], data["same_as"]) == (derived.lower(), "UVI-7")


@pytest.mark.parametrize("score", [-100.1, 100.1, "0.5", True])
def test_a_score_is_of_at_most_100_bits_either_way(score: Any) -> None:
    assert refused("identity.linked.v1", score=score) == "/data/score"

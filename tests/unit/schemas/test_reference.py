from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest

from schemas.reference import Reference, canonical_uvi, derived_uvi, event_key, journey_id, subject_id

NS = uuid5(NAMESPACE_URL, "urn:vjt:journey")


def test_a_journey_id_is_made_of_force_crime_and_victim() -> None:
    assert journey_id("met", "CR1", "V1") == uuid5(NS, "met/CR1/V1")


def test_a_journey_id_takes_references_in_any_case() -> None:
    assert journey_id("MET", "cr1", "v1") == journey_id("met", "CR1", "V1")


def test_a_slash_in_a_reference_makes_no_other_journey() -> None:
    assert journey_id("met", "A/B", "C") == uuid5(NS, "met/A%2FB/C")
    assert journey_id("met", "A/B", "C") != journey_id("met", "A", "B/C")


def test_a_derived_uvi_is_a_version_5_uuid_in_lower_case() -> None:
    uvi = derived_uvi("met", "v1")
    assert uvi == str(uuid5(NS, "met/V1"))
    assert UUID(uvi).version == 5


@pytest.mark.parametrize(
    ("given", "compared"),
    [
        ("uvi-1", "UVI-1"),
        (str(uuid5(NS, "met/V1")).upper(), str(uuid5(NS, "met/V1"))),
        ("0b1c3a52-7f9e-4c1d-9a57-3c0a4d2b8f11", "0B1C3A52-7F9E-4C1D-9A57-3C0A4D2B8F11"),
    ],
)
def test_a_uvi_is_compared_in_upper_case_unless_it_is_derived(given: str, compared: str) -> None:
    assert canonical_uvi(given) == compared


def test_a_subject_is_its_scheme_and_its_encoded_value() -> None:
    assert subject_id(Reference("crime", "met/A:1")) == uuid5(NS, "crime:" + quote("met/A:1", safe=""))
    assert subject_id(Reference("case", "X")) != subject_id(Reference("court_case", "X"))


def test_source_and_id_together_are_one_event() -> None:
    assert event_key("/police/met", "a/b") == uuid5(NS, "event:%2Fpolice%2Fmet/a%2Fb")
    assert event_key("/cps/a", "b") != event_key("/cps", "a/b")

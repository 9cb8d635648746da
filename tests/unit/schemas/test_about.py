from typing import Any

import pytest

from schemas.about import Statement, about
from schemas.document import example
from schemas.reference import Reference, derived_uvi
from schemas.types import TYPES
from tests.unit.schemas.saying import taken

CRIME = Reference("crime", "met/CR1")
CASE = Reference("case", "U1")
COURT_CASE = Reference("court_case", "T1")
HEARING = Reference("hearing", "H1")
POLICE, CPS, COURTS, SUPPORT, IDENTITY = "/police/met", "/cps", "/courts", "/support/hub", "/identity"


def test_a_report_is_about_its_crime_and_names_its_victim() -> None:
    said = about("police.crime-reported.v1", "/police/Met/wcu", {"crime_reference": "CR1", "victim_reference": "V1"})
    assert said == (CRIME, Reference("victim", "met/V1"), ())


def test_a_report_with_a_uvi_ties_the_forces_number_to_it() -> None:
    data = {"crime_reference": "CR1", "victim_reference": "V1", "uvi": "UVI-1"}
    given, derived = Reference("person", "UVI-1"), Reference("person", derived_uvi("met", "V1"))
    assert about("police.crime-reported.v1", POLICE, data).statements == (
        Statement(min(given, derived), max(given, derived), True, "same"),
    )


def test_a_referral_ties_each_crime_to_the_case() -> None:
    said = about("police.charge-referral-submitted.v1", POLICE, {"urn": "U1", "crime_references": ["CR1", "CR2"]})
    assert said.subject == CASE
    assert said.named is None
    assert said.statements == (
        Statement(CRIME, CASE, True, "leads"),
        Statement(Reference("crime", "met/CR2"), CASE, True, "leads"),
    )


def test_a_case_is_unlinked_by_the_linking_authority() -> None:
    said = about("identity.case-unlinked.v1", IDENTITY, {"urn": "U1", "crime_references": ["CR1"], "force": "met"})
    assert said == (CASE, None, (Statement(CRIME, CASE, False, "leads"),))


def test_a_receipt_ties_the_case_to_the_court_case() -> None:
    said = about("courts.case-received.v1", COURTS, {"court_case_number": "T1", "urn": "U1"})
    assert said == (COURT_CASE, None, (Statement(CASE, COURT_CASE, True, "leads"),))


def test_a_listing_ties_every_case_that_it_names_to_the_hearing() -> None:
    said = about("courts.hearing-listed.v1", COURTS, {"hearing_id": "H1", "court_case_number": "T1", "urn": "U1"})
    assert said.subject == HEARING
    assert said.statements == (
        Statement(COURT_CASE, HEARING, True, "leads"),
        Statement(CASE, HEARING, True, "leads"),
    )


@pytest.mark.parametrize(
    "type", ["courts.hearing-adjourned.v1", "courts.trial-outcome-recorded.v1", "courts.hearing-resulted.v1"]
)
def test_a_hearing_leads_to_the_next_one(type: str) -> None:
    following = Reference("hearing", "H2")
    said = about(type, COURTS, {"hearing_id": "H1", "next_hearing_id": "H2"})
    assert said == (HEARING, None, (Statement(HEARING, following, True, "leads"),))
    assert about(type, COURTS, {"hearing_id": "H1", "next_hearing_id": "H1"}).statements == ()


@pytest.mark.parametrize(("type", "makes"), [("identity.linked.v1", True), ("identity.unlinked.v1", False)])
def test_two_uvis_are_one_person_or_not_whichever_is_said_first(type: str, makes: bool) -> None:
    one, other = Reference("person", "A"), Reference("person", "B")
    expected = (Statement(one, other, makes, "same"),)
    assert about(type, IDENTITY, {"uvi": "A", "same_as": "B"}) == (one, None, expected)
    assert about(type, IDENTITY, {"uvi": "B", "same_as": "A"}) == (other, None, expected)
    assert about(type, IDENTITY, {"uvi": "A", "same_as": "A"}).statements == ()


def test_of_two_references_the_first_is_the_subject() -> None:
    type = "police.victim-withdrew.v1"
    both = {"crime_reference": "CR1", "urn": "U1", "victim_reference": "V1"}
    assert about(type, POLICE, both) == (CRIME, Reference("victim", "met/V1"), ())
    assert about(type, POLICE, {"urn": "U1", "victim_reference": "V1"}) == (CASE, Reference("number", "V1"), ())


@pytest.mark.parametrize(
    ("type", "source", "data", "subject"),
    [
        ("cps.victim-withdrew.v1", CPS, {"urn": "U1"}, CASE),
        ("courts.victim-attended.v1", COURTS, {"hearing_id": "H1"}, HEARING),
        ("courts.special-measures-granted.v1", COURTS, {"court_case_number": "T1"}, COURT_CASE),
    ],
)
def test_a_number_beside_a_case_or_hearing_is_of_no_force(
    type: str, source: str, data: dict[str, Any], subject: Reference
) -> None:
    assert about(type, source, data | {"victim_reference": "V1"}) == (subject, Reference("number", "V1"), ())


def test_a_service_names_a_victim_by_number_or_by_uvi() -> None:
    type = "support.service-started.v1"
    crime = {"crime_reference": "CR1", "force": "met"}
    person = Reference("person", "UVI-1")
    assert about(type, SUPPORT, crime | {"victim_reference": "V1", "uvi": "UVI-1"}) == (
        CRIME,
        Reference("victim", "met/V1"),
        (),
    )
    assert about(type, SUPPORT, crime | {"uvi": "UVI-1"}) == (CRIME, person, ())
    assert about(type, SUPPORT, {"uvi": "UVI-1"}) == (person, None, ())


def test_further_references_are_scope_and_tie_nothing() -> None:
    decision = {"urn": "U1", "decision": "charge", "crime_references": ["CR1"], "force": "met"}
    assert about("cps.charging-decision-made.v1", CPS, decision) == (CASE, None, ())
    readiness = {"urn": "U1", "hearing_id": "H1", "ready": True}
    assert about("cps.trial-readiness-certified.v1", CPS, readiness) == (CASE, None, ())


def test_a_correction_is_about_the_event_that_it_corrects() -> None:
    void = {"voids": {"source": POLICE, "id": "7", "type": "police.suspect-arrested.v1"}, "reason": "entered_in_error"}
    assert about("correction.event-voided.v1", POLICE, void) == (Reference("event", "/police/met#7"), None, ())


@pytest.mark.parametrize("type", TYPES)
def test_every_type_is_about_something(type: str) -> None:
    event = taken(example(TYPES[type]))
    assert about(event.type, event.source, event.data).subject.value

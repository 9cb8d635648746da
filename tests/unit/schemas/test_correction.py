from typing import Any

import pytest

from schemas.rejected import Rejected
from tests.unit.schemas.saying import said, taken

VOIDED = "correction.event-voided.v1"
AMENDED = "correction.event-amended.v1"
OUTCOME = "police.outcome-recorded.v1"


def amendment(type: str = OUTCOME, source: str = "/police/met", **fields: Any) -> dict[str, Any]:
    target = {"source": source, "id": "7", "type": type}
    corrected = {"crime_reference": "cr1", "outcome_code": 15, "note": "x"}
    return said(AMENDED, {"amends": target, "data": corrected, "reason": "wrong_code"} | fields, source=source)


def void(source: str = "/police/met", **target: Any) -> dict[str, Any]:
    return said(
        VOIDED,
        {"voids": {"source": source, "id": "7", "type": OUTCOME} | target, "reason": "entered_in_error"},
        source=source,
    )


def refused(event: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        taken(event)
    return caught.value.reason, caught.value.pointer


def test_amended_data_are_put_in_the_form_of_the_type_amended() -> None:
    event = taken(amendment())
    assert event.data["data"] == {"crime_reference": "CR1", "outcome_code": 15}
    assert event.unknown_fields == 1


def test_amended_data_that_the_type_would_refuse_are_refused() -> None:
    assert refused(amendment(data={"crime_reference": "CR1", "outcome_code": 99})) == (
        "invalid_data",
        "/data/data/outcome_code",
    )
    assert refused(amendment(data=[])) == ("invalid_data", "/data/data")


def test_unknown_codes_within_an_amendment_are_counted() -> None:
    withdrawal = {"crime_reference": "CR1", "victim_reference": "V1", "reasons": ["stars"], "evidence": []}
    event = taken(amendment("police.victim-withdrew.v1", data=withdrawal))
    assert (event.data["data"]["reasons"], event.other_codes) == (["other"], 1)


def test_a_correction_is_of_the_sources_own_events() -> None:
    assert refused(void(source="/police/met") | {"source": "/police/met/wcu"}) == (
        "foreign_correction",
        "/data/voids/source",
    )
    assert refused(void(type="cps.victim-met.v1")) == ("foreign_correction", "/data/voids/type")


@pytest.mark.parametrize(
    ("source", "type", "topic"),
    [
        ("/cps", "cps.victim-met.v1", "cps.events.v1"),
        ("/courts", "courts.case-received.v1", "courts.events.v1"),
        ("/support/a", "support.service-ended.v1", "support.events.v1"),
        ("/identity", "identity.linked.v1", "identity.events.v1"),
    ],
)
def test_every_agency_corrects_on_its_own_topic(source: str, type: str, topic: str) -> None:
    assert taken(void(source, type=type), topic)
    with pytest.raises(Rejected, match="wrong_topic"):
        taken(void(source, type=type), "police.events.v1")


def test_a_correction_of_an_unknown_type_is_rejected() -> None:
    assert refused(void(type="police.nothing.v1")) == ("unknown_type", "/data/voids/type")
    assert refused(amendment(type="police.nothing.v1")) == ("unknown_type", "/data/amends/type")


def test_a_correction_can_be_voided_but_not_amended() -> None:
    assert taken(void(type=VOIDED))
    assert taken(void(type=AMENDED))
    assert refused(amendment(type=VOIDED)) == ("invalid_data", "/data/amends/type")
    assert refused(amendment(type=AMENDED)) == ("invalid_data", "/data/amends/type")


def test_an_amended_time_is_kept_in_utc_and_within_bounds() -> None:
    assert taken(amendment(time="2021-05-03T10:12:00.5+01:00")).data["time"] == "2021-05-03T09:12:00.500000Z"
    assert refused(amendment(time="2021-05-03")) == ("invalid_data", "/data/time")
    assert refused(amendment(time="1969-05-03T10:12:00Z")) == ("time_out_of_range", "/data/time")
    assert refused(amendment(time="2121-05-03T10:12:00Z")) == ("time_out_of_range", "/data/time")
    assert refused(amendment(time="0001-01-01T00:00:00+23:00")) == ("invalid_data", "/data/time")


def test_an_amendment_by_another_source_needs_the_force_as_its_type_does() -> None:
    decision = {"urn": "U1", "decision": "charge", "crime_references": ["CR1"]}
    assert refused(amendment("cps.charging-decision-made.v1", "/cps", data=decision)) == ("invalid_data", "/data/data")
    assert taken(amendment("cps.charging-decision-made.v1", "/cps", data=decision | {"force": "met"}))


@pytest.mark.parametrize("id", ["", "a\u0000b", 5, "x" * 201])
def test_the_id_of_what_is_corrected_is_one_that_an_event_can_have(id: Any) -> None:
    assert refused(void(id=id))[1].endswith("/id")

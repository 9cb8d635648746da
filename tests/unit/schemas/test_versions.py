"""An earlier version of a type is read as its latest."""

from typing import Any

import pytest

from schemas import types
from schemas.base import EventData, Urn
from schemas.document import example
from schemas.rejected import Rejected
from schemas.types import TYPES, latest, newest
from tests.unit.schemas.saying import said, taken

WITHDREW = "police.victim-withdrew.v1"
LATER = [type for type in TYPES if not type.endswith(".v1")]


@pytest.mark.parametrize("type", LATER)
def test_a_later_version_has_an_earlier_one_and_says_how_that_is_read(type: str) -> None:
    kind, _, version = type.rpartition(".v")
    earlier = f"{kind}.v{int(version) - 1}"
    assert "upcast" in vars(TYPES[type])
    before = taken(example(TYPES[earlier])).data
    read_as = newest(earlier, before)
    assert before == taken(example(TYPES[earlier])).data, "it changed what was stored"
    assert taken(said(latest(type).TYPE, read_as, dataschema=None)).data == read_as


def test_evidence_of_which_only_the_kind_was_said_is_read_without_a_day() -> None:
    data = {
        "crime_reference": "CR1",
        "victim_reference": "V1",
        "evidence": ["statement", "email"],
        "reasons": ["delay"],
    }
    assert newest(WITHDREW, data) == data | {"evidence": [{"kind": "statement"}, {"kind": "email"}]}
    assert newest(WITHDREW, data | {"evidence": []})["evidence"] == []


def test_an_amendments_data_are_read_as_the_latest_version_of_what_it_amends() -> None:
    inner = {"crime_reference": "CR1", "victim_reference": "V1", "evidence": ["letter"]}
    data = {"amends": {"source": "/police/met", "id": "1", "type": WITHDREW}, "data": inner, "reason": "wrong_person"}
    assert newest("correction.event-amended.v1", data) == data | {"data": inner | {"evidence": [{"kind": "letter"}]}}


def test_what_has_no_later_version_is_read_as_it_stands() -> None:
    data = {"urn": "U1"}
    assert newest("cps.case-reopened.v1", data) is data
    assert latest("cps.case-reopened.v1") is TYPES["cps.case-reopened.v1"]


def test_versions_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Second(EventData):
        TYPE = "cps.case-reopened.v2"

        @staticmethod
        def upcast(earlier: dict[str, Any]) -> dict[str, Any]:
            return earlier | {"second": True}

    class Third(EventData):
        TYPE = "cps.case-reopened.v3"
        SUBJECT = ("urn",)
        urn: Urn

        @staticmethod
        def upcast(earlier: dict[str, Any]) -> dict[str, Any]:
            return earlier | {"third": earlier["second"]}

    for model in (Second, Third):
        monkeypatch.setitem(TYPES, model.TYPE, model)
        monkeypatch.setitem(types._FOLLOWING, types._earlier(model.TYPE), model)
    assert newest("cps.case-reopened.v1", {"urn": "U1"}) == {"urn": "U1", "second": True, "third": True}
    assert latest("cps.case-reopened.v1") is Third


def withdrew(*evidence: Any) -> dict[str, Any]:
    data = {"crime_reference": "CR1", "victim_reference": "V1", "evidence": list(evidence)}
    return said("police.victim-withdrew.v2", data)


def test_a_record_of_a_withdrawal_has_a_kind_and_the_day_on_which_it_was_made() -> None:
    record = {"kind": "statement", "recorded_on": "2021-05-03"}
    assert taken(withdrew(record, {"kind": "email"}, record)).data["evidence"] == [record, {"kind": "email"}]
    for wrong, pointer in (
        ("statement", "/data/evidence/0"),
        ({"recorded_on": "2021-05-03"}, "/data/evidence/0/kind"),
        ({"kind": "statement", "recorded_on": "2021-02-29"}, "/data/evidence/0/recorded_on"),
    ):
        with pytest.raises(Rejected) as caught:
            taken(withdrew(wrong))
        assert caught.value.pointer == pointer


def test_what_is_unknown_within_a_list_is_dropped_and_counted() -> None:
    event = taken(withdrew({"kind": "fax", "officer": "X"}, {"kind": "email", "page": 1, "name": "Y"}))
    assert event.data["evidence"] == [{"kind": "other"}, {"kind": "email"}]
    assert (event.unknown_fields, event.other_codes) == (3, 1)

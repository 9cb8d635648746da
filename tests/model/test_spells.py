"""The same comparison, of histories in which victims withdraw, come back, are told, and outcomes are audited, over most of a year:
what `histories` seldom has."""

import datetime as dt
import random

import pytest

from domain import contact, rules
from domain.fact import Fact
from domain.walk import Walk
from domain.when import When
from tests.histories import START, Chance, Event, original
from tests.model.compare import differences, shrunk, system

FEW, MANY = 150, 20_000
KINDS = [
    *("police.victim-updated.v1", "police.victim-updated.v1", "police.victim-updated.v1", "police.victim-withdrew.v1"),
    *("police.victim-re-engaged.v1", "police.outcome-recorded.v1", "police.outcome-audited.v1"),
    *("police.outcome-audited.v1", "police.investigation-reopened.v1", "police.suspect-identified.v1"),
]


def told(chance: random.Random) -> list[Event]:
    """One crime, of one victim or two."""
    c = Chance(chance)
    kinds = ["police.crime-reported.v1"] * c.random.randint(1, 2)
    kinds += [c.one(KINDS) for _ in range(c.random.randint(4, 14))]
    events = []
    for i, kind in enumerate(kinds):
        event = original(c, f"e{i}", kind)
        days = c.random.randint(0, 5) if kind == kinds[0] else c.random.randint(0, 130)
        event["time"] = (START + dt.timedelta(days=days, hours=c.one([0, 0, 5, 14]))).isoformat()
        event["source"] = "/police/met"
        event["data"] |= {"crime_reference": "CR1"}
        event["data"].pop("urn", None)
        if kind in ("police.outcome-recorded.v1", "police.outcome-audited.v1") and c.often(3):
            event["data"]["outcome_code"] = c.one([14, 16, 16])
        events.append(event)
    return events


def compare(seeds: range) -> None:
    for seed in seeds:
        events = told(random.Random(seed))
        if differences(events):
            events = shrunk(events, lambda fewer: bool(differences(fewer)))
            raise AssertionError((seed, differences(events), events))


def test_the_system_and_the_model_agree_on_withdrawals_and_contact() -> None:
    compare(range(FEW))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_they_agree_on_twenty_thousand_histories() -> None:
    compare(range(FEW, FEW + MANY))


def test_these_histories_have_what_is_compared() -> None:
    rows = [row for seed in range(FEW) for row in system(told(random.Random(seed))).values()]
    deadlines = [deadline for row in rows for deadline in row["deadlines"]]
    spells = [spell for row in rows for spell in row["spells"]]
    assert min(sum(d.met for d in deadlines), sum(not d.met for d in deadlines)) > FEW / 2
    assert {spell.correct for spell in spells} == {None, True, False}
    assert {spell.code for spell in spells} == {None, 14, 16}
    assert sum(spell.correct is not None for spell in spells) > FEW / 10


def _audit_of_any(walk: Walk, when: When, fact: Fact) -> None:
    for spell in walk.spells:
        spell.audited_correct = fact.data["correct"]


def test_an_audit_that_is_of_every_withdrawal_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules._RULES, "police.outcome-audited", _audit_of_any)
    assert any(differences(told(random.Random(seed))) for seed in range(FEW))


def test_a_deadline_of_29_days_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact, "_STEP", dt.timedelta(days=29))
    assert any(differences(told(random.Random(seed))) for seed in range(FEW))

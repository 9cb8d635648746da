"""A history folded in memory: events as agencies would send them, in any order, to journeys."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from domain.correction import Stated, effective
from domain.fact import Fact
from domain.identity import Tie, decides, how_made
from domain.journey import Journey
from domain.neighbourhood import JourneyKey, Neighbourhood, fold_all
from domain.setting import Rules
from schemas.about import about
from schemas.read import Event, read
from schemas.reference import Reference, journey_id
from schemas.types import newest

NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
RULES = Rules()
Key = tuple[str, str, str]


def fold_history(events: Iterable[Mapping[str, Any]]) -> dict[Key, Journey]:
    """Every journey, by (force, crime reference, victim reference). The first of two events with one id stands."""
    known: dict[tuple[str, str], tuple[int, Event]] = {}
    for position, raw in enumerate(events, 1):
        event = read(orjson.dumps(raw), topic=None, now=NOW)
        known.setdefault((event.source, event.id), (position, event))
    corrections: dict[tuple[str, str], list[Stated]] = defaultdict(list)
    for position, event in known.values():
        if event.type.startswith("correction."):
            target = event.data.get("voids") or event.data["amends"]
            corrections[target["source"], target["id"]].append(_stated(position, event))
    facts, statements, keys = [], [], set()
    for position, event in known.values():
        if event.type.startswith("correction."):
            continue
        form = effective(_stated(position, event), _below((event.source, event.id), corrections))
        what = about(event.type, event.source, form.stated.data)
        facts.append(
            Fact(
                position=position,
                source=event.source,
                id=event.id,
                type=event.type,
                occurred=form.stated.occurred,
                recorded=event.recorded,
                known=NOW,
                precision=event.precision,
                subject=what.subject,
                named=what.named,
                data=form.stated.data,
                voided=form.voided,
                amended=form.by != position,
                anomaly=form.anomaly,
            )
        )
        if form.voided:
            continue
        for s in what.statements:
            how = how_made(event.type, form.stated.data)
            makes = decides(s.makes, how or {}, RULES)
            if makes is not None:
                statements.append(((form.stated.occurred, event.source, event.id), s, makes, how))
        if event.type.startswith("police.crime-reported"):
            assert what.named is not None
            force, _, crime = what.subject.value.partition("/")
            number = what.named.value.partition("/")[2]
            keys.add(JourneyKey(journey_id(force, crime, number), force, crime, number))
    kinds: dict[tuple[Reference, Reference], str] = {}
    history: dict[tuple[Reference, Reference], list[dict[str, Any]]] = defaultdict(list)
    for (occurred, *_), s, makes, how in sorted(statements, key=lambda s: s[0]):
        kinds[s.from_, s.to] = s.kind
        history[s.from_, s.to].append((how or {}) | {"makes": makes, "at": occurred.timestamp()})
    leads = {pair: said for pair, said in history.items() if kinds[pair] == "leads"}
    neighbourhood = Neighbourhood(
        journeys=sorted(keys),
        facts=facts,
        leads=[pair for pair, said in leads.items() if said[-1]["makes"]],
        same=[Tie(a.value, b.value, said) for (a, b), said in history.items() if kinds[a, b] == "same"],
        told=[(a, b, said) for (a, b), said in leads.items() if a.scheme == "crime" and _noted(said)],
        rules=RULES,
    )
    folded = fold_all(neighbourhood, [key.journey_id for key in keys])
    result = {}
    for key in sorted(keys):
        journey = folded[key.journey_id]
        assert isinstance(journey, Journey), journey
        result[key.force, key.crime_reference, key.victim_reference] = journey
    return result


def _noted(said: list[dict[str, Any]]) -> bool:
    """Whether more than papers tied a crime to a case."""
    return any("method" in one or not one["makes"] for one in said)


def _stated(position: int, e: Event) -> Stated:
    return Stated(position, e.source, e.id, e.type, e.occurred, e.recorded, e.precision, newest(e.type, e.data))


def _below(target: tuple[str, str], corrections: Mapping[tuple[str, str], list[Stated]]) -> list[Stated]:
    found: dict[tuple[str, str], Stated] = {}
    waiting = [target]
    while waiting:
        for correction in corrections.get(waiting.pop(), ()):
            if (correction.source, correction.id) not in found:
                found[correction.source, correction.id] = correction
                waiting.append((correction.source, correction.id))
    return list(found.values())

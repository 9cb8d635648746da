"""Which victim numbers are one person, and the UVI shown for each (contract 2.4)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from domain.calendar import london_day
from domain.setting import Rules
from schemas.reference import derived_uvi

Said = Mapping[str, Any]
"""A statement that decided about a pair: makes (bool), at (seconds since 1970), *method*, *score*, *by*."""


class Tie(NamedTuple):
    """Two UVIs, and what was said of them, in order."""

    one: str
    other: str
    said: Sequence[Said]

    @property
    def stands(self) -> bool:
        return bool(self.said[-1]["makes"])


class Spell(NamedTuple):
    """A time during which a link stood, or stands (`until` None); how, by the last statement that made it."""

    since: dt.date
    until: dt.date | None
    method: str | None
    score: float | None
    by: str | None


def how_made(type: str, data: Said) -> dict[str, Any] | None:
    """How an event makes or breaks a link: what of a statement is worth keeping; None where agencies' own papers say it."""
    if type.startswith("police.crime-reported."):
        return {"method": "report"}
    if not type.startswith("identity."):
        return None
    if type.startswith("identity.case-linked."):
        return {"method": "manual"}
    return {name: data[name] for name in ("method", "score", "by") if name in data}


def decides(makes: bool, how: Said, rules: Rules) -> bool | None:
    """Whether a statement says that two are one (True), that they are two (False), or nothing that counts (None): a probabilistic
    link goes by its score."""
    if not makes or how.get("method") != "probabilistic":
        return makes
    score = how.get("score")
    if score is None or rules.link_fracture <= score < rules.link_join:
        return None
    return bool(score >= rules.link_join)


def spells(said: Iterable[Said]) -> list[Spell]:
    """When the link of a pair stood."""
    found: list[Spell] = []
    for one in said:
        day = london_day(dt.datetime.fromtimestamp(one["at"], dt.UTC))
        runs = bool(found) and found[-1].until is None
        if one["makes"]:
            since = found.pop().since if runs else day
            found.append(Spell(since, None, one.get("method"), one.get("score"), one.get("by")))
        elif runs:
            found.append(found.pop()._replace(until=day))
    return found


def is_derived(uvi: str) -> bool:
    """Whether a UVI was made from a victim number: such are UUIDs of version 5 in lower case, given ones in upper case."""
    return len(uvi) == 36 and uvi[14] == "5" and uvi.count("-") == 4 and uvi == uvi.lower()


class Persons:
    """Clusters of UVIs, given and derived, that ties hold together. A person is the number of a cluster."""

    def __init__(self, numbers: Iterable[tuple[str, str]], same: Iterable[Tie]) -> None:
        self._derived = {number: derived_uvi(*number) for number in set(numbers)}
        ties = sorted(same, key=lambda tie: (tie.one, tie.other))
        neighbours: dict[str, set[str]] = {uvi: set() for uvi in self._derived.values()}
        for tie in ties:
            if tie.stands:
                neighbours.setdefault(tie.one, set()).add(tie.other)
                neighbours.setdefault(tie.other, set()).add(tie.one)
        self._neighbours = neighbours
        self._person: dict[str, int] = {}
        self._uvis: list[list[str]] = []
        for uvi in neighbours:
            if uvi not in self._person:
                self._uvis.append(self._cluster(uvi, neighbours))
        given_by_report: dict[str, set[str]] = defaultdict(set)
        self._ties_of: dict[int, list[Tie]] = defaultdict(list)
        for tie in ties:
            for person in {self.of_uvi(tie.one), self.of_uvi(tie.other)}:
                self._ties_of[person].append(tie)
            if tie.stands and any(said.get("method") == "report" for said in tie.said):
                for own, other in ((tie.one, tie.other), (tie.other, tie.one)):
                    if is_derived(own) and not is_derived(other):
                        given_by_report[own].add(other)
        self._conflicts = {own for own, given in given_by_report.items() if len(given) > 1}

    def _cluster(self, uvi: str, neighbours: Mapping[str, set[str]]) -> list[str]:
        found, person, waiting = [], len(self._uvis), [uvi]
        while waiting:
            one = waiting.pop()
            if one not in self._person:
                self._person[one] = person
                found.append(one)
                waiting.extend(neighbours[one])
        return found

    def of_number(self, force: str, number: str) -> int:
        return self._person[self._derived[force, number]]

    def of_uvi(self, uvi: str) -> int:
        """-1 for a UVI that nothing here ties to a number."""
        return self._person.get(uvi, -1)

    def shown(self, person: int) -> str:
        """The least UVI, given ones before derived."""
        return min(self._uvis[person], key=lambda uvi: (is_derived(uvi), uvi))

    def conflict(self, force: str, number: str) -> bool:
        """Whether reports gave this number two UVIs."""
        return self._derived[force, number] in self._conflicts

    def links(self, force: str, number: str) -> list[tuple[str, Spell]]:
        """The UVIs that were tied to the person of this number, each by the ties through which it was reached: of the two ends of
        a tie the one that is further away."""
        own = self._derived[force, number]
        away = self._away(own)
        found = []
        for tie in self._ties_of.get(self._person[own], ()):
            far = max((away.get(uvi, len(away)), uvi) for uvi in (tie.one, tie.other))[1]
            found += [(far, spell) for spell in spells(tie.said)]
        return found

    def _away(self, own: str) -> dict[str, int]:
        """How many ties each UVI of the person is away from this one."""
        found, waiting = {own: 0}, [own]
        for uvi in waiting:
            for other in self._neighbours[uvi] - found.keys():
                found[other] = found[uvi] + 1
                waiting.append(other)
        return found

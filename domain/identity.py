"""Which victim numbers are one person, and the UVI shown for each (contract 2.4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.reference import derived_uvi

How = Mapping[str, Any]


def is_derived(uvi: str) -> bool:
    """Whether a UVI was made from a victim number: such are UUIDs of version 5 in lower case, given ones in upper case."""
    return len(uvi) == 36 and uvi[14] == "5" and uvi.count("-") == 4 and uvi == uvi.lower()


class Persons:
    """Clusters of UVIs, given and derived, that live ties hold together. A person is the number of a cluster."""

    def __init__(self, numbers: Iterable[tuple[str, str]], same: Iterable[tuple[str, str, How]]) -> None:
        self._derived = {number: derived_uvi(*number) for number in set(numbers)}
        self._ties = sorted(same, key=lambda tie: tie[:2])
        neighbours: dict[str, set[str]] = {uvi: set() for uvi in self._derived.values()}
        for a, b, _ in self._ties:
            neighbours.setdefault(a, set()).add(b)
            neighbours.setdefault(b, set()).add(a)
        self._person: dict[str, int] = {}
        self._uvis: list[list[str]] = []
        for uvi in neighbours:
            if uvi not in self._person:
                self._uvis.append(self._cluster(uvi, neighbours))
        given_by_report: dict[str, set[str]] = defaultdict(set)
        for a, b, how in self._ties:
            if how.get("method") == "report":
                for own, other in ((a, b), (b, a)):
                    if is_derived(own) and not is_derived(other):
                        given_by_report[own].add(other)
        self._ties_of: dict[int, list[tuple[str, How]]] = defaultdict(list)
        for a, b, how in self._ties:
            self._ties_of[self._person[a]] += (a, how), (b, how)
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

    def ties(self, person: int) -> list[tuple[str, How]]:
        """Every UVI that a tie brought to the person, with how."""
        return self._ties_of.get(person, [])

"""Who the journey is about: the attributes of victim and suspects (contract 4, People)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.case import about
from domain.fact import Fact
from schemas.base import force_of

SUSPECT_FACTS = (
    "police.suspect-identified",
    "police.suspect-arrested",
    "police.suspect-interviewed",
    "police.suspect-released",
)
CLOSENESS = ("current_partner", "ex_partner", "family", "friend", "acquaintance", "other", "stranger")
OF_CRIME = ("offence_group", "offence_code", "flags")
OF_REPORT = (*OF_CRIME, "offence_date", "bcu", "location_type", "reporting_route")
OF_VICTIM = (
    "age",
    "sex",
    "ethnicity_self_defined",
    "ethnicity_officer_observed",
    "vulnerabilities",
    "interpreter_language",
)
OF_SUSPECT = ("age", "sex", "ethnicity_self_defined", "ethnicity_officer_observed")


@dataclass(slots=True)
class People:
    """The latest non-missing of each attribute, over the facts in their order."""

    latest: dict[str, Any] = field(default_factory=dict)
    relationships: set[str] = field(default_factory=set)
    on_pnc: bool | None = None
    suspect_references: set[str] = field(default_factory=set)
    suspect_fact: bool = False
    enhanced_rights: bool | None = None

    @property
    def suspects(self) -> int:
        """Distinct references, else 1 if there is any suspect fact."""
        return len(self.suspect_references) or int(self.suspect_fact)

    @property
    def relationship(self) -> str | None:
        """The closest."""
        return min(self.relationships, key=CLOSENESS.index, default=None)

    @property
    def vulnerable(self) -> bool:
        age = self.latest.get("age")
        return bool((age is not None and age < 18) or self.latest.get("vulnerabilities") or self.enhanced_rights)


def people(facts: Iterable[Fact], crime: str) -> People:
    """From the facts of a journey in order, without voided ones. A suspect of another crime of the case is none of this one."""
    found = People()
    for fact in facts:
        data = fact.data
        if fact.kind == "police.crime-reported":
            _latest(found, data, OF_REPORT)
            _latest(found, data.get("victim", {}), OF_VICTIM)
            _known(found, data.get("suspect_relationship"), data.get("suspect_known_on_pnc"))
        elif fact.kind == "police.crime-reclassified":
            _latest(found, data, OF_CRIME)
        elif fact.kind == "police.needs-assessed":
            found.enhanced_rights = data["enhanced_rights"]
        elif fact.kind in SUSPECT_FACTS:
            found.suspect_fact = True
            if fact.kind == "police.suspect-identified":
                _known(found, data.get("relationship"), data.get("known_on_pnc"))
                for name in OF_SUSPECT:
                    if data.get(name) is not None:
                        found.latest["suspect_" + name] = data[name]
        if "suspect_reference" in data and about(data, force_of(fact.source), crime):
            found.suspect_references.add(data["suspect_reference"])
    return found


def _latest(found: People, data: Any, names: Iterable[str]) -> None:
    for name in names:
        if data.get(name) is not None:
            found.latest[name] = data[name]


def _known(found: People, relationship: str | None, on_pnc: bool | None) -> None:
    if relationship is not None:
        found.relationships.add(relationship)
    if on_pnc is not None:
        found.on_pnc = bool(found.on_pnc) or on_pnc

"""Attributes, people and categories of offence (contract 4, People; 5.2, offence and cohort)."""

from collections.abc import Iterator
from typing import Any

from schemas.places import FORCES
from tests.model.history import Fact
from tests.model.order import order
from tests.model.story import Story

SUSPECT_FACTS = (
    "police.suspect-identified",
    "police.suspect-arrested",
    "police.suspect-interviewed",
    "police.suspect-released",
)
CLOSEST = ("current_partner", "ex_partner", "family", "friend", "acquaintance", "other", "stranger")
VIOLENCE = (
    "homicide",
    "violence_with_injury",
    "violence_without_injury",
    "stalking_and_harassment",
    "death_or_serious_injury_unlawful_driving",
)
SEXUAL = ("rape", "other_sexual_offences")
ROBBERY = ("robbery_of_business_property", "robbery_of_personal_property", "robbery")
COHORT = (*VIOLENCE, *SEXUAL, *ROBBERY, "arson", "criminal_damage", "public_order_offences")
VICTIM = (
    "age",
    "sex",
    "ethnicity_self_defined",
    "ethnicity_officer_observed",
    "vulnerabilities",
    "interpreter_language",
)
REPORT = ("bcu", "location_type", "reporting_route", "offence_date")


def reports(story: Story) -> list[Fact]:
    return [p.fact for p in story.facts if p.type == "police.crime-reported"]


def attributes(story: Story) -> dict[str, Any]:
    """A second report: the latest attributes that are not missing."""
    result: dict[str, Any] = dict.fromkeys((*REPORT, *VICTIM))
    for report in reports(story):
        for name in REPORT:
            if name in report.data:
                result[name] = report.data[name]
        for name, value in report.data.get("victim", {}).items():
            result[name] = value
    return result


def classification(story: Story) -> dict[str, Any]:
    """The latest of reports and reclassifications."""
    result: dict[str, Any] = {"offence_group": None, "offence_code": None, "flags": None}
    for p in story.facts:
        if p.type in ("police.crime-reported", "police.crime-reclassified"):
            result |= {name: p.data[name] for name in result if name in p.data}
    return result


def suspects(story: Story) -> int:
    """Distinct references, else 1 if there is any suspect fact."""
    facts = [p for p in story.facts if p.type in SUSPECT_FACTS]
    references = {p.data["suspect_reference"] for p in story.facts if p.here and "suspect_reference" in p.data}
    return len(references) or (1 if facts else 0)


def relationship(story: Story) -> str | None:
    said = {p.data.get("suspect_relationship") for p in story.facts if p.type == "police.crime-reported"}
    said |= {p.data.get("relationship") for p in story.facts if p.type == "police.suspect-identified"}
    return min((r for r in said if r), key=CLOSEST.index, default=None)


def known_on_pnc(story: Story) -> bool | None:
    said = {p.data.get("suspect_known_on_pnc") for p in story.facts if p.type == "police.crime-reported"}
    said |= {p.data.get("known_on_pnc") for p in story.facts if p.type == "police.suspect-identified"}
    return True if True in said else False if False in said else None


def of_suspect(story: Story, name: str) -> Any:
    """The latest that was said of a suspect."""
    said = [p.data[name] for p in story.facts if p.type == "police.suspect-identified" and name in p.data]
    return said[-1] if said else None


def cps_area(story: Story) -> str | None:
    """Of the lead case, as CPS's source says (`/cps/<area>`); before a referral of any case; else who prosecutes for the force."""
    lead = story.lead(len(story.facts))
    for case in [lead] if lead else story.cases:
        facts = [p.fact for p in story.facts if case in p.cases and "victim_reference" not in p.data]
        areas = [f.source.split("/")[2] for f in sorted(facts, key=order) if f.source.startswith("/cps/")]
        if areas:
            return areas[-1].replace("-", "_").lower()
    return FORCES[story.key[0]].cps_area


def enhanced_rights(story: Story) -> bool | None:
    said = [p.data["enhanced_rights"] for p in story.facts if p.type == "police.needs-assessed"]
    return said[-1] if said else None


def vulnerable(story: Story) -> bool:
    """Under 18, or any vulnerability recorded, or `enhanced_rights`."""
    a = attributes(story)
    return bool((a["age"] is not None and a["age"] < 18) or a["vulnerabilities"] or enhanced_rights(story))


def victims_in_crime(story: Story) -> int:
    return len(story.history.persons_in([f"{story.key[0]}/{story.key[1]}"]))


def cohort_review(story: Story) -> bool:
    group = classification(story)["offence_group"]
    return group in COHORT and victims_in_crime(story) == 1 and suspects(story) == 1


def offences(story: Story) -> set[str]:
    return set(_offences(story))


def _offences(story: Story) -> Iterator[str]:
    c, age = classification(story), attributes(story)["age"]
    group, flags = c["offence_group"], c["flags"] or ()
    adult, child = age is not None and age >= 18, age is not None and age < 18
    yield group
    if group in VIOLENCE:
        yield "violence"
    yield "sexual" if group in SEXUAL else "non_sexual"
    if group == "rape":
        yield "rape"
        if adult:
            yield "adult_rape"
            if "domestic_abuse" in flags:
                yield "adult_rape_domestic_abuse"
    if group in SEXUAL and adult:
        yield "adult_sexual"
        if group != "rape":
            yield "adult_sexual_not_rape"
    if "child_sexual_abuse" in flags or (group in SEXUAL and child):
        yield "child_sexual_abuse"
    if "stalking" in flags or c["offence_code"] == "8Q":
        yield "stalking"
    yield from (flag for flag in ("domestic_abuse", "serious_youth_violence", "hate_crime") if flag in flags)
    if group in ROBBERY:
        yield "robbery"

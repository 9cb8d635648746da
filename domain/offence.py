"""Which categories of offence a crime is in, and whether the review looked at it (contract 5.2; the review, method)."""

from collections.abc import Collection

from schemas.codes import OFFENCE_GROUPS

VIOLENCE = frozenset(
    {
        "homicide",
        "violence_with_injury",
        "violence_without_injury",
        "stalking_and_harassment",
        "death_or_serious_injury_unlawful_driving",
    }
)
SEXUAL = frozenset({"rape", "other_sexual_offences"})
ROBBERY = frozenset({"robbery_of_business_property", "robbery_of_personal_property", "robbery"})
REVIEW = VIOLENCE | SEXUAL | ROBBERY | {"arson", "criminal_damage", "public_order_offences"}
UNDECIDED = frozenset({"violence_and_sexual_offences", "other"})
"""Groups that may be sexual or not: in neither category."""
STALKING_CODES = frozenset({"8Q"})
FLAG_CATEGORIES = ("domestic_abuse", "serious_youth_violence", "hate_crime", "child_sexual_abuse", "stalking")

CATEGORIES = frozenset(OFFENCE_GROUPS) | {
    "violence",
    "robbery",
    "sexual",
    "non_sexual",
    "adult_sexual",
    "adult_sexual_not_rape",
    "adult_rape",
    "adult_rape_domestic_abuse",
    *FLAG_CATEGORIES,
}
"""All that there are."""


def categories(group: str, code: str | None, flags: Collection[str], age: int | None) -> list[str]:
    """Every category that fits, sorted. Adult: 18 or over at the report; of unknown age neither adult nor child."""
    found = {group}
    adult, child = age is not None and age >= 18, age is not None and age < 18
    if group in VIOLENCE:
        found.add("violence")
    if group in ROBBERY:
        found.add("robbery")
    if group in SEXUAL:
        found.add("sexual")
        if adult:
            found.add("adult_sexual")
            found.add("adult_rape" if group == "rape" else "adult_sexual_not_rape")
            if group == "rape" and "domestic_abuse" in flags:
                found.add("adult_rape_domestic_abuse")
        if child:
            found.add("child_sexual_abuse")
    elif group not in UNDECIDED:
        found.add("non_sexual")
    if code is not None and code.upper() in STALKING_CODES:
        found.add("stalking")
    found.update(flag for flag in FLAG_CATEGORIES if flag in flags)
    return sorted(found)


def in_review(group: str, victims: int, suspects: int) -> bool:
    """The review's cohort: its offences, exactly one victim and one suspect."""
    return group in REVIEW and victims == 1 and suspects == 1

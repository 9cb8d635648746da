"""Which figures a crime is in: the categories of offence and the review's cohort (contract 5.2)."""

from collections.abc import Collection

from simulator.people import Crime

VIOLENCE = ("homicide", "violence_with_injury", "violence_without_injury", "stalking_and_harassment",
            "death_or_serious_injury_unlawful_driving")  # fmt: skip
SEXUAL = ("rape", "other_sexual_offences")
ROBBERY = ("robbery_of_business_property", "robbery_of_personal_property")
OTHERS_OF_THE_REVIEW = ("arson", "criminal_damage", "public_order_offences")
MAY_BE_SEXUAL = ("violence_and_sexual_offences",)


def offences(group: str, code: str | None, flags: Collection[str], age: int | None) -> list[str]:
    """Every category of contract 5.2 that such a crime is in, for a victim of this age."""
    adult, child, sexual = age is not None and age > 17, age is not None and age < 18, group in SEXUAL
    fits = {
        "all": True,
        group: True,
        "violence": group in VIOLENCE,
        "sexual": sexual,
        "non_sexual": not sexual and group not in MAY_BE_SEXUAL,
        "adult_rape": group == "rape" and adult,
        "adult_rape_domestic_abuse": group == "rape" and adult and "domestic_abuse" in flags,
        "adult_sexual": sexual and adult,
        "adult_sexual_not_rape": group == "other_sexual_offences" and adult,
        "child_sexual_abuse": "child_sexual_abuse" in flags or (sexual and child),
        "stalking": "stalking" in flags or code == "8Q",
        "domestic_abuse": "domestic_abuse" in flags,
        "serious_youth_violence": "serious_youth_violence" in flags,
        "hate_crime": "hate_crime" in flags,
        "robbery": group in ROBBERY,
    }
    return [category for category, does in fits.items() if does]


def in_review(crime: Crime) -> bool:
    """The review's offences, one victim, one suspect."""
    reviewed = (*VIOLENCE, *SEXUAL, *ROBBERY, *OTHERS_OF_THE_REVIEW)
    return crime.group in reviewed and crime.persons == 1 and crime.suspects == 1

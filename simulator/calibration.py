"""What the simulator is calibrated to: the figures of the London Victim Attrition Review that a simulation can have, as data.

Each table names the section of the review that it follows ("not in the review": chosen so that the others come out). Shares of one
table are weights: they need not add up to one. `withdrawal` says how they make a probability, `truth` what figures are then true.
"""

from typing import Any, NamedTuple

from schemas.places import BCUS


class Offence(NamedTuple):
    """One kind of crime.

    `withdraws`: of the victims whose journey before a charge is over, suspect known, the share that withdrew. `effects`,
    `relationships`, `places`, `timing`: names of tables here. `referral`: mean days from report to referral. `charging`: mean days
    from CPS's first receipt to the decision. `court`: mean days from a listing to the trial.
    """

    share: float
    withdraws: float
    group: str
    code: str | None = None
    flags: tuple[str, ...] = ()
    ages: tuple[int, int] = (18, 75)
    women: float = 0.5
    effects: str = "other"
    relationships: str = "violence"
    places: str = "other"
    timing: str = "non_sexual"
    referral: float = 25
    charging: float = 24
    court: float = 260


DA = ("domestic_abuse",)
HOME: dict[str, Any] = {"effects": "domestic_abuse", "relationships": "domestic_abuse", "places": "home"}
SEXUAL: dict[str, Any] = {"effects": "sexual", "timing": "sexual", "referral": 50, "charging": 38, "court": 400}
RAPE: dict[str, Any] = SEXUAL | {"referral": 60, "charging": 248, "court": 680}

# Sections 2 and 4: 40 % of all, robbery 19 %, criminal damage 18 %, domestic abuse 59 %, adult rape 69 %, with domestic abuse 74 %,
# child sexual abuse 51 %, other sexual offences against adults 50 %. Section 4: charging 37 days, sexual offences 130, rape 267.
# Shares of offences, and the rates of the others, are not in the review.
OFFENCES = (
    Offence(0.19, 0.365, "violence_with_injury", "8N", ages=(10, 75)),
    Offence(0.12, 0.58, "violence_without_injury", "105A", DA, women=0.75, **HOME),
    Offence(0.08, 0.58, "violence_with_injury", "8N", DA, women=0.75, **HOME),
    Offence(0.045, 0.57, "stalking_and_harassment", "8Q", (*DA, "stalking"), women=0.8, **HOME),
    Offence(0.06, 0.42, "stalking_and_harassment", "8L", women=0.7),
    Offence(0.03, 0.26, "violence_with_injury", "5D", ("serious_youth_violence", "knife_crime"), (12, 24), 0.2,
            effects="youth", relationships="youth"),
    Offence(0.08, 0.19, "robbery_of_personal_property", "34B", (), (12, 70), 0.35, relationships="strangers"),
    Offence(0.01, 0.19, "robbery_of_business_property", "34A", relationships="strangers"),
    Offence(0.13, 0.18, "criminal_damage", "58C", relationships="strangers"),
    Offence(0.01, 0.18, "arson", "56A", relationships="strangers"),
    Offence(0.06, 0.32, "public_order_offences", "9A", ages=(10, 75), relationships="strangers"),
    Offence(0.03, 0.32, "public_order_offences", "9B", ("hate_crime",), ages=(10, 75), relationships="strangers"),
    Offence(0.035, 0.669, "rape", "19C", (), (18, 60), 0.95, relationships="sexual", places="rape", **RAPE),
    Offence(0.015, 0.74, "rape", "19C", DA, (18, 60), 0.97, relationships="domestic_abuse", places="home", **RAPE),
    Offence(0.045, 0.5, "other_sexual_offences", "20A", (), (18, 65), 0.9, relationships="sexual", **SEXUAL),
    Offence(0.02, 0.51, "other_sexual_offences", "20B", ("child_sexual_abuse",), (5, 17), 0.85, relationships="sexual",
            places="rape", **SEXUAL | {"effects": "children"}),
    Offence(0.01, 0.51, "rape", "19D", ("child_sexual_abuse",), (5, 17), 0.9, relationships="sexual", places="rape",
            **RAPE | {"effects": "children"}),
    Offence(0.02, 0.11, "residential_burglary", "28E", relationships="strangers"),
    Offence(0.01, 0.11, "theft_from_the_person", "39", relationships="strangers"),
    Offence(0.005, 0.32, "violence_and_sexual_offences"),
)  # fmt: skip

# Not in the review: who the suspects are, and where it happens.
RELATIONSHIPS = {
    "strangers": {"stranger": 0.91, "acquaintance": 0.05, "friend": 0.01, "family": 0.01, "other": 0.02},
    "violence": {"stranger": 0.68, "acquaintance": 0.2, "friend": 0.07, "family": 0.04, "other": 0.01},
    "youth": {"stranger": 0.6, "acquaintance": 0.22, "friend": 0.1, "family": 0.03, "current_partner": 0.02,
              "ex_partner": 0.02, "other": 0.01},
    "sexual": {"stranger": 0.3, "acquaintance": 0.42, "friend": 0.15, "family": 0.1, "other": 0.03},
    "domestic_abuse": {"ex_partner": 0.5, "current_partner": 0.35, "family": 0.15},
}  # fmt: skip
PLACES = {
    "other": {"private_residence": 0.3, "street": 0.33, "public_place": 0.15, "transport": 0.08, "licensed_premises": 0.06,
              "online": 0.03, "hotel": 0.03, "education": 0.02},
    "home": {"private_residence": 0.8, "street": 0.08, "public_place": 0.05, "hotel": 0.03, "online": 0.02,
             "transport": 0.02},
    "rape": {"private_residence": 0.6, "street": 0.12, "public_place": 0.12, "hotel": 0.06, "licensed_premises": 0.06,
             "transport": 0.04},
}  # fmt: skip
ARRESTED = 0.4
INTERVIEWED = {True: 0.9, False: 0.2}  # if arrested, if not
ON_PNC = 0.3

KNOWN = {"friend": 1.55, "acquaintance": 1.55, "family": 1.55}
AGES = {"0-17": 0.88, "18-24": 1.1}
VULNERABILITY = {
    "mental_health": 1 / 1.3,
    "physical_disability": 1 / 1.05,
    "learning_disability": 1 / 1.15,
    "other_disability": 1 / 1.15,
}
EFFECTS: dict[str, dict[str, dict[Any, float]]] = {
    # How many times as likely a withdrawal is, by what; 1 of what is not named. Sections 2 to 4 and 6: 2.1 times where the suspect
    # is a partner and 1.8 times where a friend or acquaintance (of all offences); 2.7 times less where the suspect was arrested and
    # interviewed (domestic abuse); 2.3 and 2.2 times in a home or a hotel (adult sexual offences); of serious youth violence 3.1,
    # 1.7, and 1.7 where the suspect is on the PNC; 1.3, 1.1 and 1.2 times less with a mental-health condition, a physical or
    # another disability; children 36 %, 18 to 24 years 43 %; Central East 34 %, West Area 44 %; of domestic abuse 46 % in North
    # East and 62 % in several. Crude figures: the tables are what makes them so together with the mix of offences.
    "other": {"suspect_relationship": KNOWN, "bcu": {"central_east": 0.75, "west_area": 1.16, "north_east": 1.03}},
    "domestic_abuse": {
        "arrested_and_interviewed": {True: 1 / 3.1},
        "bcu": {"north_east": 0.755, "central_east": 0.88, "west_area": 1.05, "south_area": 1.05, "north_west": 1.05},
    },
    "youth": {
        "suspect_relationship": {"current_partner": 3.2, "ex_partner": 3.2, "friend": 1.7, "acquaintance": 1.7, "family": 1.7},
        "suspect_known_on_pnc": {True: 1.7},
    },
    "sexual": {"location_type": {"private_residence": 2.35, "hotel": 2.25}},
    "children": {},
}  # fmt: skip
UNSOLVED = 0.5
"""Not in the review: as likely are victims to withdraw where there is no suspect."""

TIMING = {
    # Days from report to withdrawal: the last day of each band (the first is day 2), and its share; within a band every day is as
    # likely. Sections 3 and 4: mostly the first days or weeks; of sexual offences it peaks three to twelve months after.
    "non_sexual": {7: 0.36, 30: 0.33, 90: 0.2, 365: 0.1, 700: 0.01},
    "sexual": {7: 0.06, 30: 0.12, 90: 0.19, 365: 0.55, 700: 0.08},
}
FIRST_TO_WITHDRAW = 2  # days after the report

# Section 2: of 334 records of outcome 16, 197 had no auditable record of the withdrawal, 97 were correct.
EVIDENCED = 137 / 334
CORRECT = 97 / 137
"""Of audited outcomes with a record; without one none is correct."""
BY_OUTCOME_ALONE = 0.34  # of withdrawals before a charge
OUTCOME_RECORDED = 0.8  # of withdrawals before a charge

# Section 5: 31.6 % of trials in London's Crown Court ineffective (2024). Magistrates: 22 % (2023), an answer to Parliament.
INEFFECTIVE = {"crown": 0.316, "magistrates": 0.22}

MISSING = {
    # Share of reports without it. Section 6: victims' self-defined ethnicity 70 %, as observed by officers 35 %.
    "ethnicity_self_defined": 0.7,
    "ethnicity_officer_observed": 0.35,
    "age": 0.03,
    "sex": 0.02,
    "vulnerabilities": 0.25,
    "suspect_relationship": 0.2,
    "location_type": 0.05,
    "bcu": 0.01,
    "suspect_known_on_pnc": 0.4,
}
SUSPECT_ETHNICITY_MISSING = 0.78  # section 6
VULNERABLE = {0: 0.8, 1: 0.17, 2: 0.03}  # in how many ways
VULNERABILITIES = {"mental_health": 0.6, "physical_disability": 0.15, "learning_disability": 0.1, "other_disability": 0.1,
                   "other": 0.05}  # fmt: skip

AGE_BANDS = {"0-17": 17, "18-24": 24, "25-34": 34, "35-44": 44, "45-54": 54, "55-64": 64}
"""A band, and the last year of age in it."""
UNITS = tuple(BCUS)

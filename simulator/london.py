"""The rates of a synthetic London: what happens how often, and how long it takes. Roughly the London Victim Attrition Review's.

Shares of one table are weights: they need not add up to one. Waits are mean days.
"""

from datetime import date
from typing import NamedTuple

FIRST_DAY = date(2023, 4, 1)
LAST_DAY = date(2024, 3, 31)
"""Crimes are reported from the first day to the last."""
BETWEEN_REPORTS = 3  # days at most from the report of one crime of a case to that of the next
HORIZON = date(2024, 12, 31)
"""Nothing has happened yet after this day."""


class Offence(NamedTuple):
    """One kind of crime. `withdraws`: share of victims who leave before a charge. `referral`, `decision`, `court`: waits in days
    from report to referral, referral to decision, receipt in court to the first trial. `withdrawal`: from report."""

    share: float
    withdraws: float
    group: str
    code: str | None = None
    flags: tuple[str, ...] = ()
    ages: tuple[int, int] = (18, 75)
    women: float = 0.5
    referral: float = 25
    decision: float = 12
    court: float = 90
    withdrawal: float = 15


OFFENCES = (
    Offence(0.17, 0.41, "violence_with_injury", "8N"),
    Offence(0.14, 0.62, "violence_without_injury", "105A", ("domestic_abuse",), women=0.75),
    Offence(0.08, 0.6, "violence_with_injury", "8N", ("domestic_abuse",), women=0.75),
    Offence(0.05, 0.58, "stalking_and_harassment", "8Q", ("domestic_abuse", "stalking"), women=0.8),
    Offence(0.05, 0.45, "stalking_and_harassment", "8L", women=0.7),
    Offence(0.03, 0.38, "violence_with_injury", "5D", ("serious_youth_violence", "knife_crime"), (12, 24), 0.2),
    Offence(0.08, 0.2, "robbery_of_personal_property", "34B", (), (12, 70), 0.35),
    Offence(0.01, 0.18, "robbery_of_business_property", "34A"),
    Offence(0.13, 0.19, "criminal_damage", "58C"),
    Offence(0.01, 0.18, "arson", "56A"),
    Offence(0.06, 0.33, "public_order_offences", "9A"),
    Offence(0.03, 0.36, "public_order_offences", "9B", ("hate_crime",)),
    Offence(0.035, 0.73, "rape", "19C", (), (18, 60), 0.95, 60, 90, 250, 150),
    Offence(0.015, 0.8, "rape", "19C", ("domestic_abuse",), (18, 60), 0.97, 60, 90, 250, 150),
    Offence(0.045, 0.53, "other_sexual_offences", "20A", (), (18, 65), 0.9, 50, 50, 180, 120),
    Offence(0.02, 0.55, "other_sexual_offences", "20B", ("child_sexual_abuse",), (5, 17), 0.85, 55, 60, 200, 140),
    Offence(0.01, 0.54, "rape", "19D", ("child_sexual_abuse",), (5, 17), 0.9, 60, 90, 250, 150),
    Offence(0.02, 0.11, "residential_burglary", "28E"),
    Offence(0.01, 0.11, "theft_from_the_person", "39"),
    Offence(0.005, 0.32, "violence_and_sexual_offences"),
)

FORCES = {"met": 0.97, "city-of-london": 0.03}
CPS_AREAS = {"london-north": 0.55, "london-south": 0.45}

KINDS = {  # who is in one story
    "alone": 0.86,  # one crime, one victim, one suspect or none
    "two_suspects": 0.04,
    "two_victims": 0.035,  # of one crime
    "three_victims": 0.008,
    "two_crimes": 0.02,  # of one victim, in one case
    "two_crimes_two_victims": 0.012,
    "two_numbers": 0.005,  # one person under two victim numbers in one crime
    "wrongly_linked": 0.02,  # another crime stands in the case for a while
}

WITHDRAWN = {  # how those leave who withdraw before a charge
    "withdraws": 0.8,
    "withdraws_in_charging": 0.12,
    "withdrawn_referred_not_charged": 0.02,
    "withdraws_again_after_referral": 0.01,
    "withdraws_twice": 0.015,
    "withdraws_once_reopened": 0.015,
    "withdraws_after_an_outcome_removed": 0.01,
    "withdraws_after_closure": 0.01,
}

OTHERS = {  # what becomes of the rest
    "closed_by_police": 0.6,
    "settled_out_of_court": 0.045,
    "taken_into_consideration": 0.004,
    "transferred": 0.015,
    "closed_after_triage": 0.012,
    "not_charged": 0.05,
    "settled_by_cps": 0.008,
    "closed_by_cps_for_now": 0.008,
    "charged": 0.09,
    "charged_by_police": 0.008,
    "charge_removed": 0.004,
    "charged_after_withdrawal": 0.012,
    "re_engaged": 0.025,
    "re_engaged_after_decision": 0.006,
    "outcome_changed": 0.008,
    "settled_after_withdrawal": 0.006,
    "reopened": 0.015,
    "reviewed": 0.012,
    "stalls": 0.03,
    "stalls_in_charging": 0.01,
}

SEVERAL_VICTIMS = {  # some or all of several victims withdraw
    "everybody_withdraws": 1.2,
    "one_withdraws_then_closed": 0.4,
    "one_withdraws_then_charged": 0.3,
    "one_withdraws_then_not_charged": 0.2,
    "outcome_names_nobody": 0.15,
    "outcome_is_all_there_is": 0.15,
}

TOGETHER = {  # several victims, none of whom withdraws before a charge
    "closed_by_police": 0.65,
    "settled_out_of_court": 0.06,
    "not_charged": 0.1,
    "charged": 0.15,
    "reopened": 0.04,
}

SAID_AS = {  # how a withdrawal before a charge is on record; the review found no auditable record for 59 %
    "with_evidence": 0.42,
    "without_evidence": 0.2,
    "evidence_later": 0.04,
    "outcome_alone": 0.34,
}

POLICE_CLOSES = {15: 0.4, 18: 0.45, 21: 0.05, 10: 0.03, 17: 0.03, 5: 0.01, 11: 0.01, 12: 0.01, 13: 0.01}
DISPOSALS = {8: 0.6, 22: 0.25, 3: 0.08, 2: 0.05, 6: 0.01, 7: 0.01}
RESTATED = {15: 0.5, 9: 0.2, 10: 0.1, 12: 0.05, 17: 0.05, 21: 0.1}

CONCLUDES = {  # how a prosecution goes on
    "guilty_plea": 0.34,
    "trial": 0.44,
    "withdraws": 0.14,  # after the charge
    "dropped": 0.06,
    "lapses": 0.02,  # administratively finalised
}
AFTER_CHARGE = {  # what follows a withdrawal after the charge
    "dropped_for_it": 0.4,
    "dropped_reason_not_given": 0.12,
    "dropped_for_another_reason": 0.1,
    "retraction_alone": 0.1,  # the reason is all that is on record
    "non_attendance_alone": 0.05,
    "lapsed": 0.03,
    "goes_on": 0.13,
    "comes_back": 0.07,
}
DROPPED_AS = {
    "discontinued": 0.6,
    "no_evidence_offered": 0.25,
    "charges_withdrawn": 0.1,
    "stayed": 0.03,
    "lie_on_file": 0.02,
}
REASONS_OF_CPS = {"evidential": 0.6, "public_interest": 0.3, "other": 0.1}

VACATED = 0.1  # of listings, before the day
TRIAL_OUTCOMES = {"effective": 0.484, "ineffective": 0.316, "cracked": 0.2}  # the review: 31.6 % ineffective
INEFFECTIVE = (
    "M1",
    "M2",
    "M3",
    "N1",
    "N2",
    "N3",
    "N3",
    "O1",
    "P",
    "Q1",
    "Q2",
    "R",
    "S1",
    "S2",
    "S3",
    "T",
    "U1",
    "W1",
    "W2",
    "X",
    "Z",
)
CRACKED = ("A", "A", "A", "B", "C", "D", "I", "J", "K")
VACATED_FOR = ("B", "C", "D", "E", "F", "G", "H")
GUILTY = 0.62  # of verdicts

WITHDRAWAL_REASONS = {
    "fear_of_reprisal": 0.12,
    "pressure_from_suspect": 0.04,
    "relationship": 0.12,
    "safety_only_wanted": 0.14,
    "no_justice_outcome_wanted": 0.2,
    "delay": 0.1,
    "lack_of_updates": 0.04,
    "discouraged": 0.03,
    "privacy": 0.04,
    "health": 0.06,
    "fear_of_court": 0.04,
    "trial_moved": 0.01,
    "work_or_family": 0.04,
    "not_given": 0.1,
}

RELATIONSHIPS = {"acquaintance": 0.3, "friend": 0.1, "stranger": 0.45, "family": 0.12, "other": 0.03}
PARTNERS = {"ex_partner": 0.5, "current_partner": 0.35, "family": 0.15}  # domestic abuse
LOCATIONS = {"private_residence": 0.4, "street": 0.3, "public_place": 0.12, "transport": 0.06, "licensed_premises": 0.05,
             "online": 0.03, "hotel": 0.02, "education": 0.02}  # fmt: skip
ETHNICITIES = {"W1": 0.36, "W9": 0.16, "A1": 0.07, "A2": 0.04, "A3": 0.04, "A9": 0.05, "B1": 0.06, "B2": 0.09, "B9": 0.03,
               "M1": 0.02, "M9": 0.03, "O2": 0.02, "O9": 0.03}  # fmt: skip
OBSERVED = {"white_north_european": 0.45, "white_south_european": 0.1, "black": 0.2, "asian": 0.18, "mixed": 0.03,
            "middle_eastern": 0.04}  # fmt: skip
CLOSER = ("friend", "acquaintance", "stranger")  # each closer than those after it
VULNERABLE = {0: 0.8, 1: 0.17, 2: 0.03}  # in how many ways
LINKS = {"manual": 0.3, "likely": 0.5, "unsure": 0.2}  # how the linking authority says that two are one person
SCORES = {"likely": (20, 40), "unsure": (14, 19)}  # bits: what is unsure is nothing yet
VULNERABILITIES = {"mental_health": 0.6, "physical_disability": 0.15, "learning_disability": 0.1, "other_disability": 0.1,
                   "other": 0.05}  # fmt: skip

MISSING = {  # share of reports without it
    "ethnicity_self_defined": 0.7,
    "ethnicity_officer_observed": 0.35,
    "age": 0.03,
    "sex": 0.02,
    "vulnerabilities": 0.25,
    "suspect_relationship": 0.25,
    "location_type": 0.05,
    "bcu": 0.01,
    "suspect_known_on_pnc": 0.5,
}
SUSPECT_ETHNICITY_MISSING = 0.78

LATE = 0.06  # of events reach us late
LINKS_LATE = 0.2  # of referrals, so that what CPS and courts say is there before them
DAYS_LATE = 20.0
HOURS_LATE = 8.0  # the others
TWICE = 0.015  # delivered again
AMENDED = 0.012  # said wrong, then amended
VOIDED = 0.01  # said though it never was, then voided
WRONGLY_VOIDED = 0.004  # true, voided, and the void voided
STRAY = 0.004  # of stories: somebody speaks of a case that nobody has
DAY_ONLY = 0.04  # said without the time of day

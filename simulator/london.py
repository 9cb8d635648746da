"""The rates of a synthetic London that the review says nothing of: what happens how often, and how long it takes. What it does say
is in `calibration`.

Shares of one table are weights: they need not add up to one. Waits are mean days.
"""

from datetime import date

FIRST_DAY = date(2021, 4, 1)
LAST_DAY = date(2022, 3, 31)
"""Crimes are reported from the first day to the last: the review's year."""
BETWEEN_REPORTS = 3  # days at most from the report of one crime of a case to that of the next
WITHOUT_SUSPECT = 0.2  # of stories of one victim and one crime
HORIZON = date(2024, 12, 31)
"""Nothing has happened yet after this day."""


FORCES = {"met": 0.97, "city-of-london": 0.03}
CPS_AREAS = {"london-north": 0.55, "london-south": 0.45}

KINDS = {  # who is in one story
    "alone": 0.82,  # one crime, one victim, one suspect or none
    "two_suspects": 0.05,
    "two_victims": 0.035,  # of one crime
    "three_victims": 0.008,
    "two_crimes": 0.02,  # of one victim, in one case
    "two_crimes_two_victims": 0.012,
    "two_numbers": 0.005,  # one person under two victim numbers in one crime
    "wrongly_linked": 0.05,  # another crime stands in the case for a while
}

WITHDRAWN = {  # how those leave who withdraw before a charge and say so, where there is time for it
    "leaves": 0.5,
    "leaves_in_charging": 0.35,
    "leaves_and_is_not_charged": 0.04,
    "leaves_again_after_referral": 0.03,
    "leaves_twice": 0.03,
    "leaves_once_reopened": 0.03,
    "leaves_after_an_outcome_removed": 0.02,
}
WITHDRAWN_BY_OUTCOME = {  # and those of whom nothing but an outcome says so
    "leaves": 0.6,
    "leaves_in_charging": 0.3,
    "leaves_once_reopened": 0.04,
    "leaves_after_closure": 0.06,
}
SHAPE = 3.0
"""Of the gamma distribution of long waits, for a decision and in court."""
SUSPECTED = ("leaves_in_charging", "leaves_and_is_not_charged", "leaves_again_after_referral")
"""Of these, what needs a suspect."""
SPARE = 20
"""Days: what happens before a withdrawal has fewer steps than this, each of a day at least."""

OTHERS = {  # what becomes of the rest
    "closed_by_police": 0.6,
    "settled_out_of_court": 0.045,
    "taken_into_consideration": 0.004,
    "transferred": 0.015,
    "closed_after_triage": 0.012,
    "not_charged": 0.05,
    "settled_by_cps": 0.008,
    "closed_by_cps_for_now": 0.008,
    "charged": 0.075,
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

UNSOLVED = {"closed_by_police": 0.94, "transferred": 0.03, "stalls": 0.03}  # of those, without a suspect

EVIDENCE_LATER = 0.1  # of withdrawals on record with evidence
AUDITED = 0.06  # of outcomes 14 and 16

UNSOLVED_CLOSES = {18: 0.94, 21: 0.06}
POLICE_CLOSES = {15: 0.85, 21: 0.05, 10: 0.03, 17: 0.03, 5: 0.01, 11: 0.01, 12: 0.01, 13: 0.01}
DISPOSALS = {8: 0.6, 22: 0.25, 3: 0.08, 2: 0.05, 6: 0.01, 7: 0.01}
RESTATED = {15: 0.5, 9: 0.2, 10: 0.1, 12: 0.05, 17: 0.05, 21: 0.1}

CONCLUDES = {  # how a prosecution goes on
    "guilty_plea": 0.4,
    "trial": 0.47,
    "withdraws": 0.04,  # after the charge
    "dropped": 0.06,
    "lapses": 0.02,  # administratively finalised
}
WITHDRAWS_AFTER_DOMESTIC_ABUSE = 0.16  # instead, of domestic abuse
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
CRACKED_SHARE = 0.29  # of trials that are not ineffective
MISTAKEN = 0.05  # listings: recorded effective on the day, taken back the day after, and put off
FAR_AHEAD = {2028: 0.024, 2029: 0.004}  # of Crown Court listings, the year of a trial years ahead
INEFFECTIVE_FOR = (
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
CRACKED_FOR = ("A", "A", "A", "B", "C", "D", "I", "J", "K")
VACATED_FOR = ("B", "C", "D", "E", "F", "G", "H")
PLEADS, ENDS_EARLY = 0.55, 0.4
"""Of the wait for a trial: until a plea of guilty, or until a prosecution ends otherwise."""
GUILTY = 0.72  # of verdicts

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

ETHNICITIES = {"W1": 0.36, "W9": 0.16, "A1": 0.07, "A2": 0.04, "A3": 0.04, "A9": 0.05, "B1": 0.06, "B2": 0.09, "B9": 0.03,
               "M1": 0.02, "M9": 0.03, "O2": 0.02, "O9": 0.03}  # fmt: skip
OBSERVED = {"white_north_european": 0.45, "white_south_european": 0.1, "black": 0.2, "asian": 0.18, "mixed": 0.03,
            "middle_eastern": 0.04}  # fmt: skip
CLOSER = ("friend", "acquaintance", "stranger")  # each closer than those after it
LINKS = {"manual": 0.3, "likely": 0.5, "unsure": 0.2}  # how the linking authority says that two are one person
SCORES = {"likely": (20, 40), "unsure": (14, 19)}  # bits: what is unsure is nothing yet
TOLD_LATER = 0.3  # of suspects' relationships and PNC records that the report lacked
CLOSER_LATER = 0.2  # of suspects who were reported as less close than they are
RECLASSIFIED = 0.02

LATE = 0.06  # of events reach us late
LINKS_LATE = 0.2  # of referrals, so that what CPS and courts say is there before them
DAYS_LATE = 20.0
HOURS_LATE = 8.0  # the others
TWICE = 0.015  # delivered again
AMENDED = 0.012  # said wrong, then amended
VOIDED = 0.01  # said though it never was, then voided
WRONGLY_VOIDED = 0.004  # true, voided, and the void voided
STRAY = 0.01  # of stories: somebody speaks of a case that nobody has
DAY_ONLY = 0.04  # said without the time of day

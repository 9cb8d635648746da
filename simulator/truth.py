"""The true parameters: what the estimates in the tables are estimates of, by exact sums over `calibration`.

They are true of journeys of one victim and one crime that somebody is suspected of, one person; the cohort `review` has few others.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from simulator import calibration, withdrawal
from simulator.calibration import OFFENCES, Offence
from simulator.categories import OTHERS_OF_THE_REVIEW, ROBBERY, SEXUAL, VIOLENCE, offences

REVIEWED = [o for o in OFFENCES if o.group in (*VIOLENCE, *SEXUAL, *ROBBERY, *OTHERS_OF_THE_REVIEW)]
RATES = (
    "all",
    "robbery",
    "criminal_damage",
    "domestic_abuse",
    "adult_rape",
    "adult_rape_domestic_abuse",
    "adult_sexual_not_rape",
    "child_sexual_abuse",
)
RISKS = (
    ("all", "suspect_relationship", "current_partner", "stranger"),
    ("all", "suspect_relationship", "ex_partner", "stranger"),
    ("all", "suspect_relationship", "friend", "stranger"),
    ("all", "suspect_relationship", "acquaintance", "stranger"),
    ("domestic_abuse", "arrested_and_interviewed", "yes", "no"),
    ("adult_sexual", "location_type", "private_residence", "public_place"),
    ("adult_sexual", "location_type", "hotel", "public_place"),
    ("serious_youth_violence", "suspect_relationship", "friend", "stranger"),
    ("serious_youth_violence", "suspect_known_on_pnc", "yes", "no"),
    ("all", "vulnerability", "mental_health", "none"),
    ("all", "vulnerability", "physical_disability", "none"),
    ("all", "vulnerability", "other_disability", "none"),
)
DAYS = (7, 30, 90, 365)


class Figure(NamedTuple):
    """`table.column` of `metrics`, the row by its keys, and the true value."""

    column: str
    row: dict[str, Any]
    true: float


def figures() -> Iterator[Figure]:
    """Every true parameter that the simulator states."""
    review = {"cohort": "review", "stage": "pre_charge"}
    places = [(offence, f"met/{unit}") for offence in ("all", "domestic_abuse") for unit in calibration.UNITS]
    for offence in RATES:
        yield _figure("attrition.withdrawal_rate", withdrawal_rate(offence), review, offence)
    for offence, unit in places:
        yield _figure("attrition.withdrawal_rate", withdrawal_rate(offence, "bcu", unit), review, offence, "bcu", unit)
    for band in (*calibration.AGE_BANDS, "65+"):
        true = withdrawal_rate("all", "age_band", band)
        yield _figure("attrition.withdrawal_rate", true, review, "all", "age_band", band)
    for offence, dimension, value, reference in RISKS:
        row = {"cohort": "review", "reference_value": reference}
        true = relative_risk(offence, dimension, value, reference)
        yield _figure("relative_risk.relative_risk", true, row, offence, dimension, value)
    for offence in ("all", "sexual", "non_sexual"):
        for day in DAYS:
            true = cumulative_withdrawal(offence, day)
            yield _figure("attrition_curve.cumulative_withdrawal", true, {"cohort": "review", "day": day}, offence)
    for jurisdiction, true in calibration.INEFFECTIVE.items():
        yield Figure("trial.ineffective_rate", {"jurisdiction": jurisdiction}, true)
    yield Figure("withdrawal_audit.evidenced_rate", {"outcome_code": "16"}, calibration.EVIDENCED)
    yield Figure("withdrawal_audit.correct_rate", {"outcome_code": "16"}, calibration.EVIDENCED * calibration.CORRECT)


def withdrawal_rate(offence: str, dimension: str = "all", value: str = "all") -> float:
    """Of the journeys that leave the stages before a charge, the share that is withdrawn."""
    withdrew = left = 0.0
    for weight, p, _ in _strata(offence, dimension, value):
        withdrew += weight * p
        left += weight * (1 - (1 - p) * withdrawal.OPEN)
    return withdrew / left


def relative_risk(offence: str, dimension: str, value: str, reference: str) -> float:
    return withdrawal_rate(offence, dimension, value) / withdrawal_rate(offence, dimension, reference)


def cumulative_withdrawal(offence: str, day: int) -> float:
    """Of all journeys, the share withdrawn before a charge by a day after the report."""
    strata = list(_strata(offence, "all", "all"))
    return sum(weight * p * withdrawal.by_day(o, day) for weight, p, o in strata) / sum(w for w, _, _ in strata)


def _strata(category: str, dimension: str, value: str) -> Iterator[tuple[float, float, Offence]]:
    """What journeys of a category and a value consist of: the weight of each part, and its probability of a withdrawal."""
    for o in REVIEWED:
        if category not in offences(o.group, o.code, o.flags, o.ages[0]):
            continue
        if dimension == "all":
            yield o.share, withdrawal.designed(o), o
            continue
        effects = withdrawal.effects_of(o).get(dimension, {})
        for level, share in withdrawal.shares_of(o, dimension).items():
            if _is(level, value):
                yield o.share * share, withdrawal.designed(o) * effects.get(level, 1.0), o


def _is(level: Any, value: str) -> bool:
    """Whether a circumstance counts in a value of its dimension."""
    match level:
        case bool():
            return value == ("yes" if level else "no")
        case frozenset():
            return value in level if level else value == "none"
        case _:
            return value in (level, f"met/{level}") or (value == "known" and level != "stranger")


def _figure(
    column: str, true: float, row: dict[str, Any], offence: str, dimension: str = "all", value: str = "all"
) -> Figure:
    return Figure(column, {"offence": offence, "dimension": dimension, "value": value} | row, true)

"""The counts of each figure, and how anybody knows them to add up (contract 5.2): what suppression has to reckon with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.offence import FLAG_CATEGORIES, ROBBERY, SEXUAL, UNDECIDED, VIOLENCE
from projections.by import DIMENSIONS
from schemas.codes import OFFENCE_GROUPS


@dataclass(frozen=True)
class Counts:
    """Of a figure. Columns are names split by spaces, relations of a row
    `whole = part + part`, `part in whole + whole` (the rest of it are people too), or `less <= more`."""

    columns: str
    row: tuple[str, ...] = ()
    # Rates and their bounds: of which counts. Days: of as many as the first of these counts, less the others. Shares of which the
    # lesser count is no column: of which count. What is made of the counts of several rows: by which column these differ.
    made: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    share_of: Mapping[str, str] = field(default_factory=dict)
    along: Mapping[str, str] = field(default_factory=dict)
    over_values: str = ""  # what adds up over the values of a dimension, and over groups of offence
    over_groups: str = ""  # what adds up over groups of offence alone
    either_basis: str = ""  # what is the same in sum over all months, by either basis

    @property
    def told(self) -> set[str]:
        """Every column that says how many, or follows from it."""
        return {*self.columns.split(), *self.made, *self.about, *self.share_of, *self.along}


_LEFT = "progressed withdrew withdrew_evidenced withdrew_continued other_exit convicted"
_ENDS = "at_risk withdrew other_exit progressed"
_RISK = "withdrew entered reference_withdrew reference_entered"
_AUDIT = "withdrawals evidenced unevidenced reason_recorded checklist_completed audited audited_correct"

COUNTS = {
    "anomaly": Counts("journeys"),
    "attrition": Counts(
        f"entered {_LEFT} open",
        (
            "entered = progressed + withdrew + other_exit + open",
            "withdrew_evidenced in withdrew",
            "withdrew_continued in progressed + other_exit",
            "convicted in progressed + other_exit",
        ),
        made=dict.fromkeys(("withdrawal_rate", "rate_low", "rate_high"), "withdrew entered open") | {"provisional": "open entered"},
        over_values=f"entered {_LEFT} open",
        either_basis=_LEFT,
    ),
    "attrition_curve": Counts(
        _ENDS, along=dict.fromkeys(("cumulative_withdrawal", "low", "high"), "day"), over_values=_ENDS
    ),
    "backlog": Counts("journeys cases", over_values="journeys"),
    "charging": Counts(
        "referrals triaged returned_at_triage decisions charged with_action_plan action_plans not_in_custody within_28_days "
        "within_28_days_cps open open_over_28 open_over_90 open_over_180",
        (
            "triaged in referrals", "returned_at_triage in triaged", "decisions in referrals", "charged in referrals",
            "with_action_plan in referrals", "with_action_plan <= action_plans", "not_in_custody in referrals",
            "within_28_days in not_in_custody", "within_28_days in decisions", "within_28_days_cps in not_in_custody",
            "within_28_days_cps in decisions", "open in referrals", "open_over_28 in open", "open_over_90 in open_over_28",
            "open_over_180 in open_over_90",
        ),
        made={"share_with_action_plan": "decisions with_action_plan"},
        share_of={"share_with_action_plan": "decisions"},
    ),
    "contact": Counts("due met", ("met in due",), made={"rate": "due met"}, over_values="due met"),
    "data_quality": Counts("present missing", made={"missing_rate": "present missing"}, over_values="present missing"),
    "delay": Counts(
        "completed imprecise open lost",
        ("imprecise <= completed",),
        about=dict.fromkeys(("mean_days", "median_days", "p90_days", "max_days"), "completed imprecise")
        | {"open_median_days": "open"},
        over_values="completed imprecise open lost",
        either_basis="completed imprecise",
    ),
    "freshness": Counts("accepted duplicates rejected unlinked"),
    "alert": Counts(
        "raised acknowledged resolved_by_itself repeated",
        ("acknowledged <= raised", "resolved_by_itself <= raised"),
        about={"median_hours_to_acknowledge": "acknowledged"},
    ),
    "listing": Counts("trials victims vulnerable_victims", ("vulnerable_victims in victims",)),
    "outcome": Counts("crimes", along={"share": "outcome_code"}, over_groups="crimes", either_basis="crimes"),
    "post_charge": Counts(
        "finalised convicted acquitted dropped administratively_finalised not_convicted victim_retraction victim_non_attendance "
        "victim_evidence not_convicted_victim dropped_victim victims_withdrew victims_withdrew_case_continued",
        (
            "finalised = convicted + not_convicted", "not_convicted = acquitted + dropped + administratively_finalised",
            "not_convicted_victim = victim_retraction + victim_non_attendance + victim_evidence",
            "not_convicted_victim in not_convicted", "dropped_victim in dropped", "dropped_victim in not_convicted_victim",
            "victims_withdrew_case_continued in victims_withdrew",
        ),
        made={
            "share_of_finalised": "not_convicted_victim finalised", "share_of_not_convicted": "not_convicted_victim not_convicted",
            "share_of_dropped": "dropped_victim dropped",
        },
        over_values="victims_withdrew victims_withdrew_case_continued",
    ),
    "relative_risk": Counts(
        _RISK,
        ("withdrew in entered",),
        made=dict.fromkeys(("relative_risk", "low", "high"), _RISK),
        over_values="withdrew entered",
    ),
    "trial": Counts(
        "trials effective cracked ineffective vacated vacated_not_needed victims_affected",
        ("trials = effective + cracked + ineffective", "vacated_not_needed in vacated", "ineffective <= victims_affected"),
        made=dict.fromkeys(("ineffective_rate", "rate_low", "rate_high"), "ineffective trials"),
    ),
    "trial_reason": Counts("trials"),
    "withdrawal_audit": Counts(
        _AUDIT,
        (
            "withdrawals = evidenced + unevidenced", "reason_recorded in withdrawals", "checklist_completed in withdrawals",
            "audited in withdrawals", "audited_correct in audited",
        ),
        made={"evidenced_rate": "evidenced withdrawals", "correct_rate": "audited_correct audited"},
        over_values=_AUDIT,
    ),
    "withdrawal_reason": Counts("withdrawals", over_values="withdrawals"),
    "withdrawal_timing": Counts("withdrawals", over_values="withdrawals"),
}  # fmt: skip

SPLIT = "split"  # the parts make the whole, and none is in two where the unit is in one value
APART = "apart"  # none is in two; they may leave some out
COVER = "cover"  # they make the whole, and overlap
PART = "part"  # each is at most the whole

_GROUPS = frozenset(OFFENCE_GROUPS) - ROBBERY | {"robbery"}
OFFENCES: tuple[tuple[str, frozenset[str], str], ...] = (
    ("all", _GROUPS, SPLIT),
    ("all", frozenset({"sexual", "non_sexual"}) | UNDECIDED, SPLIT),
    ("non_sexual", _GROUPS - SEXUAL - UNDECIDED, SPLIT),
    ("violence", VIOLENCE, SPLIT),
    ("sexual", SEXUAL, SPLIT),
    ("robbery", ROBBERY - {"robbery"}, APART),  # robbery is itself the group of those of which no more is known
    ("adult_sexual", frozenset({"adult_rape", "adult_sexual_not_rape"}), SPLIT),
    ("sexual", frozenset({"adult_sexual"}), PART),
    ("rape", frozenset({"adult_rape"}), PART),
    ("other_sexual_offences", frozenset({"adult_sexual_not_rape"}), PART),
    ("adult_rape", frozenset({"adult_rape_domestic_abuse"}), PART),
    ("domestic_abuse", frozenset({"adult_rape_domestic_abuse"}), PART),
    ("all", frozenset(FLAG_CATEGORIES), PART),
)
"""Whole, parts, how: categories of offence (domain.offence)."""
OF_ADULTS = (("sexual", "adult_sexual"), ("rape", "adult_rape"), ("other_sexual_offences", "adult_sexual_not_rape"))

MANY_VALUES = frozenset({"vulnerability", "support_service"})
ONE_VALUE = frozenset(DIMENSIONS) - MANY_VALUES
"""Dimensions of which every journey has one value."""

FIELDS = (
    ("ethnicity_self_defined", "ethnicity_officer_observed", "age", "sex", "location_type", "vulnerabilities",
     "interpreter_language", "needs_assessed", "enhanced_rights"),
    ("suspect_ethnicity_self_defined", "suspect_ethnicity_officer_observed", "suspect_age", "suspect_sex", "suspect_relationship"),
)  # fmt: skip
"""Fields of metrics.data_quality that are asked of the same journeys."""


Terms = tuple[tuple[int, str, str], ...]


def _stages() -> list[tuple[str, Terms, bool]]:
    within = (("pre_charge", "investigation", "charging"), ("post_charge", "awaiting_trial", "trial"))
    found: list[tuple[str, Terms, bool]] = []
    for whole, first, second in (*within, ("journey", "pre_charge", "post_charge")):
        for column in ("withdrew", "withdrew_evidenced", "other_exit", "convicted", "open"):
            for basis in ("reported",) if column == "open" else ("reported", "exited"):
                found.append((basis, ((1, whole, column), (-1, first, column), (-1, second, column)), True))
    for one, other in (
        (("journey", "entered"), ("investigation", "entered")),
        (("journey", "entered"), ("pre_charge", "entered")),
        (("pre_charge", "progressed"), ("post_charge", "entered")),
        (("post_charge", "entered"), ("awaiting_trial", "entered")),
    ):
        found.append(("reported", ((1, *one), (-1, *other)), True))
    for basis in ("reported", "exited"):
        found.append((basis, ((1, "journey", "progressed"), (-1, "post_charge", "progressed")), True))
    for whole, first, second in within:
        onward: Terms = ((1, second, "entered"), (-1, first, "progressed"))
        found.append(("reported", onward, False))
        found.append(("reported", (*onward, (-1, second, "progressed"), (1, whole, "progressed")), True))
    return found


STAGES = _stages()
"""Of metrics.attrition, by basis: signed counts of which the sum is 0, or else at most 0, in each cohort (domain.attrition)."""

"""What a history reaches: of every rule something, so that none is compared by nothing."""

from collections.abc import Iterable, Mapping
from typing import Any

from domain.anomaly import ANOMALIES
from domain.journey import Journey
from tests.model.story import ANSWER, DECISIONS, OUTCOME, OUTCOMES, RANK, Story

RESULTS = ("progressed", "withdrew", "other_exit", "open")
STAGES = {
    "pre_charge": RESULTS,
    "post_charge": RESULTS,
    "journey": RESULTS,
    "investigation": RESULTS,
    "charging": RESULTS,
    "awaiting_trial": RESULTS,
    "trial": RESULTS,
}
DELAYS = (
    *("report_to_arrest", "report_to_referral", "receipt_to_charge", "referral_to_decision", "cps_days", "police_days"),
    *("report_to_charge", "charge_to_first_hearing", "charge_to_trial", "court_receipt_to_completion"),
    *("charge_to_conclusion", "report_to_conclusion", "report_to_withdrawal"),
)

EVERYTHING = frozenset(
    [f"exit {exit}" for exit in RANK]
    + [f"anomaly {name}" for name in ANOMALIES]
    + [f"{stage} {result}" for stage, results in STAGES.items() for result in results]
    + [f"{delay} {state}" for delay in DELAYS for state in ("completed", "imprecise", "open", "lost", "negative")]
    + [f"decision {decision}" for decision in ("charge", *DECISIONS)]
    + [f"outcome {exit}" for exit in {*OUTCOMES.values(), "charge", "withdrawal", "removed"}]
    + [f"re-opened from {exit}" for exit in RANK]
    + [f"withdrew in {stage}" for stage in ("investigation", "charging", "awaiting_trial", "trial")]
    + [
        *("holder police", "holder cps", "holder court", "holder none"),
        *("early advice", "returned at triage", "answered for all", "several cases", "several victims", "two numbers"),
        *("ended by the lead of two", "withdrawn for one and not for another", "spell ended", "spell re-begun"),
        *("evidence of another agency", "voided", "fact of a person", "case of two forces", "unnamed 16 of others"),
        *("trial moved", "trial cleared", "cancelled", "joined late", "cps_days after a pause"),
    ]
)
"""What histories reach, but for what cannot be."""

NEVER = frozenset(
    f"{delay} {state}"
    for delay, states in (
        ("report_to_conclusion", ("lost",)),  # nothing has ended without its end
        ("charge_to_conclusion", ("lost", "negative")),
        ("report_to_referral", ("negative",)),  # a case's fact of before the report is in no delay
        ("referral_to_decision", ("negative",)),  # what was decided before the referral is not its decision
        ("cps_days", ("negative",)),
        ("police_days", ("negative",)),
    )
    for state in states
)
"""What cannot be."""


def reached(told: Iterable[tuple[Story, Mapping[str, Any], Journey]]) -> set[str]:
    """Of one history."""
    found: set[str] = set()
    stories = []
    for story, row, journey in told:
        stories.append(story)
        n = len(story.facts)
        found |= {f"holder {row['holder']}"} | ({f"exit {row['exit']}"} if row["exit"] else set())
        found |= {f"anomaly {name}" for name in journey.anomalies}
        found |= {f"{s['stage']} {s['result']}" for s in journey.stages}
        found |= {f"{d['interval']} {d['state']}" for d in journey.delays}
        for i, fact in enumerate(story.facts):
            if fact.type == "cps.charging-decision-made" and fact.here:
                found.add(f"decision {fact.data['decision']}")
            if fact.type == OUTCOME:
                meant = {0: "removed", 1: "charge", 14: "withdrawal", 16: "withdrawal"} | OUTCOMES
                found.add(f"outcome {meant[story.code(i)]}")
                if story.code(i) in (14, 16) and not story._withdrawal_code(i):
                    found.add("unnamed 16 of others")
            end = story.ended(i)
            if end and story.ended(i + 1) is None:
                found.add(f"re-opened from {end.kind}")
            if fact.type == ANSWER and "action_plan_id" not in fact.data:
                found.add("answered for all")
            if fact.type == "courts.trial-outcome-cleared":
                found.add("trial cleared")
            if fact.data.get("referral_type") == "early_advice":
                found.add("early advice")
            if fact.data.get("accepted") is False:
                found.add("returned at triage")
        found |= {f"withdrew in {stage}" for stage in row["withdrew_stages"]}
        spells = story.spells(n)
        if any(s.end is not None for s in spells):
            found.add("spell ended")
        if len(spells) > 1:
            found.add("spell re-begun")
        if any(
            len({story.facts[i].type for i in s.facts} & {"police.victim-withdrew", "cps.victim-withdrew"}) > 1
            for s in spells
        ):
            found.add("evidence of another agency")
        if len(story.cases) > 1:
            found.add("several cases")
            if row["exit"]:
                found.add("ended by the lead of two")
        if row["victims_in_crime"] > 1:
            found.add("several victims")
        if row["cancelled"]:
            found.add("cancelled")
        elif not row["counted"]:
            found.add("two numbers")
        if row["support_services"] and not any(f.type.startswith("support.") for f in story.facts):
            found.add("fact of a person")
        if any(f.joined_late for f in story.facts):
            found.add("joined late")
        if any(t["times_moved"] for t in journey.trials):
            found.add("trial moved")
        if row["cps_days"] and row["police_days"]:
            found.add("cps_days after a pause")
        forces = {crime.partition("/")[0] for urn in story.cases for crime in story.history.crimes_of(urn)}
        if len(forces) > 1:
            found.add("case of two forces")
    if any(story.history.all != story.history.facts for story in stories):
        found.add("voided")
    exits: dict[tuple[str, ...], set[str | None]] = {}
    for story in stories:
        end = story.ended(len(story.facts))
        exits.setdefault(tuple(story.cases), set()).add(end.kind if end else None)
    if any(cases and len(kinds) > 1 and "victim_withdrew" in kinds for cases, kinds in exits.items()):
        found.add("withdrawn for one and not for another")
    return found

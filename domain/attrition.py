"""How each stage was entered and left (contract 5.2, metrics.attrition)."""

import datetime as dt
from typing import Any

from domain.walk import Walk

VERDICTS = ("convicted", "acquitted")


def stages(walk: Walk, reported: dt.date) -> list[dict[str, Any]]:
    """One object for every stage entered. A journey counts once in a stage, as the facts now stand."""
    charged, effective = walk.charged, walk.hearings.effective
    charge = (walk.charged_at or walk.charged_since) if charged else None
    charging = walk.charging if any(case.referred for case in walk.cases.values()) else None
    at_charge = max(charge.day, reported) if charge else None
    at_trial = effective.day if effective else None
    entered: list[tuple[str, dt.date, dt.date | None, bool]] = [
        ("investigation", reported, charging or at_charge, False)
    ]
    if charging:
        entered.append(("charging", charging, at_charge if charged else None, False))
    if charged and at_charge:
        entered.append(("awaiting_trial", at_charge, at_trial, True))
    if at_trial:
        entered.append(("trial", at_trial, None, True))
    entered.append(("pre_charge", reported, at_charge if charged else None, False))
    if charged and at_charge:
        entered.append(("post_charge", at_charge, None, True))
    entered.append(("journey", reported, None, True))
    return [_stage(walk, *stage) for stage in entered]


_WITHIN = {
    "pre_charge": ("investigation", "charging"),
    "post_charge": ("awaiting_trial", "trial"),
    "journey": ("investigation", "charging", "awaiting_trial", "trial"),
}


def _stage(walk: Walk, name: str, entered: dt.date, progressed: dt.date | None, verdict_counts: bool) -> dict[str, Any]:
    left, result, convicted = progressed, "progressed", False
    if progressed is None:
        if walk.end is None:
            left, result = None, "open"
        else:
            left = walk.end.when.day
            convicted = walk.end.exit == "convicted"
            if walk.end.exit == "victim_withdrew":
                result = "withdrew"
            else:
                result = "progressed" if verdict_counts and walk.end.exit in VERDICTS else "other_exit"
    withdrew = result == "withdrew"
    began_in = any(spell.stage in _WITHIN.get(name, (name,)) for spell in walk.spells)
    return {
        "stage": name,
        "entered": entered.isoformat(),
        "left": left.isoformat() if left else None,
        "result": result,
        "evidenced": withdrew and walk.spell is not None and walk.spell.evidenced,
        "continued": began_in and result in ("progressed", "other_exit"),
        "convicted": convicted,
    }

"""A case of thirty victims, each with a crime of their own, worked out by hand from contract 2.4, 3 and 4.

05-03  V1 to V30, and V77, report C1 to C30, and C77
05-10  police refer C1 to C27 and, by a slip, C77 under U1; later the referral is amended: C30 was meant
05-11  CPS receives it
05-12  C29 is linked to U1, wrongly: unlinked on 08-05
06-15  V3 withdraws, with a statement
07-01  CPS decides to charge
08-01  C28 is linked to U1, late
10-04  an effective trial
10-08  convicted
"""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.integration.projections.world import World
from tests.unit.domain.said import (
    amend,
    completed,
    crime,
    day,
    decision,
    listing,
    receipt,
    referral,
    said,
    trial,
    withdrew,
)

Event = dict[str, Any]


def linking(type: str, at: str, number: str) -> Event:
    return said(f"identity.{type}", "/identity", at, urn="U1", crime_references=[number], force="met")


EVERYBODY = [*range(1, 31), 77]
REPORTS = [crime("05-03", f"C{n}", f"V{n}") for n in EVERYBODY]
SLIP = referral("05-10", crimes=(*(f"C{n}" for n in range(1, 28)), "C77"))
CASE = [
    SLIP,
    receipt("05-11"),
    linking("case-linked", "05-12", "C29"),
    withdrew("06-15", "V3", urn="U1"),
    decision("07-01"),
    listing("07-02", "10-04"),
    trial("10-04", "effective"),
    completed("10-08", "convicted"),
]
LATE = linking("case-linked", "08-01", "C28")
UNLINKED = linking("case-unlinked", "08-05", "C29")
AMENDED = amend(SLIP, crime_references=[f"C{n}" for n in (*range(1, 28), 30)])

CONVICTED = ("concluded", "convicted", day("10-08"), day("07-01"))
INVESTIGATED = ("investigation", None, None, None)

STATE = "SELECT victim_reference, stage, exit, exit_at, charged_at FROM journeys.journey"
COUNTS = """
SELECT stage, entered, progressed, withdrew, withdrew_continued, other_exit, convicted, open FROM metrics.attrition
WHERE basis = 'reported' AND offence = 'all' AND dimension = 'all' AND cohort = 'all' ORDER BY stage
"""
DELAYS = """
SELECT unit, interval, completed, open, mean_days FROM metrics.delay
WHERE basis = 'started' AND offence = 'all' AND dimension = 'all'
  AND interval IN ('receipt_to_charge', 'cps_days', 'police_days', 'report_to_charge', 'charge_to_conclusion') ORDER BY 1, 2
"""


def state(world: World) -> dict[int, tuple[Any, ...]]:
    return {int(row["victim_reference"][1:]): tuple(row.values())[1:] for row in world.rows(STATE)}


def expected(convicted: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    return dict.fromkeys(EVERYBODY, INVESTIGATED) | dict.fromkeys(convicted, CONVICTED)


def values(world: World, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in world.rows(query)]


def test_each_event_moves_whom_it_concerns(world: World) -> None:
    world.build()
    world.say(*REPORTS, *CASE)
    world.step()
    assert state(world) == expected([*range(1, 28), 77, 29])  # by the slip and the wrong link, for the time being
    world.say(LATE)
    world.step()
    assert state(world) == expected([*range(1, 28), 77, 29, 28])
    world.say(UNLINKED)
    world.step()
    assert state(world) == expected([*range(1, 28), 77, 28])
    world.say(AMENDED)
    world.step()
    assert state(world) == expected([*range(1, 28), 30, 28])
    assert world.differences() == {}


@pytest.mark.parametrize("backwards", [False, True])
def test_in_the_end_it_is_the_same_in_any_order(world: World, backwards: bool) -> None:
    """29 were in the case in the end; V29 and V77 are still in investigation.

    The case's clock: received 05-11, decided 07-01 = 20 + 30 + 1 = 51 days with CPS, one with police; from the report 05-03 to the
    charge 59; from the charge to the conclusion on 10-08: 30 + 31 + 30 + 8 = 99.
    """
    world.build()
    events = [*REPORTS, *CASE, LATE, UNLINKED, AMENDED]
    for event in reversed(events) if backwards else events:
        world.say(event)
        world.step()
    assert state(world) == expected([*range(1, 28), 30, 28])
    assert values(world, COUNTS) == [
        # stage, entered, progressed, withdrew, withdrew_continued, other_exit, convicted, open
        ("awaiting_trial", 29, 29, 0, 0, 0, 0, 0),
        ("charging", 29, 29, 0, 1, 0, 0, 0),
        ("investigation", 31, 29, 0, 0, 0, 0, 2),
        ("journey", 31, 29, 0, 1, 0, 29, 2),
        ("post_charge", 29, 29, 0, 0, 0, 29, 0),
        ("pre_charge", 31, 29, 0, 1, 0, 0, 2),
        ("trial", 29, 29, 0, 0, 0, 29, 0),
    ]
    assert values(world, DELAYS) == [
        # unit, interval, completed, open, mean_days
        ("case", "charge_to_conclusion", 1, 0, 99.0),
        ("case", "cps_days", 1, 0, 51.0),
        ("case", "police_days", 1, 0, 1.0),
        ("case", "receipt_to_charge", 1, 0, 51.0),
        ("victim", "charge_to_conclusion", 29, 0, 99.0),
        ("victim", "cps_days", 29, 0, 51.0),
        ("victim", "police_days", 29, 0, 1.0),
        ("victim", "receipt_to_charge", 29, 0, 51.0),
        ("victim", "report_to_charge", 29, 2, 59.0),
    ]
    assert world.differences() == {}


def test_who_withdrew_and_was_tried_for_all_the_same(world: World) -> None:
    """The withdrawal of 06-15 concluded V3's journey at once; the decision to charge undid that, not the withdrawal; there was a
    verdict. Nobody else's journey has a fact of it."""
    world.build()
    world.say(*REPORTS, *CASE, LATE, UNLINKED, AMENDED)
    world.step()
    rows = world.rows("SELECT * FROM journeys.journey WHERE withdrawals > 0")
    (row,) = rows
    assert (row["victim_reference"], row["exit"], row["reopened"], row["withdrawals"]) == ("V3", "convicted", 1, 1)
    assert (row["withdrew_at"], row["withdrew_stage"], row["withdrawal_evidenced"]) == (day("06-15"), "charging", True)
    facts = {
        r["victim_reference"]: r["facts"] for r in world.rows("SELECT victim_reference, facts FROM journeys.journey")
    }
    # its report; referral, receipt, two links, unlinking, decision, listing, trial, completion
    assert facts == {f"V{n}": 10 for n in range(1, 31)} | {"V3": 11, "V29": 1, "V77": 1}


def test_the_history_of_each_tie_is_kept(world: World) -> None:
    world.build()
    world.say(*REPORTS, *CASE, LATE, UNLINKED, AMENDED)
    world.step()
    ties = world.rows(
        """SELECT j.victim_reference, r.since::date::text AS since, r.until::date::text AS until
           FROM journeys.reference r JOIN journeys.journey j USING (journey_id)
           WHERE r.scheme = 'case' AND r.value = 'U1' AND j.victim_reference IN ('V1', 'V28', 'V29', 'V30', 'V77')"""
    )
    found = {row["victim_reference"]: (row["since"], row["until"]) for row in ties}
    assert found["V29"] == ("2021-05-12", "2021-08-05")
    assert found["V28"] == ("2021-08-01", None)
    assert found.keys() == {"V1", "V28", "V29", "V30"}

"""`metrics.withdrawal_reason` worked by hand."""

from typing import Any

from tests.integration.projections.world import Event, World, told
from tests.unit.domain.said import (
    about_crime,
    amend,
    cps,
    crime,
    decision,
    listing,
    outcome,
    referral,
    trial,
    void,
    withdrew,
)


def figure(world: World, **where: str) -> dict[Any, int]:
    """(month, stage, reason) -> withdrawals, of all crimes unless said."""
    given = {"offence": "all", "dimension": "all"} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    rows = world.rows(f"SELECT * FROM metrics.withdrawal_reason WHERE {conditions}", *given.values())
    return {(f"{row['period']:%m}", row["stage"], row["reason"]): row["withdrawals"] for row in rows}


def reported(n: int, **data: Any) -> Event:
    return crime("05-03", f"C{n}", f"V{n}", **data)


def withdraws(at: str, n: int, *reasons: str, **data: Any) -> Event:
    where: dict[str, Any] = {} if "urn" in data else {"crime_reference": f"C{n}"}
    return withdrew(at, f"V{n}", reasons=list(reasons), **where, **data)


TEN = [
    reported(1, bcu="south_east"),
    withdraws("05-10", 1, "delay", "health"),
    reported(2, offence_group="rape"),  # first the one, then the other reason of one withdrawal
    withdraws("05-10", 2, "fear_of_court"),
    withdraws("06-10", 2, "delay"),
    reported(3),  # twice: each withdrawal has its own
    withdraws("05-10", 3, "delay"),
    about_crime("victim-re-engaged", "05-20", "C3", victim_reference="V3"),
    withdraws("06-10", 3, "privacy"),
    reported(4),  # an outcome alone
    outcome("05-10", 16, "C4"),
    reported(5),  # no reason, and none given
    withdraws("05-10", 5),
    reported(6),
    withdraws("05-11", 6, "not_given"),
    reported(7),  # in charging
    referral("05-04", "U7", ("C7",)),
    withdraws("06-10", 7, "delay", urn="U7"),
    reported(8),  # awaiting trial: what CPS was told counts as well
    referral("05-04", "U8", ("C8",)),
    decision("05-10", urn="U8"),
    withdraws("06-10", 8, "delay"),
    cps("victim-withdrew", "06-12", urn="U8", victim_reference="V8", evidence=[], reasons=["trial_moved"]),
    reported(9),  # during the trial
    referral("05-04", "U9", ("C9",)),
    decision("05-10", urn="U9"),
    listing("05-11", "06-20", "H9", urn="U9"),
    trial("06-20", "effective", "H9"),
    withdraws("06-21", 9, "fear_of_court"),
    reported(10),  # cancelled
    withdraws("05-10", 10, "delay"),
    about_crime("crime-cancelled", "06-01", "C10"),
]


def test_ten_journeys_by_stage_and_reason(world: World) -> None:
    told(world, *TEN)
    assert figure(world) == {
        ("05", "investigation", "delay"): 3,  # C1, C2 (said in June of the withdrawal of May), C3 first
        ("05", "investigation", "health"): 1,  # C1
        ("05", "investigation", "fear_of_court"): 1,  # C2
        ("05", "investigation", "missing"): 2,  # C4, C5
        ("05", "investigation", "not_given"): 1,  # C6
        ("06", "investigation", "privacy"): 1,  # C3 second
        ("06", "charging", "delay"): 1,  # C7
        ("06", "awaiting_trial", "delay"): 1,  # C8
        ("06", "awaiting_trial", "trial_moved"): 1,  # C8
        ("06", "trial", "fear_of_court"): 1,  # C9
    }
    assert world.differences() == {}


def test_by_offence_and_place(world: World) -> None:
    told(world, *TEN)
    rape = {("05", "investigation", "delay"): 1, ("05", "investigation", "fear_of_court"): 1}
    assert figure(world, offence="rape") == figure(world, offence="sexual") == rape
    here = {("05", "investigation", "delay"): 1, ("05", "investigation", "health"): 1}
    assert figure(world, dimension="bcu", value="met/south_east") == here
    assert figure(world, dimension="force", value="met") == figure(world)


def test_a_reason_that_is_amended_or_void_moves_the_numbers_back(world: World) -> None:
    said = withdraws("05-10", 1, "delay")
    told(world, reported(1), outcome("05-09", 16), said)
    assert figure(world) == {("05", "investigation", "delay"): 1}
    world.say(amend(said, reasons=["privacy", "language"]))
    world.step()
    assert figure(world) == {("05", "investigation", "privacy"): 1, ("05", "investigation", "language"): 1}
    world.say(void(said))
    world.step()
    assert figure(world) == {("05", "investigation", "missing"): 1}  # the outcome is left
    assert world.differences() == {}

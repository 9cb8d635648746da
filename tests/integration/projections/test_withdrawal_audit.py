"""`metrics.withdrawal_audit` worked by hand."""

from typing import Any

from tests.integration.projections.counted import AUDIT
from tests.integration.projections.world import Event, World, told
from tests.unit.domain.said import (
    about_crime,
    amend,
    crime,
    day,
    decision,
    finalised,
    outcome,
    police,
    referral,
    void,
    withdrew,
)


def figure(world: World, **where: str) -> dict[Any, tuple[int, ...]]:
    """(month, outcome code) -> the counts, of all crimes unless said."""
    given = {"offence": "all", "dimension": "all"} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    rows = world.rows(f"SELECT * FROM metrics.withdrawal_audit WHERE {conditions}", *given.values())
    return {(f"{row['period']:%m}", row["outcome_code"]): tuple(row[name] for name in AUDIT) for row in rows}


def reported(n: int, **data: Any) -> Event:
    return crime("05-03", f"C{n}", f"V{n}", **data)


def withdraws(at: str, n: int, *evidence: str, **data: Any) -> Event:
    return withdrew(at, f"V{n}", evidence=evidence, crime_reference=f"C{n}", **data)


def re_engages(at: str, n: int) -> Event:
    return about_crime("victim-re-engaged", at, f"C{n}", victim_reference=f"V{n}")


def audit(at: str, n: int, correct: bool, code: int = 16, **data: Any) -> Event:
    return about_crime("outcome-audited", at, f"C{n}", outcome_code=code, correct=correct, **data)


TEN = [
    reported(1, bcu="south_east"),  # an outcome alone, found incorrect
    outcome("05-10", 16, "C1"),
    audit("06-01", 1, False, reasons=["no_auditable_record"]),
    reported(2, bcu="south_east", offence_group="rape"),  # a statement, an outcome, found correct at the second look
    withdraws("05-10", 2, "statement", reasons=["delay", "health"], checklist_completed=True),
    outcome("05-12", 16, "C2"),
    audit("06-01", 2, False),
    audit("06-20", 2, True),
    reported(3),  # no outcome; no reason but that none was given
    withdraws("05-20", 3, reasons=["not_given"], checklist_completed=False),
    reported(4),  # no suspect identified; not audited
    withdraws("05-21", 4, "email"),
    outcome("05-22", 14, "C4"),
    reported(5),  # withdraws twice, with outcome 16 each time; the second is audited
    withdraws("05-10", 5, "statement"),
    outcome("05-11", 16, "C5"),
    re_engages("05-20", 5),
    outcome("06-10", 16, "C5"),
    audit("06-20", 5, True),
    reported(6),  # withdraws twice; an audit of before the second is of the first
    outcome("05-10", 16, "C6"),
    re_engages("05-20", 6),
    audit("05-25", 6, True),
    withdraws("06-10", 6, "text_message", reasons=["privacy"]),
    reported(7),  # cancelled
    outcome("05-10", 16, "C7"),
    about_crime("crime-cancelled", "06-01", "C7"),
    reported(8),  # supports action
    outcome("05-10", 15, "C8"),
    audit("05-12", 8, True, 15),
    reported(9),  # first no suspect, then one: the outcome that was audited is not the one that stands
    outcome("05-10", 14, "C9"),
    audit("05-12", 9, True, 14),
    about_crime("suspect-identified", "05-20", "C9"),
    outcome("05-21", 16, "C9"),
    reported(10),  # withdraws after a charge
    referral("05-04", "U10", ("C10",)),
    decision("05-10", urn="U10"),
    withdraws("06-10", 10, reasons=["fear_of_court"]),
]


def test_ten_journeys_by_month_and_outcome(world: World) -> None:
    told(world, *TEN)
    # May, with 16: C1, C2, C5 first, C6 first, C9; evidenced C2, C5; audited C1 (not correct), C2, C6. C4 has 14, C3 none.
    # June: with 16 the second of C5; with none the second of C6, and C10's.
    assert figure(world) == {
        ("05", "16"): (5, 2, 3, 1, 1, 3, 2),
        ("05", "14"): (1, 1, 0, 0, 0, 0, 0),
        ("05", "none"): (1, 0, 1, 0, 0, 0, 0),
        ("06", "16"): (1, 0, 1, 0, 0, 1, 1),
        ("06", "none"): (2, 1, 1, 2, 0, 0, 0),
    }
    query = """SELECT outcome_code, evidenced_rate, correct_rate FROM metrics.withdrawal_audit
               WHERE offence = 'all' AND dimension = 'all' AND period = '2021-05-01'"""
    assert {r["outcome_code"]: (r["evidenced_rate"], r["correct_rate"]) for r in world.rows(query)} == {
        "16": (2 / 5, 2 / 3),
        "14": (1, None),
        "none": (0, None),
    }
    assert world.differences() == {}


def test_by_offence_and_place(world: World) -> None:
    told(world, *TEN)
    assert figure(world, offence="rape") == {("05", "16"): (1, 1, 0, 1, 1, 1, 1)}
    assert figure(world, dimension="bcu", value="met/south_east") == {("05", "16"): (2, 1, 1, 1, 1, 2, 1)}
    assert figure(world, dimension="bcu", value="missing")["05", "16"] == (3, 1, 2, 0, 0, 1, 1)
    assert figure(world, dimension="force", value="met") == figure(world)


def test_evidence_of_any_agency_counts_whenever_it_is_known_until_it_is_void(world: World) -> None:
    told(world, reported(1), referral("05-04", crimes=("C1",)), outcome("05-10", 16, "C1"))
    assert figure(world) == {("05", "16"): (1, 0, 1, 0, 0, 0, 0)}
    late = police(
        "victim-withdrew", "07-01", urn="U1", victim_reference="V1", evidence=["statement"], reasons=["delay"]
    )
    world.say(late)
    world.step()
    assert figure(world) == {("05", "16"): (1, 1, 0, 1, 0, 0, 0)}  # it belongs to the spell of May
    world.say(void(late))
    world.step()
    assert figure(world) == {("05", "16"): (1, 0, 1, 0, 0, 0, 0)}
    assert world.differences() == {}


def test_an_audit_that_is_amended_or_void_moves_the_numbers_back(world: World) -> None:
    looked = audit("06-01", 1, False)
    told(world, reported(1), outcome("05-10", 16, "C1"), looked)
    assert figure(world)["05", "16"][-2:] == (1, 0)
    mended = amend(looked, correct=True)
    world.say(mended)
    world.step()
    assert figure(world)["05", "16"][-2:] == (1, 1)
    world.say(void(looked))
    world.step()
    assert figure(world)["05", "16"][-2:] == (0, 0)


def test_an_audit_is_of_the_victim_whom_it_names(world: World) -> None:
    two = [crime("05-03", "C1", "V1"), crime("05-03", "C1", "V2")]
    outcomes = [outcome("05-10", 16, victim_reference=victim) for victim in ("V1", "V2")]
    told(world, *two, *outcomes, audit("05-20", 1, True, victim_reference="V2"))
    assert figure(world) == {("05", "16"): (2, 0, 2, 0, 0, 1, 1)}
    world.say(audit("05-21", 1, False))  # of the crime: of both
    world.step()
    assert figure(world) == {("05", "16"): (2, 0, 2, 0, 0, 2, 0)}


def test_a_retraction_that_cps_alone_knows_of_is_unevidenced(world: World) -> None:
    ended = finalised("07-01", "discontinued", reason="victim_retraction")
    told(world, reported(1), referral("05-04"), decision("05-10"), ended)
    assert figure(world) == {("07", "none"): (1, 0, 1, 0, 0, 0, 0)}
    assert [str(r["first_withdrew_at"]) for r in world.rows("SELECT * FROM journeys.journey")] == [str(day("07-01"))]

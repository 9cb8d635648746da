"""`metrics.post_charge` worked by hand."""

from typing import Any

from tests.integration.projections.counted import POST_CHARGE, VICTIMS
from tests.integration.projections.world import Event, World, told
from tests.unit.domain.said import (
    about_crime,
    amend,
    completed,
    cps,
    crime,
    decision,
    finalised,
    outcome,
    police,
    re_engaged,
    referral,
    void,
    withdrew,
)

NOBODY = (0,) * len(POST_CHARGE)


def rows(world: World, **where: str) -> list[dict[str, Any]]:
    given = {"offence": "all", "dimension": "all"} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    return world.rows(f"SELECT * FROM metrics.post_charge WHERE {conditions} ORDER BY period, value", *given.values())


def figure(world: World, *columns: str, **where: str) -> dict[str, tuple[int, ...]]:
    """Month -> the counts, of all crimes unless said."""
    return {f"{row['period']:%m}": tuple(row[name] for name in columns or POST_CHARGE) for row in rows(world, **where)}


def charged(n: int, **data: Any) -> list[Event]:
    """Crime, victim and case number n, charged on 20 May."""
    return [
        crime("05-03", f"C{n}", f"V{n}", **data),
        referral("05-04", f"U{n}", (f"C{n}",)),
        decision("05-20", urn=f"U{n}"),
    ]


def withdraws(at: str, n: int) -> Event:
    return withdrew(at, f"V{n}", urn=f"U{n}")


def ends(at: str, n: int, how: str, **data: Any) -> Event:
    return finalised(at, how, urn=f"U{n}", **data)


TEN = [
    *charged(1, bcu="south_east"),  # convicted
    completed("07-01", "convicted", urn="U1"),
    *charged(2),  # withdraws; the case goes on, to an acquittal
    withdraws("06-10", 2),
    completed("07-02", "acquitted", urn="U2"),
    *charged(3, offence_group="rape", bcu="south_east"),  # withdraws; dropped for it
    withdraws("06-10", 3),
    ends("07-03", 3, "discontinued", reason="victim_retraction"),
    *charged(4),  # dropped since the victim did not come: no withdrawal
    ends("07-04", 4, "no_evidence_offered", reason="victim_non_attendance"),
    *charged(5),  # dropped for another reason while a withdrawal stands
    withdraws("06-10", 5),
    ends("07-05", 5, "discontinued", reason="evidential"),
    *charged(6),  # administratively finalised for the victim's evidence, in August
    ends("08-01", 6, "administratively_finalised", reason="victim_evidence"),
    *charged(7),  # three suspects: convicted, dropped by CPS for the victim, acquitted
    completed("07-06", "convicted", urn="U7", suspect_reference="S1"),
    ends("07-07", 7, "stayed", suspect_reference="S2", reason="victim_retraction"),
    completed("08-02", "acquitted", urn="U7", suspect_reference="S3"),
    *charged(8),  # cancelled
    completed("07-08", "convicted", urn="U8"),
    about_crime("crime-cancelled", "07-09", "C8"),
    *charged(9),  # no result yet, though withdrawn
    withdraws("06-10", 9),
    crime("05-03", "C10", "V10"),  # withdrew before the charge
    withdrew("05-05", "V10", crime_reference="C10"),
    referral("05-06", "U10", ("C10",)),
    decision("05-20", urn="U10"),
    ends("08-03", 10, "lie_on_file"),
]


def test_ten_journeys_and_ten_prosecutions(world: World) -> None:
    told(world, *TEN)
    # July: U1 and U7 S1 convicted, U2 acquitted; U3, U4, U5, U7 S2 dropped: retraction U3, U7 S2, non-attendance U4.
    # August: U7 S3 acquitted, U6 administratively finalised for the victim's evidence, U10 dropped.
    assert figure(world) == {
        "07": (7, 2, 1, 4, 0, 5, 2, 1, 0, 3, 3),
        "08": (3, 0, 1, 1, 1, 3, 0, 0, 1, 1, 0),
    }
    # July: V2, V3, V5 withdrew after the charge and had not come back; the end was for it with V3 alone. August: V7, whose
    # retraction CPS alone knows of, and two others of whose suspects had a verdict. V10 withdrew before the charge.
    assert figure(world, *VICTIMS) == {"07": (3, 2), "08": (1, 1)}
    shares = {
        f"{r['period']:%m}": tuple(r[f"share_of_{of}"] for of in ("finalised", "not_convicted", "dropped"))
        for r in rows(world)
    }
    assert shares == {"07": (3 / 7, 3 / 5, 3 / 4), "08": (1 / 3, 1 / 3, 0)}
    assert world.differences() == {}


def test_by_offence_and_place(world: World) -> None:
    told(world, *TEN)
    of_c3 = (1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1)
    assert figure(world, offence="rape") == {"07": of_c3}
    assert figure(world, *VICTIMS, offence="rape") == {"07": (1, 0)}
    assert figure(world, dimension="bcu", value="met/south_east") == {"07": (2, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1)}
    assert figure(world, dimension="cps_area", value="london_south") == figure(world)
    assert figure(world, *VICTIMS, dimension="force", value="met") == figure(world, *VICTIMS)


def test_a_withdrawal_in_a_case_that_goes_on_for_another_victim(world: World) -> None:
    """V1 withdraws, the prosecution goes on for V2: one prosecution, convicted; one victim who withdrew."""
    told(
        world,
        crime("05-03", "C1", "V1", offence_group="rape"),
        crime("05-04", "C2", "V2"),
        referral("05-10", crimes=("C1", "C2")),
        decision("05-20"),
        withdrew("06-10", "V1", urn="U1"),
        completed("07-01", "convicted", suspect_reference="S1"),
    )
    assert figure(world, *POST_CHARGE[:2], *VICTIMS) == {"07": (1, 1, 1, 1)}
    assert figure(world, *POST_CHARGE[:2], *VICTIMS, offence="rape") == {"07": (1, 1, 1, 1)}
    assert figure(world, *POST_CHARGE[:2], *VICTIMS, offence="robbery") == {"07": (1, 1, 0, 0)}
    world.say(about_crime("crime-cancelled", "08-01"))
    world.step()
    assert figure(world, *POST_CHARGE[:2], *VICTIMS) == {"07": (1, 1, 0, 0)}  # V2 brings it still
    assert world.differences() == {}


def test_a_prosecution_is_of_the_crimes_that_its_results_are_about(world: World) -> None:
    told(
        world,
        crime("05-03", "C1", "V1", offence_group="rape"),
        crime("05-04", "C2", "V2"),
        referral("05-10", crimes=("C1", "C2")),
        decision("05-20"),
        completed("07-01", "acquitted", suspect_reference="S1", crime_references=["C1"], force="met"),
        completed("07-02", "convicted", suspect_reference="S2", crime_references=["C2"], force="met"),
    )
    assert figure(world) == {"07": (2, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0)}
    assert figure(world, offence="rape") == {"07": (1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0)}
    assert figure(world, offence="robbery") == {"07": (1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)}


def test_the_court_says_how_it_ended_and_cps_why(world: World) -> None:
    told(world, *charged(1), ends("07-01", 1, "discontinued", reason="victim_retraction"))
    assert figure(world, "dropped", "not_convicted_victim") == {"07": (1, 1)}
    later = completed("08-01", "convicted", urn="U1")
    world.say(later)
    world.step()
    assert figure(world, "finalised", "convicted", "not_convicted_victim") == {"07": (1, 1, 0)}  # the first says when
    world.say(void(later))
    world.step()
    assert figure(world, "dropped", "not_convicted_victim") == {"07": (1, 1)}


def test_a_reason_that_cps_gives_later_or_another(world: World) -> None:
    told(world, *charged(1), completed("07-01", "discontinued", urn="U1"))
    assert figure(world, "dropped", "dropped_victim") == {"07": (1, 0)}
    why = ends("07-20", 1, "discontinued", reason="victim_evidence")
    world.say(why)
    world.step()
    assert figure(world, "dropped", "dropped_victim", "victim_evidence") == {"07": (1, 1, 1)}
    world.say(amend(why, reason="public_interest"))
    world.step()
    assert figure(world, "dropped", "dropped_victim", "victim_evidence") == {"07": (1, 0, 0)}


def test_one_that_is_charged_again_awaits_its_result(world: World) -> None:
    told(world, *charged(1), ends("06-01", 1, "discontinued", reason="victim_retraction"))
    assert figure(world, "finalised", *VICTIMS) == {"06": (1, 1, 0)}  # the retraction is a withdrawal of its own
    world.say(cps("case-reopened", "06-10"), decision("06-20"))
    world.step()
    assert figure(world) == {}
    world.say(completed("08-01", "convicted"))
    world.step()
    assert figure(world, "finalised", "convicted", *VICTIMS) == {"08": (1, 1, 1, 1)}


def test_a_verdict_that_stays_says_when_once_what_was_before_it_is_set_aside(world: World) -> None:
    dropped = ends("06-01", 1, "discontinued", suspect_reference="S1")
    told(world, *charged(1), dropped, completed("07-01", "convicted", suspect_reference="S1"))
    assert figure(world, "convicted") == {"06": (1,)}
    world.say(cps("case-reopened", "08-01"))
    world.step()
    assert figure(world, "convicted") == {"07": (1,)}


def test_a_victim_who_came_back_did_not_withdraw_at_the_end(world: World) -> None:
    told(world, *charged(1), withdraws("06-10", 1), completed("07-01", "acquitted", urn="U1"))
    assert figure(world, *VICTIMS) == {"07": (1, 1)}
    back = re_engaged("06-20")
    world.say(back)
    world.step()
    assert figure(world, *VICTIMS) == {"07": (0, 0)}
    world.say(void(back))
    world.step()
    assert figure(world, *VICTIMS) == {"07": (1, 1)}


def test_a_withdrawal_after_a_charge_that_was_undone_is_none(world: World) -> None:
    told(world, crime("05-03"), outcome("05-10", 1), withdrew("05-20"), outcome("06-01", 0), outcome("06-10", 18))
    assert [(r["withdrew_stage"], r["exit"]) for r in world.rows("SELECT * FROM journeys.journey")] == [
        ("awaiting_trial", "victim_withdrew")
    ]
    assert rows(world) == []


def test_a_journey_that_leaves_the_case_takes_its_prosecution_along(world: World) -> None:
    told(world, *charged(1), completed("07-01", "convicted", urn="U1"))
    world.say(police("charge-referral-submitted", "05-04", urn="U9", crime_references=["C1"]))
    unlinked = {"specversion": "1.0", "id": "x", "source": "/identity", "type": "identity.case-unlinked.v1"}
    world.say(
        unlinked | {"time": "2021-12-01T09:00:00Z", "data": {"urn": "U1", "crime_references": ["C1"], "force": "met"}}
    )
    world.step()
    assert rows(world) == []
    assert world.differences() == {}

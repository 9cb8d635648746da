"""`metrics.data_quality` worked by hand."""

from typing import Any

from tests.integration.projections.world import Event, World, told
from tests.unit.domain.said import about_crime, amend, crime, day, outcome, void, withdrew

OF_VICTIM = (
    *("ethnicity_self_defined", "ethnicity_officer_observed", "age", "sex", "location_type", "vulnerabilities"),
    *("interpreter_language", "needs_assessed", "enhanced_rights"),
)
OF_SUSPECT = (
    *("suspect_ethnicity_self_defined", "suspect_ethnicity_officer_observed", "suspect_age", "suspect_sex"),
    "suspect_relationship",
)


def figure(world: World, **where: str) -> dict[str, tuple[int, int]]:
    """Field -> present, missing: of crimes reported in May unless said."""
    given: dict[str, Any] = {"offence": "all", "dimension": "all", "period": day("05-01")} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    rows = world.rows(f"SELECT * FROM metrics.data_quality WHERE {conditions}", *given.values())
    return {row["field"]: (row["present"], row["missing"]) for row in rows}


def reported(n: int, person: Event | None = None, **data: Any) -> Event:
    return crime("05-03", f"C{n}", f"V{n}", person=person, **data)


def suspect(n: int, **data: Any) -> Event:
    return about_crime("suspect-identified", "05-04", f"C{n}", **data)


TEN = [
    reported(1, {"age": 30, "sex": "female", "ethnicity_self_defined": "B1", "vulnerabilities": []}, bcu="south_east"),
    suspect(1, ethnicity_officer_observed="white", age=40, relationship="friend"),
    reported(2, {"age": 20, "ethnicity_officer_observed": "white"}, location_type="hotel", bcu="south_east"),
    suspect(2),
    reported(3, {"ethnicity_self_defined": "NS", "vulnerabilities": ["mental_health"]}, offence_group="rape"),
    about_crime("needs-assessed", "05-05", "C3", victim_reference="V3", enhanced_rights=False),
    reported(4, suspect_relationship="stranger"),  # said of nobody who is known
    reported(5, {"interpreter_language": "pl"}, suspect_relationship="family"),
    about_crime("suspect-arrested", "05-04", "C5"),
    reported(6),  # an outcome alone has no reason
    outcome("05-10", 16, "C6"),
    reported(7),
    withdrew("05-10", "V7", crime_reference="C7", reasons=["delay"]),
    reported(8),  # the latest of two has none that was given
    withdrew("05-10", "V8", crime_reference="C8", reasons=["delay"]),
    about_crime("victim-re-engaged", "05-11", "C8", victim_reference="V8"),
    withdrew("05-12", "V8", crime_reference="C8", reasons=["not_given"]),
    reported(9, {"age": 30, "sex": "male"}),  # cancelled
    about_crime("crime-cancelled", "05-20", "C9"),
    crime("06-03", "C10", "V10", person={"age": 9}),  # of June
]


def test_ten_journeys_field_by_field(world: World) -> None:
    told(world, *TEN)
    # Eight journeys of May: C1 to C8. Three with a suspect: C1, C2, C5. Three with a withdrawal: C6, C7, C8.
    assert figure(world) == {
        "ethnicity_self_defined": (2, 6),  # C1, C3
        "ethnicity_officer_observed": (1, 7),  # C2
        "age": (2, 6),  # C1, C2
        "sex": (1, 7),  # C1
        "location_type": (1, 7),  # C2
        "vulnerabilities": (2, 6),  # C1 (none), C3
        "interpreter_language": (1, 7),  # C5
        "needs_assessed": (1, 7),  # C3
        "enhanced_rights": (1, 7),
        "suspect_ethnicity_self_defined": (0, 3),
        "suspect_ethnicity_officer_observed": (1, 2),  # C1
        "suspect_age": (1, 2),
        "suspect_sex": (0, 3),
        "suspect_relationship": (2, 1),  # C1, C5
        "withdrawal_reason": (1, 2),  # C7
    }
    june = figure(world, period="2021-06-01")
    assert set(june) == set(OF_VICTIM)
    assert (june["age"], june["sex"]) == ((1, 0), (0, 1))
    rates = world.rows(
        "SELECT missing_rate FROM metrics.data_quality WHERE offence = 'all' AND dimension = 'all' AND field = 'age'"
    )
    assert sorted(row["missing_rate"] for row in rates) == [0, 6 / 8]
    assert world.differences() == {}


def test_by_offence_and_place(world: World) -> None:
    told(world, *TEN)
    rape = figure(world, offence="rape")
    assert set(rape) == set(OF_VICTIM)
    assert (rape["ethnicity_self_defined"], rape["age"]) == ((1, 0), (0, 1))
    here = figure(world, dimension="bcu", value="met/south_east")
    assert set(here) == {*OF_VICTIM, *OF_SUSPECT}
    assert (here["age"], here["sex"], here["suspect_age"]) == ((2, 0), (1, 1), (1, 1))
    assert figure(world, dimension="force", value="met") == figure(world)


def test_what_is_recorded_later_is_present_until_it_is_void(world: World) -> None:
    again = crime("05-20", "C1", "V1", person={"sex": "female"})
    known = suspect(1, sex="male")
    told(world, reported(1))
    assert (figure(world)["sex"], "suspect_sex" in figure(world)) == ((0, 1), False)
    world.say(again, known)
    world.step()
    assert (figure(world)["sex"], figure(world)["suspect_sex"]) == ((1, 0), (1, 0))
    world.say(void(again), amend(known, sex="female"))
    world.step()
    assert (figure(world)["sex"], figure(world)["suspect_sex"]) == ((0, 1), (1, 0))
    world.say(void(known))
    world.step()
    assert "suspect_sex" not in figure(world)
    assert world.differences() == {}

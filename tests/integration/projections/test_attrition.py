"""`metrics.attrition` worked by hand: ten journeys that end in ten ways, and one that is cancelled."""

from collections import defaultdict
from math import isclose, sqrt
from statistics import NormalDist
from typing import Any

import pytest

from tests.integration.projections.world import World
from tests.unit.domain.said import (
    NO_FURTHER_ACTION,
    about_crime,
    arrest,
    completed,
    courts,
    crime,
    day,
    decision,
    finalised,
    outcome,
    referral,
    said,
    trial,
    withdrew,
)

Event = dict[str, Any]

COUNTS = (
    "entered",
    "progressed",
    "withdrew",
    "withdrew_evidenced",
    "withdrew_continued",
    "other_exit",
    "convicted",
    "open",
)
MANY_VALUED = {"vulnerability", "support_service"}


def charging(n: int, *, referred: str, charged: str | None = None) -> list[Event]:
    found = [referral(referred, f"U{n}", (f"C{n}",))]
    return found + ([decision(charged, urn=f"U{n}")] if charged else [])


def trial_of(n: int, at: str) -> list[Event]:
    where = {
        "hearing_id": f"H{n}",
        "urn": f"U{n}",
        "court": "southwark",
        "hearing_type": "TRL",
        "jurisdiction": "crown",
    }
    return [courts("hearing-listed", "07-01", start_date=f"2021-{at}", **where), trial(at, "effective", f"H{n}")]


TEN = [
    # 1: a robbery, convicted after a trial. In the review's cohort: one victim, one suspect.
    crime("05-03", "C1", "V1", person={"age": 30, "sex": "female"}, suspect_relationship="stranger", suspect_known_on_pnc=True,
          bcu="central_south"),
    arrest("05-04"),
    about_crime("suspect-interviewed", "05-04"),
    *charging(1, referred="05-10", charged="05-20"),
    *trial_of(1, "09-06"),
    finalised("09-08", "convicted", urn="U1", basis="after_trial"),
    # 2: the victim of a rape, 16, withdraws in the investigation, on record.
    crime("05-03", "C2", "V2", offence_group="rape", person={"age": 16, "vulnerabilities": ["mental_health", "other"]},
          suspect_relationship="ex_partner", suspect_known_on_pnc=False, bcu="central_south"),
    withdrew("05-20", "V2", crime_reference="C2"),
    # 3: the victim of a rape, 40, withdraws while CPS decides, without a record; had two support services.
    crime("05-04", "C3", "V3", offence_group="rape", person={"age": 40, "vulnerabilities": []}, suspect_relationship="ex_partner"),
    *charging(3, referred="05-11"),
    *(said("support.service-started", "/support/vs", "05-12", force="met", crime_reference="C3", victim_reference="V3", service=s)
      for s in ("idva", "isva")),
    withdrew("06-01", "V3", crime_reference="C3", evidence=()),
    # 4: the victim of a rape withdraws after the charge, and the prosecution is dropped for it.
    crime("05-05", "C4", "V4", offence_group="rape", suspect_relationship="acquaintance"),
    *charging(4, referred="05-12", charged="06-10"),
    withdrew("06-20", "V4", crime_reference="C4"),
    finalised("07-01", "discontinued", urn="U4", reason="victim_retraction"),
    # 5: the victim withdraws in the investigation; it is charged all the same, and there is a guilty plea.
    crime("05-06", "C5", "V5"),
    withdrew("05-25", "V5", crime_reference="C5"),
    *charging(5, referred="06-01", charged="06-15"),
    completed("08-02", "convicted", urn="U5", basis="guilty_plea"),
    # 6: closed by police. In the review's cohort.
    crime("05-07", "C6", "V6", offence_group="criminal_damage"),
    about_crime("suspect-identified", "05-08", "C6", suspect_reference="S6"),
    outcome("06-30", 15, "C6"),
    # 7: no further action by CPS.
    crime("05-08", "C7", "V7", offence_group="violence_with_injury"),
    *charging(7, referred="05-13"),
    decision("07-10", NO_FURTHER_ACTION, urn="U7"),
    # 8: still investigated.
    crime("05-09", "C8", "V8"),
    # 9: charged, waits for a trial.
    crime("05-10", "C9", "V9"),
    *charging(9, referred="05-14", charged="06-16"),
    # 10: acquitted after a trial.
    crime("05-11", "C10", "V10"),
    *charging(10, referred="05-15", charged="06-17"),
    *trial_of(10, "09-07"),
    finalised("09-09", "acquitted", urn="U10", basis="after_trial"),
    # Cancelled: in no figure.
    crime("05-12", "C11", "V11"),
    about_crime("crime-cancelled", "05-30", "C11"),
]  # fmt: skip


@pytest.fixture
def ten(world: World) -> World:
    world.build()
    world.say(*TEN)
    world.step()
    return world


def figure(world: World, **where: str) -> list[dict[str, Any]]:
    given = {"offence": "all", "dimension": "all", "basis": "reported", "cohort": "all"} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    return world.rows(
        f"SELECT * FROM metrics.attrition WHERE {conditions} ORDER BY period, stage, value", *given.values()
    )


def counts(row: dict[str, Any]) -> tuple[int | None, ...]:
    return tuple(row[name] for name in COUNTS)


def test_each_stage_is_entered_and_left_as_ten_journeys_say(ten: World) -> None:
    rows = {row["stage"]: row for row in figure(ten)}
    assert {row["period"] for row in rows.values()} == {day("05-01")}
    assert {stage: counts(row) for stage, row in rows.items()} == {
        # Entered by all ten. On to charging 1, 3, 4, 5, 7, 9, 10; 2 withdrew, on record; 6 closed; 8 open; in 5 a withdrawal began.
        "investigation": (10, 7, 1, 1, 1, 1, 0, 1),
        # Charged 1, 4, 5, 9, 10; 3 withdrew, not on record; 7 no further action.
        "charging": (7, 5, 1, 0, 0, 1, 0, 0),
        # To trial 1, 10; 5 convicted without; 4 withdrew, on record; 9 open.
        "awaiting_trial": (5, 3, 1, 1, 0, 0, 1, 1),
        # 1 convicted, 10 acquitted.
        "trial": (2, 2, 0, 0, 0, 0, 1, 0),
        # Charged 5; 2 and 3 withdrew; 6 and 7 other; 8 open.
        "pre_charge": (10, 5, 2, 1, 1, 2, 0, 1),
        # Verdicts 1, 5, 10; 4 withdrew; 9 open.
        "post_charge": (5, 3, 1, 1, 0, 0, 2, 1),
        # Verdicts 1, 5, 10; 2, 3, 4 withdrew; 6 and 7 other; 8 and 9 open.
        "journey": (10, 3, 3, 2, 1, 2, 2, 2),
    }
    assert rows["journey"]["withdrawal_rate"] == 3 / 8
    assert rows["charging"]["withdrawal_rate"] == 1 / 7
    assert (rows["journey"]["provisional"], rows["charging"]["provisional"]) == (True, False)  # 2 of 10 open, 0 of 7


def test_what_left_a_stage_is_counted_in_the_month_in_which_it_left(ten: World) -> None:
    by_month = {row["period"]: counts(row) for row in figure(ten, basis="exited", stage="journey")}
    assert by_month == {
        day("05-01"): (1, 0, 1, 1, 0, 0, 0, None),  # 2 on 20 May
        day("06-01"): (2, 0, 1, 0, 0, 1, 0, None),  # 3 on 1 June, 6 on 30 June
        day("07-01"): (2, 0, 1, 1, 0, 1, 0, None),  # 4 on 1 July, 7 on 10 July
        day("08-01"): (1, 1, 0, 0, 1, 0, 1, None),  # 5 on 2 August
        day("09-01"): (2, 2, 0, 0, 0, 0, 1, None),  # 1 and 10 in September
    }
    charging = {row["period"]: counts(row)[:3] for row in figure(ten, basis="exited", stage="charging")}
    # 1 charged in May; 4, 5, 9, 10 in June, when 3 withdrew; 7 ended in July.
    assert charging == {day("05-01"): (1, 1, 0), day("06-01"): (5, 4, 1), day("07-01"): (1, 0, 0)}
    assert not any(row["provisional"] for row in figure(ten, basis="exited"))


def test_the_review_cohort_has_its_offences_with_one_victim_and_one_suspect(ten: World) -> None:
    (row,) = figure(ten, cohort="review", stage="journey")
    assert counts(row) == (2, 1, 0, 0, 0, 1, 1, 0)  # 1 and 6


def test_a_crime_is_in_every_category_of_offence_that_fits(ten: World) -> None:
    found = ten.rows(
        """SELECT offence, entered FROM metrics.attrition
        WHERE dimension = 'all' AND basis = 'reported' AND cohort = 'all' AND stage = 'journey'"""
    )
    assert {row["offence"]: row["entered"] for row in found} == {
        "all": 10,
        "rape": 3,
        "sexual": 3,
        "adult_sexual": 1,  # 3; the age in 4 is not known, 2 is a child
        "adult_rape": 1,
        "child_sexual_abuse": 1,
        "robbery": 5,  # 1, 5, 8, 9, 10
        "robbery_of_personal_property": 5,
        "criminal_damage": 1,
        "violence_with_injury": 1,
        "violence": 1,
        "non_sexual": 7,
    }


def test_every_dimension_has_its_values_and_those_of_whom_nobody_recorded_it(ten: World) -> None:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in ten.rows(
        """SELECT dimension, value, entered FROM metrics.attrition
        WHERE offence = 'all' AND basis = 'reported' AND cohort = 'all' AND stage = 'journey'"""
    ):
        found[row["dimension"]][row["value"]] = row["entered"]
    nobody = {"missing": 10}
    assert found == {
        "all": {"all": 10},
        "force": {"met": 10},
        "bcu": {"met/central_south": 2, "missing": 8},
        "cps_area": {"london_south": 6, "london": 4},  # CPS spoke of 1, 4, 5, 7, 9, 10; of the others the force's area
        "suspect_relationship": {"stranger": 1, "ex_partner": 2, "acquaintance": 1, "known": 3, "missing": 6},
        "location_type": nobody,
        "age_band": {"0-17": 1, "25-34": 1, "35-44": 1, "missing": 7},
        "sex": {"female": 1, "missing": 9},
        "vulnerability": {"mental_health": 1, "other": 1, "any": 1, "none": 1, "missing": 8},
        "support_service": {"idva": 1, "isva": 1, "any": 1, "none": 9},
        "arrested_and_interviewed": {"yes": 1, "no": 9},
        "suspect_known_on_pnc": {"yes": 1, "no": 1, "missing": 8},
        "ethnicity_self_defined": nobody,
        "ethnicity_officer_observed": nobody,
        "suspect_ethnicity_self_defined": nobody,
        "suspect_ethnicity_officer_observed": nobody,
    }


def test_age_bands_begin_and_end_where_the_contract_says(world: World) -> None:
    ages = {
        0: "0-17",
        17: "0-17",
        18: "18-24",
        24: "18-24",
        25: "25-34",
        34: "25-34",
        35: "35-44",
        44: "35-44",
        45: "45-54",
    }
    ages |= {54: "45-54", 55: "55-64", 64: "55-64", 65: "65+", 99: "65+"}
    world.build()
    world.say(*(crime("05-03", f"C{age}", f"V{age}", person={"age": age}) for age in ages))
    world.step()
    expected: dict[str, int] = defaultdict(int)
    for band in ages.values():
        expected[band] += 1
    rows = figure(world, dimension="age_band", stage="journey")
    assert {row["value"]: row["entered"] for row in rows} == expected


def test_entered_is_always_the_sum_of_how_it_was_left_and_what_is_open(ten: World) -> None:
    rows = ten.rows("SELECT * FROM metrics.attrition")
    assert len(rows) > 1_000
    for row in rows:
        assert row["entered"] == row["progressed"] + row["withdrew"] + row["other_exit"] + (row["open"] or 0), row
        assert row["withdrew_evidenced"] <= row["withdrew"]
        assert row["convicted"] <= row["progressed"]
        assert (row["open"] is None) == (row["basis"] == "exited")


def test_single_valued_dimensions_add_up_to_all(ten: World) -> None:
    whole: dict[tuple[Any, ...], tuple[int, ...]] = {}
    parts: dict[tuple[Any, ...], dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0] * len(COUNTS)))
    for row in ten.rows("SELECT * FROM metrics.attrition"):
        key = tuple(row[name] for name in ("period", "offence", "basis", "cohort", "stage"))
        numbers = tuple(row[name] or 0 for name in COUNTS)
        if row["dimension"] == "all":
            whole[key] = numbers
        elif row["dimension"] not in MANY_VALUED and row["value"] != "known":
            sums = parts[key][row["dimension"]]
            sums[:] = [a + b for a, b in zip(sums, numbers, strict=True)]
    assert whole.keys() == parts.keys()
    for key, numbers in whole.items():
        assert len(parts[key]) == 13
        assert all(tuple(sums) == numbers for sums in parts[key].values()), key


# Newcombe, Statistics in Medicine 17 (1998), table I: score interval without continuity correction.
@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1),
    ],
)
def test_the_interval_of_a_rate_is_the_published_one(world: World, k: int, n: int, low: float, high: float) -> None:
    (row,) = world.rows("SELECT metrics.wilson_low(%s, %s) AS low, metrics.wilson_high(%s, %s) AS high", k, n, k, n)
    assert (round(row["low"], 4), round(row["high"], 4)) == (low, high)


def test_a_rate_of_nothing_has_no_interval(world: World) -> None:
    assert world.rows("SELECT metrics.wilson_low(0, 0) AS low, metrics.wilson_high(0, 0) AS high") == [
        {"low": None, "high": None}
    ]


def test_every_rate_lies_in_an_interval_whose_bounds_just_agree_with_it(ten: World) -> None:
    """By definition: a bound is the p of which k of n is z standard errors away, or 0 or 1."""
    z = NormalDist().inv_cdf(0.975)
    rows = [row for row in ten.rows("SELECT * FROM metrics.attrition") if row["withdrawal_rate"] is not None]
    assert {row["withdrawal_rate"] for row in rows} > {0.0, 1.0, 3 / 8}
    for row in rows:
        left = row["entered"] - (row["open"] or 0)
        rate = row["withdrew"] / left
        assert row["withdrawal_rate"] == rate
        assert row["rate_low"] <= rate <= row["rate_high"]
        for bound, edge in ((row["rate_low"], 0.0), (row["rate_high"], 1.0)):
            if rate == edge:
                assert bound == edge
            else:
                assert isclose(abs(bound - rate), z * sqrt(bound * (1 - bound) / left), rel_tol=1e-9)


def test_where_nothing_has_left_there_is_no_rate(ten: World) -> None:
    rows = ten.rows("SELECT * FROM metrics.attrition WHERE entered = open")
    assert rows
    assert all(
        row["withdrawal_rate"] is row["rate_low"] is row["rate_high"] is None and row["provisional"] for row in rows
    )


def test_the_same_comes_of_a_build(ten: World) -> None:
    before = ten.figures()["attrition"]
    ten.build()
    assert ten.figures()["attrition"] == before
    assert ten.differences() == {}

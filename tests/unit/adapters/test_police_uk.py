"""What is said of a crime of data.police.uk, and what becomes of its victim's journey."""

import re
from pathlib import Path

import orjson
import pytest

from adapters.police_uk import GROUPS, LEFT_OUT, OUTCOMES, RESULTS
from domain.journey import Journey
from schemas.outcomes import OUTCOMES as CODES
from schemas.places import FORCES
from schemas.read import read as validated
from tests.folding import NOW, fold_history
from tests.unit.adapters.published import crime, outcome, outcomes, read, street, written

DOCS = Path(__file__).parents[3] / "docs" / "police-uk.md"

# Where the journey of a crime stands whose one outcome has this text.
STANDS = {
    "Suspect charged": ("awaiting_trial", None),
    "Offender given a caution": ("concluded", "out_of_court_disposal"),
    "Suspect charged as part of another case": ("concluded", "taken_into_consideration"),
    "Offender given penalty notice": ("concluded", "out_of_court_disposal"),
    "Offender given a drugs possession warning": ("concluded", "out_of_court_disposal"),
    "Local resolution": ("concluded", "out_of_court_disposal"),
    "Formal action is not in the public interest": ("concluded", "police_no_further_action"),
    "Investigation complete; no suspect identified": ("concluded", "police_no_further_action"),
    "Action to be taken by another organisation": ("concluded", "transferred"),
    "Further investigation is not in the public interest": ("concluded", "police_no_further_action"),
    "Further action is not in the public interest": ("concluded", "out_of_court_disposal"),
    "Defendant found not guilty": ("concluded", "acquitted"),
    "Court case unable to proceed": ("concluded", "dropped"),
    "Offender deprived of property": ("concluded", "convicted"),
    "Offender fined": ("concluded", "convicted"),
    "Offender given absolute discharge": ("concluded", "convicted"),
    "Offender given community sentence": ("concluded", "convicted"),
    "Offender given conditional discharge": ("concluded", "convicted"),
    "Offender given suspended prison sentence": ("concluded", "convicted"),
    "Offender ordered to pay compensation": ("concluded", "convicted"),
    "Offender otherwise dealt with": ("concluded", "convicted"),
    "Offender sent to prison": ("concluded", "convicted"),
    "Unable to prosecute suspect": ("investigation", None),
    "Defendant sent to Crown Court": ("investigation", None),
    "Under investigation": ("investigation", None),
    "Awaiting court outcome": ("investigation", None),
    "Court result unavailable": ("investigation", None),
    "Status update unavailable": ("investigation", None),
}


def journey(tmp_path: Path, *texts: tuple[str, str], month: str = "2016-01") -> Journey:
    """The journey of a crime of this month, with these outcomes: (month, text)."""
    lines = [outcome("c1", *text) for text in texts]
    found, _ = read(written(tmp_path, x_street=street(crime("c1", month)), x_outcomes=outcomes(*lines)))
    (folded,) = fold_history(found).values()
    return folded


def test_every_text_that_is_mapped_or_left_out_has_a_known_effect() -> None:
    assert {*OUTCOMES, *RESULTS, *LEFT_OUT} == STANDS.keys()
    assert len(OUTCOMES) + len(RESULTS) + len(LEFT_OUT) == len(STANDS)


@pytest.mark.parametrize("text", STANDS)
def test_where_a_journey_stands_after_an_outcome(text: str, tmp_path: Path) -> None:
    stands = journey(tmp_path, ("2016-03", text))

    assert (stands.stage, stands.exit) == STANDS[text]
    assert str(stands.exit_at) == ("2016-03-01" if stands.exit else "None")


@pytest.mark.parametrize("text", STANDS)
def test_no_text_says_that_a_victim_withdrew(text: str, tmp_path: Path) -> None:
    stands = journey(tmp_path, ("2016-02", "Suspect charged"), ("2016-03", text))

    assert (stands.withdrawals, stands.exit == "victim_withdrew") == (0, False)


def test_a_crime_is_one_journey_of_a_victim_by_the_crime_s_own_number(tmp_path: Path) -> None:
    found, _ = read(written(tmp_path, x_street=street(crime("ab12", "2016-05", "Robbery"))))

    (report,) = found
    assert report["type"] == "police.crime-reported.v1"
    assert report["source"] == "/police/city-of-london/data-police-uk"
    assert (report["time"], report["timeprecision"]) == ("2016-05-01T12:00:00Z", "month")
    assert report["data"] == {"crime_reference": "ab12", "victim_reference": "ab12", "offence_group": "robbery"}
    assert list(fold_history(found)) == [("city-of-london", "AB12", "AB12")]


def test_a_result_stands_on_a_case_by_the_crime_s_number(tmp_path: Path) -> None:
    found, _ = read(written(tmp_path, x_outcomes=outcomes(outcome("ab12", "2016-05", "Offender fined"))))

    link, result = found
    assert (link["type"], link["source"]) == ("identity.case-linked.v1", "/identity/data-police-uk")
    assert link["data"] == {"urn": "ab12", "crime_references": ["ab12"], "force": "city-of-london"}
    assert (result["type"], result["source"]) == ("courts.case-completed.v1", "/courts/data-police-uk")
    assert result["data"] == {"urn": "ab12", "outcome": "convicted"}


def test_every_event_is_valid_and_its_times_are_of_the_month(tmp_path: Path) -> None:
    lines = [outcome(f"c{n}", "2016-02", text) for n, text in enumerate(STANDS)]
    kinds = [crime(f"c{n}", "2016-01", kind) for n, kind in enumerate(GROUPS)]
    found, _ = read(written(tmp_path, x_street=street(*kinds), x_outcomes=outcomes(*lines)))

    for event in found:
        valid = validated(orjson.dumps(event), topic=None, now=NOW)
        assert (valid.precision, valid.other_codes, valid.unknown_fields) == ("month", 0, 0)
    assert set(OUTCOMES.values()) <= set(CODES)


def test_an_outcome_of_a_later_month_finds_its_crime_and_one_of_no_crime_stays_alone(tmp_path: Path) -> None:
    lines = [outcome("c1", "2016-07", "Local resolution"), outcome("c2", "2016-07", "Local resolution")]
    found, account = read(written(tmp_path, jan_street=street(crime("c1")), jul_outcomes=outcomes(*lines)))

    assert [j.exit for j in fold_history(found).values()] == ["out_of_court_disposal"]
    assert account.events == 3


def test_of_contradictory_outcomes_the_latest_stands_with_an_anomaly_where_it_goes_on(tmp_path: Path) -> None:
    closed = journey(
        tmp_path,
        ("2016-02", "Investigation complete; no suspect identified"),
        ("2016-03", "Offender given a caution"),
    )
    charged = journey(
        tmp_path, ("2016-02", "Investigation complete; no suspect identified"), ("2016-04", "Suspect charged")
    )

    assert (closed.exit, str(closed.exit_at)) == ("out_of_court_disposal", "2016-03-01")
    assert (charged.stage, charged.exit, charged.anomalies) == ("awaiting_trial", None, ["reopened_without_reason"])


def test_one_conviction_among_contradictory_results_convicts(tmp_path: Path) -> None:
    texts = ("Suspect charged", "Defendant found not guilty", "Offender fined", "Court case unable to proceed")

    assert journey(tmp_path, *(("2016-02", text) for text in texts)).exit == "convicted"


def test_a_charge_and_its_result_of_one_month_are_in_order(tmp_path: Path) -> None:
    stands = journey(tmp_path, ("2016-03", "Offender sent to prison"), ("2016-03", "Suspect charged"))

    assert (stands.exit, str(stands.charged_at), stands.anomalies) == ("convicted", "2016-03-01", [])


def test_an_outcome_dated_before_the_crime_s_month_is_taken_as_it_is(tmp_path: Path) -> None:
    police = journey(tmp_path, ("2016-01", "Local resolution"), month="2016-03")
    court = journey(tmp_path, ("2016-01", "Offender fined"), month="2016-03")

    assert (police.exit, str(police.reported_at), str(police.exit_at)) == (
        "out_of_court_disposal",
        "2016-03-01",
        "2016-01-01",
    )
    assert (court.exit, str(court.exit_at)) == ("convicted", "2016-03-01")
    assert "joined_late" in court.anomalies


def test_a_kind_of_crime_that_is_not_known_is_a_journey_all_the_same(tmp_path: Path) -> None:
    kinds = [crime("c1", kind="Public disorder and weapons"), crime("c2", kind="Witchcraft")]
    found, account = read(written(tmp_path, x_street=street(*kinds)))

    assert [journey.offence_group for journey in fold_history(found).values()] == ["other", "other"]
    assert account.other_kinds == {"Public disorder and weapons": 1, "Witchcraft": 1}
    assert "  made 1 of an unknown kind of crime: 'Witchcraft'" in account.lines()


@pytest.mark.parametrize(
    ("name", "force"),
    [
        ("Metropolitan Police Service", "met"),
        ("City of London Police", "city-of-london"),
        ("British Transport Police", "btp"),
        ("Devon & Cornwall Police", "devon-and-cornwall"),
        ("Avon and Somerset Constabulary", "avon-and-somerset"),
        ("Dyfed-Powys Police", "dyfed-powys"),
        ("Hampshire Constabulary", "hampshire"),
        ("Hampshire and Isle of Wight Constabulary", "hampshire"),
        ("Police Service of Northern Ireland", "northern-ireland"),
    ],
)
def test_a_force_goes_by_the_name_that_it_has_elsewhere(name: str, force: str, tmp_path: Path) -> None:
    (report,), _ = read(written(tmp_path, x_street=street(crime("c1", force=name))))

    assert report["source"] == f"/police/{force}/data-police-uk"
    assert force in FORCES or force == "northern-ireland"


def test_the_documented_mapping_is_the_one_in_force() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    of_outcomes = {text: f"outcome {code}" for text, code in OUTCOMES.items()}
    of_results = {text: f"result `{result}`" for text, result in RESULTS.items()}
    left_out = dict.fromkeys(LEFT_OUT, "left out")

    assert {text: what.strip() for text, what in rows} == of_outcomes | of_results | left_out

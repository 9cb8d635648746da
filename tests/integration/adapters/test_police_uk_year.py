"""A year of a force, as it was published: each figure counted a second time here, by nothing but csv."""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from adapters.police_uk import GROUPS, LEFT_OUT, NO_CRIME, OUTCOMES, RESULTS, Account
from tests.folding import fold_history
from tests.unit.adapters.published import read

ROOT = Path(__file__).parents[3]
YEAR = ROOT.parent / "shared" / "data" / "police-uk"
pytestmark = pytest.mark.skipif(not YEAR.is_dir(), reason=f"the published files are not in {YEAR}")

Row = dict[str, str]


def rows(kind: str) -> list[Row]:
    found: list[Row] = []
    for path in sorted(YEAR.glob(f"*-{kind}.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            found += csv.DictReader(stream)
    return found


@cache
def imported() -> tuple[list[dict[str, object]], Account]:
    return read(YEAR)


def test_every_line_of_the_year_is_accounted_for() -> None:
    _, account = imported()
    lines = sum(path.read_bytes().count(b"\n") for path in YEAR.glob("*.csv"))

    assert lines == sum(account.read.values()) + sum(account.files.values())
    for kind in ("street", "outcomes"):
        left_out = sum(n for (of, _), n in account.left_out.items() if of == kind)
        assert account.read[kind] == len(rows(kind)) == account.made[kind] + account.merged[kind] + left_out


def test_what_is_left_out_and_what_comes_again_is_what_the_files_hold() -> None:
    _, account = imported()
    texts = Counter(row["Outcome type"] for row in rows("outcomes"))
    kept = [
        (r["Crime ID"], r["Month"], r["Outcome type"]) for r in rows("outcomes") if r["Outcome type"] not in LEFT_OUT
    ]

    assert account.left_out == {
        ("street", NO_CRIME): sum(not row["Crime ID"] for row in rows("street")),
        **{("outcomes", f"{text!r} {why}"): texts[text] for text, why in LEFT_OUT.items() if text in texts},
    }
    assert account.merged["outcomes"] == len(kept) - len(set(kept)) > 0


def test_every_text_and_kind_in_the_year_is_known() -> None:
    _, account = imported()

    assert {row["Outcome type"] for row in rows("outcomes")} <= OUTCOMES.keys() | RESULTS.keys() | LEFT_OUT.keys()
    assert {row["Crime type"] for row in rows("street") if row["Crime ID"]} <= GROUPS.keys()
    assert account.other_kinds == {}


def test_every_crime_of_the_year_with_a_number_is_a_journey() -> None:
    found, _ = imported()
    journeys = fold_history(found)

    assert {crime.lower() for _, crime, _ in journeys} == {r["Crime ID"] for r in rows("street") if r["Crime ID"]}
    assert {force for force, _, _ in journeys} == {"city-of-london"}
    assert all(journey.withdrawals == 0 for journey in journeys.values())


def test_what_is_documented_of_the_year_is_so() -> None:
    found, account = imported()
    documented = (ROOT / "docs" / "police-uk.md").read_text(encoding="utf-8")
    texts: dict[str, set[str]] = {row["Crime ID"]: set() for row in rows("street") if row["Crime ID"]}
    for row in rows("outcomes"):
        texts.get(row["Crime ID"], set()).add(row["Outcome type"])
    only_unable = sum(said == {"Unable to prosecute suspect"} for said in texts.values())

    assert "\n".join(account.lines()) in documented
    assert f"{len(texts):,} crimes, {len(fold_history(found)):,} journeys. Of {only_unable} the only" in documented

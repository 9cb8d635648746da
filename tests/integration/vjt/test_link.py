"""`vjt link`: what nobody has decided on, and pairs that may be one; `vjt import linkage`."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from schemas.reference import derived_uvi
from tests.integration.projections.world import World
from tests.integration.vjt.conftest import Vjt
from tests.unit.domain.said import crime, said

Event = dict[str, Any]
V1, V2, V3 = (derived_uvi("met", f"V{n}") for n in (1, 2, 3))


def scored(one: str, other: str, score: float, at: str = "06-01") -> Event:
    return said(
        "identity.linked", "/identity/tool", at, uvi=one, same_as=other, method="probabilistic", score=score, by="tool"
    )


def pair(one: str, other: str) -> str:
    return "+".join(sorted((one, other)))


def persons(world: World) -> list[set[str]]:
    """The victim numbers of each person."""
    rows = world.rows(
        "SELECT array_agg(DISTINCT victim_reference) AS numbers FROM journeys.journey GROUP BY uvi ORDER BY 1"
    )
    return [set(row["numbers"]) for row in rows]


@pytest.fixture
def asked(world: World) -> World:
    """Three persons; of two pairs a tool is not sure."""
    world.build()
    world.say(
        crime("05-03", "C1", "V1"),
        crime("05-04", "C2", "V1"),
        crime("05-05", "C3", "V2"),
        crime("05-06", "C4", "V3"),
        scored(V1, V2, 16.5),
        scored(V1, V3, 18.0),
        scored(V2, V3, 3.0),
    )
    world.step()
    return world


def test_what_a_tool_is_not_sure_of_is_listed_the_surest_first(asked: World, vjt: Vjt) -> None:
    ended = vjt("link", "review", "--format", "json")
    assert ended.code == 0
    first, second = json.loads(ended.out)
    assert (first["pair"], second["pair"]) == (pair(V1, V3), pair(V1, V2))
    assert (second["score"], second["method"], second["by"], second["linked"]) == (16.5, "probabilistic", "tool", False)
    assert second["since"].startswith("2021-06-01")
    assert sorted((second["journeys"], second["same_as_journeys"])) == [1, 2]


def test_a_pair_that_is_accepted_is_one_and_one_that_is_refused_is_two(asked: World, vjt: Vjt) -> None:
    ended = vjt("link", "review", "--accept", pair(V1, V2), "--refuse", pair(V1, V3), "--by", "linking_team")
    assert (ended.code, ended.out) == (0, "accepted 2, duplicates 0, rejected 0\n")
    asked.step()
    assert persons(asked) == [{"V1", "V2"}, {"V3"}]
    assert json.loads(vjt("link", "review", "--format", "json").out) == []
    link = asked.rows("SELECT DISTINCT method, by, until FROM journeys.reference WHERE method = 'manual'")
    assert link == [{"method": "manual", "by": "linking_team", "until": None}]
    assert {row["source"] for row in asked.rows("SELECT source FROM metrics.freshness")} >= {"/identity/review"}
    assert asked.differences() == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--accept", "A+B"), "not on the list: A+B"),
        (("--accept", pair(V1, V2), "--refuse", pair(V1, V2)), "named twice"),
        (("--accept", pair(V1, V2), "--by", "Jane Doe"), "--by"),
    ],
)
def test_a_decision_on_what_is_not_asked_is_a_wrong_call(
    asked: World, vjt: Vjt, words: tuple[str, ...], told: str
) -> None:
    ended = vjt("link", "review", *words)
    assert ended.code == 2
    assert told in ended.err


def test_an_imported_file_of_pairs_joins_asks_and_changes_nothing_the_second_time(
    asked: World, vjt: Vjt, tmp_path: Path
) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(f"match_weight,unique_id_l,unique_id_r\n25,{V2},{V3}\n15,{V1},UVI-7\n")
    assert vjt("import", "linkage", "--load", str(file)).out == "accepted 2, duplicates 0, rejected 0\n"
    asked.step()
    assert persons(asked) == [{"V1"}, {"V2", "V3"}]
    assert vjt("import", "linkage", "--load", str(file)).out == "accepted 0, duplicates 2, rejected 0\n"
    assert asked.step() == 0


def person(**victim: Any) -> Event:
    return {"person": {"age": 30, "sex": "female"} | victim, "bcu": "central_south"}


def test_a_proposal_weighs_what_reports_share_and_links_nobody(world: World, vjt: Vjt, tmp_path: Path) -> None:
    # Of ten journeys five have age 30 or 31, sex and BCU as V1 and V2 have them; of three with a language two have theirs.
    world.build()
    world.say(
        crime("05-03", "C1", "V1", **person(interpreter_language="pl")),
        crime("05-04", "C2", "V2", **person(interpreter_language="pl")),
        crime("05-05", "C3", "V3", **person(interpreter_language="so")),
        crime("05-06", "C4", "V4", **person()),
        crime("05-07", "C5", "V5", **person(age=31)),
        *(
            crime("05-08", f"C{n}", f"V{n}", person={"age": 60 + 2 * n, "sex": "male"}, bcu="north_area")
            for n in range(6, 11)
        ),
        said("identity.unlinked", "/identity", "06-01", uvi=V1, same_as=V3),
        scored(V2, V3, 15.0),
    )
    world.step()
    expected = sum(math.log2(m / u) for m, u in ((0.95, 5 / 10), (0.99, 5 / 10), (0.9, 2 / 3), (0.8, 5 / 10)))
    ended = vjt("link", "propose", "--least", "-50", "--format", "json")
    found = {frozenset((row["uvi"], row["same_as"])): row["score"] for row in json.loads(ended.out)}
    assert found[frozenset((V1, V2))] == round(expected, 2)
    assert frozenset((V1, V3)) not in found  # somebody said that they are two
    assert frozenset((V2, V3)) not in found  # on the work list
    assert "compared 6 pairs, proposed 4 of -50 bits or more" in ended.err
    file = tmp_path / "proposed.jsonl"
    assert vjt("link", "propose", "--least", "3", "--events", str(file)).out == ""
    (event,) = map(json.loads, file.read_text().splitlines())
    assert (event["source"], event["data"]["method"]) == ("/identity/propose", "probabilistic")
    assert len(persons(world)) == 10
    assert vjt("load", str(file)).code == 0


def test_two_numbers_in_one_crime_are_compared_by_what_is_the_victims_own(world: World, vjt: Vjt) -> None:
    world.build()
    world.say(
        crime("05-03", "C1", "V1", **person(), flags=["domestic_abuse"]),
        crime("05-03", "C1", "V2", **person(age=45), flags=["domestic_abuse"]),
    )
    world.step()
    (row,) = json.loads(vjt("link", "propose", "--least", "-50", "--format", "json").out)
    assert row["block"] == "crime"
    assert [word.rstrip("-+.0123456789") for word in row["why"].split()] == ["age", "sex"]


def test_a_broken_link_is_shown_on_the_journey_and_no_longer_finds_it(world: World, vjt: Vjt) -> None:
    tie = {"uvi": V1, "same_as": "UVI-9"}
    world.build()
    world.say(
        crime("05-03", "C1", "V1"),
        said("identity.linked", "/identity", "06-01", method="manual", by="linking_team", **tie),
    )
    world.step()
    assert vjt("journey", "UVI-9").code == 0
    world.say(said("identity.unlinked", "/identity", "06-05", **tie))
    world.step()
    ended = vjt("journey", "UVI-9")
    assert (ended.code, "no journey has the reference UVI-9" in ended.err) == (2, True)
    (line,) = [line for line in vjt("journey", V1).out.splitlines() if line.split()[:2] == ["person", "UVI-9"]]
    assert line.split() == ["person", "UVI-9", "manual", "2021-06-01", "2021-06-05", "-", "linking_team"]

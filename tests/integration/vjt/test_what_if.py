"""`vjt alerts --what-if`: what other thresholds would have raised over the recorded past."""

import json
from pathlib import Path
from typing import Any

import pytest

from alerts.rules import FILE
from tests.integration.projections.world import World, told
from tests.integration.vjt.conftest import Vjt
from tests.unit.domain.said import cps, crime, referral


@pytest.fixture
def waited(world: World) -> World:
    """Two cases referred on 10 May, a Monday: U1 with two victims, decided after 30 days; U2 after 20."""
    told(
        world,
        crime("05-03", "C1", "V1", bcu="north_area"),
        crime("05-03", "C2", "V2", bcu="north_area"),
        crime("05-03", "C3", "V3", bcu="south_east"),
        referral("05-10", crimes=("C1", "C2")),
        referral("05-10", "U2", ("C3",)),
        cps("charging-decision-made", "06-09", decision="charge"),
        cps("charging-decision-made", "05-30", urn="U2", decision="charge"),
    )
    return world


def rules(folder: Path, old: str, new: str) -> str:
    text = FILE.read_text()
    assert old in text
    path = folder / "rules.toml"
    path.write_text(text.replace(old, new))
    return str(path)


def tried(vjt: Vjt, path: str, since: str) -> list[dict[str, Any]]:
    ended = vjt("alerts", "--what-if", path, "--since", since, "--format", "json")
    assert ended.code == 0, ended.err
    return [row for row in json.loads(ended.out) if row["rule"] == "charging_wait"]


def test_a_shorter_threshold_raises_what_was_decided_before_the_one_in_force(
    waited: World, vjt: Vjt, tmp_path: Path
) -> None:
    # 28 days end on 7 June: U1 alone waited so long, one alert for its two victims. 14 days end on 24 May for both.
    shorter = rules(tmp_path, "days = 28 ", "days = 14 ")
    of = {"rule": "charging_wait", "court": ""}
    assert tried(vjt, shorter, "2021-01-01") == [
        of | {"bcu": "north_area", "week": "2021-05-24", "in_force": 0, "what_if": 1},
        of | {"bcu": "north_area", "week": "2021-06-07", "in_force": 1, "what_if": 0},
        of | {"bcu": "south_east", "week": "2021-05-24", "in_force": 0, "what_if": 1},
    ]
    assert tried(vjt, shorter, "2021-06-08") == []


def test_rules_that_cannot_be_used_are_told_where(waited: World, vjt: Vjt, tmp_path: Path) -> None:
    ended = vjt("alerts", "--what-if", rules(tmp_path, "days = 28 ", 'days = "many" '), "--since", "2021-01-01")
    assert ended.code == 2
    assert "rules.toml" in ended.err
    assert "days" in ended.err
    assert "Traceback" not in ended.err
    assert vjt("alerts", "--what-if", str(tmp_path / "none.toml"), "--since", "2021-01-01").code == 2
    assert vjt("alerts", "--what-if", str(FILE), "--since", "soon").code == 2
    assert vjt("alerts", "--what-if", str(FILE), "--since", "2021-01-01", "list").code == 2
    assert vjt("alerts", "--since", "2021-01-01").code == 2

"""Scored pairs of a linkage tool, as Splink writes them."""

from pathlib import Path

import orjson
import pytest

from adapters.linkage import Account, events
from adapters.made import Made, Unreadable
from schemas.envelope import to_structured
from schemas.read import read
from tests.folding import NOW

HEADER = "match_weight,match_probability,source_dataset_l,unique_id_l,source_dataset_r,unique_id_r,gamma_age"


def imported(folder: Path, *lines: str) -> tuple[list[Made], Account]:
    file = folder / "pairs.csv"
    file.write_text("\n".join(lines) + "\n")
    account = Account()
    return list(events([file], account)), account


def test_a_line_is_a_probabilistic_link_with_the_tools_weight(tmp_path: Path) -> None:
    (made,), _ = imported(tmp_path, HEADER, "21.4567,0.99999965,met,uvi-1,kent,UVI-2,2")
    event = read(to_structured(made.event), topic=None, now=NOW)
    assert (event.type, event.source) == ("identity.linked.v1", "/identity/linkage")
    assert event.data == {"uvi": "UVI-1", "same_as": "UVI-2", "method": "probabilistic", "score": 21.457}
    assert (Path(made.file).name, made.line) == ("pairs.csv", 2)


@pytest.mark.parametrize(
    ("probability", "bits"),
    [("0.5", 0.0), ("0.8", 2.0), ("0.2", -2.0), ("1", 100.0), ("0.0", -100.0), ("1e-40", -100.0)],
)
def test_a_probability_is_a_weight_too(tmp_path: Path, probability: str, bits: float) -> None:
    (made,), _ = imported(tmp_path, "unique_id_l,unique_id_r,match_probability", f"A,B,{probability}")
    assert made.event["data"]["score"] == bits


def test_every_line_is_accounted_for(tmp_path: Path) -> None:
    made, account = imported(
        tmp_path, "unique_id_l,unique_id_r,match_weight", "A,B,20", "b,a,20.0", "A,B,21", "A,a,30", "", "A,C,inf"
    )
    assert [m.event["data"]["score"] for m in made] == [20.0, 21.0, 100.0]
    assert account.read == 6 == account.made + account.again + account.themselves + account.blank
    assert account.lines() == [
        "linkage: read 6 lines = made 3 + the same again 1 + left out 2 (files: 1)",
        "  left out 1: a UVI beside itself",
        "  left out 1: is blank",
        "events: 3",
    ]


def test_the_same_file_makes_the_same_events(tmp_path: Path) -> None:
    lines = ("unique_id_l,unique_id_r,match_weight", "A,B,20", "C,D,2")
    first, _ = imported(tmp_path, *lines)
    file = tmp_path / "pairs.csv"
    assert [orjson.dumps(m.event) for m in first] == [orjson.dumps(m.event) for m in events([file], Account())]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["unique_id_l,unique_id_r", "A,B"], "pairs.csv:1: expected a line that names the columns unique_id_l"),
        ([""], "pairs.csv:1: expected a line that names"),
        ([HEADER, "1,1,x,A,y"], "pairs.csv:2: expected 7 columns like the first line, not 5"),
        (
            ["unique_id_l,unique_id_r,match_weight", "A,B,2", "A,B,two"],
            "pairs.csv:3: match_weight: expected a number of bits",
        ),
        (["unique_id_l,unique_id_r,match_weight", "A,B,nan"], "pairs.csv:2: match_weight: expected a number of bits"),
        (
            ["unique_id_l,unique_id_r,match_probability", "A,B,1.2"],
            "pairs.csv:2: match_probability: expected a number from 0 to 1",
        ),
        (["unique_id_l,unique_id_r,match_weight", "A,Ann Smith,2"], "pairs.csv:2: unique_id_r: expected a UVI"),
        (["unique_id_l,unique_id_r,match_weight", 'A,"B,2'], "pairs.csv:2: expected lines of CSV"),
    ],
)
def test_what_is_no_such_file_is_told_with_its_line(tmp_path: Path, lines: list[str], told: str) -> None:
    with pytest.raises(Unreadable) as caught:
        imported(tmp_path, *lines)
    assert told in str(caught.value)
    assert "Smith" not in str(caught.value)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_bytes(b"unique_id_l,unique_id_r,match_weight\nA,\xff,2\n")
    with pytest.raises(Unreadable, match=r"pairs.csv:\d: expected text in UTF-8"):
        list(events([file], Account()))

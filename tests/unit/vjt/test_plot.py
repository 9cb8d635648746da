"""`vjt report --plot`: what is drawn of a figure, in SVG and in the terminal."""

import datetime as dt
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from vjt.errors import Failed
from vjt.plot import BLUE, HEIGHT, LEFT, RIGHT, TOP, WIDTH, in_terminal, plot, svg

SVG = "{http://www.w3.org/2000/svg}"
KEYS = {"period": dt.date(2024, 1, 1), "offence": "rape", "dimension": "all", "value": "all", "cohort": "all"}
Row = dict[str, Any]


def curve() -> list[Row]:
    """Of ten one withdraws on day 2, three more on day 8, when it ends."""
    steps = ((2, 0.1, 0.05, 0.2), (8, 0.4, 0.2, 0.48))
    return [KEYS | {"day": d, "cumulative_withdrawal": f, "low": low, "high": high} for d, f, low, high in steps]


def stages(**more: Any) -> list[Row]:
    counts = {"investigation": (200, 60), "charging": (100, 20), "awaiting_trial": (50, 5), "trial": (10, 0)}
    return [
        KEYS | {"basis": "reported", "stage": s, "entered": n, "withdrew": w} | more for s, (n, w) in counts.items()
    ]


def drawn(name: str, rows: list[Row]) -> ET.Element:
    return ET.fromstring(svg(plot(name, rows)))


def texts(picture: ET.Element) -> list[str]:
    return [str(element.text) for element in picture.iter(f"{SVG}text")]


def test_a_curve_steps_at_its_days() -> None:
    # The axis ends at 50 %, the tenth above 0.48. Day 2 of 8 is a quarter of the way from 60 to 650: 207.5; 0.1 is a fifth of
    # the height, 0.4 four fifths.
    bottom = TOP + HEIGHT
    *_, line = (path.get("d") for path in drawn("attrition_curve", curve()).iter(f"{SVG}path"))
    assert line == f"M60 {bottom}H207.5V{bottom - HEIGHT / 5:g}H650V{bottom - HEIGHT * 4 / 5:g}H650"


def test_bars_begin_at_zero_and_are_as_long_as_their_counts() -> None:
    picture = drawn("attrition", stages())
    bars = [r for r in picture.iter(f"{SVG}rect") if r.get("fill") == BLUE]
    full = WIDTH - LEFT - RIGHT
    assert [(bar.get("x"), float(bar.get("width") or 0)) for bar in bars] == [
        (str(LEFT), full), (str(LEFT), full / 2), (str(LEFT), full / 4), (str(LEFT), full / 20)
    ]  # fmt: skip
    assert "100 (50%), 20 withdrew" in texts(picture)
    assert texts(picture)[0] == "85 of 200 journeys ended with the victim's withdrawal"
    assert texts(picture)[2] == "offence rape, cohort all, basis reported, 2024-01"


def test_months_are_added_up_in_the_way_through_the_stages() -> None:
    rows = stages() + stages(period=dt.date(2024, 3, 1))
    picture = drawn("attrition", rows)
    assert "200 (50%), 40 withdrew" in texts(picture)
    assert texts(picture)[2].endswith("2024-01 to 2024-03")


def test_a_curve_ends_where_it_is_hidden() -> None:
    rows = curve()
    rows[1] |= dict.fromkeys(("cumulative_withdrawal", "low", "high"), "~")
    assert plot("attrition_curve", rows).steps == [(2, 0.1, 0.05, 0.2)]
    with pytest.raises(Failed, match="every day of this curve is hidden"):
        plot("attrition_curve", rows[1:])


def test_a_suppressed_count_has_no_bar() -> None:
    rows = stages()
    rows[3] |= {"entered": "~", "withdrew": "~"}
    picture = drawn("attrition", rows)
    assert "~, ~ withdrew" in texts(picture)
    assert texts(picture)[0].startswith("~ of 200")
    assert float(list(picture.iter(f"{SVG}rect"))[-1].get("width") or 0) == 0


def test_waits_have_their_median_and_ninetieth_percentile() -> None:
    keys = KEYS | {"unit": "case", "basis": "ended"}
    days = {"cps_days": (14.0, 40.0), "police_days": (None, None), "receipt_to_charge": ("~", "~")}
    rows = [keys | {"interval": name, "median_days": m, "p90_days": p} for name, (m, p) in days.items()]
    told = texts(drawn("delay", rows))
    assert [text for text in told[3:-1] if text != "None"] == [
        "cps_days", "median 14 days", "90 % 40 days", "police_days", "median -", "90 % -", "receipt_to_charge", "median ~", "90 % ~"
    ]  # fmt: skip
    assert told[0] == "cps_days is the longest wait: half took more than 14 days"


def test_hostile_text_is_only_text() -> None:
    evil = '<script>alert(1)</script>&"\x1b[2J'
    made = plot("attrition", stages(dimension="force", value=evil))
    assert "<script" not in svg(made)
    assert evil.replace("\x1b", "\\x1b") in texts(ET.fromstring(svg(made)))[2]
    assert "\x1b" not in "".join(in_terminal(made, 80))


def test_the_terminals_bars_fit_its_width() -> None:
    lines = "".join(in_terminal(plot("attrition", stages()), 70)).splitlines()
    bars = [line for line in lines if "█" in line]
    assert [line.split()[0] for line in bars] == ["investigation", "charging", "awaiting_trial", "trial"]
    assert all(len(line) <= 70 for line in bars)
    assert bars[0].count("█") == 2 * bars[1].count("█") + (bars[1].count("▌"))


def test_the_terminals_curve_rises_to_the_last_day() -> None:
    lines = "".join(in_terminal(plot("attrition_curve", curve()), 40)).splitlines()
    assert lines[0] == "40% of victims had withdrawn by day 8"
    assert "day 8: 40.0% (20.0% to 48.0%)" in lines
    columns = [line[6:] for line in lines if line[:6].strip() in ("", "50%", "25%")]
    assert not any(column[:8].strip() for column in columns)  # nobody on days 0 and 1


@pytest.mark.parametrize(
    ("name", "rows", "why"),
    [
        ("trial", [], "--plot is not for trial; it is for: attrition, attrition_curve, delay"),
        ("attrition", [], "there are no rows to draw"),
        ("attrition", stages() + stages(offence="all"), "--plot draws one offence: name it with --where"),
        ("attrition", stages(basis="exited"), "--plot follows those who reported: name them with --where basis=reported"),
        ("attrition", stages()[1:], "--plot draws the way from stage to stage: leave --where stage=… out"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_said(name: str, rows: list[Row], why: str) -> None:
    with pytest.raises(Failed, match=why):
        plot(name, rows)

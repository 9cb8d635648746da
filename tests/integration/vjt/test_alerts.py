"""`vjt alerts`: what somebody must do something about, and what was done."""

import datetime as dt
import json
from typing import Any

import pytest

from tests.integration.alerts.bringing import DUE, bring, condition
from tests.integration.projections.world import World
from tests.integration.vjt.conftest import Vjt

WAIT = condition("charging_wait", "01AA1", force="met", bcu="north", details={"holder": "police"})
TRIAL = condition("trial_ineffective", "H1/2026-01-13", severity="high", force="met", court="southwark")
TRIAL_OF_KENT = condition("trial_ineffective", "H1/2026-01-13", force="kent", court="southwark")
LATE = condition("withdrawal_unevidenced", "J1", severity="low", due_at=DUE + dt.timedelta(1))
IDS: dict[str, str] = {c.rule: str(c.alert_id) for c in (WAIT, TRIAL, LATE)}


@pytest.fixture
def raised(world: World) -> World:
    """Three alerts; the one on a trial concerns two victims of two forces."""
    bring(world.dsn, DUE + dt.timedelta(2), WAIT, TRIAL, TRIAL_OF_KENT, LATE)
    return world


def listed(vjt: Vjt, *words: str) -> list[dict[str, Any]]:
    ended = vjt("alerts", "list", *words, "--format", "json")
    assert ended.code == 0, ended.err
    rows: list[dict[str, Any]] = json.loads(ended.out)
    return rows


def rules(vjt: Vjt, *words: str) -> list[str]:
    return [row["rule"] for row in listed(vjt, *words)]


def shown(vjt: Vjt, rule: str) -> dict[str, Any]:
    (row,) = json.loads(vjt("alerts", "show", IDS[rule], "--format", "json").out)
    assert isinstance(row, dict)
    return row


def test_those_that_are_open_are_listed_the_most_severe_first(raised: World, vjt: Vjt) -> None:
    rows = listed(vjt)
    assert [row["rule"] for row in rows] == ["trial_ineffective", "charging_wait", "withdrawal_unevidenced"]
    assert [row["victims"] for row in rows] == [2, 1, 1]
    assert rows[1]["details"] == {"holder": "police"}
    assert listed(vjt, "--limit", "1") == rows[:1]
    assert "there are more" in vjt("alerts", "list", "--limit", "1").err


def test_the_list_is_narrowed(raised: World, vjt: Vjt) -> None:
    assert rules(vjt, "--rule", "charging_wait") == ["charging_wait"]
    assert rules(vjt, "--severity", "low", "--severity", "high") == ["trial_ineffective", "withdrawal_unevidenced"]
    assert rules(vjt, "--force", "kent") == ["trial_ineffective"]
    assert rules(vjt, "--force", "met") == ["trial_ineffective", "charging_wait"]
    assert rules(vjt, "--bcu", "north", "--force", "met") == ["charging_wait"]
    assert rules(vjt, "--court", "southwark") == ["trial_ineffective"]
    assert rules(vjt, "--state", "resolved") == []


def test_one_is_shown_with_whom_it_concerns_and_what_became_of_it(raised: World, vjt: Vjt) -> None:
    row = shown(vjt, "trial_ineffective")
    assert [member["uvi"] for member in row["members"]] == ["uvi-2", "uvi-3"]
    assert [step["what"] for step in row["steps"]] == ["raised"]
    told = vjt("alerts", "show", IDS["charging_wait"][:8]).out
    assert all(word in told for word in ("01AA1", "uvi-1", "raised", "holder"))


def test_alerts_are_taken_up_put_off_and_resolved(raised: World, vjt: Vjt) -> None:
    done = vjt("alerts", "acknowledge", IDS["charging_wait"], IDS["trial_ineffective"][:8], "--by", "carer")
    assert (done.code, done.out.splitlines()[0]) == (0, f"{IDS['charging_wait']} acknowledged")
    assert vjt("alerts", "snooze", IDS["charging_wait"], "--until", "2099-07-01", "--by", "carer").code == 0
    assert vjt("alerts", "resolve", IDS["withdrawal_unevidenced"], "--reason", "seen_on_paper").code == 0
    assert rules(vjt) == []
    row = shown(vjt, "charging_wait")
    assert (row["state"], row["snoozed_until"][:16], row["acknowledged_by"]) == ("snoozed", "2099-06-30T23:00", "carer")
    assert [step["what"] for step in row["steps"]] == ["raised", "acknowledged", "snoozed"]
    over = shown(vjt, "withdrawal_unevidenced")
    assert (over["state"], over["resolved_how"], over["reason"], over["stands"]) == (
        "resolved",
        "by_hand",
        "seen_on_paper",
        True,
    )
    assert over["resolved_by"]
    told = raised.rows(
        "SELECT item FROM log.outbox WHERE topic = 'alerts.v1' AND key = %s ORDER BY 1", IDS["charging_wait"]
    )
    assert [row["item"] for row in told] == ["1", "2", "3"]


def test_what_cannot_be_done_with_one_of_them_is_done_with_none(raised: World, vjt: Vjt) -> None:
    assert vjt("alerts", "acknowledge", IDS["charging_wait"], "--by", "carer").code == 0
    again = vjt("alerts", "acknowledge", IDS["trial_ineffective"], IDS["charging_wait"])
    assert (again.code, "is acknowledged already, by carer" in again.err) == (2, True)
    assert shown(vjt, "trial_ineffective")["state"] == "open"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("show 12", "expected an alert's id, or at least the first 4 of its digits"),
        ("show nothing", "expected an alert's id"),
        ("show 00000000", "there is no alert 00000000. See them: vjt alerts list"),
        ("list --rule late", "--rule late: expected one of trial_ineffective, trial_vacated, charging_wait"),
        ("list --state done", "--state done: expected one of open, acknowledged, snoozed, resolved"),
        ("list --severity worst", "--severity worst: expected one of low, medium, high"),
        (f"snooze {IDS['charging_wait']} --until soon", "--until soon: expected a date such as 2026-03-31"),
        (f"snooze {IDS['charging_wait']} --until 2020-01-01", "until a time to come, not until 2020-01-01"),
        (f"resolve {IDS['charging_wait']} --reason Done.", "a reason is a code of at most 40"),
    ],
)
def test_a_wrong_call_is_told_what_was_expected(raised: World, vjt: Vjt, words: str, told: str) -> None:
    ended = vjt("alerts", *words.split())
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


def test_a_beginning_that_several_have_is_told(world: World, vjt: Vjt) -> None:
    many = [condition("charging_wait", f"01AA{n}") for n in range(2_000)]
    begins = [str(c.alert_id)[:4] for c in many]
    twice = next(b for b in begins if begins.count(b) > 1)
    bring(world.dsn, DUE, *many)
    assert f"several alerts begin with {twice}: " in vjt("alerts", "show", twice).err

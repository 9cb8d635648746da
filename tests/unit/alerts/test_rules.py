"""Files of rules: what is wrong with one is said with its name, the key, and what was expected."""

from pathlib import Path

import pytest

from alerts.rules import FILE, BadRules, load

RULES = FILE.read_text()


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert RULES.count(old) == 1
    file = tmp_path / "other.toml"
    file.write_text(RULES.replace(old, new))
    return file


def test_the_rules_in_force_are_those_of_the_contract() -> None:
    rules = load()
    assert (rules.charging_wait.days, rules.repeat) == (28, (2, 4))
    assert (rules.withdrawal_unevidenced.days, rules.trial_far_ahead.days) == (7, 365)
    assert rules.special_measures_unresolved.days == 28
    rate = rules.ineffective_rate_high
    assert (rate.days, rate.least_trials, rate.reference_days) == (28, 10, 365)
    assert (rate.raise_below, rate.resolve_above) == (0.001, 0.05)


def test_another_file_has_other_values(tmp_path: Path) -> None:
    rules = load(changed(tmp_path, "[withdrawal_unevidenced]\ndays = 7", "[withdrawal_unevidenced]\ndays = 14"))
    assert rules.withdrawal_unevidenced.days == 14
    assert rules != load()


def test_the_threshold_of_a_case_is_that_of_its_offence_and_of_custody() -> None:
    wait = load().charging_wait
    assert wait.of(["robbery"], in_custody=False) == wait.days
    assert wait.of(["rape", "sexual"], in_custody=False) == wait.offences["rape"]
    assert wait.of(["rape", "sexual"], in_custody=True) == wait.in_custody_days


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        (
            "[withdrawal_unevidenced]\ndays = 7",
            '[withdrawal_unevidenced]\ndays = "seven"',
            "withdrawal_unevidenced.days",
        ),
        ("[withdrawal_unevidenced]\ndays = 7", "[withdrawal_unevidenced]\ndays = -1", "withdrawal_unevidenced.days"),
        ("[withdrawal_unevidenced]\ndays = 7", "[withdrawal_unevidenced]\ndays = 7.5", "withdrawal_unevidenced.days"),
        ("[withdrawal_unevidenced]\ndays = 7", "[withdrawal_unevidenced]\nday = 7", "withdrawal_unevidenced.day"),
        ("[withdrawal_unevidenced]\ndays = 7\n", "", "withdrawal_unevidenced"),
        ("digest_after_days = 7", "digest_after_days = 7\nnight = 1", "night"),
        ("repeat = [2, 4]", "repeat = [4, 2]", "repeat"),
        ("repeat = [2, 4]", "repeat = [1]", "repeat.0"),
        ("rape = 56", "rapes = 56", "charging_wait"),
        ("raise_below = 0.001", "raise_below = 1", "ineffective_rate_high.raise_below"),
        ("raise_below = 0.001", "raise_below = 0.5", "ineffective_rate_high"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    file = changed(tmp_path, old, new)
    with pytest.raises(BadRules) as raised:
        load(file)
    assert f"{file}: {key}: " in str(raised.value)


def test_a_file_that_is_none_or_no_toml_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadRules, match=r"none\.toml: cannot be read: No such file"):
        load(tmp_path / "none.toml")
    file = tmp_path / "bad.toml"
    file.write_text("days = ")
    with pytest.raises(BadRules, match=r"bad\.toml: is no TOML"):
        load(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadRules, match=r"bad\.toml: cannot be read"):
        load(file)

"""Whatever the files hold, the account adds up, nothing is said twice, and a file that cannot be read is told."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import orjson
from hypothesis import given
from hypothesis import strategies as st

from adapters.made import Made, Unreadable
from adapters.police_uk import GROUPS, LEFT_OUT, OUTCOMES, RESULTS, Account, events
from schemas.read import read
from tests.folding import NOW
from tests.unit.adapters.published import crime, outcome, outcomes, street

numbers = st.sampled_from(["", "a1", "a2", "b3", "c4"])
months = st.sampled_from(["2016-01", "2016-02", "2016-12"])
kinds = st.sampled_from([*GROUPS, "Anti-social behaviour", "Piracy"])
texts = st.sampled_from([*OUTCOMES, *RESULTS, *LEFT_OUT, "", "Offender pardoned"])
crimes = st.lists(st.builds(crime, numbers, months, kinds), max_size=12)
ends = st.lists(st.builds(outcome, numbers, months, texts), max_size=12)


def imported(*files: bytes) -> tuple[list[Made], Account, Unreadable | None]:
    """What comes of these files, in this order."""
    account = Account()
    found: list[Made] = []
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{n}.csv") for n in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_bytes(content)
        try:
            found.extend(events(paths, account))
        except Unreadable as error:
            return found, account, error
    return found, account, None


def adds_up(account: Account) -> None:
    for kind in ("street", "outcomes"):
        left_out = sum(n for (of, _), n in account.left_out.items() if of == kind)
        assert account.read[kind] == account.made[kind] + account.merged[kind] + left_out


def lines_in(files: Sequence[bytes]) -> int:
    return sum(content.count(b"\n") - 1 for content in files)


@given(st.lists(st.builds(lambda lines: street(*lines), crimes) | st.builds(lambda lines: outcomes(*lines), ends)))
def test_every_line_is_made_or_the_same_again_or_left_out(files: list[bytes]) -> None:
    found, account, error = imported(*files)

    assert error is None
    assert sum(account.read.values()) == lines_in(files)
    adds_up(account)
    assert len({(m.event["source"], m.event["id"]) for m in found}) == len(found) == account.events
    for m in found:
        assert read(orjson.dumps(m.event), topic=None, now=NOW).precision == "month"


@given(crimes, ends, st.randoms(use_true_random=False))
def test_the_order_of_files_and_lines_and_reading_them_twice_change_no_event(
    reported: list[list[str]], ended: list[list[str]], random: Random
) -> None:
    first, _, _ = imported(street(*reported), outcomes(*ended))
    random.shuffle(reported)
    random.shuffle(ended)
    again, account, _ = imported(outcomes(*ended), street(*reported), outcomes(*ended))

    by_id = {m.event["id"]: m.event for m in first}
    assert {m.event["id"]: m.event for m in again} == by_id
    assert len(again) == len(by_id)
    adds_up(account)


@given(crimes)
def test_every_crime_with_a_number_is_reported_once_for_each_month_and_kind(lines: list[list[str]]) -> None:
    found, _, _ = imported(street(*lines))

    said = {(fields[0], fields[1], fields[9]) for fields in lines if fields[0] and fields[9] != "Anti-social behaviour"}
    assert len(found) == len(said)


@given(st.binary(max_size=300), crimes, st.integers(0, 1_000), st.booleans())
def test_rubbish_anywhere_is_told_by_its_line_and_never_more(
    rubbish: bytes, lines: list[list[str]], at: int, over: bool
) -> None:
    content = street(*lines)
    at %= len(content) + 1
    found, account, error = imported(content[:at] + rubbish + content[at + (len(rubbish) if over else 0) :])

    adds_up(account)
    assert len(found) == account.events
    if error is not None:
        place, _, told = str(error).partition(": ")
        assert int(place.rpartition(":")[2]) == 1 + sum(account.read.values()) + bool(account.files)
        assert "expected" in told

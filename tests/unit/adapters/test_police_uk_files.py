"""Every line of the files is accounted for, and a file that is not what it should be is told by its line."""

import gzip
import zipfile
from pathlib import Path

import pytest

from adapters.made import Made, Unreadable
from adapters.police_uk import BLANK, LONGEST, NO_CRIME, NO_NUMBER, Account, events
from tests.unit.adapters.published import (
    OUTCOMES,
    STREET,
    crime,
    csv,
    made,
    outcome,
    outcomes,
    read,
    street,
    written,
)

UNABLE = "Unable to prosecute suspect"


def refused(path: Path) -> tuple[str, list[Made], Account]:
    """What is told of a file that cannot be read, without its folder; what was made before; what became of its lines."""
    account = Account()
    before: list[Made] = []
    with pytest.raises(Unreadable) as caught:
        before.extend(events([path], account))
    return str(caught.value).replace(f"{path.parent}/", ""), before, account


def readable(path: Path) -> bool:
    """Anything but Unreadable is not told but raised."""
    try:
        read(path)
    except Unreadable:
        return False
    return True


def file(folder: Path, content: bytes, name: str = "x-street.csv") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def test_every_line_is_accounted_for_by_kind_of_file(tmp_path: Path) -> None:
    crimes = street(
        crime("c1"), crime("c2"), crime("c1"), crime("", kind="Anti-social behaviour"), crime("", kind="Drugs")
    )
    ends = outcomes(
        outcome("c1", "2016-02", "Suspect charged"),
        outcome("c1", "2016-02", "Suspect charged"),
        outcome("c1", "2016-03", "Offender fined"),
        outcome("c2", "2016-03", UNABLE),
        outcome("c2", "2016-03", "Vanished"),
        outcome("", "2016-03", "Suspect charged"),
    )
    found, account = read(written(tmp_path, x_street=crimes, x_outcomes=ends))

    assert len(found) == account.events == 5
    assert account.lines() == [
        "outcomes: read 6 lines = made 2 + the same again 1 + left out 3 (files: 1)",
        f"  left out 1: '{UNABLE}' does not say whether the victim supported action",
        "  left out 1: 'Vanished' is not known",
        f"  left out 1: {NO_NUMBER}",
        "street: read 5 lines = made 2 + the same again 1 + left out 2 (files: 1)",
        f"  left out 1: {NO_CRIME}",
        f"  left out 1: {NO_NUMBER}",
        "events: 5",
    ]


def test_an_event_is_known_by_the_line_of_which_it_was_made(tmp_path: Path) -> None:
    path = file(tmp_path, street(crime("c1"), crime("", kind="Anti-social behaviour"), crime("c2")))

    assert [(m.file, m.line) for m in made(path)] == [(str(path), 2), (str(path), 4)]


def test_the_same_lines_in_another_file_and_order_are_the_same_events(tmp_path: Path) -> None:
    lines = [crime("c1"), crime("c2"), crime("c3")]
    once, _ = read(file(tmp_path, street(*lines)))
    again, account = read(file(tmp_path, street(*lines)), file(tmp_path, street(*reversed(lines)), "y-street.csv"))

    assert again == once
    assert account.merged == {"street": 3}


def test_a_line_that_differs_is_another_event(tmp_path: Path) -> None:
    lines = [
        outcome("c1", "2016-02", "Suspect charged"),
        outcome("c2", "2016-02", "Suspect charged"),
        outcome("c1", "2016-03", "Suspect charged"),
        outcome("c1", "2016-02", "Local resolution"),
        outcome("c1", "2016-02", "Suspect charged", force="Metropolitan Police Service"),
    ]
    found, _ = read(file(tmp_path, outcomes(*lines)))

    assert len({event["id"] for event in found}) == 5


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + street(crime("c1"), crime("c2")),
        csv(STREET, [crime("c1"), crime("c2")], end="\r\n"),
        street(crime("c1"), crime("c2")).rstrip(b"\n"),
        street(crime("c1"), crime("c2"))
        .replace(b"Burglary", b'"Burglary"')
        .replace(b"On or near Some Street", b'"Near ""Some"", or other"'),
        csv(STREET[::-1], [crime("c1")[::-1], crime("c2")[::-1]]),
    ],
    ids=["byte order mark", "CRLF", "no last line end", "quotes", "columns in another order"],
)
def test_files_are_read_however_they_are_written(content: bytes, tmp_path: Path) -> None:
    expected, _ = read(file(tmp_path, street(crime("c1"), crime("c2"))))
    found, account = read(file(tmp_path, content))

    assert found == expected
    assert account.made == account.read == {"street": 2}


def test_a_blank_line_is_left_out_with_its_count(tmp_path: Path) -> None:
    _, account = read(file(tmp_path, street(crime("c1")) + b"\n\r\n"))

    assert account.read == {"street": 3}
    assert account.left_out == {("street", BLANK): 2}


def test_a_file_without_a_line_below_the_first_is_a_file_all_the_same(tmp_path: Path) -> None:
    _, account = read(file(tmp_path, outcomes()))

    assert account.lines()[0] == "outcomes: read 0 lines = made 0 + the same again 0 + left out 0 (files: 1)"


def test_packed_files_and_archives_give_the_same_events(tmp_path: Path) -> None:
    crimes, ends = street(crime("c1"), crime("c2")), outcomes(outcome("c1", "2016-02", "Offender fined"))
    expected, _ = read(written(tmp_path, jan_street=crimes, feb_outcomes=ends))
    for path in tmp_path.iterdir():
        path.rename(tmp_path / f"plain {path.name}")
    with zipfile.ZipFile(tmp_path / "year.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("2016-01/feb-outcomes.csv", ends)
        archive.writestr("2016-01/jan-street.csv", crimes)
        archive.writestr("2016-01/jan-stop-and-search.csv", "Type,Date\n")
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "jan-street.csv.gz").write_bytes(gzip.compress(crimes))
    (packed / "feb-outcomes.csv.gz").write_bytes(gzip.compress(ends))
    (packed / "jan-stop-and-search.csv").write_bytes(b"Type,Date\n")

    for path in (tmp_path / "year.zip", packed):
        found, account = read(path)
        assert found == expected
        assert account.passed_over == 1
    assert made(tmp_path / "year.zip")[-1].file == f"{tmp_path}/year.zip/2016-01/jan-street.csv"


NAMES = "x-street.csv:1: expected a line that names the columns Crime ID, Month, Reported by, Crime type (street) or "
LINE = "x-street.csv:3: expected a line of CSV"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", NAMES),
        (b"\n", NAMES),
        (b"a,b,c\n1,2,3\n", NAMES),
        (csv([*STREET[:-1], "Month"], []), NAMES),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "x-street.csv:1: expected text in UTF-8"),
        ("\ufeff".encode("utf-16-le") + street(crime("c1")), "x-street.csv:1: expected text in UTF-8"),
        (street(crime("c1")) + b"\xff\n", "x-street.csv:3: expected text in UTF-8"),
        (street(crime("c1")) + b"c2,2016-01\n", "x-street.csv:3: expected 12 columns like the first line, not 2"),
        (street(crime("c1"), [*crime("c2"), ""]), "x-street.csv:3: expected 12 columns like the first line, not 13"),
        (street(crime("c1"), ['"' + crime("c2")[0], *crime("c2")[1:]], crime("c3")), f"{LINE}, every quote closed"),
        (street(crime("c1"), ["c\r2", *crime("c2")[1:]]), f"{LINE}, every quote closed"),
        (street(crime("c1"), ["x" * LONGEST, *crime("c2")[1:]]), f"{LINE}, not more than 10,000 bytes long"),
        (street(crime("c1"), crime("x" * 65)), "x-street.csv:3: Crime ID: expected up to 64 letters and digits"),
        (street(crime("c1"), crime("c 2")), "x-street.csv:3: Crime ID: expected up to 64 letters and digits"),
        (street(crime("c1"), crime("c2", "2016-13")), "x-street.csv:3: Month: expected a month such as 2016-05"),
        (street(crime("c1"), crime("c2", "1969-12")), "x-street.csv:3: Month: expected a month such as 2016-05"),
        (street(crime("c1"), crime("c2", force="Police")), "x-street.csv:3: Reported by: expected the name of a force"),
        (street(crime("c1"), crime("c2", force="x" * 41)), "x-street.csv:3: Reported by: expected the name of a force"),
        (street(crime("c1"), crime("c2", kind="")), "x-street.csv:3: Crime type: expected a kind of crime"),
    ],
)
def test_a_file_that_is_not_what_is_published_is_told_by_its_line(content: bytes, told: str, tmp_path: Path) -> None:
    error, before, account = refused(file(tmp_path, content))

    assert error.startswith(told)
    assert len(before) == account.read["street"] == account.made["street"] == (":3:" in told)


def test_the_line_is_exact_far_into_a_file(tmp_path: Path) -> None:
    lines = [crime(f"c{n}") for n in range(5_000)]
    content = street(*lines[:4_000]) + b"\xfe\n" + street(*lines[4_000:])

    error, before, _ = refused(file(tmp_path, content))

    assert error == "x-street.csv:4002: expected text in UTF-8"
    assert len(before) == 4_000


def test_a_field_that_never_ends_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "x-street.csv"
    with path.open("wb") as stream:
        stream.write(street(crime("c1")) + b'"')
        stream.truncate(2**40)  # a hole: takes no room

    error, _, _ = refused(path)

    assert error == "x-street.csv:3: expected a line of CSV, not more than 10,000 bytes long"


def test_a_torn_packed_file_is_told_by_its_line(tmp_path: Path) -> None:
    packed = gzip.compress(street(*(crime(f"{n:x}") for n in range(20_000))))

    error, before, account = refused(file(tmp_path, packed[: len(packed) // 2], "x-street.csv.gz"))

    assert error == f"x-street.csv.gz:{len(before) + 2}: cannot be read on: the file is damaged or ends too early"
    assert len(before) == account.made["street"] > 1_000


@pytest.mark.parametrize("name", ["damaged-street.csv.gz", "damaged.zip"])
def test_whatever_is_damaged_in_a_packed_file_it_is_told(name: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    crimes = street(*(crime(f"{n:x}") for n in range(50)))
    if name.endswith(".zip"):
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("jan-street.csv", crimes)
    else:
        whole.write_bytes(gzip.compress(crimes))
    content = whole.read_bytes()

    told = [
        not readable(file(tmp_path, damaged, name))
        for at in range(len(content))
        for damaged in (content[:at], content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
    ]

    assert sum(told) > 0.75 * len(told)  # a flag or a date that is wrong does no harm


def test_a_folder_or_archive_without_such_files_is_told(tmp_path: Path) -> None:
    file(tmp_path, b"", "readme.txt")
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("readme.txt", "")

    assert "x.zip: expected files that end in -street.csv or -outcomes.csv, there is none" in refused(tmp_path)[0]
    (tmp_path / "x.zip").unlink()
    assert "expected files that end in -street.csv, " in refused(tmp_path)[0]


def test_a_stop_and_search_file_that_is_named_is_told(tmp_path: Path) -> None:
    assert refused(file(tmp_path, b"Type,Date\n"))[0].startswith(NAMES)
    assert OUTCOMES != STREET

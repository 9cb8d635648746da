"""Whether a partition is the one that was taken from."""

import pytest

from streams.consume import _misfit


@pytest.mark.parametrize(
    ("position", "first", "end", "others"),
    [
        (None, 0, 0, []),
        (None, 7, 9, []),
        (0, 0, 0, []),
        (5, 5, 5, []),
        (5, 0, 9, []),
        (9, 0, 9, ["another"]),  # both were taken from, and both are known
    ],
)
def test_a_partition_that_fits_is_begun(position: int | None, first: int, end: int, others: list[str]) -> None:
    assert _misfit(position, first, end, others) is None


@pytest.mark.parametrize(
    ("position", "first", "end", "others", "why"),
    [
        (None, 0, 9, ["another"], "the log was taken from another Kafka cluster before"),
        (4, 5, 9, [], "Kafka deleted offsets 4 to 4 before they were taken"),
        (10, 0, 9, [], "the log was taken up to offset 10, but the partition ends at 9"),
    ],
)
def test_a_partition_that_does_not_fit_is_told_why(
    position: int | None, first: int, end: int, others: list[str], why: str
) -> None:
    assert _misfit(position, first, end, others) == why

"""The system says of every history what the model says: each column, each stage's passage, each delay of each journey."""

import random

import pytest
from hypothesis import HealthCheck, given, settings

from tests.folding import fold_history
from tests.histories import Event, histories, history
from tests.model.compare import differences, shrunk
from tests.model.journey import told
from tests.model.reached import EVERYTHING, NEVER, reached

FEW, MANY, CHUNKS = 150, 100_000, 50


def compare(seeds: range) -> None:
    """If a history of a seed differs: the fewest events of it that still do, and how."""
    for seed in seeds:
        events = history(random.Random(seed))
        if differences(events):
            events = shrunk(events, lambda fewer: bool(differences(fewer)))
            raise AssertionError((seed, differences(events), events))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_the_system_and_the_model_agree(events: list[Event]) -> None:
    assert differences(events) == {}


def test_they_agree_on_histories_by_chance() -> None:
    compare(range(FEW))


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_they_agree_on_a_hundred_thousand_histories(chunk: int) -> None:
    size = MANY // CHUNKS
    compare(range(FEW + chunk * size, FEW + (chunk + 1) * size))


def found(seeds: range) -> set[str]:
    everything: set[str] = set()
    for seed in seeds:
        events = history(random.Random(seed))
        folded = fold_history(events)
        everything |= reached((story, row, folded[key]) for key, (story, row) in told(events).items())
    return everything


def test_a_few_histories_reach_nearly_every_rule() -> None:
    unreached = EVERYTHING - NEVER - found(range(FEW))
    assert len(unreached) < len(EVERYTHING) / 8, sorted(unreached)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_histories_reach_every_rule_and_nothing_that_cannot_be() -> None:
    everything = found(range(5_000))
    assert EVERYTHING - everything == NEVER
    assert everything <= EVERYTHING

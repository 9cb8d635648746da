"""A comparison that finds nothing is worth what it would find: each planted fault is found within so many histories."""

import random

import pytest

from tests.histories import history
from tests.model.compare import differences
from tests.model.faults import FAULTS, planted


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_planted_fault_is_found(name: str) -> None:
    with planted(name) as most:
        assert any(differences(history(random.Random(seed))) for seed in range(most))

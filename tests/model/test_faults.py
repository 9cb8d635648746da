"""A comparison that finds nothing is worth what it would find: each planted fault is found within so many histories."""

import random

import pytest

from tests.histories import history
from tests.model.compare import differences
from tests.model.faults import FAULTS, SOON, planted

EACH = [
    pytest.param(name, marks=[pytest.mark.long] if most > SOON else []) for name, (_, most) in sorted(FAULTS.items())
]


@pytest.mark.parametrize("name", EACH)
def test_a_planted_fault_is_found(name: str) -> None:
    with planted(name) as most:
        assert any(differences(history(random.Random(seed))) for seed in range(most))

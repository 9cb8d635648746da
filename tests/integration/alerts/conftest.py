from collections.abc import Iterator

import pytest

from tests.integration.alerts.watched import Watched


@pytest.fixture
def watched(database: str) -> Iterator[Watched]:
    made = Watched(database)
    yield made
    made.close()

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.projections.world import World
from vjt.main import main


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Vjt = Callable[..., Ended]


@pytest.fixture
def world(database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """A log and its tables, which the command finds."""
    monkeypatch.setenv("VJT_DATABASE_URL", database)
    monkeypatch.setenv("VJT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VJT_KAFKA", raising=False)
    made = World(database)
    yield made
    made.close()


@pytest.fixture
def vjt(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Vjt:
    """The command, as it is called: its exit code, and what it printed."""

    def call(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["vjt", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return call

"""The command as a whole: quick to help, every verb documented, failures told in a sentence and a code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from vjt.main import app

ROOT = Path(__file__).parents[3]


def _vjt(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VJT_")}
    return subprocess.run(
        [sys.executable, "-m", "vjt.main", *words],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_waits_for_no_library() -> None:
    heavy = {"aiokafka", "eventsourcing", "holidays", "psycopg", "pydantic", "yoyo"}
    program = f"import sys, vjt.main; print(*sorted({heavy!r} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_every_verb_is_in_the_readme() -> None:
    table = (ROOT / "README.md").read_text().split("| verb | does |")[1].split("\n\n")[0]

    documented = set(re.findall(r"`vjt ([a-z]+)`", table))

    verbs = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert verbs - documented == set()
    assert len(documented) > 10


@pytest.mark.parametrize("verb", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_a_verb_says_what_it_does(verb: str) -> None:
    assert get_command(app).commands[verb].get_short_help_str()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-verb"],
        ["status", "--no-such-option"],
        ["load", "no-such-file"],
        ["load"],
        ["simulate"],
        ["simulate", "--journeys", "-5"],
        ["simulate", "--journeys", "5", "--out", "no-such-folder/x"],
        ["simulate", "--journeys", "5", "--out", "README.md/x"],
        ["simulate", "--journeys", "5", "--answers", "docs"],
    ],
)
def test_a_wrong_call_is_2(words: list[str], tmp_path: Path) -> None:
    done = _vjt(*words, VJT_HOME=str(tmp_path))

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["status", "unlinked", "migrate", "verify"])
def test_a_server_that_cannot_be_reached_is_3(verb: str, tmp_path: Path) -> None:
    nowhere = {"VJT_DATABASE_URL": "postgresql://vjt:s3cret@127.0.0.1:9/x", "VJT_KAFKA": "127.0.0.1:9"}

    done = _vjt(verb, VJT_HOME=str(tmp_path), **nowhere)

    assert done.returncode == 3
    assert "PostgreSQL cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


def test_settings_are_listed_without_a_server(tmp_path: Path) -> None:
    done = _vjt("status", "--settings", "--format", "csv", VJT_HOME=str(tmp_path))

    assert done.returncode == 0
    assert f"VJT_HOME,{tmp_path},environment," in done.stdout

"""The pages that say what the tables hold."""

import re
from pathlib import Path

from domain.anomaly import ANOMALIES
from vjt.pages import pages

ROOT = Path(__file__).parents[3]


def test_the_pages_are_current() -> None:
    stale = [path for path, text in pages().items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "run `vjt schema`"


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path for path in pages() if f"({path})" not in readme] == []


def test_every_anomaly_that_the_rules_note_is_explained_and_no_other() -> None:
    rules = "".join(path.read_text() for path in (ROOT / "domain").glob("*.py") if path.name != "anomaly.py")
    noted = set(re.findall(r'\bodd(?:\.add)?\("(\w+)"', rules))
    assert len(noted) > 10
    assert noted - set(ANOMALIES) == set()
    assert [code for code in ANOMALIES if f'"{code}"' not in rules] == []

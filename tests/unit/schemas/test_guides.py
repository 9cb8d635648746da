"""The guides for those who send speak of every type, and of none that there is not; their examples are taken."""

import re
from pathlib import Path
from typing import get_args

import pytest

from schemas.envelope import TOPICS
from schemas.outgoing import OUTGOING
from schemas.types import TYPES
from tests.unit.schemas.saying import taken

DOCS = Path(__file__).parents[3] / "docs"
GUIDE = (DOCS / "integrating.md").read_text(encoding="utf-8")
ALERTS = {get_args(model.model_fields["type"].annotation)[0] for model in OUTGOING["alerts.v1"][1]}
NAMED = re.compile(r"`([a-z]+\.[a-z-]+\.v\d+)`")


def test_the_guide_says_of_every_type_when_to_send_it() -> None:
    assert [type for type in TYPES if f"`{type}`" not in GUIDE] == []


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_a_page_names_only_types_and_topics_that_there_are(page: str) -> None:
    assert set(NAMED.findall((DOCS / page).read_text(encoding="utf-8"))) <= {
        *TYPES,
        *TOPICS.values(),
        *OUTGOING,
        *ALERTS,
    }


def test_the_guides_examples_are_taken() -> None:
    examples = re.findall(r"^\{.*\}$", GUIDE, re.MULTILINE)
    assert examples
    for example in examples:
        assert taken(example.encode()).unknown_fields == 0


def test_the_guides_links_lead_somewhere() -> None:
    for page in ("integrating.md", "evolution.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", (DOCS / page).read_text(encoding="utf-8")):
            assert (DOCS / link).is_file()


def test_the_guide_for_receivers_says_of_every_type_of_alert_when_it_comes() -> None:
    guide = (DOCS / "alerts-webhooks.md").read_text(encoding="utf-8")
    assert [type for type in ALERTS if f"`{type}`" not in guide] == []

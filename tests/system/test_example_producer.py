"""The example that agencies begin with, against a real broker."""

import subprocess
import sys

import orjson

from tests.integration.store.given import rows
from tests.system.broker import ROOT, taken

EXAMPLE = [sys.executable, str(ROOT / "examples" / "producer.py")]


async def test_the_example_s_event_is_in_the_log_and_sent_again_it_is_a_duplicate(database: str, topics: str) -> None:
    for _ in range(2):
        subprocess.run([*EXAMPLE, topics], check=True, timeout=60)
    took = await taken(database, topics)
    assert (took.accepted, took.duplicates, took.rejected) == (1, 1, 0)
    (state,) = rows(database, "SELECT state FROM log.stored_events")
    stored = orjson.loads(state)
    assert (stored["source"], stored["id"]) == ("/police/met", "report-01/7654321/24-V-2001")
    assert stored["data"]["crime_reference"] == "01/7654321/24"

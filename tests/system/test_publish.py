"""`vjt publish` with a real broker: what is valid goes to its topic, what is not is named."""

import gzip
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.about import about
from schemas.reference import subject_id
from tests.integration.store.given import POLICE, report, rows, update
from tests.system.broker import ROOT, run, sent, taken


def lines(*events: Any) -> bytes:
    return b"".join((event if isinstance(event, bytes) else orjson.dumps(event)) + b"\n" for event in events)


SUPPORT = report(5) | {
    "source": "/support/victim-support",
    "type": "support.referral-received.v1",
    "data": {"crime_reference": "CR5", "victim_reference": "V1", "force": "met", "service": "isva"},
}
BAD = [b"{", orjson.dumps(report(2, offence_group="Jane Doe")), orjson.dumps(report(3) | {"source": "/nobody"})]

TRIED = "valid 3, duplicates 0, rejected 3\n  not_json 1\n  invalid_data 1\n  wrong_source 1\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_bytes(lines(report(1), BAD[0], update(4, 1), b"", *BAD[1:], SUPPORT))
    return path


async def test_what_is_valid_goes_to_its_topic_and_what_is_not_is_named(file: Path, topics: str) -> None:
    code, out, error = run("publish", str(file), kafka=topics)
    assert (code, out) == (1, "sent 3, rejected 3\n  not_json 1\n  invalid_data 1\n  wrong_source 1\n")
    assert [line.removeprefix(f"{file}:").split(": ")[0] for line in error.splitlines() if str(file) in line] == [
        "2",
        "5",
        "6",
    ]
    assert f"{file}:2: not_json at /: " in error
    assert f"{file}:5: invalid_data at /data/offence_group: " in error
    assert f"{file}:6: wrong_source at /source: " in error
    assert "Jane" not in error
    police, support = await sent(topics, POLICE), await sent(topics, "support.events.v1")
    assert [message.value for message in police] == [orjson.dumps(report(1)), orjson.dumps(update(4, 1))]
    assert [message.value for message in support] == [orjson.dumps(SUPPORT)]
    assert {message.headers for message in police} == {(("content-type", b"application/cloudevents+json"),)}
    subject = subject_id(about("police.crime-reported.v1", "/police/met", report(1)["data"]).subject)
    assert {message.key for message in police} == {str(subject).encode()}


async def test_what_is_said_of_one_subject_stays_in_order(topics: str) -> None:
    events = [update(n, n % 5) for n in range(3_000)]
    code, out, _ = run("publish", "-", given=lines(*events), kafka=topics)
    assert (code, out) == (0, "sent 3,000, rejected 0\n")
    found = [orjson.loads(message.value or b"") for message in await sent(topics, POLICE)]
    assert len(found) == len(events)
    for crime in range(5):
        of_one = [event["id"] for event in found if event["data"]["crime_reference"] == f"CR{crime}"]
        assert of_one == [f"update-{n}" for n in range(crime, 3_000, 5)]


async def test_packed_files_are_published_and_a_damaged_one_is_told(tmp_path: Path, database: str, topics: str) -> None:
    whole, torn = tmp_path / "whole.jsonl.gz", tmp_path / "torn.jsonl.gz"
    whole.write_bytes(gzip.compress(lines(report(1), report(2))))
    torn.write_bytes(gzip.compress(lines(*(report(n) for n in range(3, 2_000))))[:-2_000])
    code, _, error = run("publish", str(torn), str(whole), kafka=topics)
    assert code == 1
    assert "torn.jsonl.gz: the packed file is damaged after line" in error
    assert (await taken(database, topics)).accepted == len(await sent(topics, POLICE)) > 2
    assert {"report-1", "report-2"} <= set(
        rows(database, "SELECT convert_from(state, 'UTF8')::jsonb ->> 'id' FROM log.stored_events")
    )


def test_a_dry_run_says_what_would_be_rejected_and_needs_no_server(file: Path) -> None:
    code, out, error = run("publish", "--dry-run", str(file), kafka="127.0.0.1:1")
    assert (code, out) == (1, TRIED)
    assert f"{file}:5: invalid_data at /data/offence_group: " in error
    assert run("publish", "--dry-run", "-", given=lines(report(1)))[:2] == (0, "valid 1, duplicates 0, rejected 0\n")


def test_a_dry_run_does_without_the_packages_of_the_servers(file: Path) -> None:
    script = f"""
import sys
sys.modules["aiokafka"] = sys.modules["psycopg"] = None
sys.argv = ["vjt", "publish", "--dry-run", {str(file)!r}]
from vjt.main import app
app()
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, TRIED)


def test_without_a_broker_it_ends_with_exit_code_3(file: Path) -> None:
    code, out, error = run("publish", str(file), kafka="127.0.0.1:1")
    assert (code, out) == (3, "")
    assert "Kafka cannot be reached" in error

"""The main line with real servers and real workers: simulated, published, consumed, projected, told, read."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import psycopg
import pytest

from streams.topics import create_topics
from tests.conftest import named
from tests.integration.store.given import rows
from tests.system.broker import PATIENCE, command, emptied, run, sent, until
from tests.told import Truth, answered, tabled

JOURNEYS, SEED = 250, 11
CHANGES = "journeys.changes.v1"
LEVEL = """SELECT count(*) = %s AND max(notification_id) = (SELECT position FROM projection.build WHERE live)
                  AND NOT EXISTS (SELECT FROM log.outbox)
           FROM log.stored_events"""


class Told(NamedTuple):
    """Where everything is after the workers ended, and what was expected of them."""

    database: str
    kafka: str
    expected: Truth
    ends: dict[str, int]

    def vjt(self, *words: str) -> tuple[int, str, str]:
        return run(*words, database=self.database, kafka=self.kafka)

    def json(self, *words: str) -> list[dict[str, Any]]:
        code, out, error = self.vjt(*words, "--format", "json")
        assert code == 0, error
        found: list[dict[str, Any]] = json.loads(out)
        return found


@pytest.fixture(scope="module")
def told(postgres: str, kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A simulation has gone down the whole line, and the workers were told to end."""
    folder: Path = tmp_path_factory.mktemp("main")
    events, known = folder / "events.jsonl", folder / "answers.json"
    database = named(postgres, "main_line")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE main_line TEMPLATE template_vjt")
    asyncio.run(_topics(kafka))
    parameters = ("--journeys", str(JOURNEYS), "--seed", str(SEED), "--answers", str(known))
    code, out, error = run("simulate", *parameters)
    assert code == 0, error
    events.write_text(out)
    workers: dict[str, subprocess.Popen[bytes]] = {}
    try:
        workers["project"] = command("project", database=database, kafka=kafka)
        asyncio.run(until(lambda: rows(database, "SELECT n FROM projection.build WHERE live")))
        workers["consume"] = command("consume", database=database, kafka=kafka)
        code, published, error = run("publish", str(events), database=database, kafka=kafka)
        assert (code, published) == (0, f"sent {len(out.splitlines()):,}, rejected 0\n"), error
        accepted = len(set(out.splitlines()))
        asyncio.run(until(lambda: rows(database, LEVEL, accepted) == [True], patience=3 * PATIENCE))
        for worker in workers.values():
            worker.send_signal(signal.SIGTERM)
        ends = {name: worker.wait(PATIENCE) for name, worker in workers.items()}
    finally:
        for worker in workers.values():
            worker.kill()
            worker.communicate()
    yield Told(database, kafka, answered(known.read_bytes()), ends)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP DATABASE main_line WITH (FORCE)")


async def _topics(kafka: str) -> None:
    await create_topics(kafka)
    await emptied(kafka)


def test_what_was_published_is_in_the_tables_as_the_simulator_says(told: Told) -> None:
    assert told.expected.differing(tabled(told.database)) == {}


def test_the_workers_end_when_they_are_told_to(told: Told) -> None:
    assert told.ends == {"project": 0, "consume": 0}


async def test_of_each_journey_the_newest_change_went_out_last(told: Told) -> None:
    last: dict[str, dict[str, Any]] = {}
    for message in await sent(told.kafka, CHANGES):
        body = orjson.loads(message.value or b"")
        key = (message.key or b"").decode()
        if key in told.expected.journeys:
            assert body["key"] == key == body["journey_id"]
            assert body["version"] > last.get(key, {"version": 0})["version"]
            last[key] = body
    stands = {
        id_: (stage, exit, day)
        for id_, stage, exit, day in rows(
            told.database, "SELECT journey_id::text, stage, exit, exit_at::text FROM journeys.journey"
        )
    }
    assert {key: (body["stage"], body["exit"], body["exit_at"]) for key, body in last.items()} == stands


def test_a_report_has_the_totals(told: Told) -> None:
    narrow = ("dimension=force", "basis=reported", "cohort=all", "stage=pre_charge", "offence=all", "value=met")
    found = told.json("report", "attrition", *(word for where in narrow for word in ("--where", where)))
    expected = {
        key[1]: counts
        for key, counts in told.expected.attrition.items()
        if key[0] == "reported" and key[2:] == ("all", "pre_charge", "all", "force", "met")
    }
    assert {row["period"]: (row["entered"], row["progressed"], row["withdrew"]) for row in found} == {
        month: counts[:3] for month, counts in expected.items()
    }
    assert len(found) == 12


def test_a_report_that_there_is_not_is_a_wrong_call(told: Told) -> None:
    assert told.vjt("report", "nothing")[0] == 2
    assert told.vjt("report", "attrition", "--where", "colour=blue")[0] == 2


def test_a_journey_is_found_by_its_identifier_and_by_a_reference(told: Told) -> None:
    alone = "FROM journeys.journey WHERE charged_at IS NOT NULL AND victims_in_crime = 1 ORDER BY journey_id LIMIT 1"
    ((id_, crime),) = rows(told.database, f"SELECT journey_id::text, crime_reference {alone}")
    timeline = told.json("journey", id_)
    assert timeline[0]["type"] == "police.crime-reported.v1"
    assert [fact["occurred_at"][:10] for fact in timeline] == sorted(fact["occurred_at"][:10] for fact in timeline)
    assert "awaiting_trial" in {fact["stage_after"] for fact in timeline}
    code, out, _ = told.vjt("journey", crime)
    assert (code, id_ in out) == (0, True)
    assert told.vjt("journey", "nobody")[0] == 2


def test_what_nobody_has_is_unlinked(told: Told) -> None:
    found = told.json("unlinked", "--each")
    assert {row["value"][:8] for row in found} == {"01NOBODY"}
    assert {row["reason"] for row in found} == {"no_link"}


def test_status_says_that_everything_is_level(told: Told) -> None:
    (row,) = told.json("status")
    assert (row["database"], row["broker"]) == ("up", "up")
    assert (row["messages_waiting"], row["events_behind"], row["to_send"], row["broken"]) == (0, 0, 0, 0)
    assert (row["database_url"], row["kafka"]) == (told.database, told.kafka)
    assert row["journeys"] == JOURNEYS


def test_a_wrong_count_is_found_and_a_rebuild_mends_it(told: Told) -> None:
    (n,) = rows(told.database, "SELECT n FROM projection.build WHERE live")
    with psycopg.connect(told.database) as connection:
        connection.execute(f"UPDATE build_{n}.attrition SET n = n + 1 WHERE dimension = 'age_band|sex'".encode())
    assert told.vjt("verify")[0] == 1
    assert told.vjt("rebuild")[0] == 0
    assert told.vjt("verify")[0] == 0
    assert told.expected.differing(tabled(told.database)) == {}

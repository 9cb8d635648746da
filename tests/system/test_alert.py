"""`vjt alert` as it is run: from what agencies publish to the alert, to Kafka and to webhooks, and by the clock alone."""

import asyncio
import contextlib
import datetime as dt
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import orjson
import pytest

from domain.setting import Rules
from projections.projector import Projector
from store.delivery import Delivery, Line
from store.intake import Intake
from store.log import Log
from streams.publish import publish
from tests.integration.alerts.receiving import SECRET, receiving
from tests.integration.projections.world import quiet
from tests.integration.store.given import rows
from tests.system.broker import command, run, sent, until
from tests.unit.domain.said import Event, crime, decision, listing, referral, trial, withdrew

ALERTS = "alerts.v1"
NOWHERE = "postgresql://vjt@127.0.0.1:1/postgres"
NO_BROKER = "127.0.0.1:1"
RAISED = "SELECT rule FROM alerts.alert WHERE state = 'open' AND rule = %s"
TODAY = dt.datetime.now(dt.UTC).date()


def day(ago: int) -> str:
    """So many days ago."""
    return (TODAY - dt.timedelta(ago)).isoformat()


def ineffective(n: int = 1) -> list[Event]:
    """A trial that did not go ahead yesterday."""
    urn, number, hearing = f"U{n}", f"C{n}", f"H{n}"
    return [
        crime(day(40), number, offence_group="rape"),
        referral(day(30), urn, (number,)),
        decision(day(20), urn=urn),
        listing(day(19), day(1), hearing, urn=urn),
        trial(day(1), "ineffective", hearing),
    ]


def load(database: str, events: Sequence[Event]) -> None:
    """The log has them."""
    with contextlib.closing(Log(database)) as log:
        Intake(log).take([Delivery(orjson.dumps(event), Line(event["id"], 1)) for event in events])


def project(database: str) -> None:
    """The tables are level with the log, and what changed waits in the outbox."""
    with contextlib.closing(Projector(database, Rules(), quiet)) as projector:
        projector.catch_up()


@contextmanager
def working(database: str, kafka: str, *verbs: str, **settings: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """These workers, until the end, when they end in time and without complaint."""
    workers = [command(verb, database=database, kafka=kafka, settings=settings, stderr=None) for verb in verbs]
    try:
        yield workers
        began = time.monotonic()
        for worker in workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        for worker in workers:
            assert worker.wait(15) in (0, -signal.SIGKILL)
        assert time.monotonic() - began < 9
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


async def test_what_is_published_is_an_alert_and_a_message_and_a_webhook(database: str, topics: str) -> None:
    project(database)
    async with receiving() as receiver:
        hooks = {"VJT_WEBHOOKS": receiver.url, "VJT_WEBHOOK_SECRETS": SECRET}
        with working(database, topics, "consume", "project", "alert", **hooks):
            lines = [Delivery(orjson.dumps(event), Line("test", n)) for n, event in enumerate(ineffective())]
            await publish(lines, topics, lambda *_: None, lambda *_: None)
            await until(lambda: rows(database, RAISED, "trial_ineffective"))
            await until(lambda: any(body["data"]["rule"] == "trial_ineffective" for body in receiver.bodies))
            await until(lambda: rows(database, "SELECT count(*) FROM log.outbox") == [0])
    told = [orjson.loads(message.value or b"") for message in await sent(topics, ALERTS)]
    (raised,) = [event for event in told if event["data"]["rule"] == "trial_ineffective"]
    (hooked,) = [event for event in receiver.bodies if event["data"]["rule"] == "trial_ineffective"]
    assert raised["type"] == "alert.raised.v1"
    assert hooked == {name: raised[name] for name in raised if name not in ("key", "version")}
    (victim,) = raised["data"]["victims"]
    assert rows(database, "SELECT journey_id::text, uvi FROM journeys.journey") == [
        (victim["journey_id"], victim["uvi"])
    ]


async def test_what_changes_and_what_falls_due_is_raised_without_a_broker(database: str) -> None:
    load(database, [crime(day(20)), withdrew(day(6), evidence=())])
    project(database)
    with working(database, NO_BROKER, "alert"):
        due = "SELECT FROM alerts.condition WHERE rule = 'withdrawal_unevidenced' AND due_at > now()"
        await until(lambda: rows(database, due))
        assert rows(database, RAISED, "withdrawal_unevidenced") == []
        soon = "UPDATE alerts.condition SET due_at = now() + '1 second', look_at = now() + '1 second' RETURNING 1"
        rows(database, soon)
        await until(lambda: rows(database, RAISED, "withdrawal_unevidenced"))
        load(database, ineffective(2))
        project(database)
        await until(lambda: rows(database, RAISED, "trial_ineffective"))


async def test_of_two_workers_one_is_killed_and_nothing_is_lost_or_told_twice(database: str, topics: str) -> None:
    project(database)
    with working(database, topics, "project", "alert", "alert") as (_, first, _):
        for n in range(1, 9):
            load(database, ineffective(n))
            if n == 4:
                first.kill()
        await until(lambda: len(rows(database, RAISED, "trial_ineffective")) == 8)
        await until(lambda: rows(database, "SELECT count(*) FROM log.outbox") == [0])
    told = [orjson.loads(message.value or b"") for message in await sent(topics, ALERTS)]
    raised = [event["id"] for event in told if event["data"]["rule"] == "trial_ineffective"]
    assert len(raised) == len(set(raised)) == 8


def once(database: str, kafka: str = NO_BROKER) -> tuple[int, list[str]]:
    code, _, error = run("alert", "--once", database=database, kafka=kafka)
    return code, error.splitlines()


def test_once_raises_what_is_to_be_raised_and_ends_without_a_broker(database: str) -> None:
    load(database, ineffective())
    assert once(database) == (3, ["there are no tables yet. Run: vjt project"])
    project(database)
    code, told = once(database)
    number = rows(database, "SELECT count(*) FROM alerts.alert")[0]
    assert number > 0
    assert (code, told[-1]) == (0, f"{number} alerts raised; {number} are not resolved")
    assert once(database)[1][-1] == f"0 alerts raised; {number} are not resolved"


def test_once_without_a_database_is_a_server_that_cannot_be_reached() -> None:
    code, told = once(NOWHERE)
    assert (code, len(told)) == (3, 1)
    assert told[0].startswith("PostgreSQL cannot be reached")


@pytest.mark.parametrize("away", ["database", "kafka", "both"])
async def test_a_worker_ends_within_seconds_while_servers_are_away(away: str, database: str, topics: str) -> None:
    worker = command(
        "alert",
        database=NOWHERE if away in ("database", "both") else database,
        kafka=NO_BROKER if away in ("kafka", "both") else topics,
    )
    assert worker.stderr
    while b"server away" not in await asyncio.to_thread(worker.stderr.readline):
        assert worker.poll() is None
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    _, error = await asyncio.to_thread(worker.communicate, None, 20)
    assert worker.returncode == 0
    assert b"Traceback" not in error
    assert time.monotonic() - began < 8

"""Webhooks against an endpoint that really answers, or does not: nothing is lost, and what is told of an alert keeps its order."""

import asyncio
import datetime as dt
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest
from structlog.testing import capture_logs

from alerts import deliveries
from alerts.webhooks import Sender, endpoint, key
from tests.integration.alerts.receiving import OLD, SECRET, Receiver, receiving
from tests.integration.alerts.told import alert, step, told
from tests.integration.store.given import rows

IDS = {subject: str(alert(subject).alert_id) for subject in "abcdefghij"}


@dataclass
class Clock:
    """The real one, which the signature is checked by, and what a test adds to it."""

    ahead: dt.timedelta = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead


@asynccontextmanager
async def sender(
    dsn: str, *urls: str, clock: Callable[[], dt.datetime] | None = None, secrets: Sequence[str] = (SECRET,)
) -> AsyncIterator[Sender]:
    """A sender to these, on a connection of its own."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        endpoints = [endpoint(url) for url in urls]
        deliveries.register(connection, [one.name for one in endpoints])
        yield Sender(connection, endpoints, [key(secret) for secret in secrets], clock or Clock(), timeout=0.5)


async def until(condition: Callable[[], object], patience: float = 20) -> None:
    async with asyncio.timeout(patience):
        while not condition():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(*senders: Sender) -> AsyncIterator[None]:
    end = asyncio.Event()
    tasks = [asyncio.create_task(one.run(end)) for one in senders]
    try:
        yield
    finally:
        end.set()
        await asyncio.gather(*tasks)


def waiting(dsn: str) -> list[tuple[str, int | None, str | None]]:
    """State, status and error of what was not taken."""
    with psycopg.connect(dsn) as connection:
        return [(row["state"], row["status"], row["error"]) for row in deliveries.undelivered(connection)]


def nobody() -> str:
    """A URL where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/hook"


async def test_each_step_goes_to_every_endpoint_signed_and_once(database: str) -> None:
    async with receiving() as one, receiving() as other, sender(database, one.url, other.url) as sending:
        told(database, step("a"), step("b"))
        told(database, step("a", 2, "acknowledged", who="j.smith"))
        await sending.once()
        await sending.once()
    for receiver in (one, other):
        assert sorted(receiver.taken) == sorted([f"{IDS['a']}/1", f"{IDS['b']}/1", f"{IDS['a']}/2"])
        told_of = {body["id"]: body for body in receiver.bodies}
        assert told_of[f"{IDS['a']}/2"]["type"] == "alert.acknowledged.v1"
        assert told_of[f"{IDS['a']}/2"]["data"]["by"] == "j.smith"
    assert waiting(database) == []


@pytest.mark.parametrize("known", [OLD, SECRET])
async def test_while_a_secret_is_replaced_an_endpoint_may_know_either(known: str, database: str) -> None:
    async with receiving(secret=known) as receiver, sender(database, receiver.url, secrets=(SECRET, OLD)) as sending:
        told(database, step("a"))
        await sending.once()
    assert receiver.taken == [f"{IDS['a']}/1"]


async def test_what_fails_is_tried_again_later_and_holds_up_what_follows_of_the_same_alert_only(database: str) -> None:
    clock = Clock()
    fails = True
    async with (
        receiving(answers=lambda id_: 500 if fails and id_.startswith(IDS["a"]) else 204) as receiver,
        sender(database, receiver.url, clock=clock) as sending,
    ):
        told(database, step("a"), step("b"), step("a", 2, "repeated"), step("b", 2, "repeated"))
        await sending.once()
        assert receiver.taken == [f"{IDS['b']}/1", f"{IDS['b']}/2"]
        assert waiting(database) == [("failing", 500, None), ("waiting", None, None)]
        await sending.once()
        assert receiver.seen.count(f"{IDS['a']}/1") == 1, "not before its time"
        fails = False
        clock.ahead = deliveries.SHORTEST
        await sending.once()
    assert receiver.taken[2:] == [f"{IDS['a']}/1", f"{IDS['a']}/2"]


@pytest.mark.parametrize(
    ("given", "status", "error"),
    [
        ({"answers": lambda _: 302}, 302, None),
        ({"answers": lambda _: 404}, 404, None),
        ({"slow": 1.0}, None, "TimeoutError"),
    ],
)
async def test_what_is_no_success_is_a_failure(
    given: dict[str, object], status: int | None, error: str | None, database: str
) -> None:
    async with receiving(**given) as receiver, sender(database, receiver.url) as sending:
        told(database, step("a"))
        await sending.once()
    assert waiting(database) == [("failing", status, error)]
    assert receiver.elsewhere == 0, "a redirect is not followed"


async def test_an_endpoint_that_is_away_is_tried_for_a_day_and_then_given_up(database: str) -> None:
    clock = Clock()
    url = nobody()
    async with sender(database, url, clock=clock) as sending:
        told(database, step("a"))
        attempts = 0
        while waiting(database)[0][0] != "given_up":
            await sending.once()
            attempts += 1
            (next_at,) = rows(database, "SELECT next_at FROM alerts.delivery")
            clock.ahead += next_at - clock() if next_at else dt.timedelta()
        assert dt.timedelta(hours=24) <= clock.ahead <= dt.timedelta(hours=26)
        assert 20 < attempts < 40
        assert waiting(database) == [("given_up", None, "ClientConnectorError")]
        clock.ahead += dt.timedelta(days=9)
        await sending.once()
        assert rows(database, "SELECT attempts FROM alerts.delivery") == [attempts]


async def test_what_was_given_up_is_replayed_and_goes_out(database: str) -> None:
    clock = Clock()
    status = 410
    async with receiving(answers=lambda _: status) as receiver, sender(database, receiver.url, clock=clock) as sending:
        told(database, step("a"), step("a", 2, "repeated"), step("b"))
        await sending.once()
        assert [state for state, _, _ in waiting(database)] == ["given_up"] * 3
        seen = len(receiver.seen)
        told(database, step("c"))  # it wants nothing any more
        await sending.once()
        assert len(receiver.seen) == seen
        status = 204
        with psycopg.connect(database) as connection:
            ids = [row["delivery_id"] for row in deliveries.undelivered(connection)]
            assert deliveries.replay(connection, [*ids, 10**9], clock()) == 3
        told(database, step("d"))
        await sending.once()
    assert sorted(receiver.taken) == sorted([f"{IDS['a']}/1", f"{IDS['a']}/2", f"{IDS['b']}/1", f"{IDS['d']}/1"])
    assert receiver.taken.index(f"{IDS['a']}/1") < receiver.taken.index(f"{IDS['a']}/2")


async def test_a_slow_endpoint_does_not_hold_up_another(database: str) -> None:
    async with receiving(slow=0.4) as slow, receiving() as quick, sender(database, slow.url, quick.url) as sending:
        told(database, *(step(subject) for subject in IDS))
        async with running(sending):
            await until(lambda: len(quick.taken) == 10)
            assert len(slow.taken) < 10
            await until(lambda: len(slow.taken) == 10)


async def test_a_sender_that_is_ended_in_the_middle_loses_nothing(database: str) -> None:
    async with receiving(slow=0.1) as receiver, sender(database, receiver.url) as sending:
        told(database, *(step(subject, n, "repeated") for n in range(1, 4) for subject in IDS))
        first = asyncio.create_task(sending.run(asyncio.Event()))
        await until(lambda: len(receiver.seen) > 10)
        first.cancel()
        await asyncio.wait((first,))
        async with running(sending):
            await until(lambda: waiting(database) == [])
    everything_in_order(receiver, 3)


async def test_two_senders_at_once_lose_nothing(database: str) -> None:
    async with receiving(slow=0.02) as receiver:
        async with sender(database, receiver.url) as one, sender(database, receiver.url) as other:
            told(database, *(step(subject, n, "repeated") for n in range(1, 6) for subject in IDS))
            async with running(one, other):
                await until(lambda: waiting(database) == [])
    everything_in_order(receiver, 5)


def everything_in_order(receiver: Receiver, steps: int) -> None:
    """Of each alert each step was taken, the first time in its order."""
    for id_ in IDS.values():
        mine = dict.fromkeys(
            n for alert_id, _, n in (taken.partition("/") for taken in receiver.taken) if alert_id == id_
        )
        assert list(mine) == [str(n) for n in range(1, steps + 1)]


async def test_an_endpoint_is_stored_and_logged_without_what_its_url_may_hide(database: str) -> None:
    url = nobody().replace("http://", "http://hub:s3cret@") + "/T0PS3CRET?token=S3CRET"
    with capture_logs() as logs:
        async with sender(database, url) as sending:
            told(database, step("a"))
            await sending.once()
    assert logs[0]["event"] == "endpoint fails"
    shown = f"{logs} {rows(database, 'SELECT to_jsonb(d) FROM alerts.delivery d')} {sending.endpoints}".lower()
    assert "s3cret" not in shown
    assert "127.0.0.1" in shown


def test_what_is_no_endpoint_and_no_secret_is_refused_without_being_repeated() -> None:
    for url in ("ftp://s3cret/x", "s3cret", "https://", "http://s3cret:port/"):
        with pytest.raises(ValueError, match="expected") as refused:
            endpoint(url)
        assert "s3cret" not in str(refused.value)
    for secret in ("s3cret", "whsec_s3cret", "whsec_c2VjcmV0", SECRET.removeprefix("whsec_")):
        with pytest.raises(ValueError, match="expected") as refused:
            key(secret)
        assert "s3cret" not in str(refused.value)


def test_what_is_told_while_an_endpoint_is_not_named_is_not_kept_for_it(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        deliveries.register(connection, ["https://one#1", "https://two#2"])
        told(database, step("a"))
        deliveries.register(connection, ["https://two#2"])
        told(database, step("b"))
    query = "SELECT endpoint, count(*) FROM alerts.delivery GROUP BY endpoint ORDER BY endpoint"
    assert rows(database, query) == [("https://one#1", 1), ("https://two#2", 2)]

"""Webhooks: each step of an alert to every endpoint, signed by the Standard Webhooks specification (standardwebhooks.com)."""

import asyncio
import base64
import binascii
import datetime as dt
import hashlib
import hmac
import random
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from psycopg import Connection

from alerts import deliveries
from alerts.deliveries import Ready
from schemas.envelope import STRUCTURED

TIMEOUT = 10.0  # s for one attempt
POLL = 0.25  # s between two looks for what is to be sent
AT_ONCE = 8  # attempts at one endpoint
GONE = 410
PREFIX = "whsec_"
SHORTEST_KEY, LONGEST_KEY = 24, 64  # bytes, by the specification

Clock = Callable[[], dt.datetime]

log: Any = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where webhooks go. The URL may hold a secret: the name is what is stored, logged and shown."""

    url: str = field(repr=False)
    name: str


def endpoint(url: str) -> Endpoint:
    """Raises ValueError, without repeating the URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("expected URLs of http or https, separated by spaces or commas")
    shown = f"[{host}]" if ":" in host else host
    where = f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
    return Endpoint(url, f"{where}#{hashlib.sha256(url.encode()).hexdigest()[:8]}")


def key(secret: str) -> bytes:
    """What a secret signs with. Raises ValueError, without repeating the secret."""
    try:
        decoded = base64.b64decode(secret.removeprefix(PREFIX), validate=True) if secret.startswith(PREFIX) else b""
    except binascii.Error:
        decoded = b""
    if not SHORTEST_KEY <= len(decoded) <= LONGEST_KEY:
        raise ValueError(
            f"expected {PREFIX} and {SHORTEST_KEY} to {LONGEST_KEY} bytes in base64, as often as secrets are valid"
        )
    return decoded


def headers(event_id: str, body: bytes, at: dt.datetime, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers of one attempt. Every key signs, so that a secret can be replaced while the endpoint still knows the old one."""
    seconds = str(int(at.timestamp()))
    signed = b".".join((event_id.encode(), seconds.encode(), body))
    signatures = (base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys)
    return {
        "content-type": STRUCTURED,
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


class Sender:
    """Sends what is ready over one connection, to each endpoint by itself: a slow one holds up no other.

    Delivered at least once: what was on its way when a sender ended goes again, with the same webhook-id.
    """

    def __init__(
        self,
        connection: Connection[Any],
        endpoints: Sequence[Endpoint],
        keys: Sequence[bytes],
        clock: Clock,
        timeout: float = TIMEOUT,
    ) -> None:
        self.connection = connection  # autocommit
        self.endpoints = endpoints
        self.keys = keys
        self.clock = clock
        self.timeout = aiohttp.ClientTimeout(total=timeout)
        self.failing: set[str] = set()

    async def run(self, end: asyncio.Event) -> None:
        """Until told to end. Raises OperationalError or InterfaceError when the database goes away."""
        async with self._session() as session:
            await _together(self._run(session, one, end) for one in self.endpoints)

    async def once(self) -> None:
        """Send what is ready now, and what then becomes ready, until nothing is; what fails is left for later."""
        async with self._session() as session:
            await _together(self._empty(session, one) for one in self.endpoints)

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=0)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=self.timeout)

    async def _run(self, session: aiohttp.ClientSession, to: Endpoint, end: asyncio.Event) -> None:
        ended = asyncio.create_task(end.wait())
        try:
            while not end.is_set():
                if not await self._send(session, to, self.clock()):
                    await asyncio.wait((ended,), timeout=POLL)
        finally:
            ended.cancel()

    async def _empty(self, session: aiohttp.ClientSession, to: Endpoint) -> None:
        began = self.clock()  # what fails is ready again later than this
        while await self._send(session, to, began):
            pass

    async def _send(self, session: aiohttp.ClientSession, to: Endpoint, now: dt.datetime) -> int:
        """One attempt at each of what is ready; how many there were."""
        found = await asyncio.to_thread(deliveries.ready, self.connection, to.name, now, AT_ONCE)
        await _together(self._attempt(session, to, delivery) for delivery in found)
        return len(found)

    async def _attempt(self, session: aiohttp.ClientSession, to: Endpoint, delivery: Ready) -> None:
        status, error = await self._post(session, to, delivery)
        if status is not None and 200 <= status < 300:
            await asyncio.to_thread(deliveries.taken, self.connection, delivery)
            if to.name in self.failing:
                self.failing.discard(to.name)
                log.info("endpoint back", endpoint=to.name)
        elif status == GONE:
            await asyncio.to_thread(deliveries.gone, self.connection, to.name, self.clock())
            log.error("endpoint gone", endpoint=to.name)
        else:
            await self._failed(to, delivery, status, error)

    async def _failed(self, to: Endpoint, delivery: Ready, status: int | None, error: str | None) -> None:
        now, jitter = self.clock(), random.random()
        over = await asyncio.to_thread(deliveries.failed, self.connection, delivery, now, jitter, status, error)
        if over:
            log.error("delivery given up", endpoint=to.name, id=delivery.event_id, status=status, error=error)
        elif to.name not in self.failing:
            self.failing.add(to.name)
            log.warning("endpoint fails", endpoint=to.name, status=status, error=error)

    async def _post(
        self, session: aiohttp.ClientSession, to: Endpoint, delivery: Ready
    ) -> tuple[int | None, str | None]:
        """The answer's status, or the kind of error. An error's message may repeat the URL, and is not kept."""
        head = headers(delivery.event_id, delivery.body, self.clock(), self.keys)
        try:
            async with session.post(to.url, data=delivery.body, headers=head, allow_redirects=False) as answer:
                return answer.status, None
        except (aiohttp.ClientError, OSError, ValueError) as error:  # a TimeoutError is an OSError
            return None, type(error).__name__


async def _together(each: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do them at once. The first that fails ends the others."""
    tasks = [asyncio.create_task(one) for one in each]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

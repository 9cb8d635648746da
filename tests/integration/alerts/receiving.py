"""An endpoint as somebody else would write one: it verifies what comes by the specification's own library."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Receiver:
    """Answers as `answers` says for each id, 204 where it says nothing; notes what it took and what it saw."""

    url: str = ""
    secret: str = SECRET
    answers: Callable[[str], int] = lambda _: 204
    slow: float = 0.0  # s until it answers
    taken: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: int = 0  # requests to where it redirects to

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        found = Webhook(self.secret).verify(body, dict(request.headers))
        id_ = request.headers["webhook-id"]
        self.seen.append(id_)
        if self.slow:
            await asyncio.sleep(self.slow)
        status = self.answers(id_)
        if status < 300:
            self.taken.append(id_)
            self.bodies.append(found)
        return web.Response(status=status, headers={"location": f"{self.url}/elsewhere"} if status == 302 else None)

    async def redirected(self, _: web.Request) -> web.Response:
        self.elsewhere += 1
        return web.Response()


@asynccontextmanager
async def receiving(**given: Any) -> AsyncIterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver(**given)
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    app.router.add_route("*", "/hook/elsewhere", receiver.redirected)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()

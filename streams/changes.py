"""Journeys that changed, as they are told on journeys.changes.v1, to a handler: a Faust app with one agent.

It makes alerts fast and not right: whoever handles the changes also compares what is with what should be, so a message that is lost
loses nothing. Hence no tables and no files; offsets that the broker keeps are a courtesy; and a topic that is deleted, a broker
that is away or an app that no longer moves are begun anew, while the rest of the process goes on.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import faust
import structlog
from faust.types import EventT

from streams.away import KAFKA_AWAY, Away, ended
from streams.group import Group

TOPIC = "journeys.changes.v1"
GROUP = "vjt-alert"

BATCH = 500  # messages that are handled together
WITHIN = 0.05  # s for which a batch that is not full is waited for
SESSION = 10.0  # s after which a worker that was killed is missed
LOOK = 2.0  # s between two looks at how far it is
STUCK = 20.0  # s without progress while there are messages that nobody has taken
START = 20.0  # s for the app to start
RETRY = 1.0  # s until a handler that failed is called again

Handler = Callable[[Sequence[UUID]], Awaitable[object]]

log: Any = structlog.get_logger()


class _App(faust.App):
    """An app that writes no files."""

    def _create_directories(self) -> None:
        pass


class Stalled(Exception):
    """The app has to be begun anew."""


class Changes:
    """Calls `handler` with the journeys that changed, a batch at a time, each once in it.

    A handler that raises is called again with the same, and what follows waits. `patience`, s: without progress for so long, while
    there is what nobody in the group has taken, the app is begun anew.
    """

    def __init__(self, kafka: str, handler: Handler, patience: float = STUCK) -> None:
        self.kafka = kafka
        self.handler = handler
        self.patience = patience
        self.app: faust.App | None = None
        self.taken = 0  # messages, in all
        self.busy = False
        self.end = asyncio.Event()
        self.away = Away("changes")

    async def run(self, end: asyncio.Event) -> None:
        """Until told to end. Several may run, in as many processes: they share the partitions."""
        self.end = end
        while not end.is_set():
            try:
                async with Group(self.kafka, GROUP, TOPIC) as group:
                    await self._run(group)
            except KAFKA_AWAY as error:
                await self._wait(self.away.wait("Kafka", error))
            except Stalled as stalled:
                log.warning("changes begun anew", why=str(stalled))
                await self._wait(asyncio.sleep(RETRY))

    async def _run(self, group: Group) -> None:
        """From the start of an app to its end."""
        while not await _begins_well(group):
            await self._wait(asyncio.sleep(RETRY))
            if self.end.is_set():
                return
        self.app = app = self._app()
        try:
            await self._started(app)
            await self._watch(app, group)
        finally:
            await ended(app.stop)

    def _app(self) -> _App:
        app = _App(
            GROUP,
            broker=[f"kafka://{server}" for server in self.kafka.split(",")],
            store="memory://",
            key_serializer="raw",
            value_serializer="raw",
            topic_disable_leader=True,
            topic_allow_declare=False,
            stream_wait_empty=False,
            web_enabled=False,
            broker_session_timeout=SESSION,
            broker_heartbeat_interval=SESSION / 4,
            broker_request_timeout=2 * SESSION,
            broker_commit_interval=1.0,
            consumer_metadata_max_age_ms=5_000,
        )

        async def changed(stream: Any) -> None:
            async for events in stream.noack_take(BATCH, within=WITHIN):
                if await self._handled(events):
                    for event in events:  # in their order: offsets are taken up to the first that is missing
                        await stream.ack(event)

        app.agent(app.topic(TOPIC), name=f"{GROUP}.changed", concurrency=1)(changed)
        return app

    async def _handled(self, events: Sequence[EventT[bytes]]) -> bool:
        """Whether they are; not, if told to end before that."""
        journeys = list(dict.fromkeys(found for event in events if (found := _journey(event.value)) is not None))
        self.busy = True
        try:
            if journeys and not await self._called(journeys):
                return False
        finally:
            self.busy = False
        self.taken += len(events)
        return True

    async def _called(self, journeys: list[UUID]) -> bool:
        """Nothing is raised: an agent that raises is not given the same messages again."""
        while not self.end.is_set():
            try:
                await self.handler(journeys)
                return True
            except Exception as error:
                if self.end.is_set():
                    break
                log.error("changes not handled", error=type(error).__name__)
                await self._wait(asyncio.sleep(RETRY))
        return False

    async def _started(self, app: _App) -> None:
        starting = asyncio.create_task(app.start())
        ending = asyncio.create_task(self.end.wait())
        await asyncio.wait((starting, ending), timeout=START, return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        if not starting.done():
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await starting
            if not self.end.is_set():
                raise Stalled("the app did not start")
            return
        try:
            starting.result()
        except KAFKA_AWAY:
            raise
        except Exception as error:
            raise Stalled(f"the app did not start: {type(error).__name__}") from error

    async def _watch(self, app: _App, group: Group) -> None:
        """Until told to end, or until the app has to be begun anew."""
        clock = asyncio.get_running_loop().time
        before: object = None
        moved = clock()
        while not self.end.is_set():
            if app.crashed or app.should_stop:
                raise Stalled(f"the app ended: {type(app.crash_reason).__name__}")
            reached = (await group.reach()).values()
            if any(reach.taken > reach.end for reach in reached):
                raise Stalled("the topic was made anew")
            left = sum(reach.end - reach.taken for reach in reached)
            now = self.taken, [reach.taken for reach in reached]
            if now != before or not left or self.busy:
                before, moved = now, clock()
            elif clock() - moved > self.patience:
                raise Stalled(f"{left} messages wait, and none is taken")
            self.away.over()
            await self._wait(asyncio.sleep(LOOK))

    async def _wait(self, waiting: Awaitable[object]) -> None:
        """Wait, unless told to end."""
        tasks = asyncio.ensure_future(waiting), asyncio.ensure_future(self.end.wait())
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()


async def _begins_well(group: Group) -> bool:
    """Whether the group's offsets fit the topic. Of a topic that was made anew they lie behind its end, and what is new would be
    passed over: they are set to its beginning, as soon as no worker is in the group."""
    lost = {tp: reach.first for tp, reach in (await group.reach()).items() if reach.taken > reach.end}
    return not lost or await group.put_back(lost)


def _journey(value: bytes | None) -> UUID | None:
    """The journey that a message is about; None: it is none of ours."""
    try:
        return UUID(json.loads(value or b"")["journey_id"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None

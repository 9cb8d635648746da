"""The example that receivers begin with, against the sender itself."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from alerts import deliveries
from alerts.webhooks import Sender, endpoint, key
from tests.integration.alerts.receiving import OLD, SECRET
from tests.integration.alerts.test_webhooks import IDS, Clock, waiting
from tests.integration.alerts.told import step, told
from vjt.stack.process import free_port

EXAMPLE = Path(__file__).parents[3] / "examples" / "receiver.py"


async def test_the_example_takes_what_is_genuine_once_and_nothing_else(database: str) -> None:
    port = free_port()
    environment = os.environ | {"WEBHOOK_SECRET": SECRET}
    command = [sys.executable, str(EXAMPLE), str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            to = endpoint(f"http://127.0.0.1:{port}/")
            with psycopg.connect(database, autocommit=True) as connection:
                deliveries.register(connection, [to.name])
                stranger = Sender(connection, [to], [key(OLD)], Clock())
                clock = Clock()
                ours = Sender(connection, [to], [key(OLD), key(SECRET)], clock)
                told(database, step("a"))
                async with asyncio.timeout(20):
                    while waiting(database)[0][1] != 401:  # until it listens
                        deliveries.replay(connection, [1], clock())
                        await stranger.once()
                deliveries.replay(connection, [1], clock())
                await ours.once()
                told(database, step("a"))  # again, as after a sender that was killed
                await ours.once()
                assert waiting(database) == []
        finally:
            process.terminate()
        assert process.stdout
        assert process.stdout.read().decode().splitlines() == [f"alert.raised.v1 charging_wait {IDS['a']}"]

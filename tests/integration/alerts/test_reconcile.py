"""What all journeys should raise beside what stands, without looking at them more often than need be."""

import datetime as dt

import psycopg

from tests.integration.alerts.told import going
from tests.integration.alerts.watched import Watched
from tests.unit.domain.said import crime, withdrew

NOW = dt.datetime(2021, 12, 1, 12, tzinfo=dt.UTC)


def test_while_the_tables_stay_where_they_are_no_journey_is_read(watched: Watched) -> None:
    watched.say(crime("05-03"))
    watched.build()
    assert watched.reconcile(NOW) == 1
    (live,) = watched.rows("SELECT n FROM projection.build WHERE live")
    with psycopg.connect(watched.dsn) as other:
        other.execute(f"LOCK TABLE build_{live['n']}.journey".encode())
        watched.worker.execute("SET lock_timeout = '1s'")
        assert watched.reconcile(NOW) == 0


def test_a_digest_waits_until_the_tables_are_level_with_the_log(watched: Watched) -> None:
    watched.say(crime("05-03"), withdrew("05-10", evidence=()))
    watched.build()
    watched.say(crime("05-03", "C2", "V2"))
    while watched.reconcile(NOW):
        pass
    assert going(watched.dsn) == []
    watched.step()
    while watched.reconcile(NOW):
        pass
    told = [event["type"] for event in going(watched.dsn) if event.get("source") == "/vjt"]
    assert "alert.digest.v1" in told
    assert "alert.raised.v1" not in told

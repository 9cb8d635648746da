"""Several who look at the same journeys, and one that is killed."""

import datetime as dt
import subprocess
import sys
import threading

import psycopg

from alerts.evaluate import due, evaluate
from alerts.reconcile import reconcile
from schemas.reference import journey_id
from tests.integration.alerts.watched import Watched
from tests.integration.projections.world import quiet
from tests.unit.domain.said import about_crime, crime, referral
from tests.waiting import until

NOW = dt.datetime(2021, 4, 3, 12, tzinfo=dt.UTC)
NUMBERS = [f"C{n}" for n in range(40)]
JOURNEYS = [journey_id("met", number, "V1") for number in NUMBERS]
GAPS = """
SELECT alert_id FROM alerts.step GROUP BY alert_id HAVING max(n) <> count(*) OR count(*) FILTER (WHERE what = 'raised') <> 1
"""
HELD = """
SELECT FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_whoever_looks_at_the_same_journeys_at_the_same_time_raises_each_alert_once(watched: Watched) -> None:
    watched.build()
    over = threading.Event()
    failures: list[BaseException] = []

    def look(which: int) -> None:
        try:
            with psycopg.connect(watched.dsn, autocommit=True) as connection:
                while not over.is_set():
                    evaluate(connection, JOURNEYS[which::2] + JOURNEYS[::3], watched.thresholds, NOW)
                    due(connection, watched.thresholds, NOW)
                    reconcile(connection, watched.thresholds, NOW, quiet)
        except BaseException as error:
            failures.append(error)

    several = [threading.Thread(target=look, args=(which,)) for which in range(2)]
    for one in several:
        one.start()
    try:
        for number in NUMBERS:
            watched.say(crime("03-01", number), referral("03-02", urn="U1", crimes=(number,)))
            watched.step()
            if number == "C20":
                watched.build()
            watched.say(about_crime("victim-updated", "04-02", number, victim_reference="V1"))
            watched.step()
    finally:
        over.set()
        for one in several:
            one.join(60)
    assert failures == []
    watched.level(NOW)
    assert watched.standing() == watched.should_stand(NOW)
    assert len(watched.standing()[watched.alert("charging_wait")["alert_id"]].members) == len(NUMBERS)
    assert watched.rows(GAPS) == []


def test_one_that_is_killed_in_the_middle_of_a_batch_leaves_nothing_half_done(watched: Watched) -> None:
    watched.build()
    watched.say(*(crime("03-01", number) for number in NUMBERS))
    watched.step()
    with psycopg.connect(watched.dsn) as holding:
        holding.execute("LOCK TABLE alerts.step IN EXCLUSIVE MODE")  # alerts are written by then, their steps are not
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.alerts.reconciling", watched.dsn, NOW.isoformat()]
        )
        until(lambda: watched.rows("SELECT FROM pg_locks WHERE NOT granted AND relation = 'alerts.step'::regclass"))
        process.kill()
        process.wait()
    until(lambda: not watched.rows(HELD))
    assert watched.rows("SELECT FROM alerts.alert") == watched.rows("SELECT FROM alerts.seen") == []
    watched.level(NOW)
    assert watched.standing() == watched.should_stand(NOW) != {}
    assert watched.rows(GAPS) == []

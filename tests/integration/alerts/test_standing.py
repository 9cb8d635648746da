"""Which alerts stand, as facts come, late ones and corrections among them, and as time passes."""

import datetime as dt
from typing import Any

import orjson
import psycopg

from store.outbox import pending
from tests.integration.alerts.watched import Watched
from tests.told import simulated
from tests.unit.domain.said import about_crime, crime, decision, listing, referral, trial, void, withdrew

Event = dict[str, Any]


def at(month_day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2021-{month_day}T12:00:00+00:00")


def told(watched: Watched, now: str, *events: Event) -> None:
    """The events come, and everything is looked at."""
    watched.say(*events)
    while watched.step():
        pass
    watched.level(at(now))
    assert watched.standing() == watched.should_stand(at(now))


def update(on: str) -> Event:
    return about_crime("victim-updated", on, victim_reference="V1")


def life(watched: Watched, rule: str) -> tuple[str, str | None, list[str]]:
    alert = watched.alert(rule)
    return alert["state"], alert["resolved_how"], watched.steps(alert["alert_id"])


def going(watched: Watched) -> list[tuple[str, str]]:
    """Type and subject of what goes out on alerts.v1."""
    with psycopg.connect(watched.dsn) as connection:
        messages = [m for m in pending(connection.cursor(), 100_000) if m.topic == "alerts.v1"]
    return [(body["type"], body["subject"]) for body in map(orjson.loads, (m.body for m in messages))]


# Facts


def test_an_alert_falls_due_when_nothing_happens(watched: Watched) -> None:
    watched.build()
    told(watched, "03-02", crime("03-01"))
    assert watched.standing() == {}
    midnight = dt.datetime(2021, 3, 29, 23, tzinfo=dt.UTC)  # the 30th begins in London
    assert watched.due(midnight - dt.timedelta(seconds=1)) == 0
    assert watched.due(midnight) == 1
    assert life(watched, "victim_update_overdue") == ("open", None, ["raised"])
    assert [type_ for type_, _ in going(watched)] == ["alert.raised.v1"]


def test_what_ends_is_resolved_and_what_late_evidence_shows_never_was(watched: Watched) -> None:
    for on, how in (("04-01", "cause_gone"), ("03-15", "never_was")):
        watched.forget()
        watched.build()
        told(watched, "04-01", crime("03-01"))
        told(watched, "04-02", update(on))
        assert life(watched, "victim_update_overdue") == ("resolved", how, ["raised", "resolved"])


def test_an_alert_on_a_trial_stands_until_it_is_over_for_the_last_of_its_victims(watched: Watched) -> None:
    watched.build()
    listed = [
        crime("03-01"),
        crime("03-01", victim="V2"),
        referral("03-02"),
        decision("03-03"),
        listing("03-04", "03-20"),
    ]
    told(watched, "03-21", *listed, trial("03-20", "ineffective"))
    alert = watched.alert("trial_ineffective")
    assert len(watched.standing()[alert["alert_id"]].members) == 2
    told(watched, "03-22", withdrew("03-21"))
    assert len(watched.standing()[alert["alert_id"]].members) == 1
    assert life(watched, "trial_ineffective") == ("open", None, ["raised"])
    told(watched, "03-24", withdrew("03-23", victim="V2"))
    assert life(watched, "trial_ineffective") == ("resolved", "cause_gone", ["raised", "resolved"])


def test_a_journey_that_is_no_more_brings_nothing(watched: Watched) -> None:
    watched.build()
    report = crime("03-01")
    told(watched, "04-01", report)
    told(watched, "04-02", void(report))
    assert life(watched, "victim_update_overdue") == ("resolved", "never_was", ["raised", "resolved"])
    assert watched.rows("SELECT * FROM alerts.seen") == watched.rows("SELECT * FROM alerts.condition") == []


def test_what_nobody_could_do_any_more_is_closed_as_missed(watched: Watched) -> None:
    watched.build()
    told(watched, "03-10", crime("03-01"), referral("03-02"), decision("03-03"), listing("03-04", "03-20"))
    assert life(watched, "hearing_not_notified") == ("open", None, ["raised"])
    told(watched, "03-22")
    assert life(watched, "hearing_not_notified") == ("resolved", "missed", ["raised", "resolved"])


def test_courts_are_looked_at_each_day_and_when_trials_change(watched: Watched) -> None:
    watched.build()
    year = [dt.date(2021, 1, 4) + dt.timedelta(5 * n) for n in range(60)]
    events = [crime("2020-10-01"), referral("2020-10-02"), decision("2020-10-03")]
    for n, day in enumerate(year):
        events += [listing("2020-11-02", str(day), f"H{n}"), trial(str(day), "effective", f"H{n}")]
    told(watched, "11-20", *events)
    assert watched.rows("SELECT * FROM alerts.alert WHERE rule = 'ineffective_rate_high'") == []
    bad = []
    for n in range(60, 75):
        bad += [listing("2021-11-01", f"2021-11-{n - 49}", f"H{n}"), trial(f"2021-11-{n - 49}", "ineffective", f"H{n}")]
    watched.say(*bad)
    while watched.step():
        pass
    watched.reconcile(at("11-26"))
    alert = watched.alert("ineffective_rate_high")
    assert (alert["subject"], alert["court"], alert["stands"]) == ("southwark/crown", "southwark", True)
    watched.due(at("12-31") + dt.timedelta(days=40))
    assert life(watched, "ineffective_rate_high")[0] == "resolved"


# Builds and rules


def test_a_build_that_takes_the_place_of_another_moves_nothing(watched: Watched) -> None:
    watched.build()
    told(watched, "04-01", crime("03-01"))
    stands = watched.standing()
    watched.build()
    assert watched.reconcile(at("04-01")) == 0
    assert watched.standing() == stands
    told(watched, "04-02", update("04-01"))
    assert watched.standing() == {}


def test_without_a_build_there_is_nothing_to_do(watched: Watched) -> None:
    watched.say(crime("03-01"))
    watched.level(at("04-01"))
    assert watched.standing() == {}
    assert watched.rows("SELECT level_at FROM alerts.worker") == [{"level_at": None}]


def test_other_thresholds_look_at_everything_again(watched: Watched) -> None:
    watched.build()
    told(watched, "04-01", crime("03-01"), referral("03-02"))
    first = watched.thresholds
    assert "charging_wait" in {standing.rule for standing in watched.standing().values()}
    patient = first.charging_wait.model_copy(update={"days": 60})
    watched.thresholds = first.model_copy(update={"charging_wait": patient})
    assert watched.reconcile(at("04-02")) == 1
    assert life(watched, "charging_wait") == ("resolved", "never_was", ["raised", "resolved"])
    watched.thresholds = first
    assert watched.reconcile(at("04-03")) == 1
    assert life(watched, "charging_wait")[2] == ["raised", "resolved", "reopened"]
    assert watched.reconcile(at("04-03")) == 0


def test_a_journey_on_which_the_rules_fail_keeps_its_alerts_and_hinders_no_other(watched: Watched) -> None:
    watched.build()
    told(watched, "04-01", crime("03-01"))
    (live,) = watched.rows("SELECT n FROM projection.build WHERE live")
    watched.worker.execute(
        f"UPDATE build_{live['n']}.journey SET deadlines = '5', parts = array_fill(1, ARRAY[cardinality(parts)])"
    )
    watched.say(crime("03-01", "C2"))
    watched.step()
    watched.level(at("04-01"))
    assert [(row["state"], row["stands"]) for row in watched.rows("SELECT * FROM alerts.alert")] == [("open", True)] * 2
    (failed,) = watched.rows("SELECT error FROM alerts.seen WHERE error IS NOT NULL")
    assert failed["error"].startswith("TypeError")
    assert watched.reconcile(at("04-01")) == 0


# What is told


def test_what_is_found_late_is_told_in_one_digest_a_rule_and_then_as_any(watched: Watched) -> None:
    watched.build()
    watched.say(crime("03-01"), crime("03-02", "C2"), crime("03-03", "C3"))
    watched.step()
    assert watched.reconcile(at("06-01")) == 3
    assert going(watched) == []
    assert watched.reconcile(at("06-01")) == 0
    assert going(watched) == [("alert.digest.v1", "victim_update_overdue")]
    watched.reconcile(at("06-01"))
    told(watched, "06-02", update("06-01"))
    assert [type_ for type_, _ in going(watched)] == ["alert.digest.v1", "alert.resolved.v1"]


def test_what_is_found_late_and_over_before_the_digest_is_told_to_nobody(watched: Watched) -> None:
    watched.build()
    watched.say(crime("03-01"))
    watched.step()
    watched.reconcile(at("06-01"))
    told(watched, "06-02", update("06-01"))
    watched.reconcile(at("06-02"))
    assert life(watched, "victim_update_overdue") == ("resolved", "cause_gone", ["raised", "resolved"])
    assert going(watched) == []


def test_a_digest_waits_for_the_tables_to_be_level_but_no_longer_than_an_hour(watched: Watched) -> None:
    watched.build()
    watched.say(crime("03-01"))
    watched.step()
    watched.reconcile(at("06-01"))
    watched.say(crime("05-30", "C2"))  # not in the tables yet
    watched.reconcile(at("06-01"))
    assert going(watched) == []
    watched.reconcile(at("06-01") + dt.timedelta(hours=1))
    assert going(watched) == [("alert.digest.v1", "victim_update_overdue")]


def test_a_year_that_is_loaded_gives_one_digest_a_rule_and_no_storm(watched: Watched) -> None:
    events, _ = simulated(400, 4)
    watched.say(*events)
    watched.build()
    now = watched.rows("SELECT max(last_occurred_at) AS at FROM log.source")[0]["at"]
    for _ in range(3):
        watched.level(now)
    assert watched.standing() == watched.should_stand(now)
    late = {row["rule"] for row in watched.rows("SELECT rule FROM alerts.alert WHERE digest")}
    assert len(late) >= 4
    types = [(type_, subject) for type_, subject in going(watched) if type_ == "alert.digest.v1"]
    assert sorted(types) == [("alert.digest.v1", rule) for rule in sorted(late)]
    by_itself = watched.rows("SELECT alert_id::text FROM alerts.alert WHERE NOT digest")
    assert {subject for type_, subject in going(watched)} - late == {row["alert_id"] for row in by_itself}

"""`vjt rejected`: a work list of causes, and what is done about them."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import psycopg

from store import rejected
from store.delivery import Delivery, Line
from tests.integration.projections.world import NOW, World
from tests.integration.vjt.conftest import Vjt
from tests.unit.domain.said import about_crime, cps, crime, referral
from tests.waiting import until

Event = dict[str, Any]


def reject(world: World, *events: Event | bytes) -> list[int]:
    """The numbers of all that is rejected, by now, in order of arrival."""
    deliveries = []
    for event in events:
        world.lines += 1
        value = event if isinstance(event, bytes) else json.dumps(event).encode()
        deliveries.append(Delivery(value, Line("events\n.jsonl", world.lines)))
    world.intake.take(deliveries, now=NOW)
    return [row["id"] for row in world.rows("SELECT id FROM log.rejected ORDER BY id")]


def change(world: World, query: str, *given: Any) -> None:
    with psycopg.connect(world.dsn) as connection:
        connection.execute(query.encode(), given)


def refused(world: World, what: str) -> None:
    """A defect of ours: what has these bytes is not stored."""
    change(world, f"ALTER TABLE log.stored_events ADD CONSTRAINT defect CHECK (position('{what}'::bytea IN state) = 0)")


def mended(world: World) -> None:
    change(world, "ALTER TABLE log.stored_events DROP CONSTRAINT defect")


def expired(world: World, *ids: int) -> None:
    change(world, "UPDATE log.rejected SET last_seen = last_seen - interval '31 days' WHERE id = ANY(%s)", list(ids))
    with world.log.transaction() as cursor:
        assert rejected.expire(cursor, 30) == len(ids)


def listed(vjt: Vjt, *words: str) -> list[dict[str, Any]]:
    ended = vjt("rejected", "list", *words, "--format", "json")
    assert ended.code == 0, ended.err
    rows: list[dict[str, Any]] = json.loads(ended.out)
    return rows


def the_cause(vjt: Vjt) -> str:
    (row,) = listed(vjt)
    return str(row["cause"])


def numbers(vjt: Vjt, *words: str) -> list[int]:
    return [row["id"] for row in listed(vjt, "--each", *words)]


def in_log(world: World) -> int:
    (row,) = world.rows("SELECT count(*) AS n, count(DISTINCT event_key) AS events FROM log.stored_events")
    assert row["n"] == row["events"]
    return int(row["n"])


def test_ten_thousand_alike_are_one_line(world: World, vjt: Vjt) -> None:
    ids = reject(world, *(crime("05-03", f"C{n}", offence_group=7) for n in range(10_000)), b"no json")
    many, one = listed(vjt)
    assert {name: many[name] for name in ("source", "reason", "pointer", "events", "times", "replayable", "state")} == {
        "source": "/police/met", "reason": "invalid_data", "pointer": "/data/offence_group",
        "events": 10_000, "times": 10_000, "replayable": 10_000, "state": "kept",
    }  # fmt: skip
    assert many["sample"] == ids[-2]
    assert len(many["cause"]) == 8
    assert (one["source"], one["reason"], one["pointer"], one["events"]) == ("unknown", "not_json", "", 1)
    assert vjt("rejected", "show", str(many["sample"])).code == 0
    (only,) = listed(vjt, "--cause", many["cause"])
    assert only == many


def test_causes_are_told_apart_by_source_reason_and_pointer_and_not_by_an_index(world: World, vjt: Vjt) -> None:
    reject(
        world,
        referral("05-10", crimes=("C1", "?")),
        referral("05-10", crimes=("?", "C1")),
        referral("05-10", crimes=(*(f"C{n}" for n in range(11)), "?")),
        referral("05-10", urn="?"),
        cps("charging-decision-made", "05-30", decision="charge", crime_references=["?"]),
    )
    found = {(row["source"], row["pointer"]): row["events"] for row in listed(vjt)}
    assert found == {
        ("/police/met", "/data/crime_references/*"): 3,
        ("/police/met", "/data/urn"): 1,
        ("/cps/london-south", "/data/crime_references/*"): 1,
    }
    assert len({row["cause"] for row in listed(vjt)}) == 3
    first = listed(vjt)[0]
    each = listed(vjt, "--each", "--cause", first["cause"])
    assert {row["pointer"] for row in each} == {f"/data/crime_references/{n}" for n in (0, 1, 11)}
    assert {row["cause"] for row in each} == {first["cause"]}
    assert numbers(vjt, "--cause", first["cause"], "--cause", listed(vjt)[1]["cause"]) > numbers(
        vjt, "--cause", first["cause"]
    )


def test_a_part_of_an_index_is_none(world: World, vjt: Vjt) -> None:
    reject(world, b"1", b"2", b"3", b"4")
    for id, pointer in enumerate(("/data/a1/2", "/data/a1/34", "/7/8/9", "/data/9a"), 1):
        change(world, "UPDATE log.rejected SET pointer = %s WHERE id = %s", pointer, id)
    assert {row["pointer"]: row["events"] for row in listed(vjt)} == {"/data/a1/*": 2, "/*/*/*": 1, "/data/9a": 1}


def test_each_is_listed_the_latest_first_and_no_more_than_asked_for(world: World, vjt: Vjt) -> None:
    ids = reject(world, *(b"{%d" % n for n in range(101)))
    assert numbers(vjt, "--limit", "101") == ids[::-1]
    short = vjt("rejected", "list", "--each", "--format", "json")
    assert [row["id"] for row in json.loads(short.out)] == ids[:0:-1]
    assert short.err == "these are 100, and there are more: --limit\n"
    assert vjt("rejected", "list", "--each", "--limit", "101").err == ""
    reject(world, crime("05-03", offence_group=7))
    ended = vjt("rejected", "list", "--limit", "1", "--format", "csv")
    assert len(ended.out.splitlines()) == 2
    assert ended.err == "these are 1, and there are more: --limit\n"


def test_the_same_line_again_counts_in_times(world: World, vjt: Vjt) -> None:
    reject(world, b"no json", b"no json")
    world.lines -= 1
    reject(world, b"no json")
    (row,) = listed(vjt)
    assert (row["events"], row["times"]) == (2, 3)


def test_one_is_shown_and_discarded_by_its_number(world: World, vjt: Vjt) -> None:
    first, second = reject(world, b"no json \x1b[2J\xff", about_crime("suspect-arrested", "05-04") | {"id": ""})
    assert len(vjt("rejected", "list", "--each").out.splitlines()) == 4  # a line's end in a file's name ends no line
    (shown,) = json.loads(vjt("rejected", "show", str(first), "--format", "json").out)
    assert (shown["value"], shown["line"]) == ("no json \\x1b[2J\\xff", 1)
    assert shown["cause"] == listed(vjt, "--each")[-1]["cause"]
    assert vjt("rejected", "discard", str(first), "--why", "test file", "--by", "jo").out == "discarded 1\n"
    assert numbers(vjt) == [second]
    told = {row["id"]: (row["state"], row["settled_by"], row["settled_why"]) for row in listed(vjt, "--each", "--all")}
    assert told == {first: ("discarded", "jo", "test file"), second: ("kept", None, None)}


def test_a_cause_is_discarded_with_who_says_so_and_why(world: World, vjt: Vjt) -> None:
    ids = reject(world, *(b"{%d" % n for n in range(5)), crime("05-03", offence_group=7))
    (cause,) = (row["cause"] for row in listed(vjt) if row["reason"] == "not_json")
    discard = ("rejected", "discard", "--cause", cause, "--why", "their test run", "--by", "jo")
    assert vjt(*discard, "--limit", "2").out == "discarded 2, left 3\n"
    states = [(row["events"], row["state"], row["replayable"]) for row in listed(vjt, "--all", "--cause", cause)]
    assert states == [(3, "kept", 3), (2, "discarded", 0)]
    assert vjt(*discard) == (0, "discarded 3\n", "")
    assert [row["reason"] for row in listed(vjt)] == ["invalid_data"]
    told = listed(vjt, "--each", "--all", "--cause", cause)
    assert [row["id"] for row in told] == ids[4::-1]
    assert {(row["state"], row["settled_by"], row["settled_why"]) for row in told} == {
        ("discarded", "jo", "their test run")
    }
    assert vjt(*discard).code == 2
    assert vjt("rejected", "replay", "--all").out == "replayed 0, rejected again 1\n"


def test_a_part_is_replayed_before_the_rest(world: World, vjt: Vjt) -> None:
    refused(world, "C")
    reject(world, *(crime("05-03", f"C{n}") for n in range(12)))
    ids = reject(world, b"no json")
    mended(world)
    cause = listed(vjt)[0]["cause"]
    part = vjt("rejected", "replay", "--cause", cause, "--limit", "3", "--by", "jo")
    assert part == (0, "replayed 3, rejected again 0, left 9\n", "replay 100% 3 of 3 events\n")
    assert numbers(vjt, "--cause", cause) == ids[11:2:-1]
    assert in_log(world) == 3
    assert vjt("rejected", "replay", "--cause", cause).out == "replayed 9, rejected again 0\n"
    assert numbers(vjt) == ids[12:]
    assert in_log(world) == 12
    assert {row["settled_by"] for row in listed(vjt, "--each", "--all") if row["id"] in ids[:3]} == {"jo"}


def test_after_a_fix_of_a_part_the_rest_stays_and_goes_with_the_rest_of_the_fix(world: World, vjt: Vjt) -> None:
    refused(world, "C")
    reject(world, *(crime("05-03", f"C{n}") for n in range(10, 30)))
    mended(world)
    refused(world, "C2")
    cause = the_cause(vjt)
    ended = vjt("rejected", "replay", "--cause", cause)
    assert (ended.code, ended.out) == (1, "replayed 10, rejected again 10\n")
    assert ended.err.count("unstorable") == 10
    assert listed(vjt)[0]["events"] == 10
    assert listed(vjt)[0]["times"] == 20
    mended(world)
    assert vjt("rejected", "replay", "--cause", cause)[:2] == (0, "replayed 10, rejected again 0\n")
    assert (listed(vjt), in_log(world)) == ([], 20)


def test_what_is_rejected_again_is_tried_after_what_was_not_tried_yet(world: World, vjt: Vjt) -> None:
    reject(world, b"no json")
    refused(world, "C1")
    ids = reject(world, crime("05-03", "C1"))
    mended(world)
    assert vjt("rejected", "replay", "--all", "--limit", "1").out == "replayed 0, rejected again 1, left 1\n"
    assert vjt("rejected", "replay", "--all", "--limit", "1").out == "replayed 1, rejected again 0, left 1\n"
    assert numbers(vjt) == ids[:1]


def test_no_more_than_ten_rejections_are_told_one_by_one(world: World, vjt: Vjt) -> None:
    reject(world, *(b"{%d" % n for n in range(250)))
    ended = vjt("rejected", "replay", "--all")
    assert (ended.code, ended.out) == (1, "replayed 0, rejected again 250\n")
    assert ended.err.count("not_json") == 10


def test_a_replay_is_interrupted_and_run_again(world: World, vjt: Vjt) -> None:
    refused(world, "C")
    ids = reject(world, *(crime("05-03", f"C{n}") for n in range(250)))
    mended(world)
    cause = the_cause(vjt)
    command = [sys.executable, "-m", "vjt.main", "rejected", "replay", "--cause", cause]
    with psycopg.connect(world.dsn) as held:
        held.execute("SELECT FROM log.rejected WHERE id = %s FOR UPDATE", (ids[150],))  # it stops at the second batch
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) as process:
            try:
                until(lambda: in_log(world) == 200 and world.rows("SELECT FROM pg_locks WHERE NOT granted"))
            finally:
                process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"replayed 100, rejected again 0, left 150\n")
    assert b"Traceback" not in err
    assert vjt("rejected", "replay", "--cause", cause)[:2] == (0, "replayed 150, rejected again 0\n")
    assert (in_log(world), listed(vjt)) == (250, [])


def test_what_has_expired_is_not_replayed_and_said(world: World, vjt: Vjt) -> None:
    refused(world, "C")
    first, second, third = reject(world, *(crime("05-03", f"C{n}") for n in range(3)))
    mended(world)
    expired(world, first, third)
    (row,) = listed(vjt)
    assert (row["events"], row["replayable"], row["sample"]) == (3, 1, second)
    cause = row["cause"]
    told = "not replayable, for their bytes have expired: "
    assert vjt("rejected", "replay", str(first), str(second)) == (2, "", f"{told}{first}\n")
    ended = vjt("rejected", "replay", "--cause", cause)
    assert (ended.code, ended.out) == (0, "replayed 1, rejected again 0\n")
    assert f"{told}2\n" in ended.err
    assert vjt("rejected", "replay", "--cause", cause) == (2, "", f"{told}2\n")
    ended = vjt("rejected", "replay", "--all")
    assert (ended.code, ended.out, ended.err) == (0, "replayed 0, rejected again 0\n", f"{told}2\n")
    assert vjt("rejected", "discard", "--cause", cause, "--why", "too late").out == "discarded 2\n"
    assert in_log(world) == 1


HOSTILE = "/\x1b[2J\x9b31m\r\n\u202e'; DROP TABLE log.rejected; --%s{}"


def test_what_a_sender_wrote_does_nothing_to_a_terminal(world: World, vjt: Vjt) -> None:
    reject(world, b"no json")
    change(world, "UPDATE log.rejected SET pointer = %s, source = %s, file = %s", HOSTILE, HOSTILE, HOSTILE)
    row = listed(vjt)[0]
    assert (row["source"], row["pointer"]) == (HOSTILE, HOSTILE)
    tables = [vjt("rejected", "list"), vjt("rejected", "list", "--each"), vjt("rejected", "show", str(row["sample"]))]
    for table in (*tables, vjt("rejected", "replay", "--cause", row["cause"])):
        assert all(line.isprintable() for line in (table.out + table.err).split("\n"))
        assert "DROP TABLE" in table.out + table.err
    assert [len(table.out.splitlines()) for table in tables[:2]] == [3, 3]
    assert len(listed(vjt)) == 1


WRONG = [
    (["show", "999"], "there is no rejection 999"),
    (["show", "9223372036854775808"], "less than or equal to"),
    (["replay", "1", "999"], "no such rejection is kept: 999"),
    (["replay", "2"], "no such rejection is kept: 2"),  # discarded
    (["replay", "--cause", "00000000"], "nothing is kept of cause 00000000. See them: vjt rejected list"),
    (["replay", "--cause", "not_json"], "--cause not_json: expected a code of vjt rejected list"),
    (["list", "--cause", "NOT_JSON"], "--cause NOT_JSON: expected a code of vjt rejected list"),
    (["replay"], "name rejections by their numbers, or by --cause, or give --all"),
    (["replay", "1", "--all"], "name rejections by their numbers, or by --cause, or give --all"),
    (["replay", "1", "--cause", "00000000"], "name rejections by their numbers, or by --cause, or give --all"),
    (["replay", "--all", "--limit", "0"], "greater than or equal to 1"),
    (["discard", "1"], "Missing option '--why'"),
    (["discard", "1", "--why", " "], "--why: say why they are not wanted"),
    (["discard", "--why", "x"], "name rejections by their numbers, or by --cause"),
    (["discard", "2", "--why", "x"], "no such rejection is kept: 2"),
    (["discard", "1", "999", "998", "--why", "x"], "no such rejection is kept: 998, 999"),
    (["discard", "--cause", "00000000", "--why", "x"], "nothing is kept of cause 00000000"),
    (["discard", "--all", "--why", "x"], "No such option"),
]


def test_a_wrong_call_is_2_and_changes_nothing(world: World, vjt: Vjt) -> None:
    assert reject(world, b"no json", b"nor this") == [1, 2]
    vjt("rejected", "discard", "2", "--why", "x")
    for words, told in WRONG:
        ended = vjt("rejected", *words)
        assert (ended.code, ended.out) == (2, ""), words
        assert told in " ".join(ended.err.replace("│", " ").split())
        left = [(row["id"], row["times"], row["state"]) for row in listed(vjt, "--each", "--all")]
        assert left == [(2, 1, "discarded"), (1, 1, "kept")], words

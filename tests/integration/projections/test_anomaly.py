"""`metrics.anomaly` worked by hand."""

from tests.integration.projections.world import World
from tests.unit.domain.said import (
    about_crime,
    arrest,
    completed,
    crime,
    decision,
    outcome,
    receipt,
    referral,
    void,
    withdrew,
)

ANOMALIES = "SELECT period::text, source, code, journeys FROM metrics.anomaly ORDER BY period, source, code"


def found(world: World) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in world.rows(ANOMALIES)]


def test_ten_journeys_by_source_code_and_month(world: World) -> None:
    """Of C1 to C4 outcome 16 without a suspect, three in June and one in July; of C1 a second time in June: it counts once. Of C5
    in June, but the crime was cancelled. C6 and C7 are two victims of a case whose result has no charge; C8 was reported twice;
    C9 has an arrest of before its report in May; C10 has nothing odd."""
    world.build()
    cancelled = [crime("05-03", "C5", "V5"), outcome("06-01", 16, "C5"), about_crime("crime-cancelled", "07-01", "C5")]
    arrested = about_crime("suspect-arrested", "05-01", "C9")
    again = crime("06-30", "C8", "V8")
    world.say(
        *(crime("05-03", f"C{n}", f"V{n}") for n in (1, 2, 3, 4)),
        *(outcome("06-01", 16, f"C{n}") for n in (1, 2, 3)),
        outcome("06-20", 16, "C1"),
        outcome("07-01", 16, "C4"),
        *cancelled,
        *(crime("05-03", f"C{n}", f"V{n}") for n in (6, 7)),
        referral("05-10", crimes=("C6", "C7")),
        completed("09-01", "convicted"),
        crime("05-03", "C8", "V8"),
        again,
        crime("05-03", "C9", "V9"),
        arrested,
        crime("05-03", "C10", "V10"),
    )
    world.step()
    police, courts = "/police/met", "/courts"
    june = [("2021-06-01", police, "outcome_16_without_suspect", 3)]
    later = [
        ("2021-07-01", police, "outcome_16_without_suspect", 1),
        ("2021-09-01", courts, "result_without_charge", 2),
    ]
    twice = [("2021-06-01", police, "second_report", 1)]
    assert found(world) == [("2021-05-01", police, "negative_delay", 1), *june, *twice, *later]
    world.say(void(again), void(arrested))
    world.step()
    assert found(world) == [*june, *later]


def test_once_it_is_mended_it_is_gone(world: World) -> None:
    world.build()
    world.say(crime("05-03"), referral("05-10"), receipt("05-11"), completed("09-01", "convicted"), withdrew("10-02"))
    world.step()
    assert found(world) == [
        ("2021-09-01", "/courts", "result_without_charge", 1),
        ("2021-10-01", "/police/met", "withdrew_after_end", 1),
    ]
    world.say(decision("06-01"))
    world.step()
    assert found(world) == [("2021-10-01", "/police/met", "withdrew_after_end", 1)]


def test_a_suspect_who_is_told_of_late_explains_the_outcome(world: World) -> None:
    world.build()
    world.say(crime("05-03"), outcome("06-01", 16))
    world.step()
    assert [row[2] for row in found(world)] == ["outcome_16_without_suspect"]
    world.say(arrest("05-04"))
    world.step()
    assert found(world) == []

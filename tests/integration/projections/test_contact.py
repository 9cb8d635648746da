"""`metrics.contact` worked by hand. A deadline falls 28 days after the report, an update in time, or a deadline that was missed."""

import dataclasses
from typing import Any

from tests.integration.projections.world import Event, World, told
from tests.unit.domain.said import (
    about_crime,
    amend,
    crime,
    day,
    decision,
    outcome,
    re_engaged,
    referral,
    void,
    withdrew,
)


def figure(world: World, reading: str | None = None, **where: str) -> dict[str, tuple[int, int]]:
    """Month -> due, met: of all crimes unless said, read on a day."""
    if reading:
        world.read_on(day(reading))
    given = {"offence": "all", "dimension": "all"} | where
    conditions = " AND ".join(f"{column} = %s" for column in given)
    rows = world.rows(f"SELECT * FROM metrics.contact WHERE {conditions}", *given.values())
    return {f"{row['period']:%Y-%m}": (row["due"], row["met"]) for row in rows}


def updated(at: str, n: int = 1) -> Event:
    return about_crime("victim-updated", at, f"C{n}", victim_reference=f"V{n}")


def reported(n: int, at: str = "05-01", **data: Any) -> Event:
    return crime(at, f"C{n}", f"V{n}", **data)


def test_a_deadline_passes_with_no_event(world: World) -> None:
    told(world, crime("05-01"))  # 29 May, 26 June, 24 July, 21 August, ...
    assert figure(world, "05-28") == {}
    assert figure(world, "05-29") == {"2021-05": (1, 0)}
    assert figure(world, "06-25") == {"2021-05": (1, 0)}
    assert figure(world, "06-26") == {"2021-05": (1, 0), "2021-06": (1, 0)}
    # On day 366 thirteen have come, the last on day 364.
    year = figure(world, "2022-05-02")
    assert sum(due for due, _ in year.values()) == 13
    assert max(year) == "2022-04"
    assert world.differences() == {}


def test_an_update_on_the_day_is_in_time_and_one_on_the_next_is_not(world: World) -> None:
    told(
        world,
        reported(1),
        updated("05-29 23:59", 1),  # on day 28: met; next on 26 June
        reported(2),
        updated("05-30 00:01", 2),  # on day 29: 29 May is missed, 26 June met by it; next on 27 June
    )
    assert figure(world, "06-25") == {"2021-05": (2, 1)}
    assert figure(world, "06-26") == {"2021-05": (2, 1), "2021-06": (2, 1)}
    assert figure(world, "06-27") == {"2021-05": (2, 1), "2021-06": (3, 1)}


def test_after_an_update_in_time_the_next_deadline_is_counted_from_it(world: World) -> None:
    told(world, crime("05-01"), updated("05-10"))  # 29 May met; 7 June missed; 5 July
    assert figure(world, "06-06") == {"2021-05": (1, 1)}
    assert figure(world, "06-07") == {"2021-05": (1, 1), "2021-06": (1, 0)}
    world.say(updated("06-07"))  # on that day: met; the next on 5 July
    world.step()
    assert figure(world) == {"2021-05": (1, 1), "2021-06": (1, 1)}
    assert figure(world, "07-05") == {"2021-05": (1, 1), "2021-06": (1, 1), "2021-07": (1, 0)}
    assert world.differences() == {}


TEN = [
    reported(1, bcu="south_east"),  # silence: 29 May, 26 June missed
    reported(2, bcu="south_east"),  # 29 May met by 20 May; 17 June met by 17 June; 15 July is to come
    updated("05-20", 2),
    updated("06-17", 2),
    reported(3, offence_group="rape"),  # charged on the day of its second: 29 May missed
    referral("05-10", "U3", ("C3",)),
    decision("06-26", urn="U3"),
    reported(4),  # withdrawn on the day of its first: none
    withdrew("05-29", "V4", crime_reference="C4"),
    reported(5),  # ended on the day after its first: 29 May missed
    outcome("05-30", 18, "C5"),
    reported(6),  # told early, but charged before that deadline fell: none
    updated("05-10", 6),
    decision("05-28", urn="U6"),
    referral("05-11", "U6", ("C6",)),
    reported(7),  # cancelled
    about_crime("crime-cancelled", "06-20", "C7"),
    reported(8, "06-03"),  # 1 July is to come
    reported(9),  # told on the day of the report, which is no update after it: 29 May, 26 June missed
    updated("05-01 18:00", 9),
    reported(10),  # told twice on a day: 29 May met once; 7 June missed
    updated("05-10 09:00", 10),
    updated("05-10 15:00", 10),
]


def test_ten_journeys(world: World) -> None:
    told(world, *TEN)
    # May: C1, C2 (met), C3, C5, C9, C10 (met). June: C1, C2 (met), C9, C10.
    assert figure(world, "06-30") == {"2021-05": (6, 2), "2021-06": (4, 1)}
    assert figure(world, offence="rape") == {"2021-05": (1, 0)}
    assert figure(world, dimension="bcu", value="met/south_east") == {"2021-05": (2, 1), "2021-06": (2, 1)}
    assert figure(world, dimension="force", value="met") == figure(world)
    rates = world.rows("SELECT rate FROM metrics.contact WHERE offence = 'all' AND dimension = 'all' ORDER BY period")
    assert [row["rate"] for row in rates] == [2 / 6, 1 / 4]
    assert world.differences() == {}


def test_while_it_is_not_owed_deadlines_go_on_and_do_not_fall(world: World) -> None:
    """29 May, 26 June, 24 July, 21 August: withdrawn from 10 June to 10 July, ended from 1 August to 1 September."""
    told(
        world,
        crime("05-01"),
        withdrew("06-10"),
        re_engaged("07-10"),
        outcome("08-01", 18),
        about_crime("investigation-reopened", "09-01"),
    )
    assert figure(world, "09-17") == {"2021-05": (1, 0), "2021-07": (1, 0)}
    assert figure(world, "09-18") == {"2021-05": (1, 0), "2021-07": (1, 0), "2021-09": (1, 0)}


def test_void_and_amended_updates_move_the_numbers_back(world: World) -> None:
    told_ = updated("05-20")
    told(world, crime("05-01"), told_)
    assert figure(world, "06-20") == {"2021-05": (1, 1), "2021-06": (1, 0)}  # 29 May; 17 June
    world.say(amend(told_, time="05-30"))
    world.step()
    assert figure(world, "06-20") == {"2021-05": (1, 0)}  # 26 June is met, but not due yet
    assert figure(world, "06-26") == {"2021-05": (1, 0), "2021-06": (1, 1)}
    world.say(void(told_))
    world.step()
    assert figure(world) == {"2021-05": (1, 0), "2021-06": (1, 0)}
    assert world.differences() == {}


def test_what_is_withdrawn_on_the_day_of_the_report_and_comes_back_is_owed_from_then_on(world: World) -> None:
    told(world, crime("05-01"), withdrew("05-01 13:00"), re_engaged("06-01"))
    assert figure(world, "06-26") == {"2021-06": (1, 0)}
    assert world.differences() == {}


def test_an_update_is_of_the_victim_who_was_told(world: World) -> None:
    told(world, crime("05-01"), crime("05-01", "C1", "V2"), updated("05-20"))
    assert figure(world, "05-31") == {"2021-05": (2, 1)}


def test_nothing_falls_after_the_last_day_on_which_a_source_was_observed(world: World) -> None:
    world.rules = dataclasses.replace(world.rules, observed_until=(("/police/met", day("06-26")),))
    told(world, crime("05-01"), crime("05-02", "C2", "V2"))  # 29 May, 26 June; 30 May, 27 June
    assert figure(world, "12-31") == {"2021-05": (2, 0), "2021-06": (1, 0)}
    assert world.differences() == {}

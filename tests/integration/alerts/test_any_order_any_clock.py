"""Whatever the order of arrival, and whoever looks at what and when: the alerts that stand are those that all journeys' conditions
make, one after the other, and those that a worker finds who sees everything for the first time."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.reference import journey_id
from tests.histories import Event, histories
from tests.integration.alerts.watched import Watched

BEGIN = dt.datetime(2023, 3, 1, tzinfo=dt.UTC)
JOURNEYS = [journey_id("met", f"CR{crime}", f"V{victim}") for crime in (1, 2, 3) for victim in (1, 2, 3)]
ALERTS = "SELECT alert_id, state, stands, resolved_how, steps, reopened FROM alerts.alert"
KEPT = "SELECT c.*, a.stands AS alert_stands FROM alerts.condition c LEFT JOIN alerts.alert a USING (alert_id)"

looks = st.lists(
    st.tuples(
        st.integers(1, 10),  # events that arrive
        st.integers(0, 25),  # days that pass, in halves
        st.lists(st.sampled_from(["some", "due", "reconcile", "build", "step", "nothing"]), max_size=4),
        st.lists(st.sampled_from(JOURNEYS), max_size=5, unique=True),
    ),
    min_size=1,
    max_size=8,
)
slow = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Turn = tuple[int, int, list[str], list[UUID]]


def check(watched: Watched, now: dt.datetime, stood: set[UUID]) -> None:
    """Everything was looked at, now."""
    standing = watched.standing()
    assert standing == watched.should_stand(now)
    stood |= standing.keys()
    alerts = {row["alert_id"]: row for row in watched.rows(ALERTS)}
    assert stood <= alerts.keys()
    for alert_id, row in alerts.items():
        steps = watched.steps(alert_id)
        assert row["state"] == ("open" if alert_id in standing else "resolved")
        assert (row["resolved_how"] is None) == row["stands"]
        assert (steps[0], len(steps), steps.count("reopened")) == ("raised", row["steps"], row["reopened"])
        assert steps.count("resolved") == row["reopened"] + (not row["stands"])
    for row in watched.rows(KEPT):
        assert row["alert_stands"] or row["ended_on"] is None
        assert row["look_at"] is None or row["look_at"] > now


def look(watched: Watched, kind: str, journeys: list[UUID], now: dt.datetime) -> None:
    match kind:
        case "some":
            watched.evaluate(journeys, now)
        case "due":
            watched.due(now)
        case "reconcile":
            watched.reconcile(now)
        case "build":
            watched.build()
        case "step":
            watched.step(limit=3)


@settings(slow, max_examples=5)
@given(history=histories(), turns=looks)
def test_the_alerts_that_stand_are_those_that_the_conditions_make(
    watched: Watched, history: list[Event], turns: Sequence[Turn]
) -> None:
    watched.forget()
    watched.build()
    now, left, stood = BEGIN, list(history), set[UUID]()
    for size, halves, kinds, journeys in turns:
        watched.say(*left[:size])
        left = left[size:]
        now += dt.timedelta(hours=12 * halves)
        for kind in kinds:
            look(watched, kind, journeys, now)
        if "nothing" not in kinds:
            watched.level(now)
            check(watched, now, stood)
    watched.say(*left)
    while watched.step():
        pass
    watched.level(now)
    check(watched, now, stood)
    assert watched.reconcile(now) == watched.due(now) == 0
    standing = watched.standing()
    watched.forget_alerts()
    watched.level(now)
    assert watched.standing() == standing

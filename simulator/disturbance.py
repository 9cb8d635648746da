"""What goes wrong between an agency and us, and makes no difference in the end: late, twice, wrong and amended, voided."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

from schemas.envelope import envelope, to_structured
from simulator import london
from simulator.calibration import OFFENCES
from simulator.people import choose
from simulator.story import Story
from simulator.telling import Said

END = datetime.combine(london.HORIZON, time(23), UTC)
REFERRAL = "police.charge-referral-submitted.v1"
Arrival = tuple[datetime, bytes]
Data = dict[str, Any]


def arrivals(stories: Iterable[Story]) -> Iterator[bytes]:
    """Every event of every story as a line of JSON, in order of arrival. Stories come in the order of their first day, so what
    has arrived before the next one begins can go."""
    waiting: list[tuple[datetime, int, bytes]] = []
    count = 0
    for story in stories:
        begins = datetime.combine(story.crimes[0].reported, time(0), UTC)
        while waiting and waiting[0][0] < begins:
            yield heapq.heappop(waiting)[2]
        for at, line in _Way(story).arrivals:
            heapq.heappush(waiting, (at, count, line))
            count += 1
    while waiting:
        yield heapq.heappop(waiting)[2]


class _Way:
    """The way of one story's events to us."""

    def __init__(self, story: Story) -> None:
        self.rng = Random(f"{story.name}/way")
        self.arrivals: list[Arrival] = []
        for n, said in enumerate(story.said):
            self._send(f"{story.name}-{n}", said)
        if self.rng.random() < london.STRAY:
            nobody = {"urn": f"01NOBODY{story.name}", "victim_reference": "V0"}
            stray = Said("cps.victim-met.v1", f"/cps/{story.cps}/simulated", story.said[0].time, nobody)
            self._arrive(f"{story.name}-stray", stray)

    def _send(self, id: str, said: Said) -> None:
        rng = self.rng
        chance = rng.random()
        if chance < london.AMENDED:
            self._amended(id, said)
            return
        at = self._arrive(id, said)
        if chance < london.AMENDED + london.VOIDED:
            never = self._never(said)
            self._void(f"{id}-n", never, self._arrive(f"{id}-n", never))
        elif chance < london.AMENDED + london.VOIDED + london.WRONGLY_VOIDED:
            again = self._void(id, said, at)
            self._void(f"{id}-void", again, max(at, again.time))

    def _arrive(self, id: str, said: Said, happened: datetime | None = None) -> datetime:
        """Late or not, twice or once. `happened`: where the time said is wrong, when it was."""
        rng = self.rng
        if rng.random() < (london.LINKS_LATE if said.type == REFERRAL else london.LATE):
            delay = timedelta(days=1 + rng.expovariate(1 / london.DAYS_LATE))
        else:
            delay = timedelta(hours=rng.expovariate(1 / london.HOURS_LATE))
        at = (happened or said.time) + delay
        recorded = (
            said.time + timedelta(seconds=int(delay.total_seconds() * rng.random())) if rng.random() < 0.8 else None
        )
        day = said.type.startswith("police.") and rng.random() < london.DAY_ONLY
        precision: dict[str, Any] = {"timeprecision": "day"} if day else {}
        line = to_structured(
            envelope(said.type, said.source, id, said.time, said.data, recordedtime=recorded, **precision)
        )
        self.arrivals.append((at, line))
        if rng.random() < london.TWICE:
            self.arrivals.append((at + timedelta(hours=rng.expovariate(1 / 24)), line))
        return at

    def _amended(self, id: str, said: Said) -> None:
        """Said wrong, in substance or in time, and put right."""
        rng, amendment = self.rng, {"amends": _target(id, said), "data": said.data, "reason": "entered_in_error"}
        change = WRONG.get(said.type)
        if change and rng.random() < 0.6:
            wrong = said._replace(data=change(rng, said.data))
        else:
            wrong = said._replace(time=said.time - timedelta(days=rng.randint(1, 6)))
            amendment["time"] = said.time.isoformat()
        at = self._arrive(id, wrong, said.time)
        self._arrive(f"{id}-amend", Said("correction.event-amended.v1", said.source, self._after(at), amendment))

    def _void(self, id: str, said: Said, at: datetime) -> Said:
        void = Said(
            "correction.event-voided.v1",
            said.source,
            self._after(at),
            {"voids": _target(id, said), "reason": "entered_in_error"},
        )
        self._arrive(f"{id}-void", void)
        return void

    def _after(self, at: datetime) -> datetime:
        """Some days later, within the horizon; a correction has an order of its own, not that of its time."""
        later = at + timedelta(days=1 + int(self.rng.expovariate(1 / 10)))
        return min(later.replace(microsecond=0), END)

    def _never(self, said: Said) -> Said:
        """Something of the same agency that never was."""
        data = said.data
        if said.source.startswith("/police/") and "crime_reference" in data:
            what: Data = {"crime_reference": data["crime_reference"]}
            if "victim_reference" in data and self.rng.random() < 0.5:
                what |= {"victim_reference": data["victim_reference"], "evidence": []}
                return said._replace(type="police.victim-withdrew.v1", data=what)
            return said._replace(
                type="police.outcome-recorded.v1", data=what | {"outcome_code": self.rng.choice((1, 8, 15, 16))}
            )
        return said


def _target(id: str, said: Said) -> Data:
    return {"source": said.source, "id": id, "type": said.type}


def _outcome(rng: Random, data: Data) -> Data:
    return data | {"outcome_code": rng.choice([code for code in (1, 8, 15, 16, 18) if code != data["outcome_code"]])}


def _report(rng: Random, data: Data) -> Data:
    return data | {"offence_group": choose(rng, {o.group: o.share for o in OFFENCES}), "bcu": "west_area"}


def _referral(rng: Random, data: Data) -> Data:
    """A crime too many, of the story with the next number."""
    other = data["crime_references"][0].partition("X")
    return data | {"crime_references": [*data["crime_references"], f"{other[0]}X{rng.randrange(1_000):06d}A"]}


def _withdrawal(rng: Random, data: Data) -> Data:
    return data | {"evidence": [] if data["evidence"] else ["email"]}


def _withdrawal_v2(rng: Random, data: Data) -> Data:
    return data | {"evidence": [] if data["evidence"] else [{"kind": "email"}]}


def _decision(rng: Random, data: Data) -> Data:
    return data | {"decision": "no_further_action_evidential" if data["decision"] == "charge" else "charge"}


def _result(rng: Random, data: Data) -> Data:
    return data | {"outcome": "acquitted" if data["outcome"] == "convicted" else "convicted"}


WRONG: dict[str, Callable[[Random, Data], Data]] = {
    "police.crime-reported.v1": _report,
    "police.outcome-recorded.v1": _outcome,
    "police.victim-withdrew.v1": _withdrawal,
    "police.victim-withdrew.v2": _withdrawal_v2,
    "cps.victim-withdrew.v1": _withdrawal,
    REFERRAL: _referral,
    "cps.charging-decision-made.v1": _decision,
    "cps.prosecution-finalised.v1": _result,
    "courts.case-completed.v1": _result,
}
"""How an agency gets it wrong before it puts it right; every other type is only ever wrong about the time."""

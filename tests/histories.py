"""Random histories: few crimes, victims, cases and hearings, so that events meet; every agency, links that come, go and come
back, amendments to another crime or victim, voids of voids, persons merged and split, in an order of arrival that means nothing.

`history(chance)` is for runs of many; `histories()` the same for hypothesis.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from schemas.reference import derived_uvi

Event = dict[str, Any]
Item = TypeVar("Item")

START = dt.datetime(2023, 3, 1, 9, tzinfo=dt.UTC)  # the clocks change on 26 March
CRIMES = ["CR1", "CR1", "CR1", "CR2", "CR3"]
VICTIMS = ["V1", "V1", "V1", "V2", "V3"]
URNS = ["01AA1", "01AA1", "01AA2"]
COURT_CASES = ["T1", "T1", "T2"]
HEARINGS = ["H1", "H1", "H2", "H3"]
PERSONS = ["UVI1", "UVI1", "UVI2", derived_uvi("met", "V1"), derived_uvi("met", "V2")]
SUSPECTS = ["S1", "S1", "S2"]
RESULTS = [
    *("convicted", "acquitted", "discontinued", "discontinued", "no_evidence_offered", "charges_withdrawn"),
    *("stayed", "lie_on_file", "administratively_finalised"),
]
DECISIONS = [
    *("charge", "charge", "charge", "no_further_action_evidential", "no_further_action_public_interest"),
    *("out_of_court_disposal", "administratively_finalised", "administratively_finalised", "other"),
]
OUTCOMES = [0, 0, 1, 1, 2, 4, 8, 9, 10, 12, 14, 14, 15, 15, 16, 16, 16, 16, 18, 18, 19, 20, 22]
REASONS = ["victim_retraction", "victim_retraction", "victim_non_attendance", "victim_evidence", "evidential"]
OFFENCES = [
    "rape",
    "other_sexual_offences",
    "robbery_of_personal_property",
    "criminal_damage",
    "homicide",
    "shoplifting",
]
RELATIONSHIPS = ["current_partner", "ex_partner", "family", "friend", "acquaintance", "stranger", "other"]
FLAGS = ["domestic_abuse", "hate_crime", "child_sexual_abuse", "stalking", "serious_youth_violence"]
WITHDRAWAL_REASONS = ["delay", "health", "fear_of_court"]


class Chance:
    """What may be said, by chance."""

    def __init__(self, random: random.Random) -> None:
        self.random = random

    def one(self, items: Sequence[Item]) -> Item:
        return items[self.random.randrange(len(items))]

    def some(self, items: Iterable[Item], most: int) -> list[Item]:
        found = list(dict.fromkeys(items))
        return [
            found.pop(self.random.randrange(len(found))) for _ in range(self.random.randint(0, min(most, len(found))))
        ]

    def often(self, of: int = 2) -> bool:
        return self.random.randrange(of) > 0

    def seldom(self, of: int = 4) -> bool:
        return self.random.randrange(of) == 0

    def maybe(self, /, of: int = 2, **data: Any) -> Event:
        """Each field, or not."""
        return {name: value for name, value in data.items() if self.random.randrange(of) == 0}

    def date(self) -> str:
        return (START.date() + dt.timedelta(days=self.random.randint(0, 60))).isoformat()

    def crimes(self) -> list[str]:
        return list(dict.fromkeys(self.one(CRIMES) for _ in range(self.random.randint(1, 2))))

    def scope(self) -> Event:
        """The suspect and the crimes that a decision or result is about; force stands beside crimes."""
        crimes = {"crime_references": self.crimes(), "force": "met"} if self.seldom() else {}
        return self.maybe(3, suspect_reference=self.one(SUSPECTS)) | crimes

    def victim(self) -> Event:
        return self.maybe(
            age=self.random.randint(10, 80),
            sex=self.one(["female", "male"]),
            ethnicity_self_defined=self.one(["W1", "B1"]),
            ethnicity_officer_observed=self.one(["white", "black"]),
            vulnerabilities=self.some(["mental_health", "learning_disability"], 2),
        )

    def crime_or_case(self) -> Event:
        return {"crime_reference": self.one(CRIMES)} if self.often(3) else {"urn": self.one(URNS)}

    def withdrawal(self) -> Event:
        return {
            "victim_reference": self.one(VICTIMS),
            "evidence": self.some(["statement", "email"], 1),
        } | self.maybe(reasons=self.some(WITHDRAWAL_REASONS, 2), checklist_completed=self.often())

    def withdrawal_with_dates(self) -> Event:
        said = self.withdrawal()
        return said | {"evidence": [{"kind": kind} | self.maybe(recorded_on=self.date()) for kind in said["evidence"]]}

    def next_hearing(self) -> Event:
        return self.maybe(3, next_hearing_id=self.one(HEARINGS)) | self.maybe(next_start_date=self.date())

    def link(self) -> Event:
        """Of two UVIs, on every side of each threshold."""
        return {"method": self.one(["manual", "deterministic", "probabilistic", "probabilistic", "probabilistic"])} | (
            {"score": self.one([-7.5, 13.99, 14, 17, 19.99, 20, 31])} if self.often(4) else {}
        )

    def on_person(self) -> Event:
        victim, force = {"victim_reference": self.one(VICTIMS)}, {"crime_reference": self.one(CRIMES), "force": "met"}
        return self.one([{"uvi": self.one(PERSONS)}, force | victim, force | {"uvi": self.one(PERSONS)}])


def _crime(c: Chance) -> Event:
    return {"crime_reference": c.one(CRIMES)}


def _on_victim(c: Chance) -> Event:
    return _crime(c) | {"victim_reference": c.one(VICTIMS)}


def _urn(c: Chance) -> Event:
    return {"urn": c.one(URNS)}


def _hearing(c: Chance) -> Event:
    return {"hearing_id": c.one(HEARINGS)}


def _report(c: Chance) -> Event:
    return (
        _on_victim(c)
        | {"offence_group": c.one(OFFENCES)}
        | c.maybe(
            offence_code=c.one(["8Q", "8N"]),
            flags=c.some(FLAGS, 2),
            bcu=c.one(["north_area", "south_east"]),
            suspect_relationship=c.one(RELATIONSHIPS),
            suspect_known_on_pnc=c.often(),
            location_type=c.one(["street", "hotel"]),
            victim=c.victim(),
        )
        | c.maybe(3, uvi=c.one(PERSONS[:3]))
    )


Made = Callable[[Chance], Event]
KINDS: dict[str, tuple[str, int, Made]] = {
    "police.crime-reported.v1": ("/police/met", 4, _report),
    "police.crime-cancelled.v1": ("/police/met", 1, _crime),
    "police.suspect-identified.v1": (
        "/police/met",
        3,
        lambda c: (
            _crime(c)
            | c.maybe(
                suspect_reference=c.one(SUSPECTS),
                relationship=c.one(RELATIONSHIPS),
                known_on_pnc=c.often(),
                ethnicity_self_defined=c.one(["W1", "B1"]),
            )
        ),
    ),
    "police.investigation-reopened.v1": ("/police/met", 3, _crime),
    "police.crime-reclassified.v1": (
        "/police/met",
        2,
        lambda c: _crime(c) | c.maybe(offence_group=c.one(OFFENCES), flags=c.some(FLAGS, 2), offence_code="8Q"),
    ),
    "police.victim-updated.v1": (
        "/police/met",
        2,
        lambda c: c.crime_or_case() | {"victim_reference": c.one(VICTIMS)},
    ),
    "police.needs-assessed.v1": ("/police/met", 2, lambda c: _on_victim(c) | {"enhanced_rights": c.often()}),
    "police.suspect-arrested.v1": (
        "/police/met",
        4,
        lambda c: _crime(c) | c.maybe(suspect_reference=c.one(SUSPECTS)),
    ),
    "police.suspect-interviewed.v1": ("/police/met", 2, _crime),
    "police.suspect-released.v1": ("/police/met", 1, lambda c: _crime(c) | {"basis": "bail"}),
    "police.charge-referral-submitted.v1": (
        "/police/met",
        14,
        lambda c: (
            _urn(c)
            | {"crime_references": c.crimes()}
            | c.maybe(referral_type=c.one(["full_code", "threshold", "early_advice"]), in_custody=c.often())
        ),
    ),
    "police.action-plan-answered.v1": (
        "/police/met",
        5,
        lambda c: _urn(c) | c.maybe(action_plan_id=c.one(["AP1", "AP1", "AP2"])),
    ),
    "police.outcome-recorded.v1": (
        "/police/met",
        16,
        lambda c: _crime(c) | {"outcome_code": c.one(OUTCOMES)} | c.maybe(3, victim_reference=c.one(VICTIMS)),
    ),
    "police.outcome-audited.v1": ("/police/met", 1, lambda c: _crime(c) | {"outcome_code": 16, "correct": c.often()}),
    "police.victim-withdrew.v1": ("/police/met", 12, lambda c: c.crime_or_case() | c.withdrawal()),
    "police.victim-withdrew.v2": ("/police/met", 3, lambda c: c.crime_or_case() | c.withdrawal_with_dates()),
    "police.victim-re-engaged.v1": (
        "/police/met",
        6,
        lambda c: c.crime_or_case() | {"victim_reference": c.one(VICTIMS)},
    ),
    "cps.referral-received.v1": ("/cps", 8, lambda c: _urn(c) | c.maybe(accepted=c.often())),
    "cps.action-plan-issued.v1": ("/cps", 5, lambda c: _urn(c) | {"action_plan_id": c.one(["AP1", "AP1", "AP2"])}),
    "cps.charging-decision-made.v1": ("/cps", 16, lambda c: _urn(c) | {"decision": c.one(DECISIONS)} | c.scope()),
    "cps.case-reopened.v1": ("/cps", 4, _urn),
    "cps.victim-withdrew.v1": ("/cps", 3, lambda c: _urn(c) | c.withdrawal()),
    "cps.prosecution-finalised.v1": (
        "/cps",
        9,
        lambda c: _urn(c) | {"outcome": c.one(RESULTS)} | c.scope() | c.maybe(reason=c.one(REASONS)),
    ),
    "courts.case-received.v1": (
        "/courts",
        4,
        lambda c: _urn(c) | {"court_case_number": c.one(COURT_CASES), "court": "southwark", "jurisdiction": "crown"},
    ),
    "courts.hearing-listed.v1": (
        "/courts",
        7,
        lambda c: (
            _hearing(c)
            | ({"court_case_number": c.one(COURT_CASES)} if c.often() else {"urn": c.one(URNS)})
            | {"court": "southwark", "hearing_type": c.one(["TRL", "TNW", "PTP"]), "start_date": c.date()}
        ),
    ),
    "courts.hearing-relisted.v1": ("/courts", 2, lambda c: _hearing(c) | {"start_date": c.date()}),
    "courts.hearing-adjourned.v1": ("/courts", 3, lambda c: _hearing(c) | c.next_hearing()),
    "courts.trial-outcome-recorded.v1": (
        "/courts",
        6,
        lambda c: (
            _hearing(c)
            | {"outcome": c.one(["effective", "cracked", "ineffective", "ineffective", "vacated"])}
            | c.maybe(reason_code=c.one(["A", "B", "Z"]))
            | c.next_hearing()
        ),
    ),
    "courts.trial-outcome-cleared.v1": ("/courts", 2, _hearing),
    "courts.hearing-resulted.v1": ("/courts", 2, lambda c: _hearing(c) | c.next_hearing()),
    "courts.victim-attended.v1": (
        "/courts",
        1,
        lambda c: _hearing(c) | {"victim_reference": c.one(VICTIMS), "attended": c.often()},
    ),
    "courts.case-completed.v1": (
        "/courts",
        9,
        lambda c: (
            ({"court_case_number": c.one(COURT_CASES)} if c.seldom() else {"urn": c.one(URNS)})
            | {"outcome": c.one(RESULTS)}
            | c.scope()
        ),
    ),
    "support.service-started.v1": ("/support/vs", 3, lambda c: c.on_person() | {"service": c.one(["idva", "isva"])}),
    "identity.linked.v1": (
        "/identity",
        4,
        lambda c: {"uvi": c.one(PERSONS), "same_as": c.one(PERSONS)} | c.link(),
    ),
    "identity.unlinked.v1": ("/identity", 1, lambda c: {"uvi": c.one(PERSONS), "same_as": c.one(PERSONS)}),
    "identity.case-linked.v1": ("/identity", 2, lambda c: _urn(c) | {"crime_references": c.crimes(), "force": "met"}),
    "identity.case-unlinked.v1": (
        "/identity",
        2,
        lambda c: _urn(c) | {"crime_references": c.crimes(), "force": "met"},
    ),
}
_DRAWN = [kind for kind, (_, weight, _) in KINDS.items() for _ in range(weight)]


def _time(c: Chance) -> str:
    return (START + dt.timedelta(days=c.random.randint(0, 40), hours=c.one([0, 0, 5, 14]))).isoformat()


def original(c: Chance, id: str, kind: str) -> Event:
    source, _, made = KINDS[kind]
    if source == "/police/met" and c.seldom(12):
        source = "/police/kent"
    if source == "/cps" and c.often():
        source = c.one(["/cps/london-south", "/cps/south-east"])
    event = {"specversion": "1.0", "id": id, "source": source, "type": kind, "time": _time(c), "data": made(c)}
    if c.seldom(10):
        event["timeprecision"] = c.one(["day", "month"])
    return event


def correction(c: Chance, id: str, of: Event, cycle: str | None = None) -> Event:
    """A void or an amendment; of a correction only a void (an amendment of one is refused at the door)."""
    target = {"source": of["source"], "id": of["id"], "type": of["type"]}
    if c.seldom(20):
        kinds = ("police.", "cps.", "courts.", "support.", "identity.")
        same = [k for k in KINDS if k.startswith(next(p for p in kinds if of["source"].startswith("/" + p[:-1])))]
        target["type"] = c.one(same)
    at = START + dt.timedelta(days=50 + c.random.randint(0, 2))
    event = {"specversion": "1.0", "id": id, "source": of["source"], "time": at.isoformat()}
    if target["type"].startswith("correction.") or c.seldom(3):
        return event | {"type": "correction.event-voided.v1", "data": {"voids": target, "reason": "wrong_crime"}}
    amended = {"amends": target, "data": KINDS[target["type"]][2](c), "reason": "wrong_person"}
    if c.often():
        amended["time"] = _time(c)
    return event | {"type": "correction.event-amended.v1", "data": amended}


DECIDED = ("police.charge-referral-submitted.v1", "cps.charging-decision-made.v1", "courts.hearing-listed.v1")


def _decided(c: Chance) -> list[Event]:
    """One case referred and decided, perhaps on its way to trial, since chance alone seldom leads there."""
    events = [original(c, f"t{i}", kind) for i, kind in enumerate(DECIDED)]
    own: list[Event] = [
        {"crime_references": ["CR1"], "referral_type": "full_code"},
        {"decision": c.one(["charge", "charge", "no_further_action_evidential", "administratively_finalised"])},
        {"hearing_type": "TRL", "hearing_id": "H1"},
    ]
    for event, data in zip(events, own, strict=True):
        event["time"] = (START + dt.timedelta(days=c.random.randint(0, 12))).isoformat()
        event["data"] = {"court": "southwark", "start_date": c.date()} | data | {"urn": "01AA1"}
    if c.often(2):
        after = original(c, "t3", "police.outcome-recorded.v1")
        after["time"] = (START + dt.timedelta(days=c.random.randint(12, 40))).isoformat()
        after["data"] = {"crime_reference": "CR1", "outcome_code": c.one(OUTCOMES)}
        events.append(after)
    return events


def _of_two_forces(events: list[Event], c: Chance) -> None:
    """What police say, said by either of two forces."""
    for event in events:
        if event["source"].startswith("/police/"):
            event["source"] = c.one(["/police/met", "/police/kent"])


def history(random: random.Random, most: int = 30) -> list[Event]:
    """Events in an order of arrival that means nothing; some corrected, some corrections corrected, in a circle too."""
    c = Chance(random)
    events = [original(c, f"r{i}", "police.crime-reported.v1") for i in range(c.random.randint(1, 3))]
    if c.seldom(2):
        events += _decided(c)
    corrections: list[Event] = []
    for i in range(c.random.randint(2, most)):
        if c.seldom(12):
            corrections.append(correction(c, f"c{i}", c.one(corrections if corrections and c.often() else events)))
        else:
            events.append(original(c, f"e{i}", c.one(_DRAWN)))
        if i == 3 and c.seldom(8):
            _of_two_forces(events, c)
    events += corrections
    voids = [e for e in corrections if "voids" in e["data"]]
    if voids and c.seldom():
        # The last void of a chain is voided by one whose id is that of the first: a circle.
        first = c.one(voids)
        of = {"source": first["source"], "id": first["id"], "type": first["type"]}
        back = {"specversion": "1.0", "source": first["source"], "type": first["type"], "time": first["time"]}
        events.append(back | {"id": "z1", "data": {"voids": of, "reason": "wrong_crime"}})
        events.append(back | {"id": "z2", "data": {"voids": of | {"id": "z1"}, "reason": "wrong_crime"}})
        if c.often():
            events.append(back | {"id": "z3", "data": {"voids": of | {"id": "z2"}, "reason": "wrong_crime"}})
        if c.often():
            first["data"] = {"voids": of | {"id": "z2"}, "reason": "wrong_crime"}
    c.random.shuffle(events)
    return events


def histories(most: int = 40) -> st.SearchStrategy[list[Event]]:
    return st.randoms(use_true_random=False).map(lambda random: history(random, most))

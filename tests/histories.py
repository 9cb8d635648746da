"""Random histories: few crimes, victims, cases and hearings, so that events meet; every agency, links that come, go and come
back, amendments to another crime or victim, voids of voids, persons merged and split, in an order of arrival that means nothing.
"""

import datetime as dt
from typing import Any

from hypothesis import strategies as st

Event = dict[str, Any]

START = dt.datetime(2023, 3, 1, 9, tzinfo=dt.UTC)
CRIMES = ["CR1", "CR2", "CR3"]
VICTIMS = ["V1", "V2", "V3"]
URNS = ["01AA1", "01AA2"]
COURT_CASES = ["T1", "T2"]
HEARINGS = ["H1", "H2", "H3"]
PERSONS = ["UVI1", "UVI2"]
SUSPECTS = ["S1", "S2"]

crime = st.sampled_from(CRIMES)
victim = st.sampled_from(VICTIMS)
urn = st.sampled_from(URNS)
hearing = st.sampled_from(HEARINGS)
court_case = st.sampled_from(COURT_CASES)
person = st.sampled_from(PERSONS)
suspect = st.sampled_from(SUSPECTS)
some_crimes = st.lists(crime, min_size=1, max_size=2, unique=True)
day = st.integers(0, 60).map(lambda n: (START.date() + dt.timedelta(days=n)).isoformat())


def data(optional: dict[str, Any] | None = None, **required: Any) -> st.SearchStrategy[Event]:
    return st.fixed_dictionaries(required, optional=optional or {})


about_crime_or_case = st.one_of(data(crime_reference=crime), data(urn=urn))
results = st.sampled_from(
    ["convicted", "acquitted", "discontinued", "no_evidence_offered", "stayed", "administratively_finalised"]
)
reasons = st.lists(st.sampled_from(["delay", "health", "fear_of_court"]), max_size=2, unique=True)
scoped = {"suspect_reference": suspect, "crime_references": some_crimes, "force": st.just("met")}


def _scope(value: Event) -> Event:
    """Force stands beside crime references of agencies that are not police, and nowhere else."""
    if "crime_references" in value:
        return value | {"force": "met"}
    return {k: v for k, v in value.items() if k != "force"}


POLICE: dict[str, st.SearchStrategy[Event]] = {
    "police.crime-reported.v1": data(
        {
            "flags": st.lists(st.sampled_from(["domestic_abuse", "hate_crime"]), max_size=2, unique=True),
            "bcu": st.sampled_from(["north_area", "south_east"]),
            "suspect_relationship": st.sampled_from(["ex_partner", "stranger"]),
            "uvi": person,
            "victim": data({"age": st.integers(10, 80), "sex": st.sampled_from(["female", "male"])}),
        },
        crime_reference=crime,
        victim_reference=victim,
        offence_group=st.sampled_from(["rape", "robbery_of_personal_property", "criminal_damage"]),
    ),
    "police.crime-cancelled.v1": data(crime_reference=crime),
    "police.suspect-identified.v1": data({"suspect_reference": suspect}, crime_reference=crime),
    "police.investigation-reopened.v1": data(crime_reference=crime),
    "police.crime-reclassified.v1": data({"offence_group": st.just("rape")}, crime_reference=crime),
    "police.victim-updated.v1": data(crime_reference=crime, victim_reference=victim),
    "police.needs-assessed.v1": data(crime_reference=crime, victim_reference=victim, enhanced_rights=st.booleans()),
    "police.suspect-arrested.v1": data({"suspect_reference": suspect}, crime_reference=crime),
    "police.suspect-interviewed.v1": data(crime_reference=crime),
    "police.charge-referral-submitted.v1": data(
        {"referral_type": st.sampled_from(["full_code", "threshold", "early_advice"])},
        urn=urn,
        crime_references=some_crimes,
    ),
    "police.action-plan-answered.v1": data({"action_plan_id": st.just("AP1")}, urn=urn),
    "police.outcome-recorded.v1": data(
        {"victim_reference": victim},
        crime_reference=crime,
        outcome_code=st.sampled_from([0, 1, 8, 9, 14, 15, 16, 16, 18, 20]),
    ),
    "police.victim-withdrew.v1": st.builds(
        lambda a, b: a | b,
        about_crime_or_case,
        data(
            {"reasons": reasons, "checklist_completed": st.booleans()},
            victim_reference=victim,
            evidence=st.lists(st.just("statement"), max_size=1),
        ),
    ),
    "police.victim-re-engaged.v1": st.builds(lambda a, b: a | {"victim_reference": b}, about_crime_or_case, victim),
}
CPS: dict[str, st.SearchStrategy[Event]] = {
    "cps.referral-received.v1": data({"accepted": st.booleans()}, urn=urn),
    "cps.action-plan-issued.v1": data(urn=urn, action_plan_id=st.just("AP1")),
    "cps.charging-decision-made.v1": data(
        scoped,
        urn=urn,
        decision=st.sampled_from(["charge", "charge", "no_further_action_evidential", "administratively_finalised"]),
    ).map(_scope),
    "cps.case-reopened.v1": data(urn=urn),
    "cps.victim-withdrew.v1": data(urn=urn, victim_reference=victim, evidence=st.just([])),
    "cps.prosecution-finalised.v1": data(
        scoped | {"reason": st.sampled_from(["victim_retraction", "victim_non_attendance", "evidential"])},
        urn=urn,
        outcome=results,
    ).map(_scope),
}
COURTS: dict[str, st.SearchStrategy[Event]] = {
    "courts.case-received.v1": data(
        court_case_number=court_case, urn=urn, court=st.just("southwark"), jurisdiction=st.just("crown")
    ),
    "courts.hearing-listed.v1": st.builds(
        lambda a, b: a | b,
        st.one_of(data(court_case_number=court_case), data(urn=urn)),
        data(
            hearing_id=hearing, court=st.just("southwark"), hearing_type=st.sampled_from(["TRL", "PTP"]), start_date=day
        ),
    ),
    "courts.hearing-relisted.v1": data(hearing_id=hearing, start_date=day),
    "courts.hearing-adjourned.v1": data({"next_hearing_id": hearing, "next_start_date": day}, hearing_id=hearing),
    "courts.trial-outcome-recorded.v1": data(
        hearing_id=hearing, outcome=st.sampled_from(["effective", "cracked", "ineffective", "vacated"])
    ),
    "courts.trial-outcome-cleared.v1": data(hearing_id=hearing),
    "courts.hearing-resulted.v1": data(hearing_id=hearing),
    "courts.victim-attended.v1": data(hearing_id=hearing, victim_reference=victim, attended=st.booleans()),
    "courts.case-completed.v1": data(scoped, urn=urn, outcome=results).map(_scope),
}
SUPPORT: dict[str, st.SearchStrategy[Event]] = {
    "support.service-started.v1": st.builds(
        lambda a: a | {"service": "idva"},
        st.one_of(
            data(uvi=person),
            data(crime_reference=crime, victim_reference=victim, force=st.just("met")),
            data(crime_reference=crime, uvi=person, force=st.just("met")),
        ),
    ),
}
IDENTITY: dict[str, st.SearchStrategy[Event]] = {
    "identity.linked.v1": data(uvi=st.just("UVI1"), same_as=st.just("UVI2"), method=st.just("manual")),
    "identity.unlinked.v1": data(uvi=st.just("UVI1"), same_as=st.just("UVI2")),
    "identity.case-linked.v1": data(urn=urn, crime_references=some_crimes, force=st.just("met")),
    "identity.case-unlinked.v1": data(urn=urn, crime_references=some_crimes, force=st.just("met")),
}
SOURCES = [
    ("/police/met", POLICE, 6),
    ("/cps", CPS, 3),
    ("/courts", COURTS, 3),
    ("/support/vs", SUPPORT, 1),
    ("/identity", IDENTITY, 2),
]
CHOICES = [
    (source, kind, made) for source, kinds, weight in SOURCES for kind, made in kinds.items() for _ in range(weight)
]


@st.composite
def original(draw: st.DrawFn, id_: str) -> Event:
    source, kind, made = draw(st.sampled_from(CHOICES))
    at = START + dt.timedelta(days=draw(st.integers(0, 40)), hours=draw(st.sampled_from([0, 5, 14])))
    event = {
        "specversion": "1.0",
        "id": id_,
        "source": source,
        "type": kind,
        "time": at.isoformat(),
        "data": draw(made),
    }
    if draw(st.integers(0, 9)) == 0:
        event["timeprecision"] = draw(st.sampled_from(["day", "month"]))
    return event


@st.composite
def correction(draw: st.DrawFn, id_: str, of: Event) -> Event:
    """A void or an amendment; of a correction only a void (an amendment of one is refused at the door)."""
    target = {"source": of["source"], "id": of["id"], "type": of["type"]}
    at = START + dt.timedelta(days=50 + draw(st.integers(0, 5)))
    event = {"specversion": "1.0", "id": id_, "source": of["source"], "time": at.isoformat()}
    if of["type"].startswith("correction.") or draw(st.booleans()):
        return event | {"type": "correction.event-voided.v1", "data": {"voids": target, "reason": "wrong_crime"}}
    made = next(made for source, kind, made in CHOICES if kind == of["type"])
    amended = {"amends": target, "data": draw(made), "reason": "wrong_person"}
    if draw(st.booleans()):
        amended["time"] = (START + dt.timedelta(days=draw(st.integers(0, 40)))).isoformat()
    return event | {"type": "correction.event-amended.v1", "data": amended}


@st.composite
def histories(draw: st.DrawFn, most: int = 40) -> list[Event]:
    """Events in an order of arrival that means nothing; some corrected, some corrections corrected."""
    events: list[Event] = []
    reports = draw(st.integers(1, 4))
    for i in range(reports):
        event = draw(original(f"r{i}"))
        event |= {
            "source": "/police/met",
            "type": "police.crime-reported.v1",
            "data": draw(POLICE["police.crime-reported.v1"]),
        }
        events.append(event)
    for i in range(draw(st.integers(3, most))):
        if draw(st.integers(0, 5)) == 0:
            events.append(draw(correction(f"c{i}", draw(st.sampled_from(events)))))
        else:
            events.append(draw(original(f"e{i}")))
    return draw(st.permutations(events))

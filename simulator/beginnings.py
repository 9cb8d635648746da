"""How stories begin: the reports, and what police and services do in the first days."""

from datetime import date, timedelta
from typing import Any

from simulator import london
from simulator.people import Crime, Journey, choose, relationship
from simulator.story import Story

SEXUAL = ("rape", "other_sexual_offences")


def report(s: Story, first: date) -> None:
    """Each crime is reported by each of its victims, one crime a day or so after the other."""
    rng, day = s.rng, first
    for crime in s.crimes:
        crime.reported = day
        attributes: dict[str, Any] = {
            "offence_date": (day - timedelta(int(rng.expovariate(1 / 6)))).isoformat(),
            "location_type": choose(rng, london.LOCATIONS),
            "suspect_relationship": relationship(rng, crime),
            "suspect_known_on_pnc": rng.random() < 0.3,
            "reporting_route": rng.choice(
                ("emergency_call", "non_emergency_call", "online", "front_counter", "officer")
            ),
        }
        attributes = {k: v for k, v in attributes.items() if rng.random() >= london.MISSING.get(k, 0)}
        crime.location = attributes.get("location_type")
        crime.relationship = attributes.get("suspect_relationship")
        crime.on_pnc = attributes.get("suspect_known_on_pnc")
        for victim in crime.victims:
            data: dict[str, Any] = {
                "crime_reference": crime.reference,
                "victim_reference": victim.number,
                "offence_group": crime.group,
            }
            data |= {"offence_code": crime.code} if crime.code else {}
            data |= {"flags": list(crime.flags)} if crime.flags or rng.random() < 0.5 else {}
            data |= {"bcu": crime.bcu} if crime.bcu else {}
            data |= attributes | {"victim": victim.data}
            data |= {"uvi": victim.uvi} if victim.uvi else {}
            s.say("police.crime-reported", data, day)
        s.day = day
        day += timedelta(1 + rng.randrange(london.BETWEEN_REPORTS))


def investigate(s: Story) -> None:
    """What police and services do for victims in the first days, and about suspects if there are any."""
    rng = s.rng
    for j in s.journeys:
        if s.perhaps(0.35):
            enhanced = bool(j.crime.flags) or s.perhaps(0.2)
            s.say("police.needs-assessed", s.about(j) | {"enhanced_rights": enhanced, "needs": []})
        if "domestic_abuse" in j.crime.flags and s.perhaps(0.15):
            measure = {"measure": rng.choice(("dapn", "dapo", "bail_conditions", "non_molestation_order"))}
            s.say("police.protective-measure-applied", s.about(j) | measure)
            s.later(f"police.protective-measure-{rng.choice(('granted', 'refused'))}", s.about(j) | measure, 6)
        if j.crime.group in SEXUAL and s.perhaps(0.4):
            material = rng.choice(("device", "third_party_records", "medical_records"))
            s.say("police.victim-material-requested", s.about(j) | {"material": material})
        if s.perhaps(0.12):
            _support(s, j)
    if s.perhaps(0.02):
        _reclassify(s, rng.choice(s.crimes), rng.choice(london.OFFENCES[:12]))
    if s.suspects and s.perhaps(0.95):
        s.wait(2)
        s.identify()


def _support(s: Story, j: Journey) -> None:
    victim = j.victim
    said: dict[str, Any] = {"service": "idva" if "domestic_abuse" in j.crime.flags else "victim_support"}
    if j.crime.group in SEXUAL:
        said["service"] = "isva"
    named = {"crime_reference": j.crime.reference, "force": j.crime.force}
    if victim.uvi and s.perhaps(0.5):
        who: dict[str, Any] = {"uvi": victim.uvi} | (named if s.perhaps(0.3) else {})
    else:
        who = s.about(j) | named
    s.say("support.referral-received", who | said)
    if s.perhaps(0.7):
        day = s.later("support.service-started", who | said, 10)
        s.later("support.service-ended", who | said, 90)
        if day <= london.HORIZON:
            s.helped(j, said["service"], day if who.keys() == {"uvi"} else None)
    if s.perhaps(0.2):
        concern = {"concern": s.rng.choice(("no_update", "safety", "court_date"))}
        s.later("support.concern-raised", who | concern, 30)
        s.later("support.concern-resolved", who | concern, 60)


def _reclassify(s: Story, crime: Crime, other: london.Offence) -> None:
    """The crime turns out to be another offence."""
    day = s.day + timedelta(1 + s.rng.randrange(20))
    if day <= london.HORIZON:
        crime.group, crime.code, crime.flags = other.group, other.code, list(other.flags)
        data = {"offence_group": other.group, "offence_code": other.code, "flags": list(other.flags)}
        s.say("police.crime-reclassified", {"crime_reference": crime.reference} | data, day)

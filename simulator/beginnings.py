"""How stories begin: the reports, and what police and services do in the first days."""

from datetime import date, timedelta
from typing import Any

from simulator import calibration, london
from simulator.people import Crime, Journey, choose
from simulator.story import Story

SEXUAL = ("rape", "other_sexual_offences")
OFTEN = calibration.OFFENCES[:12]
"""What a crime may be taken for at first."""


def report(s: Story, first: date) -> None:
    """Each crime is reported by each of its victims, one crime a day or so after the other."""
    rng, day = s.rng, first
    for crime in s.crimes:
        crime.reported = day
        attributes: dict[str, Any] = {
            "offence_date": (day - timedelta(int(rng.expovariate(1 / 6)))).isoformat(),
            "location_type": choose(rng, calibration.PLACES[s.offence.places]),
            "reporting_route": rng.choice(
                ("emergency_call", "non_emergency_call", "online", "front_counter", "officer")
            ),
        }
        attributes = {k: v for k, v in attributes.items() if rng.random() >= calibration.MISSING.get(k, 0)}
        attributes |= _of_suspect(s, crime)
        crime.location = attributes.get("location_type")
        called = rng.choice(OFTEN) if rng.random() < london.RECLASSIFIED and crime.code else s.offence
        for victim in crime.victims:
            data: dict[str, Any] = {
                "crime_reference": crime.reference,
                "victim_reference": victim.number,
                "offence_group": called.group,
            }
            data |= {"offence_code": called.code} if called.code else {}
            data |= {"flags": list(called.flags)} if called.flags or rng.random() < 0.5 else {}
            data |= {"bcu": crime.bcu} if crime.bcu else {}
            data |= attributes | {"victim": victim.data}
            data |= {"uvi": victim.uvi} if victim.uvi else {}
            s.say("police.crime-reported", data, day)
        if called is not s.offence:
            s.say("police.crime-reclassified", _classified(crime), day + timedelta(1 + rng.randrange(20)))
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


def _of_suspect(s: Story, crime: Crime) -> dict[str, Any]:
    """What a report says of the suspect. Where it says nothing, or a stranger where it is a friend, the police may find out."""
    rng, reported = s.rng, dict[str, Any]()
    crime.relationship = relationship = choose(rng, calibration.RELATIONSHIPS[s.offence.relationships])
    if rng.random() >= calibration.MISSING["suspect_relationship"]:
        reported["suspect_relationship"] = relationship
        if s.suspects and relationship in london.CLOSER and s.perhaps(london.CLOSER_LATER):
            farther = rng.choice(london.CLOSER[london.CLOSER.index(relationship) :])
            reported["suspect_relationship"], crime.found["relationship"] = farther, relationship
    elif s.suspects and s.perhaps(london.TOLD_LATER):
        crime.found["relationship"] = relationship
    else:
        crime.relationship = None
    crime.on_pnc = on_pnc = s.perhaps(calibration.ON_PNC)
    if rng.random() >= calibration.MISSING["suspect_known_on_pnc"]:
        reported["suspect_known_on_pnc"] = on_pnc
        if s.suspects and on_pnc and s.perhaps(london.CLOSER_LATER):
            reported["suspect_known_on_pnc"], crime.found["known_on_pnc"] = False, True
    elif s.suspects and s.perhaps(london.TOLD_LATER):
        crime.found["known_on_pnc"] = on_pnc
    else:
        crime.on_pnc = None
    return reported


def _classified(crime: Crime) -> dict[str, Any]:
    return {
        "crime_reference": crime.reference,
        "offence_group": crime.group,
        "offence_code": crime.code,
        "flags": list(crime.flags),
    }

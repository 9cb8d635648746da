"""What happens in court, from the receipt of the case to the end of every prosecution."""

from datetime import date, timedelta
from typing import Any

from schemas.places import COURTS
from simulator import calibration, london
from simulator.people import choose
from simulator.story import Story

LONDON_COURTS = [code for code, court in COURTS.items() if court.region == "london"]


def prosecute(s: Story) -> None:
    """A charged case, until every prosecution in it is over."""
    _first_hearing(s)
    shares = dict(london.CONCLUDES)
    if "domestic_abuse" in s.crimes[0].flags:
        shares["withdraws"] = london.WITHDRAWS_AFTER_DOMESTIC_ABUSE
    match choose(s.rng, shares):
        case "guilty_plea":
            s.wait(s.offence.court * london.PLEADS, london.SHAPE)
            _end(s, "convicted", basis="guilty_plea")
        case "trial":
            _trial(s)
        case "withdraws":
            _withdraws(s)
        case "dropped":
            s.wait(s.offence.court * london.ENDS_EARLY, london.SHAPE)
            _end(s, choose(s.rng, london.DROPPED_AS), reason=choose(s.rng, london.REASONS_OF_CPS))
            if s.perhaps(0.15) and all("acquitted" not in j.endings for j in s.journeys):  # a verdict would stay
                _reopened(s)
        case _:
            s.wait(s.offence.court * london.ENDS_EARLY, london.SHAPE)
            _end(s, "administratively_finalised")


def _first_hearing(s: Story) -> None:
    jurisdiction = "crown" if s.offence.timing == "sexual" or s.perhaps(0.6) else "magistrates"
    s.court = (s.rng.choice(LONDON_COURTS), jurisdiction)
    s.wait(4)
    received = {"court_case_number": s.court_case, "urn": s.urn, "court": s.court[0], "jurisdiction": jurisdiction}
    s.say("courts.case-received", received | ({"in_custody": s.perhaps(0.15)} if s.perhaps(0.8) else {}))
    hearing = _list(s, "PTP" if jurisdiction == "crown" else "PLE", 25)
    if s.perhaps(0.12):
        adjourned = {"hearing_id": hearing, "reason": "administrative"}
        start = s.day + timedelta(7 + s.rng.randrange(20))
        s.say("courts.hearing-adjourned", adjourned | {"next_start_date": start.isoformat()})
        s.wait(25)
    s.say("courts.hearing-resulted", {"hearing_id": hearing})


def _list(s: Story, kind: str, mean: float, tied_to: str | None = None) -> str:
    """A hearing is listed, and its day comes. `tied_to`: how the court ties it to what came before it."""
    s.hearings += 1
    hearing = f"H{s.name}-{s.hearings}"
    start = s.day + timedelta(3 + int(s.rng.gammavariate(london.SHAPE, mean / london.SHAPE)))
    if kind == "TRL" and s.court[1] == "crown":
        start = _far_ahead(s) or start
    listed: dict[str, Any] = {"hearing_id": hearing, "hearing_type": kind, "start_date": start.isoformat()}
    listed |= {"court_case_number": s.court_case} if s.perhaps(0.9) else {"urn": s.urn}
    listed |= {"court": s.court[0], "jurisdiction": s.court[1]}
    s.say("courts.hearing-listed", listed | ({"estimate_days": s.rng.randint(1, 8)} if kind == "TRL" else {}))
    if kind == "TRL":
        _prepare(s, hearing, start.isoformat())
    s.wait_for(start)
    return hearing


def _far_ahead(s: Story) -> date | None:
    """The day of a trial that is listed for years ahead."""
    for year, share in london.FAR_AHEAD.items():
        if s.perhaps(share):
            return date(year, 1, 4) + timedelta(s.rng.randrange(350))
    return None


def _prepare(s: Story, hearing: str, start: str) -> None:
    """Victims hear of a trial, ask for special measures, meet the prosecutor."""
    for victim in s.victims:
        named = {"hearing_id": hearing, "victim_reference": victim.number}
        if s.perhaps(0.7):
            s.say("police.hearing-notified", named | {"start_date": start})
        if s.perhaps(0.3):
            measures = {"measures": s.rng.sample(("s23", "s24", "s28"), 1)}
            s.say("courts.special-measures-applied", named | measures)
            s.say(f"courts.special-measures-{'granted' if s.perhaps(0.85) else 'refused'}", named | measures)
        if s.perhaps(0.15):
            s.say("cps.victim-met", {"urn": s.urn, "victim_reference": victim.number})
    if s.perhaps(0.3):
        s.say("cps.trial-readiness-certified", {"urn": s.urn, "hearing_id": hearing, "ready": s.perhaps(0.8)})


def _trial(s: Story) -> None:
    """Listed, moved, listed again, until it goes ahead or is not needed any more."""
    hearing = _list(s, "TRL", s.offence.court)
    while True:
        if s.perhaps(london.VACATED):
            hearing = _again(s, hearing, "vacated", s.rng.choice(london.VACATED_FOR))
            continue
        if s.perhaps(london.MISTAKEN):
            _by_mistake(s, hearing)
        elif s.perhaps(calibration.INEFFECTIVE[s.court[1]]):
            hearing = _again(s, hearing, "ineffective", s.rng.choice(london.INEFFECTIVE_FOR))
        elif s.perhaps(london.CRACKED_SHARE):
            return _crack(s, hearing)
        else:
            return _held(s, hearing)


def _again(s: Story, hearing: str, outcome: str, reason: str) -> str:
    """No trial on this day: a new hearing, or this one on another day."""
    recorded: dict[str, Any] = {"hearing_id": hearing, "outcome": outcome, "reason_code": reason}
    start = s.day + timedelta(14 + int(s.rng.expovariate(1 / 60)))
    match s.rng.randrange(3):
        case 0:
            s.hearings += 1
            following = f"H{s.name}-{s.hearings}"
            moved = {"next_hearing_id": following, "next_start_date": start.isoformat()}
            s.say("courts.trial-outcome-recorded", recorded | moved)
            listed = {"hearing_id": following, "urn": s.urn, "court": s.court[0], "hearing_type": "TRL"}
            s.say("courts.hearing-listed", listed | {"start_date": start.isoformat(), "jurisdiction": s.court[1]})
            hearing = following
        case 1:
            s.say("courts.trial-outcome-recorded", recorded | {"next_start_date": start.isoformat()})
        case _:
            s.say("courts.trial-outcome-recorded", recorded)
            s.wait(5)
            start = max(start, s.day + timedelta(3))
            s.say("courts.hearing-relisted", {"hearing_id": hearing, "start_date": start.isoformat()})
    _prepare(s, hearing, start.isoformat())
    s.wait_for(start)
    return hearing


def _by_mistake(s: Story, hearing: str) -> None:
    """Recorded effective, taken back the day after, and put off."""
    s.say("courts.trial-outcome-recorded", {"hearing_id": hearing, "outcome": "effective"})
    untried = [j for j in s.journeys if j.tried is None]
    for j in untried:
        j.tried = s.day
    s.wait(0.1)
    s.say("courts.trial-outcome-cleared", {"hearing_id": hearing})
    for j in untried:
        j.tried = None
    s.wait(2)
    start = s.day + timedelta(10)
    s.say("courts.hearing-relisted", {"hearing_id": hearing, "start_date": start.isoformat()})
    s.wait_for(start)


def _attended(s: Story, hearing: str, attended: bool) -> None:
    for victim in s.victims:
        if s.perhaps(0.6):
            named = {"hearing_id": hearing, "victim_reference": victim.number}
            s.say("courts.victim-attended", named | {"attended": attended})


def _held(s: Story, hearing: str) -> None:
    """The trial goes ahead and ends with a verdict, sometimes without one."""
    s.say("courts.trial-outcome-recorded", {"hearing_id": hearing, "outcome": "effective"})
    _attended(s, hearing, True)
    for j in s.journeys:
        j.tried = j.tried or s.day
    if s.perhaps(0.1):  # the victim withdraws during the trial
        s.wait(1)
        s.withdraw(s.victims[0], "without_evidence")
    s.wait(4)
    s.say("courts.hearing-resulted", {"hearing_id": hearing})
    if s.perhaps(0.04):
        return _end(s, "no_evidence_offered", reason=s.rng.choice(("evidential", "victim_evidence", None)))
    if len(s.crimes) > 1 and s.perhaps(0.4):
        return _verdict_by_crime(s)
    _end(s, "convicted" if s.perhaps(london.GUILTY) else "acquitted", basis="after_trial")


def _verdict_by_crime(s: Story) -> None:
    """Guilty of one crime, not of the others."""
    s.result("convicted", basis="after_trial", crimes=s.crimes[:1])
    s.result("acquitted", crimes=s.crimes[1:])


def _crack(s: Story, hearing: str) -> None:
    reason = s.rng.choice(london.CRACKED_FOR)
    s.say("courts.trial-outcome-recorded", {"hearing_id": hearing, "outcome": "cracked", "reason_code": reason})
    _attended(s, hearing, reason != "J")
    s.wait(1)
    if reason in "IJK":
        why = {"I": "evidential", "J": "victim_non_attendance", "K": "public_interest"}[reason]
        return _end(s, "no_evidence_offered", reason=why)
    _end(s, "convicted", basis="guilty_plea")


def _withdraws(s: Story) -> None:
    """One victim withdraws after the charge, or nothing but the reason of the end says so."""
    what = choose(s.rng, london.AFTER_CHARGE)
    victim = s.rng.choice(s.victims)
    drop = choose(s.rng, london.DROPPED_AS)
    s.wait(50)
    if what == "retraction_alone":
        return _end(s, drop, reason="victim_retraction")
    if what == "non_attendance_alone":
        return _end(s, drop, reason="victim_non_attendance")
    s.withdraw(victim, s.rng.choice(("with_evidence", "with_evidence", "without_evidence")))
    s.wait(12)
    match what:
        case "dropped_for_it":
            _end(s, drop, reason=s.rng.choice(("victim_retraction", "victim_retraction", "victim_evidence")))
        case "dropped_reason_not_given":
            _end(s, drop)
        case "dropped_for_another_reason":
            _end(s, drop, reason=choose(s.rng, london.REASONS_OF_CPS))
        case "lapsed":
            _end(s, "administratively_finalised")
        case "goes_on":
            _trial(s)
        case _:
            s.re_engage(victim)
            s.wait(5)
            _trial(s)


def _end(s: Story, outcome: str, reason: str | None = None, basis: str | None = None) -> None:
    """Every prosecution ends so; where there are two, the second may end otherwise, some days later."""
    if s.prosecutions == 1:
        suspect = s.known[0] if len(s.known) == 1 and s.perhaps(0.5) else None
        return s.result(outcome, reason=reason, basis=basis, suspect=suspect)
    if s.perhaps(0.2):
        return s.result(outcome, reason=reason, basis=basis)
    for n, suspect in enumerate(s.known):
        if n:
            s.wait(5)
            if s.perhaps(0.4):
                outcome, reason, basis = s.rng.choice((("acquitted", None, None), ("discontinued", "evidential", None)))
        s.result(outcome, reason=reason, basis=basis, suspect=suspect)


def _reopened(s: Story) -> None:
    """A dropped case is looked at again, and ends again."""
    s.wait_until_settled()
    s.reopen_case(s.rng.choice(("victims_right_to_review", "further_evidence")))
    s.wait(40)
    if s.perhaps(0.6):
        s.result("convicted", basis="guilty_plea")
    else:
        s.result("discontinued", reason="evidential")

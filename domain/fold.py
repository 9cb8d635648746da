"""The fold: from a journey's facts to where it stands (contract 3, 4 and 5.1). Pure: no clock, no database, no order of arrival."""

import datetime as dt
from itertools import count
from operator import attrgetter
from typing import Any

from domain import attrition, offence
from domain.anomaly import Odd, odd
from domain.contact import UPDATE_DAYS, deadlines
from domain.course import Course, Courses
from domain.delay import Delay, any_negative, interval
from domain.fact import Fact
from domain.journey import ENTRY, Journey
from domain.own_case import OwnCase
from domain.people import people
from domain.references import references
from domain.rules import moves
from domain.signals import signals
from domain.story import Story
from domain.when import When
from schemas.places import FORCES

OUTCOME = ("police.outcome-recorded", "police.investigation-reopened")


def fold(story: Story, courses: Courses) -> Journey:
    """Walk through the facts once, in order, and say where the journey stands. `courses`: of the journeys folded with it."""
    reports = [f for f in story.facts if f.kind == "police.crime-reported" and not f.voided]
    first = min(reports, key=lambda report: (report.day, not report.precise, report.key))
    reported = When(first.day, precise=first.precise)
    ordered = _ordered(story.facts, reported.day)
    moving = [(when, fact) for when, fact in ordered if moves(fact)]
    course = courses.of(story, moving)
    turns = dict(zip([fact.position for _, fact in moving], course.turns, strict=True))
    anomalies = set(story.anomalies)
    timeline: list[ENTRY] = []
    stage, holder, since = "investigation", "police", reported.day
    for when, fact in ordered:
        if fact.anomaly:
            anomalies.add(odd(fact.anomaly, fact))
        if when.late:
            anomalies.add(odd("joined_late", fact))
        if turn := turns.get(fact.position):
            stage = turn.stage
            if turn.holder != holder:
                holder, since = turn.holder, max(when.day, reported.day)
            if turn.odd:
                anomalies |= {odd(code, fact) for code in turn.odd}
        timeline.append((fact.position, stage, holder))
    anomalies |= {odd("second_report", report) for report in reports if report is not first}
    told = [(when, fact) for when, fact in ordered if not fact.voided]
    return _Told(story, course, told, reported, first, anomalies).journey(timeline, holder, since)


def _ordered(facts: list[Fact], reported: dt.date) -> list[tuple[When, Fact]]:
    """In the order of the fold. A case's fact of before the report stands first on the report's day, in its own order."""
    before: list[Fact] = []
    late: list[Fact] = []
    after: list[Fact] = []
    for fact in sorted(facts, key=attrgetter("key")):
        if fact.day >= reported:
            after.append(fact)
        else:
            (before if fact.subject.scheme in ("crime", "person") else late).append(fact)
    places = count(1)
    return [
        *((When(fact.day, next(places), fact.precise), fact) for fact in before),
        *((When(reported, next(places), fact.precise, True), fact) for fact in late),
        *((When(fact.day, next(places), fact.precise), fact) for fact in after),
    ]


class _Told:
    """What the facts tell."""

    def __init__(
        self,
        story: Story,
        course: Course,
        told: list[tuple[When, Fact]],
        reported: When,
        report: Fact,
        anomalies: set[Odd],
    ) -> None:
        self.story, self.reported, self.report, self.anomalies = story, reported, report, anomalies
        self.course, self.walk = course, course.walk
        self.told = told
        self.facts = [fact for _, fact in told]
        self.updates = [when.day for when, fact in told if fact.kind == "police.victim-updated"]
        self.people = people(self.facts, story.crime)
        self.own = {urn: story.own_case(urn) for urn in sorted({u for urns in story.cases.values() for u in urns})}

    def journey(self, timeline: list[ENTRY], holder: str, since: dt.date) -> Journey:
        story, course, walk, who = self.story, self.course, self.walk, self.people
        latest, hearings, spell, end = who.latest, walk.hearings, walk.spell, walk.end
        lead = course.lead
        urn = lead.urn if lead else None
        clock = lead.clock if lead and lead.clock.began else None
        victims = len(story.around.persons_in_crime)
        group = latest["offence_group"]
        flags = sorted(latest.get("flags", ()))
        trial = course.first_trial
        cancelled = any(f.kind == "police.crime-cancelled" for f in self.facts)
        reported = self.reported
        delays = course.once(_delays, reported)
        if any_negative(delays):
            self.anomalies.add(odd("negative_delay", self.report))
        # The first start of each.
        services = {f.data["service"]: f.day for f in reversed(self.facts) if f.kind == "support.service-started"}
        date = latest.get("offence_date")
        observed_until = story.rules.last_day(self.report.source)
        return Journey(
            journey_id=story.journey_id,
            uvi=story.uvi,
            force=story.force,
            crime_reference=story.crime_reference,
            victim_reference=story.victim_reference,
            bcu=latest.get("bcu"),
            cps_area=self._cps_area(urn),
            offence_group=group,
            offence_code=latest.get("offence_code"),
            flags=flags,
            offences=offence.categories(group, latest.get("offence_code"), flags, latest.get("age")),
            offence_date=dt.date.fromisoformat(date) if date else None,
            location_type=latest.get("location_type"),
            reporting_route=latest.get("reporting_route"),
            age=latest.get("age"),
            sex=latest.get("sex"),
            ethnicity_self_defined=latest.get("ethnicity_self_defined"),
            ethnicity_officer_observed=latest.get("ethnicity_officer_observed"),
            vulnerabilities=sorted(latest["vulnerabilities"]) if "vulnerabilities" in latest else None,
            interpreter_language=latest.get("interpreter_language"),
            suspects=who.suspects,
            victims_in_crime=victims,
            suspect_relationship=who.relationship,
            suspect_known_on_pnc=who.on_pnc,
            suspect_age=latest.get("suspect_age"),
            suspect_sex=latest.get("suspect_sex"),
            suspect_ethnicity_self_defined=latest.get("suspect_ethnicity_self_defined"),
            suspect_ethnicity_officer_observed=latest.get("suspect_ethnicity_officer_observed"),
            vulnerable=who.vulnerable,
            enhanced_rights=who.enhanced_rights,
            cohort_review=offence.in_review(group, victims, who.suspects),
            counted=not cancelled and story.first_of_person,
            stage=walk.stage,
            holder=holder,
            holder_since=since,
            exit=end.exit if end else None,
            exit_at=end.when.day if end else None,
            reported_at=reported.day,
            arrested_at=_day(walk.first.get("arrested")),
            interviewed_at=_day(walk.first.get("interviewed")),
            referred_at=_day(lead.referred if lead else None),
            referral_received_at=_day(lead.receipt if lead else None),
            charged_at=_day(course.charged_at),
            first_hearing_at=course.held.first,
            first_trial_date=trial[0] if trial else None,
            first_trial_listed_at=trial[1].day if trial else None,
            trial_started_at=_day(course.held.effective),
            concluded_at=end.when.day if end else None,
            withdrew_at=spell.began.day if spell else None,
            withdrew_stage=spell.stage if spell else None,
            first_withdrew_at=walk.spells[0].began.day if walk.spells else None,
            withdrawals=len(walk.spells),
            withdrew_stages=[s.stage for s in walk.spells],
            withdrawal_evidenced=spell.evidenced if spell else None,
            withdrawal_reasons=sorted(spell.reasons) if spell else None,
            cps_days=clock.days["cps"] if clock else None,
            police_days=clock.days["police"] if clock else None,
            action_plans=sum(len(case.issued) for case in walk.cases.values()),
            adjournments=hearings.adjournments,
            ineffective_trials=course.outcomes["ineffective"],
            vacated_trials=course.outcomes["vacated"],
            next_trial_date=None if end else course.next_trial,
            last_victim_update_at=max(self.updates, default=None),
            support_services=sorted(services),
            services_started=[f"{day} {service}" for service, day in sorted(services.items())],
            reopened=walk.reopened,
            cancelled=cancelled,
            anomalies=sorted({anomaly.code for anomaly in self.anomalies}),
            facts=len(self.facts),
            known_at=max(f.known for f in story.facts),
            observed_until=observed_until,
            stages=course.once(_stages, reported.day),
            delays=delays,
            cases=course.once(_cases, self._area(), *self.own.values()),
            prosecutions=[p for own in self.own.values() for p in own.finalised(self._area(), story.crime)],
            hearings=course.hearing_rows,
            trials=course.trial_rows,
            spells=course.once(_spells, reported.day),
            waits=course.once(_waits, reported.day, since, max(self.updates, default=None)),
            deadlines=course.once(_deadlines, reported.day, tuple(self.updates), observed_until),
            references=references(story, self.facts, reported.day),
            timeline=timeline,
            turns=walk.turns,
            police_outcome=self._police_outcome(),
            signals=signals(story, course, self.own.values(), self.told),
            odd=sorted(self.anomalies),
        )

    def _police_outcome(self) -> str | None:
        """The crime's latest outcome as police recorded it: a word each for its day, whether the time is not known (1), the time,
        the code; 0 once they re-open the investigation. Of two the later is the greater text."""
        last = next((f for f in reversed(self.facts) if f.kind in OUTCOME), None)
        if last is None:
            return None
        return f"{last.day} {last.key[1]} {last.key[2].isoformat()} {last.data.get('outcome_code', 0)}"

    def _cps_area(self, lead: str | None) -> str | None:
        """Of the lead case; before a referral of any case of which CPS spoke, for early advice; else the force's."""
        cases = [lead] if lead else sorted(self.own)
        return next((area for urn in cases if (area := self.own[urn].area)), None) or self._area()

    def _area(self) -> str | None:
        force = FORCES.get(self.story.force)
        return force.cps_area if force else None


# What the course of a journey tells, with no more than what is given: `Course.once`


def _stages(course: Course, reported: dt.date) -> list[dict[str, Any]]:
    return attrition.stages(course.walk, reported)


def _cases(course: Course, area: str | None, *own: OwnCase) -> list[dict[str, Any]]:
    return [case.row(area, *course.held_in(case.urn)) for case in own]


def _spells(course: Course, reported: dt.date) -> list[dict[str, Any]]:
    return [spell.row(reported) for spell in course.walk.spells]


def _deadlines(
    course: Course, reported: dt.date, updates: tuple[dt.date, ...], observed_until: dt.date | None
) -> list[dict[str, Any]]:
    return deadlines(reported, updates, course.walk.owed_turns, observed_until)


def _delays(course: Course, reported: When) -> list[Delay]:
    walk, lead = course.walk, course.lead
    end = walk.end.when if walk.end else None
    over = end is not None
    charge, (held, effective) = course.charged_at, course.held
    past_charge = over or walk.charged
    receipts = [case.first_receipt for case in walk.cases.values() if case.first_receipt]
    withdrew = walk.spells[0].began if walk.spells else None
    referred = lead.referred if lead else None
    completed = walk.first.get("completed") if over else None
    delays = [
        *interval("report_to_arrest", reported, walk.first.get("arrested"), over),
        *interval("report_to_referral", reported, referred, past_charge),
        *interval("report_to_charge", reported, charge, past_charge),
        *interval("charge_to_first_hearing", charge, When(held) if held else None, over),
        *interval("charge_to_trial", charge, effective, over),
        *interval("court_receipt_to_completion", walk.first.get("court_receipt"), completed, over),
        *interval("charge_to_conclusion", charge, end, over),
        *interval("report_to_conclusion", reported, end, over),
        *interval("report_to_withdrawal", reported, withdrew, over),
    ]
    if lead is not None:
        receipt, decided, days = lead.first_receipt, lead.clock.closed, lead.clock.days
        delays += interval("receipt_to_charge", receipt, charge if receipt else None, past_charge)
        delays += interval("referral_to_decision", referred, decided, past_charge)
        delays += interval("cps_days", referred, decided, past_charge, days["cps"])
        delays += interval("police_days", referred, decided, past_charge, days["police"])
    elif receipts:
        delays += interval("receipt_to_charge", min(receipts), charge, past_charge)
    return sorted(delays, key=lambda d: str(d["interval"]))


def _waits(course: Course, reported: dt.date, since: dt.date, updated: dt.date | None) -> list[dict[str, Any]]:
    """Waits that still run: of the stage, for an answer to an action plan, for the next trial, for an update. `since`: when the
    holder has the file; `updated`: the last update."""
    walk = course.walk
    if walk.end is not None:
        return []
    lead, charge = course.lead, course.charged_at or walk.charged_since
    match walk.stage:
        case "investigation":
            waits = [_wait("investigation", reported)]
        case "charging":
            waits = [_wait("charging_decision", lead.referred.day if lead and lead.referred else since)]
            waits += [_wait("action_plan", w.day) for case in walk.cases.values() for w in case.plans.values()]
        case _:
            wait = "conclusion" if walk.stage == "trial" else "trial"
            waits = [_wait(wait, charge.day if charge else since, course.next_trial)]
    if walk.owes_updates:
        last = max(reported, updated or reported)
        waits.append(_wait("victim_update", last, last + dt.timedelta(days=UPDATE_DAYS)))
    return waits


def _wait(wait: str, since: dt.date, due: dt.date | None = None) -> dict[str, Any]:
    return {"wait": wait, "since": since.isoformat(), "due_at": due.isoformat() if due else None}


def _day(when: When | None) -> dt.date | None:
    return when.day if when else None

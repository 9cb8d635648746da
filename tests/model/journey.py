"""One journey's row (contract 5.1), each column by its own look at the whole story."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from tests.model import custody, people
from tests.model import hearings as court
from tests.model.history import Fact, History, Key
from tests.model.story import PLAN, WITHDREW, Spell, Story

Row = dict[str, Any]
STAGES = ("investigation", "charging", "awaiting_trial", "trial")


def told(events: Iterable[Mapping[str, Any]]) -> dict[Key, tuple[Story, Row]]:
    """Every journey of a history, and its row."""
    history = History(events)
    stories = {key: Story(history, key) for key in history.keys}
    return {key: (story, row(story, person_facts(stories, key))) for key, story in stories.items()}


def entered(story: Story, k: int) -> dict[str, int]:
    """The stages that the first k facts lead to, and the place of the fact that led there for good."""
    found = {"investigation": next(i for i, f in enumerate(story.facts) if f.type == "police.crime-reported")}
    submitted = [i for case in story.cases for i in story.submissions(k, case)]
    if submitted:
        found["charging"] = min(submitted)
    if story.charged(k):
        found["awaiting_trial"] = max((i for i in range(k) if not story.charged(i)), default=0)
    trial = story.effective_trial(k)
    if trial is not None:
        found["trial"] = trial
    return found


def stage(story: Story, k: int) -> str:
    """The furthest, whether or not it has ended."""
    return max(entered(story, k), key=STAGES.index)


def person_facts(stories: Mapping[Key, Story], key: Key) -> list[Fact]:
    """Facts that name only a person: of their journeys reported and not concluded on its date, else of the latest before it."""
    history = stories[key].history
    mine = []
    for fact in history.facts:
        if fact.subject[0] != "person":
            continue
        person = history.same_person(fact.subject[1])
        theirs = {k: s for k, s in stories.items() if s.me == person and reported(s) <= fact.day}
        running = [k for k, s in theirs.items() if not concluded_on(s, fact.day)]
        latest = [k for k in theirs if reported(theirs[k]) == max(map(reported, theirs.values()))]
        if key in (running or latest):
            mine.append(fact)
    return mine


def reported(story: Story) -> dt.date:
    """A second report: the earliest date."""
    return min(f.day for f in people.reports(story))


def concluded_on(story: Story, day: dt.date) -> bool:
    """All that day: when it began, and after each of its facts."""
    before, after = sum(f.day < day for f in story.facts), sum(f.day <= day for f in story.facts)
    return all(story.ended(k) for k in range(before, after + 1))


def row(story: Story, of_person: list[Fact]) -> Row:
    n = len(story.facts)
    facts = story.facts
    end = story.ended(n)
    lead = story.lead(n)
    spells, standing = story.spells(n), story.standing(n)
    outcomes = court.trial_outcomes(story)
    clocks = custody.clocks(story, lead) if lead else None
    a = people.attributes(story)
    return {
        "uvi": story.history.uvi(story.me),
        "stage": "concluded" if end else stage(story, n),
        "holder": custody.holder(story, n),
        "holder_since": custody.holder_since(story),
        "exit": end.kind if end else None,
        "exit_at": end.day if end else None,
        "concluded_at": end.day if end else None,
        "reported_at": reported(story),
        "arrested_at": _first(story, "police.suspect-arrested"),
        "interviewed_at": _first(story, "police.suspect-interviewed"),
        "referred_at": _at(story, story.referred(n, lead)) if lead else None,
        "referral_received_at": _at(story, story.receipts(n, lead)) if lead else None,
        "charged_at": charged_at(story),
        "first_hearing_at": court.first_hearing(story, lead),
        "first_trial_date": court.first_trial(story, lead)[0],
        "first_trial_listed_at": court.first_trial(story, lead)[1],
        "trial_started_at": trial_started_at(story, lead),
        "withdrew_at": _spell_day(story, standing) if standing else None,
        "withdrew_stage": began_in(story, standing) if standing else None,
        "first_withdrew_at": _spell_day(story, spells[0]) if spells else None,
        "withdrawals": len(spells),
        "withdrew_stages": sorted({began_in(story, s) for s in spells}),
        "withdrawal_evidenced": evidenced(story, standing) if standing else None,
        "withdrawal_reasons": reasons(story, standing) if standing else None,
        "cps_days": clocks["cps"] if clocks else None,
        "police_days": clocks["police"] if clocks else None,
        "action_plans": action_plans(story),
        "hearings": len(court.hearings(story)),
        "adjournments": sum(f.type == court.ADJOURNED for f in facts),
        "ineffective_trials": outcomes.count("ineffective"),
        "vacated_trials": outcomes.count("vacated"),
        "next_trial_date": None if end else court.next_trial_date(story),
        "last_victim_update_at": max((f.day for f in facts if f.type == "police.victim-updated"), default=None),
        "support_services": sorted(
            {f.data["service"] for f in [*of_person, *(p.fact for p in facts)] if f.type == "support.service-started"}
        ),
        "reopened": story.reopened(),
        "cancelled": any(f.type == "police.crime-cancelled" for f in facts),
        "cps_area": people.cps_area(story),
        "suspects": people.suspects(story),
        "victims_in_crime": people.victims_in_crime(story),
        "suspect_relationship": people.relationship(story),
        "suspect_known_on_pnc": people.known_on_pnc(story),
        "vulnerable": people.vulnerable(story),
        "offences": people.offences(story),
        "cohort_review": people.cohort_review(story),
        "facts": n + len(of_person),
        "counted": counted(story),
        **people.classification(story),
        "flags": people.classification(story)["flags"] or (),
        **a,
    }


def counted(story: Story) -> bool:
    """Two victim numbers of one person in one crime count once (least journey_id); a cancelled crime is in no figure."""
    h = story.history
    if any(f.type == "police.crime-cancelled" for f in story.facts):
        return False
    same = [k for k in h.keys if k[:2] == story.key[:2] and h.person(k[0], k[2]) == story.me]
    return h.id_of(story.key) == min(map(h.id_of, same))


def _at(story: Story, places: list[int]) -> dt.date | None:
    return story.facts[min(places)].day if places else None


def _first(story: Story, type: str) -> dt.date | None:
    return _at(story, list(story._where(len(story.facts), type)))


def charged_at(story: Story) -> dt.date | None:
    """The earlier of CPS's decision and police outcome 1."""
    n = len(story.facts)
    police = story.outcome_1(n)
    return _at(story, story.charge_decisions(n) + ([police] if police is not None else []))


def trial_started_at(story: Story, lead: str | None) -> dt.date | None:
    trial = story.effective_trial(len(story.facts), lead)
    return story.facts[trial].day if trial is not None else None


def action_plans(story: Story) -> int:
    """Plans issued, not on early advice, each once."""
    return len(
        {
            (case, story.facts[i].data["action_plan_id"])
            for case in story.cases
            for i in story._where(len(story.facts), PLAN, case=case)
            if not story._of_early_advice(i, case)
        }
    )


def _spell_day(story: Story, spell: Spell) -> dt.date:
    return story.facts[spell.start].day


def began_in(story: Story, spell: Spell) -> str:
    """A retraction that CPS alone knows of is after a charge: its result implies one."""
    return stage(story, spell.start + spell.implied)


def evidenced(story: Story, spell: Spell) -> bool:
    """Any `victim-withdrew` in it with evidence, from any agency."""
    return any(story.facts[i].type in WITHDREW and story.facts[i].data["evidence"] for i in spell.facts)


def reasons(story: Story, spell: Spell) -> list[str]:
    return sorted({r for i in spell.facts for r in story.facts[i].data.get("reasons", ())})

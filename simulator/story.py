"""A story: what happens to the crimes, victims and suspects of one case-to-be, day by day, and what agencies say about it.

Every method that is something happening says so (events) and books what it does to each journey (the truth that the answers
are made of). Things that depend on one another never happen on one day. A story ends where the horizon is: `NotYet`.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from simulator import calibration, london
from simulator.calibration import Offence
from simulator.people import Crime, Journey, Spell, Victim, choose
from simulator.telling import Telling

EXITS = (
    "convicted",
    "acquitted",
    "out_of_court_disposal",
    "victim_withdrew",
    "dropped",
    "cps_no_further_action",
    "administratively_finalised",
)
"""Where a prosecution of several ended in several ways, the first of these is the exit."""

CLOSED = {4: "taken_into_consideration", 9: "cps_no_further_action", 19: "transferred", 20: "transferred"}
DECIDED = {
    "no_further_action_evidential": "cps_no_further_action",
    "no_further_action_public_interest": "cps_no_further_action",
    "other": "cps_no_further_action",
    "out_of_court_disposal": "out_of_court_disposal",
    "administratively_finalised": "administratively_finalised",
}
VICTIM_REASONS = ("victim_retraction", "victim_non_attendance", "victim_evidence", None)


def closed_as(code: int) -> str:
    """How a police outcome other than a charge or a withdrawal ends a journey."""
    return "out_of_court_disposal" if code in london.DISPOSALS else CLOSED.get(code, "police_no_further_action")


WITHOUT = 1 - calibration.EVIDENCED
RECORDED = {
    True: calibration.OUTCOME_RECORDED,
    False: (calibration.OUTCOME_RECORDED * WITHOUT - calibration.BY_OUTCOME_ALONE)
    / (WITHOUT - calibration.BY_OUTCOME_ALONE),
}
"""How often outcome 14 or 16 follows what the victim said, with evidence and without: such that as many have one with evidence as
without, those of whom an outcome is all there is included."""


def said_as(rng: Random) -> str:
    """How a withdrawal before a charge is on record."""
    if rng.random() < calibration.EVIDENCED:
        return "evidence_later" if rng.random() < london.EVIDENCE_LATER else "with_evidence"
    return "outcome_alone" if rng.random() < calibration.BY_OUTCOME_ALONE / WITHOUT else "without_evidence"


class Story(Telling):
    """What happens to the case, and how each journey stands then."""

    def __init__(self, rng: Random, name: str, offence: Offence, crimes: list[Crime], suspects: list[str]) -> None:
        super().__init__(rng, name, offence, crimes, suspects)
        self.urn = f"{'01' if self.force == 'met' else '48'}{name}"
        self.stranger: Crime | None = None  # a crime that will stand in the case by mistake
        self.court_case = f"T{name}"
        self.court: tuple[str, str] = ("", "")
        self.hearings = 0
        self.prosecutions = 1
        self.plans = 0
        self.received: date | None = None  # first, by CPS

    # Police

    def outcome(self, code: int, victim: Victim | None = None) -> None:
        """Police record it for every crime, or every crime of this victim."""
        named = {} if victim is None else {"victim_reference": victim.number}
        for crime in self.crimes if victim is None else self.crimes_of(victim):
            self.say("police.outcome-recorded", {"crime_reference": crime.reference, **named, "outcome_code": code})

    def close(self, code: int) -> None:
        """A police outcome ends what is open. A withdrawal that stands is the exit, unless it is a disposal."""
        self.outcome(code)
        exit = closed_as(code)
        for j in self.journeys:
            spell = j.withdrawn
            if spell and spell.by_outcome:
                spell.ended = self.day
                j.ends(exit, self.day)
            elif spell and exit != "out_of_court_disposal":
                if j.exit is None:
                    j.ends("victim_withdrew", self.day)
            else:
                j.ends(exit, self.day)

    def reopen(self, by_outcome: bool | None = None) -> None:
        """Police look at it again. Outcome 0 takes back a withdrawal that was an outcome alone."""
        if by_outcome or (by_outcome is None and self.perhaps(0.5)):
            self.outcome(0)
        else:
            for crime in self.crimes:
                self.say(
                    "police.investigation-reopened", {"crime_reference": crime.reference, "reason": "further_evidence"}
                )
        for j in self.journeys:
            if j.withdrawn and j.withdrawn.by_outcome:
                j.withdrawn.ended = self.day
            j.goes_on(self.day)

    def refer(self, kind: str | None = "full_code") -> None:
        """Police ask CPS for a decision; who had withdrawn is still withdrawn, and the file is open."""
        mine = [crime.reference for crime in self.crimes]
        later = mine[1:] if self.perhaps(0.5) else []
        data: dict[str, Any] = {"urn": self.urn, "crime_references": [ref for ref in mine if ref not in later]}
        data |= {"referral_type": kind} if kind else {}
        data |= {"in_custody": self.perhaps(0.15)} if self.perhaps(0.8) else {}
        mistaken = self.day + timedelta(1 + self.rng.randrange(30))
        if self.stranger and mistaken <= london.HORIZON:
            data["crime_references"].append(self.stranger.reference)
            unlinked = {"urn": self.urn, "crime_references": [self.stranger.reference], "force": self.force}
            self.say("identity.case-unlinked", unlinked | {"reason": "wrong_case"}, mistaken)
        self.stranger = None
        self.say("police.charge-referral-submitted", data)
        if later:
            self.say("identity.case-linked", {"urn": self.urn, "crime_references": later, "force": self.force})
        if kind != "early_advice":
            for j in self.journeys:
                j.referred = j.referred or self.day
                j.goes_on(self.day)

    def answer(self) -> None:
        plan = {"action_plan_id": f"AP{self.name}-{self.plans}"} if self.perhaps(0.8) else {}
        self.say("police.action-plan-answered", {"urn": self.urn} | plan)

    # The victim

    def withdraw(self, victim: Victim, how: str | None = None, *, recorded: bool = True) -> None:
        """The victim no longer supports. `how` it is on record: `said_as`. `recorded`: outcome 14 or 16 may follow."""
        how = how or said_as(self.rng)
        before_charge = not any(j.charged for j in self.of(victim))
        if how == "outcome_alone":
            self.outcome(16 if self.known else 14, victim if len(self.victims) > 1 or self.perhaps(0.5) else None)
            self._begin(victim, evidenced=False, by_outcome=True)
            self._audit(victim, evidenced=False)
            return
        self._say_withdrew(victim, evidence=how == "with_evidence")
        self._begin(victim, evidenced=how == "with_evidence")
        if how == "evidence_later":
            self.wait(5)
            self._say_withdrew(victim, evidence=True)
            self._begin(victim, evidenced=True)
        if before_charge and recorded and self.perhaps(RECORDED[how != "without_evidence"]):
            self.wait(4)
            self.outcome(16 if self.known else 14, victim)
            self._audit(victim, evidenced=how != "without_evidence")

    def _audit(self, victim: Victim, *, evidenced: bool) -> None:
        """Somebody may look at the outcome. It is never correct without a record of the withdrawal, and with one not always."""
        if self.perhaps(london.AUDITED):
            correct = evidenced and self.perhaps(calibration.CORRECT)
            reasons = [] if correct else ["other_outcome_applies"] if evidenced else ["no_auditable_record"]
            audited = {"outcome_code": 16 if self.known else 14, "correct": correct, "reasons": reasons}
            self.later("police.outcome-audited", self.about(self.of(victim)[0]) | audited, 60)

    def _say_withdrew(self, victim: Victim, *, evidence: bool) -> None:
        """To police, by crime or by case, in either version, or to CPS."""
        rng = self.rng
        kinds = ("statement", "body_worn_video", "email", "phone_record", "text_message", "letter")
        said: dict[str, Any] = {"evidence": rng.sample(kinds, rng.choice((1, 1, 2))) if evidence else []}
        if self.perhaps(0.85):
            said["reasons"] = [choose(rng, london.WITHDRAWAL_REASONS)]
        if self.perhaps(0.6):
            said["checklist_completed"] = self.perhaps(0.6)
        said["victim_reference"] = victim.number
        about = [{"crime_reference": crime.reference} for crime in self.crimes_of(victim)]
        if any(j.referred for j in self.of(victim)) and self.perhaps(0.5):
            about = [{"urn": self.urn}]
            if self.perhaps(0.5):
                return self.say("cps.victim-withdrew", about[0] | said)
        version = rng.choice((1, 2))
        if version == 2:
            said["evidence"] = [{"kind": kind, "recorded_on": self.day.isoformat()} for kind in said["evidence"]]
        for subject in about:
            self.say("police.victim-withdrew", subject | said, version=version)

    def _begin(self, victim: Victim, *, evidenced: bool, by_outcome: bool = False) -> None:
        """A withdrawal begins, or is said again. Before a charge it ends the journey at once."""
        for j in self.of(victim):
            if spell := j.withdrawn:
                spell.evidenced = spell.evidenced or evidenced
            else:
                j.spells.append(Spell(self.day, j.open_stage, evidenced, by_outcome))
            if not j.charged and j.exit != "victim_withdrew":
                j.ends("victim_withdrew", self.day)

    def re_engage(self, victim: Victim, decided: date | None = None) -> None:
        """The victim supports the case again. `decided`: not to charge, after the withdrawal; that is now the exit."""
        for crime in self.crimes_of(victim):
            named = {"crime_reference": crime.reference, "victim_reference": victim.number}
            self.say("police.victim-re-engaged", named)
        for j in self.of(victim):
            if spell := j.withdrawn:
                spell.ended = self.day
            if decided:
                j.ends("cps_no_further_action", decided)
            elif not j.charged:
                j.goes_on(self.day)

    def withdraws_without_name(self) -> None:
        """Outcome 14 or 16 that names nobody: in each crime meant for who withdrew; where nobody did, for all of them."""
        self.outcome(16 if self.known else 14)
        for crime in self.crimes:
            here = [j for j in self.journeys if j.crime is crime]
            said = any(j.spells for j in here)
            for j in here:
                if not said:
                    self._begin(j.victim, evidenced=False, by_outcome=True)
                elif not j.withdrawn:
                    j.ends("police_no_further_action", self.day)

    # CPS

    def receive(self, accepted: bool = True) -> None:
        self.received = self.received or self.day
        self.say(
            "cps.referral-received",
            {"urn": self.urn} | ({} if accepted and self.perhaps(0.2) else {"accepted": accepted}),
        )

    def plan(self) -> None:
        self.plans += 1
        due = (self.day + timedelta(28)).isoformat()
        plan = {"urn": self.urn, "action_plan_id": f"AP{self.name}-{self.plans}", "due_date": due}
        self.say("cps.action-plan-issued", plan | {"priority": "green"})

    def decide(self, decision: str) -> None:
        """Not to charge. A withdrawal that stands is the exit, unless it is a disposal."""
        self.say("cps.charging-decision-made", {"urn": self.urn, "decision": decision, "test": "full_code"})
        exit = DECIDED[decision]
        for j in self.journeys:
            if exit == "out_of_court_disposal" or not j.withdrawn:
                j.ends(exit, self.day)
            elif j.exit is None:
                j.ends("victim_withdrew", self.day)

    def charge(self) -> None:
        """CPS charge every suspect, on days of their own where there are several; police restate it."""
        named = len(self.known) > 1 or self.perhaps(0.6)
        self.prosecutions = len(self.known) if named else 1
        for n, suspect in enumerate(self.known[: self.prosecutions]):
            if n:
                self.wait(2)
            said = {"suspect_reference": suspect} if named else {}
            data = {"urn": self.urn, "decision": "charge", "test": "full_code" if self.perhaps(0.9) else "threshold"}
            self.say("cps.charging-decision-made", data | said)
            self._charged()
        if self.perhaps(0.85):
            self.wait(2)
            self.outcome(1)

    def _charged(self) -> None:
        for j in self.journeys:
            j.charged = j.charged or self.day
            j.goes_on(self.day)

    def charge_by_police(self) -> None:
        """The charge is on record by police outcome 1 alone."""
        self.outcome(1)
        self._charged()

    def remove_charge(self) -> None:
        self.outcome(0)
        for j in self.journeys:
            j.charged = None

    def reopen_case(self, reason: str) -> None:
        self.say("cps.case-reopened", {"urn": self.urn, "reason": reason})
        for j in self.journeys:
            j.endings = []
            j.goes_on(self.day)

    # The end of a prosecution

    def result(
        self,
        outcome: str,
        *,
        reason: str | None = None,
        basis: str | None = None,
        suspect: str | None = None,
        crimes: list[Crime] | None = None,
    ) -> None:
        """A prosecution ends, or without a suspect all of them; for some crimes, or all. CPS say why it was dropped before the
        court says that it was; of a verdict the court speaks first. Whoever comes second says the same."""
        scope: dict[str, Any] = {"outcome": outcome}
        scope |= {"suspect_reference": suspect} if suspect else {}
        scope |= {"basis": basis} if basis else {}
        if crimes:
            scope |= {"crime_references": [crime.reference for crime in crimes], "force": self.force}
        verdict = outcome in ("convicted", "acquitted")
        by_cps = {"urn": self.urn} | scope | ({"reason": reason} if reason else {})
        by_court = {"court_case_number": self.court_case} | scope
        if verdict:
            self.say("courts.case-completed", by_court)
        else:
            self.say("cps.prosecution-finalised", by_cps)
        about = [j for j in self.journeys if crimes is None or j.crime in crimes]
        for j in about:
            self._ended(j, outcome, reason, alone=len({a.victim.person for a in about}) == 1, everybody=suspect is None)
        if self.perhaps(0.8):
            if verdict:
                self.settled = self.later("cps.prosecution-finalised", by_cps, 3)
            else:
                self.settled = self.later("courts.case-completed", by_court, 3)

    def _ended(self, j: Journey, outcome: str, reason: str | None, *, alone: bool, everybody: bool) -> None:
        if reason == "victim_retraction" and alone and not j.spells:
            j.spells.append(Spell(self.day, j.open_stage, False))
        verdict = outcome in ("convicted", "acquitted")
        exit = outcome if verdict or outcome == "administratively_finalised" else "dropped"
        if not verdict and j.withdrawn and reason in VICTIM_REASONS:
            exit = "victim_withdrew"
        j.endings += [exit] * (self.prosecutions - len(j.endings) if everybody else 1)
        if len(j.endings) == self.prosecutions:
            j.ends(min(j.endings, key=EXITS.index), self.day)

    # Afterwards

    def speak_after_the_end(self) -> None:
        """A withdrawal after everything is over changes nothing."""
        victim = self.victims[0]
        if not any(j.spells for j in self.of(victim)):
            self._say_withdrew(victim, evidence=True)

    def cancel(self) -> None:
        """One of the crimes was no crime: its journeys are in no figure."""
        crime = self.rng.choice(self.crimes)
        day = max(self.day, self.settled) + timedelta(1 + self.rng.randrange(40))
        if day <= london.HORIZON:
            self.say("police.crime-cancelled", {"crime_reference": crime.reference, "reason": "recorded_twice"}, day)
            for j in self.journeys:
                j.counted = j.counted and j.crime is not crime

"""The generator's own totals: what is true of every journey at the horizon, counted as `metrics.attrition` does (contract 5.2)."""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from simulator import london
from simulator.people import Crime, Journey
from simulator.story import Story

VIOLENCE = ("homicide", "violence_with_injury", "violence_without_injury", "stalking_and_harassment",
            "death_or_serious_injury_unlawful_driving")  # fmt: skip
SEXUAL = ("rape", "other_sexual_offences")
ROBBERY = ("robbery_of_business_property", "robbery_of_personal_property")
OTHERS_OF_THE_REVIEW = ("arson", "criminal_damage", "public_order_offences")
MAY_BE_SEXUAL = ("violence_and_sexual_offences",)

STAGES = {
    "investigation": ("investigation",),
    "charging": ("charging",),
    "awaiting_trial": ("awaiting_trial",),
    "trial": ("trial",),
    "pre_charge": ("investigation", "charging"),
    "post_charge": ("awaiting_trial", "trial"),
    "journey": ("investigation", "charging", "awaiting_trial", "trial"),
}
"""A stage, and the four stages that lie within it."""

COUNTS = (
    "entered",
    "progressed",
    "withdrew",
    "withdrew_evidenced",
    "withdrew_continued",
    "other_exit",
    "convicted",
    "open",
)


class Passage(NamedTuple):
    """How a journey went through one stage. `result`: progressed, withdrew, other_exit, open."""

    stage: str
    left: date | None
    result: str
    evidenced: bool = False
    continued: bool = False
    convicted: bool = False


def offences(crime: Crime, age: int | None) -> list[str]:
    """Every category of contract 5.2 that the crime is in, for a victim of this age."""
    group, flags = crime.group, crime.flags
    adult, child, sexual = age is not None and age > 17, age is not None and age < 18, group in SEXUAL
    fits = {
        "all": True,
        group: True,
        "violence": group in VIOLENCE,
        "sexual": sexual,
        "non_sexual": not sexual and group not in MAY_BE_SEXUAL,
        "adult_rape": group == "rape" and adult,
        "adult_rape_domestic_abuse": group == "rape" and adult and "domestic_abuse" in flags,
        "adult_sexual": sexual and adult,
        "adult_sexual_not_rape": group == "other_sexual_offences" and adult,
        "child_sexual_abuse": "child_sexual_abuse" in flags or (sexual and child),
        "stalking": "stalking" in flags or crime.code == "8Q",
        "domestic_abuse": "domestic_abuse" in flags,
        "serious_youth_violence": "serious_youth_violence" in flags,
        "hate_crime": "hate_crime" in flags,
        "robbery": group in ROBBERY,
    }
    return [category for category, does in fits.items() if does]


def in_review(crime: Crime) -> bool:
    """The review's offences, one victim, one suspect."""
    reviewed = (*VIOLENCE, *SEXUAL, *ROBBERY, *OTHERS_OF_THE_REVIEW)
    return crime.group in reviewed and crime.persons == 1 and crime.suspects == 1


def passages(j: Journey) -> list[Passage]:
    """Every stage that the journey entered, and how it left it."""
    verdict = j.exit in ("convicted", "acquitted")
    found = [
        _passage(j, "investigation", j.referred or j.charged),
        _passage(j, "pre_charge", j.charged),
        _passage(j, "journey", j.exit_at if verdict else None),
    ]
    if j.referred:
        found.append(_passage(j, "charging", j.charged))
    if j.charged:
        found.append(_passage(j, "awaiting_trial", j.tried or (j.exit_at if verdict else None)))
        found.append(_passage(j, "post_charge", j.exit_at if verdict else None))
    if j.tried:
        found.append(_passage(j, "trial", j.exit_at if verdict else None))
    return found


def _passage(j: Journey, stage: str, progressed: date | None) -> Passage:
    here = any(spell.stage in STAGES[stage] for spell in j.spells)
    if progressed:
        convicted = j.exit == "convicted" and progressed == j.exit_at
        return Passage(stage, progressed, "progressed", continued=here, convicted=convicted)
    if j.exit is None:
        return Passage(stage, None, "open")
    if j.exit == "victim_withdrew":
        assert j.withdrawn
        return Passage(stage, j.exit_at, "withdrew", evidenced=j.withdrawn.evidenced)
    return Passage(stage, j.exit_at, "other_exit", continued=here)


class Answers:
    """Add every story; then `document()`."""

    def __init__(self, journeys: int, seed: int) -> None:
        self.parameters = {"journeys": journeys, "seed": seed, "horizon": london.HORIZON.isoformat()}
        self.journeys: list[dict[str, Any]] = []
        self.totals: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * len(COUNTS))

    def add(self, story: Story) -> None:
        for j in story.journeys:
            self.journeys.append(_answer(j))
            if j.counted:
                self._count(j)

    def _count(self, j: Journey) -> None:
        crime = j.crime
        values = (
            ("all", "all"),
            ("force", crime.force),
            ("bcu", f"{crime.force}/{crime.bcu}" if crime.bcu else "missing"),
        )
        cohorts = ("all", "review") if in_review(crime) else ("all",)
        categories = offences(crime, j.victim.age)
        for passage in passages(j):
            counts = _counts(passage)
            months = [("reported", crime.reported)] + ([("exited", passage.left)] if passage.left else [])
            for basis, day in months:
                month = day.replace(day=1).isoformat()
                for cohort in cohorts:
                    for offence in categories:
                        for dimension, value in values:
                            total = self.totals[basis, month, cohort, passage.stage, offence, dimension, value]
                            for n, count in enumerate(counts):
                                total[n] += count

    def document(self) -> dict[str, Any]:
        """`parameters`, `journeys` one each, `attrition` one row for each month, cohort, stage, offence and value. Under the basis
        `exited` only those count who left, and `open` is null."""
        names = ("basis", "period", "cohort", "stage", "offence", "dimension", "value")
        rows = []
        for key, counts in sorted(self.totals.items()):
            row: dict[str, Any] = dict(zip(names, key, strict=True)) | dict(zip(COUNTS, counts, strict=True))
            rows.append(row | ({"open": None} if row["basis"] == "exited" else {}))
        return {"parameters": self.parameters, "journeys": self.journeys, "attrition": rows}


def _counts(p: Passage) -> tuple[int, ...]:
    results = {name: int(p.result == name) for name in ("progressed", "withdrew", "other_exit", "open")}
    more = {
        "entered": 1,
        "withdrew_evidenced": int(p.evidenced),
        "withdrew_continued": int(p.continued),
        "convicted": int(p.convicted),
    }
    counts = results | more
    return tuple(counts[name] for name in COUNTS)


def _answer(j: Journey) -> dict[str, Any]:
    spell = j.withdrawn
    return {
        "journey_id": str(j.id),
        "exit": j.exit,
        "exit_at": _text(j.exit_at),
        "stage": "concluded" if j.exit else j.open_stage,
        "charged_at": _text(j.charged),
        "referred_at": _text(j.referred),
        "withdrew_at": _text(spell.began if spell else None),
        "withdrawal_evidenced": spell.evidenced if spell else None,
        "counted": j.counted,
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None

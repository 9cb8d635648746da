"""The wide row of a journey: its columns, and how a folded journey is written as one line of COPY text."""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from domain.anomaly import Odd
from domain.journey import Journey


class Column(NamedTuple):
    name: str
    type: str
    comment: str
    shown: bool = True  # in journeys.journey


COLUMNS = (
    Column(
        "journey_id", "uuid", "uuid5 of force, crime reference and victim reference: one victim x one reported crime."
    ),
    Column(
        "uvi",
        "text",
        "Unique victim identifier shown for the person: the least of those tied together, given ones before derived.",
    ),
    Column("force", "text", "Police force that recorded the crime."),
    Column("crime_reference", "text", "The force's number for the crime."),
    Column("victim_reference", "text", "The force's number for the victim."),
    Column("bcu", "text", "Basic Command Unit of the crime."),
    Column("cps_area", "text", "CPS area of the lead case."),
    Column("offence_group", "text", "Home Office offence subgroup, by the latest classification."),
    Column("offence_code", "text", "Home Office offence code, by the latest classification."),
    Column("flags", "text[]", "Flags of the crime, such as domestic_abuse, by the latest classification."),
    Column("offences", "text[]", "Every category of offence that the crime is in (without all), sorted."),
    Column("offence_date", "date", "When the offence happened, as reported."),
    Column("location_type", "text", "Kind of place."),
    Column("reporting_route", "text", "How the crime was reported."),
    Column("age", "integer", "Victim's age in years at the report."),
    Column("sex", "text", "Victim's sex."),
    Column("ethnicity_self_defined", "text", "Victim's ethnicity as self-defined (18+1)."),
    Column("ethnicity_officer_observed", "text", "Victim's ethnicity as observed by an officer."),
    Column(
        "vulnerabilities", "text[]", "Victim's recorded vulnerabilities; null where nobody recorded, empty where none."
    ),
    Column("interpreter_language", "text", "Language for which the victim needs an interpreter."),
    Column("suspects", "integer", "Distinct suspects; 1 where a suspect is known without a reference."),
    Column("victims_in_crime", "integer", "Persons who are victims of the crime."),
    Column(
        "suspect_relationship",
        "text",
        "The closest relationship of a suspect to the victim: partner, family, friend, acquaintance, stranger, other.",
    ),
    Column("suspect_known_on_pnc", "boolean", "Whether any suspect is on the Police National Computer."),
    Column("suspect_age", "integer", "Suspect's age in years."),
    Column("suspect_sex", "text", "Suspect's sex."),
    Column("suspect_ethnicity_self_defined", "text", "Suspect's ethnicity as self-defined (18+1)."),
    Column("suspect_ethnicity_officer_observed", "text", "Suspect's ethnicity as observed by an officer."),
    Column("vulnerable", "boolean", "Under 18, or any vulnerability recorded, or enhanced rights."),
    Column("enhanced_rights", "boolean", "Enhanced rights by the latest needs assessment; null where none was made."),
    Column("cohort_review", "boolean", "In the review's cohort: its offences, exactly one victim and one suspect."),
    Column(
        "counted", "boolean", "In the figures: not cancelled, and no other number of the same person in the same crime."
    ),
    Column("stage", "text", "investigation, charging, awaiting_trial, trial or concluded."),
    Column("holder", "text", "Who has the file: police, cps, court or none."),
    Column("holder_since", "date", "Since when."),
    Column(
        "exit",
        "text",
        "How it ended: convicted, acquitted, out_of_court_disposal, victim_withdrew, dropped, cps_no_further_action, "
        "administratively_finalised, taken_into_consideration, police_no_further_action, transferred; null: open.",
    ),
    Column("exit_at", "date", "The last ending; of a withdrawal before a charge its own date."),
    Column("reported_at", "date", "First report."),
    Column("arrested_at", "date", "First arrest."),
    Column("interviewed_at", "date", "First interview of a suspect."),
    Column("referred_at", "date", "First full-code or threshold referral of the lead case, else its receipt."),
    Column("referral_received_at", "date", "First receipt of the lead case by CPS, but of early advice."),
    Column("charged_at", "date", "First decision to charge."),
    Column("first_hearing_at", "date", "First hearing that took place."),
    Column("first_trial_date", "date", "The date that the first trial was first listed for."),
    Column("first_trial_listed_at", "date", "When a trial was first listed."),
    Column("trial_started_at", "date", "First effective trial."),
    Column("concluded_at", "date", "When the journey was concluded."),
    Column("withdrew_at", "date", "Beginning of the withdrawal that stands."),
    Column("withdrew_stage", "text", "The stage in which it began."),
    Column("first_withdrew_at", "date", "Beginning of the first withdrawal."),
    Column("withdrawals", "integer", "Spells: times during which a withdrawal stood, or stands."),
    Column("withdrew_stages", "text[]", "The stages in which they began."),
    Column("withdrawal_evidenced", "boolean", "Whether the withdrawal that stands has evidence behind it."),
    Column("withdrawal_reasons", "text[]", "Reasons of the withdrawal that stands."),
    Column("cps_days", "integer", "Days for which CPS held the file before charge, of the lead case, closed clock."),
    Column(
        "police_days",
        "integer",
        "Days for which police held the file after the referral, of the lead case, closed clock.",
    ),
    Column("action_plans", "integer", "Action plans issued by CPS."),
    Column("hearings", "integer", "Hearings listed."),
    Column("adjournments", "integer", "Hearings adjourned."),
    Column("ineffective_trials", "integer", "Trials recorded ineffective."),
    Column("vacated_trials", "integer", "Trials vacated."),
    Column("next_trial_date", "date", "Date of the next trial without an outcome."),
    Column("last_victim_update_at", "date", "Last update of the victim by police."),
    Column("support_services", "text[]", "Support services started."),
    Column("reopened", "integer", "How often it returned to open after an end."),
    Column("cancelled", "boolean", "The crime was cancelled: in no figure."),
    Column("anomalies", "text[]", "Codes of what is odd about the journey."),
    Column("facts", "integer", "Facts of the journey."),
    Column("known_at", "timestamptz", "When this system stored the latest of them."),
    Column(
        "observed_until",
        "date",
        "The last day on which the source that reported it was observed: nothing counts as open after it. Null: it still is.",
    ),
    Column("path", "text", "What became of each stage entered: a word a stage, as `stage_word` spells it.", False),
    Column("exit_paths", "text[]", "The same by month: its first day, then a word for each stage left in it.", False),
    Column(
        "police_outcome", "text", "The latest outcome as police recorded it: day, 1 without a time, time, code.", False
    ),
    Column("services_started", "text[]", "Each support service with the day of its first start.", False),
    Column("pre_charge_left", "date", "When it was charged, or ended before that.", False),
    Column("delays", "jsonb", "Each interval begun.", False),
    Column("cases", "jsonb", "Each case, by its own facts.", False),
    Column("prosecutions", "jsonb", "Each prosecution that ended with a result about the crime.", False),
    Column("hearing_rows", "jsonb", "Each hearing.", False),
    Column("trials", "jsonb", "Each trial.", False),
    Column("odd", "text[]", "Each anomaly by source and month of the odd fact, as `odd_word` spells it.", False),
    Column("spells", "jsonb", "Each spell of withdrawal.", False),
    Column("waits", "jsonb", "Each wait still running.", False),
    Column("signals", "jsonb", "What alerts may be raised by, beside the other columns.", False),
    Column("deadlines", "jsonb", "Each deadline to update the victim, those with no end as one run.", False),
    Column("reference_rows", "jsonb", "Each reference that leads to the journey.", False),
    Column("positions", "bigint[]", "Positions of its facts in the log, in the order of the journey.", False),
    Column("stages_after", "text[]", "The stage after each of them.", False),
    Column("holders_after", "text[]", "The holder after each of them.", False),
)
NAMES = tuple(column.name for column in COLUMNS)
LONG = tuple(i for i, column in enumerate(COLUMNS) if column.type == "jsonb")
"""The numbers of those that may be long; in the journeys of one case many are alike."""
PARTS = "parts"
PLAIN = (
    "toast_tuple_target = 8160"  # of a row of two or three thousand bytes, compression takes longer than writing them
)

_STAGE_LETTER = {
    "pre_charge": "P",
    "post_charge": "Q",
    "journey": "J",
    "investigation": "I",
    "charging": "C",
    "awaiting_trial": "A",
    "trial": "T",
}
_RESULT_LETTER = {"progressed": "p", "withdrew": "w", "other_exit": "x", "open": "o"}


def table_sql() -> str:
    columns = ",\n    ".join(f"{column.name} {column.type}" for column in COLUMNS)
    return f"CREATE TABLE journey (\n    {columns},\n    {PARTS} bigint[] NOT NULL\n) WITH ({PLAIN})"


def _text(value: str) -> str:
    if "\\" in value or "\t" in value or "\n" in value or "\r" in value:
        value = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return value


def _array(values: Collection[str]) -> str:
    return "{" + _json(values)[1:-1] + "}"  # of printable text an array is spelled as JSON spells it


def _json(value: Any) -> str:
    text = orjson.dumps(value).decode()  # with no control character but as an escape
    return text.replace("\\", "\\\\") if "\\" in text else text


def numbers(values: list[int]) -> str:
    return "{" + _json(values)[1:-1] + "}"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "uuid": str,
    "text": _text,
    "integer": str,
    "boolean": lambda value: "t" if value else "f",
    "date": dt.date.isoformat,
    "timestamptz": dt.datetime.isoformat,
    "text[]": _array,
    "bigint[]": numbers,
    "jsonb": _json,
}


class Row(NamedTuple):
    """A journey as COPY text: `fields` by column, `parts` one number a figure, which differ when what that figure reads does,
    then one for the references, one for the signals, and last one for the whole row."""

    journey_id: UUID
    fields: tuple[str, ...]
    parts: list[int]

    def line(self) -> bytes:
        return ("\t".join(self.fields) + "\t" + numbers(self.parts) + "\n").encode()


class Writer:
    """Makes rows of folded journeys. What many of them have alike is written once, and hashed once.

    `figures`: for each figure the numbers of the columns that it reads, two or more. It goes by which objects the journeys share:
    they must live as long as it does.
    """

    def __init__(self, figures: Collection[Collection[int]]) -> None:
        self._figures = [(itemgetter(*numbers), dict[tuple[str, ...], int]()) for numbers in figures]
        self._written: dict[tuple[int, int], str] = {}  # by column and object

    def row(self, journey: Journey) -> Row:
        fields = ["\\N" if (value := value_of(journey)) is None else write(value) for value_of, write in _OWN]
        for i, value_of, write, shared in _WRITTEN_ONCE:
            key = i, id(shared(journey))
            if key not in self._written:
                value = value_of(journey)
                self._written[key] = "\\N" if value is None else write(value)
            fields.insert(i, self._written[key])
        row = tuple(fields)
        parts = []
        for columns, known in self._figures:
            read = columns(row)
            part = known.get(read)
            if part is None:
                part = known[read] = _hash(read)
            parts.append(part)
        parts.append(_hash(row))
        return Row(journey.journey_id, row, parts)


def stage_word(stage: Mapping[str, Any]) -> str:
    """What became of a stage, in two to four letters: the stage (P pre_charge, Q post_charge, J journey, I investigation,
    C charging, A awaiting_trial, T trial), its result (p progressed, w withdrew, e withdrew with evidence, x other exit, o open),
    `+` where a withdrawal began in it and it was left otherwise, `*` where it was left by a conviction."""
    result = "e" if stage["evidenced"] else _RESULT_LETTER[str(stage["result"])]
    return _STAGE_LETTER[str(stage["stage"])] + result + "+" * bool(stage["continued"]) + "*" * bool(stage["convicted"])


def exit_paths(stages: Iterable[Mapping[str, Any]]) -> list[str]:
    months: dict[str, list[str]] = {}
    for stage in stages:
        if stage["left"]:
            months.setdefault(stage["left"][:8] + "01", []).append(stage_word(stage))
    return [" ".join((month, *sorted(words))) for month, words in sorted(months.items())]


def pre_charge_left(stages: Iterable[Mapping[str, Any]]) -> dt.date | None:
    (left,) = (stage["left"] for stage in stages if stage["stage"] == "pre_charge")
    return dt.date.fromisoformat(left) if left else None


def odd_word(odd: Odd) -> str:
    """An anomaly as a word each for the first day of the month, the code, the source."""
    return f"{odd.month} {odd.code} {odd.source}"


_VALUES: dict[str, Callable[[Journey], Any]] = {
    "path": lambda journey: " ".join(sorted(map(stage_word, journey.stages))),
    "exit_paths": lambda journey: exit_paths(journey.stages),
    "pre_charge_left": lambda journey: pre_charge_left(journey.stages),
    "hearings": lambda journey: len(journey.hearings),
    "hearing_rows": attrgetter("hearings"),
    "odd": lambda journey: [odd_word(odd) for odd in journey.odd],
    "reference_rows": attrgetter("references"),
    "positions": lambda journey: [entry[0] for entry in journey.timeline],
    "stages_after": lambda journey: [entry[1] for entry in journey.timeline],
    "holders_after": lambda journey: [entry[2] for entry in journey.timeline],
}
_SHARED: dict[str, Callable[[Journey], Any]] = {  # by many journeys of one course
    **dict.fromkeys(("path", "exit_paths", "pre_charge_left"), attrgetter("stages")),
    **{name: attrgetter(name) for name in ("delays", "cases", "trials", "spells", "waits", "signals", "deadlines")},
    "hearing_rows": attrgetter("hearings"),
}
_VALUE_OF = {c.name: _VALUES.get(c.name, attrgetter(c.name)) for c in COLUMNS}
_OWN = [(_VALUE_OF[c.name], _WRITERS[c.type]) for c in COLUMNS if c.name not in _SHARED]
_WRITTEN_ONCE = [
    (i, _VALUE_OF[c.name], _WRITERS[c.type], _SHARED[c.name]) for i, c in enumerate(COLUMNS) if c.name in _SHARED
]


def _hash(fields: Iterable[str]) -> int:
    return int.from_bytes(hashlib.sha256("\t".join(fields).encode()).digest()[:8], "big", signed=True)

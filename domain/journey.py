"""A journey, as the fold of its facts tells it (contract 3, 4 and 5.1)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.anomaly import Odd
from domain.delay import Delay

ENTRY = tuple[int, str, str]


@dataclass(slots=True)
class Journey:
    """One victim x one reported crime, as the facts now stand. Dates are London's; inside lists of objects they are ISO text."""

    journey_id: UUID
    uvi: str
    force: str
    crime_reference: str
    victim_reference: str
    bcu: str | None
    cps_area: str | None
    offence_group: str
    offence_code: str | None
    flags: list[str]
    offences: list[str]
    offence_date: dt.date | None
    location_type: str | None
    reporting_route: str | None
    age: int | None
    sex: str | None
    ethnicity_self_defined: str | None
    ethnicity_officer_observed: str | None
    vulnerabilities: list[str] | None
    interpreter_language: str | None
    suspects: int
    victims_in_crime: int
    suspect_relationship: str | None
    suspect_known_on_pnc: bool | None
    suspect_age: int | None
    suspect_sex: str | None
    suspect_ethnicity_self_defined: str | None
    suspect_ethnicity_officer_observed: str | None
    vulnerable: bool
    enhanced_rights: bool | None
    cohort_review: bool
    counted: bool
    stage: str
    holder: str
    holder_since: dt.date
    exit: str | None
    exit_at: dt.date | None
    reported_at: dt.date
    arrested_at: dt.date | None
    interviewed_at: dt.date | None
    referred_at: dt.date | None
    referral_received_at: dt.date | None
    charged_at: dt.date | None
    first_hearing_at: dt.date | None
    first_trial_date: dt.date | None
    first_trial_listed_at: dt.date | None
    trial_started_at: dt.date | None
    concluded_at: dt.date | None
    withdrew_at: dt.date | None
    withdrew_stage: str | None
    first_withdrew_at: dt.date | None
    withdrawals: int
    withdrew_stages: list[str]
    withdrawal_evidenced: bool | None
    withdrawal_reasons: list[str] | None
    cps_days: int | None
    police_days: int | None
    action_plans: int
    adjournments: int
    ineffective_trials: int
    vacated_trials: int
    next_trial_date: dt.date | None
    last_victim_update_at: dt.date | None
    support_services: list[str]
    services_started: list[str]
    reopened: int
    cancelled: bool
    anomalies: list[str]
    facts: int
    known_at: dt.datetime
    observed_until: dt.date | None
    stages: list[dict[str, Any]]
    delays: list[Delay]
    cases: list[dict[str, Any]]
    prosecutions: list[dict[str, Any]]
    hearings: list[dict[str, Any]]
    trials: list[dict[str, Any]]
    spells: list[dict[str, Any]]
    waits: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    references: list[dict[str, Any]]
    timeline: list[ENTRY]
    turns: list[dt.date]
    police_outcome: str | None
    signals: dict[str, list[dict[str, Any]]]
    odd: list[Odd]

    def open_on(self, day: dt.date) -> bool:
        """Whether it was reported and not concluded at some time of this day."""
        if day < self.reported_at:
            return False
        began = sum(turn < day for turn in self.turns)
        return began % 2 == 0 or day in self.turns

"""The relations that are read (contract 5.1 and 5.2): what they are called, and that each says what it is."""

import pytest

from projections.figures import figures
from tests.integration.projections.world import World

COLUMNS = {
    "journeys.journey": """
        journey_id uvi force bcu cps_area offence_group offence_code flags offences crime_reference victim_reference offence_date
        location_type reporting_route age sex ethnicity_self_defined ethnicity_officer_observed vulnerabilities
        interpreter_language suspects victims_in_crime suspect_relationship suspect_known_on_pnc vulnerable cohort_review stage
        holder holder_since exit exit_at reported_at arrested_at interviewed_at referred_at referral_received_at charged_at
        first_hearing_at first_trial_date first_trial_listed_at trial_started_at concluded_at withdrew_at withdrew_stage
        first_withdrew_at withdrawals withdrew_stages withdrawal_evidenced withdrawal_reasons cps_days police_days action_plans
        hearings adjournments ineffective_trials vacated_trials next_trial_date last_victim_update_at support_services reopened
        cancelled anomalies facts known_at""",
    "journeys.case": """
        urn cps_area forces received_at referred_at in_custody decided_at decision charged_at cps_days police_days action_plans
        returned_at_triage holder prosecutions journeys""",
    "journeys.trial": """
        hearing_id date court region jurisdiction listed_at times_moved outcome reason_code reason party victim_related cases
        persons""",
    "journeys.timeline": """
        journey_id position occurred_at recorded_at known_at type source event_id stage_after holder_after voided data""",
    "journeys.hearing": "hearing_id journey_id court hearing_type listed_for times_moved outcome reason_code",
    "journeys.open_wait": "journey_id wait since days due_at",
    "journeys.reference": "scheme value journey_id method since until score by",
    "journeys.unlinked": "scheme value victim_reference source reason events first_known_at last_known_at",
    "journeys.broken": "journey_id error since",
    "metrics.alert": """
        period rule force bcu court raised acknowledged median_hours_to_acknowledge resolved_by_itself repeated""",
    "metrics.attrition": """
        period offence dimension value basis cohort stage entered progressed withdrew withdrew_evidenced withdrew_continued
        other_exit convicted open withdrawal_rate rate_low rate_high provisional""",
    "metrics.charging": """
        period offence dimension value basis referrals triaged returned_at_triage decisions charged with_action_plan action_plans
        share_with_action_plan not_in_custody within_28_days within_28_days_cps open open_over_28 open_over_90 open_over_180""",
    "metrics.trial": """
        period dimension value court region jurisdiction trials effective cracked ineffective vacated vacated_not_needed
        ineffective_rate rate_low rate_high victims_affected""",
    "metrics.trial_reason": """
        period dimension value court region jurisdiction outcome reason_code reason party victim_related trials""",
    "metrics.listing": "period offence dimension value court region force trials victims vulnerable_victims",
    "metrics.outcome": "period offence dimension value basis outcome_code crimes share",
    "metrics.backlog": "period offence dimension value cps_area stage holder vulnerable wait_band journeys cases",
    "metrics.delay": """
        period offence dimension value unit basis interval completed imprecise open lost mean_days median_days p90_days max_days
        open_median_days""",
    "metrics.withdrawal_audit": """
        period offence dimension value outcome_code withdrawals evidenced unevidenced reason_recorded checklist_completed
        evidenced_rate audited audited_correct correct_rate""",
    "metrics.withdrawal_reason": "period offence dimension value stage reason withdrawals",
    "metrics.withdrawal_timing": "period offence dimension value cohort band withdrawals",
    "metrics.post_charge": """
        period offence dimension value finalised convicted acquitted dropped administratively_finalised not_convicted
        victim_retraction victim_non_attendance victim_evidence not_convicted_victim dropped_victim share_of_finalised
        share_of_not_convicted share_of_dropped victims_withdrew victims_withdrew_case_continued""",
    "metrics.contact": "period offence dimension value due met rate",
    "metrics.data_quality": "period offence dimension value field present missing missing_rate",
    "metrics.freshness": "source last_event_known_at last_occurred_at accepted duplicates rejected unlinked lag_seconds",
}
"""The columns that the contract names; `journeys.journey` with the attributes of a report written out."""

TYPES = {
    "uuid": "journey_id",
    "integer": """age suspects victims_in_crime withdrawals cps_days police_days action_plans hearings adjournments
        ineffective_trials vacated_trials reopened facts journeys times_moved persons position days events max_days""",
    "bigint": """
        referrals triaged decisions charged with_action_plan not_in_custody within_28_days within_28_days_cps open_over_28
        open_over_90 open_over_180 trials effective cracked ineffective vacated vacated_not_needed victims_affected victims
        vulnerable_victims crimes
        entered progressed withdrew withdrew_evidenced withdrew_continued other_exit convicted open completed imprecise
        lost accepted duplicates rejected unlinked
        evidenced unevidenced reason_recorded checklist_completed audited audited_correct
        finalised acquitted dropped administratively_finalised not_convicted victim_retraction victim_non_attendance
        victim_evidence not_convicted_victim dropped_victim victims_withdrew victims_withdrew_case_continued due met
        present missing raised resolved_by_itself repeated""",
    "double precision": """share_with_action_plan ineffective_rate share
        withdrawal_rate rate_low rate_high mean_days median_days p90_days open_median_days lag_seconds score
        evidenced_rate correct_rate share_of_finalised share_of_not_convicted share_of_dropped rate
        missing_rate median_hours_to_acknowledge""",
    "boolean": """suspect_known_on_pnc vulnerable cohort_review withdrawal_evidenced cancelled in_custody returned_at_triage
        victim_related voided provisional""",
    "text[]": """flags offences vulnerabilities withdrew_stages withdrawal_reasons support_services anomalies forces
        cases""",
    "jsonb": "prosecutions data",
    "date": """offence_date holder_since exit_at reported_at arrested_at interviewed_at referred_at referral_received_at charged_at
        first_hearing_at first_trial_date first_trial_listed_at trial_started_at concluded_at withdrew_at first_withdrew_at
        next_trial_date last_victim_update_at received_at decided_at date listed_at listed_for due_at period until""",
    "timestamp with time zone": """known_at occurred_at recorded_at first_known_at last_known_at
        last_event_known_at last_occurred_at""",
}
TYPE_OF = {name: type for type, names in TYPES.items() for name in names.split()}

UNCOMMENTED = """
SELECT 'schema ' || nspname AS what FROM pg_namespace
WHERE nspname IN ('log', 'journeys', 'metrics', 'projection', 'alerts') AND obj_description(oid, 'pg_namespace') IS NULL
UNION ALL
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('log', 'journeys', 'metrics', 'projection', 'alerts') AND c.relkind IN ('r', 'v', 'm', 'S', 'p')
  AND c.oid NOT IN (SELECT objid FROM pg_depend WHERE deptype IN ('a', 'i') AND refobjsubid > 0)
  AND obj_description(c.oid, 'pg_class') IS NULL
UNION ALL
SELECT c.oid::regclass || '.' || a.attname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('log', 'journeys', 'metrics', 'projection', 'alerts') AND c.relkind IN ('r', 'v', 'm', 'p')
  AND a.attnum > 0 AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL
UNION ALL
SELECT 'function ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname IN ('log', 'journeys', 'metrics', 'projection', 'alerts') AND obj_description(p.oid, 'pg_proc') IS NULL
"""

READ = """
SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""


@pytest.mark.parametrize("relation", COLUMNS)
def test_a_relation_has_the_columns_of_the_contract(world: World, relation: str) -> None:
    world.build()
    types = {row["name"]: row["type"] for row in world.rows(READ, relation)}
    named = COLUMNS[relation].split()
    assert [name for name in named if name not in types] == []
    expected = {name: TYPE_OF.get(name, "text") for name in named}
    if relation == "journeys.broken":
        expected["since"] = "timestamp with time zone"
    if relation in ("journeys.open_wait", "journeys.reference"):
        expected["since"] = "date"
    if relation == "metrics.outcome":
        expected["outcome_code"] = "integer"
    if relation == "metrics.backlog":
        expected |= dict.fromkeys(("journeys", "cases"), "bigint")
    if relation == "metrics.charging":
        expected |= dict.fromkeys(("returned_at_triage", "action_plans"), "bigint")
    if relation == "metrics.alert":
        expected["acknowledged"] = "bigint"
    if relation.startswith("metrics.withdrawal_"):
        expected["withdrawals"] = "bigint"
    assert {name: types[name] for name in named} == expected


def test_every_schema_relation_column_and_function_says_what_it_is(world: World) -> None:
    world.build()
    assert [row["what"] for row in world.rows(UNCOMMENTED)] == []


def test_comments_come_in_the_order_of_the_columns(world: World) -> None:
    world.build()
    query = """SELECT array_agg(attname::text ORDER BY attnum) AS columns FROM pg_attribute
               WHERE attrelid = to_regclass('metrics.' || %s) AND attnum > 0"""
    for figure in figures():
        (row,) = world.rows(query, figure.name)
        assert tuple(row["columns"]) == figure.shown

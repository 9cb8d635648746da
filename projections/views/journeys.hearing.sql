-- @view
SELECT h.hearing_id, j.journey_id, h.court, h.hearing_type, h.jurisdiction, h.listed_for, h.listed_at, h.times_moved, h.outcome, h.reason_code
FROM {build}.journey j
CROSS JOIN LATERAL jsonb_to_recordset(j.hearing_rows) AS h(
    hearing_id text, court text, hearing_type text, jurisdiction text, listed_for date, listed_at date, times_moved integer, outcome text,
    reason_code text)

-- @comments
-- relation: One row a hearing and journey.
-- hearing_id: The court's reference of the hearing.
-- journey_id: The journey.
-- court: Court, as listed.
-- hearing_type: HMCTS code; TRL and TNW are trials.
-- jurisdiction: crown or magistrates.
-- listed_for: The date for which it is listed now.
-- listed_at: When it was first listed.
-- times_moved: How often its date changed.
-- outcome: Outcome of a trial: effective, cracked, ineffective, vacated.
-- reason_code: HMCTS reason code of the outcome.

-- @view
SELECT t.hearing_id, t.date, min(t.court) AS court, coalesce(min(r.region), 'missing') AS region, min(t.jurisdiction) AS jurisdiction,
       min(t.listed_at) AS listed_at, max(t.times_moved) AS times_moved, min(t.outcome) AS outcome, min(t.reason_code) AS reason_code,
       min(w.label) AS reason, min(w.party) AS party, bool_or(w.victim_related) AS victim_related,
       array_agg(DISTINCT u.urn ORDER BY u.urn) AS cases, (count(DISTINCT j.uvi) FILTER (WHERE j.counted))::integer AS persons
FROM {build}.journey j
CROSS JOIN LATERAL jsonb_to_recordset(j.trials) AS t(
    hearing_id text, date date, court text, jurisdiction text, listed_at date, times_moved integer, outcome text, reason_code text, cases jsonb)
CROSS JOIN LATERAL jsonb_array_elements_text(t.cases) AS u(urn)
LEFT JOIN {build}.court_region r ON r.court = t.court
LEFT JOIN {build}.trial_reason w ON w.outcome = t.outcome AND w.code = t.reason_code AND w.jurisdiction = coalesce(t.jurisdiction, 'crown')
GROUP BY t.hearing_id, t.date

-- @comments
-- relation: One row a trial: a hearing of type TRL or TNW on one listed date, however many cases, defendants, days and victims. Only trials that at least one journey leads to.
-- hearing_id: The court's reference of the hearing.
-- date: The date for which it was last listed.
-- court: Court, as listed.
-- region: Region of the court; missing where its code says none.
-- jurisdiction: crown or magistrates.
-- listed_at: When it was first listed; a new date does not change it, unless the trial before had an outcome.
-- times_moved: How often its date had changed.
-- outcome: effective, cracked, ineffective or vacated; null: none yet.
-- reason_code: HMCTS code of the reason.
-- reason: What the code means.
-- party: Who brought it about: prosecution, defence, court or other.
-- victim_related: The reason is about a victim or witness.
-- cases: URNs that lead to it.
-- persons: Victims whose journeys in the figures lead to it; 0 where all of its crimes were cancelled.

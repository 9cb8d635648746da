-- @view
SELECT c.urn, min(c.cps_area) AS cps_area, array_agg(DISTINCT j.force ORDER BY j.force) AS forces,
       min(c.received_at) AS received_at, min(c.referred_at) AS referred_at, bool_or(c.in_custody) AS in_custody,
       min(c.decided_at) AS decided_at, min(c.decision) AS decision, min(c.charged_at) AS charged_at,
       min(c.cps_days) AS cps_days, min(c.police_days) AS police_days, max(c.action_plans) AS action_plans,
       bool_or(c.returned_at_triage) AS returned_at_triage, min(c.holder) AS holder,
       (array_agg(c.prosecutions ORDER BY j.journey_id))[1] AS prosecutions, (count(*) FILTER (WHERE j.counted))::integer AS journeys
FROM {build}.journey j
CROSS JOIN LATERAL jsonb_to_recordset(j.cases) AS c(
    urn text, cps_area text, received_at date, referred_at date, in_custody boolean, decided_at date, decision text, charged_at date,
    cps_days integer, police_days integer, action_plans integer, returned_at_triage boolean, holder text, prosecutions jsonb)
GROUP BY c.urn

-- @comments
-- relation: One row a case (URN), by its own facts. Every journey of a case says the same of it.
-- urn: Unique reference number of the case.
-- cps_area: CPS area.
-- forces: Police forces whose crimes are in it.
-- received_at: First receipt by CPS, early advice included.
-- referred_at: First full-code or threshold submission, else receipt.
-- in_custody: Whether a suspect was in custody at the referral.
-- decided_at: First decision that is not an administrative finalisation.
-- decision: That decision.
-- charged_at: First decision to charge.
-- cps_days: Days for which CPS held the file, closed clock.
-- police_days: Days for which police held it after the referral, closed clock.
-- action_plans: Action plans issued.
-- returned_at_triage: Returned at the first triage.
-- holder: Who has the file.
-- prosecutions: One object a defendant: suspect_reference, outcome, reason, finalised_at.
-- journeys: Journeys in the figures that lead to it; 0 where all of its crimes were cancelled.

-- Why trials do not go ahead. It has no counts of its own: those of `trial` have the reason.
-- @reads

-- @comments
-- relation: Why trials did not go ahead. Unit: trial, as in metrics.trial; those that were effective are left out. A code means something only together with the outcome and the jurisdiction. Source: the review, section on the courts; HMCTS's list of reasons.
-- period: Month (its first day) that the trial was listed for; of a vacated one the month in which it was vacated.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- court: Court, as listed; missing where nobody said.
-- region: Region of the court; missing where its code says none.
-- jurisdiction: crown or magistrates; missing where nobody said: the code is then read as the Crown Court's.
-- outcome: cracked, ineffective or vacated.
-- reason_code: HMCTS code of the reason; missing where none was recorded. Vacated with reason Z is in no count.
-- reason: What the code means with this outcome in this jurisdiction; null where the code is missing or not in HMCTS's list.
-- party: Who brought it about: prosecution, defence, court or other; null likewise.
-- victim_related: The reason is about a victim or witness; null likewise.
-- trials: Trials.

-- @view
WITH one AS (
    SELECT DISTINCT t.period, v.dimension, v.value, t.court, t.jurisdiction, t.outcome, t.reason_code, t.key
    FROM {build}.trial t
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', t.force), ('bcu', t.bcu)) AS v(dimension, value)
    WHERE t.n > 0 AND t.outcome <> 'effective'
), summed AS (
    SELECT period, dimension, value, court, jurisdiction, outcome, reason_code, count(*) AS trials FROM one GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT s.period, s.dimension, s.value, s.court, coalesce(r.region, 'missing') AS region, s.jurisdiction, s.outcome, s.reason_code,
       w.label AS reason, w.party, w.victim_related, s.trials
FROM summed s
LEFT JOIN {build}.court_region r ON r.court = s.court
LEFT JOIN {build}.trial_reason w
       ON w.outcome = s.outcome AND w.code = s.reason_code
      AND w.jurisdiction = CASE s.jurisdiction WHEN 'missing' THEN 'crown' ELSE s.jurisdiction END

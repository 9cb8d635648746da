-- Which trials go ahead.
-- @reads trials, uvi, force, bcu

-- A trial is brought by each of its journeys; it counts once in every value that any of them has. `person` is a hash of the UVI.
-- @table trial
CREATE TABLE trial (
    period date NOT NULL,
    court text NOT NULL,
    jurisdiction text NOT NULL,
    outcome text NOT NULL,
    reason_code text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    key text NOT NULL,
    person bigint NOT NULL,
    n integer NOT NULL
);

-- @counts trial
SELECT date_trunc('month', CASE t.outcome WHEN 'vacated' THEN t.outcome_at ELSE t.date END)::date AS period,
       coalesce(t.court, 'missing') AS court, coalesce(t.jurisdiction, 'missing') AS jurisdiction, t.outcome,
       coalesce(t.reason_code, 'missing') AS reason_code, coalesce(r.force, 'missing') AS force,
       coalesce(r.force || '/' || r.bcu, 'missing') AS bcu, t.hearing_id || ' ' || t.date AS key, hashtextextended(r.uvi, 0) AS person,
       sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.trials) AS t(
    hearing_id text, date date, court text, jurisdiction text, outcome text, reason_code text, outcome_at date)
WHERE t.outcome IS NOT NULL AND (t.outcome = 'vacated' AND t.reason_code = 'Z') IS NOT TRUE
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- @comments
-- relation: How many trials went ahead on their day. Unit: trial (a hearing of type TRL or TNW on one listed date, however many cases, defendants, days and victims). Only trials with at least one journey (not of a cancelled crime), and with an outcome; a trial counts once in every value that any of its journeys has. Source: the review, section on the courts; HMCTS's definitions.
-- period: Month (its first day) that the trial was listed for; of a vacated one the month in which it was vacated.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- court: Court, as listed; missing where nobody said.
-- region: Region of the court; missing where its code says none.
-- jurisdiction: crown or magistrates; missing where nobody said.
-- trials: effective + cracked + ineffective. Vacated trials are beside them.
-- effective: Trials that went ahead on the day.
-- cracked: Trials that did not go ahead and are not needed any more.
-- ineffective: Trials that did not go ahead on the day and need another.
-- vacated: Trials that were taken out of the list before their day; those moved to another court or entered in error (reason Z) in no count.
-- vacated_not_needed: Of these, not needed any more (reasons A, L, M, N, O, Q).
-- ineffective_rate: ineffective / trials. Null where there is no trial.
-- rate_low: Lower bound of the 95 % Wilson score interval, no continuity correction.
-- rate_high: Upper bound of the 95 % Wilson score interval, no continuity correction.
-- victims_affected: Persons times ineffective trials: who is hit by two counts twice; two numbers or crimes of one person in one trial count once.

-- @view
WITH one AS (
    SELECT t.period, v.dimension, v.value, t.court, t.jurisdiction, t.outcome, t.reason_code, t.key, count(DISTINCT t.person) AS persons
    FROM {build}.trial t
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', t.force), ('bcu', t.bcu)) AS v(dimension, value)
    WHERE t.n > 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), summed AS (
    SELECT period, dimension, value, court, jurisdiction,
           count(*) FILTER (WHERE outcome <> 'vacated') AS trials,
           count(*) FILTER (WHERE outcome = 'effective') AS effective,
           count(*) FILTER (WHERE outcome = 'cracked') AS cracked,
           count(*) FILTER (WHERE outcome = 'ineffective') AS ineffective,
           count(*) FILTER (WHERE outcome = 'vacated') AS vacated,
           count(*) FILTER (WHERE outcome = 'vacated' AND reason_code IN ('A', 'L', 'M', 'N', 'O', 'Q')) AS vacated_not_needed,
           coalesce(sum(persons) FILTER (WHERE outcome = 'ineffective'), 0)::bigint AS victims_affected
    FROM one GROUP BY 1, 2, 3, 4, 5
)
SELECT s.period, s.dimension, s.value, s.court, coalesce(r.region, 'missing') AS region, s.jurisdiction, s.trials, s.effective, s.cracked,
       s.ineffective, s.vacated, s.vacated_not_needed, s.ineffective::float8 / nullif(s.trials, 0) AS ineffective_rate,
       metrics.wilson_low(s.ineffective, s.trials) AS rate_low, metrics.wilson_high(s.ineffective, s.trials) AS rate_high,
       s.victims_affected
FROM summed s
LEFT JOIN {build}.court_region r ON r.court = s.court

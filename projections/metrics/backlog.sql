-- What waits, where, with whom and since when.
-- @reads offences, force, bcu, cps_area, stage, holder, vulnerable, waits, cases, observed_until

-- `since`: the wait of the stage; `until`: up to when the source that reported the journey was observed.
-- @table backlog
CREATE TABLE backlog (
    since date NOT NULL,
    until date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    cps_area text NOT NULL,
    stage text NOT NULL,
    holder text NOT NULL,
    vulnerable boolean NOT NULL,
    n integer NOT NULL
);

-- @counts backlog
SELECT w.since, coalesce(r.observed_until, 'infinity'::date) AS until, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu, coalesce(r.cps_area, 'missing') AS cps_area,
       r.stage, r.holder, r.vulnerable, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.waits) AS w(wait text, since date)
WHERE w.wait IN ('investigation', 'charging_decision', 'trial', 'conclusion')
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- The cases of these journeys that have not ended; a case is brought by each of its journeys.
-- @table backlog_case
CREATE TABLE backlog_case (
    since date NOT NULL,
    until date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    cps_area text NOT NULL,
    stage text NOT NULL,
    holder text NOT NULL,
    vulnerable boolean NOT NULL,
    key text NOT NULL,
    n integer NOT NULL
);

-- @counts backlog_case
SELECT w.since, coalesce(r.observed_until, 'infinity'::date) AS until, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu, coalesce(r.cps_area, 'missing') AS cps_area,
       r.stage, r.holder, r.vulnerable, c.urn AS key, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.waits) AS w(wait text, since date)
CROSS JOIN LATERAL jsonb_to_recordset(r.cases) AS c(urn text, holder text)
WHERE w.wait IN ('investigation', 'charging_decision', 'trial', 'conclusion') AND c.holder <> 'none'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

-- @comments
-- relation: What waits on metrics.reading_date(), where, with whom and for how long. Unit: journey that has not ended (cancelled crimes in none), as the facts now stand. Source: the review, sections on charging and on the courts.
-- period: The date on which it is read: metrics.reading_date().
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- cps_area: CPS area of the lead case, else of the force; missing where it has none.
-- stage: investigation, charging, awaiting_trial or trial.
-- holder: Who has the file: police, cps or court.
-- vulnerable: The victim is under 18, or any vulnerability was recorded, or enhanced rights.
-- wait_band: Age of the wait of the stage, days (0-28, 29-90, 91-180, 181-365, 366+): in investigation since the report, in charging since the referral, after that since the charge; up to period, or up to the last day on which the source that reported the journey was observed, if that is before. What began after that day is in no row.
-- journeys: Journeys.
-- cases: Cases (URNs) of these journeys that have not ended, each once in a row.

-- @view
WITH unit AS (
    SELECT since, until, offences, force, bcu, cps_area, stage, holder, vulnerable, '' AS key, n FROM {build}.backlog WHERE n > 0
    UNION ALL
    SELECT since, until, offences, force, bcu, cps_area, stage, holder, vulnerable, key, 0 FROM {build}.backlog_case WHERE n > 0
), banded AS (
    SELECT CASE WHEN a.days <= 28 THEN '0-28' WHEN a.days <= 90 THEN '29-90' WHEN a.days <= 180 THEN '91-180' WHEN a.days <= 365 THEN '181-365'
                ELSE '366+' END AS wait_band,
           u.offences, u.force, u.bcu, u.cps_area, u.stage, u.holder, u.vulnerable, u.key, sum(u.n) AS n
    FROM unit u
    CROSS JOIN LATERAL (SELECT least((SELECT metrics.reading_date()), u.until) - u.since AS days) AS a
    WHERE a.days >= 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
)
SELECT (SELECT metrics.reading_date()) AS period, o.offence, v.dimension, v.value, b.cps_area, b.stage, b.holder, b.vulnerable, b.wait_band,
       sum(b.n)::bigint AS journeys, count(DISTINCT nullif(b.key, '')) AS cases
FROM banded b
CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(b.offences, ' ')) AS o
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', b.force), ('bcu', b.bcu)) AS v(dimension, value)
GROUP BY 2, 3, 4, 5, 6, 7, 8, 9

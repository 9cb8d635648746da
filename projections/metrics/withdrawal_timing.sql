-- How long after the report victims withdraw.
-- @reads offences, cohort_review, force, bcu, spells

-- @table withdrawal_timing
CREATE TABLE withdrawal_timing (
    period date NOT NULL,
    review boolean NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    band text NOT NULL,
    n integer NOT NULL
);

-- @counts withdrawal_timing
SELECT date_trunc('month', s.began)::date AS period, r.cohort_review AS review, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu,
       CASE WHEN s.days <= 7 THEN '0-7' WHEN s.days <= 30 THEN '8-30' WHEN s.days <= 90 THEN '31-90' WHEN s.days <= 365 THEN '91-365'
            ELSE '366+' END AS band,
       sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.spells) AS s(began date, days integer)
WHERE s.days >= 0
GROUP BY 1, 2, 3, 4, 5, 6;

-- @comments
-- relation: How long after the report victims withdrew. Unit: spell, a time during which a withdrawal of one victim stands, the second of a victim too. Not counted, as in metrics.delay: one dated before the report, and one that the crime joined late. Journeys of cancelled crimes, and all but one of several numbers of a person in a crime, have none. Source: the review, timing: non-sexual crimes in the first days and weeks, sexual ones 3 to 12 months after the report.
-- period: Month (its first day) in which the withdrawal began.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- cohort: all, or review: the review's offences with exactly one victim and one suspect.
-- band: Days from the report to the beginning of the withdrawal: 0-7, 8-30, 31-90, 91-365, 366+.
-- withdrawals: Withdrawals that began in the month, so long after the report.

-- @view
SELECT c.period, o.offence, v.dimension, v.value, k.cohort, c.band, sum(c.n) AS withdrawals
FROM {build}.withdrawal_timing c
CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(c.offences, ' ')) AS o
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu)) AS v(dimension, value)
CROSS JOIN LATERAL unnest(CASE WHEN c.review THEN '{all,review}'::text[] ELSE '{all}' END) AS k(cohort)
WHERE c.n <> 0
GROUP BY 1, 2, 3, 4, 5, 6

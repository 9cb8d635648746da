-- Which trials are to come, and who waits for them.
-- @reads offences, force, bcu, uvi, vulnerable, exit_at, trials, observed_until

-- `person` is a hash of the UVI.
-- @table listing
CREATE TABLE listing (
    date date NOT NULL,
    offences text NOT NULL,
    court text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    vulnerable boolean NOT NULL,
    until date NOT NULL,
    key text NOT NULL,
    person bigint NOT NULL,
    n integer NOT NULL
);

-- @counts listing
SELECT t.date, array_to_string(r.offences, ' ') AS offences, coalesce(t.court, 'missing') AS court, coalesce(r.force, 'missing') AS force,
       coalesce(r.force || '/' || r.bcu, 'missing') AS bcu, r.vulnerable, coalesce(r.observed_until, 'infinity'::date) AS until,
       t.hearing_id AS key, hashtextextended(r.uvi, 0) AS person, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.trials) AS t(hearing_id text, date date, court text, awaited boolean)
WHERE t.awaited AND r.exit_at IS NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- @comments
-- relation: Trials to come, and the victims who wait for them. Unit: trial (a hearing of type TRL or TNW on the date it is listed for now) on or after metrics.reading_date() (or the last day on which the source that reported the journey was observed, if that is before), without an outcome, of journeys that have not ended; once in every value that any of them has. Source: the review, section on the courts.
-- period: Month (its first day) that the trial is listed for.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- court: Court, as listed; missing where nobody said.
-- region: Region of the court; missing where its code says none.
-- force: Police force of the crime. A trial of crimes of two forces is in the rows of both.
-- trials: Trials.
-- victims: Persons who wait for them, each once in a row; who withdrew after the charge still is one of them.
-- vulnerable_victims: Of these, under 18, or with any vulnerability recorded, or with enhanced rights.

-- @view
WITH summed AS (
    SELECT date_trunc('month', l.date)::date AS period, o.offence, v.dimension, v.value, l.court, l.force,
           count(DISTINCT l.key) AS trials, count(DISTINCT l.person) AS victims,
           count(DISTINCT l.person) FILTER (WHERE l.vulnerable) AS vulnerable_victims
    FROM {build}.listing l
    CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(l.offences, ' ')) AS o
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', l.force), ('bcu', l.bcu)) AS v(dimension, value)
    WHERE l.n > 0 AND l.date >= least((SELECT metrics.reading_date()), l.until)
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT s.period, s.offence, s.dimension, s.value, s.court, coalesce(r.region, 'missing') AS region, s.force, s.trials, s.victims,
       s.vulnerable_victims
FROM summed s
LEFT JOIN {build}.court_region r ON r.court = s.court

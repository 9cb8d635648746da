-- How crimes end by police's own outcomes.
-- @reads offences, force, bcu, crime_reference, victims_in_crime, reported_at, police_outcome

-- A crime of one victim has no key: its journey is all there is. One of several is brought by each of its journeys, which may know of
-- other outcomes: `at` is what each knows, the latest counts.
-- @table outcome
CREATE TABLE outcome (
    recorded date NOT NULL,
    closed date NOT NULL,
    code integer NOT NULL,
    offences text NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    key text NOT NULL,
    at text NOT NULL,
    n integer NOT NULL
);

-- @index outcome dimension

-- @counts outcome
SELECT date_trunc('month', r.reported_at)::date AS recorded,
       coalesce(CASE WHEN c.code <> 0 THEN date_trunc('month', left(c.at, 10)::date)::date END, '-infinity'::date) AS closed, c.code,
       array_to_string(r.offences, ' ') AS offences, p.dimension, p.value, c.key, CASE c.key WHEN '' THEN '' ELSE coalesce(r.police_outcome, '') END AS at,
       sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL (VALUES ('force', coalesce(r.force, 'missing')), ('bcu', coalesce(r.force || '/' || r.bcu, 'missing'))) AS p(dimension, value)
CROSS JOIN LATERAL (
    SELECT '' AS key, r.police_outcome AS at, coalesce(split_part(r.police_outcome, ' ', 4)::integer, 0) AS code WHERE r.victims_in_crime < 2
    UNION ALL SELECT r.force || '/' || r.crime_reference, NULL, 0 WHERE r.victims_in_crime > 1
) AS c
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

-- @comments
-- relation: Which Home Office outcome crimes have, by police's own records. Unit: crime (once in every value that any of its victims' journeys has; cancelled crimes in none). The latest outcome stands, whichever victim it names; a re-opening of the investigation takes it off. Decisions by CPS and results are no outcome of police. Source: Home Office outcome types; the review, recommendation 10.
-- period: Month (its first day) of the first report of the crime (basis recorded), or of the outcome that stands (basis closed).
-- offence: Category of offence. A crime is in every category that fits, by its latest classification; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- basis: recorded: the crimes reported in the month, recent ones partly open. closed: those whose outcome was recorded in it.
-- outcome_code: Home Office outcome type, 1 to 22. 0: none assigned, or removed; left out in basis closed.
-- crimes: Crimes.
-- share: Of all crimes of the same basis, month, offence and value; basis recorded: those without an outcome (0) included.

-- @view
WITH asked AS NOT MATERIALIZED (
    SELECT * FROM (VALUES ('all', 'force'), ('force', 'force'), ('bcu', 'bcu')) AS a(dimension, kept)
), crime AS (
    SELECT key, min(recorded) AS recorded, max(at COLLATE "C") AS at FROM {build}.outcome WHERE n > 0 AND key <> '' GROUP BY key
), one AS (
    SELECT k.recorded, k.closed, k.code, k.offences, a.dimension, CASE a.dimension WHEN 'all' THEN 'all' ELSE k.value END AS value, k.key,
           sum(k.n) AS n
    FROM asked a JOIN {build}.outcome k ON k.dimension = a.kept
    WHERE k.n > 0 AND k.key = ''
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    UNION ALL
    SELECT c.recorded, CASE WHEN l.code <> 0 THEN date_trunc('month', left(c.at, 10)::date)::date END, l.code, k.offences, a.dimension,
           CASE a.dimension WHEN 'all' THEN 'all' ELSE k.value END, k.key, 1
    FROM asked a JOIN {build}.outcome k ON k.dimension = a.kept
    JOIN crime c USING (key)
    CROSS JOIN LATERAL (SELECT coalesce(nullif(split_part(c.at, ' ', 4), '')::integer, 0) AS code) AS l
    WHERE k.n > 0
), counted AS (
    SELECT b.period, o.offence, one.dimension, one.value, b.basis, one.code, one.key, CASE one.key WHEN '' THEN sum(one.n) ELSE 1 END AS n
    FROM one
    CROSS JOIN LATERAL (SELECT 'recorded' AS basis, one.recorded AS period UNION ALL SELECT 'closed', one.closed WHERE one.code <> 0) AS b
    CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(one.offences, ' ')) AS o
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT period, offence, dimension, value, basis, code AS outcome_code, sum(n)::bigint AS crimes,
       (sum(n) / sum(sum(n)) OVER (PARTITION BY period, offence, dimension, value, basis))::float8 AS share
FROM counted GROUP BY 1, 2, 3, 4, 5, 6

-- Whether victims hear from police every 28 days.
-- @reads offences, force, bcu, deadlines

-- A cell is a run of deadlines: on `due` and every 28 days after it up to `until`. Where nobody knows an end, it is `infinity`, and
-- the view reads the run up to the reading date: days pass without an event.
-- @table contact
CREATE TABLE contact (
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    due date NOT NULL,
    until date NOT NULL,
    met boolean NOT NULL,
    n integer NOT NULL
);

-- @counts contact
SELECT array_to_string(r.offences, ' ') AS offences, coalesce(r.force, 'missing') AS force,
       coalesce(r.force || '/' || r.bcu, 'missing') AS bcu, d.due, coalesce(d.until, 'infinity') AS until, d.met, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.deadlines) AS d(due date, until date, met boolean)
GROUP BY 1, 2, 3, 4, 5, 6;

-- @comments
-- relation: Whether victims were updated at least every 28 days. Unit: deadline of a journey that on the day it fell due was before a charge, open and not withdrawn (cancelled crimes, and all but one of several numbers of a person in a crime, have none). A deadline falls 28 days after the report; after an update in time the next one 28 days after that update, otherwise 28 days after the deadline that was missed. Source: the review, contact with victims: the Met's own benchmark, not the Victims' Code; field.md 2.6.
-- period: Month (its first day) in which the deadline fell due, up to metrics.reading_date(), or to the last day on which the source that reported the crime was observed.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- due: Deadlines that fell due in the month.
-- met: Of these, those with an update in the 28 days before, or on the day itself.
-- rate: met / due.

-- @view
WITH today AS MATERIALIZED (
    SELECT metrics.reading_date() AS date
), place AS NOT MATERIALIZED (
    SELECT c.due, c.until, c.offences, v.dimension, v.value, c.met, sum(c.n) AS n
    FROM {build}.contact c
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu)) AS v(dimension, value)
    WHERE c.n <> 0
    GROUP BY 1, 2, 3, 4, 5, 6
), fallen AS (
    -- Most runs are of one deadline.
    SELECT date_trunc('month', p.due::timestamp)::date AS period, p.offences, p.dimension, p.value, p.met, sum(p.n) AS n
    FROM today CROSS JOIN place p
    WHERE p.until = p.due AND p.due <= today.date
    GROUP BY 1, 2, 3, 4, 5
    UNION ALL
    SELECT date_trunc('month', (p.due + passed)::timestamp)::date, p.offences, p.dimension, p.value, p.met, sum(p.n)
    FROM today CROSS JOIN place p
    CROSS JOIN LATERAL generate_series(0, least(p.until, today.date) - p.due, 28) AS passed
    WHERE p.until <> p.due
    GROUP BY 1, 2, 3, 4, 5
)
SELECT f.period, o.offence, f.dimension, f.value, sum(f.n)::bigint AS due, coalesce(sum(f.n) FILTER (WHERE f.met), 0)::bigint AS met,
       (coalesce(sum(f.n) FILTER (WHERE f.met), 0) / sum(f.n))::float8 AS rate
FROM fallen f
CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(f.offences, ' ')) AS o
GROUP BY 1, 2, 3, 4

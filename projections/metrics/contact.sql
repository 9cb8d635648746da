-- Whether victims hear from police every 28 days.
-- @reads offences, force, bcu, deadlines

-- A cell is a run of deadlines: on `due` and every 28 days after it up to `until`. Where nobody knows an end, it is `infinity`, and
-- the view reads the run up to the reading date: days pass without an event.
-- @table contact
CREATE TABLE contact (
    offences text NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    due date NOT NULL,
    until date NOT NULL,
    met boolean NOT NULL,
    n integer NOT NULL
);

-- @index contact dimension

-- @counts contact
SELECT array_to_string(r.offences, ' ') AS offences, p.dimension, p.value, d.due, coalesce(d.until, 'infinity') AS until, d.met,
       sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL (VALUES ('force', coalesce(r.force, 'missing')), ('bcu', coalesce(r.force || '/' || r.bcu, 'missing'))) AS p(dimension, value)
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
), run AS (
    SELECT c.due, c.until, o.offence, a.dimension, CASE a.dimension WHEN 'all' THEN 'all' ELSE c.value END AS value, c.met, sum(c.n) AS n
    FROM (VALUES ('all', 'force'), ('force', 'force'), ('bcu', 'bcu')) AS a(dimension, kept)
    JOIN {build}.contact c ON c.dimension = a.kept
    CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(c.offences, ' ')) AS o
    WHERE c.n <> 0
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT date_trunc('month', (r.due + passed)::timestamp)::date AS period, r.offence, r.dimension, r.value, sum(r.n)::bigint AS due,
       coalesce(sum(r.n) FILTER (WHERE r.met), 0)::bigint AS met, (coalesce(sum(r.n) FILTER (WHERE r.met), 0) / sum(r.n))::float8 AS rate
FROM today CROSS JOIN run r
CROSS JOIN LATERAL generate_series(0, least(r.until, today.date) - r.due, 28) AS passed
GROUP BY 1, 2, 3, 4

-- What is recorded of victims and suspects, and what is missing.
-- @reads reported_at, offences, force, bcu, suspects, ethnicity_self_defined, ethnicity_officer_observed, suspect_ethnicity_self_defined, suspect_ethnicity_officer_observed, age, sex, suspect_age, suspect_sex, suspect_relationship, location_type, vulnerabilities, interpreter_language, enhanced_rights, spells

-- A cell for each field that could be recorded of a journey.
-- @table data_quality
CREATE TABLE data_quality (
    period date NOT NULL,
    offences text NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    field text NOT NULL,
    present boolean NOT NULL,
    n integer NOT NULL
);

-- @index data_quality dimension

-- @counts data_quality
SELECT date_trunc('month', r.reported_at)::date AS period, array_to_string(r.offences, ' ') AS offences,
       p.dimension, p.value, f.field, f.present, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL (VALUES ('force', coalesce(r.force, 'missing')), ('bcu', coalesce(r.force || '/' || r.bcu, 'missing'))) AS p(dimension, value)
CROSS JOIN LATERAL (
    VALUES ('ethnicity_self_defined', r.ethnicity_self_defined IS NOT NULL),
           ('ethnicity_officer_observed', r.ethnicity_officer_observed IS NOT NULL),
           ('age', r.age IS NOT NULL), ('sex', r.sex IS NOT NULL), ('location_type', r.location_type IS NOT NULL),
           ('vulnerabilities', r.vulnerabilities IS NOT NULL), ('interpreter_language', r.interpreter_language IS NOT NULL),
           ('needs_assessed', r.enhanced_rights IS NOT NULL), ('enhanced_rights', r.enhanced_rights IS NOT NULL)
    UNION ALL
    SELECT v.* FROM (
        VALUES ('suspect_ethnicity_self_defined', r.suspect_ethnicity_self_defined IS NOT NULL),
               ('suspect_ethnicity_officer_observed', r.suspect_ethnicity_officer_observed IS NOT NULL),
               ('suspect_age', r.suspect_age IS NOT NULL), ('suspect_sex', r.suspect_sex IS NOT NULL),
               ('suspect_relationship', r.suspect_relationship IS NOT NULL)) AS v(field, present)
    WHERE r.suspects > 0
    UNION ALL
    SELECT 'withdrawal_reason', (r.spells -> -1 -> 'reasons') - 'not_given' <> '[]' WHERE r.spells <> '[]'
) AS f(field, present)
GROUP BY 1, 2, 3, 4, 5, 6;

-- @comments
-- relation: What is recorded of victims and suspects, and what is missing. Unit: journey (one victim x one reported crime; of two numbers of one person in one crime one; cancelled crimes in none). Source: the review, data gaps (self-defined ethnicity missing for 70 % of victims and 78 % of suspects, officer-observed for 35 %), recommendation 10.
-- period: Month (its first day) of the report.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- field: As in journeys.journey. Of every victim: ethnicity_self_defined, ethnicity_officer_observed, age, sex, location_type, vulnerabilities (none is recorded too), interpreter_language, needs_assessed (an assessment of needs is on record), enhanced_rights (it says whether they apply). Of journeys with a suspect: suspect_ethnicity_self_defined, suspect_ethnicity_officer_observed, suspect_age, suspect_sex, suspect_relationship. Of journeys with a withdrawal: withdrawal_reason (of the latest; not_given is none).
-- present: Journeys for which the field is recorded, by any report or later fact. A code that says not stated is recorded.
-- missing: Journeys for which it could be and is not.
-- missing_rate: missing / (present + missing).

-- @view
WITH place AS (
    SELECT c.period, c.offences, a.dimension, CASE a.dimension WHEN 'all' THEN 'all' ELSE c.value END AS value, c.field, c.present,
           sum(c.n) AS n
    FROM (VALUES ('all', 'force'), ('force', 'force'), ('bcu', 'bcu')) AS a(dimension, kept)
    JOIN {build}.data_quality c ON c.dimension = a.kept
    WHERE c.n <> 0
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT p.period, o.offence, p.dimension, p.value, p.field, coalesce(sum(p.n) FILTER (WHERE p.present), 0)::bigint AS present,
       coalesce(sum(p.n) FILTER (WHERE NOT p.present), 0)::bigint AS missing,
       (coalesce(sum(p.n) FILTER (WHERE NOT p.present), 0) / sum(p.n))::float8 AS missing_rate
FROM place p
CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(p.offences, ' ')) AS o
GROUP BY 1, 2, 3, 4, 5

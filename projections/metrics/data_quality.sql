-- What is recorded of victims and suspects, and what is missing.
-- @reads reported_at, offences, force, bcu, suspects, ethnicity_self_defined, ethnicity_officer_observed, suspect_ethnicity_self_defined, suspect_ethnicity_officer_observed, age, sex, suspect_age, suspect_sex, suspect_relationship, location_type, vulnerabilities, interpreter_language, enhanced_rights, spells

-- What is recorded of a journey is one text: a letter a field, in the order in which the view names them: 1 present, 0 missing,
-- `-` where nobody could record it (no suspect, no withdrawal).
-- @table data_quality
CREATE TABLE data_quality (
    period date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    fields text NOT NULL,
    n integer NOT NULL
);

-- @counts data_quality
SELECT date_trunc('month', r.reported_at)::date AS period, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu,
       concat((r.ethnicity_self_defined IS NOT NULL)::integer, (r.ethnicity_officer_observed IS NOT NULL)::integer,
              (r.age IS NOT NULL)::integer, (r.sex IS NOT NULL)::integer, (r.location_type IS NOT NULL)::integer,
              (r.vulnerabilities IS NOT NULL)::integer, (r.interpreter_language IS NOT NULL)::integer,
              (r.enhanced_rights IS NOT NULL)::integer, (r.enhanced_rights IS NOT NULL)::integer,
              CASE WHEN r.suspects > 0 THEN
                  concat((r.suspect_ethnicity_self_defined IS NOT NULL)::integer, (r.suspect_ethnicity_officer_observed IS NOT NULL)::integer,
                         (r.suspect_age IS NOT NULL)::integer, (r.suspect_sex IS NOT NULL)::integer,
                         (r.suspect_relationship IS NOT NULL)::integer)
              ELSE '-----' END,
              CASE WHEN r.spells = '[]' THEN '-' WHEN (r.spells -> -1 -> 'reasons') - 'not_given' = '[]' THEN '0' ELSE '1' END) AS fields,
       sum(r.weight) AS n
FROM rows r
GROUP BY 1, 2, 3, 4, 5;

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
SELECT c.period, o.offence, v.dimension, v.value, f.field,
       coalesce(sum(c.n) FILTER (WHERE s.state = '1'), 0) AS present, coalesce(sum(c.n) FILTER (WHERE s.state = '0'), 0) AS missing,
       coalesce(sum(c.n) FILTER (WHERE s.state = '0'), 0)::float8 / sum(c.n) AS missing_rate
FROM {build}.data_quality c
CROSS JOIN LATERAL unnest('{ethnicity_self_defined,ethnicity_officer_observed,age,sex,location_type,vulnerabilities,interpreter_language,needs_assessed,enhanced_rights,suspect_ethnicity_self_defined,suspect_ethnicity_officer_observed,suspect_age,suspect_sex,suspect_relationship,withdrawal_reason}'::text[])
    WITH ORDINALITY AS f(field, place)
CROSS JOIN LATERAL (SELECT substr(c.fields, f.place::integer, 1) AS state) AS s
CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(c.offences, ' ')) AS o
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu)) AS v(dimension, value)
WHERE c.n <> 0 AND s.state <> '-'
GROUP BY 1, 2, 3, 4, 5

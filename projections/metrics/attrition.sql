-- At which stage victims leave.
-- @reads reported_at, offences, cohort_review, path, exit_paths, force, bcu, cps_area, suspect_relationship, location_type, ethnicity_self_defined, ethnicity_officer_observed, suspect_ethnicity_self_defined, suspect_ethnicity_officer_observed, age, sex, vulnerabilities, support_services, arrested_at, interviewed_at, suspect_known_on_pnc

-- Dimensions that are often empty, or go together, share a cell: `dimension` has their names, `value` their values, split by `|`.
-- @table attrition
CREATE TABLE attrition (
    basis text NOT NULL,
    period date NOT NULL,
    review boolean NOT NULL,
    offences text NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    path text NOT NULL,
    n integer NOT NULL
);

-- @index attrition dimension, basis

-- @counts attrition
SELECT s.basis, s.period, r.cohort_review AS review, array_to_string(r.offences, ' ') AS offences, d.dimension, d.value, s.path,
       sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL (
    SELECT 'reported' AS basis, date_trunc('month', r.reported_at)::date AS period, r.path
    UNION ALL
    SELECT 'exited', left(e, 10)::date, substr(e, 12) FROM unnest(r.exit_paths) AS e
) AS s
CROSS JOIN LATERAL (VALUES
    ('all', 'all'),
    ('force|bcu|cps_area', concat_ws('|', coalesce(r.force, 'missing'), coalesce(r.force || '/' || r.bcu, 'missing'),
                                     coalesce(r.cps_area, 'missing'))),
    ('suspect_relationship', coalesce(r.suspect_relationship, 'missing')),
    ('location_type', coalesce(r.location_type, 'missing')),
    ('ethnicity_self_defined|ethnicity_officer_observed',
     coalesce(r.ethnicity_self_defined, 'missing') || '|' || coalesce(r.ethnicity_officer_observed, 'missing')),
    ('suspect_ethnicity_self_defined|suspect_ethnicity_officer_observed',
     coalesce(r.suspect_ethnicity_self_defined, 'missing') || '|' || coalesce(r.suspect_ethnicity_officer_observed, 'missing')),
    ('age_band|sex', age_band(r.age) || '|' || coalesce(r.sex, 'missing')),
    ('vulnerability|support_service',
     coalesce(array_to_string(r.vulnerabilities, ' '), 'missing') || '|' || coalesce(array_to_string(r.support_services, ' '), 'missing')),
    ('arrested_and_interviewed|suspect_known_on_pnc',
     yes_or_no(r.arrested_at IS NOT NULL AND r.interviewed_at IS NOT NULL) || '|' || yes_or_no(r.suspect_known_on_pnc))
) AS d(dimension, value)
GROUP BY 1, 2, 3, 4, 5, 6, 7;

-- @comments
-- relation: How many victims' journeys entered each stage, and how they left it. Unit: journey (one victim x one reported crime; of two numbers of one person in one crime one; cancelled crimes in none). Source: the review, sections on attrition by stage.
-- period: Month (its first day): of the report (basis reported), or in which the stage was left (basis exited).
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu), cps_area, suspect_relationship (and known: any but stranger), location_type, ethnicity_self_defined, ethnicity_officer_observed, suspect_ethnicity_self_defined, suspect_ethnicity_officer_observed, age_band, sex, vulnerability, support_service (service started), arrested_and_interviewed, suspect_known_on_pnc.
-- value: The value of the dimension; missing where nobody recorded it.
-- basis: reported: the cohort of crimes reported in the month, recent ones partly open. exited: those that left the stage in the month.
-- cohort: all, or review: the review's offences with exactly one victim and one suspect.
-- stage: pre_charge (report to decision to charge), post_charge, journey, and the four stages.
-- entered: Journeys that entered the stage; basis exited: those that left it.
-- progressed: Left it for the next stage; after a charge convicted and acquitted are progress.
-- withdrew: Left it because the victim no longer supports.
-- withdrew_evidenced: Of these, with evidence of the withdrawal on record.
-- withdrew_continued: A withdrawal began in the stage, and the stage was left otherwise.
-- other_exit: Left it in any other way.
-- convicted: Of progressed: by a conviction.
-- open: Not yet left. Basis exited: null.
-- withdrawal_rate: withdrew / (entered - open). Null where nothing has left.
-- rate_low: Lower bound of the 95 % Wilson score interval, no continuity correction.
-- rate_high: Upper bound of the 95 % Wilson score interval, no continuity correction.
-- provisional: More than 5 % of those entered are still open.

-- @view
WITH asked AS (
    -- The dimensions, each with the cells that it is kept in and its place there: a condition on it leaves the other cells aside.
    -- `all` has cells of its own, for most is asked of it.
    SELECT * FROM (
        VALUES ('all', 'all', 1), ('force', 'force|bcu|cps_area', 1), ('bcu', 'force|bcu|cps_area', 2),
               ('cps_area', 'force|bcu|cps_area', 3), ('suspect_relationship', 'suspect_relationship', 1), ('location_type', 'location_type', 1),
               ('ethnicity_self_defined', 'ethnicity_self_defined|ethnicity_officer_observed', 1),
               ('ethnicity_officer_observed', 'ethnicity_self_defined|ethnicity_officer_observed', 2),
               ('suspect_ethnicity_self_defined', 'suspect_ethnicity_self_defined|suspect_ethnicity_officer_observed', 1),
               ('suspect_ethnicity_officer_observed', 'suspect_ethnicity_self_defined|suspect_ethnicity_officer_observed', 2),
               ('age_band', 'age_band|sex', 1), ('sex', 'age_band|sex', 2), ('vulnerability', 'vulnerability|support_service', 1),
               ('support_service', 'vulnerability|support_service', 2),
               ('arrested_and_interviewed', 'arrested_and_interviewed|suspect_known_on_pnc', 1),
               ('suspect_known_on_pnc', 'arrested_and_interviewed|suspect_known_on_pnc', 2)) AS a(dimension, kept, place)
), gathered AS (
    -- As few as the dimension needs, before each becomes many.
    SELECT c.period, c.basis, c.offences, c.review, c.path, g.dimension,
           split_part(c.value, '|', g.place) AS value, sum(c.n) AS n
    FROM asked g
    JOIN {build}.attrition c ON c.dimension = g.kept
    WHERE c.n <> 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), cell AS (
    SELECT c.period, c.basis, o.offence, c.dimension, v.value, k.cohort, s.stage,
           sum(c.n)::bigint AS entered,
           sum(c.n) FILTER (WHERE s.result = 'p')::bigint AS progressed,
           sum(c.n) FILTER (WHERE s.result IN ('w', 'e'))::bigint AS withdrew,
           sum(c.n) FILTER (WHERE s.result = 'e')::bigint AS withdrew_evidenced,
           sum(c.n) FILTER (WHERE s.continued)::bigint AS withdrew_continued,
           sum(c.n) FILTER (WHERE s.result = 'x')::bigint AS other_exit,
           sum(c.n) FILTER (WHERE s.convicted)::bigint AS convicted,
           sum(c.n) FILTER (WHERE s.result = 'o')::bigint AS open
    FROM gathered c
    CROSS JOIN LATERAL unnest('{all}'::text[] || string_to_array(c.offences, ' ')) AS o(offence)
    CROSS JOIN LATERAL (
        SELECT CASE left(word, 1) WHEN 'P' THEN 'pre_charge' WHEN 'Q' THEN 'post_charge' WHEN 'J' THEN 'journey' WHEN 'I' THEN 'investigation'
                                  WHEN 'C' THEN 'charging' WHEN 'A' THEN 'awaiting_trial' WHEN 'T' THEN 'trial' END AS stage,
               substr(word, 2, 1) AS result, strpos(word, '+') > 0 AS continued, strpos(word, '*') > 0 AS convicted
        FROM unnest(string_to_array(c.path, ' ')) AS word
    ) AS s
    CROSS JOIN LATERAL unnest(CASE WHEN c.review THEN '{all,review}'::text[] ELSE '{all}' END) AS k(cohort)
    CROSS JOIN LATERAL unnest(
        CASE WHEN c.dimension IN ('vulnerability', 'support_service') THEN {build}.many_values(c.value)
             WHEN c.dimension = 'suspect_relationship' THEN {build}.with_known(c.value)
             ELSE ARRAY[c.value] END
    ) AS v(value)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
), filled AS (
    SELECT period, basis, offence, dimension, value, cohort, stage, entered,
           coalesce(progressed, 0) AS progressed, coalesce(withdrew, 0) AS withdrew,
           coalesce(withdrew_evidenced, 0) AS withdrew_evidenced, coalesce(withdrew_continued, 0) AS withdrew_continued,
           coalesce(other_exit, 0) AS other_exit, coalesce(convicted, 0) AS convicted, coalesce(open, 0) AS open
    FROM cell WHERE entered > 0
)
SELECT f.period, f.offence, f.dimension, f.value, f.basis, f.cohort, f.stage, f.entered, f.progressed, f.withdrew,
       f.withdrew_evidenced, f.withdrew_continued, f.other_exit, f.convicted,
       CASE WHEN f.basis = 'reported' THEN f.open END AS open,
       f.withdrew::float8 / nullif(f.entered - f.open, 0) AS withdrawal_rate,
       metrics.wilson_low(f.withdrew, f.entered - f.open) AS rate_low,
       metrics.wilson_high(f.withdrew, f.entered - f.open) AS rate_high,
       f.open > 0.05 * f.entered AS provisional
FROM filled f;

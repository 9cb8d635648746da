-- How much more, or less, likely some victims are to withdraw before a charge than others.
-- @reads reported_at, offences, cohort_review, path, pre_charge_left, arrested_at, interviewed_at, services_started

-- What is known at the report is counted by metrics.attrition. Here is what may come later: whether it had come before the journey
-- left the stage, and whether by day 7, of those who were still there then ('gone': who was not). Only journeys that left it.
-- @table relative_risk
CREATE TABLE relative_risk (
    period date NOT NULL,
    review boolean NOT NULL,
    offences text NOT NULL,
    withdrew boolean NOT NULL,
    arrested_and_interviewed text NOT NULL,
    arrested_and_interviewed_by_day_7 text NOT NULL,
    support_service text NOT NULL,
    support_service_by_day_7 text NOT NULL,
    n integer NOT NULL
);

-- @counts relative_risk
SELECT date_trunc('month', r.reported_at)::date AS period, r.cohort_review AS review, array_to_string(r.offences, ' ') AS offences,
       substring(r.path FROM '(?:^| )P(.)') IN ('w', 'e') AS withdrew,
       CASE WHEN a.both_at <= r.pre_charge_left THEN 'yes' ELSE 'no' END AS arrested_and_interviewed,
       CASE WHEN r.pre_charge_left <= d.day_7 THEN 'gone' WHEN a.both_at <= d.day_7 THEN 'yes' ELSE 'no' END
           AS arrested_and_interviewed_by_day_7,
       s.before AS support_service,
       CASE WHEN r.pre_charge_left <= d.day_7 THEN 'gone' ELSE s.by_day_7 END AS support_service_by_day_7,
       sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL (SELECT r.reported_at + 7 AS day_7) AS d
CROSS JOIN LATERAL (SELECT CASE WHEN r.arrested_at IS NOT NULL AND r.interviewed_at IS NOT NULL THEN greatest(r.arrested_at, r.interviewed_at) END AS both_at) AS a
CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(substr(w, 12), ' ' ORDER BY substr(w, 12)) FILTER (WHERE left(w, 10)::date < r.pre_charge_left), '') AS before,
           coalesce(string_agg(substr(w, 12), ' ' ORDER BY substr(w, 12)) FILTER (WHERE left(w, 10)::date <= d.day_7), '') AS by_day_7
    FROM unnest(r.services_started) AS w
) AS s
WHERE r.pre_charge_left IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

-- @comments
-- relation: How many times as likely victims with a value were to withdraw before a charge as those with the reference value. An association, not an effect: the groups differ in other ways too. Unit: journey; of those that left the stage before a charge (withdrawn, other exit, or decision to charge). Null where one of the four counts (withdrew or not, of either group) is 0. What may come after the report (arrest and interview, support) counts only if it came before the journey left the stage, by days: an arrest and an interview of the same day did, a service of the same day did not, as in the order of a journey. Who stays longer has more time for it: so it is there once more by day 7, of those who had not left by the end of that day. Source: the review, sections on who withdraws; Katz et al. (1978).
-- period: Month (its first day) of the report.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: suspect_relationship (and known: any but stranger), location_type, ethnicity_self_defined, ethnicity_officer_observed, suspect_ethnicity_self_defined, suspect_ethnicity_officer_observed, age_band, sex, vulnerability, suspect_known_on_pnc; arrested_and_interviewed and support_service (service started), and each of them by_day_7.
-- value: The value of the dimension; missing where nobody recorded it.
-- cohort: all, or review: the review's offences with exactly one victim and one suspect.
-- reference_value: The value that it is compared with: stranger, public_place, W1 (white where an officer observed), 25-34, male, none (vulnerability, support), no.
-- withdrew: Of those with the value who left the stage, how many withdrew.
-- entered: Those with the value who left the stage.
-- reference_withdrew: Of those with the reference value who left the stage, how many withdrew.
-- reference_entered: Those with the reference value who left the stage.
-- relative_risk: (withdrew / entered) / (reference_withdrew / reference_entered).
-- low: Lower bound of the 95 % interval by Katz: exp(ln(relative_risk) - 1.96 sqrt(1/withdrew - 1/entered + 1/reference_withdrew - 1/reference_entered)).
-- high: Upper bound of the same.

-- @view
WITH asked AS (
    -- The reference of each dimension; of what is known at the report the cells of metrics.attrition that it is kept in, and its place there.
    SELECT * FROM (
        VALUES ('suspect_relationship', 'stranger', 'suspect_relationship', 1), ('location_type', 'public_place', 'location_type', 1),
               ('ethnicity_self_defined', 'W1', 'ethnicity_self_defined|ethnicity_officer_observed', 1),
               ('ethnicity_officer_observed', 'white', 'ethnicity_self_defined|ethnicity_officer_observed', 2),
               ('suspect_ethnicity_self_defined', 'W1', 'suspect_ethnicity_self_defined|suspect_ethnicity_officer_observed', 1),
               ('suspect_ethnicity_officer_observed', 'white', 'suspect_ethnicity_self_defined|suspect_ethnicity_officer_observed', 2),
               ('age_band', '25-34', 'age_band|sex', 1), ('sex', 'male', 'age_band|sex', 2),
               ('vulnerability', 'none', 'vulnerability|support_service', 1),
               ('suspect_known_on_pnc', 'no', 'arrested_and_interviewed|suspect_known_on_pnc', 2), ('support_service', 'none', '', 0),
               ('support_service_by_day_7', 'none', '', 0), ('arrested_and_interviewed', 'no', '', 0),
               ('arrested_and_interviewed_by_day_7', 'no', '', 0)) AS a(dimension, reference_value, kept, place)
), left_it AS (
    SELECT c.period, c.review, c.offences, g.dimension, split_part(c.value, '|', g.place) AS value, p.result IN ('w', 'e') AS withdrew, sum(c.n) AS n
    FROM asked g
    JOIN {build}.attrition c ON c.dimension = g.kept
    CROSS JOIN LATERAL (SELECT left(split_part(' ' || c.path, ' P', 2), 1) AS result) AS p
    WHERE c.basis = 'reported' AND p.result <> 'o' AND c.n <> 0
    GROUP BY 1, 2, 3, 4, 5, 6
    UNION ALL
    SELECT c.period, c.review, c.offences, d.dimension, d.value, c.withdrew, sum(c.n)
    FROM {build}.relative_risk c
    CROSS JOIN LATERAL (VALUES ('arrested_and_interviewed', c.arrested_and_interviewed),
                               ('arrested_and_interviewed_by_day_7', c.arrested_and_interviewed_by_day_7),
                               ('support_service', c.support_service),
                               ('support_service_by_day_7', c.support_service_by_day_7)) AS d(dimension, value)
    WHERE d.value <> 'gone' AND c.n <> 0
    GROUP BY 1, 2, 3, 4, 5, 6
), cell AS (
    SELECT l.period, o.offence, l.dimension, v.value, k.cohort,
           coalesce(sum(l.n) FILTER (WHERE l.withdrew), 0)::bigint AS withdrew, sum(l.n)::bigint AS entered
    FROM left_it l
    CROSS JOIN LATERAL unnest('{all}'::text[] || string_to_array(l.offences, ' ')) AS o(offence)
    CROSS JOIN LATERAL unnest(CASE WHEN l.review THEN '{all,review}'::text[] ELSE '{all}' END) AS k(cohort)
    CROSS JOIN LATERAL unnest(
        CASE WHEN l.dimension IN ('vulnerability', 'support_service', 'support_service_by_day_7') THEN {build}.many_values(l.value)
             WHEN l.dimension = 'suspect_relationship' THEN {build}.with_known(l.value)
             ELSE ARRAY[l.value] END
    ) AS v(value)
    GROUP BY 1, 2, 3, 4, 5
), compared AS (
    SELECT c.*, g.reference_value,
           coalesce(max(c.withdrew) FILTER (WHERE c.value = g.reference_value) OVER same, 0) AS reference_withdrew,
           coalesce(max(c.entered) FILTER (WHERE c.value = g.reference_value) OVER same, 0) AS reference_entered
    FROM cell c
    JOIN asked g USING (dimension)
    WHERE c.entered > 0
    WINDOW same AS (PARTITION BY c.period, c.offence, c.dimension, c.cohort)
), risk AS (
    SELECT c.*, CASE WHEN 0 NOT IN (withdrew, entered - withdrew, reference_withdrew, reference_entered - reference_withdrew)
                     THEN (withdrew::float8 / entered) / (reference_withdrew::float8 / reference_entered) END AS relative_risk
    FROM compared c
    WHERE c.value <> c.reference_value
)
SELECT r.period, r.offence, r.dimension, r.value, r.cohort, r.reference_value, r.withdrew, r.entered, r.reference_withdrew,
       r.reference_entered, r.relative_risk, r.relative_risk * exp(-e.error) AS low, r.relative_risk * exp(e.error) AS high
FROM risk r
CROSS JOIN LATERAL (
    SELECT CASE WHEN r.relative_risk IS NOT NULL
                THEN 1.959963984540054::float8 * sqrt(1 / r.withdrew::float8 - 1 / r.entered::float8
                                                      + 1 / r.reference_withdrew::float8 - 1 / r.reference_entered::float8) END AS error
) AS e;

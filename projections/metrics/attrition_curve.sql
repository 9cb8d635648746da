-- By which day after the report victims have withdrawn.
-- @reads reported_at, offences, cohort_review, path, force, bcu, pre_charge_left, observed_until

-- `how`: w withdrew, x other exit, p progressed, o open. `day` is 0 of what is open: `since` and `until` say for how long.
-- @table attrition_curve
CREATE TABLE attrition_curve (
    period date NOT NULL,
    review boolean NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    how text NOT NULL,
    day integer NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    n integer NOT NULL
);

-- @counts attrition_curve
SELECT date_trunc('month', r.reported_at)::date AS period, r.cohort_review AS review, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu,
       CASE WHEN r.pre_charge_left IS NULL THEN 'o' ELSE translate(substring(r.path FROM '(?:^| )P(.)'), 'e', 'w') END AS how,
       coalesce(greatest(r.pre_charge_left - r.reported_at, 0), 0) AS day,
       CASE WHEN r.pre_charge_left IS NULL THEN r.reported_at ELSE '-infinity'::date END AS since,
       CASE WHEN r.pre_charge_left IS NULL THEN coalesce(r.observed_until, 'infinity'::date) ELSE 'infinity'::date END AS until,
       sum(r.weight) AS n
FROM rows r
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- @comments
-- relation: How many victims have withdrawn before a charge by each day after the report, of all who could have: the Aalen-Johansen estimate with the ends withdrawn, other exit before a charge, and decision to charge; who is still before a charge is censored on metrics.reading_date(), or on the last day on which the source that reported it was observed, whichever is first. So the recent inflow, of whom few have had time to leave, does not bias it. Unit: journey. A row for each day with an end or a censoring. Source: the review, sections on timing of withdrawal; Aalen and Johansen (1978).
-- period: Month (its first day) of the report.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- cohort: all, or review: the review's offences with exactly one victim and one suspect.
-- day: Days from the report to the end or the censoring, London dates; 0 where an end is dated before the report.
-- at_risk: Journeys neither ended nor censored before this day.
-- withdrew: Withdrew before a charge on this day.
-- other_exit: Left before a charge in any other way on this day.
-- progressed: Decided to be charged on this day, or charge implied by a result.
-- cumulative_withdrawal: Estimated share that has withdrawn before a charge by the end of this day, from 0 to 1. A censoring on the day of an end comes after it.
-- low: Lower bound of the 95 % interval: log(-log) transformed, with the variance of Aalen (1978). Null where nobody has withdrawn yet, or everybody.
-- high: Upper bound of the same.

-- @view
WITH ended AS (
    SELECT c.period, o.offence, v.dimension, v.value, k.cohort, d.day,
           sum(c.n) AS gone,
           coalesce(sum(c.n) FILTER (WHERE c.how = 'w'), 0) AS withdrew,
           coalesce(sum(c.n) FILTER (WHERE c.how = 'x'), 0) AS other_exit,
           coalesce(sum(c.n) FILTER (WHERE c.how = 'p'), 0) AS progressed
    FROM {build}.attrition_curve c
    CROSS JOIN LATERAL unnest('{all}'::text[] || string_to_array(c.offences, ' ')) AS o(offence)
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu)) AS v(dimension, value)
    CROSS JOIN LATERAL unnest(CASE WHEN c.review THEN '{all,review}'::text[] ELSE '{all}' END) AS k(cohort)
    CROSS JOIN LATERAL (SELECT CASE WHEN c.how = 'o' THEN least((SELECT metrics.reading_date()), c.until) - c.since ELSE c.day END) AS d(day)
    WHERE c.n <> 0 AND d.day >= 0
    GROUP BY 1, 2, 3, 4, 5, 6
), risk AS (
    SELECT e.*, withdrew + other_exit + progressed AS ends,
           sum(gone) OVER cell - sum(gone) OVER upto + gone AS at_risk
    FROM ended e
    WINDOW cell AS (PARTITION BY period, offence, dimension, value, cohort),
           upto AS (PARTITION BY period, offence, dimension, value, cohort ORDER BY day)
), staying AS (
    -- `stays`: the share that has had no end before this day.
    SELECT r.*, coalesce(metrics.product(1 - ends::float8 / at_risk::float8) OVER (
               PARTITION BY period, offence, dimension, value, cohort ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 1) AS stays
    FROM risk r
), incidence AS (
    SELECT s.*, sum(stays * withdrew::float8 / at_risk::float8) OVER (PARTITION BY period, offence, dimension, value, cohort ORDER BY day) AS f
    FROM staying s
), terms AS (
    -- Aalen's variance of f at a day is the sum over the days up to it of (f - f_day)^2 a + b - 2 (f - f_day) c.
    SELECT i.*,
           coalesce(ends::float8 / nullif((at_risk - 1) * (at_risk - ends), 0)::float8, 0) AS a,
           coalesce(stays ^ 2 * (withdrew * (at_risk - withdrew))::float8 / nullif((at_risk - 1) * at_risk ^ 2, 0)::float8, 0) AS b,
           coalesce(stays * (withdrew * (at_risk - withdrew))::float8
                    / nullif(at_risk * (at_risk - ends) * (at_risk - 1), 0)::float8, 0) AS c
    FROM incidence i
), varied AS (
    SELECT t.*, sqrt(greatest(0, f ^ 2 * sum(a) OVER upto - 2 * f * sum(a * f) OVER upto + sum(a * f ^ 2) OVER upto
                              + sum(b) OVER upto - 2 * (f * sum(c) OVER upto - sum(c * f) OVER upto))) AS deviation
    FROM terms t
    WINDOW upto AS (PARTITION BY period, offence, dimension, value, cohort ORDER BY day)
)
SELECT period, offence, dimension, value, cohort, day, at_risk, withdrew, other_exit, progressed, f AS cumulative_withdrawal,
       CASE WHEN f > 0 AND f < 1 THEN f ^ exp(-1.959963984540054::float8 * deviation / (f * ln(f))) END AS low,
       CASE WHEN f > 0 AND f < 1 THEN f ^ exp(1.959963984540054::float8 * deviation / (f * ln(f))) END AS high
FROM varied

-- How long each wait is.
-- @reads offences, force, bcu, delays, cases, observed_until

-- `days` is the length of a completed interval. Of one that still runs it is empty: `since` says when it began, `until` up to when
-- its source was observed.
-- @table delay
CREATE TABLE delay (
    basis text NOT NULL,
    interval text NOT NULL,
    period date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    state text NOT NULL,
    days integer NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    n integer NOT NULL
);

-- @index delay interval, basis

-- @counts delay
SELECT b.basis, d.interval, date_trunc('month', b.at)::date AS period, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu, d.state,
       coalesce(d.days, 0) AS days, CASE d.state WHEN 'open' THEN d.started ELSE '-infinity'::date END AS since,
       coalesce(CASE d.state WHEN 'open' THEN r.observed_until END, 'infinity'::date) AS until,
       sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.delays) AS d(interval text, started date, ended date, days integer, state text)
CROSS JOIN LATERAL (SELECT 'started' AS basis, d.started AS at UNION ALL SELECT 'ended', d.ended WHERE d.state IN ('completed', 'imprecise')) AS b
WHERE d.state <> 'negative'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

-- A case is brought by each of its journeys; it counts once in every value that any of them has.
-- @table delay_case
CREATE TABLE delay_case (
    basis text NOT NULL,
    interval text NOT NULL,
    period date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    cps_area text NOT NULL,
    state text NOT NULL,
    days integer NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    key text NOT NULL,
    n integer NOT NULL
);

-- @index delay_case interval, basis

-- @counts delay_case
SELECT b.basis, d.interval, date_trunc('month', b.at)::date AS period, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu, coalesce(c.cps_area, 'missing') AS cps_area,
       d.state, coalesce(d.days, 0) AS days, CASE d.state WHEN 'open' THEN d.started ELSE '-infinity'::date END AS since,
       coalesce(CASE d.state WHEN 'open' THEN r.observed_until END, 'infinity'::date) AS until,
       c.urn AS key, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.cases) AS c(urn text, cps_area text, delays jsonb)
CROSS JOIN LATERAL jsonb_to_recordset(c.delays) AS d(interval text, started date, ended date, days integer, state text)
CROSS JOIN LATERAL (SELECT 'started' AS basis, d.started AS at UNION ALL SELECT 'ended', d.ended WHERE d.state IN ('completed', 'imprecise')) AS b
WHERE d.state <> 'negative'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12;

-- @comments
-- relation: How long the waits are, in whole days between London dates. Units: journeys (victim) and cases (case; once in every value that any of its journeys has). Negative ones are an anomaly and not counted. Source: the review, sections on charging and court delay.
-- period: Month (its first day) in which the interval began (basis started) or ended (basis ended).
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu; for cases also cps_area.
-- value: The value of the dimension; missing where nobody recorded it.
-- unit: victim (a journey) or case (a URN).
-- basis: started or ended.
-- interval: From what to what. Of a victim: report_to_arrest, report_to_referral, report_to_charge, report_to_conclusion, report_to_withdrawal (the first). Of a victim by the lead case, and of a case: receipt_to_charge (first receipt by CPS, early advice included, to the decision to charge), referral_to_decision (first full-code or threshold submission, else receipt, to the first decision that is not administratively_finalised), cps_days and police_days (its days by who held the file), charge_to_first_hearing, charge_to_trial (first effective one), court_receipt_to_completion (first receipt in any court to the last completion), charge_to_conclusion.
-- completed: Intervals that ended, imprecise ones included.
-- imprecise: Of these, with an end known to the month only: in no mean, median, percentile or maximum.
-- open: Began, and the unit has not ended. Basis ended: null.
-- lost: The unit ended without it. Basis ended: null.
-- mean_days: Mean of the precise completed ones, days.
-- median_days: Median, interpolated as percentile_cont does, days.
-- p90_days: 90th percentile, interpolated as percentile_cont does, days.
-- max_days: The longest, days.
-- open_median_days: Median age of the open ones on metrics.reading_date(), or on the last day on which the source that reported them was observed, whichever is first; days. Basis ended: null.

-- @view
WITH unit AS (
    SELECT 'victim' AS unit, d.basis, d.interval, d.period, o.offence, v.dimension, v.value, d.state, d.days, d.since, d.until, sum(d.n) AS n
    FROM {build}.delay d
    CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(d.offences, ' ')) AS o
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', d.force), ('bcu', d.bcu)) AS v(dimension, value)
    WHERE d.n > 0
    GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    UNION ALL
    SELECT 'case', k.basis, k.interval, k.period, k.offence, k.dimension, k.value, k.state, k.days, k.since, k.until, count(*)
    FROM (SELECT d.basis, d.interval, d.period, o.offence, v.dimension, v.value, d.state, d.days, d.since, d.key, min(d.until) AS until
          FROM {build}.delay_case d
          CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(d.offences, ' ')) AS o
          CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', d.force), ('bcu', d.bcu), ('cps_area', d.cps_area)) AS v(dimension, value)
          WHERE d.n > 0
          GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) AS k
    GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
), ranked AS (
    SELECT u.*, a.days AS length,
           sum(n) OVER (PARTITION BY unit, basis, interval, period, offence, dimension, value, state ORDER BY a.days) AS upto,
           sum(n) OVER (PARTITION BY unit, basis, interval, period, offence, dimension, value, state) AS total
    FROM unit u
    CROSS JOIN LATERAL (SELECT CASE u.state WHEN 'open' THEN least((SELECT metrics.reading_date()), u.until) - u.since ELSE u.days END) AS a(days)
    WHERE u.state <> 'open' OR u.since <= u.until
), summed AS (
    SELECT period, offence, dimension, value, unit, basis, interval,
           sum(n) FILTER (WHERE state IN ('completed', 'imprecise')) AS completed,
           sum(n) FILTER (WHERE state = 'imprecise') AS imprecise,
           sum(n) FILTER (WHERE state = 'open') AS open,
           sum(n) FILTER (WHERE state = 'lost') AS lost,
           sum(n * length) FILTER (WHERE state = 'completed') / sum(n) FILTER (WHERE state = 'completed') AS mean_days,
           max(length) FILTER (WHERE state = 'completed') AS max_days,
           min(length) FILTER (WHERE state = 'completed' AND upto > floor((total - 1) * 0.5)) AS m_low,
           min(length) FILTER (WHERE state = 'completed' AND upto > ceil((total - 1) * 0.5)) AS m_high,
           min(length) FILTER (WHERE state = 'completed' AND upto > floor((total - 1) * 0.9)) AS p_low,
           min(length) FILTER (WHERE state = 'completed' AND upto > ceil((total - 1) * 0.9)) AS p_high,
           max((total - 1) * 0.9 - floor((total - 1) * 0.9)) FILTER (WHERE state = 'completed') AS p_part,
           min(length) FILTER (WHERE state = 'open' AND upto > floor((total - 1) * 0.5)) AS o_low,
           min(length) FILTER (WHERE state = 'open' AND upto > ceil((total - 1) * 0.5)) AS o_high
    FROM ranked GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT s.period, s.offence, s.dimension, s.value, s.unit, s.basis, s.interval,
       coalesce(s.completed, 0)::bigint AS completed, coalesce(s.imprecise, 0)::bigint AS imprecise,
       CASE s.basis WHEN 'started' THEN coalesce(s.open, 0)::bigint END AS open,
       CASE s.basis WHEN 'started' THEN coalesce(s.lost, 0)::bigint END AS lost,
       s.mean_days::float8, (s.m_low + s.m_high) / 2.0::float8 AS median_days,
       (s.p_low + (s.p_high - s.p_low) * s.p_part)::float8 AS p90_days, s.max_days::integer,
       (s.o_low + s.o_high) / 2.0::float8 AS open_median_days
FROM summed s;

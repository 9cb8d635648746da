-- How CPS decides what police ask it to charge.
-- @reads offences, force, bcu, cases, observed_until

-- `since` and `until`: of a case that awaits a decision, its first receipt and up to when its source was observed.
-- @table charging
CREATE TABLE charging (
    basis text NOT NULL,
    period date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    cps_area text NOT NULL,
    triaged boolean NOT NULL,
    returned boolean NOT NULL,
    decided boolean NOT NULL,
    charged boolean NOT NULL,
    plans integer NOT NULL,
    not_in_custody boolean NOT NULL,
    in_time boolean NOT NULL,
    in_time_cps boolean NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    key text NOT NULL,
    n integer NOT NULL
);

-- @counts charging
SELECT b.basis, date_trunc('month', b.at)::date AS period, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu, coalesce(c.cps_area, 'missing') AS cps_area,
       c.returned_at_triage IS NOT NULL AS triaged, c.returned_at_triage IS TRUE AS returned, c.decided_at IS NOT NULL AS decided,
       c.charged_at IS NOT NULL AS charged, c.action_plans AS plans, f.not_in_custody,
       (f.not_in_custody AND c.decided_at - c.received_at BETWEEN 0 AND 28) IS TRUE AS in_time,
       (f.not_in_custody AND c.decided_at IS NOT NULL AND c.cps_days <= 28) IS TRUE AS in_time_cps,
       CASE WHEN b.awaits THEN c.received_at ELSE '-infinity'::date END AS since,
       coalesce(CASE WHEN b.awaits THEN r.observed_until END, 'infinity'::date) AS until,
       c.urn AS key, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.cases) AS c(
    urn text, cps_area text, received_at date, referred_at date, in_custody boolean, awaits_decision boolean, decided_at date, charged_at date,
    cps_days integer, action_plans integer, returned_at_triage boolean)
CROSS JOIN LATERAL (SELECT c.received_at IS NOT NULL AND c.in_custody IS NOT TRUE AS not_in_custody) AS f
CROSS JOIN LATERAL (
    SELECT 'received' AS basis, c.received_at AS at, c.awaits_decision AS awaits
    WHERE c.received_at IS NOT NULL AND (c.referred_at IS NOT NULL OR c.decided_at IS NOT NULL)
    UNION ALL SELECT 'decided', c.decided_at, false WHERE c.decided_at IS NOT NULL
) AS b
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17;

-- @comments
-- relation: What became of the cases that police sent to CPS for a charging decision. Unit: case (a URN; once in every value that any of its journeys has), by its own facts; police's own charge (outcome 1) is no decision of CPS. A case of early advice alone is in no row. Source: the review, section on charging; CPS's published timeliness (first receipt, early advice included; 28 days for suspects not in custody).
-- period: Month (its first day) of the first receipt by CPS, early advice included (basis received), or of the first decision that is not an administrative finalisation (basis decided).
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu), cps_area.
-- value: The value of the dimension; missing where nobody recorded it.
-- basis: received: cases first received in the month; where CPS told no receipt, in none. decided: cases decided in the month.
-- referrals: Cases: those received and referred (basis received), those decided (basis decided).
-- triaged: Of these, with a receipt of a full-code or threshold submission, at which CPS takes it or returns it.
-- returned_at_triage: Of these, returned by CPS at the first such receipt.
-- decisions: Of referrals: with a decision that is not an administrative finalisation.
-- charged: Of referrals: with a decision to charge, at first or later, of anybody.
-- with_action_plan: Of referrals: with an action plan, early advice left out.
-- action_plans: Action plans of these.
-- share_with_action_plan: Of decisions, the share with an action plan. Null where there is none.
-- not_in_custody: Of referrals: received, and nobody said that a suspect was in custody. The population of the next two.
-- within_28_days: Of these, decided at most 28 days after the first receipt, whoever held the file. A decision dated before the receipt is not.
-- within_28_days_cps: Of these, decided, and CPS held the file for at most 28 days: its clock stops while police answer an action plan.
-- open: Of referrals: awaiting the first decision on metrics.reading_date() (or on the last day on which the source that reported a journey of it was observed), whoever holds the file; not those returned at triage or administratively finalised. Basis decided: null.
-- open_over_28: Of these, first received more than 28 days before.
-- open_over_90: Of these, first received more than 90 days before.
-- open_over_180: Of these, first received more than 180 days before.

-- @view
WITH unit AS (
    -- By its own facts a case is the same in every journey.
    SELECT c.period, o.offence, v.dimension, v.value, c.basis, c.key, any_value(c.triaged) AS triaged, any_value(c.returned) AS returned,
           any_value(c.decided) AS decided, any_value(c.charged) AS charged, any_value(c.plans) AS plans,
           any_value(c.not_in_custody) AS not_in_custody, any_value(c.in_time) AS in_time, any_value(c.in_time_cps) AS in_time_cps,
           any_value(c.since) AS since, min(c.until) AS until
    FROM {build}.charging c
    CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(c.offences, ' ')) AS o
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu), ('cps_area', c.cps_area)) AS v(dimension, value)
    WHERE c.n > 0
    GROUP BY 1, 2, 3, 4, 5, 6
), aged AS (
    SELECT u.*, CASE WHEN u.since BETWEEN '0001-01-01' AND d.day THEN d.day - u.since END AS days
    FROM unit u CROSS JOIN LATERAL (SELECT least((SELECT metrics.reading_date()), u.until) AS day) AS d
)
SELECT period, offence, dimension, value, basis, count(*) AS referrals, count(*) FILTER (WHERE triaged) AS triaged,
       count(*) FILTER (WHERE returned) AS returned_at_triage, count(*) FILTER (WHERE decided) AS decisions,
       count(*) FILTER (WHERE charged) AS charged, count(*) FILTER (WHERE plans > 0) AS with_action_plan, sum(plans) AS action_plans,
       count(*) FILTER (WHERE decided AND plans > 0)::float8 / nullif(count(*) FILTER (WHERE decided), 0) AS share_with_action_plan,
       count(*) FILTER (WHERE not_in_custody) AS not_in_custody, count(*) FILTER (WHERE in_time) AS within_28_days,
       count(*) FILTER (WHERE in_time_cps) AS within_28_days_cps,
       CASE basis WHEN 'received' THEN count(days) END AS open,
       CASE basis WHEN 'received' THEN count(*) FILTER (WHERE days > 28) END AS open_over_28,
       CASE basis WHEN 'received' THEN count(*) FILTER (WHERE days > 90) END AS open_over_90,
       CASE basis WHEN 'received' THEN count(*) FILTER (WHERE days > 180) END AS open_over_180
FROM aged GROUP BY 1, 2, 3, 4, 5

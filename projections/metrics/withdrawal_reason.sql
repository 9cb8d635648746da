-- Why victims withdraw.
-- @reads offences, force, bcu, spells

-- `reasons` is the exact set; empty where nobody recorded one.
-- @table withdrawal_reason
CREATE TABLE withdrawal_reason (
    period date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    stage text NOT NULL,
    reasons text NOT NULL,
    n integer NOT NULL
);

-- @counts withdrawal_reason
SELECT date_trunc('month', s.began)::date AS period, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu,
       s.stage, array_to_string(s.reasons, ' ') AS reasons, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.spells) AS s(began date, stage text, reasons text[])
GROUP BY 1, 2, 3, 4, 5, 6;

-- @comments
-- relation: Why victims withdrew, and at which stage. Unit: spell, a time during which a withdrawal of one victim stands; it counts once for each of its reasons, so reasons do not add up. Journeys of cancelled crimes, and all but one of several numbers of a person in a crime, have none. Source: the review, recommendation 10: reasons captured and monitored by BCU.
-- period: Month (its first day) in which the withdrawal began.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- stage: The stage in which it began: investigation, charging, awaiting_trial, trial.
-- reason: Why, by any agency's record of the withdrawal, whenever known; not_given: the victim gave none; missing: nobody recorded any.
-- withdrawals: Withdrawals that began in the month, with this reason.

-- @view
SELECT c.period, o.offence, v.dimension, v.value, c.stage, w.reason, sum(c.n) AS withdrawals
FROM {build}.withdrawal_reason c
CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(c.offences, ' ')) AS o
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu)) AS v(dimension, value)
CROSS JOIN LATERAL string_to_table(coalesce(nullif(c.reasons, ''), 'missing'), ' ') AS w(reason)
WHERE c.n <> 0
GROUP BY 1, 2, 3, 4, 5, 6

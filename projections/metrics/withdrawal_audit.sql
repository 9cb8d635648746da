-- Whether withdrawals stand on a record that can be audited.
-- @reads offences, force, bcu, spells

-- `audit`: what the latest audit of its outcome said: correct, incorrect, or none.
-- @table withdrawal_audit
CREATE TABLE withdrawal_audit (
    period date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    outcome_code text NOT NULL,
    evidenced boolean NOT NULL,
    reason boolean NOT NULL,
    checklist boolean NOT NULL,
    audit text NOT NULL,
    n integer NOT NULL
);

-- @counts withdrawal_audit
SELECT date_trunc('month', s.began)::date AS period, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu,
       coalesce(s.outcome_code, 'none') AS outcome_code, s.evidenced, (s.reasons - 'not_given') <> '[]' AS reason,
       coalesce(s.checklist_completed, false) AS checklist,
       CASE WHEN s.audited_correct THEN 'correct' WHEN NOT s.audited_correct THEN 'incorrect' ELSE 'none' END AS audit,
       sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.spells) AS s(
    began date, outcome_code text, evidenced boolean, reasons jsonb, checklist_completed boolean, audited_correct boolean)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

-- @comments
-- relation: How many withdrawals stand on a record that can be audited, and what audits of their outcome found. Unit: spell, a time during which a withdrawal of one victim stands (a victim who withdraws, re-engages and withdraws again has two); journeys of cancelled crimes, and all but one of several numbers of a person in a crime, have none. Source: the review, the audit of 334 records with outcome 16 (97 correct, 197 with no auditable record), recommendations 1 and 10.
-- period: Month (its first day) in which the withdrawal began.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu).
-- value: The value of the dimension; missing where nobody recorded it.
-- outcome_code: The Home Office outcome recorded for it: 14 (no suspect identified), 16 (suspect identified), the latest of several; none: the victim withdrew and no such outcome was recorded.
-- withdrawals: Withdrawals that began in the month.
-- evidenced: Of these, with a statement, video, message or other evidence on record, from any agency and whenever known.
-- unevidenced: Of these, without: also those that an outcome alone, or the reason of a prosecution's end alone, speaks of.
-- reason_recorded: Of these, with a reason on record other than not_given.
-- checklist_completed: Of these, for which the force's checklist was gone through.
-- evidenced_rate: evidenced / withdrawals. Evidenced is not correct: that is for an audit to say.
-- audited: Of these, whose outcome somebody looked at. An audit is of the latest withdrawal before it that has the outcome it names; another outcome recorded later has not been audited.
-- audited_correct: Of audited, where the latest audit found the outcome correct.
-- correct_rate: audited_correct / audited. Null where nothing was audited.

-- @view
SELECT c.period, o.offence, v.dimension, v.value, c.outcome_code, sum(c.n) AS withdrawals,
       coalesce(sum(c.n) FILTER (WHERE c.evidenced), 0) AS evidenced,
       coalesce(sum(c.n) FILTER (WHERE NOT c.evidenced), 0) AS unevidenced,
       coalesce(sum(c.n) FILTER (WHERE c.reason), 0) AS reason_recorded,
       coalesce(sum(c.n) FILTER (WHERE c.checklist), 0) AS checklist_completed,
       coalesce(sum(c.n) FILTER (WHERE c.evidenced), 0)::float8 / sum(c.n) AS evidenced_rate,
       coalesce(sum(c.n) FILTER (WHERE c.audit <> 'none'), 0) AS audited,
       coalesce(sum(c.n) FILTER (WHERE c.audit = 'correct'), 0) AS audited_correct,
       coalesce(sum(c.n) FILTER (WHERE c.audit = 'correct'), 0)::float8 / sum(c.n) FILTER (WHERE c.audit <> 'none') AS correct_rate
FROM {build}.withdrawal_audit c
CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(c.offences, ' ')) AS o
CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu)) AS v(dimension, value)
WHERE c.n <> 0
GROUP BY 1, 2, 3, 4, 5

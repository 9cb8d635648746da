-- How prosecutions end, and for which of them a victim's withdrawal is the reason.
-- @reads offences, force, bcu, cps_area, prosecutions, withdrew_stage, concluded_at, exit, path

-- A prosecution is brought by each journey that a result of it is about; it counts once in every value that any of them has.
-- @table post_charge
CREATE TABLE post_charge (
    period date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    cps_area text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    key text NOT NULL,
    n integer NOT NULL
);

-- @counts post_charge
SELECT date_trunc('month', p.finalised_at)::date AS period, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu,
       coalesce(p.cps_area, 'missing') AS cps_area, p.outcome, coalesce(p.reason, 'missing') AS reason, p.key, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL jsonb_to_recordset(r.prosecutions) AS p(key text, cps_area text, finalised_at date, outcome text, reason text)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

-- Journeys in which a withdrawal after the charge stood at the end. `continued`: that was not for the withdrawal.
-- @table post_charge_victim
CREATE TABLE post_charge_victim (
    period date NOT NULL,
    offences text NOT NULL,
    force text NOT NULL,
    bcu text NOT NULL,
    cps_area text NOT NULL,
    continued boolean NOT NULL,
    n integer NOT NULL
);

-- @counts post_charge_victim
SELECT date_trunc('month', r.concluded_at)::date AS period, array_to_string(r.offences, ' ') AS offences,
       coalesce(r.force, 'missing') AS force, coalesce(r.force || '/' || r.bcu, 'missing') AS bcu,
       coalesce(r.cps_area, 'missing') AS cps_area, r.exit <> 'victim_withdrew' AS continued, sum(r.weight) AS n
FROM rows r
WHERE r.concluded_at IS NOT NULL AND r.withdrew_stage IN ('awaiting_trial', 'trial') AND strpos(r.path, 'Q') > 0
GROUP BY 1, 2, 3, 4, 5, 6;

-- @comments
-- relation: How prosecutions ended after a charge, and how many for the victim's withdrawal. Unit: prosecution (one defendant in one case; where no suspect_reference is given, the case), by the facts of its case; it counts once in every value that any journey has that a result of it is about. The last two columns count victims (journeys): a withdrawal does not show in the others where the prosecution went on. Cancelled crimes bring none. Source: the review, post-charge attrition (146 charged cases a month, 18 to 33 % of non-convictions, about 5 % of finalised prosecutions); field.md 2.5: CPS's victim issues.
-- period: Month (its first day) of the prosecution's first result since it was charged or its case re-opened; of the last two columns, in which the journey was concluded.
-- offence: Category of offence. A crime is in every category that fits; categories do not add up. all: every crime.
-- dimension: all, force, bcu (value force/bcu), cps_area.
-- value: The value of the dimension; missing where nobody recorded it.
-- finalised: Prosecutions that ended: convicted + acquitted + dropped + administratively_finalised. One that was charged again and awaits a result is in none.
-- convicted: On any charge; by the court's result, else by CPS's.
-- acquitted: Acquitted or dismissed.
-- dropped: Discontinued, no evidence offered, charges withdrawn, stayed, or left on file.
-- administratively_finalised: Administratively finalised.
-- not_convicted: finalised - convicted.
-- victim_retraction: Of not_convicted: the victim retracted, by the latest reason that CPS gave.
-- victim_non_attendance: Of not_convicted: the victim did not attend, by the latest reason that CPS gave.
-- victim_evidence: Of not_convicted: the victim's evidence did not support the case, by the latest reason that CPS gave.
-- not_convicted_victim: Of not_convicted: for any of these three reasons.
-- dropped_victim: Of dropped: for any of these three reasons.
-- share_of_finalised: not_convicted_victim / finalised. Null where nothing was.
-- share_of_not_convicted: not_convicted_victim / not_convicted. Null where everybody was convicted.
-- share_of_dropped: dropped_victim / dropped. Null where nothing was dropped.
-- victims_withdrew: Journeys concluded in the month in which a withdrawal that began after the charge stood at the end.
-- victims_withdrew_case_continued: Of these, those that did not end for the withdrawal.

-- @view
WITH said AS (
    SELECT DISTINCT c.period, o.offence, v.dimension, v.value, c.key, c.outcome,
           c.outcome <> 'convicted' AND c.reason IN ('victim_retraction', 'victim_non_attendance', 'victim_evidence') AS victim,
           c.reason, 1 AS n, 0 AS withdrew, 0 AS continued
    FROM {build}.post_charge c
    CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(c.offences, ' ')) AS o
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu), ('cps_area', c.cps_area)) AS v(dimension, value)
    WHERE c.n > 0
    UNION ALL
    SELECT c.period, o.offence, v.dimension, v.value, NULL, NULL, NULL, NULL, 0, c.n, CASE WHEN c.continued THEN c.n ELSE 0 END
    FROM {build}.post_charge_victim c
    CROSS JOIN LATERAL (SELECT 'all' AS offence UNION ALL SELECT string_to_table(c.offences, ' ')) AS o
    CROSS JOIN LATERAL (VALUES ('all', 'all'), ('force', c.force), ('bcu', c.bcu), ('cps_area', c.cps_area)) AS v(dimension, value)
    WHERE c.n <> 0
), summed AS (
    SELECT period, offence, dimension, value, sum(n) AS finalised,
           count(*) FILTER (WHERE outcome = 'convicted') AS convicted,
           count(*) FILTER (WHERE outcome = 'acquitted') AS acquitted,
           count(*) FILTER (WHERE outcome = 'dropped') AS dropped,
           count(*) FILTER (WHERE outcome = 'administratively_finalised') AS administratively_finalised,
           count(*) FILTER (WHERE outcome <> 'convicted') AS not_convicted,
           count(*) FILTER (WHERE victim AND reason = 'victim_retraction') AS victim_retraction,
           count(*) FILTER (WHERE victim AND reason = 'victim_non_attendance') AS victim_non_attendance,
           count(*) FILTER (WHERE victim AND reason = 'victim_evidence') AS victim_evidence,
           count(*) FILTER (WHERE victim) AS not_convicted_victim,
           count(*) FILTER (WHERE victim AND outcome = 'dropped') AS dropped_victim,
           sum(withdrew) AS victims_withdrew, sum(continued) AS victims_withdrew_case_continued
    FROM said GROUP BY 1, 2, 3, 4
)
SELECT s.period, s.offence, s.dimension, s.value, s.finalised, s.convicted, s.acquitted, s.dropped, s.administratively_finalised,
       s.not_convicted, s.victim_retraction, s.victim_non_attendance, s.victim_evidence, s.not_convicted_victim, s.dropped_victim,
       s.not_convicted_victim::float8 / nullif(s.finalised, 0) AS share_of_finalised,
       s.not_convicted_victim::float8 / nullif(s.not_convicted, 0) AS share_of_not_convicted,
       s.dropped_victim::float8 / nullif(s.dropped, 0) AS share_of_dropped,
       s.victims_withdrew, s.victims_withdrew_case_continued
FROM summed s

-- @view
SELECT date_trunc('month', a.raised_at AT TIME ZONE 'Europe/London')::date AS period, a.rule, coalesce(a.force, 'missing') AS force,
       coalesce(a.force || '/' || a.bcu, 'missing') AS bcu, coalesce(a.court, 'missing') AS court, count(*) AS raised,
       count(s.acknowledged_at) AS acknowledged,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM s.acknowledged_at - a.raised_at)::float8 / 3600) AS median_hours_to_acknowledge,
       count(*) FILTER (WHERE a.resolved_how <> 'by_hand') AS resolved_by_itself, coalesce(sum(s.repeated), 0)::bigint AS repeated
FROM alerts.alert a
LEFT JOIN (SELECT alert_id, min(at) FILTER (WHERE what = 'acknowledged') AS acknowledged_at, count(*) FILTER (WHERE what = 'repeated') AS repeated
           FROM alerts.step GROUP BY alert_id) s USING (alert_id)
GROUP BY 1, 2, 3, 4, 5

-- @comments
-- relation: How many alerts were raised, and what became of them. Unit: alert (a rule about one subject, however many victims it concerns). Read live; not part of a build.
-- period: Month (its first day) in which it was first raised.
-- rule: The rule that raised it.
-- force: Police force of those whom it concerns; missing where they have several, or it is of a court.
-- bcu: Basic Command Unit (value force/bcu) of those whom it concerns; missing where they have several, or nobody recorded it.
-- court: Court, of a rule about hearings; missing for others.
-- raised: Alerts raised. One that was opened again counts once.
-- acknowledged: Of these, taken up by somebody, if only once.
-- median_hours_to_acknowledge: Median of the hours from raising to being taken up first, of those taken up. Null where none was.
-- resolved_by_itself: Of those raised, resolved now because the cause went, because late evidence shows that it never was, or because it was too late to act.
-- repeated: How often they were told again, because they stood for long.

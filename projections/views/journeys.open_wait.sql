-- @view
SELECT j.journey_id, w.wait, w.since, least((SELECT metrics.reading_date()), j.observed_until) - w.since AS days, w.due_at
FROM {build}.journey j
CROSS JOIN LATERAL jsonb_to_recordset(j.waits) AS w(wait text, since date, due_at date)
WHERE j.counted AND (w.since > j.observed_until) IS NOT TRUE

-- @comments
-- relation: One row a wait that still runs, of journeys that are counted.
-- journey_id: The journey.
-- wait: What is waited for.
-- since: When it began.
-- days: Its age on metrics.reading_date(), or on the last day on which the source that reported the journey was observed, whichever is first; days.
-- due_at: By when it should end, where there is such a day.

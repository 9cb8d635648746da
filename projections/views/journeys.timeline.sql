-- @view
SELECT j.journey_id, t.n::integer AS position, f.occurred_at, (o.said ->> 'recorded')::timestamptz AS recorded_at, e.known_at, f.type, f.source,
       f.event_id, t.stage_after, t.holder_after, NOT f.live AS voided,
       CASE WHEN f.said_at = f.position THEN o.said -> 'data'
            ELSE convert_from(a.state, 'UTF8')::jsonb -> 'data' -> 'data' END AS data,
       f.position AS log_position
FROM {build}.journey j
CROSS JOIN LATERAL unnest(j.positions, j.stages_after, j.holders_after) WITH ORDINALITY AS t(log_position, stage_after, holder_after, n)
JOIN {build}.fact f ON f.position = t.log_position
JOIN log.stored_events e ON e.notification_id = f.position
JOIN log.stored_events a ON a.notification_id = f.said_at
CROSS JOIN LATERAL (SELECT convert_from(e.state, 'UTF8')::jsonb AS said) AS o

-- @comments
-- relation: One row a fact of a journey, voided ones too; in order by position.
-- journey_id: The journey.
-- position: Its place in the journey, from 1: by London date, then time, whatever the order of arrival.
-- occurred_at: When it happened, as last amended.
-- recorded_at: When the agency wrote it down.
-- known_at: When this system stored it.
-- type: Type of the event.
-- source: Who sent it.
-- event_id: Its id within the source.
-- stage_after: The stage of the journey after it.
-- holder_after: The holder of the file after it.
-- voided: Withdrawn by a correction: kept, without effect.
-- data: What it says, as last amended, without the person's attributes.
-- log_position: Where the event stands in the log (log.stored_events.notification_id).

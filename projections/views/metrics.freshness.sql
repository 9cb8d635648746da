-- @view
SELECT s.source, s.last_event_known_at, s.last_occurred_at, s.accepted, s.duplicates, s.rejected, coalesce(u.events, 0)::bigint AS unlinked,
       extract(epoch FROM now() - s.last_event_known_at)::float8 AS lag_seconds
FROM log.source s
LEFT JOIN (SELECT source, sum(events) AS events FROM journeys.unlinked GROUP BY source) u USING (source)

-- @comments
-- relation: How fresh each source is. Read live; not part of a build.
-- source: Who sends events.
-- last_event_known_at: When its last accepted event was stored.
-- last_occurred_at: The latest time at which something happened that it told of.
-- accepted: Events accepted.
-- duplicates: Deliveries of events that were known already.
-- rejected: Events rejected.
-- unlinked: Accepted events that no journey leads to (yet).
-- lag_seconds: Seconds since its last accepted event was stored.

-- @view
WITH RECURSIVE under_broken(subject) AS (
    SELECT k.crime FROM {build}.broken JOIN {build}.journey_key k USING (journey_id)
    UNION
    SELECT e.to_id FROM under_broken b JOIN {build}.edge e ON e.from_id = b.subject WHERE e.live AND e.kind = 'leads'
), said AS (
    SELECT s.scheme, s.value, f.named AS victim_reference, f.source, f.position,
           CASE WHEN EXISTS (SELECT FROM {build}.wide w WHERE w.subject = f.subject) THEN 'too_wide'
                WHEN f.subject IN (SELECT subject FROM under_broken) THEN 'broken'
                WHEN f.named IS NOT NULL AND EXISTS (SELECT FROM {build}.fact o WHERE o.subject = f.subject AND o.live
                     AND NOT EXISTS (SELECT FROM {build}.unled x WHERE x.position = o.position)) THEN 'victim_unknown'
                ELSE 'no_link' END AS reason
    FROM {build}.unled u JOIN {build}.fact f USING (position) JOIN {build}.subject s ON s.id = f.subject
    UNION ALL
    SELECT 'event', coalesce(o.said #>> '{data,voids,id}', o.said #>> '{data,amends,id}'), NULL, o.said ->> 'source', c.position,
           'no_original'
    FROM {build}.correction c JOIN log.stored_events e ON e.notification_id = c.position
    CROSS JOIN LATERAL (SELECT convert_from(e.state, 'UTF8')::jsonb AS said) AS o
    WHERE NOT EXISTS (SELECT FROM {build}.fact f WHERE f.event_key = c.corrects)
      AND NOT EXISTS (SELECT FROM {build}.correction o WHERE o.event_key = c.corrects)
)
SELECT a.scheme, a.value, a.victim_reference, a.source, a.reason, count(*)::integer AS events, min(e.known_at) AS first_known_at,
       max(e.known_at) AS last_known_at
FROM said a JOIN log.stored_events e ON e.notification_id = a.position
GROUP BY 1, 2, 3, 4, 5

-- @comments
-- relation: One row a subject, or a victim named there, that no journey leads to (yet). Its events become part of a journey by themselves as soon as a link arrives.
-- scheme: crime, case, court_case, hearing, person; event for a correction whose original is not known.
-- value: The reference; of an event its id within the source.
-- victim_reference: The victim named there, where that is what no journey has.
-- source: Who sent the events.
-- reason: no_link; victim_unknown (a journey leads there, but none of this victim); too_wide (leads to more than 5,000 journeys: not followed); broken (a journey that leads there does not fold: journeys.broken); no_original.
-- events: How many.
-- first_known_at: When the first was stored.
-- last_known_at: When the last was stored.

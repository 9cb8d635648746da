-- @view
SELECT scheme, value, journey_id, method, since, until, score, by FROM {build}.reference

-- @comments
-- relation: One row a reference that leads to a journey, or did until somebody broke the link: find a journey by any agency's number.
-- scheme: crime, victim, person, case, court_case or hearing.
-- value: The reference, in upper case; crime and victim numbers behind their force.
-- journey_id: The journey.
-- method: How the link was made: report, derived (from the victim number), referral, receipt, listing; or as the linking authority says: deterministic, manual, probabilistic.
-- since: When.
-- until: When it was broken; null while it stands.
-- score: Match weight of a probabilistic link, bits.
-- by: Who made it.

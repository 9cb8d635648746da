-- @view
SELECT r.scheme, r.value, j.journey_id, r.method, r.since
FROM {build}.journey j
CROSS JOIN LATERAL jsonb_to_recordset(j.reference_rows) AS r(scheme text, value text, method text, since date)

-- @comments
-- relation: One row a reference that leads to a journey: find a journey by any agency's number.
-- scheme: crime, victim, person, case, court_case or hearing.
-- value: The reference, in upper case; crime and victim numbers behind their force.
-- journey_id: The journey.
-- method: How the link was made.
-- since: When.

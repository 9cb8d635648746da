-- Made after the bulk of a build is in.
CREATE INDEX ON fact (subject);
CREATE UNIQUE INDEX ON fact (event_key);
CREATE UNIQUE INDEX ON correction (event_key);
CREATE INDEX ON correction (corrects);
CREATE INDEX ON statement (from_id, to_id);
CREATE INDEX ON statement (position);
CREATE INDEX ON edge (to_id);
CREATE INDEX ON journey_key (crime);
CREATE INDEX ON journey_key (person);

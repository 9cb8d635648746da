-- depends: 0001_log

CREATE SCHEMA journeys;
COMMENT ON SCHEMA journeys IS 'One row a victim''s journey, and what it is made of. For people cleared for journeys. Views on the live build.';
CREATE SCHEMA metrics;
COMMENT ON SCHEMA metrics IS 'The figures, for analysts. Views on the live build; no row names a person.';
CREATE SCHEMA projection;
COMMENT ON SCHEMA projection IS 'Which build of the tables is live, up to which position of the log. The workers'' own.';

CREATE SEQUENCE projection.build_number AS integer;
COMMENT ON SEQUENCE projection.build_number IS 'Numbers the schemas build_<n>.';

CREATE TABLE projection.build (
    n          integer     PRIMARY KEY,
    position   bigint      NOT NULL,
    digest     bytea       NOT NULL,
    live       boolean     NOT NULL DEFAULT false,
    made_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE projection.build IS 'A set of tables derived from the log, in schema build_<n>. The row of the live one is the fence of every step: who writes locks it first.';
COMMENT ON COLUMN projection.build.n IS 'Number of the schema build_<n>.';
COMMENT ON COLUMN projection.build.position IS 'The last position of the log that its tables hold.';
COMMENT ON COLUMN projection.build.digest IS 'Of the rules (code of the fold, SQL of the figures, calendar) that made its tables.';
COMMENT ON COLUMN projection.build.live IS 'True for the build that the views of journeys and metrics show.';
COMMENT ON COLUMN projection.build.made_at IS 'When it was begun.';
CREATE UNIQUE INDEX build_live ON projection.build (live) WHERE live;

CREATE TABLE projection.setting (
    only_row     boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    reading_date date
);
COMMENT ON TABLE projection.setting IS 'What the figures are read by. One row.';
COMMENT ON COLUMN projection.setting.only_row IS 'Always true.';
COMMENT ON COLUMN projection.setting.reading_date IS 'The date on which open waits and ages are read; null: today in London.';
INSERT INTO projection.setting DEFAULT VALUES;

CREATE FUNCTION metrics.reading_date() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT reading_date FROM projection.setting), (now() AT TIME ZONE 'Europe/London')::date)
$$;
COMMENT ON FUNCTION metrics.reading_date() IS 'The day on which open waits, backlog and ages are read: today in London, or the date that is set.';

CREATE FUNCTION metrics.wilson_low(k bigint, n bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN k = 0 THEN 0 ELSE greatest(0, (k + z * z / 2 - z * sqrt(k * (n - k)::float8 / n + z * z / 4)) / (n + z * z)) END
    FROM (VALUES (1.959963984540054::float8)) AS normal(z) WHERE n > 0
$$;
COMMENT ON FUNCTION metrics.wilson_low(bigint, bigint) IS 'Lower bound of the 95 % Wilson score interval of k out of n, no continuity correction; null where n is 0.';

CREATE FUNCTION metrics.wilson_high(k bigint, n bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN k = n THEN 1 ELSE least(1, (k + z * z / 2 + z * sqrt(k * (n - k)::float8 / n + z * z / 4)) / (n + z * z)) END
    FROM (VALUES (1.959963984540054::float8)) AS normal(z) WHERE n > 0
$$;
COMMENT ON FUNCTION metrics.wilson_high(bigint, bigint) IS 'Upper bound of the 95 % Wilson score interval of k out of n, no continuity correction; null where n is 0.';

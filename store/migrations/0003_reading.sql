-- depends: 0002_projections

-- Who may read the figures need not be let into the schema that holds the setting.
CREATE OR REPLACE FUNCTION metrics.reading_date() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce((SELECT reading_date FROM projection.setting), (now() AT TIME ZONE 'Europe/London')::date)
$$;

-- One expression each, so that they become part of the query that calls them: a figure has a million rows.
CREATE OR REPLACE FUNCTION metrics.wilson_low(k bigint, n bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN n <= 0 THEN NULL WHEN k = 0 THEN 0
                ELSE greatest(0, (k + 1.920729410347062::float8 - 1.959963984540054::float8
                                  * sqrt(k * (n - k)::float8 / n + 0.960364705173531::float8)) / (n + 3.8414588206941254::float8)) END
$$;

CREATE OR REPLACE FUNCTION metrics.wilson_high(k bigint, n bigint) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN n <= 0 THEN NULL WHEN k = n THEN 1
                ELSE least(1, (k + 1.920729410347062::float8 + 1.959963984540054::float8
                               * sqrt(k * (n - k)::float8 / n + 0.960364705173531::float8)) / (n + 3.8414588206941254::float8)) END
$$;

-- depends: 0003_analysts

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

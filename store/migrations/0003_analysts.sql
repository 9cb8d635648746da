-- depends: 0002_projections

-- The figures call metrics.reading_date() with the rights of who reads them. It stays a plain function, which PostgreSQL evaluates once a query.
GRANT USAGE ON SCHEMA projection TO PUBLIC;
GRANT SELECT ON projection.setting TO PUBLIC;

-- depends: 0004_wilson

CREATE AGGREGATE metrics.product(float8) (SFUNC = float8mul, STYPE = float8, INITCOND = '1', PARALLEL = SAFE);
COMMENT ON AGGREGATE metrics.product(float8) IS 'The product of all values.';

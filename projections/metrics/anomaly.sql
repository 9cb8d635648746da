-- What is odd in what each source publishes.
-- @reads odd

-- @table anomaly
CREATE TABLE anomaly (
    period date NOT NULL,
    source text NOT NULL,
    code text NOT NULL,
    n integer NOT NULL
);

-- @counts anomaly
SELECT split_part(word, ' ', 1)::date AS period, split_part(word, ' ', 3) AS source, split_part(word, ' ', 2) AS code, sum(r.weight) AS n
FROM rows r
CROSS JOIN LATERAL unnest(r.odd) AS word
GROUP BY 1, 2, 3;

-- @comments
-- relation: Journeys about which something is odd, by who published the odd fact: what each source has to look into. The codes are explained in docs/reference/anomalies.md.
-- period: Month (its first day) that the odd fact is dated in. A journey counts once in each month, source and code.
-- source: Who published it; where two facts do not go together, the later report (second_report), or whoever reported the crime (negative_delay, uvi_conflict).
-- code: Which anomaly.
-- journeys: Journeys (cancelled crimes, and all but one of several numbers of a person in a crime, in none).

-- @view
SELECT period, source, code, n AS journeys FROM {build}.anomaly WHERE n <> 0

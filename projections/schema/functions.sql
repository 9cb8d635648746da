-- What the figures' queries share.
CREATE FUNCTION many_values(spelled text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
    -- The values of a dimension of which a journey can have several, kept as the exact set: `none`, or `any` beside each.
    SELECT CASE spelled WHEN '' THEN 'none' WHEN 'missing' THEN 'missing' ELSE 'any' END
    UNION ALL
    SELECT string_to_table(spelled, ' ') WHERE spelled NOT IN ('', 'missing')
$$;

-- What the figures' queries share.
CREATE FUNCTION many_values(spelled text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    -- The values of a dimension of which a journey can have several, kept as the exact set: `none`, or `any` beside each.
    SELECT CASE spelled WHEN '' THEN '{none}'::text[] WHEN 'missing' THEN '{missing}'::text[]
                        ELSE '{any}'::text[] || string_to_array(spelled, ' ') END
$$;

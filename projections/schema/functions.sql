-- What the figures' queries share.
CREATE FUNCTION many_values(spelled text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    -- The values of a dimension of which a journey can have several, kept as the exact set: `none`, or `any` beside each.
    SELECT CASE spelled WHEN '' THEN '{none}'::text[] WHEN 'missing' THEN '{missing}'::text[]
                        ELSE '{any}'::text[] || string_to_array(spelled, ' ') END
$$;

CREATE FUNCTION with_known(relationship text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    -- The values of suspect_relationship: `known`, any but a stranger, beside the parts.
    SELECT CASE WHEN relationship IN ('stranger', 'missing') THEN ARRAY[relationship] ELSE ARRAY[relationship, 'known'] END
$$;

CREATE FUNCTION age_band(age integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN age < 18 THEN '0-17' WHEN age < 25 THEN '18-24' WHEN age < 35 THEN '25-34' WHEN age < 45 THEN '35-44'
                WHEN age < 55 THEN '45-54' WHEN age < 65 THEN '55-64' WHEN age >= 65 THEN '65+' ELSE 'missing' END
$$;

CREATE FUNCTION yes_or_no(said boolean) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN said THEN 'yes' WHEN NOT said THEN 'no' ELSE 'missing' END
$$;

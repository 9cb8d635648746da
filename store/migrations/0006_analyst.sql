-- depends: 0005_product

-- The role of analysts reads schema metrics, what comes into it too, and nothing else. Roles belong to the whole server: another
-- database of it may have made this one, even just now. Who may not make roles is told; docs/analysts.md says how to do it later.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vjt_analyst') THEN
        CREATE ROLE vjt_analyst NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN RAISE NOTICE 'no role vjt_analyst: this user may not create roles';
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'vjt_analyst') THEN
        GRANT USAGE ON SCHEMA metrics TO vjt_analyst;
        GRANT SELECT ON ALL TABLES IN SCHEMA metrics TO vjt_analyst;
        ALTER DEFAULT PRIVILEGES IN SCHEMA metrics GRANT SELECT ON TABLES TO vjt_analyst;
    END IF;
END
$$;

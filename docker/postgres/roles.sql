-- Run by `roles` in docker-compose.yml at each start, as the superuser: it makes the role
-- that owns the tables and the one that runs the api, and gives both their passwords.
\set ON_ERROR_STOP on
\getenv owner_password POSTGRES_PASSWORD
\getenv application_password APPLICATION_PASSWORD

SELECT format('CREATE ROLE %I', name)
  FROM (VALUES ('booking_owner'), ('booking_application')) role (name)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE booking_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB
  PASSWORD :'owner_password';
ALTER ROLE booking_application LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB
  PASSWORD :'application_password';

-- Before these roles, everything belonged to the superuser.
ALTER DATABASE booking OWNER TO booking_owner;
ALTER SCHEMA public OWNER TO booking_owner;
SELECT format('ALTER TABLE %s OWNER TO booking_owner', c.oid::regclass)
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
       AND c.relowner = current_user::regrole
\gexec
SELECT format('ALTER ROUTINE %s OWNER TO booking_owner', p.oid::regprocedure)
  FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
       -- Functions of an extension stay its owner's.
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
\gexec

-- Extensions, the tenant setting, and the helper that makes a table a tenant table.
create extension if not exists vector;
create extension if not exists btree_gin;
create extension if not exists pg_trgm;

-- The organization of this transaction; null (so: no rows) when none was set.
create function current_organization() returns uuid
language sql stable parallel safe
return nullif(current_setting('app.organization_id', true), '')::uuid;

-- Forces row-level security with the one policy that every tenant table has.
create procedure make_tenant_table(name text, key text default 'organization_id')
language plpgsql as $$
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format(
    'create policy tenant on %I using (%I = nullif(current_setting(''app.organization_id'', true), '''')::uuid)
     with check (%I = nullif(current_setting(''app.organization_id'', true), '''')::uuid)', name, key, key);
end $$;

-- Under row-level security the planner may use an index only with operators that are marked leakproof.
-- These three report nothing about the rows they read. Marking needs a superuser; without it the queries
-- still work, through the organization's index alone.
do $$
begin
  alter function ts_match_vq(tsvector, tsquery) leakproof;
  alter function texticlike(text, text) leakproof;
  alter function arraycontains(anyarray, anyarray) leakproof;
exception when insufficient_privilege then
  raise notice 'full-text and substring indexes stay unused: marking operators leakproof needs a superuser';
end $$;

-- The rules of isolation. Each is a query after the common tables of "prelude" and answers (subject, detail), one row
-- for each thing looked at; detail is null where all is well. Names after a colon are lists from isolation.py.

-- rule: prelude
with tables as (
  select c.oid, n.nspname as schema, c.relname as name, n.nspname || '.' || c.relname as subject,
         c.relrowsecurity as enabled, c.relforcerowsecurity as forced, pg_get_userbyid(c.relowner) as owner, c.relacl,
         exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as tenant
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema$)' and c.relname <> :system_table
), people as (
  select rolname as name, oid, rolname like 'plugin\_%' as plugin from pg_roles
  where rolname in ('smilero_owner', 'smilero_app', 'smilero_platform')
     or (rolname like 'plugin\_%' and exists (select from pg_namespace where nspname = rolname))
)

-- rule: tables
select subject, case
  when schema <> 'core' and schema !~ '^plugin_' then 'stands outside core and the plugins'' schemas'
  when tenant and subject = any(:platform_tables) then 'is on the platform''s list but has tenant_id'
  when not tenant and subject <> all(:platform_tables) then 'has no tenant_id and is not on the platform''s list'
  end as detail
from tables order by 1

-- rule: tenant_tables
select subject, null as detail from tables where tenant order by 1

-- rule: row_security
select subject, case when not enabled then 'row security is not enabled' when not forced then 'row security is not forced' end as detail
from tables where tenant order by 1

-- rule: policies
select t.subject, case
  when coalesce(p.names, '{}') <> case when t.subject = any(:platform_reads) then '{platform,tenant}' else '{tenant}' end::name[]
    then 'has the policies ' || coalesce(p.names, '{}')::text
  when not p.right then 'a policy is not as designed'
  end as detail
from tables t left join lateral (
  select array_agg(polname order by polname) as names, bool_and(polpermissive and polcmd = '*' and case polname
    when 'tenant' then polroles = '{0}' and
      pg_get_expr(polqual, polrelid) = '(tenant_id = (NULLIF(current_setting(' || quote_literal(:setting) || '::text, true), ''''::text))::uuid)'
      and pg_get_expr(polwithcheck, polrelid) = pg_get_expr(polqual, polrelid)
    else polroles = array['smilero_platform'::regrole::oid] end) as right
  from pg_policy where polrelid = t.oid
) p on true where t.tenant order by 1

-- rule: tenant_column
select t.subject, case when a.atttypid <> 'uuid'::regtype then 'tenant_id is no uuid' when not a.attnotnull then 'tenant_id may be null' end as detail
from tables t join pg_attribute a on a.attrelid = t.oid and a.attname = 'tenant_id' where t.tenant order by 1

-- rule: unique_keys
select t.subject || ' ' || i.indexrelid::regclass::text as subject, case
  when first.attname is distinct from 'tenant_id' then 'does not begin with tenant_id'
  when i.indisprimary and i.indnkeyatts < 2 then 'is the tenant alone'
  end as detail
from tables t join pg_index i on i.indrelid = t.oid and i.indisunique
left join pg_attribute first on first.attrelid = t.oid and first.attnum = i.indkey[0]
where t.tenant
union all
select t.subject, 'has no primary key' from tables t
where t.tenant and not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary) order by 1

-- rule: foreign_keys
select t.subject || ' ' || k.conname as subject, case
  when k.condeferrable then 'is deferrable'
  when target.schema not in ('core', t.schema) then 'refers to another plugin''s table'
  when target.tenant and (own.attname <> 'tenant_id' or theirs.attname <> 'tenant_id') then 'is not composite'
  when not target.tenant and target.subject <> 'core.tenant' then 'refers to a platform table'
  end as detail
from tables t join pg_constraint k on k.conrelid = t.oid and k.contype = 'f' and t.tenant
join tables target on target.oid = k.confrelid
join pg_attribute own on own.attrelid = k.conrelid and own.attnum = k.conkey[1]
join pg_attribute theirs on theirs.attrelid = k.confrelid and theirs.attnum = k.confkey[1] order by 1

-- rule: owners
select subject, case when owner <> 'smilero_owner' then 'is owned by ' || owner end as detail from tables order by 1

-- rule: table_grants
select t.subject || ' ' || coalesce(r.rolname, 'public') || ' ' || g.privilege_type as subject, case
  when r.rolname is null then 'everybody may'
  when g.is_grantable and r.rolname <> t.owner then 'may be passed on'
  when r.rolname = t.owner then null
  when g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') then 'is more than reading and writing rows'
  when r.rolname = 'smilero_app' and t.schema = 'core' and (t.tenant or g.privilege_type = 'SELECT') then null
  when r.rolname = 'smilero_platform' and (t.subject = any(:platform_tables) or t.subject = any(:platform_reads)) then null
  when r.rolname = t.schema then null
  when r.rolname like 'plugin\_%' and t.subject = any(:shared) and g.privilege_type = 'SELECT' then null
  else 'is not in the design'
  end as detail
from tables t cross join lateral aclexplode(t.relacl) g left join pg_roles r on r.oid = g.grantee order by 1

-- rule: column_grants
select t.subject || '.' || a.attname as subject, case when a.attacl is not null then 'has a grant of its own' end as detail
from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped order by 1

-- rule: schema_grants
select n.nspname || ' ' || coalesce(r.rolname, 'public') || ' ' || g.privilege_type as subject, case
  when r.rolname = pg_get_userbyid(n.nspowner) then null
  when g.privilege_type = 'CREATE' then 'may create'
  when r.rolname is null and n.nspname <> 'public' then 'everybody may'
  when r.rolname in ('smilero_app', n.nspname) or n.nspname in ('core', 'public') then null
  else 'is not in the design'
  end as detail
from pg_namespace n cross join lateral aclexplode(n.nspacl) g left join pg_roles r on r.oid = g.grantee
where n.nspname !~ '^(pg_|information_schema$)' order by 1

-- rule: roles
select p.name as subject, case
  when r.rolsuper then 'is superuser'
  when r.rolbypassrls then 'passes by row security'
  when r.rolcreatedb then 'may create databases'
  when r.rolcreaterole and p.name <> 'smilero_owner' then 'may create roles'
  when r.rolcanlogin and p.plugin then 'may log in'
  end as detail
from people p join pg_roles r on r.oid = p.oid order by 1

-- rule: memberships
select p.name || ' in ' || r.rolname as subject, case
  when p.name = 'smilero_owner' then null
  when p.name <> 'smilero_app' or r.rolname not like 'plugin\_%' then 'is not in the design'
  when m.inherit_option or m.admin_option or not m.set_option then 'is not inherit false, set true, admin false'
  end as detail
from people p join pg_auth_members m on m.member = p.oid join pg_roles r on r.oid = m.roleid order by 1

-- rule: views
select n.nspname || '.' || c.relname as subject, case
  when c.relkind = 'm' then 'is a materialized view: row security does not reach it'
  when coalesce(c.reloptions, '{}') && array['security_invoker=true', 'security_invoker=on'] then null
  else 'is a view with its owner''s rights' end as detail
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and n.nspname !~ '^(pg_|information_schema$)' order by 1

-- rule: functions
select p.oid::regprocedure::text as subject, case
  when p.prosecdef and p.oid::regprocedure::text <> all(:definers) then 'runs with its owner''s rights and is not on the list' end as detail
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname !~ '^(pg_|information_schema$)' order by 1

-- rule: sealed
select p.name || ' ' || f as subject, case when has_function_privilege(p.oid, f, 'execute') then 'may call it' end as detail
from people p cross join unnest(:sealed) f
union all
select p.name || ' pg_settings', case when has_table_privilege(p.oid, 'pg_catalog.pg_settings', 'update') then 'may change settings' end from people p
union all
select p.name || ' temporary tables', case when has_database_privilege(p.oid, current_database(), 'temporary') then 'may make them' end from people p
order by 1

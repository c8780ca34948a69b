-- The rules of isolation. Each is a query after the common tables of "prelude" and answers (subject, detail), one row
-- for each thing looked at; detail is null where all is well. Names after a colon are lists from isolation.py.

-- rule: prelude
with schemas as (
  select oid, nspname as name, pg_get_userbyid(nspowner) as owner, nspacl from pg_namespace
  where nspname !~ '^(pg_|information_schema$)'
), relations as (
  select c.oid, s.name as schema, c.relname as name, s.name || '.' || c.relname as subject, c.relkind as kind, c.reloptions,
         c.relrowsecurity as enabled, c.relforcerowsecurity as forced, pg_get_userbyid(c.relowner) as owner, c.relacl,
         exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as tenant
  from pg_class c join schemas s on s.oid = c.relnamespace
), tables as (
  select * from relations where kind in ('r', 'p') and name <> :system_table
), functions as (
  select p.oid, s.name as schema, p.oid::regprocedure::text as subject, p.prosecdef, p.proconfig, pg_get_userbyid(p.proowner) as owner
  from pg_proc p join schemas s on s.oid = p.pronamespace
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

-- rule: version_tables
select subject, case
  when schema <> 'core' and schema !~ '^plugin_' then 'stands outside core and the plugins'' schemas'
  when (select array_agg(attname) from pg_attribute where attrelid = oid and attnum > 0 and not attisdropped) <> '{version_num}'
    then 'holds more than a version'
  when exists (select from aclexplode(relacl) g where pg_get_userbyid(g.grantee) <> owner
    and (pg_get_userbyid(g.grantee) <> 'smilero_app' or g.privilege_type <> 'SELECT')) then 'is open to others'
  end as detail
from relations where kind in ('r', 'p') and name = :system_table order by 1

-- rule: other_relations
select subject, case
  when kind = 'f' then 'is a foreign table: row security does not reach it'
  when kind = 'm' then 'is a materialized view: row security does not reach it'
  when kind = 'v' and not coalesce(reloptions, '{}') && array['security_invoker=true', 'security_invoker=on']
    then 'is a view with its owner''s rights'
  end as detail
from relations where kind in ('f', 'm', 'v', 'S') order by 1

-- rule: rewriting
select subject, case when exists (select from pg_rewrite where ev_class = t.oid)
  then 'has a rewrite rule, which runs with its owner''s rights' end as detail
from tables t order by 1

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
from tables t join pg_index i on i.indrelid = t.oid and (i.indisunique or i.indisexclusion)
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
  when t.tenant and not target.tenant and target.subject <> 'core.tenant' then 'refers to a platform table'
  end as detail
from tables t join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
join tables target on target.oid = k.confrelid
join pg_attribute own on own.attrelid = k.conrelid and own.attnum = k.conkey[1]
join pg_attribute theirs on theirs.attrelid = k.confrelid and theirs.attnum = k.confkey[1] order by 1

-- rule: references
select t.subject || '.' || a.attname as subject, case
  when not exists (select from pg_constraint k where k.conrelid = t.oid and k.contype = 'f' and a.attnum = any(k.conkey))
    and a.attname <> all(:unreferring) then 'is an identifier that refers to nothing'
  end as detail
from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped and a.atttypid = 'uuid'::regtype
where t.tenant and a.attname not in ('id', 'tenant_id') order by 1

-- rule: owners
select kind || subject as subject, case when owner <> 'smilero_owner' then 'is owned by ' || owner end as detail
from (
  select 'schema ' as kind, name as subject, name as schema, owner from schemas
  union all select '', subject, schema, owner from relations where kind in ('r', 'p', 'v', 'm', 'S', 'f')
  union all select 'function ', subject, schema, owner from functions
) things where schema <> 'public' order by 1

-- rule: table_grants
select t.subject || ' ' || coalesce(r.rolname, 'public') || ' ' || g.privilege_type as subject, case
  when r.rolname is null then 'everybody may'
  when g.is_grantable and r.rolname <> t.owner then 'may be passed on'
  when r.rolname = t.owner then null
  when g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') then 'is more than reading and writing rows'
  when r.rolname = 'smilero_app' and t.schema = 'core' and (t.tenant or g.privilege_type = 'SELECT') then null
  when r.rolname = 'smilero_platform' and (t.subject = any(:platform_tables) or t.subject = any(:platform_reads)) then null
  when r.rolname = 'smilero_platform' and t.subject = any(:platform_writes) and g.privilege_type = 'INSERT' then null
  when r.rolname = t.schema then null
  when r.rolname like 'plugin\_%' and t.subject = any(:shared) and g.privilege_type = 'SELECT' then null
  else 'is not in the design'
  end as detail
from tables t cross join lateral aclexplode(t.relacl) g left join pg_roles r on r.oid = g.grantee order by 1

-- rule: column_grants
select t.subject || '.' || a.attname as subject, case when a.attacl is not null then 'has a grant of its own' end as detail
from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped order by 1

-- rule: schema_grants
select s.name || ' ' || coalesce(r.rolname, 'public') || ' ' || g.privilege_type as subject, case
  when r.rolname = s.owner then null
  when g.privilege_type = 'CREATE' then 'may create'
  when g.is_grantable then 'may be passed on'
  when r.rolname is null and s.name <> 'public' then 'everybody may'
  when r.rolname in ('smilero_app', s.name) or s.name in ('core', 'public') then null
  else 'is not in the design'
  end as detail
from schemas s cross join lateral aclexplode(s.nspacl) g left join pg_roles r on r.oid = g.grantee order by 1

-- rule: default_grants
select coalesce(s.name, 'every schema') || ' ' || pg_get_userbyid(d.defaclrole) as subject, 'what is made later is open to others' as detail
from pg_default_acl d left join schemas s on s.oid = d.defaclnamespace order by 1

-- rule: roles
select p.name as subject, case
  when r.rolsuper then 'is superuser'
  when r.rolbypassrls then 'passes by row security'
  when r.rolreplication then 'may copy the whole server'
  when r.rolcreatedb then 'may create databases'
  when r.rolcreaterole and p.name <> 'smilero_owner' then 'may create roles'
  when r.rolcanlogin and p.plugin then 'may log in'
  end as detail
from people p join pg_roles r on r.oid = p.oid order by 1

-- rule: settings
select p.name as subject, (
  select 'begins with ' || c from pg_db_role_setting s cross join unnest(s.setconfig) c
  where s.setrole in (p.oid, 0) and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
    and split_part(c, '=', 1) in (:setting, 'role', 'session_authorization', 'session_replication_role', 'row_security') limit 1
  ) as detail
from people p order by 1

-- rule: memberships
select m.member::regrole || ' in ' || m.roleid::regrole as subject, case
  when who.rolsuper then null
  when r.rolname like 'plugin\_%' and who.rolname = 'smilero_owner' then null
  when r.rolname like 'plugin\_%' and who.rolname = 'smilero_app' then
    case when m.inherit_option or m.admin_option or not m.set_option then 'is not inherit false, set true, admin false' end
  -- An administrator who is no superuser made our logins, and cannot use them.
  when not m.inherit_option and not m.set_option and not exists (select from people where oid = m.member) then null
  else 'is not in the design'
  end as detail
from pg_auth_members m join pg_roles who on who.oid = m.member join pg_roles r on r.oid = m.roleid
where exists (select from people where oid in (m.member, m.roleid)) order by 1

-- rule: functions
select subject, case
  when prosecdef and subject <> all(:definers) then 'runs with its owner''s rights and is not on the list'
  when exists (select from unnest(proconfig) c where split_part(c, '=', 1) in (:setting, 'role', 'session_authorization', 'row_security'))
    then 'binds another tenant or role while it runs'
  end as detail
from functions order by 1

-- rule: extensions
select extname as subject, case when extname <> all(:extensions) then 'is not on the list' end as detail from pg_extension order by 1

-- rule: sealed
select p.name || ' ' || f as subject, case when has_function_privilege(p.oid, f, 'execute') then 'may call it' end as detail
from people p cross join unnest(:sealed) f where p.name <> 'smilero_owner' or f <> :migration_lock
union all
select p.name || ' pg_settings', case when has_table_privilege(p.oid, 'pg_catalog.pg_settings', 'update') then 'may change settings' end from people p
union all
select p.name || ' temporary tables', case when has_database_privilege(p.oid, current_database(), 'temporary') then 'may make them' end from people p
union all
select p.name || ' schemas', case when p.name <> 'smilero_owner' and has_database_privilege(p.oid, current_database(), 'create') then 'may make them' end
from people p order by 1

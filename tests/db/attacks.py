"""What a careless plugin, or SQL injected through one, may try; each beside an innocent twin that works.

In the texts, {mine} and {theirs} are tenants, {note} a note of mine, {their_note} and {their_shop} rows of theirs, {pid} the
process of another connection.
"""

from typing import NamedTuple


class Attack(NamedTuple):
    """A statement that must be refused, or see and touch nothing; and its twin that answers at least one row."""

    hostile: str
    twin: str


SHOP = "select shop_id from plugin_probe.note where id = '{note}'"

STAT = "select * from ts_stat('select array_to_tsvector(array[title]) from plugin_probe.note')"

# One statement, as data: the first word is an honest one, so it is the database that must refuse.
BY_THE_DATABASE = {
    "their rows": Attack(
        "select * from plugin_probe.note where tenant_id = '{theirs}'", "select * from plugin_probe.note where tenant_id = '{mine}'"
    ),
    "their row by its id": Attack(
        "select * from plugin_probe.note where id = '{their_note}'", "select * from plugin_probe.note where id = '{note}'"
    ),
    "their shops": Attack("select * from core.shop where tenant_id = '{theirs}'", "select * from core.shop where tenant_id = '{mine}'"),
    "their row changed": Attack(
        "update plugin_probe.note set stars = 1 where id = '{their_note}' returning 1",
        "update plugin_probe.note set stars = 1 where id = '{note}' returning 1",
    ),
    "their row removed": Attack(
        "delete from plugin_probe.note where id = '{their_note}' returning 1",
        "delete from plugin_probe.note where id = '{note}' returning 1",
    ),
    "their row by MERGE": Attack(
        "merge into plugin_probe.note n using (values ('{their_note}'::uuid)) v(id) on n.id = v.id when matched then delete returning 1",
        "merge into plugin_probe.note n using (values ('{note}'::uuid)) v(id) on n.id = v.id when matched then delete returning 1",
    ),
    "a row written for them": Attack(
        "insert into plugin_probe.line (tenant_id, id, note_id, words) values ('{theirs}', '{note}', '{their_note}', 'x') returning 1",
        "insert into plugin_probe.line (tenant_id, id, note_id, words) values ('{mine}', '{note}', '{note}', 'x') returning 1",
    ),
    "a row moved to them": Attack(
        "update plugin_probe.note set tenant_id = '{theirs}', shop_id = '{their_shop}' where id = '{note}' returning 1",
        "update plugin_probe.note set tenant_id = '{mine}' where id = '{note}' returning 1",
    ),
    "a reference to their shop": Attack(
        "update plugin_probe.note set shop_id = '{their_shop}' returning 1",
        "update plugin_probe.note set shop_id = shop_id returning 1",
    ),
    "a line on their note": Attack(
        "insert into plugin_probe.line (id, note_id, words) values (gen_random_uuid(), '{their_note}', 'x') returning 1",
        "insert into plugin_probe.line (id, note_id, words) values (gen_random_uuid(), '{note}', 'x') returning 1",
    ),
    "their row taken over": Attack(
        "insert into plugin_probe.note (tenant_id, id, shop_id, title) values ('{theirs}', '{their_note}', '{their_shop}', 'x') "
        "on conflict (tenant_id, id) do update set title = 'y' returning 1",
        "insert into plugin_probe.note (id, shop_id, title) values ('{note}', '{their_shop}', 'x') "
        "on conflict (tenant_id, id) do update set title = 'y' returning 1",
    ),
    "a shop locked": Attack("select 1 from core.shop for update", "select 1 from plugin_probe.note for update"),
    "set_config": Attack("select set_config('app.tenant_id', '{theirs}', true)", "select current_setting('app.tenant_id')"),
    "set_config for the session": Attack(
        "select set_config('app.tenant_id', '{theirs}', false)", "select current_setting('app.tenant_id')"
    ),
    "set_config with its schema": Attack(
        "select pg_catalog.set_config('role', 'smilero_app', false)", "select pg_catalog.current_setting('role')"
    ),
    "set_config in a CTE": Attack(
        "with s as materialized (select set_config('app.tenant_id', '{theirs}', true)) select n.* from s, plugin_probe.note n",
        "with s as materialized (select current_setting('app.tenant_id')) select n.* from s, plugin_probe.note n",
    ),
    "set_config in a condition": Attack(
        "select * from plugin_probe.note where set_config('app.tenant_id', '{theirs}', true) <> ''",
        "select * from plugin_probe.note where current_setting('app.tenant_id', true) <> ''",
    ),
    "set_config in RETURNING": Attack(
        "update plugin_probe.note set stars = 1 returning set_config('role', 'none', true)",
        "update plugin_probe.note set stars = 1 returning current_setting('role')",
    ),
    "set_config in an ORDER": Attack(
        "select * from plugin_probe.note order by set_config('row_security', 'off', true)", "select * from plugin_probe.note order by title"
    ),
    "pg_settings": Attack(
        "update pg_settings set setting = '{theirs}' where name = 'app.tenant_id' returning 1",
        "select setting from pg_settings where name = 'search_path'",
    ),
    "SQL in SQL that leaves the role": Attack("select * from ts_stat('set role none')", STAT),
    "SQL in SQL that resets the role": Attack("select * from ts_stat('reset role')", STAT),
    "SQL in SQL that binds them": Attack("select * from ts_stat('set local app.tenant_id = ''{theirs}''')", STAT),
    "SQL in SQL that commits": Attack("select * from ts_stat('commit')", STAT),
    "SQL in SQL that runs a block": Attack("select * from ts_stat('do $$begin set role none; end$$')", STAT),
    "SQL in SQL that writes": Attack(
        "select * from ts_stat('delete from plugin_probe.note returning array_to_tsvector(array[title])')", STAT
    ),
    "SQL in SQL with set_config": Attack(
        "select * from ts_stat('select to_tsvector(set_config(''app.tenant_id'', ''{theirs}'', true))')",
        "select * from ts_stat('select to_tsvector(current_setting(''app.tenant_id''))')",
    ),
    "SQL in SQL at people": Attack("select * from ts_stat('select array_to_tsvector(array[name]) from core.person')", STAT),
    "SQL in SQL at their rows": Attack(STAT + " where word = '{theirs}'", STAT + " where word = '{mine}'"),
    "ts_rewrite": Attack(
        "select ts_rewrite('a'::tsquery, 'select name::tsquery, name::tsquery from core.person')",
        "select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')",
    ),
    "a new table": Attack("select 1 as a into plugin_probe.stolen", "select 1 as a"),
    "a new temporary table": Attack("select 1 as a into temporary stolen", "select 1 as a"),
    "lo_create": Attack("select lo_create(0)", "select 1"),
    "lo_creat": Attack("select lo_creat(-1)", "select 1"),
    "lo_from_bytea": Attack("select lo_from_bytea(0, 'x')", "select 'x'::bytea"),
    "lo_import": Attack("select lo_import('/etc/passwd')", "select 1"),
    "lo_export": Attack("select lo_export(1, '/dev/null')", "select 1"),
    "a file read": Attack("select pg_read_file('PG_VERSION')", "select version()"),
    "a binary file read": Attack("select pg_read_binary_file('PG_VERSION')", "select version()"),
    "a folder listed": Attack("select pg_ls_dir('.')", "select version()"),
    "a file looked at": Attack("select pg_stat_file('PG_VERSION')", "select version()"),
    "another connection ended": Attack("select pg_terminate_backend({pid})", "select pg_backend_pid()"),
    "another connection cancelled": Attack("select pg_cancel_backend({pid})", "select pg_backend_pid()"),
    "another connection's statement": Attack(
        "select query from pg_stat_activity where pid = {pid} and query not like '<insufficient privilege>'",
        "select pid from pg_stat_activity where pid = {pid}",
    ),
    "a lock for the session": Attack("select pg_advisory_lock(1)", "select pg_try_advisory_xact_lock(1)"),
    "a lock tried for the session": Attack("select pg_try_advisory_lock(1, 2)", "select pg_try_advisory_xact_lock(1, 2)"),
    "the configuration read again": Attack("select pg_reload_conf()", "select 1"),
    "figures reset": Attack("select pg_stat_reset()", "select 1"),
    "passwords": Attack("select rolpassword from pg_authid", "select rolname from pg_roles"),
    "samples of columns": Attack("select stavalues1::text from pg_statistic", "select 1"),
    "samples of columns, the view": Attack(
        "select most_common_vals::text from pg_stats where schemaname in ('core', 'plugin_probe')", "select 1 from pg_stats"
    ),
    "the file of access rules": Attack("select * from pg_hba_file_rules", "select * from pg_roles"),
    "a large object's bytes": Attack("select data from pg_largeobject", "select 1"),
    "its own version": Attack("select 1 from plugin_probe.alembic_version", "select 1"),
}

# The same by way of XML, where the server was built with it.
BY_XML = {
    "query_to_xml that leaves the role": Attack(
        "select query_to_xml('set role none', true, true, '')", "select query_to_xml('select 1', true, true, '')"
    ),
    "query_to_xml that resets the role": Attack(
        "select query_to_xml('reset role', true, true, '')", "select query_to_xml('select 1', true, true, '')"
    ),
    "query_to_xml that binds them": Attack(
        "select query_to_xml('set local app.tenant_id = ''{theirs}''', true, true, '')", "select query_to_xml('select 1', true, true, '')"
    ),
    "query_to_xml with set_config": Attack(
        "select query_to_xml('select set_config(''app.tenant_id'', ''{theirs}'', true)', true, true, '')",
        "select query_to_xml('select current_setting(''app.tenant_id'')', true, true, '')",
    ),
    "query_to_xml that commits": Attack("select query_to_xml('commit', true, true, '')", "select query_to_xml('select 1', true, true, '')"),
    "query_to_xml that runs a block": Attack(
        "select query_to_xml('do $$begin set role none; end$$', true, true, '')", "select query_to_xml('select 1', true, true, '')"
    ),
    "query_to_xml that writes": Attack(
        "select query_to_xml('delete from plugin_probe.note returning 1', true, true, '')",
        "select query_to_xml('select title from plugin_probe.note', true, true, '')",
    ),
    "query_to_xml of people": Attack(
        "select query_to_xml('select * from core.person', true, true, '')", "select query_to_xml('select * from core.shop', true, true, '')"
    ),
    "query_to_xml of their rows": Attack(
        "select 1 where query_to_xml('select * from plugin_probe.note', true, true, '')::text like '%{theirs}%'",
        "select 1 where query_to_xml('select * from plugin_probe.note', true, true, '')::text like '%{mine}%'",
    ),
    "table_to_xml": Attack("select table_to_xml('core.person', true, true, '')", "select table_to_xml('core.shop', true, true, '')"),
    "schema_to_xml": Attack(
        "select 1 where schema_to_xml('core', true, true, '')::text ~ '{theirs}|김시험'",
        "select 1 where schema_to_xml('core', true, true, '')::text ~ '{mine}'",
    ),
    "database_to_xml": Attack(
        "select 1 where database_to_xml(true, true, '')::text ~ '{theirs}|김시험'",
        "select 1 where database_to_xml(true, true, '')::text ~ '{mine}'",
    ),
}

# A value put into a statement by an f-string, instead of an argument.
INJECTED = {
    "another table": "' union select name from core.person --",
    "another plugin": "' union select words from plugin_probe2.thing --",
    "another tenant by the setting": "' or set_config('app.tenant_id', '{theirs}', true) = '' or title like '%",
    "the role by the setting": "' union select set_config('role', 'smilero_app', false) --",
    "the role by query_to_xml": "' union select query_to_xml('set role none', true, true, '')::text --",
    "the outbox": "' union select payload::text from core.outbox --",
    "tokens": "' union select token_hash::text from core.api_token --",
    "a second statement": "'; set role none; --",
    "a second statement that commits": "'; commit; select name from core.person; --",
    "a second statement that deletes": "'; delete from core.shop; --",
    "every row, which are mine alone": "' or true --",
    "their rows": "' or tenant_id = '{theirs}' --",
}

# Statements of other kinds. Some of them the database would allow to a role: the first word refuses them.
BY_THE_FIRST_WORD = (
    "set role none",
    "set role smilero_app",
    "set local role none",
    "set local role smilero_app",
    "reset role",
    "reset all",
    "set session authorization default",
    "reset session authorization",
    "set app.tenant_id = '{theirs}'",
    "set local app.tenant_id = '{theirs}'",
    "set local row_security = off",
    "begin",
    "commit",
    "end",
    "abort",
    "rollback",
    "savepoint x",
    "release savepoint x",
    "prepare transaction 'x'",
    "do $$begin set role none; end$$",
    "create temporary table t (a int)",
    "create table plugin_probe.t (a int)",
    "create function plugin_probe.f() returns int language sql as 'select 1'",
    "create function pg_temp.f() returns int language sql as 'select 1'",
    "alter role current_user set app.tenant_id = '{theirs}'",
    "alter table plugin_probe.note no force row level security",
    "drop table plugin_probe.note",
    "truncate plugin_probe.note",
    "grant select on plugin_probe.note to public",
    "copy plugin_probe.note to program 'cat'",
    "copy plugin_probe.note to stdout",
    "copy (select 1) to '/tmp/x'",
    "lock table plugin_probe.note",
    "lock table core.shop",
    "listen x",
    "notify x",
    "prepare p as select 1",
    "execute p",
    "deallocate all",
    "discard all",
    "declare c cursor with hold for select 1",
    "fetch c",
    "call f()",
    "explain analyze delete from plugin_probe.note",
    "vacuum",
    "analyze plugin_probe.note",
    "checkpoint",
    "load 'x'",
    "show role",
    "table plugin_probe.note",
    "security label on table plugin_probe.note is ''",
    "",
    ";",
    "; set role none",
    "-- a comment\nset role none",
    "--\rset role none /*\nselect 1 */",
    "/* a comment */ set role none",
    "/* select */ set role none",
    "/* /* nested */ */ set role none",
    "/**/reset role",
    "(set role none)",
    "\t\r\n set role none",
    "SeT rOlE none",
)

# Two statements in one text, and texts that are no statement at all.
STACKED = (
    "select 1; set role none",
    "select 1; set local role smilero_app",
    "select 1; reset role",
    "select 1; commit",
    "select 1; set local app.tenant_id = '{theirs}'",
    "select 1; select * from core.person",
    "select 1;;select 2",
    "with a as (select 1) select * from a; set role none",
    "delete from plugin_probe.note where false; set role none",
    "select 1 /* ; */ ; set role none -- select",
    # An honest first word to us, none to the database.
    "\u00a0select 1",
    "select1",
)

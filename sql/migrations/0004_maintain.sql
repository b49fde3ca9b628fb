-- Maintenance, and who may do what. What maintenance calls runs with the rights of the owner, so that the pipeline
-- can be a role that owns nothing.

-- What maintenance did and measured ---------------------------------------------------------------

create table news_internal.maintenance (
  job text primary key,
  started_at timestamptz not null,
  ended_at timestamptz,
  result jsonb not null default '{}'
);
comment on table news_internal.maintenance is 'What maintenance did last, a row a job.';
comment on column news_internal.maintenance.job is 'Job: partitions, retention, reap, search, figures and so on.';
comment on column news_internal.maintenance.started_at is 'When it last began.';
comment on column news_internal.maintenance.ended_at is 'When it last ended well; null when it broke off.';
comment on column news_internal.maintenance.result is 'What it did.';

create table news_internal.figure (
  measured_at timestamptz not null,
  name text not null,
  subject text not null default '',
  value double precision not null,
  unit text not null,
  primary key (name, subject, measured_at)
);
comment on table news_internal.figure is 'Sizes, bloat, free space and lags, measured by maintenance, for the operations pages.';
comment on column news_internal.figure.measured_at is 'When.';
comment on column news_internal.figure.name is 'What: database_size, table_size, dead_rows, default_rows, disk_free, disk_free_share, xid_age, search_lag or readers.';
comment on column news_internal.figure.subject is 'Of which table, path or role; empty for the whole database.';
comment on column news_internal.figure.value is 'Value.';
comment on column news_internal.figure.unit is 'bytes, share, rows, changes, transactions or connections.';

-- Partitions --------------------------------------------------------------------------------------

create function news_internal.partition_key(parent regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp
return case parent
  when 'ingest.poll'::regclass then 'polled_at'
  when 'ingest.fetch_log'::regclass then 'fetched_at'
  when 'ingest.sketch_hash'::regclass then 'sketched_on'
  when 'news_internal.revision'::regclass then 'valid_until' end;
comment on function news_internal.partition_key is 'Time column by which one of our tables is partitioned; null for any other table.';

create function news_internal.add_partition(parent regclass, month date) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' set timezone = 'UTC' as $$
declare
  key text := news_internal.partition_key(parent);
  first date := date_trunc('month', month);
  place text;
  base text;
  name text;
begin
  if key is null then
    raise exception '% is not a table that we partition', parent using errcode = 'insufficient_privilege';
  end if;
  select n.nspname, c.relname into place, base from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent;
  name := format('%s_y%sm%s', base, to_char(first, 'YYYY'), to_char(first, 'MM'));
  if to_regclass(format('%I.%I', place, name)) is not null then
    return null;
  end if;
  execute format('create table %I.%I (like %s including defaults including constraints)', place, name, parent);
  execute format(
    'with moved as (delete from %1$I.%2$I where %3$I >= %4$L and %3$I < %5$L returning *) insert into %1$I.%6$I select * from moved',
    place, base || '_default', key, first, first + interval '1 month', name);
  execute format('alter table %s attach partition %I.%I for values from (%L) to (%L)',
    parent, place, name, first, (first + interval '1 month')::date);
  execute format('comment on table %I.%I is %L', place, name, 'Partition of ' || parent || ' for ' || to_char(first, 'YYYY-MM') || '.');
  return format('%s.%s', place, name);
end $$;
comment on function news_internal.add_partition is 'Makes the partition of a month and moves rows there that fell into the default one; null where it is there already.';

create function news_internal.drop_partitions(parent regclass, before timestamptz) returns setof text
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '2s' set timezone = 'UTC' as $$
declare child record;
begin
  if news_internal.partition_key(parent) is null then
    raise exception '% is not a table that we partition', parent using errcode = 'insufficient_privilege';
  end if;
  for child in
    select i.inhrelid::regclass::text as name, substring(c.relname from '_y(\d{4})m\d{2}$') as year, substring(c.relname from 'm(\d{2})$') as month
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = parent order by 1
  loop
    if child.year is not null and make_date(child.year::integer, child.month::integer, 1) + interval '1 month' <= before then
      execute 'drop table ' || child.name;
      return next child.name;
    end if;
  end loop;
end $$;
comment on function news_internal.drop_partitions is 'Drops the monthly partitions that end before a time; returns their names.';

-- Readers that run too long -----------------------------------------------------------------------

create function news_internal.reader_roles() returns setof oid
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  with recursive member as (
    select r.oid from pg_roles r where r.rolname = 'news_reader'
    union
    select m.member from pg_auth_members m join member r on r.oid = m.roleid
  )
  select oid from member where not has_schema_privilege(oid, 'news_internal', 'usage');
end;
comment on function news_internal.reader_roles is 'news_reader and its members, but those who work here: since PostgreSQL 16 whoever made a role is a member of it.';

create function news_internal.reap(longest interval, idlest interval) returns table (pid integer, role name, why text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
  with due as (
    select a.pid, a.usename,
      case when h.locks > 4000 then format('it held %s locks, and all sessions share one table of them', h.locks)
        when a.state = 'active' then format('a query ran for more than %s', longest)
        else format('a transaction was left open for more than %s', idlest) end as why
    from pg_stat_activity a
    join news_internal.reader_roles() r (oid) on r.oid = a.usesysid
    cross join lateral (select count(*) as locks from pg_locks l where l.pid = a.pid) h
    where a.datname = current_database() and a.pid <> pg_backend_pid()
      -- temporary tables without end; a query over all partitions of ten years holds fewer
      and (h.locks > 4000 or a.state = 'active' and clock_timestamp() - a.query_start > longest
        or a.state like 'idle in transaction%' and clock_timestamp() - a.state_change > idlest)
  )
  select due.pid, due.usename, due.why from due where pg_terminate_backend(due.pid);
end $$;
comment on function news_internal.reap is 'Ends sessions of readers (news_reader and its members) whose query runs, or whose transaction stays open, too long, and those that fill the table of locks. A superuser, or an owner in pg_monitor and pg_signal_backend, must own it.';

revoke execute on function news_internal.add_partition(regclass, date), news_internal.drop_partitions(regclass, timestamptz),
  news_internal.reap(interval, interval) from public;

-- Compression -------------------------------------------------------------------------------------
-- Texts are compressed with lz4 where the server has it: several times cheaper than pglz for nearly the same size. It
-- is a setting of the database, not of columns, so that the schema is the same on servers without it.

do $$
begin
  if exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any(enumvals)) then
    execute format('alter database %I set default_toast_compression = lz4', current_database());
  end if;
exception when insufficient_privilege then
  raise notice 'not the owner of the database: texts are compressed with pglz';
end $$;

-- Roles and rights --------------------------------------------------------------------------------
-- Roles belong to the cluster, not to this database: another database may have made them, and a managed server may
-- forbid it. Whoever creates a role also sets its limits.

do $$
declare name text;
begin
  foreach name in array array['newsflow_owner', 'newsflow_writer', 'news_reader'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
        execute case name
          when 'newsflow_owner' then 'comment on role newsflow_owner is ''newsflow: may change the schemas (migrations).'''
          when 'newsflow_writer' then 'comment on role newsflow_writer is ''newsflow: the pipeline; reads and writes rows.'''
          else 'comment on role news_reader is ''newsflow: analysts; reads the schema news.'''
        end;
        if name = 'news_reader' then
          alter role news_reader connection limit 20;
          alter role news_reader set default_transaction_read_only = on;
          alter role news_reader set statement_timeout = '10min';
          alter role news_reader set search_path = news;
          begin
            alter role news_reader set temp_file_limit = '4GB';
          exception when insufficient_privilege then
            raise notice 'news_reader: temp_file_limit needs a superuser; set it by hand';
          end;
        end if;
      exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
          raise notice 'role % is missing and may not be created here: see docs/analysts.md', name;
      end;
    end if;
  end loop;
end $$;

-- What PostgreSQL lets everyone do who can connect: a reader could fill the disk with large objects, which no limit
-- counts, or with temporary tables in other databases, or the server's table of locks with advisory ones, after which
-- nobody can connect, or the log of transactions with messages of any length.
create function news_internal.open_to_public() returns table (what text, cure text, here boolean)
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select format('every role may call %s', f), format('revoke execute on function %s from public', f), true
  from (
    select unnest(array['lo_creat(integer)', 'lo_create(oid)', 'lo_from_bytea(oid,bytea)', 'lo_put(oid,bigint,bytea)',
      'lowrite(integer,bytea)', 'pg_notify(text,text)']::regprocedure[])
    union all
    select oid::regprocedure from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^pg_((try_)?advisory_(xact_)?lock|logical_emit_message)'
  ) found (f)
  where has_function_privilege('public', f::oid, 'execute')
  union all
  select format('every role may connect to the database %I', d.datname),
    format('revoke connect, temporary on database %I from public', d.datname), false
  from pg_database d
  where d.datallowconn and d.datname <> current_database() and has_database_privilege('public', d.oid, 'connect');
end;
comment on function news_internal.open_to_public is 'What everyone may do who can connect, and should not where analysts do; the cure is for a superuser. here: it is of this database.';

-- Other databases are left to their owners, for their users may have no other right to connect.
create function news_internal.close_to_public() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare found text;
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    return;
  end if;
  for found in select o.cure from news_internal.open_to_public() o where o.here loop
    execute found;
  end loop;
  for found in
    select r.rolname from pg_roles r
    where r.rolname in ('newsflow_owner', 'newsflow_writer')
      or r.oid = (select nspowner from pg_namespace where nspname = 'news_internal')
  loop
    execute format('grant execute on function pg_notify(text, text), pg_advisory_lock(bigint) to %I', found);
  end loop;
end $$;
comment on function news_internal.close_to_public is 'Takes from everyone what open_to_public() finds in this database, as far as the caller may; the pipeline keeps what it calls itself.';

create function news_internal.grant_roles() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('revoke temporary, create on database %I from public', current_database());
  revoke create on schema public from public;
  if to_regrole('newsflow_owner') is not null then
    execute format('grant create, connect, temporary on database %I to newsflow_owner', current_database());
    grant all on schema ingest, news, news_internal, newsflow_meta to newsflow_owner;
    grant all on all tables in schema ingest, news, news_internal, newsflow_meta to newsflow_owner;
    grant all on all sequences in schema ingest, news, news_internal, newsflow_meta to newsflow_owner;
    grant all on all functions in schema news, news_internal to newsflow_owner;
  end if;
  if to_regrole('newsflow_writer') is not null then
    execute format('grant connect, temporary on database %I to newsflow_writer', current_database());
    grant usage on schema ingest, news, news_internal, newsflow_meta to newsflow_writer;
    grant select, insert, update, delete on all tables in schema ingest, news_internal to newsflow_writer;
    grant select on all tables in schema news, newsflow_meta to newsflow_writer;
    grant insert, update, delete on newsflow_meta.lock to newsflow_writer;
    grant usage, select on all sequences in schema ingest, news_internal to newsflow_writer;
    grant execute on all functions in schema news, news_internal to newsflow_writer;
    alter default privileges in schema ingest, news_internal
      grant select, insert, update, delete on tables to newsflow_writer;
    alter default privileges in schema ingest, news_internal grant usage, select on sequences to newsflow_writer;
    alter default privileges in schema news_internal grant execute on functions to newsflow_writer;
    alter default privileges in schema news grant select on tables to newsflow_writer;
  end if;
  if to_regrole('news_reader') is not null then
    execute format('grant connect, temporary on database %I to news_reader', current_database());
    grant usage on schema news to news_reader;
    grant select on all tables in schema news to news_reader;
    alter default privileges in schema news grant select on tables to news_reader;
  end if;
  perform news_internal.close_to_public();
end $$;
comment on function news_internal.grant_roles is 'Gives the three roles their rights in this database; to be run again after the roles were made by hand.';

-- Persons -----------------------------------------------------------------------------------------
-- A member of a role has its rights, but neither its limits nor its settings: each person's role gets them itself.

create function news_internal.readers() returns table (
  name text, connections integer, limited boolean, sessions bigint, own_bytes bigint
)
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select r.rolname::text, r.rolconnlimit,
    r.rolconnlimit >= 0 and exists (
      select from pg_db_role_setting s where s.setrole = r.oid and array_to_string(s.setconfig, ' ') like '%statement_timeout=%'),
    (select count(*) from pg_stat_activity a where a.usesysid = r.oid and a.datname = current_database()),
    (select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint from pg_class c
      where c.relowner = r.oid and c.relkind in ('r', 'm'))
  from news_internal.reader_roles() m (oid) join pg_roles r using (oid)
  where r.rolcanlogin and r.rolname <> 'news_reader';
end;
comment on function news_internal.readers is 'Roles of persons and tools in news_reader: whether they have limits of their own, their sessions, and the bytes of their tables.';

create function news_internal.add_reader(reader text, verifier text, connections integer) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  is_new boolean := not exists (select from pg_roles where rolname = reader);
  owner text := (select r.rolname from pg_namespace n join pg_roles r on r.oid = n.nspowner where n.nspname = reader);
begin
  if reader !~ '^[a-z_][a-z0-9_]{0,62}$'
    or reader ~ '^(pg_.*|newsflow.*|news|news_.*|ingest|public|none|information_schema)$' then
    raise exception '% can''t be a reader''s name: take lower-case letters, digits and _, and none of our own names', reader
      using errcode = 'invalid_name';
  elsif not is_new and reader not in (select r.name from news_internal.readers() r) then
    raise exception 'the role % is there already, and is no reader', reader using errcode = 'duplicate_object';
  elsif owner not in (current_user, reader) then
    raise exception 'the schema % is there already, and belongs to %', reader, owner using errcode = 'duplicate_schema';
  end if;
  if is_new then
    execute format('create role %I login in role news_reader', reader);
  end if;
  if verifier is not null then
    execute format('alter role %I password %L', reader, verifier);
  end if;
  execute format('alter role %I connection limit %s', reader, connections);
  execute format('alter role %I set statement_timeout = %L', reader, '10min');
  execute format('alter role %I set idle_in_transaction_session_timeout = %L', reader, '30min');
  execute format('alter role %1$I set search_path = %1$I, news', reader);
  begin
    execute format('alter role %I set temp_file_limit = %L', reader, '4GB');
  exception when insufficient_privilege then
    raise notice '%: temp_file_limit needs a superuser; set it by hand', reader;
  end;
  execute format('create schema if not exists %I', reader);
  execute format('grant usage, create on schema %1$I to %1$I', reader);
  execute format('comment on schema %I is %L', reader, 'For tables of the reader ' || reader || '.');
  return is_new;
end $$;
comment on function news_internal.add_reader is 'Makes a role for a person or tool that reads the schema news, or makes it right: limits, settings, and a schema for its own tables. verifier: of its password (SCRAM); null: as it is.';

create function news_internal.remove_reader(reader text, drop_tables boolean) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare kept bigint;
begin
  if reader not in (select r.name from news_internal.readers() r) then
    raise exception 'there is no reader %', reader using errcode = 'undefined_object';
  end if;
  execute format('alter role %I nologin', reader);
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant %I to current_user', reader);
  end if;
  perform pg_terminate_backend(a.pid, 5000) from pg_stat_activity a where a.usename = reader;
  if not drop_tables then
    execute format('reassign owned by %I to current_user', reader);
  end if;
  execute format('drop owned by %I cascade', reader);
  select count(*) into kept from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = reader and c.relkind in ('r', 'v', 'm', 'p', 'f');
  if kept = 0 then
    execute format('drop schema if exists %I', reader);
  end if;
  execute format('drop role %I', reader);
  return kept;
end $$;
comment on function news_internal.remove_reader is 'Ends a reader''s sessions and takes its role away; its tables become the caller''s, or go. Returns how many stay.';

revoke execute on function news_internal.reader_roles(), news_internal.open_to_public(), news_internal.close_to_public(), news_internal.grant_roles(),
  news_internal.readers(), news_internal.add_reader(text, text, integer), news_internal.remove_reader(text, boolean)
  from public;

select news_internal.grant_roles();

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

create function news_internal.reap(longest interval, idlest interval) returns table (pid integer, role name, why text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
  with recursive reader as (
    select oid from pg_roles where rolname = 'news_reader'
    union
    select m.member from pg_auth_members m join reader r on r.oid = m.roleid
  ), due as (
    select a.pid, a.usename,
      case when a.state = 'active' then format('a query ran for more than %s', longest)
        else format('a transaction was left open for more than %s', idlest) end as why
    from pg_stat_activity a
    join reader r on r.oid = a.usesysid
    join pg_roles o on o.oid = r.oid and not o.rolsuper
    where a.datname = current_database() and a.pid <> pg_backend_pid()
      and (a.state = 'active' and clock_timestamp() - a.query_start > longest
        or a.state like 'idle in transaction%' and clock_timestamp() - a.state_change > idlest)
  )
  select due.pid, due.usename, due.why from due where pg_terminate_backend(due.pid);
end $$;
comment on function news_internal.reap is 'Ends sessions of readers (news_reader and its members) whose query runs, or whose transaction stays open, too long. A superuser, or an owner in pg_monitor and pg_signal_backend, must own it.';

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
    execute format('grant connect on database %I to news_reader', current_database());
    grant usage on schema news to news_reader;
    grant select on all tables in schema news to news_reader;
    alter default privileges in schema news grant select on tables to news_reader;
  end if;
end $$;
comment on function news_internal.grant_roles is 'Gives the three roles their rights in this database; to be run again after the roles were made by hand.';

select news_internal.grant_roles();

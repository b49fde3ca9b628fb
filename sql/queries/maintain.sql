-- name: maintain.add_partition makes the partition of a month
-- returns: value
select news_internal.add_partition(%(parent)s::regclass, %(month)s::date);

-- name: maintain.drop_partitions drops the months that end before a time
-- returns: value
select coalesce(array_agg(name), '{}') from news_internal.drop_partitions(%(parent)s::regclass, %(before)s) name;

-- name: maintain.trim_polls deletes old polls that lie in the default partition
delete from ingest.poll_default where polled_at < %(before)s;

-- name: maintain.trim_fetch_log deletes old fetches that lie in the default partition
delete from ingest.fetch_log_default where fetched_at < %(before)s;

-- name: maintain.trim_revisions deletes old contents that lie in the default partition
delete from news_internal.revision_default where valid_until < %(before)s;

-- name: maintain.trim_sketches deletes hashes of old sketches that lie in the default partition
delete from ingest.sketch_hash_default where sketched_on < (%(before)s::timestamptz at time zone 'UTC')::date;

-- name: maintain.drop_body_copies empties a batch of extractions whose article has the same body
-- The articles are locked: one that is revised meanwhile gives its extraction the body back. An extraction that is made
-- anew meanwhile has other content, and keeps it.
with shown as (
  select a.article_id, a.extraction_id, a.content_hash
  from ingest.extraction e join news_internal.article a on a.article_id = e.page_id and a.extraction_id = e.extraction_id
  where e.body <> '' and e.extracted_at < %(before)s and a.content_hash = e.content_hash and a.body_purged_at is null
  order by a.article_id limit %(batch)s for share of a
)
update ingest.extraction e set body = null from shown
where e.extraction_id = shown.extraction_id and e.content_hash = shown.content_hash;

-- name: maintain.trim_extractions deletes a batch of extractions that newer ones have replaced
delete from ingest.extraction where extraction_id in (
  select e.extraction_id from ingest.extraction e join ingest.page p using (page_id)
  where e.extracted_at < %(before)s
    and e.extraction_id is distinct from p.extraction_id
    and e.extraction_id is distinct from p.loaded_extraction_id
    and p.state in ('loaded', 'rejected')
  order by e.extraction_id limit %(batch)s);

-- name: maintain.trim_bodies empties a batch of old bodies, and what search and lineage keep of them
-- returns: value
with old as (
  select article_id, extraction_id from news_internal.article
  where loaded_at < %(before)s and body_purged_at is null order by article_id limit %(batch)s for update
), emptied as (
  update news_internal.article a set body = '', body_purged_at = %(now)s from old where a.article_id = old.article_id
), unsearched as (
  update news_internal.search s set document = news_internal.fts_document(s.language, s.title, '', '')
  from old where s.article_id = old.article_id
), unextracted as (
  update ingest.extraction e set body = '' from old where e.page_id = old.article_id
), unrevised as (
  update news_internal.revision r set body = '' from old where r.article_id = old.article_id
)
select count(*) from old;

-- name: maintain.trim_runs deletes the funnels of old runs
delete from ingest.run where run_id in (
  select run_id from ingest.run where state <> 'running' and started_at < %(before)s order by run_id limit %(batch)s);

-- name: maintain.trim_changes deletes a batch of the change log that search has dealt with
delete from news_internal.change where change_id in (
  select change_id from news_internal.change
  where changed_at < %(before)s and change_id <= (select min(change_id) from news_internal.consumer)
  order by change_id limit %(batch)s);

-- name: maintain.trim_figures deletes old figures
delete from news_internal.figure where measured_at < %(before)s;

-- name: maintain.old_articles lists a batch of articles that retention takes out
-- returns: value
select coalesce(array_agg(article_id), '{}') from (
  select article_id from news_internal.article where loaded_at < %(before)s order by article_id limit %(batch)s) old;

-- name: maintain.reap ends sessions of readers that are overdue
-- not null: all
select * from news_internal.reap(%(longest)s, %(idlest)s);

-- name: maintain.open_to_public lists what everyone may do who can connect, and should not
-- not null: all
select what, cure from news_internal.open_to_public() order by here desc, cure;

-- name: maintain.grant_roles gives the roles their rights anew
-- returns: count
select news_internal.grant_roles();

-- name: maintain.readers lists the roles of persons and tools that read
-- not null: all
select name, connections, limited, sessions, own_bytes from news_internal.readers() order by name;

-- name: maintain.add_reader makes a reader, or makes one right; whether it is new
-- returns: value
-- nullable parameters: verifier
select news_internal.add_reader(%(name)s, %(verifier)s, %(connections)s);

-- name: maintain.remove_reader takes a reader away; how many of its tables stay
-- returns: value
select news_internal.remove_reader(%(name)s, %(drop_tables)s);

-- name: maintain.begin notes that a job has begun
insert into news_internal.maintenance (job, started_at) values (%(job)s, %(now)s)
on conflict (job) do update set started_at = excluded.started_at, ended_at = null;

-- name: maintain.end notes what a job did
update news_internal.maintenance set ended_at = %(now)s, result = %(result)s where job = %(job)s;

-- name: maintain.analyze_article renews the planner's statistics
analyze news_internal.article, news_internal.search, news_internal.change, ingest.page, ingest.extraction, ingest.entry;

-- name: maintain.measure notes sizes, dead rows, lags and connections
insert into news_internal.figure (measured_at, name, subject, value, unit)
select %(now)s, f.name, f.subject, f.value, f.unit
from (
  select 'database_size' as name, '' as subject, pg_database_size(current_database())::float8 as value, 'bytes' as unit
  union all
  select 'table_size', s.schemaname || '.' || s.relname, pg_total_relation_size(s.relid), 'bytes'
  from pg_stat_user_tables s where s.schemaname in ('ingest', 'news_internal')
  union all
  select 'dead_rows', s.schemaname || '.' || s.relname, s.n_dead_tup::float8 / nullif(s.n_live_tup + s.n_dead_tup, 0), 'share'
  from pg_stat_user_tables s where s.schemaname in ('ingest', 'news_internal')
  union all
  select 'default_rows', 'ingest.poll', count(*), 'rows' from ingest.poll_default
  union all
  select 'default_rows', 'ingest.fetch_log', count(*), 'rows' from ingest.fetch_log_default
  union all
  select 'default_rows', 'ingest.sketch_hash', count(*), 'rows' from ingest.sketch_hash_default
  union all
  select 'default_rows', 'news_internal.revision', count(*), 'rows' from news_internal.revision_default
  union all
  select 'xid_age', '', age(datfrozenxid), 'transactions' from pg_database where datname = current_database()
  union all
  select 'search_lag', '', (select count(*) from news_internal.change where change_id > c.change_id), 'changes'
  from news_internal.consumer c where name = 'search'
  union all
  select 'readers', '', count(*), 'connections'
  from pg_stat_activity a join news_internal.reader_roles() r (oid) on r.oid = a.usesysid
  where a.datname = current_database()
) f
where f.value is not null
on conflict do nothing;

-- name: maintain.note_figure notes a figure that was measured outside the database
insert into news_internal.figure (measured_at, name, subject, value, unit)
values (%(now)s, %(name)s, %(subject)s, %(value)s, %(unit)s) on conflict do nothing;

-- name: retract.find_page finds a page by its canonical URL
-- returns: row or none
select page_id, url, state from ingest.page where url_hash = %(url_hash)s;

-- name: retract.add_same_pages adds the pages that are other addresses of these
-- returns: value
select coalesce(array_agg(page_id order by page_id), '{}') from ingest.page
where page_id = any(%(pages)s::bigint[]) or canonical_page_id = any(%(pages)s::bigint[]);

-- name: retract.bury makes the tombstones
insert into news_internal.tombstone (url_hash, article_id, kind, why, made_at)
select url_hash, page_id, %(kind)s, %(why)s, %(now)s from ingest.page where page_id = any(%(pages)s::bigint[]) order by page_id
on conflict (url_hash) do update set kind = excluded.kind, why = excluded.why, made_at = excluded.made_at;

-- name: retract.delete_revisions takes their older contents out
delete from news_internal.revision where article_id = any(%(pages)s::bigint[]);

-- name: retract.delete_traces takes their texts out of the machine's tables
with extraction as (delete from ingest.extraction where page_id = any(%(pages)s::bigint[])),
  member as (delete from ingest.story_member where page_id = any(%(pages)s::bigint[])),
  pending as (delete from ingest.story_pending where page_id = any(%(pages)s::bigint[])),
  credit as (delete from ingest.credit where page_id = any(%(pages)s::bigint[])),
  edge as (delete from ingest.story_edge where lo = any(%(pages)s::bigint[]) or hi = any(%(pages)s::bigint[])),
  hash as (delete from ingest.sketch_hash h using ingest.sketch s
    where s.page_id = any(%(pages)s::bigint[]) and h.page_id = s.page_id and h.h = any(s.hashes) and h.sketched_on = s.sketched_on),
  sketch as (delete from ingest.sketch where page_id = any(%(pages)s::bigint[])),
  learned as (delete from ingest.site_page where page_id = any(%(pages)s::bigint[])),
  entry as (update ingest.entry set title = '', summary = '', content_html = '', authors = '{}'
    where page_id = any(%(pages)s::bigint[])),
  left_out as (update ingest.import_reject i set title = null from ingest.page p
    where p.page_id = any(%(pages)s::bigint[]) and i.url = p.url and i.title is not null)
update ingest.page set state = 'rejected', outcome = 'retracted', detail = %(kind)s || ': ' || left(%(why)s, 400),
  extraction_id = null, loaded_extraction_id = null, loaded_content_hash = null, attempts = 0, changed_at = %(now)s
where page_id = any(%(pages)s::bigint[]);

-- name: retract.close_run_pages ends the pages in the funnels of runs that are under way
update ingest.run_page x set
  fetch_outcome = case when entered = 'fetch' then coalesce(fetch_outcome, 'retracted') end,
  extract_outcome = case when entered = 'extract' or fetch_outcome in (select code from ingest.outcome where goes_on)
    then coalesce(extract_outcome, 'retracted') end,
  deduplicate_outcome = case when entered = 'deduplicate' or extract_outcome in (select code from ingest.outcome where goes_on)
    then coalesce(deduplicate_outcome, 'retracted') end,
  load_outcome = case when entered = 'load' or deduplicate_outcome in (select code from ingest.outcome where goes_on)
    then coalesce(load_outcome, 'retracted') end
from ingest.run r
where r.run_id = x.run_id and r.state = 'running' and x.page_id = any(%(pages)s::bigint[]);

-- name: retract.open_graves takes tombstones away
delete from news_internal.tombstone t using ingest.page p
where p.page_id = any(%(pages)s::bigint[]) and t.url_hash = p.url_hash;

-- name: retract.ask_again makes a page due again, from its capture where that is still there; its other addresses stay
update ingest.page p set
  state = case when p.page_id <> %(page)s then 'rejected'
    when exists (
      select from ingest.capture c join ingest.warc_file f using (file)
      where c.capture_id = p.capture_id and f.deleted_at is null) then 'captured'
    else 'pending' end,
  outcome = case when p.page_id <> %(page)s then 'same_page' end,
  detail = '', attempts = 0, next_attempt_at = '-infinity', changed_at = %(now)s
where p.page_id = any(%(pages)s::bigint[]) and p.outcome in (select code from ingest.outcome where withdrawn);

-- name: retract.wipe_entries empties the texts that feeds brought back of what was taken out
update ingest.entry e set title = '', summary = '', content_html = '', authors = '{}'
from news_internal.tombstone t join ingest.page p using (url_hash)
where e.page_id = p.page_id and (e.title <> '' or e.summary <> '' or e.content_html <> '' or e.authors <> '{}');

-- name: maintain.last_end tells when a job last ended well
-- returns: value or none
select ended_at from news_internal.maintenance where job = %(job)s;

-- name: maintain.list_columns lists the columns of the contract with their comments, the articles first
-- not null: all
select c.relname as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
  coalesce(obj_description(c.oid, 'pg_class'), '') as relation_text, coalesce(col_description(c.oid, a.attnum), '') as text
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'news'::regnamespace and c.relkind in ('v', 'm') and a.attnum > 0 and not a.attisdropped
order by c.relname <> 'articles', c.relname, a.attnum;

-- name: maintain.list_functions lists the functions of the contract with their comments
-- not null: all
select proname as name, pg_get_function_arguments(oid) as arguments, pg_get_function_result(oid) as result,
  coalesce(obj_description(oid, 'pg_proc'), '') as text
from pg_proc where pronamespace = 'news'::regnamespace order by proname;

-- name: maintain.list_terms lists the values of each column of a view whose values are a fixed list
-- not null: all
select t.relation, t.column_name as name, t.value
from news.terms t join pg_class c on c.relnamespace = 'news'::regnamespace and c.relname = t.relation
join pg_attribute a on a.attrelid = c.oid and a.attname = t.column_name and a.atttypid = 'text'::regtype
order by t.relation, t.column_name, t.place;

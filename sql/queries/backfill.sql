-- name: backfill.add_files notes the files that a run is to read; finished ones of the same version stay finished
-- values: source text, selection text, run_id bigint, shard integer, version text, bytes bigint null, trouble text, now timestamptz
-- One that can't be asked for now (its trouble says why) counts as unchanged, so that a later run goes on in it.
insert into ingest.backfill_file as f
  (source, selection, run_id, shard, version, bytes, detail, state, added_at, changed_at, ended_at)
select n.source, n.selection, n.run_id, n.shard,
  case when n.trouble = '' then n.version else coalesce(known.version, '') end,
  n.bytes::bigint, n.trouble, case when n.trouble = '' then 'waiting' else 'failed' end,
  n.now::timestamptz, n.now::timestamptz, case when n.trouble <> '' then n.now::timestamptz end
from (values %s) as n (source, selection, run_id, shard, version, bytes, trouble, now)
left join ingest.backfill_file as known on known.source = n.source and known.selection = n.selection
on conflict (source, selection) do update set
  run_id = excluded.run_id, shard = excluded.shard, bytes = coalesce(excluded.bytes, f.bytes),
  version = excluded.version, detail = excluded.detail,
  "offset" = case when f.version = excluded.version then f."offset" else 0 end,
  records = case when f.version = excluded.version then f.records else 0 end,
  matched = case when f.version = excluded.version then f.matched else 0 end,
  taken = case when f.version = excluded.version then f.taken else 0 end,
  skipped = case when f.version = excluded.version then f.skipped else '{}' end,
  state = case when f.version = excluded.version and f.state = 'done' then 'done' else excluded.state end,
  ended_at = case when f.version = excluded.version and f.state = 'done' then f.ended_at else excluded.ended_at end;

-- name: backfill.unfinished finds the newest run of a request, where it broke off
-- returns: value or none
select dag_run_id from ingest.run
where dag_id = %(dag_id)s and dag_run_id like %(prefix)s and params = %(params)s::jsonb and state <> 'success'
  and (state = 'running' or broken_off)
order by run_id desc limit 1;

-- name: backfill.files lists a shard's files that are not read to their end
-- column skipped: dict[str, int]
select source, selection, version, bytes, "offset", parts, records, matched, taken, skipped
from ingest.backfill_file
where run_id = %(run_id)s and shard = %(shard)s and state in ('waiting', 'reading')
order by source, selection;

-- name: backfill.totals sums a run's files, for progress
-- returns: row
select count(*) as files, count(*) filter (where state = 'done') as done, count(*) filter (where state = 'failed') as failed,
  coalesce(sum(bytes), 0)::bigint as bytes,
  coalesce(sum(case when state = 'done' then coalesce(bytes, "offset") else "offset" end), 0)::bigint as bytes_read,
  coalesce(sum(records), 0)::bigint as records, coalesce(sum(matched), 0)::bigint as matched,
  coalesce(sum(taken), 0)::bigint as taken
from ingest.backfill_file
where run_id = %(run_id)s and (%(shard)s::int is null or shard = %(shard)s);

-- name: backfill.list_progress shows the progress of all files
-- column skipped: dict[str, int]
select source, selection, run_id, state, bytes, "offset", records, matched, taken, skipped, detail, changed_at
from ingest.backfill_file order by changed_at desc, source;

-- name: backfill.save_progress notes how far a file was dealt with, in the transaction of its captures
update ingest.backfill_file set
  state = %(state)s, "offset" = %(offset)s, parts = %(parts)s, records = %(records)s, matched = %(matched)s,
  taken = %(taken)s, skipped = %(skipped)s, detail = %(detail)s, changed_at = %(now)s,
  ended_at = case when %(state)s in ('done', 'failed') then %(now)s::timestamptz end
where source = %(source)s and selection = %(selection)s;

-- name: backfill.publishers maps known origins to the publisher that owns them
select o.origin, b.name from ingest.origin o join ingest.publisher b using (publisher_id);

-- name: backfill.add_publishers makes the publishers of a batch known
insert into ingest.publisher (name)
select distinct given from unnest(%(names)s::text[]) given
where not exists (select from ingest.publisher_name n where n.name = given)
order by given
on conflict (name) do nothing;

-- name: backfill.add_origins makes the origins of a batch known, each with its publisher
insert into ingest.origin as o (origin, publisher_id)
select g.origin, b.publisher_id
from unnest(%(origins)s::text[], %(names)s::text[]) as g (origin, name) join ingest.publisher_name b on b.name = g.name
order by g.origin
on conflict (origin) do update set publisher_id = excluded.publisher_id where o.publisher_id is null;

-- name: backfill.add_pages registers pages; next_attempt_at keeps those of archives from being fetched
-- parameter next_attempt_at: str
insert into ingest.page (url, url_hash, origin_id, publisher_id, discovered_by, discovered_at, changed_at, next_attempt_at)
select g.url, g.url_hash, o.origin_id, o.publisher_id, %(discovered_by)s, %(now)s, %(now)s, %(next_attempt_at)s
from unnest(%(urls)s::text[], %(hashes)s::bytea[], %(origins)s::text[]) as g (url, url_hash, origin)
join ingest.origin o on o.origin = g.origin
order by g.url_hash
on conflict (url_hash) do nothing;

-- name: backfill.lock_pages reads and locks the pages of a batch, in one order, with their newest capture
select p.page_id, p.url_hash, p.state, p.outcome, b.paused, c.run_id as capture_run, c.fetched_at, c.payload_digest,
  c.final_url,
  exists (
    select from ingest.run_page x join ingest.run r using (run_id)
    where x.page_id = p.page_id and r.state = 'running' and r.run_id <> %(run_id)s and x.load_outcome is null) as busy
from ingest.page p
join ingest.publisher b using (publisher_id)
left join ingest.capture c on c.capture_id = p.capture_id
where p.url_hash = any(%(hashes)s::bytea[])
order by p.page_id
for no key update of p;

-- name: backfill.add_file notes a sealed file
insert into ingest.warc_file (file, run_id, shard, records, bytes, sealed_at)
values (%(file)s, %(run_id)s, %(shard)s, %(records)s, %(bytes)s, %(now)s);

-- name: backfill.add_captures notes the captures of a file
insert into ingest.capture
  (page_id, run_id, fetched_at, final_url, status, content_type, file, "offset", length, payload_digest, bytes, rights)
values %s
returning page_id, capture_id;

-- name: backfill.capture_pages sends pages to extract
update ingest.page p
set state = 'captured', capture_id = n.capture_id, outcome = null, detail = '', attempts = 0, next_attempt_at = '-infinity',
  changed_at = %(now)s
from unnest(%(page_ids)s::bigint[], %(capture_ids)s::bigint[]) as n (page_id, capture_id)
where p.page_id = n.page_id;

-- name: backfill.enter_extract takes pages into the run where extract begins
insert into ingest.run_page (run_id, page_id, shard, extract_shard, entered)
select %(run_id)s, page_id, 0, page_id %% %(shards)s, 'extract' from unnest(%(page_ids)s::bigint[]) as g (page_id)
order by page_id
on conflict (run_id, page_id) do nothing;

-- name: backfill.enter_fetch takes pages that were never had into the run where fetch begins, all in one shard for now
insert into ingest.run_page (run_id, page_id, shard, extract_shard, entered)
select %(run_id)s, p.page_id, 0, p.page_id %% %(shards)s, 'fetch'
from ingest.page p
where p.url_hash = any(%(hashes)s::bytea[]) and p.state = 'pending'
  and not exists (
    select from ingest.run_page x join ingest.run r using (run_id)
    where x.page_id = p.page_id and r.state = 'running' and r.run_id <> %(run_id)s and x.load_outcome is null)
order by p.page_id
on conflict (run_id, page_id) do nothing;

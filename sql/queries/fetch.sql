-- name: fetch.shard_pages lists the pages of a shard that have no outcome yet, own feeds' first, then the newest first
select x.page_id, p.url, p.origin_id, b.name as publisher, p.etag, p.last_modified, p.attempts,
  p.loaded_extraction_id is not null as has_article, b.paused
from ingest.run_page x
join ingest.page p using (page_id)
join ingest.publisher b using (publisher_id)
left join lateral (
  select max(n.published_at) as published_at from ingest.entry n join ingest.feed f using (feed_id)
  where n.page_id = p.page_id and f.publisher_id = p.publisher_id
) e on true
where x.run_id = %(run_id)s and x.shard = %(shard)s and x.entered = 'fetch' and x.fetch_outcome is null
  and p.state = 'pending'
order by p.discovered_by = 'link', least(coalesce(e.published_at, p.discovered_at), p.discovered_at) desc, x.page_id;

-- name: fetch.shard_originals finds the stored bodies of pages that are fetched again
select x.page_id, o.capture_id, o.file, o."offset", o.length, o.payload_digest, o.final_url, o.fetched_at
from ingest.run_page x
join ingest.page p using (page_id)
join ingest.capture c on c.capture_id = p.capture_id
join ingest.capture o on o.capture_id = coalesce(c.refers_to, c.capture_id)
join ingest.warc_file f on f.file = o.file and f.deleted_at is null and f.location = ''
where x.run_id = %(run_id)s and x.shard = %(shard)s and x.entered = 'fetch' and x.fetch_outcome is null
  and p.state = 'pending';

-- name: fetch.shard_publishers counts a shard's pages by publisher
select b.name, count(*) as pages
from ingest.run_page x
join ingest.page p using (page_id)
join ingest.publisher b using (publisher_id)
where x.run_id = %(run_id)s and x.shard = %(shard)s and x.entered = 'fetch'
group by b.name;

-- name: fetch.shard_files lists the sealed files of a shard
select file from ingest.warc_file where run_id = %(run_id)s and shard = %(shard)s;

-- name: fetch.add_file notes a sealed file
insert into ingest.warc_file (file, run_id, shard, records, bytes, sealed_at)
values (%(file)s, %(run_id)s, %(shard)s, %(records)s, %(bytes)s, %(now)s);

-- name: fetch.add_captures notes the captures of a file
insert into ingest.capture
  (page_id, run_id, fetched_at, final_url, status, content_type, file, "offset", length, payload_digest, bytes, rights,
   refers_to)
values %s
returning page_id, capture_id;

-- name: fetch.settle_pages writes the pages' new state and their outcome in the run
-- values: page_id bigint, state text, outcome text, detail text, attempts integer, next_attempt_at timestamptz null, etag text null, last_modified text null, capture_id bigint null, now timestamptz, run_id bigint
with settled as (
  select v.page_id, v.state, v.outcome, v.detail, v.attempts, v.next_attempt_at::timestamptz as next_attempt_at,
    v.etag::text as etag, v.last_modified::text as last_modified, v.capture_id::bigint as capture_id,
    v.now::timestamptz as now, v.run_id
  from (values %s) as v
    (page_id, state, outcome, detail, attempts, next_attempt_at, etag, last_modified, capture_id, now, run_id)
), told as (
  update ingest.run_page x
  set fetch_outcome = s.outcome
  from settled s
  where x.run_id = s.run_id and x.page_id = s.page_id
)
update ingest.page p
set state = s.state, outcome = s.outcome, detail = s.detail, attempts = s.attempts,
  next_attempt_at = coalesce(s.next_attempt_at, p.next_attempt_at), etag = s.etag, last_modified = s.last_modified,
  capture_id = coalesce(s.capture_id, p.capture_id), changed_at = s.now
from settled s
where p.page_id = s.page_id;

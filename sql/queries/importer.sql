-- name: importer.open_lines makes room for the addresses of the file that this session imports
create temporary table if not exists import_line (url_hash bytea primary key, line bigint not null);

-- name: importer.first_lines finds the first line of the file at which each of these addresses stands
-- not null: all
with given as (
  select * from unnest(%(hashes)s::bytea[], %(lines)s::bigint[]) as g (url_hash, line)
), added as (
  insert into import_line select url_hash, min(line) from given group by url_hash
  on conflict do nothing
  returning url_hash, line
)
select url_hash, line from added
union all
select url_hash, line from import_line where url_hash in (select url_hash from given);

-- name: importer.put_rejects stores the rows of a file that were left out
insert into ingest.import_reject (run_id, line, outcome, detail, url, publisher, title, published_at) values %s
on conflict do nothing;

-- name: importer.list_known reads what we have of addresses: the newest extraction, if it waits, why it was taken out
-- not null: url_hash, waits
-- nullable: retracted, content_hash, cause
select g.url_hash, e.content_hash, e.cause, coalesce(p.state in ('extracted', 'clustered'), false) as waits,
  t.kind || ': ' || t.why as retracted
from unnest(%(hashes)s::bytea[]) as g (url_hash)
left join ingest.page p using (url_hash)
left join ingest.extraction e on e.extraction_id = p.extraction_id
left join news_internal.tombstone t using (url_hash)
where p.page_id is not null or t.url_hash is not null;

-- name: importer.add_publishers makes the publishers of a batch known
insert into ingest.publisher (name)
select name from unnest(%(names)s::text[]) as given (name)
where not exists (select from ingest.publisher_name n where n.name = given.name)
order by name
on conflict (name) do nothing;

-- name: importer.add_origins makes the origins of a batch known, each with its publisher
insert into ingest.origin (origin, publisher_id)
select given.origin, p.publisher_id
from unnest(%(origins)s::text[], %(publishers)s::text[]) as given (origin, publisher)
join ingest.publisher_name p on p.name = given.publisher
where not exists (select from ingest.origin o where o.origin = given.origin)
order by given.origin
on conflict (origin) do nothing;

-- name: importer.add_pages makes the pages of a batch known, in the order of the file; returns all of them
-- not null: all
with given (url, url_hash, origin, publisher, line) as (
  select * from unnest(%(urls)s::text[], %(hashes)s::bytea[], %(origins)s::text[], %(publishers)s::text[])
    with ordinality
), added as (
  insert into ingest.page (url, url_hash, origin_id, publisher_id, discovered_by)
  select g.url, g.url_hash, o.origin_id, b.publisher_id, 'import'
  from given g join ingest.origin o using (origin) join ingest.publisher_name b on b.name = g.publisher
  where not exists (select from ingest.page p where p.url_hash = g.url_hash)
  order by g.line
  on conflict (url_hash) do nothing
  returning page_id, url_hash
)
select page_id, url_hash from added
union all
select p.page_id, p.url_hash from ingest.page p join given g using (url_hash);

-- name: importer.put_extractions stores the rows of a batch as extractions
insert into ingest.extraction (
  page_id, run_id, cause, sources, extractor, outcome, detail, title, lead, body, authors, agencies, published_at,
  published_raw, published_quality, modified_at, language, language_confidence, section, tags, image_url, image_caption,
  canonical_url, amp_url, page_type, word_count, content_hash, text_hash, extracted_at)
values %s
returning extraction_id, page_id;

-- name: importer.move_pages passes the pages of a batch on to deduplication, as pages of this run
with given (page_id, extraction_id) as (
  select * from unnest(%(pages)s::bigint[], %(extractions)s::bigint[])
), moved as (
  update ingest.page p
  set state = 'extracted', outcome = 'ok', detail = '', extraction_id = g.extraction_id, canonical_page_id = null,
    changed_at = %(now)s
  from given g where p.page_id = g.page_id
)
insert into ingest.run_page (run_id, page_id, shard, entered)
select %(run_id)s, page_id, 0, 'deduplicate' from given order by page_id
on conflict do nothing;

-- name: importer.take_stragglers takes over what a broken import left waiting
insert into ingest.run_page (run_id, page_id, shard, entered)
select %(run_id)s, p.page_id, 0, case p.state when 'extracted' then 'deduplicate' else 'load' end
from ingest.page p join ingest.extraction e on e.extraction_id = p.extraction_id
where p.settled_at is null and p.state in ('extracted', 'clustered') and e.cause = 'import'
  and not exists (
    select from ingest.run_page x join ingest.run r using (run_id)
    where x.page_id = p.page_id and r.state = 'running' and r.run_id <> %(run_id)s)
order by p.page_id
on conflict do nothing;

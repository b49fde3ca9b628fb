-- name: dedupe.waiting_pages lists the run's pages that have a new extraction, by key
select x.page_id
from ingest.run_page x join ingest.page p using (page_id)
where x.run_id = %(run_id)s and p.state = 'extracted'
order by x.page_id;

-- name: dedupe.lock_stories lets one writer at a time change stories, until its transaction ends
select pg_advisory_xact_lock(hashtextextended('newsflow.stories', 0));

-- name: dedupe.list_texts reads the newest extraction of pages
select p.page_id, p.publisher_id, p.url, p.state, p.loaded_extraction_id is not null as loaded,
  e.extraction_id, e.title, e.body, e.authors, e.agencies, e.published_at, e.published_quality, e.language,
  e.canonical_url, e.page_type,
  exists (select from ingest.story_member m where m.page_id = p.page_id) as clustered
from ingest.page p join ingest.extraction e on e.extraction_id = p.extraction_id
where p.page_id = any(%(pages)s::bigint[])
order by p.page_id;

-- name: dedupe.list_canonical finds the pages that other pages name as their canonical address
select p.page_id, p.url_hash, p.publisher_id, e.title, e.body, e.published_at, e.language, e.page_type
from ingest.page p join ingest.extraction e on e.extraction_id = p.extraction_id
where p.url_hash = any(%(hashes)s::bytea[]) and p.twin_of is null and p.state <> 'rejected';

-- name: dedupe.end_twins ends pages that are another address of a page that we have
with twin (page_id, twin_of) as (select * from unnest(%(pages)s::bigint[], %(twins)s::bigint[])), ended as (
  update ingest.page p
  set state = 'rejected', outcome = 'same_page', twin_of = t.twin_of, changed_at = %(now)s,
    detail = 'rel=canonical leads to page ' || t.twin_of || ', which has the same text'
  from twin t where p.page_id = t.page_id
)
update ingest.run_page x set deduplicate_outcome = 'same_page'
from twin t where x.run_id = %(run_id)s and x.page_id = t.page_id;

-- name: dedupe.put_sketches stores the sketches of a batch in place of older ones
insert into ingest.sketch as s (page_id, extraction_id, version, words, text_key, hashes) values %s
on conflict (page_id) do update set
  extraction_id = excluded.extraction_id, version = excluded.version, words = excluded.words,
  text_key = excluded.text_key, hashes = excluded.hashes;

-- name: dedupe.list_touched lists the members of all stories that these pages are in or share a text with
with seed as (
  select unnest(%(pages)s::bigint[]) as page_id
  union
  select t.page_id from ingest.sketch b join ingest.sketch t using (text_key)
  where b.page_id = any(%(pages)s::bigint[]) and b.text_key is not null
), touched as (
  select distinct m.story_id from seed join ingest.story_member m using (page_id)
), everyone as (
  select page_id from seed
  union
  select m.page_id from touched join ingest.story_member m using (story_id)
)
select p.page_id, p.url_hash, s.text_key, e.published_at, e.published_quality,
  m.story_id, m.is_origin, m.similarity
from everyone
join ingest.page p using (page_id)
join ingest.sketch s using (page_id)
join ingest.extraction e on e.extraction_id = s.extraction_id
left join ingest.story_member m on m.page_id = p.page_id
order by p.page_id;

-- name: dedupe.list_edges lists the edges between pages
select lo, hi, containment, rule from ingest.story_edge
where lo = any(%(pages)s::bigint[]) and hi = any(%(pages)s::bigint[]);

-- name: dedupe.put_members writes story, origin and similarity where they changed, and tells load of loaded ones
with given (page_id, story_id, is_origin, similarity) as (
  select * from unnest(%(pages)s::bigint[], %(stories)s::bigint[], %(origins)s::boolean[], %(similarities)s::real[])
), changed as (
  insert into ingest.story_member as m (page_id, story_id, is_origin, similarity, changed_at)
  select page_id, story_id, is_origin, similarity, %(now)s from given order by page_id
  on conflict (page_id) do update set
    story_id = excluded.story_id, is_origin = excluded.is_origin, similarity = excluded.similarity,
    changed_at = excluded.changed_at
  where (m.story_id, m.is_origin, m.similarity) is distinct from
    (excluded.story_id, excluded.is_origin, excluded.similarity)
  returning page_id
)
insert into ingest.story_pending (page_id)
select changed.page_id from changed join ingest.page using (page_id) where loaded_extraction_id is not null order by 1
on conflict do nothing;

-- name: dedupe.move_pages passes the pages of a batch on to load
with moved as (
  update ingest.page set state = 'clustered', outcome = 'ok', detail = '', changed_at = %(now)s
  where page_id = any(%(pages)s::bigint[])
)
update ingest.run_page set deduplicate_outcome = 'ok'
where run_id = %(run_id)s and page_id = any(%(pages)s::bigint[]);

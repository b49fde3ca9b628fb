-- name: dedupe.waiting_pages lists the run's pages that have a new extraction, by key
-- not null: extraction_id
select x.page_id, p.extraction_id
from ingest.run_page x join ingest.page p using (page_id)
where x.run_id = %(run_id)s and p.state = 'extracted'
order by x.page_id;

-- name: dedupe.list_links lists what new pages name as their canonical address, where anything was ever taken out
select p.page_id, p.url, e.canonical_url
from ingest.page p join ingest.extraction e on e.extraction_id = p.extraction_id
where p.page_id = any(%(pages)s::bigint[]) and p.loaded_extraction_id is null and e.canonical_url <> ''
  and exists (select from news_internal.tombstone)
order by p.page_id;

-- name: dedupe.list_retracted finds the pages that have a tombstone, by their own address or a canonical one of their publisher
-- not null: all
select distinct on (page_id) page_id, kind, why
from (
  select p.page_id, t.kind, t.why, 1 as rank
  from news_internal.tombstone t join ingest.page p using (url_hash)
  where p.page_id = any(%(pages)s::bigint[])
  union all
  select g.page_id, t.kind, t.why, 2
  from unnest(%(others)s::bigint[], %(hashes)s::bytea[]) as g (page_id, url_hash)
  join news_internal.tombstone t using (url_hash)
  join ingest.page gone on gone.page_id = t.article_id
  join ingest.page p on p.page_id = g.page_id and p.publisher_id = gone.publisher_id
) found
order by page_id, rank;

-- name: dedupe.end_retracted ends pages that were taken out for good, with what extract has just brought back of them
with retracted (page_id, kind, why) as (
  select * from unnest(%(pages)s::bigint[], %(kinds)s::text[], %(whys)s::text[])
), buried as (
  insert into news_internal.tombstone (url_hash, article_id, kind, why, made_at)
  select p.url_hash, p.page_id, b.kind, b.why, %(now)s from retracted b join ingest.page p using (page_id) order by p.page_id
  on conflict (url_hash) do nothing
), texts as (
  delete from ingest.extraction where page_id = any(%(pages)s::bigint[])
), learned as (
  delete from ingest.site_page where page_id = any(%(pages)s::bigint[])
), ended as (
  update ingest.page p set state = 'rejected', outcome = 'retracted', detail = b.kind || ': ' || left(b.why, 400),
    extraction_id = null, attempts = 0, changed_at = %(now)s
  from retracted b where p.page_id = b.page_id
)
update ingest.run_page x set deduplicate_outcome = 'retracted'
from retracted b where x.run_id = %(run_id)s and x.page_id = b.page_id;

-- name: dedupe.lock_stories lets one writer at a time change stories, until its transaction ends
insert into ingest.turn (name) values ('stories') on conflict (name) do update set name = excluded.name;

-- name: dedupe.list_texts reads the newest extraction of pages, and what tells whether they are another address
select p.page_id, p.publisher_id, p.url, p.loaded_extraction_id is not null as loaded, e.extraction_id, e.canonical_url,
  exists (select from ingest.story_member m where m.page_id = p.page_id) as clustered
from ingest.page p join ingest.extraction e on e.extraction_id = p.extraction_id
where p.page_id = any(%(pages)s::bigint[])
order by p.page_id;

-- name: dedupe.list_versions names the extractions that stored sketches were made of
select page_id, extraction_id from ingest.sketch where page_id = any(%(pages)s::bigint[]) order by page_id;

-- name: dedupe.list_sources reads what sketches and comparisons are made of
-- not null: body
select e.extraction_id, e.page_id, p.publisher_id, e.title,
  news_internal.extraction_body(e.extraction_id, e.page_id, e.body) as body, e.authors, e.agencies, e.published_at,
  e.page_type, e.cause
from ingest.extraction e join ingest.page p using (page_id)
where e.extraction_id = any(%(extractions)s::bigint[]);

-- name: dedupe.list_canonical finds the pages that other pages name as their canonical address
-- not null: extraction_id
select page_id, url_hash, publisher_id, extraction_id
from ingest.page p
where url_hash = any(%(hashes)s::bytea[]) and extraction_id is not null and p.canonical_page_id is null and p.state <> 'rejected';

-- name: dedupe.end_same_pages ends pages that are another address of a page that we have
with twin (page_id, canonical_page_id) as (select * from unnest(%(pages)s::bigint[], %(canonical_of)s::bigint[])), ended as (
  update ingest.page p
  set state = 'rejected', outcome = 'same_page', canonical_page_id = t.canonical_page_id, changed_at = %(now)s,
    detail = 'rel=canonical leads to page ' || t.canonical_page_id || ', which has the same text'
  from twin t where p.page_id = t.page_id
)
update ingest.run_page x set deduplicate_outcome = 'same_page'
from twin t where x.run_id = %(run_id)s and x.page_id = t.page_id;

-- name: dedupe.drop_hashes takes the hashes of older sketches out of the index of hashes
delete from ingest.sketch_hash x
using ingest.sketch s, unnest(s.hashes) as old (hash)
where s.page_id = any(%(pages)s::bigint[]) and x.h = old.hash and x.page_id = s.page_id and x.sketched_on = s.sketched_on;

-- name: dedupe.put_sketches stores the sketches of a batch in place of older ones
-- A text that is sketched again keeps its day, and so do the same hashes of a newer text: that is where they stand.
insert into ingest.sketch as s (page_id, extraction_id, sketched_on, version, words, comparison_key, hashes, site_lines)
values %s
on conflict (page_id) do update set
  sketched_on = case when s.extraction_id = excluded.extraction_id or s.hashes = excluded.hashes
    then s.sketched_on else excluded.sketched_on end,
  extraction_id = excluded.extraction_id, version = excluded.version, words = excluded.words,
  comparison_key = excluded.comparison_key, hashes = excluded.hashes, site_lines = excluded.site_lines;

-- name: dedupe.put_hashes enters the hashes of sketches into the index of hashes
insert into ingest.sketch_hash (h, page_id, sketched_on)
select h, page_id, sketched_on from ingest.sketch, unnest(hashes) as h
where page_id = any(%(pages)s::bigint[])
order by h, page_id;

-- name: dedupe.list_sketches reads the stored sketches of pages, and whether their hashes still stand in the index
-- not null: indexed
select s.page_id, s.hashes, exists (
  select from ingest.sketch_hash k where k.h = s.hashes[1] and k.page_id = s.page_id and k.sketched_on = s.sketched_on) as indexed
from ingest.sketch s where s.page_id = any(%(pages)s::bigint[]);

-- name: dedupe.list_unindexed_partners finds the pages that edges lead to and that no hash leads to any more
-- not null: all
select g.page_id, o.page_id as partner
from unnest(%(pages)s::bigint[]) as g (page_id)
cross join lateral (
  select e.hi as page_id from ingest.story_edge e where e.lo = g.page_id
  union all
  select e.lo from ingest.story_edge e where e.hi = g.page_id) o
join ingest.sketch s on s.page_id = o.page_id
where not exists (
  select from ingest.sketch_hash k where k.h = s.hashes[1] and k.page_id = s.page_id and k.sketched_on = s.sketched_on)
order by 1, 2;

-- name: dedupe.stop_version is the version of the stop-list in force
-- returns: value
select coalesce(max(version), 0) from ingest.sketch_stop;

-- name: dedupe.list_postings finds the pages that share hashes; stopped hashes and those of one page are left out
-- not null: all
select g.h, x.pages
from unnest(%(hashes)s::bigint[]) as g(h)
cross join lateral (
  select array(
    select k.page_id from ingest.sketch_hash k where k.h = g.h
      -- the pages of a publisher for which it is stopped take up no room among those that are looked at
      and not exists (select from ingest.sketch_stop t join ingest.page p using (publisher_id)
        where t.h = g.h and p.page_id = k.page_id)
    order by k.page_id limit %(longest)s) as pages
) x
where cardinality(x.pages) > 1 and not exists (select from ingest.sketch_stop t where t.h = g.h and t.publisher_id = 0);

-- name: dedupe.own_stops lists the hashes of pages that are stopped for the pages' publisher
-- not null: all
select s.page_id, array_agg(t.h) as hashes
from ingest.sketch s join ingest.page p using (page_id)
join ingest.sketch_stop t on t.publisher_id = p.publisher_id and t.h = any(s.hashes)
where s.page_id = any(%(pages)s::bigint[])
group by s.page_id;

-- name: dedupe.count_stories counts for each hash and publisher the stories it is in, and those it was the first in
-- not null: all
select m.h, m.publisher_id, count(distinct m.story_id) as stories, count(distinct m.story_id) filter (where m.first) as own
from (
  select g.h, p.publisher_id, m.story_id, row_number() over (partition by g.h, m.story_id order by g.page_id) = 1 as first
  from unnest(%(hashes)s::bigint[], %(pages)s::bigint[]) as g (h, page_id)
  join ingest.story_member m using (page_id)
  join ingest.page p using (page_id)
) m
group by m.h, m.publisher_id;

-- name: dedupe.put_stops adds hashes to the stop-list as a new version of it
insert into ingest.sketch_stop (h, publisher_id, version, pages, stories, page_id, added_at) values %s
on conflict (h, publisher_id) do nothing;

-- name: dedupe.drop_edges takes out the edges of pages that are compared anew; returns whom they led to
delete from ingest.story_edge
where lo = any(%(pages)s::bigint[]) or hi = any(%(pages)s::bigint[])
returning lo, hi;

-- name: dedupe.put_edges stores what comparisons found
insert into ingest.story_edge (
  lo, hi, version, stop_version, containment, jaccard, shared, rule, joins, lo_start, lo_end, hi_start, hi_end,
  found_at
) values %s
on conflict (lo, hi) do update set
  version = excluded.version, stop_version = excluded.stop_version, containment = excluded.containment,
  jaccard = excluded.jaccard, shared = excluded.shared, rule = excluded.rule, joins = excluded.joins,
  lo_start = excluded.lo_start, lo_end = excluded.lo_end, hi_start = excluded.hi_start, hi_end = excluded.hi_end,
  found_at = excluded.found_at;

-- name: dedupe.list_touched lists the members of all stories that a change at these pages can reach
with seed as (
  select unnest(%(pages)s::bigint[]) as page_id
  union
  select t.page_id from ingest.sketch b join ingest.sketch t using (comparison_key)
  where b.page_id = any(%(pages)s::bigint[]) and b.comparison_key is not null
), near as (
  select page_id from seed
  union -- a roundup that stops being one joins what it holds: those stories are reached through it
  select e.hi from seed n join ingest.story_edge e on e.lo = n.page_id
  union
  select e.lo from seed n join ingest.story_edge e on e.hi = n.page_id
), touched as (
  select distinct m.story_id from near join ingest.story_member m using (page_id)
), everyone as (
  select page_id from seed
  union
  select m.page_id from touched join ingest.story_member m using (story_id)
)
select p.page_id, p.url_hash, p.publisher_id, s.comparison_key, s.words, e.published_at, e.published_quality,
  m.story_id, m.is_origin, m.similarity, p.url, c.final_url, p.discovered_at,
  -- of a publisher without feeds, what is first seen half a day later was not there in the same night's run
  case when p.discovered_by not in ('backfill', 'import')
    then coalesce(w.since, p.discovered_at - interval '12 hours') end as watched_since
from everyone
join ingest.page p using (page_id)
join ingest.sketch s using (page_id)
join ingest.extraction e on e.extraction_id = s.extraction_id
left join ingest.capture c on c.capture_id = e.capture_id
left join ingest.story_member m on m.page_id = p.page_id
-- once for all members: a story may have ten thousand
left join (select f.publisher_id, min(f.added_at) as since from ingest.feed f group by f.publisher_id) w
  on w.publisher_id = p.publisher_id
order by p.page_id;

-- name: dedupe.list_edges lists the edges of pages, those that lead to other pages too
-- not null: all
select lo, hi, joins, lo_start, lo_end, hi_start, hi_end, containment, jaccard, rule from ingest.story_edge
where lo = any(%(pages)s::bigint[])
union
select lo, hi, joins, lo_start, lo_end, hi_start, hi_end, containment, jaccard, rule from ingest.story_edge
where hi = any(%(pages)s::bigint[])
order by 1, 2;

-- name: dedupe.put_alarms replaces the alarms of stories
with given (story_id, kind, members, detail) as (
  select * from unnest(%(stories)s::bigint[], %(kinds)s::text[], %(members)s::integer[], %(details)s::text[])
), gone as (
  delete from ingest.story_alarm a
  where a.story_id = any(%(touched)s::bigint[])
    and not exists (select from given g where g.story_id = a.story_id and g.kind = a.kind)
)
insert into ingest.story_alarm as a (story_id, kind, members, detail, raised_at)
select story_id, kind, members, detail, %(now)s from given
on conflict (story_id, kind) do update set members = excluded.members, detail = excluded.detail
where (a.members, a.detail) is distinct from (excluded.members, excluded.detail);

-- name: dedupe.put_credits replaces the agencies that pages credit
with given (page_id, agency, evidence) as (
  select * from unnest(%(credited)s::bigint[], %(agencies)s::text[], %(evidence)s::text[])
), gone as (
  delete from ingest.credit c
  where c.page_id = any(%(pages)s::bigint[])
    and not exists (select from given g where g.page_id = c.page_id and g.agency = c.agency)
)
insert into ingest.credit as c (page_id, agency, evidence)
select page_id, agency, evidence from given
on conflict (page_id, agency) do update set evidence = excluded.evidence
where c.evidence is distinct from excluded.evidence;

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

-- name: dedupe.open_rebuild begins a rebuild, unless one is open; an open one of another version begins again
insert into ingest.dedupe_rebuild as r (version, started_at) values (%(version)s, %(now)s)
on conflict ((true)) where ended_at is null do update
  set version = excluded.version, started_at = excluded.started_at, last_page_id = 0, pages = 0, moved = 0
  where r.version <> excluded.version;

-- name: dedupe.rebuild_batch lists the next pages of the open rebuild
select s.page_id from ingest.sketch s
where s.page_id > (select last_page_id from ingest.dedupe_rebuild where ended_at is null)
order by s.page_id limit %(size)s;

-- name: dedupe.note_rebuild notes how far the open rebuild is
update ingest.dedupe_rebuild
set last_page_id = %(last)s, pages = pages + %(pages)s, moved = moved + %(moved)s
where ended_at is null;

-- name: dedupe.end_rebuild closes the open rebuild
update ingest.dedupe_rebuild set ended_at = %(now)s where ended_at is null;

-- name: dedupe.rebuild_state says how far the newest rebuild is
-- returns: row
select r.pages, r.moved, (select count(*) from ingest.sketch s where s.page_id > r.last_page_id) as left_over
from ingest.dedupe_rebuild r order by rebuild_id desc limit 1;

-- name: dedupe.learning_publishers lists the publishers whose imported articles wait in a run
select distinct p.publisher_id
from ingest.run_page x join ingest.page p using (page_id) join ingest.extraction e on e.extraction_id = p.extraction_id
where x.run_id = %(run_id)s and p.state = 'extracted' and e.cause = 'import'
order by 1;

-- name: dedupe.learning_sample reads imported articles of a publisher, chosen by address
-- not null: body
select p.url_hash, e.title, news_internal.extraction_body(e.extraction_id, e.page_id, e.body) as body
from ingest.page p join ingest.extraction e on e.extraction_id = p.extraction_id
where p.publisher_id = %(publisher_id)s and e.cause = 'import'
order by p.url_hash limit %(pages)s;

-- name: dedupe.forget_site_lines takes out lines that imports taught and that recur no more
delete from ingest.site_line l using ingest.run r
where l.publisher_id = %(publisher_id)s and r.run_id = l.since_run and r.dag_id = 'import' and l.enabled
  and l.line_hash <> all (%(lines)s::bigint[]);

-- name: dedupe.put_site_lines stores lines that imported articles taught
insert into ingest.site_line (publisher_id, line_hash, since_run, articles, sample, learned_at) values %s
on conflict do nothing;

-- name: dedupe.site_lines lists the lines of publishers that are in force
-- not null: lines
select publisher_id, array_agg(line_hash order by line_hash) as lines
from ingest.site_line where publisher_id = any(%(publishers)s::integer[]) and enabled
group by publisher_id;

-- name: dedupe.stale_pages lists imported pages in stories that were sketched with other lines than are in force
select s.page_id
from unnest(%(publishers)s::integer[], %(digests)s::bigint[]) as g (publisher_id, digest)
join ingest.page p using (publisher_id)
join ingest.sketch s using (page_id)
join ingest.extraction e on e.extraction_id = s.extraction_id
where e.cause = 'import' and s.site_lines <> g.digest and p.state <> 'extracted'
order by s.page_id;

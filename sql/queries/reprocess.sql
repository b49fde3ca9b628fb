-- name: reprocess.start opens a reprocess, or finds the one that this run has already opened
-- returns: value or none
insert into ingest.reprocess (run_id, selection, extractor, created_at)
select %(run_id)s, %(selection)s, %(extractor)s, %(now)s
where not exists (select from ingest.reprocess where run_id = %(run_id)s)
returning reprocess_id;

-- name: reprocess.of_run gives the reprocess that a run opened
-- returns: value
select reprocess_id from ingest.reprocess where run_id = %(run_id)s order by reprocess_id limit 1;

-- name: reprocess.get reads one
-- column selection: dict[str, Any]
-- column report: dict[str, Any]
-- returns: row or none
select reprocess_id, run_id, state, selection, extractor, pages, report, created_at, compared_at, applied_at, undone_at
from ingest.reprocess where reprocess_id = %(reprocess_id)s;

-- name: reprocess.list_all lists them, the newest first
-- column selection: dict[str, Any]
-- column report: dict[str, Any]
select reprocess_id, state, selection, extractor, pages, report, created_at, compared_at, applied_at, undone_at
from ingest.reprocess order by reprocess_id desc;

-- name: reprocess.choose notes the pages: articles with the capture that they show, rejects with their newest one
insert into ingest.reprocess_page (reprocess_id, page_id, capture_id, before_extraction_id, before_outcome, before_detail)
select %(reprocess_id)s, p.page_id, c.capture_id, p.loaded_extraction_id, coalesce(p.outcome, ''), p.detail
from ingest.page p
join ingest.publisher b using (publisher_id)
left join ingest.extraction e on e.extraction_id = p.loaded_extraction_id
join ingest.capture c on c.capture_id = coalesce(e.capture_id, case when p.loaded_extraction_id is null then p.capture_id end)
join ingest.warc_file f on f.file = c.file and f.deleted_at is null
where p.state in ('loaded', 'rejected') and coalesce(p.outcome, '') not in (
    select code from ingest.outcome where kind = 'final' and stage in ('deduplicate', 'load'))
  and (p.state = 'loaded' or p.loaded_extraction_id is null)
  and (%(publishers)s::text[] is null or b.publisher_id = any(ingest.publisher_ids(%(publishers)s::text[])))
  and (%(since)s::date is null or c.fetched_at >= %(since)s::date)
  and (%(until)s::date is null or c.fetched_at < %(until)s::date + 1)
  and (%(outcomes)s::text[] is null or (p.state = 'loaded' and 'loaded' = any(%(outcomes)s)) or (p.state = 'rejected' and p.outcome = any(%(outcomes)s)))
  and (%(extractors)s::text[] is null or exists (
    select from ingest.extraction x where x.capture_id = c.capture_id and x.extractor like any(%(extractors)s)))
order by p.page_id
limit %(limit)s
on conflict do nothing;

-- name: reprocess.note_pages notes how many pages were chosen
update ingest.reprocess set pages = (select count(*) from ingest.reprocess_page where reprocess_id = %(reprocess_id)s)
where reprocess_id = %(reprocess_id)s;

-- name: reprocess.waiting lists the pages that are not compared yet, as their captures lie in the archive
-- returns: value
select coalesce(array_agg(r.page_id order by f.location, c.file, c."offset", r.page_id), '{}')
from ingest.reprocess_page r
join ingest.capture c on c.capture_id = r.capture_id
join ingest.warc_file f on f.file = c.file
where r.reprocess_id = %(reprocess_id)s and r.verdict is null;

-- name: reprocess.take reads pages to compare, with what extract is told and what stands there
-- column rights: dict[str, Any]
-- not null: languages, zone
select p.page_id, p.url, p.publisher_id, b.name as publisher,
  -- a feed names one language where its site has several
  coalesce(case when b.said_by ->> 'languages' = 'person' then b.languages end, '{}') as languages,
  coalesce(b.time_zone, '') as zone, p.discovered_by, p.discovered_at,
  case when p.discovered_by in ('feed', 'sitemap')
    then ingest.watched_since(p.publisher_id, p.discovered_at) end as watched_since,
  c.capture_id, c.fetched_at, c.final_url, c.content_type, c.file, c."offset", c.length, c.payload_digest, c.rights, f.location,
  coalesce(n.title, '') as title, coalesce(n.authors, '{}') as authors, n.published_at, n.updated_at,
  coalesce(n.content_html, '') as content_html, coalesce(n.language, '') as language,
  r.before_extraction_id
from ingest.reprocess_page r
join ingest.page p using (page_id)
join ingest.publisher b using (publisher_id)
join ingest.capture c on c.capture_id = r.capture_id
join ingest.warc_file f on f.file = c.file
left join lateral (
  -- of the page's own publisher only: what other feeds say of a page is kept, and tells nothing
  select x.title, x.authors, x.published_at, x.updated_at, x.content_html, x.language
  from ingest.entry x join ingest.feed f using (feed_id)
  where x.page_id = p.page_id and f.publisher_id = p.publisher_id
  order by x.last_seen_at desc, x.entry_id desc limit 1
) n on true
where r.reprocess_id = %(reprocess_id)s and r.page_id = any(%(pages)s::bigint[])
order by f.location, c.file, c."offset", p.page_id;

-- name: reprocess.before reads the extractions that stand there
-- not null: body
select extraction_id, title, lead, news_internal.extraction_body(extraction_id, page_id, body) as body, authors, agencies, published_at, modified_at, language, section, tags, image_url,
  image_caption, page_type, content_hash
from ingest.extraction where extraction_id = any(%(ids)s::bigint[]);

-- name: reprocess.judge writes the verdicts of a batch
-- values: reprocess_id bigint, page_id bigint, verdict text, outcome text null, detail text, changed text[], similarity real null, after_extraction_id bigint null
update ingest.reprocess_page r set
  verdict = n.verdict, outcome = n.outcome, detail = n.detail, changed = n.changed::text[], similarity = n.similarity::real,
  after_extraction_id = n.after_extraction_id::bigint
from (values %s) as n (reprocess_id, page_id, verdict, outcome, detail, changed, similarity, after_extraction_id)
where r.reprocess_id = n.reprocess_id and r.page_id = n.page_id;

-- name: reprocess.counts counts verdicts and changed fields
select verdict, coalesce(outcome, '') as outcome, before_outcome, count(*) as pages
from ingest.reprocess_page where reprocess_id = %(reprocess_id)s group by 1, 2, 3 order by 4 desc, 1, 2, 3;

-- name: reprocess.fields counts in how many pages each field changed
-- not null: field
select field, count(*) as pages from ingest.reprocess_page, unnest(changed) as field
where reprocess_id = %(reprocess_id)s group by field order by 2 desc, 1;

-- name: reprocess.histogram counts changed articles by similarity, in tenths
select least(floor(similarity * 10), 9)::int as tenth, count(*) as pages
from ingest.reprocess_page where reprocess_id = %(reprocess_id)s and verdict = 'changed' group by 1 order by 1;

-- name: reprocess.examples lists the pages that deserve a look: the least similar first
select r.page_id, p.url, b.name as publisher, r.verdict, r.outcome, r.detail, r.before_outcome, r.changed, r.similarity::float8,
  o.title as old_title, o.lead as old_lead,
  case when o.extraction_id is not null then news_internal.extraction_body(o.extraction_id, o.page_id, o.body) end as old_body, o.authors as old_authors, o.published_at as old_published_at,
  n.title as new_title, n.lead as new_lead,
  case when n.extraction_id is not null then news_internal.extraction_body(n.extraction_id, n.page_id, n.body) end as new_body, n.authors as new_authors, n.published_at as new_published_at
from ingest.reprocess_page r
join ingest.page p using (page_id)
join ingest.publisher b using (publisher_id)
left join ingest.extraction o on o.extraction_id = r.before_extraction_id
left join ingest.extraction n on n.extraction_id = r.after_extraction_id
where r.reprocess_id = %(reprocess_id)s and r.verdict = %(verdict)s
order by r.similarity nulls first, r.page_id
limit %(limit)s;

-- name: reprocess.set_state moves a reprocess on
-- nullable parameters: run_id, report
update ingest.reprocess set state = %(state)s, run_id = coalesce(%(run_id)s, run_id),
  report = coalesce(%(report)s, report),
  compared_at = case when %(state)s = 'compared' then %(now)s else compared_at end,
  applied_at = case when %(state)s = 'applied' then %(now)s else applied_at end,
  undone_at = case when %(state)s = 'undone' then %(now)s else undone_at end
where reprocess_id = %(reprocess_id)s;

-- name: reprocess.to_apply lists pages whose new extraction waits to be applied
select page_id from ingest.reprocess_page
where reprocess_id = %(reprocess_id)s and verdict in ('changed', 'gained') and not applied and note = ''
order by page_id;

-- name: reprocess.lock_pages locks a batch's pages in one order
-- returns: count
select count(*) from (
  select from ingest.page where page_id = any(%(pages)s::bigint[]) order by page_id for no key update
) locked;

-- name: reprocess.apply gives a batch's pages their new extraction, unless they have changed since the comparison
with fit as (
  select r.page_id, r.after_extraction_id
  from ingest.reprocess_page r join ingest.page p using (page_id)
  where r.reprocess_id = %(reprocess_id)s and r.page_id = any(%(pages)s::bigint[])
    and p.state in ('loaded', 'rejected') and p.loaded_extraction_id is not distinct from r.before_extraction_id
    and coalesce(p.outcome, '') not in (
      select code from ingest.outcome where kind = 'final' and (stage = 'deduplicate' or withdrawn))
    and exists (select from ingest.extraction e where e.extraction_id = r.after_extraction_id)
), moved as (
  update ingest.page p set state = 'extracted', extraction_id = fit.after_extraction_id, outcome = 'ok', detail = '',
    changed_at = %(now)s
  from fit where p.page_id = fit.page_id
), entered as (
  insert into ingest.run_page (run_id, page_id, shard, entered)
  select %(run_id)s, page_id, 0, 'deduplicate' from fit order by page_id
  on conflict (run_id, page_id) do nothing
)
update ingest.reprocess_page r set applied = fit.page_id is not null,
  note = case when fit.page_id is null then 'left alone: the page has changed since it was compared' else '' end
from unnest(%(pages)s::bigint[]) as g (page_id) left join fit on fit.page_id = g.page_id
where r.reprocess_id = %(reprocess_id)s and r.page_id = g.page_id;

-- name: reprocess.leave_alone notes why a page is neither applied nor undone
update ingest.reprocess_page set note = %(note)s where reprocess_id = %(reprocess_id)s and page_id = %(page)s;

-- name: reprocess.to_undo lists pages that were applied and are not undone
select page_id, verdict from ingest.reprocess_page
where reprocess_id = %(reprocess_id)s and applied and not undone and note = '' order by page_id;

-- name: reprocess.make_undo makes the list that an undoing transaction works through
create temporary table if not exists reprocess_undo (page_id bigint primary key, before_extraction_id bigint, shown boolean)
on commit delete rows;

-- name: reprocess.plan_undo decides what is undone: pages that nothing else has touched since
insert into reprocess_undo (page_id, before_extraction_id, shown)
select r.page_id, r.before_extraction_id, coalesce(a.extraction_id = r.after_extraction_id, false)
from ingest.reprocess_page r
join ingest.page p using (page_id)
left join news_internal.article a on a.article_id = r.page_id
where r.reprocess_id = %(reprocess_id)s and r.page_id = any(%(pages)s::bigint[])
  and p.state in ('loaded', 'rejected') and p.extraction_id = r.after_extraction_id
  and (a.extraction_id is null or a.extraction_id in (r.after_extraction_id, r.before_extraction_id));

-- name: reprocess.restore_articles puts the contents before back in their place, with their own number and times
with restored as (
  update news_internal.article a set
    revision = r.revision, revised_at = r.valid_from, word_count = r.word_count,
    language_confidence = r.language_confidence, published_at = r.published_at, modified_at = r.modified_at,
    captured_at = r.captured_at, extraction_id = r.extraction_id, capture_id = r.capture_id, run_id = r.run_id,
    content_hash = r.content_hash, text_hash = r.text_hash, title = r.title, lead = r.lead, body = r.body,
    authors = r.authors, agencies = r.agencies, published_raw = r.published_raw, published_quality = r.published_quality,
    language = r.language, section = r.section, tags = r.tags, image_url = r.image_url, image_caption = r.image_caption,
    page_type = r.page_type, rights = r.rights, sources = r.sources, extractor = r.extractor, cause = r.cause,
    changed = r.changed
  from news_internal.revision r, reprocess_undo u
  where u.shown and u.before_extraction_id is not null and a.article_id = u.page_id
    and r.article_id = a.article_id and r.revision = a.revision - 1
  returning a.article_id, a.story_id, a.revision
), dropped as (
  delete from news_internal.revision r using restored
  where r.article_id = restored.article_id and r.revision = restored.revision
)
insert into change_plan select article_id, story_id, revision, 'revision' from restored;

-- name: reprocess.return_pages sends articles back through deduplicate and load with their former extraction
with back as (
  update ingest.page p set state = 'extracted', extraction_id = u.before_extraction_id,
    loaded_extraction_id = u.before_extraction_id, loaded_content_hash = a.content_hash,
    outcome = 'ok', detail = '', changed_at = %(now)s
  from reprocess_undo u left join news_internal.article a on a.article_id = u.page_id
  where p.page_id = u.page_id and u.before_extraction_id is not null
  returning p.page_id
)
insert into ingest.run_page (run_id, page_id, shard, entered)
select %(run_id)s, page_id, 0, 'deduplicate' from back order by page_id
on conflict (run_id, page_id) do nothing;

-- name: reprocess.list_gained lists the pages of the undoing transaction that had no article before
-- returns: value
select coalesce(array_agg(page_id order by page_id), '{}') from reprocess_undo where before_extraction_id is null;

-- name: reprocess.reject_again takes pages back to the reject that they were, without trace in the stories
with member as (delete from ingest.story_member where page_id = any(%(pages)s::bigint[])),
  pending as (delete from ingest.story_pending where page_id = any(%(pages)s::bigint[])),
  credit as (delete from ingest.credit where page_id = any(%(pages)s::bigint[])),
  edge as (delete from ingest.story_edge where lo = any(%(pages)s::bigint[]) or hi = any(%(pages)s::bigint[])),
  hash as (delete from ingest.sketch_hash h using ingest.sketch s
    where s.page_id = any(%(pages)s::bigint[]) and h.page_id = s.page_id and h.h = any(s.hashes) and h.sketched_on = s.sketched_on),
  sketch as (delete from ingest.sketch where page_id = any(%(pages)s::bigint[]))
update ingest.page p set state = 'rejected', outcome = nullif(r.before_outcome, ''), detail = r.before_detail,
  extraction_id = null, loaded_extraction_id = null, loaded_content_hash = null, canonical_page_id = null, changed_at = %(now)s
from ingest.reprocess_page r
where p.page_id = any(%(pages)s::bigint[]) and r.page_id = p.page_id and r.reprocess_id = %(reprocess_id)s;

-- name: reprocess.mark_undone notes what was undone, and what was left alone
update ingest.reprocess_page r set undone = u.page_id is not null,
  note = case when u.page_id is null then 'left alone: the page has changed since it was applied' else '' end
from unnest(%(pages)s::bigint[]) as g (page_id) left join reprocess_undo u on u.page_id = g.page_id
where r.reprocess_id = %(reprocess_id)s and r.page_id = g.page_id;

-- name: reprocess.drop_trials deletes the tried extractions that no page shows
delete from ingest.extraction e using ingest.reprocess_page r
where r.reprocess_id = %(reprocess_id)s and e.extraction_id = r.after_extraction_id
  and not exists (select from ingest.page p
    where p.page_id = e.page_id and e.extraction_id in (p.extraction_id, p.loaded_extraction_id))
  and not exists (select from news_internal.article a where a.extraction_id = e.extraction_id)
  and not exists (select from news_internal.revision v where v.article_id = e.page_id and v.extraction_id = e.extraction_id);

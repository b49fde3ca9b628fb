-- name: load.list_pages lists the run's pages that wait for load, by key
-- returns: value
select coalesce(array_agg(p.page_id order by p.page_id), '{}')
from ingest.run_page x join ingest.page p using (page_id)
where x.run_id = %(run_id)s and x.load_outcome is null and p.state = 'clustered';

-- name: load.list_stories lists loaded articles whose story changed, by key
-- returns: value
select coalesce(array_agg(s.page_id order by s.page_id), '{}')
from ingest.story_pending s join news_internal.article a on a.article_id = s.page_id;

-- name: load.prepare gives the transaction the memory to join its pages without temporary files
-- returns: count
select set_config('work_mem', '64MB', true);

-- name: load.lock_pages takes the row locks of all pages that this transaction touches, in one order
-- returns: count
select count(*) from (
  select from ingest.page where page_id = any(%(pages)s::bigint[]) order by page_id for no key update
) locked;

-- name: load.make_plan makes the temporary table that a transaction keeps its decisions in
create temporary table if not exists load_plan (
  page_id bigint not null,
  extraction_id bigint,
  content_hash bytea,
  story_id bigint not null,
  similarity real not null,
  is_origin boolean not null,
  revision integer,
  verdict text not null,
  moved boolean not null default false,
  detail text not null default ''
) on commit delete rows;

-- name: load.decide compares the pages' content hashes with their articles'
insert into load_plan (page_id, extraction_id, content_hash, story_id, similarity, is_origin, revision, verdict, detail)
select p.page_id, e.extraction_id, e.content_hash, coalesce(m.story_id, p.page_id), coalesce(m.similarity, 1), coalesce(m.is_origin, true),
  a.revision,
  case
    when t.article_id is not null then 'retracted'
    when e.extraction_id is null then 'bad_row'
    when a.article_id is null then 'new'
    when a.content_hash = e.content_hash then 'unchanged'
    else 'revised'
  end,
  case
    when t.article_id is not null then t.kind || ': ' || left(t.why, 400)
    when e.extraction_id is null then 'The page has no extraction that could be loaded.'
    else ''
  end
from ingest.page p
left join ingest.extraction e on e.extraction_id = p.extraction_id
left join news_internal.article a on a.article_id = p.page_id
left join news_internal.tombstone t on t.url_hash = p.url_hash
left join ingest.story_member m on m.page_id = p.page_id
where p.page_id = any(%(pages)s::bigint[]) and p.state = 'clustered';

-- name: load.list_stories_of lists the stories that these pages' articles are in, and those that they come into
-- returns: value
select coalesce(array_agg(story_id), '{}') from (
  select story_id from news_internal.article where article_id = any(%(pages)s::bigint[])
  union
  select coalesce(m.story_id, g.page_id)
  from unnest(%(pages)s::bigint[]) as g (page_id) left join ingest.story_member m using (page_id)
) touched;

-- name: load.keep_revisions sets the contents aside that are about to be replaced
insert into news_internal.revision (
  article_id, revision, valid_from, valid_until, word_count, language_confidence, published_at, modified_at,
  captured_at, extraction_id, capture_id, run_id, content_hash, text_hash, title, lead, body, authors, agencies,
  published_raw, published_quality, language, section, tags, image_url, image_caption, page_type, rights, sources,
  extractor, cause, changed)
select a.article_id, a.revision, a.revised_at, %(now)s, a.word_count, a.language_confidence, a.published_at,
  a.modified_at, a.captured_at, a.extraction_id, a.capture_id, a.run_id, a.content_hash, a.text_hash, a.title, a.lead,
  a.body, a.authors, a.agencies, a.published_raw, a.published_quality, a.language, a.section, a.tags, a.image_url,
  a.image_caption, a.page_type, a.rights, a.sources, a.extractor, a.cause, a.changed
from load_plan l join news_internal.article a on a.article_id = l.page_id
where l.revision is not null and l.verdict in (select code from ingest.outcome where writes_article)
  and l.page_id between %(first)s and %(last)s
order by l.page_id;

-- name: load.put_articles writes new and changed articles, ordered by key so that two loads can't deadlock
insert into news_internal.article as a (
  article_id, story_id, publisher_id, revision, word_count, similarity, language_confidence, is_origin, published_at,
  modified_at, first_seen_at, captured_at, loaded_at, revised_at, extraction_id, capture_id, run_id, content_hash,
  text_hash, url, title, lead, body, authors, agencies, published_raw, published_quality, language, section, tags,
  image_url, image_caption, page_type, rights, sources, extractor, cause)
select p.page_id, l.story_id, p.publisher_id, coalesce(l.revision, 0) + 1, e.word_count, l.similarity,
  e.language_confidence, l.is_origin, e.published_at, e.modified_at, p.discovered_at, c.fetched_at, %(now)s, %(now)s,
  e.extraction_id, e.capture_id, %(run_id)s, e.content_hash, e.text_hash, p.url, e.title, e.lead, e.body, e.authors,
  e.agencies, e.published_raw, e.published_quality, e.language, e.section, e.tags, e.image_url, e.image_caption,
  e.page_type, e.rights, e.sources, e.extractor, e.cause
from load_plan l
join ingest.page p using (page_id)
join ingest.extraction e on e.extraction_id = l.extraction_id
left join ingest.capture c on c.capture_id = e.capture_id
where l.verdict in (select code from ingest.outcome where writes_article) and l.page_id between %(first)s and %(last)s
order by l.page_id
on conflict (article_id) do update set
  story_id = excluded.story_id, revision = a.revision + 1, word_count = excluded.word_count,
  similarity = excluded.similarity, language_confidence = excluded.language_confidence,
  is_origin = excluded.is_origin, published_at = excluded.published_at, modified_at = excluded.modified_at,
  captured_at = excluded.captured_at, revised_at = excluded.revised_at, extraction_id = excluded.extraction_id,
  capture_id = excluded.capture_id, run_id = excluded.run_id, content_hash = excluded.content_hash,
  text_hash = excluded.text_hash, title = excluded.title, lead = excluded.lead, body = excluded.body,
  authors = excluded.authors, agencies = excluded.agencies, published_raw = excluded.published_raw,
  published_quality = excluded.published_quality, language = excluded.language, section = excluded.section,
  tags = excluded.tags, image_url = excluded.image_url, image_caption = excluded.image_caption,
  page_type = excluded.page_type, rights = excluded.rights, sources = excluded.sources,
  extractor = excluded.extractor, cause = excluded.cause, body_purged_at = null,
  changed = array_remove(array[
    case when a.title <> excluded.title then 'title' end,
    case when a.lead <> excluded.lead then 'lead' end,
    case when a.body <> excluded.body then 'body' end,
    case when a.authors <> excluded.authors then 'authors' end,
    case when a.agencies <> excluded.agencies then 'agencies' end,
    case when a.published_at is distinct from excluded.published_at then 'published_at' end,
    case when a.modified_at is distinct from excluded.modified_at then 'modified_at' end,
    case when a.language <> excluded.language then 'language' end,
    case when a.section <> excluded.section then 'section' end,
    case when a.tags <> excluded.tags then 'tags' end,
    case when a.image_url <> excluded.image_url then 'image_url' end,
    case when a.image_caption <> excluded.image_caption then 'image_caption' end,
    case when a.page_type <> excluded.page_type then 'page_type' end,
    case when a.rights <> excluded.rights then 'rights' end], null);

-- name: load.mark_bad notes a row that the database refused
update load_plan set verdict = 'bad_row', detail = %(detail)s where page_id = %(page)s;

-- name: load.move_stories carries changed stories, and publishers, to articles whose content stays
with moved as (
  update news_internal.article a
  set story_id = m.story_id, is_origin = m.is_origin, similarity = m.similarity, publisher_id = p.publisher_id
  from ingest.story_member m join ingest.page p using (page_id)
  where a.article_id = any(%(pages)s::bigint[]) and m.page_id = a.article_id
    and (a.story_id, a.is_origin, a.publisher_id) is distinct from (m.story_id, m.is_origin, p.publisher_id)
  returning a.article_id, a.revision, a.story_id, a.is_origin, a.similarity, a.publisher_id
), noted as (
  update load_plan l set moved = true, story_id = m.story_id from moved m where l.page_id = m.article_id
  returning l.page_id
)
insert into load_plan (page_id, story_id, similarity, is_origin, revision, verdict, moved)
select article_id, story_id, similarity, is_origin, revision, 'none', true
from moved m where not exists (select from noted n where n.page_id = m.article_id);

-- name: load.empty_pending forgets the story changes that this transaction carried
delete from ingest.story_pending where page_id = any(%(pages)s::bigint[]);

-- name: load.close_pages ends the pages in the ledger; a page with an article is never rejected
update ingest.page p
set state = case when o.kind = 'ok' or l.revision is not null and not o.withdrawn then 'loaded' else 'rejected' end,
  outcome = l.verdict,
  detail = l.detail,
  attempts = 0,
  loaded_extraction_id = case when o.kind = 'ok' then l.extraction_id
    when not o.withdrawn then p.loaded_extraction_id end,
  loaded_content_hash = case when o.kind = 'ok' then l.content_hash when not o.withdrawn then p.loaded_content_hash end,
  changed_at = %(now)s
from load_plan l join ingest.outcome o on o.code = l.verdict
where p.page_id = l.page_id;

-- name: load.close_run_pages writes the outcomes into the run's funnel
update ingest.run_page x set load_outcome = l.verdict
from load_plan l
where x.run_id = %(run_id)s and x.page_id = l.page_id and l.verdict <> 'none';

-- name: load.list_plan lists the pages of one verdict, by key
-- returns: value
select coalesce(array_agg(page_id order by page_id), '{}') from load_plan where verdict = any(%(verdicts)s);

-- name: load.count_verdicts counts what the transaction decided
select verdict, count(*) as pages, count(*) filter (where moved) as moved from load_plan group by verdict;

-- name: load.log_changes gives each change its number and wakes the listeners
-- returns: count
with logged as (
  insert into news_internal.change (change_id, article_id, story_id, run_id, revision, kind, changed_at)
  select nextval('news_internal.change_id'), page_id, story_id, %(run_id)s,
    case when written then coalesce(revision, 0) + 1 else revision end,
    case when not written then 'story' when revision is null then 'insert' else 'revision' end, %(now)s
  from (
    select l.page_id, l.story_id, l.revision, coalesce(o.writes_article, false) as written
    from load_plan l left join ingest.outcome o on o.code = l.verdict
    where o.writes_article or l.moved order by l.page_id
  ) plan
  returning change_id
)
select pg_notify('news_changes', max(change_id)::text), count(*) from logged having count(*) > 0;

-- name: load.analyze_plan tells the planner how large the transaction is
analyze load_plan;

-- name: load.next_to_index takes the next changes that search has not seen, and its new cursor
-- returns: row
select max(change_id) as cursor,
  coalesce(array_agg(distinct article_id) filter (where kind in ('insert', 'revision')), '{}') as articles
from (
  select change_id, article_id, kind from news_internal.change
  where change_id > (select change_id from news_internal.consumer where name = 'search')
  order by change_id limit %(limit)s
) next;

-- name: load.index_articles fills the full-text side table
insert into news_internal.search (article_id, story_id, sort_at, publisher_id, is_dated, is_origin, language, title,
  document)
select article_id, story_id, coalesce(published_at, first_seen_at), publisher_id, published_at is not null, is_origin,
  told, title, news_internal.fts_document(told, title, lead, body)
from news_internal.article
cross join lateral (select coalesce(news_internal.told_language(language, language_confidence), '') as told) l
where article_id = any(%(articles)s::bigint[]) order by article_id
on conflict (article_id) do update set
  story_id = excluded.story_id, sort_at = excluded.sort_at, publisher_id = excluded.publisher_id,
  is_dated = excluded.is_dated, is_origin = excluded.is_origin, language = excluded.language, title = excluded.title,
  document = excluded.document;

-- name: load.index_languages notes the languages that a search must ask in
insert into news_internal.search_language (language)
select distinct coalesce(news_internal.told_language(language, language_confidence), '') from news_internal.article
where article_id = any(%(articles)s::bigint[]) order by 1
on conflict do nothing;

-- name: load.move_cursor notes how far search is
update news_internal.consumer set change_id = %(cursor)s, moved_at = %(now)s where name = 'search';

-- name: load.flush_search empties the index's pending list
-- returns: count
select news_internal.flush_search();

-- name: load.renew_counts keeps the counts of the days anew that articles came to, changed in or left
-- returns: count
select news_internal.renew_counts();

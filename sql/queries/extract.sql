-- name: extract.waiting lists a shard's captured pages once: to look for the next ones again and again costs a look at all
-- returns: value
select coalesce(array_agg(p.page_id order by p.page_id), '{}')
from ingest.run_page x join ingest.page p using (page_id)
where x.run_id = %(run_id)s and x.extract_shard = %(shard)s and p.state = 'captured' and x.extract_outcome is null
  and (x.entered = 'extract' or x.fetch_outcome in (select code from ingest.outcome where goes_on));

-- name: extract.shards counts the shards of a run's extraction
-- returns: value
select count(distinct extract_shard) from ingest.run_page where run_id = %(run_id)s and entered in ('fetch', 'extract');

-- name: extract.take reads captured pages, with what feed and publisher know of them
-- column rights: dict[str, Any]
-- not null: languages, zone
select p.page_id, p.url, p.publisher_id, b.name as publisher,
  -- a feed names one language where its site has several
  coalesce(case when b.said_by ->> 'languages' = 'person' then b.languages end, '{}') as languages,
  coalesce(b.time_zone, '') as zone, p.discovered_by, p.discovered_at,
  case when p.discovered_by in ('feed', 'sitemap')
    then ingest.watched_since(p.publisher_id, p.discovered_at) end as watched_since,
  c.capture_id, c.fetched_at, c.final_url, c.content_type, c.file, c."offset", c.length, c.payload_digest, c.rights,
  coalesce(e.title, '') as title, coalesce(e.authors, '{}') as authors, e.published_at, e.updated_at,
  coalesce(e.content_html, '') as content_html, coalesce(e.language, '') as language
from ingest.page p
join ingest.publisher b using (publisher_id)
join ingest.capture c on c.capture_id = p.capture_id
left join lateral (
  -- of the page's own publisher only: what other feeds say of a page is kept, and tells nothing
  select x.title, x.authors, x.published_at, x.updated_at, x.content_html, x.language
  from ingest.entry x join ingest.feed f using (feed_id)
  where x.page_id = p.page_id and f.publisher_id = p.publisher_id
  order by x.last_seen_at desc, x.entry_id desc limit 1
) e on true
where p.page_id = any(%(pages)s::bigint[]) and p.state = 'captured'
order by p.page_id;

-- name: extract.store writes a batch of extractions; a repeated batch writes the same rows
insert into ingest.extraction as e
  (page_id, capture_id, run_id, cause, rights, sources, extractor, outcome, detail, title, lead, body, authors, agencies,
   published_at, published_raw, published_quality, modified_at, language, language_confidence, section, tags, image_url,
   image_caption, canonical_url, amp_url, page_type, word_count, content_hash, text_hash, extracted_at)
values %s
on conflict (capture_id, extractor) do update set
  (run_id, cause, rights, sources, outcome, detail, title, lead, body, authors, agencies, published_at, published_raw,
   published_quality, modified_at, language, language_confidence, section, tags, image_url, image_caption,
   canonical_url, amp_url, page_type, word_count, content_hash, text_hash, extracted_at)
  = (excluded.run_id, excluded.cause, excluded.rights, excluded.sources, excluded.outcome, excluded.detail,
     excluded.title, excluded.lead, excluded.body, excluded.authors, excluded.agencies, excluded.published_at,
     excluded.published_raw, excluded.published_quality, excluded.modified_at, excluded.language,
     excluded.language_confidence, excluded.section, excluded.tags, excluded.image_url, excluded.image_caption,
     excluded.canonical_url, excluded.amp_url, excluded.page_type, excluded.word_count, excluded.content_hash,
     excluded.text_hash, excluded.extracted_at)
returning e.page_id, e.extraction_id;

-- name: extract.move sends a batch of pages on, or ends them; one whose article says the same already goes back to it
-- not null: outcome
-- A lost capture is forgotten, with what would make a server answer "not modified". Its page is fetched again, unless it
-- was never fetched by us (then its WARC file is read again by the next backfill that asks for it) or was lost too often.
with made as (
  select d.page_id, d.extraction_id, d.outcome, d.detail, o.goes_on, coalesce(o.loses_capture, false) as lost,
    case when o.goes_on then substring(%(content_hashes)s::bytea from 32 * n::integer - 31 for 32) end as content_hash
  from unnest(%(page_ids)s::bigint[], %(extraction_ids)s::bigint[], %(outcomes)s::text[], %(details)s::text[])
    with ordinality as d (page_id, extraction_id, outcome, detail, n)
    left join ingest.outcome o on o.code = d.outcome
), due as (
  select m.page_id from made m join ingest.page p using (page_id)
  where m.lost and p.discovered_by <> 'backfill' and (
    select count(*) from ingest.extraction e where e.page_id = m.page_id and e.outcome = m.outcome) <= %(tries)s
), unread as (
  update ingest.backfill_file f set version = ''
  where left(encode(sha256(convert_to(f.selection || ' ' || f.source, 'UTF8')), 'hex'), 16) in (
    select split_part(c.file, '/', 3)
    from made m join ingest.page p using (page_id) join ingest.capture c using (capture_id)
    where m.lost and p.discovered_by = 'backfill' and split_part(c.file, '/', 2) = 'backfill')
), moved as (
  update ingest.page p set
    state = case
      when due.page_id is not null then 'pending'
      when m.goes_on and (p.loaded_content_hash = m.content_hash and p.extraction_id = p.loaded_extraction_id) is not true
        then 'extracted'
      when p.loaded_extraction_id is not null then 'loaded'
      else 'rejected' end,
    extraction_id = case
      when m.goes_on and (p.loaded_content_hash = m.content_hash and p.extraction_id = p.loaded_extraction_id) is not true
        then m.extraction_id
      else p.extraction_id end,
    outcome = case
      when p.loaded_content_hash = m.content_hash and p.extraction_id = p.loaded_extraction_id then 'unchanged'
      else m.outcome end,
    detail = m.detail, changed_at = %(now)s,
    capture_id = case when not m.lost then p.capture_id end,
    etag = case when not m.lost then p.etag end,
    last_modified = case when not m.lost then p.last_modified end,
    next_attempt_at = case when due.page_id is null then p.next_attempt_at else %(now)s end
  from made m left join due using (page_id)
  where p.page_id = m.page_id
  returning p.page_id, p.outcome
)
update ingest.run_page x set extract_outcome = m.outcome
from moved m where x.run_id = %(run_id)s and x.page_id = m.page_id
returning m.outcome;

-- name: extract.site_lines lists the lines that publishers' bodies go without, as learned before a run
-- not null: lines, version
select l.publisher_id, array_agg(l.line_hash order by l.line_hash) as lines, max(l.since_run) as version
from ingest.site_line l join ingest.run r on r.run_id = %(run_id)s
where l.publisher_id = any(%(publishers)s) and l.enabled
  and (l.since_run < r.run_id and l.learned_at <= r.started_at or l.since_run = r.run_id and l.own_run)
group by l.publisher_id;

-- name: extract.templates lists the newest template of publishers that a run knows, where nobody has switched it off
select t.publisher_id, t.since_run, t.rows, t.outside, t.inside
from (
  select distinct on (n.publisher_id) n.* from ingest.site_template n join ingest.run r on r.run_id = %(run_id)s
  where n.publisher_id = any(%(publishers)s)
    and (n.since_run < r.run_id and n.learned_at <= r.started_at or n.since_run = r.run_id)
  order by n.publisher_id, n.since_run desc
) t
where t.enabled;

-- name: extract.to_learn lists the publishers of a shard's captured pages whose template is to be learned
-- returns: value
-- As of the run's start, so that all its shards say the same, whatever other runs learn meanwhile: none is there, it is a
-- week old, or it was learned from few captures and is a day old.
select coalesce(array_agg(distinct p.publisher_id order by p.publisher_id), '{}')
from ingest.run_page x join ingest.page p using (page_id) join ingest.run r using (run_id)
where x.run_id = %(run_id)s and x.extract_shard = %(shard)s and p.state = 'captured' and x.extract_outcome is null
  and (x.entered = 'extract' or x.fetch_outcome in (select code from ingest.outcome where goes_on))
  and not exists (
    select from ingest.site_template t
    where t.publisher_id = p.publisher_id and (t.since_run = x.run_id
      or t.since_run < x.run_id and t.learned_at <= r.started_at
        and t.learned_at > r.started_at - make_interval(days => case when t.captures < %(many)s then 1 else 7 end)));

-- name: extract.learn_from lists the captures that publishers' templates are learned from
-- not null: publisher_id, page_id, url, final_url, content_type, fetched_at, file, offset, length, payload_digest
-- Of the run's pages a sample that neither their order nor the number of shards changes, then the newest of the week.
-- None that retention has moved to another archive, or deleted.
with own as (
  select p.publisher_id, p.page_id, p.url, p.capture_id,
    row_number() over (partition by p.publisher_id order by md5(p.page_id::text)) as place
  from ingest.run_page x join ingest.page p using (page_id)
  where x.run_id = %(run_id)s and p.publisher_id = any(%(publishers)s) and p.capture_id is not null
    and (x.entered = 'extract' or x.fetch_outcome in (select code from ingest.outcome where goes_on))
), week as (
  select w.*, %(most)s + w.newest as place
  from ingest.run r cross join unnest(%(publishers)s::integer[]) as u (publisher_id) cross join lateral (
    select p.publisher_id, p.page_id, p.url, p.capture_id,
      row_number() over (order by p.settled_at desc, p.page_id) as newest
    from ingest.page p
    where p.publisher_id = u.publisher_id and p.state = 'loaded' and p.capture_id is not null
      and p.settled_at between r.started_at - interval '7 days' and r.started_at
      and not exists (select from ingest.run_page x where x.run_id = r.run_id and x.page_id = p.page_id)
    order by p.settled_at desc, p.page_id limit %(most)s
  ) w
  where r.run_id = %(run_id)s
), ranked as (
  select f.*, row_number() over (partition by f.publisher_id order by f.place) as rank
  from (
    select publisher_id, page_id, url, capture_id, place from own where place <= %(most)s
    union all select publisher_id, page_id, url, capture_id, place from week
  ) f
)
select f.publisher_id, f.page_id, f.url, c.final_url, c.content_type, c.fetched_at, c.file, c."offset", c.length,
  c.payload_digest
from ranked f join ingest.capture c using (capture_id)
where f.rank <= %(most)s
  and not exists (select from ingest.warc_file w where w.file = c.file and (w.location <> '' or w.deleted_at is not null))
order by f.publisher_id, f.page_id;

-- name: extract.has_learned tells whether a run has learned a publisher's template
-- returns: value
select exists (select from ingest.site_template where publisher_id = %(publisher_id)s and since_run = %(run_id)s);

-- name: extract.put_template stores what a run learned of a publisher; a person's switch stays as it is
insert into ingest.site_template
  (publisher_id, since_run, captures, articles, rows, outside, inside, enabled, learned_at)
select %(publisher_id)s, %(run_id)s, %(captures)s, %(articles)s, %(rows)s::bigint[], %(outside)s::bigint[], %(inside)s::bigint[],
  coalesce((
    select enabled from ingest.site_template where publisher_id = %(publisher_id)s order by since_run desc limit 1), true),
  %(now)s
on conflict do nothing;

-- name: extract.prune_templates takes out a publisher's templates that no run under way asks for
delete from ingest.site_template t
where t.publisher_id = %(publisher_id)s and t.learned_at < %(now)s - interval '30 days'
  and exists (select from ingest.site_template n where n.publisher_id = t.publisher_id and n.since_run > t.since_run);

-- name: extract.keep_pages remembers the lines of a batch's articles, to learn from
-- values: page_id bigint, title text, lines bigint[], words integer[], seen_at timestamptz
insert into ingest.site_page (page_id, publisher_id, title, lines, words, seen_at)
select n.page_id, p.publisher_id, n.title, n.lines::bigint[], n.words::integer[], n.seen_at::timestamptz
from (values %s) as n (page_id, title, lines, words, seen_at) join ingest.page p using (page_id)
on conflict (page_id) do update set
  (publisher_id, title, lines, words, seen_at)
  = (excluded.publisher_id, excluded.title, excluded.lines, excluded.words, excluded.seen_at);

-- name: extract.lock_publisher lets one step at a time learn a publisher's lines
select from ingest.publisher where publisher_id = %(publisher_id)s for no key update;

-- name: extract.prune_pages keeps a publisher's newest articles only
-- What another shard writes at this moment is left to it: to wait for it could be a deadlock.
delete from ingest.site_page where page_id in (
  select page_id from ingest.site_page where page_id in (
    select page_id from ingest.site_page where publisher_id = %(publisher_id)s
    order by seen_at desc, page_id desc offset %(keep)s)
  for update skip locked
);

-- name: extract.learning_pages lists a publisher's remembered articles
select page_id, title, lines, words from ingest.site_page where publisher_id = %(publisher_id)s order by page_id;

-- name: extract.known_lines lists the lines that are known to a run
select line_hash from ingest.site_line
where publisher_id = %(publisher_id)s and (since_run < %(run_id)s or since_run = %(run_id)s and own_run);

-- name: extract.forget_lines takes back what this run learned from fewer pages, without what a person has judged
delete from ingest.site_line
where publisher_id = %(publisher_id)s and since_run = %(run_id)s and not own_run and enabled;

-- name: extract.bodies lists the bodies in which learned lines stand, for their samples
-- not null: body
select e.page_id, news_internal.extraction_body(e.extraction_id, e.page_id, e.body) as body
from ingest.page p join ingest.extraction e using (extraction_id)
where p.page_id = any(%(page_ids)s) order by e.page_id;

-- name: extract.learn_lines stores learned lines
insert into ingest.site_line (publisher_id, line_hash, since_run, articles, sample, own_run, learned_at)
values %s
on conflict do nothing;

-- name: extract.postpone leaves captured pages to the next run
with told as (
  update ingest.run_page set extract_outcome = %(outcome)s where run_id = %(run_id)s and page_id = any(%(pages)s)
)
update ingest.page set outcome = %(outcome)s, detail = %(detail)s, changed_at = %(now)s where page_id = any(%(pages)s);

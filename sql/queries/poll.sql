-- name: poll.claim_feeds takes due feeds in hand, unless another step has them
-- nullable parameters: limit
update ingest.feed f set claimed_until = %(now)s + interval '2 hours', last_run_id = %(run_id)s, shard = null
where f.feed_id in (
  select d.feed_id from ingest.feed d join ingest.publisher b using (publisher_id)
  where d.state = 'active' and not b.paused
    and (%(force)s or d.next_poll_at <= %(now)s)
    and (%(publishers)s::text[] is null or b.publisher_id = any(ingest.publisher_ids(%(publishers)s::text[])))
    and (%(feeds)s::text[] is null or d.url = any(%(feeds)s))
    and not ingest.is_claimed(d, %(now)s)
    and d.last_run_id is distinct from %(run_id)s
  order by d.next_poll_at, d.feed_id
  limit %(limit)s
  for update of d skip locked);

-- name: poll.held_by_others counts the feeds of a selection that other runs ask now, or are about to ask
-- returns: value
select coalesce(sum(h.feeds), 0)::int
from (
  select f.last_run_id as run_id, f.shard, count(*) as feeds
  from ingest.feed f join ingest.publisher b using (publisher_id)
  where f.last_run_id <> %(run_id)s and f.state = 'active' and ingest.is_claimed(f, %(now)s)
    and (%(publishers)s::text[] is null or b.publisher_id = any(ingest.publisher_ids(%(publishers)s::text[])))
    and (%(feeds)s::text[] is null or f.url = any(%(feeds)s))
  group by f.last_run_id, f.shard
) h
join ingest.run r using (run_id)
left join ingest.run_stage s on s.run_id = h.run_id and s.stage = 'poll' and s.shard = h.shard
where s.ended_at is null and (ingest.is_locked('newsflow.step:' || h.run_id || ':poll:' || h.shard)
  -- its task has not begun yet, or died
  or coalesce(s.seen_at, r.seen_at) > clock_timestamp() - interval '2 minutes');

-- name: poll.feeds_to_place lists what a run has in hand, and the other sitemaps of the same publishers
-- not null: asked
select f.feed_id, f.publisher_id, f.url, case when held then f.shard end as shard, held as asked
from ingest.feed f
cross join lateral (select coalesce(f.last_run_id = %(run_id)s and f.claimed_until is not null, false) as held) h
where held or f.kind in ('sitemap', 'sitemapindex') and f.state = 'active' and exists (
  select from ingest.feed o
  where o.publisher_id = f.publisher_id and o.last_run_id = %(run_id)s and o.claimed_until is not null)
order by f.next_poll_at, f.feed_id;

-- name: poll.place_feeds notes which shard polls which feed
update ingest.feed f set shard = g.shard
from unnest(%(feed_ids)s::int[], %(shards)s::int[]) as g (feed_id, shard)
where f.feed_id = g.feed_id and f.shard is distinct from g.shard;

-- name: poll.count_shards counts the shards of a run that polls
-- returns: value
select count(distinct shard) from ingest.feed where last_run_id = %(run_id)s;

-- name: poll.claimed_feeds lists what a shard of this run has in hand, with what an earlier attempt left, longest due first
-- column sitemap_parts: dict[str, list[int]]
-- not null: gap_open, zone, unknown
select f.feed_id, f.publisher_id, b.name as publisher, f.url, f.kind, f.home, f.etag, f.last_modified, f.interval_s,
  f.last_poll_at, f.last_ok_at, f.failures, f.window_heads, f.window_entries, f.window_newest_at, f.window_horizon_s,
  f.body_hash, f.validators_lie, f.polls_unaudited, f.full_at, f.audits_passed, f.known_items, f.sitemap_parts, f.moved_to, f.moved_polls,
  exists (select from ingest.gap g where g.feed_id = f.feed_id and g.to_at is null) as gap_open,
  coalesce(b.time_zone, '') as zone, b.title is null or b.homepage is null or b.languages is null as unknown
from ingest.feed f join ingest.publisher b using (publisher_id)
where f.last_run_id = %(run_id)s and f.shard = %(shard)s and f.claimed_until is not null
order by f.next_poll_at, f.feed_id;

-- name: poll.page_knowledge says what is known of the pages that this shard polls as feeds, and what became of their publishers' pages
-- column memory: dict[str, Any]
-- not null: articles, others
select f.feed_id, l.memory, coalesce(became.articles, '{}') as articles, coalesce(became.others, '{}') as others
from ingest.feed f left join ingest.page_look l using (feed_id)
cross join lateral (
  select array_agg(p.url) filter (where p.is_article) as articles,
    array_agg(p.url) filter (where not p.is_article) as others
  from (
    select p.url, p.loaded_extraction_id is not null as is_article from ingest.page p
    where p.publisher_id = f.publisher_id and (p.loaded_extraction_id is not null
      or p.state = 'rejected' and p.outcome in (select code from ingest.outcome where no_article))
    order by p.settled_at desc nulls first limit %(most)s -- as the index has them: those under way, then the newest
  ) p
) became
where f.last_run_id = %(run_id)s and f.shard = %(shard)s and f.claimed_until is not null and f.kind = 'page'
order by f.feed_id;

-- name: poll.save_looks keeps what is remembered of pages
-- values: feed_id integer, memory jsonb, at timestamptz
insert into ingest.page_look as l (feed_id, memory, looked_at)
select n.feed_id, n.memory::jsonb, n.at::timestamptz from (values %s) as n (feed_id, memory, at)
on conflict (feed_id) do update set memory = excluded.memory, looked_at = excluded.looked_at;

-- name: poll.probe_entries says which of the shown entries are new, changed, or not noted for a day
-- not null: n, changed, unnoted
-- nullable: link, first_seen_at
-- parameter dates: Iterable[datetime | None]
-- parameter entry_hashes: Iterable[bytes | None]
-- an entry without a hash stands in its feed as it did at the last poll
select g.n::int as n, e.entry_id, e.page_id, coalesce(e.entry_hash <> g.entry_hash, false) as changed,
  coalesce(p.state in ('captured', 'extracted', 'clustered'), false) as busy,
  coalesce(p.publisher_id = f.publisher_id, false) as own,
  coalesce(e.last_seen_at < %(now)s - interval '1 day', false) as unnoted,
  e.link, e.published_at, e.published_raw, e.first_seen_at, p.state, p.outcome,
  case when e.entry_hash <> g.entry_hash then array[e.title, e.summary, e.content_html] end as texts
from unnest(%(feed_ids)s::int[], %(guid_hashes)s::bytea[], %(entry_hashes)s::bytea[], %(links)s::text[],
  %(dates)s::timestamptz[]) with ordinality as g (feed_id, guid_hash, entry_hash, link, published_at, n)
left join ingest.entry e on e.feed_id = g.feed_id and e.guid_hash = g.guid_hash
left join ingest.page p on p.page_id = e.page_id
left join ingest.feed f on f.feed_id = e.feed_id
where e.entry_id is null or e.entry_hash <> g.entry_hash or e.last_seen_at < %(now)s - interval '1 day'
  or e.link <> g.link or e.published_at is distinct from g.published_at and g.published_at is not null;

-- name: poll.entries_by_link finds the newest entry that a feed has shown with each of these links
-- not null: n
select distinct on (g.n) g.n::int as n, e.guid, e.link
from unnest(%(feed_ids)s::int[], %(url_hashes)s::bytea[]) with ordinality as g (feed_id, url_hash, n)
join ingest.page p on p.url_hash = g.url_hash
join ingest.entry e on e.page_id = p.page_id and e.feed_id = g.feed_id
order by g.n, e.last_seen_at desc, e.entry_id desc;

-- name: poll.entries_by_title finds the newest entry that a feed has shown with each of these titles and dates
-- not null: n
-- parameter dates: Iterable[datetime | None]
select distinct on (g.n) g.n::int as n, e.guid, e.link
from unnest(%(feed_ids)s::int[], %(titles)s::text[], %(dates)s::timestamptz[]) with ordinality
  as g (feed_id, title, published_at, n)
join ingest.entry e on e.feed_id = g.feed_id and e.title = g.title and e.published_at is not distinct from g.published_at
where e.last_seen_at > %(now)s - interval '30 days'
order by g.n, e.last_seen_at desc, e.entry_id desc;

-- name: poll.add_publishers makes publishers for links that lead elsewhere
insert into ingest.publisher (name)
select distinct given from unnest(%(names)s::text[]) given
where not exists (select from ingest.publisher_name n where n.name = given)
order by given
on conflict (name) do nothing;

-- name: poll.add_origins makes origins known, each with its publisher; a stronger word takes an origin and its pages over
-- parameter publisher_ids: Iterable[int | None]
-- parameter names: Iterable[str | None]
with given as (
  -- a step that began before a merger knows its feeds by the publisher of then
  select g.origin, coalesce(m.merged_into, g.publisher_id, b.publisher_id) as publisher_id, g.word
  from unnest(%(origins)s::text[], %(publisher_ids)s::int[], %(names)s::text[], %(words)s::text[])
    as g (origin, publisher_id, name, word)
  left join ingest.publisher_name b on b.name = g.name
  left join ingest.publisher m on m.publisher_id = g.publisher_id
), before as (
  select o.origin_id, o.publisher_id from ingest.origin o join given using (origin)
), told as (
  insert into ingest.origin as o (origin, publisher_id, owner_word)
  select origin, publisher_id, word from given order by origin
  on conflict (origin) do update set publisher_id = excluded.publisher_id, owner_word = excluded.owner_word
  where o.publisher_id is null
    or o.publisher_id = excluded.publisher_id and ingest.owner_rank(o.owner_word) < ingest.owner_rank(excluded.owner_word)
    -- a publisher that has a feed there keeps the host: the pages of the other one's feeds are that one's all the same
    or (ingest.owner_rank(o.owner_word) < ingest.owner_rank(excluded.owner_word) or excluded.owner_word = 'person')
      and not exists (select from ingest.feed f where f.publisher_id = o.publisher_id and f.state <> 'gone'
        and starts_with(f.url, o.origin || '/'))
  returning o.origin_id, o.publisher_id
), moved as (
  update ingest.page p set publisher_id = t.publisher_id
  from told t join before b using (origin_id)
  where p.origin_id = t.origin_id and p.publisher_id = b.publisher_id and b.publisher_id <> t.publisher_id
  returning p.page_id, p.loaded_extraction_id
)
insert into ingest.story_pending (page_id) select page_id from moved where loaded_extraction_id is not null order by 1
on conflict do nothing;

-- name: poll.make_batch gives the session its table for entries under way
create temp table if not exists poll_batch (
  feed_id integer, guid_hash bytea, guid text, link text, title text, authors text[], published_at timestamptz,
  published_raw text, updated_at timestamptz, summary text, content_html text, categories text[], language text,
  image_url text, enclosures text[], entry_hash bytea, outcome text, url text, url_hash bytea, origin text,
  discovered_by text, same_site boolean
) on commit delete rows;

-- name: poll.claim_pages gives pages that only others' feeds had shown to a feed of their own publisher: they start afresh
with own as (
  select distinct on (t.url_hash) t.url_hash, t.discovered_by, f.publisher_id
  from poll_batch t join ingest.origin o on o.origin = t.origin join ingest.feed f on f.feed_id = t.feed_id
  where t.url_hash is not null and (t.same_site or o.publisher_id = f.publisher_id)
  order by t.url_hash, t.feed_id
), found as (
  select p.page_id, p.publisher_id as before, own.publisher_id, own.discovered_by,
    p.state in ('pending', 'loaded', 'rejected')
      and (p.outcome in (select code from ingest.outcome where withdrawn)) is not true as afresh
  from own join ingest.page p using (url_hash)
  where p.discovered_by = 'link'
  order by p.page_id for update of p
), claimed as (
  update ingest.page p set discovered_by = n.discovered_by, publisher_id = n.publisher_id,
    state = case when n.afresh then 'pending' else p.state end,
    attempts = case when n.afresh then 0 else p.attempts end,
    next_attempt_at = case when n.afresh then %(now)s else p.next_attempt_at end,
    etag = case when not n.afresh then p.etag end, last_modified = case when not n.afresh then p.last_modified end,
    changed_at = %(now)s
  from found n where p.page_id = n.page_id
  returning p.page_id, n.before <> p.publisher_id and p.loaded_extraction_id is not null as carried
)
insert into ingest.story_pending (page_id) select page_id from claimed where carried order by 1 on conflict do nothing;

-- name: poll.add_pages registers the pages that entries of the batch lead to
with teller as (
  select distinct o.origin_id, f.publisher_id
  from poll_batch t join ingest.origin o on o.origin = t.origin join ingest.feed f on f.feed_id = t.feed_id
  where not t.same_site and o.publisher_id <> f.publisher_id
), dead as (
  select w.origin_id, w.publisher_id from teller w cross join lateral (
    select count(*) filter (where p.state = 'rejected' and c.blame = 'publisher' and c.reach <> 'unsent'
        and p.changed_at > %(now)s - interval '7 days') as dead,
      count(*) filter (where p.loaded_extraction_id is not null) as articles
    from ingest.page p left join ingest.outcome c on c.code = p.outcome
    where p.origin_id = w.origin_id and p.discovered_by = 'link'
      and exists (select from ingest.entry e join ingest.feed g using (feed_id)
        where e.page_id = p.page_id and g.publisher_id = w.publisher_id)
  ) led where led.dead >= %(dead_links)s and led.dead > led.articles
)
insert into ingest.page (url, url_hash, origin_id, publisher_id, discovered_by, discovered_at, changed_at)
select distinct on (t.url_hash) t.url, t.url_hash, o.origin_id, case when own then f.publisher_id else o.publisher_id end,
  case when own then t.discovered_by else 'link' end, %(now)s, %(now)s
from poll_batch t join ingest.origin o on o.origin = t.origin join ingest.feed f on f.feed_id = t.feed_id
cross join lateral (select t.same_site or o.publisher_id = f.publisher_id as own) whose
where t.url_hash is not null
  and (own or not exists (select from dead d where d.origin_id = o.origin_id and d.publisher_id = f.publisher_id))
order by t.url_hash, own desc, t.feed_id
on conflict (url_hash) do nothing;

-- name: poll.save_entries writes the batch's new and changed entries
insert into ingest.entry as e (feed_id, guid_hash, page_id, outcome, guid, link, title, authors, published_at,
  published_raw, updated_at, summary, content_html, categories, language, image_url, enclosures, entry_hash,
  first_seen_at, last_seen_at)
select t.feed_id, t.guid_hash, p.page_id,
  coalesce(t.outcome, case when p.page_id is null then 'dead_links' end), t.guid, t.link, t.title, t.authors, t.published_at,
  t.published_raw, t.updated_at, t.summary, t.content_html, t.categories, t.language, t.image_url, t.enclosures,
  t.entry_hash, %(now)s, %(now)s
from poll_batch t left join ingest.page p on p.url_hash = t.url_hash
order by t.feed_id, t.guid_hash
on conflict (feed_id, guid_hash) do update set
  page_id = excluded.page_id, outcome = excluded.outcome, link = excluded.link, title = excluded.title,
  authors = excluded.authors, published_at = excluded.published_at, published_raw = excluded.published_raw,
  updated_at = excluded.updated_at, summary = excluded.summary, content_html = excluded.content_html,
  categories = excluded.categories, language = excluded.language, image_url = excluded.image_url,
  enclosures = excluded.enclosures, entry_hash = excluded.entry_hash, last_seen_at = excluded.last_seen_at,
  changed_at = excluded.last_seen_at;

-- name: poll.touch_entries notes that entries are still shown
update ingest.entry set last_seen_at = %(now)s where entry_id = any(%(entry_ids)s);

-- name: poll.ask_pages_again asks for the pages of changed entries: a correction becomes a revision
update ingest.page set state = 'pending', attempts = 0, next_attempt_at = %(now)s, changed_at = %(now)s
where page_id in (select page_id from ingest.page where page_id = any(%(page_ids)s)
    and state in ('loaded', 'rejected') and (outcome in (select code from ingest.outcome where withdrawn)) is not true
  order by page_id for update);

-- name: poll.read_pages_again has articles read again from our own archive: the publisher is not asked
update ingest.page set state = 'captured', changed_at = %(now)s
where page_id in (select p.page_id from ingest.page p
    join ingest.capture c on c.capture_id = p.capture_id
    join ingest.capture o on o.capture_id = coalesce(c.refers_to, c.capture_id)
    join ingest.warc_file w on w.file = o.file and w.deleted_at is null
  where p.page_id = any(%(page_ids)s) and p.state = 'loaded'
    and (p.outcome in (select code from ingest.outcome where withdrawn)) is not true
  order by p.page_id for update of p);

-- name: poll.save_feeds writes what polling learned of feeds
-- values: feed_id integer, kind text null, title text null, home text null, state text, reason text, etag text null, last_modified text null, next_poll_at timestamptz, interval_s integer null, last_poll_at timestamptz null, last_ok_at timestamptz null, last_new_at timestamptz null, last_outcome text, failures integer, window_heads bytea[], window_entries integer, window_newest_at timestamptz null, window_horizon_s integer null, body_hash bytea null, validators_lie boolean, polls_unaudited integer, full_at timestamptz null, audits_passed integer, known_items bytea null, sitemap_parts jsonb, moved_to text null, moved_polls integer
update ingest.feed f set
  kind = coalesce(n.kind, f.kind), title = coalesce(n.title, f.title), home = coalesce(n.home, f.home),
  state = n.state, reason = n.reason, etag = n.etag, last_modified = n.last_modified,
  next_poll_at = n.next_poll_at::timestamptz, interval_s = n.interval_s::int, last_poll_at = n.last_poll_at::timestamptz,
  first_ok_at = coalesce(f.first_ok_at, n.last_ok_at::timestamptz), last_ok_at = n.last_ok_at::timestamptz,
  last_new_at = coalesce(n.last_new_at::timestamptz, f.last_new_at),
  last_outcome = n.last_outcome, failures = n.failures, window_heads = n.window_heads::bytea[],
  window_entries = n.window_entries, window_newest_at = n.window_newest_at::timestamptz,
  window_horizon_s = n.window_horizon_s::int, body_hash = n.body_hash::bytea, validators_lie = n.validators_lie,
  polls_unaudited = n.polls_unaudited, full_at = n.full_at::timestamptz,
  audits_passed = n.audits_passed, known_items = coalesce(n.known_items::bytea, f.known_items), sitemap_parts = n.sitemap_parts::jsonb,
  moved_to = n.moved_to, moved_polls = n.moved_polls, claimed_until = null
from (values %s) as n (feed_id, kind, title, home, state, reason, etag, last_modified, next_poll_at, interval_s,
  last_poll_at, last_ok_at, last_new_at, last_outcome, failures, window_heads, window_entries, window_newest_at,
  window_horizon_s, body_hash, validators_lie, polls_unaudited, full_at,
  audits_passed, known_items, sitemap_parts, moved_to, moved_polls)
where f.feed_id = n.feed_id;

-- name: poll.add_feeds adds feeds, or brings back those that were gone
-- not null: new
with given as (
  select g.url, b.publisher_id, g.named, g.title, g.home, g.kind
  from unnest(%(urls)s::text[], %(names)s::text[], %(named)s::boolean[], %(titles)s::text[], %(homes)s::text[],
    %(kinds)s::text[]) as g (url, name, named, title, home, kind)
  join ingest.publisher_name b on b.name = g.name
)
insert into ingest.feed as f (publisher_id, url, kind, title, home, added_at)
select publisher_id, url, kind, title, home, %(now)s from given order by url
on conflict (url) do update set
  state = 'active', reason = '', kind = coalesce(nullif(excluded.kind, ''), f.kind),
  publisher_id = case when (select g.named from given g where g.url = f.url) then excluded.publisher_id else f.publisher_id end,
  next_poll_at = case when f.state = 'active' then f.next_poll_at else '-infinity' end
returning f.url, f.publisher_id, xmax = 0 as new;

-- name: poll.list_feeds lists feeds with their state
select f.feed_id, b.name as publisher, f.url, f.kind, f.title, f.home, f.state, f.reason, f.last_outcome, f.failures,
  f.interval_s, f.last_ok_at, f.last_new_at, nullif(f.next_poll_at, '-infinity') as next_poll_at,
  f.window_entries as entries, f.validators_lie
from ingest.feed f join ingest.publisher b using (publisher_id)
where %(publishers)s::text[] is null or b.publisher_id = any(ingest.publisher_ids(%(publishers)s::text[]))
order by b.name, f.url;

-- name: poll.remove_feeds ends feeds by a person's decision
update ingest.feed set state = 'gone', reason = 'removed by a person' where url = any(%(urls)s) returning url;

-- name: poll.pause_feeds pauses or resumes feeds
update ingest.feed set state = case when %(paused)s then 'paused' else 'active' end
where url = any(%(urls)s) and state <> 'gone' returning url;

-- name: poll.end_gaps ends the running gaps of feeds that answer again, and closes those without loss
-- values: feed_id integer, at timestamptz, whole boolean, missed integer
update ingest.gap g set to_at = n.at::timestamptz, missed_estimate = n.missed,
  closed_at = case when n.whole then n.at::timestamptz end, closed_by = case when n.whole then 'overlap' end
from (values %s) as n (feed_id, at, whole, missed)
where g.feed_id = n.feed_id and g.to_at is null;

-- name: poll.open_gaps notes gaps; of a feed that is down, one
-- values: feed_id integer, cause text, from_at timestamptz, to_at timestamptz null, missed integer, opened_at timestamptz, detail text
insert into ingest.gap (feed_id, publisher_id, cause, from_at, to_at, missed_estimate, opened_at, detail)
select n.feed_id, f.publisher_id, n.cause, n.from_at::timestamptz, n.to_at::timestamptz, n.missed,
  n.opened_at::timestamptz, n.detail
from (values %s) as n (feed_id, cause, from_at, to_at, missed, opened_at, detail) join ingest.feed f using (feed_id)
on conflict (coalesce(feed_id, 0)) where to_at is null do nothing;

-- name: poll.claim_sitemaps takes the sitemaps of publishers in hand, due or not, as they may fill a gap
update ingest.feed set claimed_until = %(now)s + interval '2 hours', last_run_id = %(run_id)s, shard = %(shard)s
where feed_id in (
  select feed_id from ingest.feed
  where publisher_id = any(%(publisher_ids)s) and kind in ('sitemap', 'sitemapindex') and state = 'active'
    and not ingest.is_claimed(feed, %(now)s) and last_run_id is distinct from %(run_id)s
  order by feed_id for update skip locked);

-- name: poll.begin_outage opens the one gap and the one alarm of an outage of our own
with gap as (
  insert into ingest.gap (cause, from_at, opened_at, detail)
  select 'own_outage', coalesce(max(last_ok_at), %(now)s), %(now)s, %(sentence)s from ingest.feed
  on conflict (coalesce(feed_id, 0)) where to_at is null do nothing
)
insert into ingest.ops_alarm (cause, severity, sentence, opened_at, seen_at)
values ('own_outage', 'critical', %(sentence)s, %(now)s, %(now)s)
on conflict (cause, subject) where resolved_at is null do update set seen_at = excluded.seen_at;

-- name: poll.end_outage ends them
with alarm as (
  update ingest.ops_alarm set resolved_at = %(now)s where cause = 'own_outage' and resolved_at is null
)
update ingest.gap set to_at = %(now)s where feed_id is null and to_at is null;

-- name: poll.close_fleet_gaps closes outages once every feed has answered since: what it lost stands in gaps of its own
update ingest.gap g set closed_at = %(now)s, closed_by = 'overlap'
where g.feed_id is null and g.to_at is not null and g.closed_at is null
  and not exists (select from ingest.feed f where f.state = 'active' and f.failures = 0
    and f.last_ok_at is not null and f.last_ok_at < g.to_at);

-- name: poll.fill_gaps counts what came in later for open gaps, and closes those that are filled
with open as (
  select gap_id, publisher_id, feed_id, from_at, to_at, opened_at, missed_estimate, filled
  from ingest.gap
  where closed_at is null and to_at is not null and feed_id is not null and from_at > %(now)s - interval '30 days'
), late as (
  select o.gap_id, count(distinct e.page_id) as entries, bool_or(f.kind like 'sitemap%%') as by_sitemap
  from open o
  join ingest.feed f on f.publisher_id = o.publisher_id
  join ingest.entry e on e.feed_id = f.feed_id and e.first_seen_at >= o.opened_at
    and e.published_at > o.from_at and e.published_at < o.to_at
  group by o.gap_id
)
update ingest.gap g set filled = l.entries,
  closed_at = case when l.entries >= g.missed_estimate then %(now)s end,
  closed_by = case when l.entries >= g.missed_estimate then case when l.by_sitemap then 'sitemap' else 'entries' end end
from late l where l.gap_id = g.gap_id and (l.entries <> g.filled or l.entries >= g.missed_estimate);

-- name: poll.move_feeds follows redirects that have held, on their own site; where the target is polled already, the old one ends
-- not null: all
update ingest.feed f set
  url = case when taken.feed_id is null then f.moved_to else f.url end,
  state = case when taken.feed_id is null then f.state else 'gone' end,
  reason = case when taken.feed_id is null then 'moved here from ' || f.url
    else 'moved to ' || f.moved_to || ', which is polled already' end,
  moved_to = null, moved_polls = 0
from ingest.feed old left join ingest.feed taken on taken.url = old.moved_to
where f.feed_id = old.feed_id and old.moved_polls >= %(polls)s and old.feed_id = any(%(feed_ids)s)
  and (taken.feed_id is not null or old.feed_id = any(%(near)s::int[]) and not exists (
    select from ingest.origin o where o.origin = substring(old.moved_to from '^[a-z]+://[^/?#]+')
      and o.publisher_id <> old.publisher_id and o.owner_word <> 'link'
      and split_part(o.origin, '//', 2) <> split_part(old.url, '/', 3)))
  and not exists (select from ingest.feed twin where twin.moved_to = old.moved_to and twin.feed_id < old.feed_id
    and twin.moved_polls >= %(polls)s)
returning f.url, f.publisher_id;

-- name: poll.propose_moves proposes the redirects that have held and lead to another site or another publisher's host
insert into ingest.proposal (feed_id, url, kind, title, reason, proposed_at)
select f.feed_id, f.moved_to, f.kind, f.title, 'it answers with a permanent redirect to this address, which is of another site',
  %(now)s
from ingest.feed f
where f.feed_id = any(%(feed_ids)s) and f.state = 'active' and f.moved_polls >= %(polls)s
  and not exists (select from ingest.feed g where g.url = f.moved_to)
order by f.feed_id
on conflict (feed_id, url) do nothing;

-- name: poll.propose notes addresses that may stand for dead feeds, or be polled beside others
-- values: feed_id integer, url text, kind text, title text, reason text, at timestamptz, beside boolean
insert into ingest.proposal (feed_id, url, kind, title, reason, proposed_at, beside)
select n.feed_id, n.url, n.kind, n.title, n.reason, n.at::timestamptz, n.beside::boolean
from (values %s) as n (feed_id, url, kind, title, reason, at, beside)
where not exists (select from ingest.feed f where f.url = n.url)
on conflict (feed_id, url) do nothing;

-- name: poll.proposals lists what waits for a decision
select p.proposal_id, f.url as old_url, p.url, p.kind, p.title, p.reason, p.proposed_at, p.beside, b.name as publisher
from ingest.proposal p join ingest.feed f using (feed_id) join ingest.publisher b using (publisher_id)
where p.decided_at is null order by p.proposed_at, p.proposal_id;

-- name: poll.decide_proposal accepts or declines a proposal
-- returns: row or none
update ingest.proposal p set decided_at = %(now)s, accepted = %(accepted)s
from ingest.feed f join ingest.publisher b using (publisher_id)
where p.proposal_id = %(proposal_id)s and p.decided_at is null and f.feed_id = p.feed_id
returning p.feed_id, p.url, p.title, p.beside, b.name as publisher;

-- name: poll.move_feed gives a feed another address and a fresh start; where another feed has that address, this one ends
-- returns: row or none
update ingest.feed f set
  url = case when taken then f.url else %(url)s end,
  state = case when taken then 'gone' else 'active' end,
  reason = case when taken then 'its proposed address is polled as a feed of its own' else 'accepted by a person' end,
  kind = case when taken then f.kind else '' end,
  failures = 0, etag = null, last_modified = null, body_hash = null, next_poll_at = '-infinity', moved_to = null, moved_polls = 0
from (select exists (select from ingest.feed g where g.url = %(url)s and g.feed_id <> %(feed_id)s) as taken) t
where f.feed_id = %(feed_id)s
returning f.publisher_id, f.url, taken;

-- name: poll.look_due picks healthy publishers whose sites were not looked over for long, and notes that they are now
-- not null: has_sitemap
update ingest.publisher p set looked_at = %(now)s
from (
  select b.publisher_id from ingest.publisher b
  where not b.paused and coalesce(b.looked_at, b.created_at) < %(before)s
    and exists (select from ingest.feed f where f.publisher_id = b.publisher_id and f.state = 'active' and f.failures = 0
      and f.last_ok_at is not null)
  order by coalesce(b.looked_at, b.created_at), b.publisher_id limit %(limit)s for update skip locked
) due join lateral (
  select f.feed_id, f.url, f.home from ingest.feed f
  where f.publisher_id = due.publisher_id and f.state = 'active' and f.failures = 0 order by f.added_at, f.feed_id limit 1
) feed on true
where p.publisher_id = due.publisher_id
returning p.publisher_id, p.homepage, feed.feed_id, feed.url, feed.home, exists (
  select from ingest.feed f where f.publisher_id = p.publisher_id and f.kind in ('sitemap', 'sitemapindex') and f.state = 'active'
) as has_sitemap;

-- name: poll.unknown_pages counts the addresses that lead to no page that we know
-- returns: value
select count(*) from unnest(%(url_hashes)s::bytea[]) as shown (url_hash)
where not exists (select from ingest.page p where p.url_hash = shown.url_hash);

-- name: poll.gaps lists gaps, newest first
select g.gap_id, b.name as publisher, f.url, g.cause, g.from_at, g.to_at, g.missed_estimate, g.filled, g.closed_at,
  g.closed_by, g.detail
from ingest.gap g left join ingest.feed f using (feed_id) left join ingest.publisher b on b.publisher_id = g.publisher_id
where %(all)s or g.closed_at is null
order by g.from_at desc, g.gap_id desc limit %(limit)s;

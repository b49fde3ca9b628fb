-- name: poll.claim_feeds takes due feeds in hand, unless another step has them
update ingest.feed f set claimed_until = %(now)s + interval '2 hours', last_run_id = %(run_id)s
where f.feed_id in (
  select d.feed_id from ingest.feed d join ingest.publisher b using (publisher_id)
  where d.state = 'active' and not b.paused
    and (%(force)s or d.next_poll_at <= %(now)s)
    and (%(publishers)s::text[] is null or b.name = any(%(publishers)s))
    and (%(feeds)s::text[] is null or d.url = any(%(feeds)s))
    and (d.claimed_until is null or d.claimed_until <= %(now)s)
    and d.last_run_id is distinct from %(run_id)s
  order by d.next_poll_at, d.feed_id
  limit %(limit)s
  for update of d skip locked);

-- name: poll.claimed_feeds lists what this run has in hand, a retry's leftovers included
select f.feed_id, f.publisher_id, b.name as publisher, f.url, f.kind, f.home, f.etag, f.last_modified, f.interval_s,
  f.last_poll_at, f.last_ok_at, f.failures, f.window_heads, f.window_entries, f.window_newest_at, f.window_horizon_s,
  f.body_hash, f.validators_lie, f.polls_unaudited, f.moved_to, f.moved_polls,
  exists (select from ingest.gap g where g.feed_id = f.feed_id and g.to_at is null) as dark
from ingest.feed f join ingest.publisher b using (publisher_id)
where f.last_run_id = %(run_id)s and f.claimed_until is not null
order by f.feed_id;

-- name: poll.probe_entries says which of the shown entries are new, changed, or not noted for a day
select g.n::int as n, e.entry_id, e.page_id, e.fingerprint is not null and e.fingerprint <> g.fingerprint as changed,
  coalesce(p.state in ('captured', 'extracted', 'clustered'), false) as busy
from unnest(%(feed_ids)s::int[], %(guid_hashes)s::bytea[], %(fingerprints)s::bytea[]) with ordinality
  as g (feed_id, guid_hash, fingerprint, n)
left join ingest.entry e on e.feed_id = g.feed_id and e.guid_hash = g.guid_hash
left join ingest.page p on p.page_id = e.page_id
where e.entry_id is null or e.fingerprint <> g.fingerprint or e.last_seen_at < %(now)s - interval '1 day';

-- name: poll.add_publishers makes publishers for links that lead elsewhere
insert into ingest.publisher (name) select distinct given from unnest(%(names)s::text[]) given order by given
on conflict (name) do nothing;

-- name: poll.add_origins makes the origins of links known, each with its publisher
insert into ingest.origin as o (origin, publisher_id)
select g.origin, coalesce(g.publisher_id, b.publisher_id)
from unnest(%(origins)s::text[], %(publisher_ids)s::int[], %(names)s::text[]) as g (origin, publisher_id, name)
left join ingest.publisher b on b.name = g.name
order by g.origin
on conflict (origin) do update set publisher_id = excluded.publisher_id where o.publisher_id is null;

-- name: poll.make_batch gives the session its table for entries under way
create temp table if not exists poll_batch (
  feed_id integer, guid_hash bytea, guid text, link text, title text, authors text[], published_at timestamptz,
  published_raw text, updated_at timestamptz, summary text, content_html text, categories text[], language text,
  image_url text, enclosures text[], fingerprint bytea, outcome text, url text, url_hash bytea, origin text,
  discovered_by text
) on commit delete rows;

-- name: poll.add_pages registers the pages that entries of the batch lead to
insert into ingest.page (url, url_hash, origin_id, publisher_id, discovered_by, discovered_at, changed_at)
select distinct on (t.url_hash) t.url, t.url_hash, o.origin_id, coalesce(o.publisher_id, f.publisher_id), t.discovered_by,
  %(now)s, %(now)s
from poll_batch t join ingest.origin o on o.origin = t.origin join ingest.feed f on f.feed_id = t.feed_id
where t.url_hash is not null
order by t.url_hash, t.feed_id
on conflict (url_hash) do nothing;

-- name: poll.save_entries writes the batch's new and changed entries
insert into ingest.entry as e (feed_id, guid_hash, page_id, outcome, guid, link, title, authors, published_at,
  published_raw, updated_at, summary, content_html, categories, language, image_url, enclosures, fingerprint,
  first_seen_at, last_seen_at)
select t.feed_id, t.guid_hash, p.page_id, t.outcome, t.guid, t.link, t.title, t.authors, t.published_at,
  t.published_raw, t.updated_at, t.summary, t.content_html, t.categories, t.language, t.image_url, t.enclosures,
  t.fingerprint, %(now)s, %(now)s
from poll_batch t left join ingest.page p on p.url_hash = t.url_hash
order by t.feed_id, t.guid_hash
on conflict (feed_id, guid_hash) do update set
  page_id = excluded.page_id, outcome = excluded.outcome, link = excluded.link, title = excluded.title,
  authors = excluded.authors, published_at = excluded.published_at, published_raw = excluded.published_raw,
  updated_at = excluded.updated_at, summary = excluded.summary, content_html = excluded.content_html,
  categories = excluded.categories, language = excluded.language, image_url = excluded.image_url,
  enclosures = excluded.enclosures, fingerprint = excluded.fingerprint, last_seen_at = excluded.last_seen_at,
  changed_at = excluded.last_seen_at
  where e.fingerprint <> excluded.fingerprint;

-- name: poll.touch_entries notes that entries are still shown
update ingest.entry set last_seen_at = %(now)s where entry_id = any(%(entry_ids)s);

-- name: poll.ask_pages_again asks for the pages of changed entries: a correction becomes a revision
update ingest.page set state = 'pending', attempts = 0, next_attempt_at = %(now)s, changed_at = %(now)s
where page_id in (select page_id from ingest.page where page_id = any(%(page_ids)s)
    and state in ('loaded', 'rejected') and outcome is distinct from 'retracted'
  order by page_id for update);

-- name: poll.save_feeds writes what polling learned of feeds
update ingest.feed f set
  kind = coalesce(n.kind, f.kind), title = coalesce(n.title, f.title), home = coalesce(n.home, f.home),
  state = n.state, reason = n.reason, etag = n.etag, last_modified = n.last_modified,
  next_poll_at = n.next_poll_at::timestamptz, interval_s = n.interval_s::int, last_poll_at = n.last_poll_at::timestamptz,
  last_ok_at = n.last_ok_at::timestamptz, last_new_at = coalesce(n.last_new_at::timestamptz, f.last_new_at),
  last_outcome = n.last_outcome, failures = n.failures, window_heads = n.window_heads::bytea[],
  window_entries = n.window_entries, window_newest_at = n.window_newest_at::timestamptz,
  window_horizon_s = n.window_horizon_s::int, body_hash = n.body_hash::bytea, validators_lie = n.validators_lie,
  polls_unaudited = n.polls_unaudited, moved_to = n.moved_to, moved_polls = n.moved_polls, claimed_until = null
from (values %s) as n (feed_id, kind, title, home, state, reason, etag, last_modified, next_poll_at, interval_s,
  last_poll_at, last_ok_at, last_new_at, last_outcome, failures, window_heads, window_entries, window_newest_at,
  window_horizon_s, body_hash, validators_lie, polls_unaudited, moved_to, moved_polls)
where f.feed_id = n.feed_id;

-- name: poll.add_feeds adds feeds, or brings back those that were gone
insert into ingest.feed as f (publisher_id, url, title, home, added_at)
select b.publisher_id, g.url, g.title, g.home, %(now)s
from unnest(%(urls)s::text[], %(names)s::text[], %(titles)s::text[], %(homes)s::text[]) as g (url, name, title, home)
join ingest.publisher b on b.name = g.name
order by g.url
on conflict (url) do update set
  state = 'active', reason = '', publisher_id = excluded.publisher_id,
  next_poll_at = case when f.state = 'active' then f.next_poll_at else '-infinity' end
returning f.url, f.publisher_id, xmax = 0 as new;

-- name: poll.list_feeds lists feeds with their state
select f.feed_id, b.name as publisher, f.url, f.kind, f.title, f.home, f.state, f.reason, f.last_outcome, f.failures,
  f.interval_s, f.last_ok_at, f.last_new_at, nullif(f.next_poll_at, '-infinity') as next_poll_at,
  f.window_entries as entries, f.validators_lie
from ingest.feed f join ingest.publisher b using (publisher_id)
where %(publishers)s::text[] is null or b.name = any(%(publishers)s)
order by b.name, f.url;

-- name: poll.remove_feeds ends feeds by a person's decision
update ingest.feed set state = 'gone', reason = 'removed by a person' where url = any(%(urls)s) returning url;

-- name: poll.pause_feeds pauses or resumes feeds
update ingest.feed set state = case when %(paused)s then 'paused' else 'active' end
where url = any(%(urls)s) and state <> 'gone' returning url;

-- What polling remembers of a feed between two looks, the ledger of gaps, and proposals to people.

alter table ingest.feed
  add column last_run_id bigint,
  add column claimed_until timestamptz,
  add column window_heads bytea[] not null default '{}',
  add column window_entries integer not null default 0,
  add column window_newest_at timestamptz,
  add column window_horizon_s integer,
  add column body_hash bytea,
  add column validators_lie boolean not null default false,
  add column polls_unaudited smallint not null default 0,
  add column moved_to text,
  add column moved_polls smallint not null default 0,
  add column home text not null default '',
  add column reason text not null default '';
comment on column ingest.feed.last_run_id is 'Run that polled it last; a retried step skips what it has already polled.';
comment on column ingest.feed.claimed_until is 'A step has it in hand until then; null otherwise.';
comment on column ingest.feed.window_heads is 'Guid hashes of the newest entries of the last good poll: if none of them is shown again, the window moved past them.';
comment on column ingest.feed.window_entries is 'Entries that the last good poll showed.';
comment on column ingest.feed.window_newest_at is 'Publication time of the newest of them.';
comment on column ingest.feed.window_horizon_s is 'Shortest time in which half of the window was published, seconds: longer waits may lose entries.';
comment on column ingest.feed.body_hash is 'sha256 of the last good answer; the same bytes again need no reading.';
comment on column ingest.feed.validators_lie is 'True where an audit showed new content under an unchanged validator; it is then asked without.';
comment on column ingest.feed.polls_unaudited is 'Answers 304 in a row since the last unconditional one.';
comment on column ingest.feed.moved_to is 'Where permanent redirects led at the last polls.';
comment on column ingest.feed.moved_polls is 'How many polls in a row agreed on that; enough of them change the address.';
comment on column ingest.feed.home is 'Home page as the feed gives it.';
comment on column ingest.feed.reason is 'Why state or interval are what they are, for people.';

-- the time an entry was last shown is kept to the day, so that a poll without news writes nothing
drop index ingest.entry_seen;
comment on column ingest.entry.last_seen_at is 'Last poll that showed it, to within a day.';

create table ingest.gap (
  gap_id bigint generated always as identity primary key,
  feed_id integer references ingest.feed on delete cascade,
  publisher_id integer references ingest.publisher,
  cause text not null check (cause in ('window', 'feed_down', 'own_outage', 'not_polled')),
  from_at timestamptz not null,
  to_at timestamptz,
  missed_estimate integer not null default 0,
  filled integer not null default 0,
  opened_at timestamptz not null,
  closed_at timestamptz,
  closed_by text check (closed_by in ('overlap', 'sitemap', 'entries', 'person')),
  detail text not null default '',
  check (cause = 'own_outage' or feed_id is not null and publisher_id is not null)
);
create index gap_open on ingest.gap (feed_id) where closed_at is null;
create unique index gap_running on ingest.gap (coalesce(feed_id, 0)) where to_at is null;
create index gap_publisher on ingest.gap (publisher_id, from_at);
comment on table ingest.gap is 'Spans of time in which a feed''s entries may have been missed: no news, or were we blind?';
comment on column ingest.gap.gap_id is 'Key.';
comment on column ingest.gap.feed_id is 'Feed; null for a gap of all feeds at once.';
comment on column ingest.gap.publisher_id is 'Publisher; null for a gap of all.';
comment on column ingest.gap.cause is 'window: it moved past us between two polls; feed_down: it gave no answer; own_outage: our network was down; not_polled: we did not ask.';
comment on column ingest.gap.from_at is 'Begin: publication time of the newest entry that we had, or the last good poll.';
comment on column ingest.gap.to_at is 'End: publication time of the oldest entry that we then saw, or the next good poll; null while it lasts.';
comment on column ingest.gap.missed_estimate is 'Entries that may have been missed, from the feed''s own rate.';
comment on column ingest.gap.filled is 'Entries of the span that came in later, from sitemaps or other feeds.';
comment on column ingest.gap.opened_at is 'When it was found.';
comment on column ingest.gap.closed_at is 'When nothing was missing any more; null while something may be.';
comment on column ingest.gap.closed_by is 'overlap: the feed still showed all entries afterwards; sitemap or entries: enough came in later; person: accepted.';
comment on column ingest.gap.detail is 'What was seen, for people.';

create table ingest.proposal (
  proposal_id bigint generated always as identity primary key,
  feed_id integer not null references ingest.feed on delete cascade,
  url text not null,
  kind text not null default '',
  title text not null default '',
  reason text not null default '',
  proposed_at timestamptz not null,
  decided_at timestamptz,
  accepted boolean,
  unique (feed_id, url)
);
comment on table ingest.proposal is 'New addresses found for feeds that are gone; a person accepts or declines.';
comment on column ingest.proposal.proposal_id is 'Key.';
comment on column ingest.proposal.feed_id is 'Feed that fails.';
comment on column ingest.proposal.url is 'Address that might stand for it.';
comment on column ingest.proposal.kind is 'rss, atom, json or sitemap.';
comment on column ingest.proposal.title is 'Title as that feed gives it.';
comment on column ingest.proposal.reason is 'Where it was found.';
comment on column ingest.proposal.proposed_at is 'When.';
comment on column ingest.proposal.decided_at is 'When a person decided.';
comment on column ingest.proposal.accepted is 'What they decided.';

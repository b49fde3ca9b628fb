-- The schema ingest: what the pipeline itself knows and does. Operators read it; analysts read the schema news.
--
-- In the order of the work: publishers and their feeds, runs, pages and the entries that led to them, captures in the
-- archive, extractions, stories. Then what works on the past (backfill, import, reprocess), and what operators see.
--
-- How to change the database: sql/README.md.

create schema ingest;
comment on schema ingest is 'The pipeline''s own tables, for operators. Analysts read the schema news.';

-- Outcomes ----------------------------------------------------------------------------------------
-- Rows and columns stand in the code (newsflow.outcomes). After each migration the runner brings this table in step with them.
-- What follows from an outcome is asked here by joining, never by listing codes.

create table ingest.outcome (
  code text primary key,
  stage text not null,
  kind text not null check (kind in ('ok', 'retry', 'final')),
  sentence text not null,
  blame text not null check (blame in ('nobody', 'us', 'publisher')),
  reach text not null check (reach in ('unsent', 'unreached', 'unanswered', 'answered')),
  goes_on boolean not null,
  pause_s double precision,
  feed_wait_s double precision not null,
  asks_for_pause boolean not null,
  address_dead boolean not null,
  leads_nowhere boolean not null,
  keeps_text boolean not null,
  closed_to_archives boolean not null,
  withdrawn boolean not null,
  out_of_time boolean not null,
  writes_article boolean not null,
  loses_capture boolean not null,
  no_article boolean not null,
  subscribers_only boolean not null
);
comment on table ingest.outcome is 'Every typed reason for which a poll, a page or a row can end, in a sentence, and what follows from it.';
comment on column ingest.outcome.code is 'Stable code, as stored with pages and polls.';
comment on column ingest.outcome.stage is 'Stage that gives this outcome: poll, fetch, extract, deduplicate or load; ok is given by all.';
comment on column ingest.outcome.kind is 'ok: it went well; retry: tried again later; final: ended.';
comment on column ingest.outcome.sentence is 'What it means, for people.';
comment on column ingest.outcome.blame is 'Whom it is held against: nobody, us (our network, database or extractor) or the publisher, whose failures are counted.';
comment on column ingest.outcome.reach is 'How far the request got: it was not sent, the origin was not there, no answer came, or one did.';
comment on column ingest.outcome.goes_on is 'The page goes on to the next stage.';
comment on column ingest.outcome.pause_s is 'First pause of the origin in seconds, doubled with each further failure in a row; null where it is asked on as before.';
comment on column ingest.outcome.feed_wait_s is 'First wait of a feed whose poll ends so, in seconds, doubled with each further failure in a row.';
comment on column ingest.outcome.asks_for_pause is 'The origin has named the time of the next try itself.';
comment on column ingest.outcome.address_dead is 'It is no longer at this address; another one of the feed is looked for.';
comment on column ingest.outcome.leads_nowhere is 'The address, or what it redirects to, is unusable; a robots.txt that ends so allows all.';
comment on column ingest.outcome.keeps_text is 'The extracted text is the article''s own, if not all of it; the text of others is a wall''s and is not kept.';
comment on column ingest.outcome.closed_to_archives is 'The page is not filled from others'' captures either.';
comment on column ingest.outcome.withdrawn is 'A person took the page out: nothing but a person brings it back.';
comment on column ingest.outcome.out_of_time is 'The run had no time left for it: the next one takes it on.';
comment on column ingest.outcome.writes_article is 'Load writes the article, anew or as a revision.';
comment on column ingest.outcome.loses_capture is 'The stored capture is of no more use: the page is fetched again from the beginning.';
comment on column ingest.outcome.no_article is 'The page is no article by its kind: links whose addresses are like its own lead to more of these.';
comment on column ingest.outcome.subscribers_only is 'The publisher shows the whole to subscribers or registered readers only.';

-- Tracking parameters -----------------------------------------------------------------------------
-- Rows stand in the code (newsflow.text.tracking); the runner brings this table in step with them, as with outcomes.

create table ingest.tracking (
  name text primary key,
  begins boolean not null,
  value_pattern text
);
comment on table ingest.tracking is 'Query parameters that say how a reader came, not what the page is: newsflow.text.tracking.';
comment on column ingest.tracking.name is 'Name, lower case.';
comment on column ingest.tracking.begins is 'True where all names that begin so are meant.';
comment on column ingest.tracking.value_pattern is 'It tracks only with values that match; null: with all.';

-- Publishers, origins, feeds ----------------------------------------------------------------------

create table ingest.publisher (
  publisher_id integer generated always as identity primary key,
  name text not null unique check (name <> ''),
  title text check (title <> ''),
  homepage text check (homepage <> ''),
  country text check (country ~ '^[A-Z]{2}$'),
  region text check (region <> ''),
  languages text[] check (cardinality(languages) > 0),
  kind text check (kind in ('daily', 'weekly', 'magazine', 'broadcaster', 'agency', 'aggregator', 'blog', 'institution', 'other')),
  -- an unknown zone is an error here, and not in each view that reads it
  time_zone text check (time_zone ~ '^[A-Z]' and isfinite(timestamptz '2000-01-01 00:00+00' at time zone time_zone)),
  owner text check (owner <> ''),
  maintainer text check (maintainer <> ''),
  channel text check (channel <> ''),
  notes text check (notes <> ''),
  said_by jsonb not null default '{}',
  paused boolean not null default false,
  paused_by text not null default 'a person' check (paused_by <> ''),
  created_at timestamptz not null default now(),
  looked_at timestamptz,
  merged_into integer references ingest.publisher check (merged_into <> publisher_id)
);
comment on table ingest.publisher is 'An outlet as readers know it; owns hosts (origins) and feeds. What is not known of it is null.';
comment on column ingest.publisher.publisher_id is 'Key.';
comment on column ingest.publisher.name is 'Registered domain, such as bbc.co.uk, or a name given when the feed was added.';
comment on column ingest.publisher.title is 'Name as readers know it.';
comment on column ingest.publisher.homepage is 'Address of the home page.';
comment on column ingest.publisher.country is 'Country, ISO 3166-1 alpha-2.';
comment on column ingest.publisher.region is 'Part of the country, or place, as people write it.';
comment on column ingest.publisher.languages is 'ISO 639 codes of the languages that it publishes in. Where a person said them (said_by), pages in others are rejected.';
comment on column ingest.publisher.kind is 'daily, weekly, magazine, broadcaster, agency, aggregator, blog, institution or other.';
comment on column ingest.publisher.time_zone is 'Zone of its days and of its times without a zone, as the IANA tz database names it, such as Europe/Lisbon.';
comment on column ingest.publisher.owner is 'Who owns it.';
comment on column ingest.publisher.maintainer is 'Who of us looks after it; messages of its alarms name them.';
comment on column ingest.publisher.channel is 'Channel that its alarms go to, as NEWSFLOW_NOTIFIERS names it; null: the default ones.';
comment on column ingest.publisher.notes is 'What else people noted.';
comment on column ingest.publisher.said_by is 'For each column above that is filled, on whose word: person, list (of feeds, imported), site or feed. Feeds and sites fill only what is null.';
comment on column ingest.publisher.paused is 'True while all requests to it are stopped.';
comment on column ingest.publisher.paused_by is 'Who stopped them: a person, or a program by its name.';
comment on column ingest.publisher.created_at is 'When we first knew of it.';
comment on column ingest.publisher.looked_at is 'When its site was last looked over for other feeds.';
comment on column ingest.publisher.merged_into is 'Publisher that it was merged into: nothing is its own any more, and its name is that one''s. Null for all others.';

create table ingest.publisher_alias (
  name text primary key check (name <> ''),
  publisher_id integer not null references ingest.publisher on delete cascade,
  added_at timestamptz not null default now()
);
create index publisher_alias_publisher on ingest.publisher_alias (publisher_id);
comment on table ingest.publisher_alias is 'Other names and hosts of publishers: lists, links, imports and searches that use them find the publisher.';
comment on column ingest.publisher_alias.name is 'Name or registered domain. It counts before a publisher that is called so.';
comment on column ingest.publisher_alias.publisher_id is 'Publisher that it leads to.';
comment on column ingest.publisher_alias.added_at is 'When it was added.';

create view ingest.publisher_name as
select a.name, a.publisher_id from ingest.publisher_alias a
union all
select p.name, p.publisher_id from ingest.publisher p
where p.merged_into is null and not exists (select from ingest.publisher_alias a where a.name = p.name);
comment on view ingest.publisher_name is 'Each name by which a publisher is found, with the publisher: its own and its aliases.';
comment on column ingest.publisher_name.name is 'Name.';
comment on column ingest.publisher_name.publisher_id is 'Publisher.';

create function ingest.publisher_ids(names text[]) returns integer[]
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select coalesce(array_agg(distinct n.publisher_id), '{}') from ingest.publisher_name n
  where n.name = any(publisher_ids.names);
end;
comment on function ingest.publisher_ids is 'The publishers that some names or aliases lead to; unknown names lead to none.';

create table ingest.publisher_act (
  act_id bigint generated always as identity primary key,
  verb text not null check (verb in ('rename', 'merge')),
  publisher_id integer not null references ingest.publisher,
  into_id integer references ingest.publisher,
  old_name text not null,
  new_name text not null,
  actor text not null,
  state text not null default 'doing' check (state in ('doing', 'done', 'undoing', 'undone')),
  begun_at timestamptz not null,
  ended_at timestamptz,
  told_to bigint not null default 0,
  detail jsonb not null default '{}',
  check ((verb = 'merge') = (into_id is not null))
);
comment on table ingest.publisher_act is 'Renamings and mergers of publishers: begun in one transaction, then followed by pages and articles in many. A broken one goes on where it stopped.';
comment on column ingest.publisher_act.act_id is 'Key.';
comment on column ingest.publisher_act.verb is 'rename or merge.';
comment on column ingest.publisher_act.publisher_id is 'Publisher that was renamed, or that went into another.';
comment on column ingest.publisher_act.into_id is 'Publisher that it was merged into; null for a renaming.';
comment on column ingest.publisher_act.old_name is 'Its name before.';
comment on column ingest.publisher_act.new_name is 'Its name after; of a merger, the other one''s.';
comment on column ingest.publisher_act.actor is 'Who did it.';
comment on column ingest.publisher_act.state is 'doing and undoing: pages still follow; done; undone.';
comment on column ingest.publisher_act.begun_at is 'When it was begun.';
comment on column ingest.publisher_act.ended_at is 'When all had followed, or had gone back.';
comment on column ingest.publisher_act.told_to is 'Of a renaming: consumers have been told of all its articles up to this number.';
comment on column ingest.publisher_act.detail is 'Other names of the publisher before the merger (aliases).';

create table ingest.publisher_moved (
  act_id bigint not null references ingest.publisher_act on delete cascade,
  kind text not null check (kind in ('page', 'feed', 'origin', 'line', 'stop', 'alarm', 'collection')),
  key bigint not null,
  primary key (act_id, kind, key)
);
comment on table ingest.publisher_moved is 'What a merger moved from the one publisher to the other, so that undo can bring it back.';
comment on column ingest.publisher_moved.act_id is 'Merger.';
comment on column ingest.publisher_moved.kind is 'Kind of row: page, feed, origin, line (of a site), stop (of a hash), alarm or collection.';
comment on column ingest.publisher_moved.key is 'Its key beside the publisher.';

create table ingest.collection (
  collection_id integer generated always as identity primary key,
  name text not null unique check (name <> '' and name = btrim(name)),
  notes text check (notes <> ''),
  created_at timestamptz not null default now()
);
comment on table ingest.collection is 'Sets of publishers that people make, such as the regional press of a country.';
comment on column ingest.collection.collection_id is 'Key.';
comment on column ingest.collection.name is 'Name.';
comment on column ingest.collection.notes is 'What it is for.';
comment on column ingest.collection.created_at is 'When it was made.';

create table ingest.collection_member (
  collection_id integer not null references ingest.collection on delete cascade,
  publisher_id integer not null references ingest.publisher on delete cascade,
  added_at timestamptz not null default now(),
  primary key (collection_id, publisher_id)
);
create index collection_member_publisher on ingest.collection_member (publisher_id);
comment on table ingest.collection_member is 'Which publishers are in which collections; many to many.';
comment on column ingest.collection_member.collection_id is 'Collection.';
comment on column ingest.collection_member.publisher_id is 'Publisher.';
comment on column ingest.collection_member.added_at is 'When it was put in.';

create table ingest.origin (
  origin_id integer generated always as identity primary key,
  origin text not null unique,
  publisher_id integer references ingest.publisher,
  owner_word text not null default 'link' check (owner_word in ('person', 'feed', 'link')),
  robots_body text,
  robots_status smallint,
  robots_fetched_at timestamptz,
  robots_expires_at timestamptz,
  crawl_delay_s real,
  response_s real,
  failures integer not null default 0,
  cool_until timestamptz,
  cool_reason text,
  next_request_at timestamptz
) with (fillfactor = 50);
comment on table ingest.origin is 'A scheme, host and port that we send requests to, with its pace; politeness is kept here across runs and machines.';
comment on column ingest.origin.origin_id is 'Key.';
comment on column ingest.origin.origin is 'scheme://host[:port], lower case, default port left out.';
comment on column ingest.origin.publisher_id is 'Whose host this is.';
comment on column ingest.origin.owner_word is 'On whose word: person (one named the publisher of a feed there), feed (one that a person added is served from its site), link (the name of its domain). Only a stronger word takes an origin over.';
comment on column ingest.origin.robots_body is 'robots.txt as last fetched, at most 500 KiB.';
comment on column ingest.origin.robots_status is 'HTTP status of that fetch; 0 for no answer.';
comment on column ingest.origin.robots_fetched_at is 'When robots.txt was last fetched.';
comment on column ingest.origin.robots_expires_at is 'When robots.txt is to be asked again (RFC 9309: at most 24 hours).';
comment on column ingest.origin.crawl_delay_s is 'Crawl-delay that robots.txt asks for, seconds, clamped.';
comment on column ingest.origin.response_s is 'Smoothed response time, seconds.';
comment on column ingest.origin.failures is 'Failures in a row of the whole origin.';
comment on column ingest.origin.cool_until is 'No request before this time.';
comment on column ingest.origin.cool_reason is 'Outcome code that started the pause.';
comment on column ingest.origin.next_request_at is 'Earliest time of the next request, for politeness.';

create function ingest.owner_rank(word text) returns integer
language sql immutable parallel safe
return array_position(array['link', 'feed', 'person'], owner_rank.word);
comment on function ingest.owner_rank is 'How much the word counts that an origin is a publisher''s: the higher one wins.';

create table ingest.feed (
  feed_id integer generated always as identity primary key,
  publisher_id integer not null references ingest.publisher,
  url text not null unique,
  kind text not null default '',
  title text not null default '',
  state text not null default 'active' check (state in ('active', 'paused', 'gone')),
  etag text,
  last_modified text,
  next_poll_at timestamptz not null default '-infinity',
  interval_s integer,
  last_poll_at timestamptz,
  first_ok_at timestamptz,
  last_ok_at timestamptz,
  last_new_at timestamptz,
  last_outcome text references ingest.outcome,
  failures integer not null default 0,
  added_at timestamptz not null default now(),
  last_run_id bigint,
  shard smallint,
  claimed_until timestamptz,
  window_heads bytea[] not null default '{}',
  window_entries integer not null default 0,
  window_newest_at timestamptz,
  window_horizon_s integer,
  body_hash bytea,
  validators_lie boolean not null default false,
  polls_unaudited smallint not null default 0,
  full_at timestamptz,
  audits_passed smallint not null default 0,
  known_items bytea not null default '',
  sitemap_parts jsonb not null default '{}',
  moved_to text,
  moved_polls smallint not null default 0,
  home text not null default '',
  reason text not null default ''
) with (fillfactor = 50);
create index feed_publisher on ingest.feed (publisher_id, added_at);
create index feed_due on ingest.feed (next_poll_at) where state = 'active';
comment on table ingest.feed is 'A URL that lists items: RSS, Atom, JSON Feed, a news sitemap or a page with links to articles, with its polling state.';
comment on column ingest.feed.feed_id is 'Key.';
comment on column ingest.feed.publisher_id is 'Whose feed this is.';
comment on column ingest.feed.url is 'Address that is polled.';
comment on column ingest.feed.kind is 'rss, atom, json, sitemap or sitemapindex, as last seen; empty before the first poll. page, where a person asked for it to be read so.';
comment on column ingest.feed.title is 'Title as the feed gives it.';
comment on column ingest.feed.state is 'active; paused by a person; gone (410, or a person''s decision).';
comment on column ingest.feed.etag is 'Validator of the last answer, sent as If-None-Match.';
comment on column ingest.feed.last_modified is 'Validator of the last answer, sent as If-Modified-Since.';
comment on column ingest.feed.next_poll_at is 'When it is due.';
comment on column ingest.feed.interval_s is 'Interval in force, seconds.';
comment on column ingest.feed.last_poll_at is 'When it was last asked.';
comment on column ingest.feed.first_ok_at is 'When it first answered well: since then its publisher is watched.';
comment on column ingest.feed.last_ok_at is 'When it last answered well (200 or 304).';
comment on column ingest.feed.last_new_at is 'When it last showed an entry that was new to us.';
comment on column ingest.feed.last_outcome is 'Outcome of the last poll.';
comment on column ingest.feed.failures is 'Failed polls in a row.';
comment on column ingest.feed.added_at is 'When it was added.';
comment on column ingest.feed.last_run_id is 'Run that polled it last; a retried step skips what it has already polled.';
comment on column ingest.feed.shard is 'Shard of that run which polls it.';
comment on column ingest.feed.claimed_until is 'A step of the run last_run_id has it in hand until then, while that run lives; null otherwise.';
comment on column ingest.feed.window_heads is 'Guid hashes of the newest entries of the last good poll: if none of them is shown again, the window moved past them.';
comment on column ingest.feed.window_entries is 'Entries that the last good poll showed.';
comment on column ingest.feed.window_newest_at is 'Publication time of the newest of them.';
comment on column ingest.feed.window_horizon_s is 'Shortest time in which half of the window was published, seconds: longer waits may lose entries.';
comment on column ingest.feed.body_hash is 'sha256 of the last good answer; the same bytes again need no reading.';
comment on column ingest.feed.validators_lie is 'True where an audit showed new content under an unchanged validator; it is then asked without.';
comment on column ingest.feed.polls_unaudited is 'Answers 304 in a row since the last unconditional one.';
comment on column ingest.feed.full_at is 'When an answer last had a body: a server that says 304 for longer than the feed''s window lasts is asked without validators.';
comment on column ingest.feed.audits_passed is 'Answers in a row that showed what its validators had told: the more, the longer its 304 is believed.';
comment on column ingest.feed.known_items is 'Items of the last poll that are not read again where they stand there unchanged: by fingerprint their guid, link and dates, packed.';
comment on column ingest.feed.sitemap_parts is 'Of an index of sitemaps: when each part was last asked, and the newest time that it listed, in seconds since 1970.';
comment on column ingest.feed.moved_to is 'Where permanent redirects led at the last polls.';
comment on column ingest.feed.moved_polls is 'How many polls in a row agreed on that; enough of them change the address.';
comment on column ingest.feed.home is 'Home page as the feed gives it.';
comment on column ingest.feed.reason is 'Why state or interval are what they are, for people.';

create table ingest.page_look (
  feed_id integer primary key references ingest.feed on delete cascade,
  memory jsonb not null,
  looked_at timestamptz not null
);
comment on table ingest.page_look is 'What is remembered of a page that is polled as a feed: a row a page, bounded.';
comment on column ingest.page_look.feed_id is 'The page.';
comment on column ingest.page_look.memory is 'Since when which links stand there (hashes of addresses), and how many are chosen as a rule (newsflow.feeds.pages.memory).';
comment on column ingest.page_look.looked_at is 'When it was last read.';

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
-- A feed has one running gap at most; so have all feeds together (null).
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
  beside boolean not null default false,
  proposed_at timestamptz not null,
  decided_at timestamptz,
  accepted boolean,
  unique (feed_id, url)
);
comment on table ingest.proposal is 'Addresses found for feeds that are gone or redirect for good to another site, and other feeds of healthy publishers; a person accepts or declines.';
comment on column ingest.proposal.proposal_id is 'Key.';
comment on column ingest.proposal.feed_id is 'Feed that fails or has moved, or one of the publisher''s.';
comment on column ingest.proposal.url is 'Address that might stand for it, or be polled beside it.';
comment on column ingest.proposal.kind is 'rss, atom, json or sitemap.';
comment on column ingest.proposal.title is 'Title as that feed gives it.';
comment on column ingest.proposal.reason is 'Where it was found, or why it is worth polling.';
comment on column ingest.proposal.beside is 'True where it would be polled beside the feed, false where in its stead.';
comment on column ingest.proposal.proposed_at is 'When.';
comment on column ingest.proposal.decided_at is 'When a person decided.';
comment on column ingest.proposal.accepted is 'What they decided.';

-- Runs --------------------------------------------------------------------------------------------

create table ingest.run (
  run_id bigint generated always as identity primary key,
  dag_id text not null,
  dag_run_id text not null,
  state text not null default 'running' check (state in ('running', 'success', 'failed')),
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  params jsonb not null default '{}',
  verdict text,
  in_process boolean not null default false,
  broken_off boolean not null default false,
  seen_at timestamptz not null default clock_timestamp(),
  told_change_id bigint,
  unique (dag_id, dag_run_id)
);
create index run_started on ingest.run (started_at);
comment on table ingest.run is 'One run of a Dag (or of `newsflow run`).';
comment on column ingest.run.run_id is 'Key.';
comment on column ingest.run.dag_id is 'Dag, as Airflow names it; cli for runs without the scheduler.';
comment on column ingest.run.dag_run_id is 'Run, as Airflow names it.';
comment on column ingest.run.state is 'running, success or failed.';
comment on column ingest.run.started_at is 'When its first step began.';
comment on column ingest.run.ended_at is 'When its check ended.';
comment on column ingest.run.params is 'What it was asked to do.';
comment on column ingest.run.verdict is 'What the check found, in a sentence.';
comment on column ingest.run.in_process is 'True where one process does all of it and holds its lock while it lives; false where a scheduler runs its steps.';
comment on column ingest.run.broken_off is 'True where it ended without its check: stopped, killed or crashed. The next run takes its pages.';
comment on column ingest.run.told_change_id is 'Newest change of news.changes that its asset event told; null where it sent none.';
comment on column ingest.run.seen_at is 'When it was last opened, or its scheduler said that it goes on, by the database''s clock.';

create table ingest.run_stage (
  run_id bigint not null references ingest.run on delete cascade,
  stage text not null,
  shard smallint not null default 0,
  started_at timestamptz not null,
  ended_at timestamptz,
  attempts smallint not null default 1,
  counts jsonb not null default '{}',
  label text not null default '',
  seen_at timestamptz not null default clock_timestamp(),
  tokens text[] not null default '{}',
  cpu_s real,
  primary key (run_id, stage, shard)
) with (fillfactor = 50);
comment on table ingest.run_stage is 'What each step of a run did: times and counts, for progress and rates.';
comment on column ingest.run_stage.run_id is 'Run.';
comment on column ingest.run_stage.stage is 'poll, fetch, extract, deduplicate or load.';
comment on column ingest.run_stage.shard is 'Number of the mapped task; 0 where there is one.';
comment on column ingest.run_stage.started_at is 'Start of its last try.';
comment on column ingest.run_stage.ended_at is 'End of the last attempt; null while it runs.';
comment on column ingest.run_stage.attempts is 'How often it was started.';
comment on column ingest.run_stage.counts is 'Counts by outcome code, and stage figures such as bytes.';
comment on column ingest.run_stage.label is 'Label as the Airflow UI shows it.';
comment on column ingest.run_stage.tokens is 'A random word for each start, the last one last; it stands in the names of the archive files that the start writes.';
comment on column ingest.run_stage.cpu_s is 'CPU time of its last try, with its child processes, in seconds; null until one has ended.';
comment on column ingest.run_stage.seen_at is 'Last sign of life, by the database''s clock.';

-- Which runs live -----------------------------------------------------------------------------------
-- Whoever works holds a session's lock, which ends with its life: a process for its whole run, a scheduler's task for its
-- step. Between two tasks of a scheduler nobody holds anything, so that such a run is also alive for an hour after its
-- last sign of life (the longest pause between two tries of a task, and time to find a lost one).

create function ingest.is_locked(job text) returns boolean
language sql volatile set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
    select from newsflow_meta.lock h join pg_catalog.pg_locks l on l.pid = h.pid
    where h.name = job and l.locktype = 'advisory' and l.granted and l.objsubid = 1
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
      and (l.classid::bigint << 32) | l.objid::bigint = h.token);
end;
comment on function ingest.is_locked is 'Whether a session that lives holds the lock of a job (newsflow.store.locks).';

create function ingest.is_at_work(run ingest.run) returns boolean
language sql volatile set search_path = pg_catalog, pg_temp
begin atomic
  select ingest.is_locked(format('newsflow.run:%s:%s', run.dag_id, run.dag_run_id)) or exists (
    select from ingest.run_stage s
    where s.run_id = run.run_id and s.ended_at is null
      and ingest.is_locked(format('newsflow.step:%s:%s:%s', s.run_id, s.stage, s.shard)));
end;
comment on function ingest.is_at_work is 'Whether a process works on a run now.';

create function ingest.last_seen(run ingest.run) returns timestamptz
language sql volatile set search_path = pg_catalog, pg_temp
begin atomic
  select greatest(run.seen_at, (select max(s.seen_at) from ingest.run_stage s where s.run_id = run.run_id));
end;
comment on function ingest.last_seen is 'Last sign of life of a run, by the database''s clock.';

create function ingest.is_alive(run ingest.run) returns boolean
language sql volatile set search_path = pg_catalog, pg_temp
begin atomic
  select run.state = 'running' and (
    ingest.is_at_work(run)
    or not run.in_process and ingest.last_seen(run)
      between clock_timestamp() - interval '1 hour' and clock_timestamp() + interval '1 minute');
end;
comment on function ingest.is_alive is 'Whether a run is at work, or may be between two tasks of a scheduler. A dead one may be closed, and its pages be taken.';

create function ingest.worked(run ingest.run) returns interval
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select sum(upper(spans.span) - lower(spans.span))
  from unnest((
    select range_agg(tstzrange(s.started_at, s.ended_at)) from ingest.run_stage s
    where s.run_id = run.run_id and s.ended_at >= s.started_at)) as spans(span);
end;
comment on function ingest.worked is 'For how long at least one step of a run was at work, in the last try of each: without the time that it lay still until somebody cleared a task. Null before the first step has ended.';

create function ingest.is_partial(run ingest.run) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp
begin atomic
  select coalesce(run.params -> 'publishers', '[]') <> '[]' or coalesce(run.params -> 'feeds', '[]') <> '[]'
    or coalesce(run.params -> 'limit', 'null') <> 'null';
end;
comment on function ingest.is_partial is 'Whether a run was asked for some publishers, feeds or pages only: it is no night''s run.';

create function ingest.is_claimed(feed ingest.feed, at timestamptz) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select coalesce(feed.claimed_until > at and feed.claimed_until <= at + interval '2 hours', false)
    and exists (select from ingest.run r where r.run_id = feed.last_run_id and r.state = 'running');
end;
comment on function ingest.is_claimed is 'Whether a step of a run that is not closed has a feed in hand. A claim lasts two hours, so a later end was written by a wrong clock.';

-- Pages and entries -------------------------------------------------------------------------------
-- A page is in exactly one state. Stages hand pages on by changing it.

-- Whether a page still says what it said is asked of loaded_content_hash here, not of the wide article.
-- A night changes each page four times. An update that changes no indexed column leaves the indexes alone (HOT) where the
-- block has room: half of it, for a batch changes all rows of a block at once. So no index names state, outcome or changed_at: settled_at, rejected_at and rejected_as stand for them,
-- which change only when a page comes to its end or is taken up again.
create table ingest.page (
  page_id bigint generated always as identity primary key,
  url text not null,
  url_hash bytea not null unique check (octet_length(url_hash) = 32),
  origin_id integer not null references ingest.origin,
  publisher_id integer not null references ingest.publisher,
  state text not null default 'pending'
    check (state in ('pending', 'captured', 'extracted', 'clustered', 'loaded', 'rejected')),
  outcome text references ingest.outcome,
  detail text not null default '',
  attempts smallint not null default 0,
  next_attempt_at timestamptz not null default '-infinity',
  discovered_at timestamptz not null default now(),
  discovered_by text not null default 'feed' check (discovered_by in ('feed', 'sitemap', 'backfill', 'import', 'link')),
  etag text,
  last_modified text,
  capture_id bigint,
  extraction_id bigint,
  loaded_extraction_id bigint,
  canonical_page_id bigint references ingest.page,
  changed_at timestamptz not null default now(),
  loaded_content_hash bytea,
  settled_at timestamptz generated always as (case when state in ('loaded', 'rejected') then changed_at end) stored,
  rejected_at timestamptz generated always as (case when state = 'rejected' then changed_at end) stored,
  rejected_as text generated always as (case when state = 'rejected' then outcome end) stored
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
create index page_open on ingest.page (next_attempt_at, page_id) where settled_at is null;
create index page_publisher on ingest.page (publisher_id, settled_at);
create index page_origin on ingest.page (origin_id);
create index page_link on ingest.page (origin_id) where discovered_by = 'link';
create index page_discovered on ingest.page (discovered_at) where loaded_extraction_id is null;
create index page_rejected on ingest.page (rejected_at desc) where rejected_at is not null;
create index page_rejected_outcome on ingest.page (rejected_as, rejected_at desc) where rejected_at is not null;
comment on table ingest.page is 'The work ledger: one row for each canonical URL that we mean to have, in exactly one state.';
comment on column ingest.page.page_id is 'Key; the article of this page has the same number.';
comment on column ingest.page.url is 'Canonical URL.';
comment on column ingest.page.url_hash is 'sha256 of the canonical URL.';
comment on column ingest.page.origin_id is 'Origin that is asked for it.';
comment on column ingest.page.publisher_id is 'Whose page it is: only this publisher''s feeds tell what its article takes from entries, and when it is asked again.';
comment on column ingest.page.state is 'pending (to fetch), captured (to extract), extracted (to deduplicate), clustered (to load), loaded or rejected.';
comment on column ingest.page.outcome is 'Outcome of the last step that ended or postponed it.';
comment on column ingest.page.detail is 'What was seen, for people; never a secret.';
comment on column ingest.page.attempts is 'Failed tries since it last moved on.';
comment on column ingest.page.next_attempt_at is 'Not to be fetched before.';
comment on column ingest.page.discovered_at is 'When we first learned of it.';
comment on column ingest.page.discovered_by is 'How: feed or sitemap of its publisher, backfill, import, or link (so far only feeds of others have shown it).';
comment on column ingest.page.etag is 'Validator of the last good answer.';
comment on column ingest.page.last_modified is 'Validator of the last good answer.';
comment on column ingest.page.capture_id is 'Newest capture.';
comment on column ingest.page.extraction_id is 'Newest extraction that is an article.';
comment on column ingest.page.loaded_extraction_id is 'Extraction that its article shows; null while it has no article.';
comment on column ingest.page.canonical_page_id is 'Page that stands for this one (same article under another address).';
comment on column ingest.page.changed_at is 'When state or outcome last changed.';
comment on column ingest.page.loaded_content_hash is 'content_hash of its article; null while it has no article.';
comment on column ingest.page.settled_at is 'changed_at of a page that is loaded or rejected; null while a stage has something to do with it.';
comment on column ingest.page.rejected_at is 'changed_at of a rejected page; null for all others.';
comment on column ingest.page.rejected_as is 'outcome of a rejected page; null for all others.';

-- last_seen_at is kept to the day, so that a poll without news writes nothing.
create table ingest.entry (
  entry_id bigint generated always as identity primary key,
  feed_id integer not null references ingest.feed on delete cascade,
  guid_hash bytea not null check (octet_length(guid_hash) = 32),
  page_id bigint references ingest.page,
  outcome text references ingest.outcome,
  guid text not null,
  link text not null,
  title text not null default '',
  authors text[] not null default '{}',
  published_at timestamptz,
  published_raw text not null default '',
  updated_at timestamptz,
  summary text not null default '',
  content_html text not null default '',
  categories text[] not null default '{}',
  language text not null default '',
  image_url text not null default '',
  enclosures text[] not null default '{}',
  entry_hash bytea not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  changed_at timestamptz,
  unique (feed_id, guid_hash)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
create index entry_page on ingest.entry (page_id, entry_id);
create index entry_published on ingest.entry (published_at);
create index entry_unlinked on ingest.entry (first_seen_at) where page_id is null;
comment on table ingest.entry is 'One item as a feed showed it.';
comment on column ingest.entry.entry_id is 'Key.';
comment on column ingest.entry.feed_id is 'Feed that showed it.';
comment on column ingest.entry.guid_hash is 'sha256 of the guid.';
comment on column ingest.entry.page_id is 'Page that its link leads to; null where the link is unusable.';
comment on column ingest.entry.outcome is 'Why it has no page (bad_url, ssrf_blocked, dead_links); null where it has.';
comment on column ingest.entry.guid is 'Identity as the feed gives it, or the link.';
comment on column ingest.entry.link is 'Link as the feed gives it, made absolute.';
comment on column ingest.entry.title is 'Title, plain text.';
comment on column ingest.entry.authors is 'Authors as the feed gives them.';
comment on column ingest.entry.published_at is 'Time of publication as the feed says.';
comment on column ingest.entry.published_raw is 'That time as it was written.';
comment on column ingest.entry.updated_at is 'Time of the last update as the feed says.';
comment on column ingest.entry.summary is 'Summary, plain text.';
comment on column ingest.entry.content_html is 'Full content, where the feed carries it, as HTML.';
comment on column ingest.entry.categories is 'Categories as the feed gives them.';
comment on column ingest.entry.language is 'Language that the feed declares.';
comment on column ingest.entry.image_url is 'Image that the feed gives.';
comment on column ingest.entry.enclosures is 'URLs of attached media.';
comment on column ingest.entry.entry_hash is 'sha256 of what a publisher edits (title, summary, content, updated); a change asks for the page again.';
comment on column ingest.entry.first_seen_at is 'First poll that showed it.';
comment on column ingest.entry.last_seen_at is 'Last poll that showed it, to within a day.';
comment on column ingest.entry.changed_at is 'When its entry_hash last changed.';

create table ingest.run_page (
  run_id bigint not null references ingest.run on delete cascade,
  page_id bigint not null references ingest.page on delete cascade,
  shard smallint not null,
  extract_shard smallint not null default 0,
  entered text not null check (entered in ('fetch', 'extract', 'deduplicate', 'load')),
  fetch_outcome text references ingest.outcome,
  extract_outcome text references ingest.outcome,
  deduplicate_outcome text references ingest.outcome,
  load_outcome text references ingest.outcome,
  primary key (run_id, page_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
create index run_page_shard on ingest.run_page (run_id, shard);
create index run_page_page on ingest.run_page (page_id);
comment on table ingest.run_page is 'The pages that a run took on, and what each stage said of them: the funnel is counted here, so it must balance.';
comment on column ingest.run_page.run_id is 'Run.';
comment on column ingest.run_page.page_id is 'Page.';
comment on column ingest.run_page.shard is 'Shard of fetch; all pages of an origin are in one.';
comment on column ingest.run_page.extract_shard is 'Shard of extract; the pages of an origin are dealt out evenly to all of them.';
comment on column ingest.run_page.entered is 'Stage at which the page came into the run (fetch, unless an earlier run broke off).';
comment on column ingest.run_page.fetch_outcome is 'Outcome of fetch; ok and not_modified go on or end well.';
comment on column ingest.run_page.extract_outcome is 'Outcome of extract.';
comment on column ingest.run_page.deduplicate_outcome is 'Outcome of deduplicate.';
comment on column ingest.run_page.load_outcome is 'Outcome of load: new, revised or unchanged.';

create function ingest.watched_since(publisher integer, at timestamptz) returns timestamptz
language sql stable parallel safe
return (
  select greatest(min(f.added_at), (
    select max(least(coalesce(g.to_at, watched_since.at), watched_since.at)) from ingest.gap g
    where (g.publisher_id = watched_since.publisher or g.publisher_id is null) and g.from_at < watched_since.at))
  from ingest.feed f
  where f.publisher_id = watched_since.publisher and f.added_at <= watched_since.at
    -- pages show old articles again, which were not there the day before
    and f.kind <> 'page'
    -- a feed that is asked once a day answered lately, too
    and f.last_ok_at >= watched_since.at - interval '2 days');
comment on function ingest.watched_since is 'Since when the publisher''s feeds had been polled without a gap at that time; null where none was.';

-- Logs of requests --------------------------------------------------------------------------------
-- They grow by the month, and old months are dropped whole. The default partitions take what no month was made for.

create table ingest.poll (
  poll_id bigint generated always as identity,
  polled_at timestamptz not null default now(),
  feed_id integer not null,
  run_id bigint,
  shard smallint not null default 0,
  outcome text not null,
  status smallint not null default 0,
  entries integer not null default 0,
  new_entries integer not null default 0,
  changed_entries integer not null default 0,
  known_entries integer not null default 0,
  bytes integer not null default 0,
  seconds real not null default 0,
  detail text not null default '',
  primary key (poll_id, polled_at)
) partition by range (polled_at);
create table ingest.poll_default partition of ingest.poll default;
create index poll_feed on ingest.poll (feed_id, polled_at);
comment on table ingest.poll is 'Log of feed polls; append-only, partitioned by month.';
comment on table ingest.poll_default is 'Partition for months without one of their own.';
comment on column ingest.poll.poll_id is 'Key.';
comment on column ingest.poll.polled_at is 'When.';
comment on column ingest.poll.feed_id is 'Feed.';
comment on column ingest.poll.run_id is 'Run.';
comment on column ingest.poll.shard is 'Shard of the run.';
comment on column ingest.poll.outcome is 'Outcome.';
comment on column ingest.poll.status is 'HTTP status; 0 for no answer.';
comment on column ingest.poll.entries is 'Entries shown.';
comment on column ingest.poll.new_entries is 'Of them, new to us.';
comment on column ingest.poll.changed_entries is 'Of them, known but edited since.';
comment on column ingest.poll.known_entries is 'Of them, known and unchanged.';
comment on column ingest.poll.bytes is 'Decoded size of the answer.';
comment on column ingest.poll.seconds is 'Time of the exchange, seconds.';
comment on column ingest.poll.detail is 'What was seen, for people.';

create table ingest.fetch_log (
  fetch_id bigint generated always as identity,
  fetched_at timestamptz not null default now(),
  page_id bigint not null,
  run_id bigint,
  outcome text not null,
  status smallint not null default 0,
  bytes integer not null default 0,
  seconds real not null default 0,
  detail text not null default '',
  primary key (fetch_id, fetched_at)
) partition by range (fetched_at);
create table ingest.fetch_log_default partition of ingest.fetch_log default;
create index fetch_log_page on ingest.fetch_log (page_id, fetched_at);
comment on table ingest.fetch_log is 'Log of page fetches, tries included; append-only, partitioned by month.';
comment on table ingest.fetch_log_default is 'Partition for months without one of their own.';
comment on column ingest.fetch_log.fetch_id is 'Key.';
comment on column ingest.fetch_log.fetched_at is 'When.';
comment on column ingest.fetch_log.page_id is 'Page.';
comment on column ingest.fetch_log.run_id is 'Run.';
comment on column ingest.fetch_log.outcome is 'Outcome.';
comment on column ingest.fetch_log.status is 'HTTP status; 0 for no answer.';
comment on column ingest.fetch_log.bytes is 'Decoded size of the answer.';
comment on column ingest.fetch_log.seconds is 'Time of the exchange with its redirects, seconds.';
comment on column ingest.fetch_log.detail is 'What was seen, for people.';

-- The archive -------------------------------------------------------------------------------------
-- The bytes lie in WARC files. Here is where.

create function ingest.database_mark() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp as $$
declare
  here text := (select oid from pg_database where datname = current_database());
begin
  return concat_ws('/', (select system_identifier from pg_control_system()),
    (select timeline_id from pg_control_checkpoint()), here);
exception when insufficient_privilege or undefined_function or feature_not_supported then
  return here;
end $$;
comment on function ingest.database_mark() is 'Tells this database from its copies and restored backups: the cluster''s system identifier, its timeline and the database''s oid, as far as the server says them.';

create table ingest.archive_folder (
  folder text primary key default 'db-' || left(replace(gen_random_uuid()::text, '-', ''), 12),
  mark text not null default ingest.database_mark(),
  made_at timestamptz not null default clock_timestamp(),
  begun_at timestamptz
);
comment on table ingest.archive_folder is 'The folders of the archive that this database, or the one that it was copied from, writes to. Only those with its own mark are its own: it deletes nothing in the others.';
comment on column ingest.archive_folder.folder is 'First folder of the files'' names. By it the archive is known to be there.';
comment on column ingest.archive_folder.mark is 'The database that it belongs to: see ingest.database_mark().';
comment on column ingest.archive_folder.made_at is 'When the name was given.';
comment on column ingest.archive_folder.begun_at is 'When it was made in the archive; null before the first use.';
insert into ingest.archive_folder default values;

create table ingest.warc_file (
  file text primary key,
  run_id bigint,
  shard smallint,
  records integer not null default 0,
  bytes bigint not null default 0,
  sealed_at timestamptz not null default now(),
  location text not null default '',
  deleted_at timestamptz
);
comment on table ingest.warc_file is 'The archive''s ledger: each sealed WARC file.';
comment on column ingest.warc_file.file is 'Path below the archive.';
comment on column ingest.warc_file.run_id is 'Run that wrote it.';
comment on column ingest.warc_file.shard is 'Shard that wrote it.';
comment on column ingest.warc_file.records is 'Response and revisit records in it.';
comment on column ingest.warc_file.bytes is 'Size in bytes.';
comment on column ingest.warc_file.sealed_at is 'When it was complete and safe.';
comment on column ingest.warc_file.location is 'Archive that it was moved to by retention, as an fsspec URL; empty while it is in the main one.';
comment on column ingest.warc_file.deleted_at is 'When retention deleted it; its captures keep their rows, for lineage. Null while it can be read.';

create table ingest.capture (
  capture_id bigint generated always as identity primary key,
  page_id bigint not null references ingest.page on delete cascade,
  run_id bigint,
  fetched_at timestamptz not null,
  final_url text not null,
  status smallint not null,
  content_type text not null default '',
  file text not null,
  "offset" bigint not null,
  length integer not null,
  payload_digest text not null,
  bytes integer not null,
  rights jsonb not null default '{}',
  refers_to bigint references ingest.capture,
  unique (file, "offset")
);
create index capture_page on ingest.capture (page_id);
create index capture_refers_to on ingest.capture (refers_to) where refers_to is not null;
comment on table ingest.capture is 'One stored HTTP exchange of a page: where its WARC record lies.';
comment on column ingest.capture.capture_id is 'Key.';
comment on column ingest.capture.page_id is 'Page.';
comment on column ingest.capture.run_id is 'Run that fetched or imported it.';
comment on column ingest.capture.fetched_at is 'When the exchange took place.';
comment on column ingest.capture.final_url is 'Address that answered, after redirects.';
comment on column ingest.capture.status is 'HTTP status.';
comment on column ingest.capture.content_type is 'Content-Type as sent.';
comment on column ingest.capture.file is 'WARC file below the archive, or an absolute address for imported ones.';
comment on column ingest.capture."offset" is 'Byte at which the record''s gzip member begins.';
comment on column ingest.capture.length is 'Length of that member, bytes.';
comment on column ingest.capture.payload_digest is 'Digest of the payload, as WARC 1.1 writes it.';
comment on column ingest.capture.bytes is 'Decoded size of the body, bytes.';
comment on column ingest.capture.rights is 'Robots and text-and-data-mining signals seen at fetch time.';
comment on column ingest.capture.refers_to is 'Capture whose body this one has, where it is a revisit record without one; retention keeps the file of that capture.';

-- Extractions -------------------------------------------------------------------------------------
-- What a page says, as an extractor read it; and the lines of each site that are left out of bodies.

create table ingest.extraction (
  extraction_id bigint generated always as identity primary key,
  page_id bigint not null references ingest.page on delete cascade,
  capture_id bigint references ingest.capture on delete cascade,
  run_id bigint,
  extractor text not null,
  cause text not null default 'fetch' check (cause in ('fetch', 'backfill', 'reprocess', 'import')),
  outcome text not null references ingest.outcome,
  detail text not null default '',
  title text not null default '',
  lead text not null default '',
  body text default '',
  authors text[] not null default '{}',
  agencies text[] not null default '{}',
  published_at timestamptz,
  published_raw text not null default '',
  published_quality text not null default '',
  modified_at timestamptz,
  language text not null default '',
  language_confidence real not null default 0,
  section text not null default '',
  tags text[] not null default '{}',
  image_url text not null default '',
  image_caption text not null default '',
  canonical_url text not null default '',
  amp_url text not null default '',
  page_type text not null default 'article',
  rights jsonb not null default '{}',
  sources jsonb not null default '{}',
  word_count integer not null default 0,
  content_hash bytea not null check (octet_length(content_hash) = 32),
  text_hash bytea not null check (octet_length(text_hash) = 32),
  extracted_at timestamptz not null default now(),
  unique (capture_id, extractor)
) with (autovacuum_vacuum_scale_factor = 0.02);
create index extraction_page on ingest.extraction (page_id);
-- Those whose body may still be stored twice, by age.
create index extraction_bodies on ingest.extraction (extracted_at) where body <> '';
comment on table ingest.extraction is 'What one extractor version made of one capture.';
comment on column ingest.extraction.extraction_id is 'Key.';
comment on column ingest.extraction.page_id is 'Page.';
comment on column ingest.extraction.capture_id is 'Capture; null for imported articles.';
comment on column ingest.extraction.run_id is 'Run.';
comment on column ingest.extraction.extractor is 'Version of the extractor (ours + trafilatura''s + models'').';
comment on column ingest.extraction.cause is 'Why it was made: fetch, backfill, reprocess or import.';
comment on column ingest.extraction.outcome is 'ok, or why the capture is no article.';
comment on column ingest.extraction.detail is 'What was seen, for people.';
comment on column ingest.extraction.title is 'Headline.';
comment on column ingest.extraction.lead is 'Lead, deck or summary.';
comment on column ingest.extraction.body is 'Text, a paragraph a line; null where it stands in the article alone, which shows this extraction: news_internal.extraction_body() reads both.';
comment on column ingest.extraction.authors is 'Persons.';
comment on column ingest.extraction.agencies is 'News agencies credited.';
comment on column ingest.extraction.published_at is 'Time of publication, UTC.';
comment on column ingest.extraction.published_raw is 'That time as the source wrote it.';
comment on column ingest.extraction.published_quality is 'exact, unzoned, day, clamped, guessed, doubtful or unknown.';
comment on column ingest.extraction.modified_at is 'Time of the last change as the source says, UTC.';
comment on column ingest.extraction.language is 'ISO 639-1 code; empty where it can''t be told.';
comment on column ingest.extraction.language_confidence is 'Between 0 and 1.';
comment on column ingest.extraction.section is 'Section.';
comment on column ingest.extraction.tags is 'Tags and keywords.';
comment on column ingest.extraction.image_url is 'Lead image.';
comment on column ingest.extraction.image_caption is 'Its caption.';
comment on column ingest.extraction.canonical_url is 'rel=canonical of the page.';
comment on column ingest.extraction.amp_url is 'AMP twin of the page.';
comment on column ingest.extraction.page_type is 'article, live, opinion, video, gallery, podcast or index.';
comment on column ingest.extraction.rights is 'Robots and text-and-data-mining signals of transport and page.';
comment on column ingest.extraction.sources is 'For each field with rival sources, which one won.';
comment on column ingest.extraction.word_count is 'Words of the body.';
comment on column ingest.extraction.content_hash is 'sha256 of all that a revision is made of (title, lead, body, authors, dates, …).';
comment on column ingest.extraction.text_hash is 'sha256 of the normalised tokens of the body: equal texts are equal here.';
comment on column ingest.extraction.extracted_at is 'When.';

create table ingest.site_page (
  page_id bigint primary key references ingest.page on delete cascade,
  publisher_id integer not null references ingest.publisher,
  title text not null,
  lines bigint[] not null,
  words integer[] not null,
  seen_at timestamptz not null
);
create index site_page_publisher on ingest.site_page (publisher_id, seen_at desc, page_id desc);
comment on table ingest.site_page is 'The newest articles of each publisher, as the fingerprints of their lines: what site lines are learned from. Bounded for each publisher.';
comment on column ingest.site_page.page_id is 'Page.';
comment on column ingest.site_page.publisher_id is 'Publisher.';
comment on column ingest.site_page.title is 'Headline, folded: pages with one headline count as one article.';
comment on column ingest.site_page.lines is 'Fingerprints of the lines of its body.';
comment on column ingest.site_page.words is 'Length of each of them in words.';
comment on column ingest.site_page.seen_at is 'When the page was captured.';

create table ingest.site_line (
  publisher_id integer not null references ingest.publisher,
  line_hash bigint not null,
  since_run bigint not null,
  articles integer not null,
  sample text not null,
  enabled boolean not null default true,
  learned_at timestamptz not null default now(),
  own_run boolean not null default false,
  primary key (publisher_id, line_hash)
);
comment on table ingest.site_line is 'Lines that stand in several different articles of a publisher and are therefore left out of bodies. A person can switch one off.';
comment on column ingest.site_line.publisher_id is 'Publisher.';
comment on column ingest.site_line.line_hash is 'Fingerprint of the line, its digits masked.';
comment on column ingest.site_line.since_run is 'Run that learned it; later runs apply it, so that the order of pages within a run does not matter.';
comment on column ingest.site_line.own_run is 'True where that run applies it, too: it was learned from a sample of its captures before its extraction began.';
comment on column ingest.site_line.articles is 'Different articles that it stood in when it was learned.';
comment on column ingest.site_line.sample is 'The line, as one of them had it.';
comment on column ingest.site_line.enabled is 'False where a person has said that it belongs to the articles.';
comment on column ingest.site_line.learned_at is 'When it was learned.';

create table ingest.site_template (
  publisher_id integer not null references ingest.publisher,
  since_run bigint not null,
  captures smallint not null,
  articles smallint not null,
  rows bigint[] not null,
  outside bigint[] not null,
  inside bigint[] not null,
  enabled boolean not null default true,
  learned_at timestamptz not null default now(),
  primary key (publisher_id, since_run)
);
comment on table ingest.site_template is 'Where on a publisher''s pages the text stands, learned from a sample of its captures before a run''s extraction began. That run and later ones apply the newest. A person can switch it off.';
comment on column ingest.site_template.publisher_id is 'Publisher.';
comment on column ingest.site_template.since_run is 'Run that learned it, and applied it first.';
comment on column ingest.site_template.captures is 'Captures that it was learned from; where few were there, it is learned again after a day.';
comment on column ingest.site_template.articles is 'Different articles among them.';
comment on column ingest.site_template.rows is 'Fingerprints of the forms of boxes that stand in rows beside the text, as comments and teasers do.';
comment on column ingest.site_template.outside is 'Of elements whose text is mostly none of the body.';
comment on column ingest.site_template.inside is 'Of elements whose text is nearly always in the body, with all that they stand in.';
comment on column ingest.site_template.enabled is 'False where a person has said that the publisher''s pages are read each for itself; what is learned later keeps to it.';
comment on column ingest.site_template.learned_at is 'When it was learned.';

-- Stories -----------------------------------------------------------------------------------------
-- Which articles are copies of one another, and how that was found.

create table ingest.story_member (
  page_id bigint primary key references ingest.page on delete cascade,
  story_id bigint not null,
  is_origin boolean not null default true,
  similarity real not null default 1,
  changed_at timestamptz not null default now()
);
create index story_member_story on ingest.story_member (story_id);
comment on table ingest.story_member is 'The story of each article: which texts are copies of one another. An article without copies is a story of its own.';
comment on column ingest.story_member.page_id is 'Page (and article).';
comment on column ingest.story_member.story_id is 'Story: the smallest page_id among its members.';
comment on column ingest.story_member.is_origin is 'True for the earliest member (published_at, page_id).';
comment on column ingest.story_member.similarity is 'Share of the shorter text that stands in the other, between this member and the origin, 0 to 1.';
comment on column ingest.story_member.changed_at is 'When story or origin last changed.';

create table ingest.story_pending (
  page_id bigint primary key references ingest.page on delete cascade
);
comment on table ingest.story_pending is 'Loaded articles whose story or publisher changed; the next load carries it to the analysts and empties this.';
comment on column ingest.story_pending.page_id is 'Page (and article).';

create table ingest.sketch (
  page_id bigint primary key references ingest.page on delete cascade,
  extraction_id bigint not null,
  sketched_on date not null,
  version smallint not null,
  words integer not null,
  comparison_key bytea check (octet_length(comparison_key) = 32),
  hashes bigint[] not null default '{}',
  site_lines bigint not null default 0
);
create index sketch_text on ingest.sketch (comparison_key) where comparison_key is not null;
create index sketch_version on ingest.sketch (version, page_id);
comment on table ingest.sketch is 'The comparable form of each clustered page''s text: made from its newest extraction by the algorithm of a version.';
comment on column ingest.sketch.page_id is 'Page (and article).';
comment on column ingest.sketch.extraction_id is 'Extraction that was sketched.';
comment on column ingest.sketch.sketched_on is 'Day (UTC) on which this text was first sketched: its hashes stand in the partition of that month, until retention drops it.';
comment on column ingest.sketch.version is 'Version of the algorithm (newsflow.dedupe.ALGORITHM).';
comment on column ingest.sketch.words is 'Length of the text in words, after lines that recur across its publisher''s pages were taken out.';
comment on column ingest.sketch.comparison_key is 'Equal for equal texts (of very short ones: for equal texts under equal titles); null for an empty text.';
comment on column ingest.sketch.hashes is 'The smallest hashes of its shingles, as in ingest.sketch_hash; kept so that they can be taken out again.';
comment on column ingest.sketch.site_lines is 'Digest of the site lines that comparison leaves out of this text; 0 for none. Imported articles only: extraction has taken them out of pages.';

-- No primary key: a page's hashes are entered once, and a key would have to hold the day, too.
create table ingest.sketch_hash (
  h bigint not null,
  page_id bigint not null,
  sketched_on date not null
) partition by range (sketched_on);
create table ingest.sketch_hash_default partition of ingest.sketch_hash default;
create index sketch_hash_h on ingest.sketch_hash (h, page_id);
comment on table ingest.sketch_hash is 'Where each sketched hash stands: pages that share some are candidates for copies. Partitioned by month; the texts of months that retention dropped are found as equal texts only.';
comment on table ingest.sketch_hash_default is 'Partition for months without one of their own.';
comment on column ingest.sketch_hash.h is 'xxh3-based 64-bit hash of a shingle, signed.';
comment on column ingest.sketch_hash.page_id is 'Page whose sketch has it.';
comment on column ingest.sketch_hash.sketched_on is 'As in ingest.sketch.';

create table ingest.sketch_stop (
  h bigint not null,
  publisher_id integer not null default 0,
  version integer not null,
  pages integer not null,
  stories integer not null,
  page_id bigint not null,
  added_at timestamptz not null,
  primary key (h, publisher_id)
);
comment on table ingest.sketch_stop is 'Hashes that stand in so many different stories that they tell nothing: forms, disclaimers, templates. No candidate is found by them. What one publisher repeats is stopped for its own pages only.';
comment on column ingest.sketch_stop.h is 'Hash, as in ingest.sketch_hash.';
comment on column ingest.sketch_stop.publisher_id is 'Publisher for whose pages it tells nothing; 0 for all.';
comment on column ingest.sketch_stop.version is 'Version of the stop-list that first had it; the highest is the one in force.';
comment on column ingest.sketch_stop.pages is 'Pages that had it then (counted up to a limit).';
comment on column ingest.sketch_stop.stories is 'Different stories among those pages (of all, so many a publisher at most).';
comment on column ingest.sketch_stop.page_id is 'A page where it stands, to look at.';
comment on column ingest.sketch_stop.added_at is 'When.';

-- Where the shared passage lies is kept for both sides: a page that shares different passages with different pages
-- carries them both, and is a copy of neither.
create table ingest.story_edge (
  lo bigint not null references ingest.page on delete cascade,
  hi bigint not null references ingest.page on delete cascade,
  version smallint not null,
  stop_version integer not null,
  containment real not null,
  jaccard real not null,
  shared integer not null,
  rule text not null,
  joins boolean not null,
  found_at timestamptz not null,
  lo_start integer not null default 0,
  lo_end integer not null default 0,
  hi_start integer not null default 0,
  hi_end integer not null default 0,
  primary key (lo, hi),
  check (lo < hi)
);
create index story_edge_hi on ingest.story_edge (hi);
comment on table ingest.story_edge is 'Two pages found to have much text in common though not word for word; stories are what the joining edges and equal texts connect.';
comment on column ingest.story_edge.lo is 'The smaller page_id.';
comment on column ingest.story_edge.hi is 'The larger page_id.';
comment on column ingest.story_edge.version is 'Version of the algorithm that compared them.';
comment on column ingest.story_edge.stop_version is 'Version of the stop-list in force then.';
comment on column ingest.story_edge.containment is 'Share of the shorter text''s shingles that stand in the longer, 0 to 1.';
comment on column ingest.story_edge.jaccard is 'Share of all their shingles that stand in both, 0 to 1.';
comment on column ingest.story_edge.shared is 'Shingles that stand in both.';
comment on column ingest.story_edge.rule is 'whole: most of both agrees; lead: one is an excerpt from the top of the other; roundup, not its lead: one stands inside the other and is not its copy.';
comment on column ingest.story_edge.joins is 'Whether they are copies. A page that holds two texts in different places is a roundup: none of its parts joins it to a story.';
comment on column ingest.story_edge.found_at is 'When they were compared.';
comment on column ingest.story_edge.lo_start is 'Where in the page lo the shared passage begins, in tokens; 0 to 0 where nothing is said.';
comment on column ingest.story_edge.lo_end is 'Where it ends there.';
comment on column ingest.story_edge.hi_start is 'Where in the page hi the shared passage begins, in tokens; 0 to 0 where nothing is said.';
comment on column ingest.story_edge.hi_end is 'Where it ends there.';

create table ingest.story_alarm (
  story_id bigint not null,
  kind text not null check (kind in ('large', 'weak_chain')),
  members integer not null,
  detail text not null,
  raised_at timestamptz not null,
  primary key (story_id, kind)
);
comment on table ingest.story_alarm is 'Stories that a person should look at; a row goes when its cause does.';
comment on column ingest.story_alarm.story_id is 'Story.';
comment on column ingest.story_alarm.kind is 'large: very many members; weak_chain: it hangs together by a single weak likeness.';
comment on column ingest.story_alarm.members is 'Members when it was last looked at.';
comment on column ingest.story_alarm.detail is 'What was seen, for people.';
comment on column ingest.story_alarm.raised_at is 'When it was first seen.';

create table ingest.credit (
  page_id bigint not null references ingest.page on delete cascade,
  agency text not null,
  evidence text not null,
  primary key (page_id, agency)
);
create index credit_agency on ingest.credit (agency, page_id);
comment on table ingest.credit is 'News agencies that an article''s text or byline credits.';
comment on column ingest.credit.page_id is 'Page (and article).';
comment on column ingest.credit.agency is 'Agency by its usual name, such as Reuters, AFP, dpa.';
comment on column ingest.credit.evidence is 'Words that credit it.';

create table ingest.dedupe_rebuild (
  rebuild_id integer generated always as identity primary key,
  version smallint not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  last_page_id bigint not null default 0,
  pages integer not null default 0,
  moved integer not null default 0
);
create unique index dedupe_rebuild_open on ingest.dedupe_rebuild ((true)) where ended_at is null;
comment on table ingest.dedupe_rebuild is 'Rolls of a new version of the algorithm over old articles; the open one continues where it stopped.';
comment on column ingest.dedupe_rebuild.rebuild_id is 'Key.';
comment on column ingest.dedupe_rebuild.version is 'Version of the algorithm that is rolled over.';
comment on column ingest.dedupe_rebuild.started_at is 'When it began.';
comment on column ingest.dedupe_rebuild.ended_at is 'When it was complete; null while it is open.';
comment on column ingest.dedupe_rebuild.last_page_id is 'All pages up to this one are done.';
comment on column ingest.dedupe_rebuild.pages is 'Pages sketched anew.';
comment on column ingest.dedupe_rebuild.moved is 'Articles whose story changed.';

-- The past: backfill, import, reprocess -----------------------------------------------------------

create table ingest.backfill_file (
  source text not null,
  selection text not null,
  run_id bigint references ingest.run on delete set null,
  shard smallint not null default 0,
  state text not null default 'waiting' check (state in ('waiting', 'reading', 'done', 'failed')),
  version text not null default '',
  bytes bigint,
  "offset" bigint not null default 0,
  parts integer not null default 0,
  records bigint not null default 0,
  matched bigint not null default 0,
  taken bigint not null default 0,
  skipped jsonb not null default '{}',
  detail text not null default '',
  added_at timestamptz not null,
  changed_at timestamptz not null,
  ended_at timestamptz,
  primary key (source, selection)
);
comment on table ingest.backfill_file is 'Progress of backfill: each WARC file and selection, up to which byte it was read. A killed or limited run resumes there.';
comment on column ingest.backfill_file.source is 'Path or URL of the file.';
comment on column ingest.backfill_file.selection is 'Fingerprint of the filters (publishers, languages, dates); another selection reads the file anew.';
comment on column ingest.backfill_file.run_id is 'Run that read in it last.';
comment on column ingest.backfill_file.shard is 'Mapped task of that run that reads it.';
comment on column ingest.backfill_file.state is 'waiting; reading; done; failed (detail says why).';
comment on column ingest.backfill_file.version is 'ETag or size and time of the file; when it changes, the file is read from its start.';
comment on column ingest.backfill_file.bytes is 'Size of the file; null where the server does not say.';
comment on column ingest.backfill_file."offset" is 'Byte up to which all records are dealt with.';
comment on column ingest.backfill_file.parts is 'Archive files written from it.';
comment on column ingest.backfill_file.records is 'Response records seen.';
comment on column ingest.backfill_file.matched is 'Of them, those that passed the filters.';
comment on column ingest.backfill_file.taken is 'Of them, those whose page went on to extract.';
comment on column ingest.backfill_file.skipped is 'Counts of the others by reason: publisher, date, language, status, type, url, known, busy, refused, unreadable or bad_row.';
comment on column ingest.backfill_file.detail is 'What was seen, for people.';
comment on column ingest.backfill_file.added_at is 'When it was first asked for.';
comment on column ingest.backfill_file.changed_at is 'When progress was last noted.';
comment on column ingest.backfill_file.ended_at is 'When it was read to its end, or given up.';

create table ingest.import_reject (
  run_id bigint not null references ingest.run on delete cascade,
  line bigint not null,
  outcome text not null references ingest.outcome,
  detail text not null,
  url text,
  publisher text,
  title text,
  published_at timestamptz,
  primary key (run_id, line)
);
create index import_reject_url on ingest.import_reject using hash (url) where title is not null;
comment on table ingest.import_reject is 'Rows of imported files that were left out, and why; the file is named in the run.';
comment on column ingest.import_reject.run_id is 'Import.';
comment on column ingest.import_reject.line is 'Line of the file, or row where it has no lines (Parquet); from 1.';
comment on column ingest.import_reject.outcome is 'Code of the reason.';
comment on column ingest.import_reject.detail is 'What was seen, for people.';
comment on column ingest.import_reject.url is 'Address, as far as the row has one that can be used.';
comment on column ingest.import_reject.publisher is 'Publisher that the row names, or whose host it is.';
comment on column ingest.import_reject.title is 'Headline; null where the row has none, and of what was retracted.';
comment on column ingest.import_reject.published_at is 'Time of publication, where it can be read.';

create table ingest.reprocess (
  reprocess_id bigint generated always as identity primary key,
  run_id bigint references ingest.run on delete set null,
  state text not null default 'comparing'
    check (state in ('comparing', 'compared', 'applying', 'applied', 'undoing', 'undone')),
  selection jsonb not null,
  extractor text not null,
  pages integer not null default 0,
  report jsonb not null default '{}',
  created_at timestamptz not null,
  compared_at timestamptz,
  applied_at timestamptz,
  undone_at timestamptz
);
comment on table ingest.reprocess is 'A reviewed change of the extractor: compared first (dry run), then applied, and undone if wished.';
comment on column ingest.reprocess.reprocess_id is 'Key.';
comment on column ingest.reprocess.run_id is 'Run that last worked on it.';
comment on column ingest.reprocess.state is 'comparing, compared (may be reviewed), applying, applied, undoing or undone.';
comment on column ingest.reprocess.selection is 'What was chosen: publishers, dates, outcomes, extractor versions, limit.';
comment on column ingest.reprocess.extractor is 'Extractor version that was tried.';
comment on column ingest.reprocess.pages is 'Pages chosen.';
comment on column ingest.reprocess.report is 'Summary of the comparison: counts, changed fields, similarity histogram.';
comment on column ingest.reprocess.created_at is 'When it was begun.';
comment on column ingest.reprocess.compared_at is 'When the comparison was complete.';
comment on column ingest.reprocess.applied_at is 'When it was applied.';
comment on column ingest.reprocess.undone_at is 'When it was undone.';

create table ingest.reprocess_page (
  reprocess_id bigint not null references ingest.reprocess on delete cascade,
  page_id bigint not null references ingest.page on delete cascade,
  capture_id bigint not null references ingest.capture on delete cascade,
  before_extraction_id bigint,
  before_outcome text not null default '',
  before_detail text not null default '',
  verdict text check (verdict in ('same', 'changed', 'gained', 'lost', 'rejected', 'unreadable')),
  outcome text references ingest.outcome,
  detail text not null default '',
  changed text[] not null default '{}',
  similarity real,
  after_extraction_id bigint,
  applied boolean not null default false,
  undone boolean not null default false,
  note text not null default '',
  primary key (reprocess_id, page_id)
);
create index reprocess_page_page on ingest.reprocess_page (page_id);
create index reprocess_page_todo on ingest.reprocess_page (reprocess_id, page_id) where verdict is null;
comment on table ingest.reprocess_page is 'What the tried extractor makes of a page, beside what stands there.';
comment on column ingest.reprocess_page.reprocess_id is 'Reprocess.';
comment on column ingest.reprocess_page.page_id is 'Page.';
comment on column ingest.reprocess_page.capture_id is 'Capture that was extracted again.';
comment on column ingest.reprocess_page.before_extraction_id is 'Extraction that stood there; null where the page had none.';
comment on column ingest.reprocess_page.before_outcome is 'Outcome of the page before.';
comment on column ingest.reprocess_page.before_detail is 'Detail of that outcome.';
comment on column ingest.reprocess_page.verdict is 'same; changed; gained (was no article); lost (was one, and stays it); rejected (as before); unreadable capture; null: not compared yet.';
comment on column ingest.reprocess_page.outcome is 'Outcome of the new extraction.';
comment on column ingest.reprocess_page.detail is 'What was seen, for people.';
comment on column ingest.reprocess_page.changed is 'Fields that differ.';
comment on column ingest.reprocess_page.similarity is 'F1 of the bodies'' words, 0 to 1; 1 for equal bodies.';
comment on column ingest.reprocess_page.after_extraction_id is 'The new extraction, where it differs; it becomes the page''s when it is applied.';
comment on column ingest.reprocess_page.applied is 'Whether it was applied.';
comment on column ingest.reprocess_page.undone is 'Whether it was undone.';
comment on column ingest.reprocess_page.note is 'Why it was left alone by apply or undo.';

-- Operations --------------------------------------------------------------------------------------
-- What the operations pages show, and what people did there.

create table ingest.publisher_day (
  publisher_id integer not null references ingest.publisher on delete cascade,
  day date not null,
  polls integer not null default 0,
  polls_ok integer not null default 0,
  new_entries integer not null default 0,
  fetched integer not null default 0,
  captured integer not null default 0,
  refused integer not null default 0,
  extracted integer not null default 0,
  readable integer not null default 0,
  new_articles integer not null default 0,
  revised integer not null default 0,
  words real,
  failures jsonb not null default '{}',
  poll_failures jsonb not null default '{}',
  primary key (publisher_id, day)
);
create index publisher_day_day on ingest.publisher_day (day);
comment on table ingest.publisher_day is 'Each publisher''s days (UTC) in numbers, counted from polls and runs; derived, and made again whenever a day is counted.';
comment on column ingest.publisher_day.publisher_id is 'Publisher.';
comment on column ingest.publisher_day.day is 'Day of the polls, and day on which the runs began, UTC.';
comment on column ingest.publisher_day.polls is 'Polls of its feeds.';
comment on column ingest.publisher_day.polls_ok is 'Of them, answered well (ok or not_modified).';
comment on column ingest.publisher_day.new_entries is 'Entries that were new to us.';
comment on column ingest.publisher_day.fetched is 'Pages that fetch ended.';
comment on column ingest.publisher_day.captured is 'Of them, captured.';
comment on column ingest.publisher_day.refused is 'Of the pages that the nightly runs fetched, those that the publisher ended for good, such as forbidden.';
comment on column ingest.publisher_day.extracted is 'Captures that extract ended in the nightly runs; the past that a backfill brings in says nothing of today.';
comment on column ingest.publisher_day.readable is 'Of them, articles: readable / (extracted + refused) is the yield.';
comment on column ingest.publisher_day.new_articles is 'Articles that were new.';
comment on column ingest.publisher_day.revised is 'Articles that got another revision.';
comment on column ingest.publisher_day.words is 'Median length of the article bodies extracted in the nightly runs, words.';
comment on column ingest.publisher_day.failures is 'Pages by outcome code, for the outcomes that are no success.';
comment on column ingest.publisher_day.poll_failures is 'Polls by outcome code, for the outcomes that are no success.';

create table ingest.incident (
  incident_id bigint generated always as identity primary key,
  cause text not null,
  shared text not null,
  opened_at timestamptz not null,
  resolved_at timestamptz
);
create unique index incident_open on ingest.incident (cause, shared) where resolved_at is null;
comment on table ingest.incident is 'Many publishers that fail in the same way since the same nights: told as one. Alarms that join it later are its own, too.';
comment on column ingest.incident.incident_id is 'Key.';
comment on column ingest.incident.cause is 'Cause of its alarms.';
comment on column ingest.incident.shared is 'What they have in common: an outcome.';
comment on column ingest.incident.opened_at is 'When it was first seen.';
comment on column ingest.incident.resolved_at is 'When most of its publishers were well again; null while it lasts.';

create table ingest.ops_alarm (
  alarm_id bigint generated always as identity primary key,
  cause text not null,
  subject text not null default '',
  shared text not null default '',
  incident_id bigint references ingest.incident,
  publisher_id integer references ingest.publisher on delete cascade,
  severity text not null check (severity in ('warning', 'critical')),
  sentence text not null,
  facts jsonb not null default '{}',
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  resolved_at timestamptz,
  told_at timestamptz,
  told_resolved_at timestamptz,
  snoozed_until timestamptz,
  snoozed_severity text,
  acknowledged_at timestamptz,
  acknowledged_by text,
  reason text
);
create index ops_alarm_incident on ingest.ops_alarm (incident_id) where incident_id is not null;
create unique index ops_alarm_open on ingest.ops_alarm (cause, subject) where resolved_at is null;
create index ops_alarm_opened on ingest.ops_alarm (opened_at);
comment on table ingest.ops_alarm is 'What the watch found wrong, from its first sight until it was over; one open row for each cause and subject.';
comment on column ingest.ops_alarm.alarm_id is 'Key.';
comment on column ingest.ops_alarm.cause is 'Stable code of the cause; docs/runbooks has a page for each.';
comment on column ingest.ops_alarm.subject is 'Publisher, story or other thing that it is about; empty where it is about us.';
comment on column ingest.ops_alarm.shared is 'What others may have in common with it: the outcome with which most fails; empty for none.';
comment on column ingest.ops_alarm.incident_id is 'Incident that it is part of.';
comment on column ingest.ops_alarm.snoozed_until is 'Nothing is told of it before this time; null where it is not snoozed.';
comment on column ingest.ops_alarm.snoozed_severity is 'How bad it was when it was snoozed: a worse one is told at once.';
comment on column ingest.ops_alarm.acknowledged_at is 'When somebody took it on.';
comment on column ingest.ops_alarm.acknowledged_by is 'Who did.';
comment on column ingest.ops_alarm.reason is 'What was said when it was last snoozed or acknowledged.';
comment on column ingest.ops_alarm.publisher_id is 'Publisher, where it is about one.';
comment on column ingest.ops_alarm.severity is 'critical: somebody should look now; warning: today.';
comment on column ingest.ops_alarm.sentence is 'What is wrong, for people.';
comment on column ingest.ops_alarm.facts is 'The figures behind it.';
comment on column ingest.ops_alarm.opened_at is 'When it was first seen.';
comment on column ingest.ops_alarm.seen_at is 'When it was last seen.';
comment on column ingest.ops_alarm.resolved_at is 'When it was over; null while it lasts.';
comment on column ingest.ops_alarm.told_at is 'When the notifiers had taken the message.';
comment on column ingest.ops_alarm.told_resolved_at is 'When the notifiers had taken the message that it is over.';

create table ingest.watch (
  single boolean primary key default true check (single),
  judged_at timestamptz not null
);
comment on table ingest.watch is 'When the alarms were last judged; one row, none before the first time.';
comment on column ingest.watch.single is 'Always true: there is one row.';
comment on column ingest.watch.judged_at is 'When news_watch last judged.';

create table ingest.audit (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}'
);
create index audit_at on ingest.audit (at);
comment on table ingest.audit is 'What people did through the operations pages, and to publishers by commands; append-only.';
comment on column ingest.audit.audit_id is 'Key.';
comment on column ingest.audit.at is 'When.';
comment on column ingest.audit.actor is 'User, as Airflow''s auth manager names it; of a command, the user of its machine.';
comment on column ingest.audit.action is 'retry, pause_feed, resume_feed, pause_publisher, resume_publisher, poll_now, accept, dismiss, line_on, line_off, apply_reprocess, undo_reprocess, snooze_alarm, acknowledge_alarm, wake_alarm; settle_check and reopen_check of the checklist; back_up; of publishers set_publisher, rename_publisher, merge_publishers, undo_publisher_act, add_alias or remove_alias.';
comment on column ingest.audit.subject is 'What it was done to.';
comment on column ingest.audit.detail is 'Further figures, such as the number of pages.';

-- Turns -------------------------------------------------------------------------------------------

create table ingest.turn (
  name text primary key
);
comment on table ingest.turn is 'What one transaction does at a time: it locks the row of that name until it ends. Rows and not advisory locks, for those are open to analysts.';
comment on column ingest.turn.name is 'changes: giving out change numbers; counts: renewing the kept counts; stories: changing stories.';

-- The machine's tables: publishers, feeds, the work ledger of pages, and what each stage made of them.

create schema ingest;
comment on schema ingest is 'The pipeline''s own tables, for operators. Analysts read the schema news.';

create table ingest.outcome (
  code text primary key,
  stage text not null,
  kind text not null check (kind in ('ok', 'retry', 'final')),
  sentence text not null
);
comment on table ingest.outcome is 'Every typed reason for which a poll, a page or a row can end, in a sentence.';
comment on column ingest.outcome.code is 'Stable code, as stored with pages and polls.';
comment on column ingest.outcome.stage is 'Stage that gives this outcome: poll, fetch, extract, deduplicate or load.';
comment on column ingest.outcome.kind is 'ok: goes on; retry: tried again later; final: ended.';
comment on column ingest.outcome.sentence is 'What it means, for people.';

create table ingest.publisher (
  publisher_id integer generated always as identity primary key,
  name text not null unique check (name <> ''),
  title text not null default '',
  homepage text not null default '',
  country text not null default '',
  languages text[] not null default '{}',
  paused boolean not null default false,
  created_at timestamptz not null default now()
);
comment on table ingest.publisher is 'An outlet as readers know it; owns hosts (origins) and feeds.';
comment on column ingest.publisher.publisher_id is 'Key.';
comment on column ingest.publisher.name is 'Registered domain, such as bbc.co.uk, or a name given when the feed was added.';
comment on column ingest.publisher.title is 'Name as readers know it.';
comment on column ingest.publisher.homepage is 'Address of the home page.';
comment on column ingest.publisher.country is 'ISO 3166-1 alpha-2 code, where known.';
comment on column ingest.publisher.languages is 'ISO 639-1 codes of the languages that it publishes in, where known.';
comment on column ingest.publisher.paused is 'True while a person has stopped all requests to it.';
comment on column ingest.publisher.created_at is 'When we first knew of it.';

create table ingest.origin (
  origin_id integer generated always as identity primary key,
  origin text not null unique,
  publisher_id integer references ingest.publisher,
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
);
comment on table ingest.origin is 'A scheme, host and port that we send requests to, with its pace; politeness is kept here across runs and machines.';
comment on column ingest.origin.origin_id is 'Key.';
comment on column ingest.origin.origin is 'scheme://host[:port], lower case, default port left out.';
comment on column ingest.origin.publisher_id is 'Whose host this is.';
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
  last_ok_at timestamptz,
  last_new_at timestamptz,
  last_outcome text references ingest.outcome,
  failures integer not null default 0,
  added_at timestamptz not null default now()
);
create index feed_due on ingest.feed (next_poll_at) where state = 'active';
comment on table ingest.feed is 'A URL that lists items: RSS, Atom, JSON Feed or a news sitemap, with its polling state.';
comment on column ingest.feed.feed_id is 'Key.';
comment on column ingest.feed.publisher_id is 'Whose feed this is.';
comment on column ingest.feed.url is 'Address that is polled.';
comment on column ingest.feed.kind is 'rss, atom, json, sitemap or sitemapindex, as last seen; empty before the first poll.';
comment on column ingest.feed.title is 'Title as the feed gives it.';
comment on column ingest.feed.state is 'active; paused by a person; gone (410, or a person''s decision).';
comment on column ingest.feed.etag is 'Validator of the last answer, sent as If-None-Match.';
comment on column ingest.feed.last_modified is 'Validator of the last answer, sent as If-Modified-Since.';
comment on column ingest.feed.next_poll_at is 'When it is due.';
comment on column ingest.feed.interval_s is 'Interval in force, seconds.';
comment on column ingest.feed.last_poll_at is 'When it was last asked.';
comment on column ingest.feed.last_ok_at is 'When it last answered well (200 or 304).';
comment on column ingest.feed.last_new_at is 'When it last showed an entry that was new to us.';
comment on column ingest.feed.last_outcome is 'Outcome of the last poll.';
comment on column ingest.feed.failures is 'Failed polls in a row.';
comment on column ingest.feed.added_at is 'When it was added.';

create table ingest.run (
  run_id bigint generated always as identity primary key,
  dag_id text not null,
  dag_run_id text not null,
  state text not null default 'running' check (state in ('running', 'success', 'failed')),
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  params jsonb not null default '{}',
  verdict text,
  unique (dag_id, dag_run_id)
);
comment on table ingest.run is 'One run of a Dag (or of `newsflow run`).';
comment on column ingest.run.run_id is 'Key.';
comment on column ingest.run.dag_id is 'Dag, as Airflow names it; cli for runs without the scheduler.';
comment on column ingest.run.dag_run_id is 'Run, as Airflow names it.';
comment on column ingest.run.state is 'running, success or failed.';
comment on column ingest.run.started_at is 'When its first step began.';
comment on column ingest.run.ended_at is 'When its check ended.';
comment on column ingest.run.params is 'What it was asked to do.';
comment on column ingest.run.verdict is 'What the check found, in a sentence.';

create table ingest.run_stage (
  run_id bigint not null references ingest.run on delete cascade,
  stage text not null,
  shard smallint not null default 0,
  started_at timestamptz not null,
  ended_at timestamptz,
  attempts smallint not null default 1,
  counts jsonb not null default '{}',
  label text not null default '',
  primary key (run_id, stage, shard)
);
comment on table ingest.run_stage is 'What each step of a run did: times and counts, for progress and rates.';
comment on column ingest.run_stage.run_id is 'Run.';
comment on column ingest.run_stage.stage is 'poll, fetch, extract, deduplicate or load.';
comment on column ingest.run_stage.shard is 'Number of the mapped task; 0 where there is one.';
comment on column ingest.run_stage.started_at is 'First start.';
comment on column ingest.run_stage.ended_at is 'End of the last attempt; null while it runs.';
comment on column ingest.run_stage.attempts is 'How often it was started.';
comment on column ingest.run_stage.counts is 'Counts by outcome code, and stage figures such as bytes.';
comment on column ingest.run_stage.label is 'Label as the Airflow UI shows it.';

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
  changed_at timestamptz not null default now()
);
create index page_pending on ingest.page (next_attempt_at, page_id) where state = 'pending';
create index page_waiting on ingest.page (state, page_id) where state in ('captured', 'extracted', 'clustered');
create index page_publisher on ingest.page (publisher_id, changed_at);
create index page_origin on ingest.page (origin_id);
comment on table ingest.page is 'The work ledger: one row for each canonical URL that we mean to have, in exactly one state.';
comment on column ingest.page.page_id is 'Key; the article of this page has the same number.';
comment on column ingest.page.url is 'Canonical URL.';
comment on column ingest.page.url_hash is 'sha256 of the canonical URL.';
comment on column ingest.page.origin_id is 'Origin that is asked for it.';
comment on column ingest.page.publisher_id is 'Publisher.';
comment on column ingest.page.state is 'pending (to fetch), captured (to extract), extracted (to deduplicate), clustered (to load), loaded or rejected.';
comment on column ingest.page.outcome is 'Outcome of the last step that ended or postponed it.';
comment on column ingest.page.detail is 'What was seen, for people; never a secret.';
comment on column ingest.page.attempts is 'Failed tries since it last moved on.';
comment on column ingest.page.next_attempt_at is 'Not to be fetched before.';
comment on column ingest.page.discovered_at is 'When we first learned of it.';
comment on column ingest.page.discovered_by is 'How: feed, sitemap, backfill, import or link.';
comment on column ingest.page.etag is 'Validator of the last good answer.';
comment on column ingest.page.last_modified is 'Validator of the last good answer.';
comment on column ingest.page.capture_id is 'Newest capture.';
comment on column ingest.page.extraction_id is 'Newest extraction that is an article.';
comment on column ingest.page.loaded_extraction_id is 'Extraction that its article shows; null while it has no article.';
comment on column ingest.page.canonical_page_id is 'Page that stands for this one (same article under another address).';
comment on column ingest.page.changed_at is 'When state or outcome last changed.';

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
);
create index entry_page on ingest.entry (page_id);
create index entry_seen on ingest.entry (feed_id, last_seen_at);
comment on table ingest.entry is 'One item as a feed showed it.';
comment on column ingest.entry.entry_id is 'Key.';
comment on column ingest.entry.feed_id is 'Feed that showed it.';
comment on column ingest.entry.guid_hash is 'sha256 of the guid.';
comment on column ingest.entry.page_id is 'Page that its link leads to; null where the link is unusable.';
comment on column ingest.entry.outcome is 'Why it has no page (bad_url, ssrf_blocked); null where it has.';
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
comment on column ingest.entry.last_seen_at is 'Last poll that showed it.';
comment on column ingest.entry.changed_at is 'When its entry_hash last changed.';

create table ingest.poll (
  poll_id bigint generated always as identity,
  polled_at timestamptz not null default now(),
  feed_id integer not null,
  run_id bigint,
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

create table ingest.warc_file (
  file text primary key,
  run_id bigint,
  shard smallint,
  records integer not null default 0,
  bytes bigint not null default 0,
  sealed_at timestamptz not null default now()
);
comment on table ingest.warc_file is 'The archive''s ledger: each sealed WARC file.';
comment on column ingest.warc_file.file is 'Path below the archive.';
comment on column ingest.warc_file.run_id is 'Run that wrote it.';
comment on column ingest.warc_file.shard is 'Shard that wrote it.';
comment on column ingest.warc_file.records is 'Response and revisit records in it.';
comment on column ingest.warc_file.bytes is 'Size in bytes.';
comment on column ingest.warc_file.sealed_at is 'When it was complete and safe.';

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
  unique (file, "offset")
);
create index capture_page on ingest.capture (page_id);
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
  body text not null default '',
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
);
create index extraction_page on ingest.extraction (page_id);
create index extraction_text on ingest.extraction (text_hash);
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
comment on column ingest.extraction.body is 'Text, a paragraph a line.';
comment on column ingest.extraction.authors is 'Persons.';
comment on column ingest.extraction.agencies is 'News agencies credited.';
comment on column ingest.extraction.published_at is 'Time of publication, UTC.';
comment on column ingest.extraction.published_raw is 'That time as the source wrote it.';
comment on column ingest.extraction.published_quality is 'exact, day, clamped, guessed or unknown.';
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

create table ingest.run_page (
  run_id bigint not null references ingest.run on delete cascade,
  page_id bigint not null references ingest.page on delete cascade,
  shard smallint not null,
  entered text not null check (entered in ('fetch', 'extract', 'deduplicate', 'load')),
  fetch_outcome text references ingest.outcome,
  extract_outcome text references ingest.outcome,
  deduplicate_outcome text references ingest.outcome,
  load_outcome text references ingest.outcome,
  primary key (run_id, page_id)
);
create index run_page_shard on ingest.run_page (run_id, shard);
create index run_page_page on ingest.run_page (page_id);
comment on table ingest.run_page is 'The pages that a run took on, and what each stage said of them: the funnel is counted here, so it must balance.';
comment on column ingest.run_page.run_id is 'Run.';
comment on column ingest.run_page.page_id is 'Page.';
comment on column ingest.run_page.shard is 'Shard; all pages of an origin are in one.';
comment on column ingest.run_page.entered is 'Stage at which the page came into the run (fetch, unless an earlier run broke off).';
comment on column ingest.run_page.fetch_outcome is 'Outcome of fetch; ok and not_modified go on or end well.';
comment on column ingest.run_page.extract_outcome is 'Outcome of extract.';
comment on column ingest.run_page.deduplicate_outcome is 'Outcome of deduplicate.';
comment on column ingest.run_page.load_outcome is 'Outcome of load: new, revised or unchanged.';

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
comment on table ingest.story_pending is 'Loaded articles whose story changed; the next load carries it to the analysts and empties this.';
comment on column ingest.story_pending.page_id is 'Page (and article).';

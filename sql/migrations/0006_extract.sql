-- Lines that recur across a publisher's pages: what was learned, from what, and since which run it is in force.

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
  primary key (publisher_id, line_hash)
);
comment on table ingest.site_line is 'Lines that stand in several different articles of a publisher and are therefore left out of bodies. A person can switch one off.';
comment on column ingest.site_line.publisher_id is 'Publisher.';
comment on column ingest.site_line.line_hash is 'Fingerprint of the line, its digits masked.';
comment on column ingest.site_line.since_run is 'Run that learned it; later runs apply it, so that the order of pages within a run does not matter.';
comment on column ingest.site_line.articles is 'Different articles that it stood in when it was learned.';
comment on column ingest.site_line.sample is 'The line, as one of them had it.';
comment on column ingest.site_line.enabled is 'False where a person has said that it belongs to the articles.';
comment on column ingest.site_line.learned_at is 'When it was learned.';

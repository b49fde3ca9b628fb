-- Stories: sketches of texts, the hashes that find candidates, the copies found, and what people should look at.

create table ingest.sketch (
  page_id bigint primary key references ingest.page on delete cascade,
  extraction_id bigint not null,
  version smallint not null,
  words integer not null,
  comparison_key bytea check (octet_length(comparison_key) = 32),
  hashes bigint[] not null default '{}'
);
create index sketch_text on ingest.sketch (comparison_key) where comparison_key is not null;
create index sketch_version on ingest.sketch (version, page_id);
comment on table ingest.sketch is 'The comparable form of each clustered page''s text: made from its newest extraction by the algorithm of a version.';
comment on column ingest.sketch.page_id is 'Page (and article).';
comment on column ingest.sketch.extraction_id is 'Extraction that was sketched.';
comment on column ingest.sketch.version is 'Version of the algorithm (newsflow.dedupe.ALGORITHM).';
comment on column ingest.sketch.words is 'Length of the text in words, after lines that recur across its publisher''s pages were taken out.';
comment on column ingest.sketch.comparison_key is 'Equal for equal texts (of very short ones: for equal texts under equal titles); null for an empty text.';
comment on column ingest.sketch.hashes is 'The smallest hashes of its shingles, as in ingest.sketch_hash; kept so that they can be taken out again.';

create table ingest.sketch_hash (
  h bigint not null,
  page_id bigint not null,
  primary key (h, page_id)
);
comment on table ingest.sketch_hash is 'Where each sketched hash stands: pages that share some are candidates for copies.';
comment on column ingest.sketch_hash.h is 'xxh3-based 64-bit hash of a shingle, signed.';
comment on column ingest.sketch_hash.page_id is 'Page whose sketch has it.';

create table ingest.sketch_stop (
  h bigint primary key,
  version integer not null,
  pages integer not null,
  stories integer not null,
  page_id bigint not null,
  added_at timestamptz not null
);
comment on table ingest.sketch_stop is 'Hashes that stand in so many different stories that they tell nothing: forms, disclaimers, templates. No candidate is found by them.';
comment on column ingest.sketch_stop.h is 'Hash, as in ingest.sketch_hash.';
comment on column ingest.sketch_stop.version is 'Version of the stop-list that first had it; the highest is the one in force.';
comment on column ingest.sketch_stop.pages is 'Pages that had it then (counted up to a limit).';
comment on column ingest.sketch_stop.stories is 'Different stories among those pages.';
comment on column ingest.sketch_stop.page_id is 'A page where it stands, to look at.';
comment on column ingest.sketch_stop.added_at is 'When.';

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
  inner_page bigint,
  part_start integer not null default 0,
  part_end integer not null default 0,
  found_at timestamptz not null,
  primary key (lo, hi),
  check (lo < hi),
  check (inner_page in (lo, hi))
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
comment on column ingest.story_edge.inner_page is 'Which of the two is the much shorter text, a part of the other; null where they are about as long.';
comment on column ingest.story_edge.part_start is 'Where that part begins in the longer text, in tokens.';
comment on column ingest.story_edge.part_end is 'Where it ends.';
comment on column ingest.story_edge.found_at is 'When they were compared.';

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

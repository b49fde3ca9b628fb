-- The archive's ledger beyond sealing, backfill by file and offset, and reprocessing with its review.

alter table ingest.warc_file add column location text not null default '';
alter table ingest.warc_file add column deleted_at timestamptz;
alter table ingest.capture add column refers_to bigint references ingest.capture;
create index capture_refers_to on ingest.capture (refers_to) where refers_to is not null;
comment on column ingest.warc_file.location is 'Archive that it was moved to by retention, as an fsspec URL; empty while it is in the main one.';
comment on column ingest.warc_file.deleted_at is 'When retention deleted it; its captures keep their rows, for lineage. Null while it can be read.';
comment on column ingest.capture.refers_to is 'Capture whose body this one has, where it is a revisit record without one; retention keeps the file of that capture.';

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
comment on column ingest.backfill_file.skipped is 'Counts of the others by reason: publisher, date, language, status, type, url, known, busy, refused or unreadable.';
comment on column ingest.backfill_file.detail is 'What was seen, for people.';
comment on column ingest.backfill_file.added_at is 'When it was first asked for.';
comment on column ingest.backfill_file.changed_at is 'When progress was last noted.';
comment on column ingest.backfill_file.ended_at is 'When it was read to its end, or given up.';

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

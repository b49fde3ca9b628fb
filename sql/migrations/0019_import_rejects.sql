-- Rows of imported files that were left out were printed only: operators could not see them.

create table ingest.import_reject (
  run_id bigint not null references ingest.run on delete cascade,
  line bigint not null,
  outcome text not null references ingest.outcome,
  detail text not null,
  primary key (run_id, line)
);
comment on table ingest.import_reject is 'Rows of imported files that were left out, and why; the file is named in the run.';
comment on column ingest.import_reject.run_id is 'Import.';
comment on column ingest.import_reject.line is 'Line of the file, or row where it has no lines (Parquet); from 1.';
comment on column ingest.import_reject.outcome is 'Code of the reason.';
comment on column ingest.import_reject.detail is 'What was seen, for people.';

comment on column ingest.audit.action is
  'retry, pause_feed, resume_feed, pause_publisher, resume_publisher, poll_now, accept, dismiss, line_on, line_off, apply_reprocess or undo_reprocess.';

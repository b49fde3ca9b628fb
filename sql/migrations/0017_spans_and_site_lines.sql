-- Imported bodies keep their publisher's furniture; comparison leaves it out, and says which lines it left out.

alter table ingest.sketch add column site_lines bigint not null default 0;
comment on column ingest.sketch.site_lines is
  'Digest of the site lines that comparison leaves out of this text; 0 for none. Imported articles only: extraction has taken them out of pages.';

-- Where two texts share what they share, in both of them: a page that shares different passages with different pages
-- carries them both. Edges that older versions found say nothing of it until `newsflow dedupe --rebuild`.

-- Nobody but the step reads the columns that go.
alter table ingest.story_edge
  -- squawk-ignore ban-drop-column
  drop column inner_page, drop column part_start, drop column part_end,
  add column lo_start integer not null default 0, add column lo_end integer not null default 0,
  add column hi_start integer not null default 0, add column hi_end integer not null default 0;
comment on column ingest.story_edge.lo_start is 'Where in the page lo the shared passage begins, in tokens; 0 to 0 where nothing is said.';
comment on column ingest.story_edge.lo_end is 'Where it ends there.';
comment on column ingest.story_edge.hi_start is 'Where in the page hi the shared passage begins, in tokens; 0 to 0 where nothing is said.';
comment on column ingest.story_edge.hi_end is 'Where it ends there.';

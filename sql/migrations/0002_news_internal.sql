-- The schema news_internal: the tables behind the schema news, and the functions that keep them. They may change;
-- nobody but the pipeline builds on them.
--
-- Articles and their revisions, the log of changes, stories, kept counts, full-text search.

create schema news_internal;
comment on schema news_internal is 'Tables behind the schema news. They may change; build on the views of news instead.';

-- Articles ----------------------------------------------------------------------------------------
-- The newest content of each, its older contents, and what must not come back.

create table news_internal.article (
  article_id bigint primary key,
  story_id bigint not null,
  publisher_id integer not null,
  revision integer not null default 1 check (revision > 0),
  word_count integer not null default 0,
  similarity real not null default 1,
  language_confidence real not null default 0,
  is_origin boolean not null default true,
  published_at timestamptz check (published_at between '1400-01-01 00:00+00' and '2200-01-01 00:00+00'),
  modified_at timestamptz check (modified_at between '1400-01-01 00:00+00' and '2200-01-01 00:00+00'),
  first_seen_at timestamptz not null,
  captured_at timestamptz,
  loaded_at timestamptz not null,
  revised_at timestamptz not null,
  extraction_id bigint not null,
  capture_id bigint,
  run_id bigint,
  content_hash bytea not null,
  text_hash bytea not null,
  url text not null,
  title text not null,
  lead text not null,
  body text not null,
  authors text[] not null,
  agencies text[] not null,
  published_raw text not null,
  published_quality text not null,
  language text not null,
  section text not null,
  tags text[] not null,
  image_url text not null,
  image_caption text not null,
  page_type text not null,
  rights jsonb not null,
  sources jsonb not null,
  extractor text not null,
  cause text not null,
  changed text[] not null default '{}',
  body_purged_at timestamptz
);
create index article_published on news_internal.article (published_at);
create index article_publisher on news_internal.article (publisher_id, published_at);
create index article_story on news_internal.article (story_id);
create index article_url on news_internal.article using hash (url);
-- "The newest first" is written in two ways; NULLS LAST is the one that people mean.
create index article_newest on news_internal.article (published_at desc nulls last);
-- Since when a publisher is seen, and what came in an hour: coverage.
create index article_seen on news_internal.article (publisher_id, first_seen_at);
create index article_first_seen on news_internal.article (first_seen_at);
create index article_names on news_internal.article using gin (authors, tags);
-- "Since yesterday". Not BRIN: it forgets where new rows lie once they fill the holes that revisions leave.
create index article_loaded on news_internal.article (loaded_at);
create index article_revised on news_internal.article (revised_at) where revision > 1;
comment on table news_internal.article is 'The newest content of each article. No foreign key to the ledger: the loader holds the page''s row lock, and the check would cost a tenth of the load.';
comment on column news_internal.article.article_id is 'Key: the number of the page.';
comment on column news_internal.article.story_id is 'Story.';
comment on column news_internal.article.publisher_id is 'Publisher.';
comment on column news_internal.article.revision is 'Number of the current content, from 1.';
comment on column news_internal.article.word_count is 'Words of the body.';
comment on column news_internal.article.similarity is 'Share of the shorter text that this article and its story''s origin have in common.';
comment on column news_internal.article.language_confidence is 'Between 0 and 1.';
comment on column news_internal.article.is_origin is 'Whether it is the earliest of its story.';
comment on column news_internal.article.published_at is 'Time of publication.';
comment on column news_internal.article.modified_at is 'Time of the last change as the source says.';
comment on column news_internal.article.first_seen_at is 'When the page was discovered.';
comment on column news_internal.article.captured_at is 'When the exchange behind the current content took place.';
comment on column news_internal.article.loaded_at is 'When the article was first published to analysts.';
comment on column news_internal.article.revised_at is 'When the current content was published to analysts.';
comment on column news_internal.article.extraction_id is 'Extraction that the current content comes from.';
comment on column news_internal.article.capture_id is 'Capture behind it; null for imports.';
comment on column news_internal.article.run_id is 'Run that loaded the current content.';
comment on column news_internal.article.content_hash is 'sha256 over all that a revision is made of; equal means unchanged.';
comment on column news_internal.article.text_hash is 'sha256 of the normalised tokens of the body.';
comment on column news_internal.article.url is 'Canonical URL.';
comment on column news_internal.article.title is 'Headline.';
comment on column news_internal.article.lead is 'Lead, deck or summary.';
comment on column news_internal.article.body is 'Text, a paragraph a line.';
comment on column news_internal.article.authors is 'Persons.';
comment on column news_internal.article.agencies is 'News agencies credited.';
comment on column news_internal.article.published_raw is 'Time of publication as the source wrote it.';
comment on column news_internal.article.published_quality is 'exact, unzoned, day, clamped, guessed, doubtful or unknown.';
comment on column news_internal.article.language is 'ISO 639-1 code; empty where it can''t be told.';
comment on column news_internal.article.section is 'Section.';
comment on column news_internal.article.tags is 'Tags and keywords.';
comment on column news_internal.article.image_url is 'Lead image.';
comment on column news_internal.article.image_caption is 'Its caption.';
comment on column news_internal.article.page_type is 'article, live, opinion, video, gallery or podcast.';
comment on column news_internal.article.rights is 'Robots and text-and-data-mining signals.';
comment on column news_internal.article.sources is 'For each field with rival sources, which one won.';
comment on column news_internal.article.extractor is 'Version of the extractor.';
comment on column news_internal.article.cause is 'Why the current content was made: fetch, backfill, reprocess or import.';
comment on column news_internal.article.changed is 'Fields in which the current content differs from the one before; empty for revision 1.';
comment on column news_internal.article.body_purged_at is 'When a retention rule emptied the body; null while it is there.';

-- The body of an extraction that an article shows is kept once, with the article (maintain.drop_body_copies).
create function news_internal.extraction_body(extraction_id bigint, page_id bigint, body text) returns text
language sql stable set search_path = pg_catalog, pg_temp
return coalesce(extraction_body.body, (
  select a.body from news_internal.article a
  where a.article_id = extraction_body.page_id and a.extraction_id = extraction_body.extraction_id), '');
comment on function news_internal.extraction_body is 'The body of an extraction, wherever it is kept.';

create function news_internal.give_body_back() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update ingest.extraction e set body = old.body where e.extraction_id = old.extraction_id and e.body is null;
  return null;
end $$;
comment on function news_internal.give_body_back is 'Gives an extraction its body back when its article shows another one, or goes.';
create trigger article_shows_another after update of extraction_id on news_internal.article for each row
  when (old.extraction_id <> new.extraction_id) execute function news_internal.give_body_back();
create trigger article_gone after delete on news_internal.article for each row execute function news_internal.give_body_back();

create table news_internal.revision (
  article_id bigint not null,
  revision integer not null,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  word_count integer not null,
  language_confidence real not null,
  published_at timestamptz,
  modified_at timestamptz,
  captured_at timestamptz,
  extraction_id bigint not null,
  capture_id bigint,
  run_id bigint,
  content_hash bytea not null,
  text_hash bytea not null,
  title text not null,
  lead text not null,
  body text not null,
  authors text[] not null,
  agencies text[] not null,
  published_raw text not null,
  published_quality text not null,
  language text not null,
  section text not null,
  tags text[] not null,
  image_url text not null,
  image_caption text not null,
  page_type text not null,
  rights jsonb not null,
  sources jsonb not null,
  extractor text not null,
  cause text not null,
  changed text[] not null,
  primary key (article_id, revision, valid_until)
) partition by range (valid_until);
create table news_internal.revision_default partition of news_internal.revision default;
comment on table news_internal.revision is 'Older contents of articles; append-only, partitioned by the month in which each was replaced.';
comment on table news_internal.revision_default is 'Partition for months without one of their own.';
comment on column news_internal.revision.article_id is 'Article.';
comment on column news_internal.revision.revision is 'Number of this content, from 1.';
comment on column news_internal.revision.valid_from is 'When this content was published to analysts.';
comment on column news_internal.revision.valid_until is 'When the next one replaced it.';
comment on column news_internal.revision.word_count is 'Words of the body.';
comment on column news_internal.revision.language_confidence is 'Between 0 and 1.';
comment on column news_internal.revision.published_at is 'Time of publication.';
comment on column news_internal.revision.modified_at is 'Time of the last change as the source said.';
comment on column news_internal.revision.captured_at is 'When the exchange behind this content took place.';
comment on column news_internal.revision.extraction_id is 'Extraction that it came from.';
comment on column news_internal.revision.capture_id is 'Capture behind it; null for imports.';
comment on column news_internal.revision.run_id is 'Run that loaded it.';
comment on column news_internal.revision.content_hash is 'sha256 over all that a revision is made of.';
comment on column news_internal.revision.text_hash is 'sha256 of the normalised tokens of the body.';
comment on column news_internal.revision.title is 'Headline.';
comment on column news_internal.revision.lead is 'Lead, deck or summary.';
comment on column news_internal.revision.body is 'Text, a paragraph a line.';
comment on column news_internal.revision.authors is 'Persons.';
comment on column news_internal.revision.agencies is 'News agencies credited.';
comment on column news_internal.revision.published_raw is 'Time of publication as the source wrote it.';
comment on column news_internal.revision.published_quality is 'exact, unzoned, day, clamped, guessed, doubtful or unknown.';
comment on column news_internal.revision.language is 'ISO 639-1 code; empty where it can''t be told.';
comment on column news_internal.revision.section is 'Section.';
comment on column news_internal.revision.tags is 'Tags and keywords.';
comment on column news_internal.revision.image_url is 'Lead image.';
comment on column news_internal.revision.image_caption is 'Its caption.';
comment on column news_internal.revision.page_type is 'article, live, opinion, video, gallery or podcast.';
comment on column news_internal.revision.rights is 'Robots and text-and-data-mining signals.';
comment on column news_internal.revision.sources is 'For each field with rival sources, which one won.';
comment on column news_internal.revision.extractor is 'Version of the extractor.';
comment on column news_internal.revision.cause is 'Why it was made: fetch, backfill, reprocess or import.';
comment on column news_internal.revision.changed is 'Fields in which it differs from the content before; empty for revision 1.';

create table news_internal.tombstone (
  url_hash bytea primary key check (octet_length(url_hash) = 32),
  article_id bigint not null,
  kind text not null check (kind in ('retracted', 'purged')),
  why text not null,
  made_by text not null default current_user,
  made_at timestamptz not null default now()
);
comment on table news_internal.tombstone is 'Articles that were taken out and must not come back when a feed shows them again.';
comment on column news_internal.tombstone.url_hash is 'sha256 of the canonical URL.';
comment on column news_internal.tombstone.article_id is 'Article as it was numbered.';
comment on column news_internal.tombstone.kind is 'retracted by a person, or purged by a retention rule.';
comment on column news_internal.tombstone.why is 'Reason, for people.';
comment on column news_internal.tombstone.made_by is 'Database role that did it.';
comment on column news_internal.tombstone.made_at is 'When.';

-- Below this confidence a language is not told: on windows of 40 to 600 characters from 1,429 pages whose HTML states
-- their language, the detector was right in 98 of 100 cases with 0.5 and more, and in 69 of 100 below.
create function news_internal.told_language(language text, confidence real) returns text
language sql immutable parallel safe
return case when told_language.confidence >= 0.5 then nullif(told_language.language, '') end;
comment on function news_internal.told_language is 'A detected language, as analysts see it: null where it can''t be told or was told with a confidence below 0.5.';

create function news_internal.sample_key(article_id bigint) returns double precision
language sql immutable strict parallel safe
return ('x' || left(md5(sample_key.article_id::text), 13))::bit(52)::bigint / 4503599627370496.0::double precision;
comment on function news_internal.sample_key is 'First 52 bits of the md5 of the number in decimal digits, over 2^52: evenly spread over [0, 1), and anyone can compute it.';

-- For news.diff.
create function news_internal.diff_lines(old text[], new text[]) returns table (place integer, op text, line text)
language plpgsql immutable parallel safe as $$
declare
  n integer := coalesce(cardinality(old), 0);
  m integer := coalesce(cardinality(new), 0);
  width integer := m + 1;
  lengths integer[];
  i integer := 1;
  j integer := 1;
  cell integer;
begin
  place := 0;
  -- texts of thousands of paragraphs: which lines went and came, without their alignment
  if n::bigint * m > 1000000 then
    return query
    select (row_number() over (order by x.op desc, x.number))::integer, x.op, x.line
    from (
      select '-' as op, o.line, o.number from unnest(old) with ordinality as o (line, number)
      where not exists (select from unnest(new) as w (line) where w.line = o.line)
      union all
      select '+', w.line, w.number from unnest(new) with ordinality as w (line, number)
      where not exists (select from unnest(old) as o (line) where o.line = w.line)) x;
    return;
  end if;
  lengths := array_fill(0, array[(n + 1) * width]);
  for i in reverse n..1 loop
    for j in reverse m..1 loop
      cell := (i - 1) * width + j;
      if old[i] = new[j] then
        lengths[cell] := lengths[cell + width + 1] + 1;
      else
        lengths[cell] := greatest(lengths[cell + width], lengths[cell + 1]);
      end if;
    end loop;
  end loop;
  while i <= n or j <= m loop
    if i <= n and j <= m and old[i] = new[j] then
      i := i + 1;
      j := j + 1;
    else
      place := place + 1;
      if j > m or (i <= n and lengths[i * width + j] >= lengths[(i - 1) * width + j + 1]) then
        op := '-';
        line := old[i];
        i := i + 1;
      else
        op := '+';
        line := new[j];
        j := j + 1;
      end if;
      return next;
    end if;
  end loop;
end $$;
comment on function news_internal.diff_lines is 'Lines that went (-) and came (+), in order: longest common subsequence.';

-- For news.headlines: a feed's time has no quality of its own until an article was made of its entry.
create function news_internal.feed_time_quality(published_at timestamptz, raw text, seen_at timestamptz) returns text
language sql immutable parallel safe
return case
  when published_at is null then 'unknown'
  when published_at > seen_at + interval '15 minutes' then 'doubtful'
  when raw !~ '\d[:.h]\d\d' then 'day'
  when raw ~ '(^|[ T])\d{1,2}[:.h]\d\d(:\d\d(\.\d+)?)?\s*$' then 'unzoned'
  else 'exact' end;
comment on function news_internal.feed_time_quality is 'How far a time can be trusted that a feed tells, from how it is written: exact, unzoned, day, doubtful (after it was seen) or unknown.';

-- Addresses ---------------------------------------------------------------------------------------
-- For news.whereabouts. The rule is newsflow.web.urls.canonicalise; tests hold this writing of it against that one,
-- address by address. Left out are hosts beyond ASCII and links that wrap another link.

create function news_internal.tracks(parameter text) returns boolean
language sql stable parallel safe
begin atomic
  select exists (
    select from ingest.tracking t
    cross join lateral (select regexp_replace(lower(split_part(parameter, '=', 1)), '^amp;', '') as name,
      substr(parameter, length(split_part(parameter, '=', 1)) + 2) as value) p
    where (t.name = p.name or t.begins and starts_with(p.name, t.name))
      and (t.value_pattern is null or p.value ~* ('^(?:' || t.value_pattern || ')')));
end;
comment on function news_internal.tracks is 'Whether a parameter, as name=value, only tells how the reader came.';

create function news_internal.url_escaped(part text, reserved text) returns text
language sql immutable strict parallel safe
return (
  select coalesce(string_agg(
    case
      when token !~ '^%..' then case
        when ascii(token) between 33 and 126 and strpos(url_escaped.reserved, token) = 0 then token
        else regexp_replace(upper(encode(convert_to(token, 'UTF8'), 'hex')), '(..)', '%\1', 'g') end
      when get_byte(decode(substr(token, 2), 'hex'), 0) < 128
        and chr(nullif(get_byte(decode(substr(token, 2), 'hex'), 0), 0) % 128) ~ '[A-Za-z0-9._~-]'
        then chr(get_byte(decode(substr(token, 2), 'hex'), 0))
      else upper(token) end, '' order by place), '')
  from regexp_matches(url_escaped.part, '%[0-9a-fA-F]{2}|.', 'g') with ordinality as m (found, place)
  cross join lateral (select found[1] as token) x);
comment on function news_internal.url_escaped is 'A part of an address with escapes where the URL Standard wants them (beyond ASCII, blanks, the characters given), in upper case, and none for letters, digits and -._~ .';

create function news_internal.without_dots(path text) returns text
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  kept text[] := '{}';
  pieces text[] := string_to_array(substr(path, 2), '/');
  name text;
  place integer;
begin
  if path = '/' then
    return path;
  end if;
  for place in 1..cardinality(pieces) loop
    name := regexp_replace(pieces[place], '%2e', '.', 'gi');
    if name not in ('.', '..') then
      kept := kept || pieces[place];
      continue;
    end if;
    if name = '..' then
      kept := kept[1:cardinality(kept) - 1];
    end if;
    if place = cardinality(pieces) then
      kept := kept || ''::text;
    end if;
  end loop;
  return '/' || array_to_string(kept, '/');
end $$;
comment on function news_internal.without_dots is 'A path without its . and .. segments.';

create function news_internal.url_query(query text) returns text
language sql stable strict parallel safe
return (
  with piece as (
    select place, regexp_replace(text, case when strpos(text, '?') > 0
        and news_internal.tracks(substr(text, length(text) - strpos(reverse(text), '?') + 2)) then '\?[^?]*$' else '$' end, '') as text
    from unnest(string_to_array(url_query.query, '&')) with ordinality as p (text, place)
    where text <> ''
  )
  select coalesce('?' || string_agg(text, '&' order by case when many then split_part(text, '=', 1) collate "C" end, place), '')
  from (
    select text, place, bool_or(strpos(text, '=') > 0) over () as many from piece where not news_internal.tracks(text)
  ) kept);
comment on function news_internal.url_query is 'A query without what tracks, sorted by name.';

create function news_internal.canonical_url(url text) returns text
language plpgsql stable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  canonical text := btrim(url, e' \t\n\r\f\x0b');
  before text;
  parts text[];
  host text;
  path text;
begin
  if length(canonical) > 8192 then
    return null;
  end if;
  -- once more while it changes: an escape that is undone may be a dot
  for round in 1..8 loop
    before := canonical;
    parts := regexp_match(translate(canonical, e'\t\n\r', ''),
      '^(https?):[/\\]+([^/\\?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$', 'i');
    host := regexp_replace(lower(parts[2]), case lower(parts[1]) when 'http' then ':(80)?$' else ':(443)?$' end, '');
    host := regexp_replace(host, '\.(:\d+)?$', '\1');
    if host is null or host !~ '^(\[[0-9a-f:.]+\]|[a-z0-9_-]+(\.[a-z0-9_-]+)*)(:\d+)?$' then
      return null;
    end if;
    path := news_internal.without_dots('/' || regexp_replace(translate(parts[3], '\', '/'), '^/', ''));
    path := regexp_replace(news_internal.url_escaped(path, '"#<>?`{}^'), ';(?:jsessionid|phpsessid)=[^/?#;]*', '', 'gi');
    canonical := lower(parts[1]) || '://' || host || coalesce(nullif(path, ''), '/')
      || news_internal.url_query(news_internal.url_escaped(coalesce(parts[4], ''), '"#<>''' ))
      || case when parts[5] like '#!_%' then parts[5] else '' end;
    exit when canonical = before;
  end loop;
  return canonical;
end $$;
comment on function news_internal.canonical_url is 'The form under which a page is known, as the pipeline writes it; null for what is no address, or has a host beyond ASCII.';

-- Changes -----------------------------------------------------------------------------------------

create sequence news_internal.change_id as bigint cache 1;
comment on sequence news_internal.change_id is 'Numbers of news_internal.change; drawn only in the turn ''changes'' (ingest.turn), as the last act of a transaction, so that they become visible in order.';

create table news_internal.change (
  change_id bigint primary key,
  article_id bigint not null,
  story_id bigint not null,
  run_id bigint,
  revision integer not null,
  kind text not null check (kind in ('insert', 'revision', 'story', 'publisher', 'retraction')),
  changed_at timestamptz not null
);
create index change_article on news_internal.change (article_id, change_id);
comment on table news_internal.change is 'Log of all that consumers must hear of.';
comment on column news_internal.change.change_id is 'Key and cursor: becomes visible in ascending order.';
comment on column news_internal.change.article_id is 'Article.';
comment on column news_internal.change.story_id is 'Its story after the change.';
comment on column news_internal.change.run_id is 'Run that made it; null for a person''s act.';
comment on column news_internal.change.revision is 'Its revision after the change.';
comment on column news_internal.change.kind is 'insert, revision, story, publisher or retraction.';
comment on column news_internal.change.changed_at is 'When.';

create table news_internal.consumer (
  name text primary key,
  change_id bigint not null default 0,
  moved_at timestamptz
);
insert into news_internal.consumer (name) values ('search');
comment on table news_internal.consumer is 'Our own consumers of news.changes and how far they are.';
comment on column news_internal.consumer.name is 'Consumer.';
comment on column news_internal.consumer.change_id is 'Last change that it has dealt with.';
comment on column news_internal.consumer.moved_at is 'When.';

-- Stories -----------------------------------------------------------------------------------------
-- Kept as rows, and renewed by the transaction that changes a member: analysts see both at once.

create table news_internal.story (
  story_id bigint primary key,
  origin_article_id bigint not null,
  publisher_id integer not null,
  articles bigint not null,
  publishers bigint not null,
  first_published_at timestamptz,
  last_published_at timestamptz,
  least_similarity real not null,
  title text not null,
  languages text[] not null
);
create index story_first on news_internal.story (first_published_at);
create index story_spread on news_internal.story (publishers, first_published_at) where publishers > 1;
create index story_versions on news_internal.story (first_published_at) where articles > publishers;
comment on table news_internal.story is 'The stories behind news.stories. Written only by news_internal.renew_stories, after the change log''s lock was taken.';
comment on column news_internal.story.story_id is 'Key.';
comment on column news_internal.story.origin_article_id is 'Its earliest article.';
comment on column news_internal.story.publisher_id is 'Publisher of that article.';
comment on column news_internal.story.articles is 'Number of articles.';
comment on column news_internal.story.publishers is 'Number of different publishers.';
comment on column news_internal.story.first_published_at is 'Earliest time of publication.';
comment on column news_internal.story.last_published_at is 'Latest time of publication.';
comment on column news_internal.story.least_similarity is 'Smallest similarity of a member to the origin.';
comment on column news_internal.story.title is 'Headline of its earliest article.';
comment on column news_internal.story.languages is 'Languages of its articles.';

-- The list is joined, not searched: before PostgreSQL 18 `= any` reads it from end to end for each row.
create function news_internal.count_stories(stories bigint[]) returns setof news_internal.story
language sql stable parallel safe
begin atomic
  select a.story_id,
    (array_agg(a.article_id order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    (array_agg(a.publisher_id order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    count(*), count(distinct a.publisher_id), min(a.published_at), max(a.published_at), min(a.similarity),
    (array_agg(a.title order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    coalesce(array_agg(distinct news_internal.told_language(a.language, a.language_confidence))
      filter (where news_internal.told_language(a.language, a.language_confidence) is not null), '{}')
  from (
    select distinct story_id
    from unnest(coalesce(count_stories.stories, array(select x.story_id from news_internal.article x))) as story_id
  ) g
  join news_internal.article a on a.story_id = g.story_id
  group by a.story_id;
end;
comment on function news_internal.count_stories is 'Stories as their articles make them; null: all.';

create function news_internal.renew_stories(stories bigint[]) returns bigint
language sql set search_path = pg_catalog, pg_temp
begin atomic
  delete from news_internal.story s using unnest(renew_stories.stories) as g (story_id)
  where s.story_id = g.story_id
    and not exists (select from news_internal.article a where a.story_id = s.story_id);
  with put as (
    insert into news_internal.story as s
    select * from news_internal.count_stories(renew_stories.stories) c order by c.story_id
    on conflict (story_id) do update set
      origin_article_id = excluded.origin_article_id, publisher_id = excluded.publisher_id, articles = excluded.articles,
      publishers = excluded.publishers, first_published_at = excluded.first_published_at,
      last_published_at = excluded.last_published_at, least_similarity = excluded.least_similarity,
      title = excluded.title, languages = excluded.languages
    where s is distinct from excluded
    returning 1
  )
  select count(*) from put;
end;
comment on function news_internal.renew_stories is 'Brings the rows of some stories in line with their articles; returns how many changed. Only under the lock of the change log, or two loads that add to one story miss each other.';

-- Kept counts -------------------------------------------------------------------------------------
-- Coverage, freshness and daily counts are kept, a row a day of a publisher. Triggers note the days that articles
-- came to, changed in or left. Those days are counted when somebody asks, until renew_counts keeps them again. So
-- what the views say is what the articles say, at any time.

create table news_internal.stale_day (
  publisher_id integer not null,
  day date not null
);
comment on table news_internal.stale_day is 'Days of publishers whose kept counts are out of date. Written by triggers, emptied by renew_counts; a day may stand here often, for writers must not wait for each other.';
comment on column news_internal.stale_day.publisher_id is 'Publisher.';
comment on column news_internal.stale_day.day is 'Day, UTC.';

create table news_internal.hourly (
  publisher_id integer not null,
  day date not null,
  seen integer[] not null,
  primary key (day, publisher_id)
);
comment on table news_internal.hourly is 'Articles by hour, behind news.coverage.';
comment on column news_internal.hourly.publisher_id is 'Publisher.';
comment on column news_internal.hourly.day is 'Day, UTC.';
comment on column news_internal.hourly.seen is 'Articles of each of its 24 hours, without those that files brought: of publication; of first sight where the hour of publication is unknown.';

create table news_internal.delay (
  publisher_id integer not null,
  day date not null,
  articles bigint not null,
  published_to_seen_p50_s double precision not null,
  published_to_seen_p95_s double precision not null,
  seen_to_queryable_p50_s double precision not null,
  seen_to_queryable_p95_s double precision not null,
  published_to_queryable_p50_s double precision not null,
  published_to_queryable_p95_s double precision not null,
  primary key (day, publisher_id)
);
comment on table news_internal.delay is 'Delays by day of first sight, behind news.freshness.';
comment on column news_internal.delay.publisher_id is 'Publisher.';
comment on column news_internal.delay.day is 'Day (UTC) on which we first saw the articles.';
comment on column news_internal.delay.articles is 'Articles counted.';
comment on column news_internal.delay.published_to_seen_p50_s is 'As in news.freshness.';
comment on column news_internal.delay.published_to_seen_p95_s is 'As in news.freshness.';
comment on column news_internal.delay.seen_to_queryable_p50_s is 'As in news.freshness.';
comment on column news_internal.delay.seen_to_queryable_p95_s is 'As in news.freshness.';
comment on column news_internal.delay.published_to_queryable_p50_s is 'As in news.freshness.';
comment on column news_internal.delay.published_to_queryable_p95_s is 'As in news.freshness.';

create table news_internal.day_count (
  publisher_id integer not null,
  day date not null,
  language text not null,
  articles bigint not null,
  originals bigint not null,
  revised bigint not null,
  words bigint not null,
  newest_loaded_at timestamptz not null,
  language_confidence real not null,
  primary key (day, publisher_id, language)
);
comment on table news_internal.day_count is 'Counts behind news.daily.';
comment on column news_internal.day_count.publisher_id is 'Publisher.';
comment on column news_internal.day_count.day is 'Day of publication, UTC; of first sight where that is unknown.';
comment on column news_internal.day_count.language is 'ISO 639-1 code as analysts see it; empty where they see none.';
comment on column news_internal.day_count.articles is 'Articles.';
comment on column news_internal.day_count.originals is 'Of them, the earliest of their story.';
comment on column news_internal.day_count.revised is 'Of them, with more than one revision.';
comment on column news_internal.day_count.words is 'Words of their bodies.';
comment on column news_internal.day_count.newest_loaded_at is 'When the newest of them could first be queried.';
comment on column news_internal.day_count.language_confidence is 'Average confidence of the detection of their language.';

create function news_internal.day_start(day date, zone text default 'UTC') returns timestamptz
language sql stable strict parallel safe
return day_start.day::timestamp at time zone day_start.zone;
comment on function news_internal.day_start is 'Midnight, in a zone.';

create function news_internal.day_in(at timestamptz, zone text) returns date
language sql stable parallel safe
return (day_in.at at time zone coalesce(day_in.zone, 'UTC'))::date;
comment on function news_internal.day_in is 'The day of a time in a zone, or in UTC where none is known.';

-- What is stale is noted by the day in UTC, and read by the publisher's own days: so it is right whatever zone is set
-- while a load is under way.
create function news_internal.own_days(days news_internal.stale_day[]) returns news_internal.stale_day[]
language sql stable security definer parallel safe set search_path = pg_catalog, pg_temp
begin atomic
  select coalesce(array_agg(distinct row(b.publisher_id, b.first + n)::news_internal.stale_day), '{}')
  from (
    select d.publisher_id, news_internal.day_in(news_internal.day_start(d.day), p.time_zone) as first,
      news_internal.day_in(news_internal.day_start(d.day + 1) - interval '1 microsecond', p.time_zone) as last
    from (select distinct publisher_id, day from unnest(own_days.days)) d left join ingest.publisher p using (publisher_id)
  ) b cross join lateral generate_series(0, b.last - b.first) as n;
end;
comment on function news_internal.own_days is 'The days, in the publishers'' own zones, of which some days in UTC hold a part.';

-- Hours are counted as numbers: arithmetic with timestamps and intervals is most of the cost.
create function news_internal.hour_number(at timestamptz) returns integer
language sql stable strict parallel safe
return floor(date_part('epoch', at) / 3600)::integer;
comment on function news_internal.hour_number is 'Hours since 1970, UTC. Stable, as date_part is: else it would not be inlined.';

-- The three count functions go by publisher and day, through the indexes of the articles. OFFSET 0 keeps it so: the
-- planner would rather join by publisher alone, and compare each day with each article.
create function news_internal.count_hours(days news_internal.stale_day[]) returns setof news_internal.hourly
language sql stable security definer parallel safe set search_path = pg_catalog, pg_temp
begin atomic
  with counted as (
    select d.publisher_id, d.day, date_part('hour', a.at at time zone 'UTC')::integer as hour, count(*) as seen
    from (select distinct publisher_id, day from unnest(count_hours.days)) d
    cross join lateral (
      select x.published_at as at from news_internal.article x join ingest.page g on g.page_id = x.article_id
      where x.publisher_id = d.publisher_id and x.published_quality = 'exact' and g.discovered_by <> 'import'
        and x.published_at >= news_internal.day_start(d.day) and x.published_at < news_internal.day_start(d.day + 1)
      union all
      select x.first_seen_at from news_internal.article x join ingest.page g on g.page_id = x.article_id
      where x.publisher_id = d.publisher_id and x.published_quality <> 'exact' and g.discovered_by <> 'import'
        and x.first_seen_at >= news_internal.day_start(d.day) and x.first_seen_at < news_internal.day_start(d.day + 1)
      offset 0
    ) a
    group by 1, 2, 3
  )
  select c.publisher_id, c.day, array_agg(coalesce(c.seen, 0)::integer order by c.hour)
  from (
    select g.publisher_id, g.day, h.hour, f.seen
    from (select distinct publisher_id, day from counted) g
    cross join generate_series(0, 23) as h (hour)
    left join counted f on f.publisher_id = g.publisher_id and f.day = g.day and f.hour = h.hour
  ) c
  group by 1, 2;
end;
comment on function news_internal.count_hours is 'Articles by hour, as they are, without those that files brought; of some days of publishers.';

create function news_internal.count_delays(days news_internal.stale_day[]) returns setof news_internal.delay
language sql stable security definer parallel safe set search_path = pg_catalog, pg_temp
begin atomic
  select a.publisher_id, a.day, count(*),
    percentile_cont(0.5) within group (order by a.to_seen), percentile_cont(0.95) within group (order by a.to_seen),
    percentile_cont(0.5) within group (order by a.to_query), percentile_cont(0.95) within group (order by a.to_query),
    percentile_cont(0.5) within group (order by a.in_all), percentile_cont(0.95) within group (order by a.in_all)
  from (
    select d.publisher_id, d.day, x.to_seen, x.to_query, x.in_all
    from (select distinct publisher_id, day from unnest(count_delays.days)) d
    cross join lateral (
      select extract(epoch from x.first_seen_at - x.published_at)::double precision as to_seen,
        extract(epoch from x.loaded_at - x.first_seen_at)::double precision as to_query,
        extract(epoch from x.loaded_at - x.published_at)::double precision as in_all
      from news_internal.article x
      join ingest.page g on g.page_id = x.article_id and g.discovered_by in ('feed', 'sitemap')
      where x.publisher_id = d.publisher_id and x.published_quality = 'exact' and x.published_at <= x.first_seen_at
        and x.first_seen_at >= news_internal.day_start(d.day) and x.first_seen_at < news_internal.day_start(d.day + 1)
      offset 0
    ) x
  ) a
  group by a.publisher_id, a.day;
end;
comment on function news_internal.count_delays is 'Delays, as they are; of some days of publishers.';

-- Three hours more on both sides, for some clocks were set back so far over midnight: what tells is the day itself.
create function news_internal.count_days(days news_internal.stale_day[]) returns setof news_internal.day_count
language sql stable security definer parallel safe set search_path = pg_catalog, pg_temp
begin atomic
  select d.publisher_id, d.day, coalesce(news_internal.told_language(a.language, a.language_confidence), ''), count(*),
    count(*) filter (where a.is_origin), count(*) filter (where a.revision > 1), sum(a.word_count)::bigint, max(a.loaded_at),
    avg(a.language_confidence)::real
  from (
    select distinct g.publisher_id, g.day, coalesce(p.time_zone, 'UTC') as zone
    from unnest(count_days.days) g left join ingest.publisher p using (publisher_id)
  ) d
  cross join lateral (
    select x.language, x.language_confidence, x.is_origin, x.revision, x.word_count, x.loaded_at from news_internal.article x
    where x.publisher_id = d.publisher_id
      and x.published_at >= news_internal.day_start(d.day, d.zone) - interval '3 hours'
      and x.published_at < news_internal.day_start(d.day + 1, d.zone) + interval '3 hours'
      and (x.published_at at time zone d.zone)::date = d.day
    union all
    select x.language, x.language_confidence, x.is_origin, x.revision, x.word_count, x.loaded_at from news_internal.article x
    where x.publisher_id = d.publisher_id and x.published_at is null
      and x.first_seen_at >= news_internal.day_start(d.day, d.zone) - interval '3 hours'
      and x.first_seen_at < news_internal.day_start(d.day + 1, d.zone) + interval '3 hours'
      and (x.first_seen_at at time zone d.zone)::date = d.day
    offset 0
  ) a
  group by 1, 2, 3;
end;
comment on function news_internal.count_days is 'Counts by language, as they are; of some days of publishers, in their own zones.';

create function news_internal.stale_days() returns news_internal.stale_day[]
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select coalesce(array_agg(distinct row(s.publisher_id, s.day)::news_internal.stale_day), '{}') from news_internal.stale_day s;
end;
comment on function news_internal.stale_days is 'Days of publishers whose kept counts are out of date, each once.';

create function news_internal.note_days() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op <> 'INSERT' then
    insert into news_internal.stale_day
    select distinct b.publisher_id, (d.at at time zone 'UTC')::date
    from before b cross join lateral (values (coalesce(b.published_at, b.first_seen_at)), (b.first_seen_at)) d (at);
  end if;
  if tg_op <> 'DELETE' then
    insert into news_internal.stale_day
    select distinct a.publisher_id, (d.at at time zone 'UTC')::date
    from after a cross join lateral (values (coalesce(a.published_at, a.first_seen_at)), (a.first_seen_at)) d (at);
  end if;
  return null;
end $$;
comment on function news_internal.note_days is 'Notes the days that a statement''s articles counted for, and those that they count for now.';

create trigger article_inserted after insert on news_internal.article
  referencing new table as after for each statement execute function news_internal.note_days();
create trigger article_updated after update on news_internal.article
  referencing old table as before new table as after for each statement execute function news_internal.note_days();
create trigger article_deleted after delete on news_internal.article
  referencing old table as before for each statement execute function news_internal.note_days();

create function news_internal.renew_counts() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  days news_internal.stale_day[];
begin
  insert into ingest.turn (name) values ('counts') on conflict (name) do update set name = excluded.name;
  with gone as (delete from news_internal.stale_day returning publisher_id, day)
  select coalesce(array_agg(distinct row(g.publisher_id, g.day)::news_internal.stale_day), '{}') into days from gone g;
  delete from news_internal.hourly k using unnest(days) d where k.publisher_id = d.publisher_id and k.day = d.day;
  delete from news_internal.delay k using unnest(days) d where k.publisher_id = d.publisher_id and k.day = d.day;
  delete from news_internal.day_count k using unnest(news_internal.own_days(days)) d
  where k.publisher_id = d.publisher_id and k.day = d.day;
  insert into news_internal.hourly select * from news_internal.count_hours(days);
  insert into news_internal.delay select * from news_internal.count_delays(days);
  insert into news_internal.day_count select * from news_internal.count_days(news_internal.own_days(days));
  return cardinality(days);
end $$;
comment on function news_internal.renew_counts is 'Keeps the counts of stale days anew; returns how many days of publishers they were. What comes in meanwhile leaves its days stale.';

-- Another zone makes other days: all that are kept, and those beside them, are to be counted anew. In the turn of those
-- who keep counts, or one of them could keep a day as it was.
create function news_internal.note_zone() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into ingest.turn (name) values ('counts') on conflict (name) do update set name = excluded.name;
  insert into news_internal.stale_day
  select distinct k.publisher_id, k.day + n
  from news_internal.day_count k cross join generate_series(-1, 1) as n where k.publisher_id = new.publisher_id;
  return null;
end $$;
comment on function news_internal.note_zone is 'Notes all days of a publisher that has another time zone now.';

create trigger publisher_zone after update of time_zone on ingest.publisher
  for each row when (old.time_zone is distinct from new.time_zone) execute function news_internal.note_zone();

-- Full-text search --------------------------------------------------------------------------------
-- A side table that is filled after the load, for indexing costs far more than loading. docs/search.md tells what is
-- indexed of a word. news.search, news.hits and news.search_daily ask it.

-- Snowball's stemmers without lists of stop words: "the who", "US" and "bank of england" can be asked, and counted.
do $$
declare name text;
begin
  foreach name in array array['arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french',
    'german', 'greek', 'hindi', 'hungarian', 'indonesian', 'irish', 'italian', 'lithuanian', 'nepali', 'norwegian',
    'portuguese', 'romanian', 'russian', 'serbian', 'spanish', 'swedish', 'tamil', 'turkish', 'yiddish']
  loop
    execute format('create text search dictionary news_internal.%1$I (template = pg_catalog.snowball, language = %1$L)', name);
    execute format('create text search configuration news_internal.%1$I (copy = pg_catalog.simple)', name);
    execute format('alter text search configuration news_internal.%1$I alter mapping for asciiword, word, hword,
      hword_part, asciihword, hword_asciipart with news_internal.%1$I', name);
    execute format('comment on text search configuration news_internal.%I is ''Snowball without stop words.''', name);
    execute format('comment on text search dictionary news_internal.%I is ''Snowball without stop words.''', name);
  end loop;
end $$;

create function news_internal.fts_config(lang text) returns regconfig
language sql immutable strict parallel safe
return case lang
  when 'ar' then 'news_internal.arabic'::regconfig when 'hy' then 'news_internal.armenian'::regconfig
  when 'eu' then 'news_internal.basque'::regconfig when 'ca' then 'news_internal.catalan'::regconfig
  when 'da' then 'news_internal.danish'::regconfig when 'nl' then 'news_internal.dutch'::regconfig
  when 'en' then 'news_internal.english'::regconfig when 'fi' then 'news_internal.finnish'::regconfig
  when 'fr' then 'news_internal.french'::regconfig when 'de' then 'news_internal.german'::regconfig
  when 'el' then 'news_internal.greek'::regconfig when 'hi' then 'news_internal.hindi'::regconfig
  when 'hu' then 'news_internal.hungarian'::regconfig when 'id' then 'news_internal.indonesian'::regconfig
  when 'ms' then 'news_internal.indonesian'::regconfig when 'ga' then 'news_internal.irish'::regconfig
  when 'it' then 'news_internal.italian'::regconfig when 'lt' then 'news_internal.lithuanian'::regconfig
  when 'ne' then 'news_internal.nepali'::regconfig when 'no' then 'news_internal.norwegian'::regconfig
  when 'nb' then 'news_internal.norwegian'::regconfig when 'nn' then 'news_internal.norwegian'::regconfig
  when 'pt' then 'news_internal.portuguese'::regconfig when 'ro' then 'news_internal.romanian'::regconfig
  when 'ru' then 'news_internal.russian'::regconfig when 'sr' then 'news_internal.serbian'::regconfig
  when 'hr' then 'news_internal.serbian'::regconfig when 'bs' then 'news_internal.serbian'::regconfig
  when 'es' then 'news_internal.spanish'::regconfig when 'sv' then 'news_internal.swedish'::regconfig
  when 'ta' then 'news_internal.tamil'::regconfig when 'tr' then 'news_internal.turkish'::regconfig
  when 'yi' then 'news_internal.yiddish'::regconfig
  else 'pg_catalog.simple'::regconfig end;
comment on function news_internal.fts_config is 'Text search configuration of an ISO 639-1 code; simple for languages without a stemmer of Snowball''s.';

create function news_internal.fts_text(lang text, words text) returns text
language plpgsql immutable parallel safe as $$
begin
  if octet_length(words) = length(words) then
    return regexp_replace(words, '[/\\@:_+~#&=<>%.-]', ' ', 'g');  -- translate() takes nine times as long
  elsif lang in ('zh', 'ja', 'th', 'lo', 'km', 'my', '') then
    words := regexp_replace(normalize(words, nfkc),
      '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g');
  end if;
  -- Letters to the parser, but none to fold(): alone they would be words of nothing, and shift the places of others.
  -- Hebrew abbreviations (צה"ל) are one word, whichever quotation mark they are written with.
  if words ~ '[\u0591-\u06ed]' then
    words := regexp_replace(words, '[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]', '', 'g');
    words := regexp_replace(words, '(?<=[\u05d0-\u05ea])["''\u2018-\u201f\u05f3\u05f4]+(?=[\u05d0-\u05ea])', '', 'g');
  end if;
  return regexp_replace(regexp_replace(words,
    '[/\\@:_+~#&=<>%.\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u05f3\u05f4-]', ' ', 'g'),
    '[\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad]', '', 'g');
end $$;
comment on function news_internal.fts_text is 'A text of which PostgreSQL''s parser makes nothing but words: without the marks of which it would make addresses, paths, tags and decimals, and without invisible ones; in scripts that write without spaces each character is a word.';

-- Marks that NFD sets free go, but those of й, ї and ў, which are letters of their own, and of Indic and Thai vowels.
-- Of most texts only quotation marks, dashes and pictures are no ASCII, and stay; most others are in Latin letters, where
-- nothing has to be looked at from behind or put together again.
create function news_internal.fold(words text) returns text
language plpgsql immutable strict parallel safe as $$
begin
  if words !~ '[^\x01-\x7f\u00a0-\u00bf\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2122\u2500-\u27bf\ufe0f\U0001f300-\U0001faff]' then
    return words;
  elsif words !~ '[^\x01-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2122\u2500-\u27bf\ufe0f\U0001f300-\U0001faff]' then
    words := regexp_replace(normalize(words, nfd), '[\u0300-\u036f]+', '', 'g');
    if words ~ '[łŁøØđĐðÐħĦıŧŦĸŋŊ]' then
      words := translate(words, 'łŁøØđĐðÐħĦıŧŦĸŋŊ', 'lLoOdDdDhHitTknN');
    end if;
  else
    words := translate(
      normalize(regexp_replace(normalize(words, nfd),
        '[\u0300-\u0305\u0307\u0309-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]|(?<![ИиУу])\u0306|(?<![Іі])\u0308',
        '', 'g'), nfc),
      'łŁøØđĐðÐħĦıŧŦĸŋŊґҐς' || e'\u06cc\u06a9\u0649\u06c1\u0629ʼ׳״', 'lLoOdDdDhHitTknNгГσ' || e'\u064a\u0643\u064a\u0647\u0647');
  end if;
  return replace(replace(replace(replace(replace(words, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'Æ', 'AE'), 'þ', 'th');
end $$;
comment on function news_internal.fold is 'A text without accents and other marks on letters, as people type it who lack them: Łódź is Lodz. й, ї and ў stay, for they are letters.';

-- Light stemmers: few rules a language, by its grammar, tested by benchmarks/search_words.tsv. They work on a tsvector's
-- text ('word':1,2 'other':3), so that each word is stemmed once and keeps its places.
create function news_internal.stems_lightly(lang text) returns boolean
language sql immutable parallel safe
return lang in ('pl', 'cs', 'sk', 'uk', 'be', 'bg', 'mk', 'sl', 'he', 'ko', 'fa', 'ur', 'et', 'lv', 'bn');
comment on function news_internal.stems_lightly is 'Whether a language is stemmed by news_internal.light_stem alone: Snowball has no stemmer for it that all our servers have.';

-- Word by word: to look behind, PostgreSQL reads a text from its beginning for each match, so that long ones took minutes.
create function news_internal.strip_ends(words text, kept integer, ends text) returns text
language sql immutable parallel safe
return (select coalesce(string_agg(regexp_replace(word, '(?<=[^'' ]{' || kept || '})(?:' || ends || ')(?='':)', ''), ' '), '')
  from string_to_table(words, ' ') word);
comment on function news_internal.strip_ends is 'Takes endings off the words of a tsvector''s text that keep so many letters at least; the longest that fits.';

create function news_internal.turn_ends(words text, kept integer, ends text, into_ends text) returns text
language sql immutable parallel safe
return (select coalesce(string_agg(regexp_replace(word, '(?<=[^'' ]{' || kept || '})' || ends || '(?='':)', into_ends), ' '), '')
  from string_to_table(words, ' ') word);
comment on function news_internal.turn_ends is 'Writes endings of the words of a tsvector''s text otherwise.';

create function news_internal.light_stem(lang text, words text) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  w text := words;
  plural text;
begin
  case lang
  when 'pl' then
    w := news_internal.strip_ends(w, 3, 'iami|ami|iach|ach|iego|ego|iemu|emu|ymi|imi|ych|ich|ech|iej|ej|iem|em|im|ym|iom|om|ia|ie|io|iu|a|e|i|o|u|y');
    w := news_internal.strip_ends(w, 3, 'ow|i');
    w := news_internal.strip_ends(w, 5, '[aei]l|[aeiy]c');
    w := news_internal.turn_ends(w, 3, 'rz', 'r');
    w := news_internal.turn_ends(news_internal.turn_ends(w, 3, 'cz', 'c'), 2, 'dz', 'd');
    w := news_internal.turn_ends(w, 3, 'g', 'd');
    w := news_internal.turn_ends(w, 3, 'i?e([kcrnl])', '\1');
    return news_internal.turn_ends(w, 4, '[ckt]', 't');
  when 'cs', 'sk' then
    w := news_internal.strip_ends(w, 3, 'ami|emi|imi|ymi|iach|ach|ech|ich|ych|eho|iho|emu|imu|ej|ou|em|im|om|um|ym|am|iam|ia|ie|iu|a|e|i|o|u|y');
    w := news_internal.strip_ends(w, 3, 'ov|i');
    w := news_internal.turn_ends(w, 2, 'e([kcrnbl])', '\1');
    w := news_internal.turn_ends(w, 3, 'c', 'k');
    return news_internal.turn_ends(w, 3, 'z', 'h');
  when 'uk', 'be' then
    w := news_internal.strip_ends(w, 3, 'ами|ями|ей|ові|еві|єві|ьому|ього|ого|ому|ими|іми|ах|ях|ів|їв|ий|ій|їй|их|іх|ією|ою|ею|єю|ям|ам|ом|ем|єм|им|ім|ої|ії|ія|ію|а|е|и|і|о|у|ю|я|є|ї|ь|й');
    w := news_internal.strip_ends(w, 3, 'ов|ев|єв|ів|и|і|ь|й');
    w := news_internal.strip_ends(w, 2, '[їє]в');
    w := news_internal.turn_ends(w, 3, 'е([цкнр])', '\1');
    w := news_internal.turn_ends(w, 1, '[іїоеє]([бвгджзклмнпрстфхчшщ])', 'о\1');
    w := news_internal.turn_ends(w, 3, 'ц', 'к');
    return news_internal.turn_ends(w, 3, 'з', 'г');
  when 'bg', 'mk' then
    w := news_internal.strip_ends(w, 3, 'ият|ия|ът|ят|ата|ята|ото|ето|ите|та|то|те');
    w := news_internal.strip_ends(w, 3, 'ове|еве|а|я|о|е|и|у|й');
    w := news_internal.strip_ends(w, 3, 'и');
    return news_internal.turn_ends(w, 2, 'ъ([рл])', '\1');
  when 'sl' then
    return news_internal.strip_ends(w, 3, 'ami|ega|emu|ima|ih|im|om|em|ov|ev|ah|eh|oma|ema|a|e|i|o|u');
  when 'he' then
    w := w || ' ' || regexp_replace(w, '(?<='')[והבלמכש](?=[^'' ]{3})', '', 'g')
      || ' ' || regexp_replace(w, '(?<='')(?:ו[הבלמכש]|ש[הבלמכ]|כש|מה|לה)(?=[^'' ]{3})', '', 'g');
    return translate(news_internal.strip_ends(w, 3, 'יים|ים|יות|ות|ית|ה|ת|י'), 'ךםןףץ', 'כמנפצ');
  when 'ko' then
    return w || ' ' || news_internal.strip_ends(news_internal.strip_ends(w, 2, '으로부터|에서부터|이라고|이라며|이라는|에서는|에서도|으로는|으로도|으로서|으로써|했습니다|합니다|입니다|됩니다|하는|한다|했다|하다|하고|하며|하기|하면|했고|해야|된다|됐다|되는|되고|에게서|에게|한테|까지|부터|에서|으로|로서|로써|라고|라며|라는|보다|처럼|마다|조차|마저|밖에|이나|이며|이고|이다|에는|에도|에만|와의|과의|로의|께서|은|는|이|가|을|를|에|의|도|만|로|와|과|나|며|한|할|함|해|된'), 2, '들');
  when 'fa', 'ur' then
    return w || ' ' || news_internal.strip_ends(w, 3, 'هايي|هاي|ها|ترين|تر|ان|ات|اش|ام|ياں|وں|يں|ي|م|ش|ے|ا|و')
      || ' ' || regexp_replace(w, '(?<='')ن?مي(?=[^'' ]{3})', '', 'g');
  when 'et' then
    w := w || ' ' || news_internal.strip_ends(w, 3, 'dega|deta|dele|delt|del|desse|dest|des|dena|deni|deks|tega|tele|sse|st|le|lt|ks|ni|na|ta|ga|te|de|id|s|l|d|t');
    w := w || ' ' || news_internal.strip_ends(w, 3, '[aeiu]');
    return w || ' ' || news_internal.turn_ends(news_internal.turn_ends(news_internal.turn_ends(w, 2, 'g', 'k'), 2, 'b', 'p'), 2, 'd', 't');
  when 'lv' then
    return news_internal.strip_ends(w, 3, 'ajiem|ajam|ajai|ajos|ajas|iem|ais|am|ai|as|os|us|is|es|im|em|ie|ij|ei|i|u|a|e|s|m');
  when 'bn' then
    return w || ' ' || news_internal.strip_ends(w, 2, 'গুলোর|গুলো|গুলি|দের|ের|রা|কে|তে|টি|টা|র|ে');
  when 'es', 'ca' then
    return w || ' ' || news_internal.strip_ends(w, 3, 'es|s');
  when 'pt' then
    return w || ' ' || news_internal.strip_ends(news_internal.turn_ends(w, 1, '(?:oes|aes)', 'ao'), 3, 's');
  when 'sv', 'da', 'no', 'nb', 'nn' then
    return w || ' ' || news_internal.turn_ends(news_internal.turn_ends(news_internal.strip_ends(w, 3,
        'arnas|ernas|orna|arna|erna|erne|enes|ene|ens|ets|en|et|er|ar|or|es|e|a|s|n'), 3, 'e([rln])', '\1'), 2, '([lmnt])\1', '\1')
      || ' ' || news_internal.turn_ends(news_internal.strip_ends(w, 3, 'arna|erne|ene|ens|en|ar|e|a|s'), 3, 'e([rln])', '\1');
  when 'nl' then
    w := news_internal.turn_ends(news_internal.strip_ends(w, 3, 'en|e'), 1, '([aeou])\1([bdfgklmnprstvz])', '\1\2');
    w := news_internal.turn_ends(w, 2, '([bdfgklmnprst])\1', '\1');
    return news_internal.turn_ends(news_internal.turn_ends(w, 2, 'z', 's'), 2, 'v', 'f');
  when 'fi' then
    w := news_internal.turn_ends(w, 2, 'inen', 'ise');
    w := news_internal.strip_ends(w, 3, 'ssa|sta|lla|lta|lle|ksi|tta|ten|jen|den|n|t');
    w := news_internal.strip_ends(w, 2, '[aeiouy]+');
    w := news_internal.turn_ends(w, 2, 'ks', 's');
    w := news_internal.turn_ends(w, 2, 'ng', 'nk');
    w := news_internal.turn_ends(news_internal.turn_ends(w, 2, 'nn', 'nt'), 2, 'mm', 'mp');
    w := news_internal.turn_ends(news_internal.turn_ends(w, 2, 'll', 'lt'), 2, 'rr', 'rt');
    w := news_internal.turn_ends(news_internal.turn_ends(w, 2, '([ptk])\1', '\1'), 2, 'd', 't');
    return news_internal.turn_ends(w, 2, '([rl])k', '\1');
  when 'tr' then
    plural := w || ' ' || news_internal.strip_ends(w, 2, 'l[ae]r');
    w := news_internal.strip_ends(w, 3, 'nda[nk]i?|nde[nk]i?|nda|nde|daki|deki|[dt][ae]n|[dt][ae]|nin|nun|n[aeiu]|y[aeiu]|yl[ae]');
    w := news_internal.strip_ends(w, 3, 's[iu]');
    w := news_internal.strip_ends(w, 4, '[iu]n');
    w := news_internal.strip_ends(w, 3, '[aeiu]');
    w := news_internal.strip_ends(w, 2, 'l[ae]r');
    w := news_internal.strip_ends(w, 3, '[aeiu]');
    return plural || ' ' || news_internal.turn_ends(news_internal.turn_ends(news_internal.turn_ends(w, 2, 'b', 'p'), 2, 'd', 't'), 2, 'g', 'k');
  when 'ar' then
    w := regexp_replace(w, '(?<='')(?:[وفبك]?ال|و?لل|و)(?=[^'' ]{3})', '', 'g');
    return news_internal.strip_ends(w, 3, 'ات|ون|ين|ان|يه|ه|ي');
  when 'ro' then
    return news_internal.turn_ends(news_internal.strip_ends(w, 3, 'ilor|elor|ului|ile|ele|ul|lui|ei|ii|ea|le|i|a|e|u'), 2, 'oa([lrtdnms])', 'o\1');
  when 'el' then
    return news_internal.strip_ends(news_internal.strip_ends(w, 3, 'ουσ|εισ|εων|ων|ου|οσ|οι|ησ|ασ|εσ|η|α|ο|ε|ι|υ|ω'), 3, 'ι|ε');
  when 'hu' then
    return w || ' ' || news_internal.strip_ends(w, 3, 'ban|ben|nak|nek|val|vel|bol|rol|tol|hoz|hez|on|en|ok|ek|ak|ot|et|at|k|t|i|a|e|ja|je');
  when 'id', 'ms' then
    return w || ' ' || news_internal.strip_ends(w, 3, 'nya|kan|an');
  else
    return '';
  end case;
end $$;
comment on function news_internal.light_stem is 'Stems of the words of a tsvector''s text, which are in lower case and without accents: endings of nouns and adjectives first, then what the stem''s last letters become in front of them (Praha, Praze; Helsinki, Helsingin). Where an ending may as well be a part of the word, the word stays beside its stem. Empty for languages without rules here.';

create function news_internal.fts_stems(lang text, words text, plain text, simple text) returns text
language plpgsql immutable parallel safe as $$
declare
  -- marked, so that no word* takes a stem for a word
  light constant text := case when lang <> 'en' then
    replace(' ' || news_internal.light_stem(lang, simple), ' ''', ' ''~') end;
  stems text;
begin
  if news_internal.stems_lightly(lang) then
    return light;
  end if;
  stems := to_tsvector(news_internal.fts_config(lang), words)::text;
  if plain <> words then
    stems := regexp_replace(news_internal.fold(' ' || stems), ' '''':[0-9,]+', '', 'g') || ' ' || to_tsvector(news_internal.fts_config(lang), plain)::text;
    -- Zuerich for Zürich, Aarhus for Århus; in these languages the letters are no other way to write two
    if lang not in ('tr', 'hu', 'fi', 'et', 'az') and words ~ '[äöüåøÄÖÜÅØ]' then
      stems := stems || ' ' || to_tsvector(news_internal.fts_config(lang), news_internal.fold(
        replace(replace(replace(replace(replace(lower(words), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'å', 'aa'), 'ø', 'oe')))::text;
    end if;
  end if;
  -- company and companies meet in "company", so that compani* does not find the company
  return case when lang = 'en' then replace(stems, 'i'':', 'y'':') else stems || ' ' || light end;
end $$;
comment on function news_internal.fts_stems(text, text, text, text) is 'Stems of a text with their places, as a tsvector is written: of the words as they stand, folded afterwards, and of the folded words. A text and a question that share one of them meet. plain: the text, folded; simple: its words with their places.';

create function news_internal.fts_stems(lang text, words text) returns text
language sql immutable parallel safe
return news_internal.fts_stems(lang, words, news_internal.fold(words), to_tsvector('pg_catalog.simple', news_internal.fold(words))::text);
comment on function news_internal.fts_stems(text, text) is 'The same of a word that is asked.';

create function news_internal.fts_words(lang text, words text) returns tsvector
language plpgsql immutable parallel safe as $$
declare
  prepared constant text := news_internal.fts_text(lang, words);
  plain constant text := news_internal.fold(prepared);
  simple constant text := to_tsvector('pg_catalog.simple', plain)::text;
begin
  return (simple || ' ' || news_internal.fts_stems(lang, prepared, plain, simple))::tsvector;
end $$;
comment on function news_internal.fts_words is 'What is indexed of a text: its words without accents, for word*, and their stems, at the same places.';

create function news_internal.fts_document(lang text, title text, lead text, body text) returns tsvector
language plpgsql immutable parallel safe as $$
declare
  own constant tsvector := array_to_tsvector(array['@' || lang]);
  gap constant tsvector := '''@'':50';  -- so that no phrase reaches from the headline into the text
  headline constant tsvector := news_internal.fts_words(lang, left(title, 1000));
begin
  return ts_delete(setweight((headline::text || replace(' ' || headline::text, ' ''', ' ''^'))::tsvector, 'A') || gap
    || setweight(news_internal.fts_words(lang, left(lead, 5000)), 'B') || gap
    || news_internal.fts_words(lang, left(body, 80000)), '@') || own;
exception when program_limit_exceeded or syntax_error then
  return setweight(to_tsvector('pg_catalog.simple', left(title, 1000)), 'A') || own;
end $$;
comment on function news_internal.fts_document is 'What is searched of an article, and, marked, the headline''s words and the language (^oil, @en), so that the index alone answers. A body past 80,000 characters is cut, for a tsvector holds 1 MB; a text that still does not fit is found by its title.';

-- Queries: docs/search.md has their grammar -----------------------------------------------------------

create type news_internal.query_part as (kind text, words text, field text, distance integer, place integer);
comment on type news_internal.query_part is 'A part of a search: word, prefix, phrase or near with its words, or and, or, not; and the character of q at which it stands.';

create function news_internal.refuse_query(part text, place integer, why text) returns void
language plpgsql immutable as $$
begin
  raise exception 'q can''t be read at character %, "%": %', place, left(part, 60), why
    using errcode = 'invalid_parameter_value', hint = 'The grammar: a b, a AND b, a OR b, NOT a, -a, (a OR b), word*, "a b", "a b"~5, title:a.';
end $$;
comment on function news_internal.refuse_query is 'Says what of a search can''t be read, and where.';

create function news_internal.check_query(q text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  -- PostgreSQL's parsers of queries can't be interrupted: 5 MB of words ran for minutes, past statement_timeout
  if q is null then
    raise exception 'q is empty' using errcode = 'invalid_parameter_value';
  elsif length(q) > 1000 then
    raise exception 'q has % characters, and may have 1,000', length(q)
      using errcode = 'program_limit_exceeded', hint = 'Ask for fewer words, or in several searches.';
  end if;
end $$;
comment on function news_internal.check_query is 'Refuses a search of more than 1,000 characters.';

create function news_internal.plain_query(q text) returns text
language sql immutable parallel safe
return translate(
  -- gershayim inside a Hebrew word are no quotation marks
  regexp_replace(q, '([\u05d0-\u05ea])["\u201c-\u201f\u05f4]([\u05d0-\u05ea])', e'\\1\u05f4\\2', 'g'),
  e'\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u2033\u275d\u275e\u300c\u300d\u300e\u300f\u301d\u301e\u301f\uff02\uff08\uff09\uff1a\uff0a'
    || e'\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00a0\u3000\u2003\u2009\u202f\t\n\r\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad',
  repeat('"', 18) || '"():*' || repeat('-', 10) || '        ');
comment on function news_internal.plain_query is 'A search with the plain signs of the grammar for those that keyboards and word processors make of them, and without invisible marks.';

create function news_internal.check_parts(parts news_internal.query_part[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  part news_internal.query_part;
  finds boolean[] := '{}';  -- for each open part: whether it says what is to be found
  n integer := 0;
  denied news_internal.query_part;
begin
  foreach part in array parts loop
    if part.kind = 'not' then
      finds[n] := false;
      denied := part;
    elsif part.kind in ('and', 'or') then
      finds[n - 1] := case part.kind when 'and' then finds[n - 1] or finds[n] else finds[n - 1] and finds[n] end;
      n := n - 1;
    else
      n := n + 1;
      finds[n] := true;
    end if;
  end loop;
  if not finds[1] then
    perform news_internal.refuse_query(denied.words, denied.place, 'this says only what is not to be found; say beside it what is');
  end if;
end $$;
comment on function news_internal.check_parts is 'Refuses a search that, or one choice of which, only excludes: it would be nearly all articles.';

create function news_internal.near_choices(words integer, distance integer) returns numeric
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare choices numeric := 1;
begin
  for n in 2..least(words, 20) loop
    choices := choices * n * greatest(distance - n + 2, 0) / (n - 1);
  end loop;
  return choices;
end $$;
comment on function news_internal.near_choices is 'How many orders, and distances between them, words can have that stand so near to each other: each is tried.';

create function news_internal.read_query(q text) returns news_internal.query_part[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  asked constant text := news_internal.plain_query(q);
  ends constant integer := length(asked);
  places integer[];
  at integer := 1;
  run text;
  tail text;
  body text;
  field text;
  wants boolean := true;  -- whether a word, phrase or bracket must come next
  leaves integer := 0;
  words integer;  -- of one word or phrase: a/b is two
  all_words integer := 0;
  tried integer := 0;  -- distances, and beginnings of words: each costs as much as many words
  waiting news_internal.query_part[] := '{}';  -- operators and brackets that are still open
  depth integer := 0;
  made news_internal.query_part[] := '{}';  -- in postfix order
  part news_internal.query_part;
  top news_internal.query_part;
begin
  perform news_internal.check_query(q);
  loop
    at := at + length(substring(substr(asked, at) from '^ *'));
    exit when at > ends;
    part := null;
    part.place := at;
    run := substring(substr(asked, at) from '^[^ ()"]+');
    if substr(asked, at, 1) = ')' then
      if wants then
        perform news_internal.refuse_query(')', at, 'a word must stand before it');
      end if;
      loop
        if cardinality(waiting) = 0 then
          perform news_internal.refuse_query(')', at, 'no bracket is open');
        end if;
        top := waiting[cardinality(waiting)];
        waiting := trim_array(waiting, 1);
        exit when top.kind = '(';
        made := made || top;
      end loop;
      field := top.field;
      depth := depth - 1;
      at := at + 1;
      continue;
    end if;
    if lower(run) in ('and', 'or') then
      if wants then
        perform news_internal.refuse_query(run, at, 'a word must stand before it');
      end if;
      part.kind := lower(run);
      part.words := run;
      -- AND binds closer than OR
      while cardinality(waiting) > 0 and (waiting[cardinality(waiting)].kind in ('not', 'and')
        or waiting[cardinality(waiting)].kind = part.kind) loop
        made := made || waiting[cardinality(waiting)];
        waiting := trim_array(waiting, 1);
      end loop;
      waiting := waiting || part;
      wants := true;
      at := at + length(run);
      continue;
    end if;
    if not wants then  -- two words side by side: both
      part.kind := 'and';
      while cardinality(waiting) > 0 and waiting[cardinality(waiting)].kind in ('not', 'and') loop
        made := made || waiting[cardinality(waiting)];
        waiting := trim_array(waiting, 1);
      end loop;
      waiting := waiting || part;
      wants := true;
      part.kind := null;
    end if;
    if lower(run) = 'not' or run like '-%' then
      part.kind := 'not';
      part.words := case when run like '-%' then '-' else run end;
      at := at + length(part.words);
      if part.words = '-' and (at > ends or substr(asked, at, 1) in (' ', ')')) then
        perform news_internal.refuse_query(run, part.place, 'a word must stand directly behind it');
      end if;
      waiting := waiting || part;
      continue;
    end if;
    part.field := field;
    if run ~ '^[^0-9:][^:]*:' then
      part.field := lower(split_part(run, ':', 1));
      if part.field <> 'title' then
        perform news_internal.refuse_query(run, at, 'there is no such field, only title:; to search for a colon, put the words in quotes');
      end if;
      at := at + length(part.field) + 1;
      if substr(asked, at, 1) in ('', ' ', ')') then
        perform news_internal.refuse_query(run, part.place, 'a word, a phrase or a bracket must stand directly behind it');
      end if;
      run := substring(substr(asked, at) from '^[^ ()"]+');
      if run ~ '^-|^[^0-9:][^:]*:' or lower(run) in ('and', 'or', 'not') then
        perform news_internal.refuse_query(run, at, 'directly behind title: only a word, a phrase or a bracket may stand; what the headline must not have is written -title:a');
      end if;
    end if;
    if substr(asked, at, 1) = '(' then
      depth := depth + 1;
      if depth > 100 then
        raise exception 'q has brackets inside of more than 100 others, at character %', at using errcode = 'program_limit_exceeded';
      end if;
      top := part;
      top.kind := '(';
      top.words := '(';
      top.field := field;
      waiting := waiting || top;
      field := part.field;
      at := at + 1;
      continue;
    end if;
    if substr(asked, at, 1) = '"' then
      body := substring(substr(asked, at) from '^"([^"]*)"');
      if body is null then
        perform news_internal.refuse_query(substr(asked, at), at, 'the quotation mark is not closed');
      end if;
      at := at + length(body) + 2;
      tail := coalesce(substring(substr(asked, at) from '^[^ ()"]+'), '');
      if tail <> '' and tail !~ '^~[0-9]+$' then
        perform news_internal.refuse_query(tail, at, 'behind a phrase only ~ and a number of words may stand, such as "a b"~5');
      end if;
      part.words := body;
      part.kind := case tail when '' then 'phrase' else 'near' end;
      if tail <> '' and (length(tail) > 4 or substr(tail, 2)::integer not between 1 and 100) then
        perform news_internal.refuse_query(tail, at, 'the distance is 1 to 100 words');
      end if;
      part.distance := nullif(substr(tail, 2), '')::integer;
      at := at + length(tail);
    else
      part.kind := case when run like '%*' then 'prefix' else 'word' end;
      part.words := case when run like '%*' then left(run, -1) else run end;
      at := at + length(run);
      if part.words ~ '[|~]|^!' then
        perform news_internal.refuse_query(run, part.place, '| and ! are written OR and NOT, and ~ stands behind a phrase; to search for such signs, put them in quotes');
      end if;
      if part.kind = 'prefix' and part.words ~ '^[A-Za-z0-9]?$' and part.words <> '' then
        perform news_internal.refuse_query(run, part.place, 'two letters at least must stand before the star');
      end if;
      if part.words ~ '[*]|[?].' or part.words = '' then
        perform news_internal.refuse_query(run, part.place, 'a star stands only at the end of a word, for its other endings');
      end if;
    end if;
    words := coalesce((select sum(cardinality(w.positions))
      from unnest(to_tsvector('pg_catalog.simple', news_internal.fold(news_internal.fts_text('zh', part.words)))) w), 0);
    if words = 0 then
      perform news_internal.refuse_query(coalesce(run, '"' || part.words || '"'), part.place, 'there is no letter and no digit in it; write AND, OR or NOT, or leave it out');
    end if;
    leaves := leaves + 1;
    all_words := all_words + words;
    tried := tried + case part.kind when 'prefix' then 10 when 'near'
      then least(news_internal.near_choices(words, part.distance), 240) / 2
      else 0 end;
    if leaves > 100 then
      raise exception 'q has more than 100 words and phrases' using errcode = 'program_limit_exceeded';
    elsif all_words > 200 then
      raise exception 'q has more than 200 words, those of phrases counted' using errcode = 'program_limit_exceeded',
        hint = 'What is written together, such as a/b/c, is as many words; so is each Chinese or Japanese character.';
    elsif tried > 200 then
      raise exception 'q has too many word* or too long distances, at character %', part.place using errcode = 'program_limit_exceeded',
        hint = 'There may be 20 word*, or 200 words of distance in all phrases together.';
    end if;
    made := made || part;
    wants := false;
  end loop;
  if cardinality(made) = 0 and cardinality(waiting) = 0 then
    raise exception 'q is empty' using errcode = 'invalid_parameter_value';
  elsif wants then
    top := waiting[cardinality(waiting)];
    perform news_internal.refuse_query(top.words, top.place, 'a word must stand behind it');
  end if;
  while cardinality(waiting) > 0 loop
    top := waiting[cardinality(waiting)];
    if top.kind = '(' then
      perform news_internal.refuse_query('(', top.place, 'the bracket is not closed');
    end if;
    made := made || top;
    waiting := trim_array(waiting, 1);
  end loop;
  perform news_internal.check_parts(made);
  return made;
end $$;
comment on function news_internal.read_query is 'The parts of a search in postfix order. What can''t be read is an error that names the part and its place.';

create function news_internal.near_query(behind text, others text[], room integer) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  count constant integer := cardinality(others);
  made text[] := '{}';
  one text;
begin
  for n in 1..count loop
    for distance in 1..case when behind is null then 1 else room - count + 1 end loop
      one := case when behind is null then others[n] else behind || ' <' || distance || '> ' || others[n] end;
      if count > 1 then
        one := news_internal.near_query(one, others[:n - 1] || others[n + 1:], case when behind is null then room else room - distance end);
      end if;
      made := made || one;
    end loop;
  end loop;
  return array_to_string(made, ' | ');
end $$;
comment on function news_internal.near_query is 'Words in any order, the last no more than so many words behind the first: an exact distance for each order, for PostgreSQL knows no other.';

create function news_internal.leaf_query(lang text, part news_internal.query_part, shown boolean default false) returns tsquery
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  mark constant text := case when part.field = 'title' then '^' else '' end;
  tokens text[];
  words tsquery[] := '{}';
  one tsquery;
  choices numeric;
begin
  select array_agg(w.lexeme order by p.place) into tokens
  from unnest(to_tsvector('pg_catalog.simple', news_internal.fts_text(lang, part.words))) w
  cross join lateral unnest(w.positions) as p (place)
  where news_internal.fold(w.lexeme) <> '';
  if tokens is null then  -- a word of more than 2,046 bytes is in no document; neither is this
    return '''@'''::tsquery;
  end if;
  for n in 1..cardinality(tokens) loop
    if part.kind = 'prefix' and n = cardinality(tokens) then
      one := (quote_literal(mark || news_internal.fold(tokens[n])) || ':*')::tsquery;
    else
      select string_agg(quote_literal(mark || s.stem), '|')::tsquery into one
      from (
        select unnest(tsvector_to_array(news_internal.fts_stems(lang, tokens[n])::tsvector)) as stem
        union select unnest(tsvector_to_array(to_tsvector(news_internal.fts_config(lang), tokens[n]))) where shown
      ) s;
    end if;
    words := words || one;
  end loop;
  if part.kind = 'near' and cardinality(words) > 1 then
    choices := news_internal.near_choices(cardinality(words), part.distance);
    if choices = 0 then
      perform news_internal.refuse_query('~' || part.distance, part.place, format('%s words do not fit into that distance', cardinality(words)));
    elsif choices > 240 then
      perform news_internal.refuse_query('~' || part.distance, part.place, 'so many words so far apart are too much to try; ask for fewer words or a shorter distance');
    end if;
    return news_internal.near_query(null, array(select '(' || w::text || ')' from unnest(words) with ordinality as o (w, n) order by n), part.distance)::tsquery;
  end if;
  one := words[1];
  for n in 2..cardinality(words) loop
    one := tsquery_phrase(one, words[n]);
  end loop;
  return one;
end $$;
comment on function news_internal.leaf_query is 'A word or phrase of a search in the stems of one language. What is written together and is several words (AT&T, covid-19, an ideographic term) is a phrase. shown: with the stems that ts_headline sees, too.';

create function news_internal.fts_query(lang text, parts news_internal.query_part[], shown boolean default false) returns tsquery
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  part news_internal.query_part;
  made tsquery[] := '{}';
  n integer := 0;
begin
  foreach part in array parts loop
    if part.kind = 'not' then
      made[n] := !! made[n];
    elsif part.kind = 'and' then
      made[n - 1] := made[n - 1] && made[n];
      n := n - 1;
    elsif part.kind = 'or' then
      made[n - 1] := made[n - 1] || made[n];
      n := n - 1;
    else
      n := n + 1;
      made[n] := news_internal.leaf_query(lang, part, shown);
    end if;
  end loop;
  return made[1];
end $$;
comment on function news_internal.fts_query is 'A search in the stems of one language.';

create table news_internal.search (
  article_id bigint primary key references news_internal.article on delete cascade,
  story_id bigint not null,
  sort_at timestamptz not null,
  publisher_id integer not null,
  is_dated boolean not null,
  is_origin boolean not null,
  language text not null,
  title text not null,
  document tsvector not null
) with (toast_tuple_target = 128);
-- Out of line and not compressed: the rows that a query sorts and counts stay small, and a phrase is checked without
-- unpacking.
alter table news_internal.search alter column document set storage external;
create index search_document on news_internal.search using gin (document);
create index search_newest on news_internal.search (sort_at, article_id);
comment on table news_internal.search is 'Full-text side table, filled after each load.';
comment on column news_internal.search.article_id is 'Article.';
comment on column news_internal.search.story_id is 'Its story.';
comment on column news_internal.search.sort_at is 'published_at, or first_seen_at where it is unknown.';
comment on column news_internal.search.publisher_id is 'Publisher.';
comment on column news_internal.search.is_dated is 'Whether sort_at is published_at.';
comment on column news_internal.search.is_origin is 'Whether it is the earliest of its story.';
comment on column news_internal.search.language is 'Language as news.articles tells it, whose stems the document is in; empty where it can''t be told.';
comment on column news_internal.search.title is 'Headline, for the search by trigram.';
comment on column news_internal.search.document is 'Words and stems of headline (A), lead (B) and body (D); marked, those of the headline and the language.';

create function news_internal.follow_story() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update news_internal.search set story_id = new.story_id, is_origin = new.is_origin, publisher_id = new.publisher_id
  where article_id = new.article_id;
  return null;
end $$;
comment on function news_internal.follow_story is 'Carries an article''s story and publisher to the search, whoever changes them.';
create trigger article_moved after update of story_id, is_origin, publisher_id on news_internal.article for each row
  when ((old.story_id, old.is_origin, old.publisher_id) is distinct from (new.story_id, new.is_origin, new.publisher_id))
  execute function news_internal.follow_story();

-- The index for headlines needs the extension pg_trgm. Where that is missing or forbidden, we go without.
do $$
declare place text;
begin
  if not exists (select from pg_available_extensions where name = 'pg_trgm') then
    raise notice 'pg_trgm is not here: news.search_titles goes without its index';
    return;
  end if;
  begin
    create extension if not exists pg_trgm with schema news_internal;
  exception when insufficient_privilege then
    raise notice 'pg_trgm may not be created here: news.search_titles goes without its index';
    return;
  end;
  select extnamespace::regnamespace::text into place from pg_extension where extname = 'pg_trgm';
  execute format('create index search_title on news_internal.search using gin (title %s.gin_trgm_ops)', place);
end $$;

create table news_internal.search_language (
  language text primary key
);
comment on table news_internal.search_language is 'Languages that occur in news_internal.search: a query without a language is asked in each.';
comment on column news_internal.search_language.language is 'ISO 639-1 code, or empty.';

create function news_internal.near_names(asked text, names text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp
return (
  select string_agg(n.name, ', ' order by n.place)
  from (
    select c.name, row_number() over (order by c.shared desc, c.name) as place
    from (
      select x.name, (
        select count(*) from generate_series(1, length(asked) - 1) as g (i)
        where strpos(lower(x.name), lower(substr(asked, g.i, 2))) > 0) as shared
      from unnest(names) as x (name)) c
    where c.shared * 2 >= length(asked) - 1 limit 5) n);
comment on function news_internal.near_names is 'Up to five names that have most pairs of letters in common with one that is not there.';

create function news_internal.find_publisher(publisher text) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare found_id integer;
begin
  if find_publisher.publisher is null then
    return null;
  end if;
  select n.publisher_id into found_id from ingest.publisher_name n
  where n.name in (btrim(find_publisher.publisher), lower(btrim(find_publisher.publisher)))
  order by n.name = btrim(find_publisher.publisher) desc limit 1;
  if found_id is null then
    raise exception 'there is no publisher "%"', left(find_publisher.publisher, 100)
      using errcode = 'invalid_parameter_value', hint = coalesce(
        'Do you mean ' || news_internal.near_names(left(find_publisher.publisher, 100), array(select name from ingest.publisher_name)) || '?',
        'news.publishers has their names.');
  end if;
  return found_id;
end $$;
comment on function news_internal.find_publisher is 'Number of a publisher by its name or another name of it; null for null. An unknown name is an error.';

create function news_internal.asked_languages(lang text) returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  present text[] := array(select l.language from news_internal.search_language l order by 1);
  asked text := lower(btrim(asked_languages.lang));
begin
  if asked is null then
    return present;
  elsif asked = any(present) or news_internal.fts_config(asked) <> 'pg_catalog.simple'::regconfig
    or news_internal.stems_lightly(asked) or asked in ('zh', 'ja', 'th', 'lo', 'km', 'my', 'vi') then
    return array[asked];
  end if;
  raise exception 'there is no article in language "%"', left(asked_languages.lang, 100)
    using errcode = 'invalid_parameter_value',
      hint = 'lang is an ISO 639-1 code; there are articles in ' || coalesce(nullif(array_to_string(array_remove(present, ''), ', '), ''), 'none') || '.';
end $$;
comment on function news_internal.asked_languages is 'Languages that a search is to be asked in: the one, or all that there are. One that we neither have nor know is an error.';

create function news_internal.whole_query(q text, languages text[]) returns tsquery
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  with own as (
    select news_internal.fts_query(l.language, r.parts)::text as query, count(*) over () as languages,
      quote_literal('@' || l.language) as mark
    from (select news_internal.read_query(whole_query.q) as parts offset 0) r
    cross join unnest(whole_query.languages) as l (language)
  ), alike as (
    select o.query, max(o.languages) as languages, count(*) as members, string_agg(o.mark, ' | ') as marks from own o group by o.query
  )
  select string_agg(case when a.members = a.languages then a.query else '(' || a.marks || ') & (' || a.query || ')' end, ' | ')::tsquery
  from alike a;
end;
comment on function news_internal.whole_query is 'A search in each of some languages, in one query; null where there are none.';

create function news_internal.search_filter(
  languages text[], since timestamptz, until timestamptz, publisher integer
) returns text
language sql immutable set search_path = pg_catalog, pg_temp
return concat(
  ' and s.sort_at >= ' || quote_literal(since) || '::timestamptz', ' and s.sort_at < ' || quote_literal(until) || '::timestamptz',
  ' and s.publisher_id = ' || publisher,
  case when cardinality(languages) = 1 then ' and s.language = ' || quote_literal(languages[1]) end);
comment on function news_internal.search_filter is 'Conditions of a search beside its words, as SQL: with their values, for a plan that is made for all values suits none.';

create function news_internal.search_walk(query tsquery, conditions text, span integer, wanted integer) returns setof bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_bitmapscan = off as $$
begin
  return query execute format(
    'select n.article_id from (select s.article_id, s.document from news_internal.search s where true %s
     order by s.sort_at desc, s.article_id desc limit %s) n where n.document @@ $1 limit %s', conditions, span, wanted)
  using query;
end $$;
comment on function news_internal.search_walk is 'The matches among the newest articles, read by date until enough are found: quickest for words that are everywhere, which an index can only list in full.';

create function news_internal.search_index(query tsquery, conditions text, wanted bigint) returns setof bigint
language plpgsql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_indexscan = off set work_mem = '64MB' as $$
begin
  return query execute format(
    'select s.article_id from news_internal.search s where s.document @@ $1 %s
     order by s.sort_at desc, s.article_id desc limit %s', conditions, wanted)
  using query;
end $$;
comment on function news_internal.search_index is 'The newest matches by the index.';

create function news_internal.search_rank(query tsquery, conditions text, newest bigint, wanted bigint) returns table (article_id bigint, rank real)
language plpgsql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_indexscan = off set work_mem = '64MB' as $$
begin
  return query execute format(
    'select n.article_id, ts_rank(n.document, $1) from (
       select s.article_id, s.sort_at, s.document from news_internal.search s where s.document @@ $1 %s
       order by s.sort_at desc, s.article_id desc limit %s) n
     order by 2 desc, n.sort_at desc, n.article_id desc limit %s', conditions, coalesce(case when newest < 0 then 0 else newest end::text, 'all'), wanted)
  using query;
end $$;
comment on function news_internal.search_rank is 'Matches in order of their rank: of all, or of the newest so many.';

create function news_internal.read_step(step text) returns interval
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare size interval;
begin
  size := case lower(btrim(step)) when 'hour' then '1 hour' when 'day' then '1 day' when 'week' then '7 days'
    when 'month' then '1 month' when 'quarter' then '3 months' when 'year' then '1 year' else step end;
  -- a month has no length: steps of months are the calendar's
  if size > interval '0' and (extract(year from size) = 0 and extract(month from size) = 0
    or size::text in ('1 mon', '3 mons', '1 year')) then
    return size;
  end if;
  raise exception using errcode = 'invalid_parameter_value';
exception when data_exception then
  raise exception 'step can''t be "%"', left(step, 100) using errcode = 'invalid_parameter_value',
    hint = 'step is hour, day, week, month, quarter, year, or an interval such as 15 minutes.';
end $$;
comment on function news_internal.read_step is 'Length of a step of time by its name, or as an interval.';

create function news_internal.step_unit(size interval) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return case
  when extract(epoch from size) = 3600 then 'hour' when size::text = '1 day' then 'day' when size::text = '7 days' then 'week'
  when size::text = '1 mon' then 'month' when size::text = '3 mons' then 'quarter' when size::text = '1 year' then 'year' end;
comment on function news_internal.step_unit is 'The calendar''s name of a step of time; null for any other.';

create function news_internal.whole_days(size interval) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return size::text ~ '^\d+ days?$';
comment on function news_internal.whole_days is 'Whether a step of time is so many days of the calendar, be they of 23 or 25 hours; 24 hours are none.';

create function news_internal.step_start(at text, size interval, origin timestamptz, zone text) returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
return case when zone = 'UTC' and size < interval '8 days' and news_internal.step_unit(size) is not null
  then format('date_bin(%L, %s, %L)', size, at, timestamptz '2000-01-03 00:00+00')
  when news_internal.step_unit(size) is not null then format('date_trunc(%L, %s, %L)', news_internal.step_unit(size), at, zone)
  when news_internal.whole_days(size) then format('date_bin(%L, %s at time zone %3$L, %4$L::timestamptz at time zone %3$L) at time zone %3$L',
    size, at, zone, coalesce(origin, timestamptz '2000-01-03 00:00+00'))
  else format('date_bin(%L, %s, %L)', size, at, coalesce(origin, timestamptz '2000-01-03 00:00+00')) end;
comment on function news_internal.step_start is 'Beginning of the step that a time belongs to, as SQL.';

create function news_internal.steps(first timestamptz, last timestamptz, size interval, origin timestamptz, zone text) returns setof timestamptz
language plpgsql stable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  begins timestamptz;
  here constant timestamp := first at time zone zone;
begin
  if extract(epoch from last - first) / extract(epoch from size) > 100000 then
    raise exception 'from % to % are more than 100,000 steps of %', first, last, size
      using errcode = 'program_limit_exceeded', hint = 'Bound the time with since and until, or take longer steps.';
  end if;
  -- days of 23 and 25 hours are days; some begin at one o'clock, so they are counted in the zone's own time
  if news_internal.step_unit(size) <> 'hour' or news_internal.whole_days(size) then
    return query select g at time zone zone
    from generate_series(
      case when news_internal.step_unit(size) is not null then date_trunc(news_internal.step_unit(size), here)
        else date_bin(size, here, coalesce(origin, timestamptz '2000-01-03 00:00+00') at time zone zone) end,
      last at time zone zone, size) g;
    return;
  end if;
  execute 'select ' || news_internal.step_start('$1', size, origin, zone) into begins using first;
  return query select g at time zone 'UTC' from generate_series(begins at time zone 'UTC', last at time zone 'UTC', size) g;
end $$;
comment on function news_internal.steps is 'Beginnings of all steps of a span of time.';

create function news_internal.snippet(lang text, body text, query tsquery, beginnings boolean) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  options constant text := 'MaxFragments=2, MinWords=5, MaxWords=18, StartSel=**, StopSel=**, FragmentDelimiter=" … "';
  shown constant text := left(body, 20000);
  words text[];
  asked text := replace(query::text, '''^', '''');  -- the headline''s words may stand in the body, too
  made text;
  leaf record;
begin
  if not beginnings and not news_internal.stems_lightly(lang) then
    made := ts_headline(news_internal.fts_config(lang), shown, asked::tsquery, options);
    if strpos(made, '**') > 0 then
      return made;
    end if;
  end if;
  words := tsvector_to_array(to_tsvector('pg_catalog.simple', news_internal.fts_text(lang, shown)));
  -- accents, beginnings of words and light stems, which ts_headline does not know: the forms that stand here
  for leaf in
    with form as materialized (
      select t.lexeme, quote_literal(words[p.place]) as word
      from unnest(news_internal.fts_words(lang, array_to_string(words, ' '))) t
      cross join lateral unnest(t.positions) as p (place)
    )
    select m.part[1] as stem, string_agg(distinct f.word, '|') as forms
    from (select distinct regexp_matches(asked, '''([^'']+)''(:[*A-D]+)?', 'g') as part) m
    join form f on case when m.part[2] like '%*%' then starts_with(f.lexeme, m.part[1]) else f.lexeme = m.part[1] end
    group by 1
  loop
    asked := regexp_replace(asked, quote_literal(leaf.stem) || '(:[*A-D]+)?', '(' || leaf.forms || ')', 'g');
  end loop;
  return ts_headline('pg_catalog.simple', shown, asked::tsquery, options);
end $$;
comment on function news_internal.snippet is 'Where a text says what was asked, marked with **, in the text''s own spelling. beginnings: the query has some word*.';

create function news_internal.flush_search() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform gin_clean_pending_list('news_internal.search_document'::regclass);
end $$;
comment on function news_internal.flush_search is 'Moves what the last load left in the index''s pending list into the index, so that searches stay quick.';
revoke execute on function news_internal.flush_search() from public;

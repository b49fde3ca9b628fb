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

create table news_internal.revision (
  article_id bigint not null,
  revision integer not null,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  publisher_id integer not null,
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
comment on column news_internal.revision.publisher_id is 'Publisher.';
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

-- Changes -----------------------------------------------------------------------------------------

create sequence news_internal.change_id as bigint cache 1;
comment on sequence news_internal.change_id is 'Numbers of news_internal.change; drawn only in the turn ''changes'' (ingest.turn), as the last act of a transaction, so that they become visible in order.';

create table news_internal.change (
  change_id bigint primary key,
  article_id bigint not null,
  story_id bigint not null,
  run_id bigint,
  revision integer not null,
  kind text not null check (kind in ('insert', 'revision', 'story', 'retraction')),
  changed_at timestamptz not null
);
create index change_article on news_internal.change (article_id, change_id);
comment on table news_internal.change is 'Log of all that consumers must hear of.';
comment on column news_internal.change.change_id is 'Key and cursor: becomes visible in ascending order.';
comment on column news_internal.change.article_id is 'Article.';
comment on column news_internal.change.story_id is 'Its story after the change.';
comment on column news_internal.change.run_id is 'Run that made it; null for a person''s act.';
comment on column news_internal.change.revision is 'Its revision after the change.';
comment on column news_internal.change.kind is 'insert, revision, story or retraction.';
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
comment on column news_internal.hourly.seen is 'Articles of each of its 24 hours: of publication; of first sight where the hour of publication is unknown.';

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

create function news_internal.day_start(day date) returns timestamptz
language sql stable strict parallel safe
return day_start.day::timestamp at time zone 'UTC';
comment on function news_internal.day_start is 'Midnight, UTC.';

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
      select x.published_at as at from news_internal.article x
      where x.publisher_id = d.publisher_id and x.published_quality = 'exact'
        and x.published_at >= news_internal.day_start(d.day) and x.published_at < news_internal.day_start(d.day + 1)
      union all
      select x.first_seen_at from news_internal.article x
      where x.publisher_id = d.publisher_id and x.published_quality <> 'exact'
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
comment on function news_internal.count_hours is 'Articles by hour, as they are; of some days of publishers.';

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

create function news_internal.count_days(days news_internal.stale_day[]) returns setof news_internal.day_count
language sql stable security definer parallel safe set search_path = pg_catalog, pg_temp
begin atomic
  select d.publisher_id, d.day, coalesce(news_internal.told_language(a.language, a.language_confidence), ''), count(*),
    count(*) filter (where a.is_origin), count(*) filter (where a.revision > 1), sum(a.word_count)::bigint, max(a.loaded_at),
    avg(a.language_confidence)::real
  from (select distinct publisher_id, day from unnest(count_days.days)) d
  cross join lateral (
    select x.language, x.language_confidence, x.is_origin, x.revision, x.word_count, x.loaded_at from news_internal.article x
    where x.publisher_id = d.publisher_id
      and x.published_at >= news_internal.day_start(d.day) and x.published_at < news_internal.day_start(d.day + 1)
    union all
    select x.language, x.language_confidence, x.is_origin, x.revision, x.word_count, x.loaded_at from news_internal.article x
    where x.publisher_id = d.publisher_id and x.published_at is null
      and x.first_seen_at >= news_internal.day_start(d.day) and x.first_seen_at < news_internal.day_start(d.day + 1)
    offset 0
  ) a
  group by 1, 2, 3;
end;
comment on function news_internal.count_days is 'Counts by language, as they are; of some days of publishers.';

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
  delete from news_internal.day_count k using unnest(days) d where k.publisher_id = d.publisher_id and k.day = d.day;
  insert into news_internal.hourly select * from news_internal.count_hours(days);
  insert into news_internal.delay select * from news_internal.count_delays(days);
  insert into news_internal.day_count select * from news_internal.count_days(days);
  return cardinality(days);
end $$;
comment on function news_internal.renew_counts is 'Keeps the counts of stale days anew; returns how many days of publishers they were. What comes in meanwhile leaves its days stale.';

-- Full-text search --------------------------------------------------------------------------------
-- A side table that is filled after the load, for indexing costs far more than loading. The functions here find
-- article numbers; news.search asks them.

create function news_internal.fts_config(lang text) returns regconfig
language sql immutable strict parallel safe
return case lang
  when 'ar' then 'pg_catalog.arabic'::regconfig when 'hy' then 'pg_catalog.armenian'::regconfig
  when 'eu' then 'pg_catalog.basque'::regconfig when 'ca' then 'pg_catalog.catalan'::regconfig
  when 'da' then 'pg_catalog.danish'::regconfig when 'nl' then 'pg_catalog.dutch'::regconfig
  when 'en' then 'pg_catalog.english'::regconfig when 'fi' then 'pg_catalog.finnish'::regconfig
  when 'fr' then 'pg_catalog.french'::regconfig when 'de' then 'pg_catalog.german'::regconfig
  when 'el' then 'pg_catalog.greek'::regconfig when 'hi' then 'pg_catalog.hindi'::regconfig
  when 'hu' then 'pg_catalog.hungarian'::regconfig when 'id' then 'pg_catalog.indonesian'::regconfig
  when 'ga' then 'pg_catalog.irish'::regconfig when 'it' then 'pg_catalog.italian'::regconfig
  when 'lt' then 'pg_catalog.lithuanian'::regconfig when 'ne' then 'pg_catalog.nepali'::regconfig
  when 'no' then 'pg_catalog.norwegian'::regconfig when 'nb' then 'pg_catalog.norwegian'::regconfig
  when 'nn' then 'pg_catalog.norwegian'::regconfig when 'pt' then 'pg_catalog.portuguese'::regconfig
  when 'ro' then 'pg_catalog.romanian'::regconfig when 'ru' then 'pg_catalog.russian'::regconfig
  when 'sr' then 'pg_catalog.serbian'::regconfig when 'es' then 'pg_catalog.spanish'::regconfig
  when 'sv' then 'pg_catalog.swedish'::regconfig when 'ta' then 'pg_catalog.tamil'::regconfig
  when 'tr' then 'pg_catalog.turkish'::regconfig when 'yi' then 'pg_catalog.yiddish'::regconfig
  else 'pg_catalog.simple'::regconfig end;
comment on function news_internal.fts_config is 'Text search configuration of an ISO 639-1 code; simple (no stemming) for languages without one.';

create function news_internal.fts_text(lang text, words text) returns text
language sql immutable parallel safe
return case when lang in ('zh', 'ja', 'th', 'lo', 'km', 'my')
  then regexp_replace(words, '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g')
  else words end;
comment on function news_internal.fts_text is 'Sets the characters of scripts that write without spaces apart, so that each is a word and a term is a phrase.';

create function news_internal.check_query(q text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  -- PostgreSQL's parsers of queries can't be interrupted: 5 MB of words ran for minutes, past statement_timeout
  if length(q) > 1000 then
    raise exception 'q has % characters, and may have 1,000', length(q)
      using errcode = 'program_limit_exceeded', hint = 'Ask for fewer words, or in several searches.';
  end if;
end $$;
comment on function news_internal.check_query is 'Refuses a search of more than 1,000 characters.';

create function news_internal.fts_query(lang text, words text) returns tsquery
language sql immutable parallel safe
return websearch_to_tsquery(news_internal.fts_config(lang), news_internal.fts_text(lang,
  case when lang in ('zh', 'ja', 'th', 'lo', 'km', 'my') and strpos(words, '"') = 0
    then regexp_replace(words, '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,})', '"\1"', 'g')
    else words end));
comment on function news_internal.fts_query is 'A query in web-search syntax, in the stems of one language.';

create function news_internal.fts_document(lang text, title text, lead text, body text) returns tsvector
language plpgsql immutable parallel safe as $$
declare config regconfig := news_internal.fts_config(lang);
begin
  return setweight(to_tsvector(config, news_internal.fts_text(lang, left(title, 1000))), 'A')
    || setweight(to_tsvector(config, news_internal.fts_text(lang, left(lead, 5000))), 'B')
    || to_tsvector(config, news_internal.fts_text(lang, left(body, 80000)));
exception when program_limit_exceeded then
  return setweight(to_tsvector(config, left(title, 1000)), 'A');
end $$;
comment on function news_internal.fts_document is 'What is searched of an article. A body past 80,000 characters is cut, for a tsvector holds 1 MB; a text that still does not fit is found by its title.';

create table news_internal.search (
  article_id bigint primary key references news_internal.article on delete cascade,
  sort_at timestamptz not null,
  publisher_id integer not null,
  language text not null,
  title text not null,
  document tsvector not null
) with (toast_tuple_target = 128);
-- Out of line and not compressed: the rows that a query sorts stay small, and a phrase is checked without unpacking.
alter table news_internal.search alter column document set storage external;
create index search_document on news_internal.search using gin (document);
create index search_newest on news_internal.search (sort_at, article_id);
comment on table news_internal.search is 'Full-text side table, filled after each load.';
comment on column news_internal.search.article_id is 'Article.';
comment on column news_internal.search.sort_at is 'published_at, or first_seen_at where it is unknown.';
comment on column news_internal.search.publisher_id is 'Publisher.';
comment on column news_internal.search.language is 'Language whose stems the document is in.';
comment on column news_internal.search.title is 'Headline, for the search by trigram.';
comment on column news_internal.search.document is 'Stems of headline (A), lead (B) and body (D).';

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

create function news_internal.search_walk(
  languages text[], queries tsquery[], since timestamptz, until timestamptz, publisher integer, span integer, wanted integer
) returns table (article_id bigint, rank real)
language sql stable parallel safe
set enable_seqscan = off set enable_bitmapscan = off
begin atomic
  with newest as materialized (
    select s.article_id, s.publisher_id, s.language, s.document
    from news_internal.search s
    where (search_walk.since is null or s.sort_at >= search_walk.since)
      and (search_walk.until is null or s.sort_at < search_walk.until)
    order by s.sort_at desc, s.article_id desc
    limit search_walk.span
  )
  select n.article_id, ts_rank(n.document, own.query)
  from newest n
  cross join lateral (select search_walk.queries[array_position(search_walk.languages, n.language)] as query) own
  where (search_walk.publisher is null or n.publisher_id = search_walk.publisher) and n.document @@ own.query
  limit search_walk.wanted;
end;
comment on function news_internal.search_walk is 'The matches among the newest articles, read by date until enough are found: quickest for words that are everywhere, which an index can only list in full.';

create function news_internal.search_index(
  loose tsquery, languages text[], queries tsquery[], since timestamptz, until timestamptz, publisher integer,
  cap integer, wanted integer
) returns table (article_id bigint, rank real)
language sql stable parallel safe
set enable_seqscan = off set enable_indexscan = off set work_mem = '64MB'
begin atomic
  with candidate as materialized (
    select s.article_id, s.language, s.document
    from news_internal.search s
    where s.document @@ search_index.loose
      and (search_index.since is null or s.sort_at >= search_index.since)
      and (search_index.until is null or s.sort_at < search_index.until)
      and (search_index.publisher is null or s.publisher_id = search_index.publisher)
    order by s.sort_at desc, s.article_id desc
    limit search_index.cap
  )
  select c.article_id, ts_rank(c.document, own.query)
  from candidate c
  cross join lateral (select search_index.queries[array_position(search_index.languages, c.language)] as query) own
  where c.document @@ own.query
  limit search_index.wanted;
end;
comment on function news_internal.search_index is 'The newest matches by the index. It finds candidates (a phrase as its words, all languages at once); each is then checked in its own language, newest first, until enough are found. Materialised, for else the planner walks all articles by date and unpacks each.';

create function news_internal.flush_search() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform gin_clean_pending_list('news_internal.search_document'::regclass);
end $$;
comment on function news_internal.flush_search is 'Moves what the last load left in the index''s pending list into the index, so that searches stay quick.';
revoke execute on function news_internal.flush_search() from public;

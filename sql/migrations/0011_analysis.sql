-- What analysts count with: lists as rows, time to publish, counts by day, and what changed between two revisions.

alter table news_internal.article add column body_purged_at timestamptz;
comment on column news_internal.article.body_purged_at is 'When a retention rule emptied the body; null while it is there.';

create or replace view news.articles as
select a.article_id, a.url, p.name as publisher, a.title, a.lead, a.body, a.authors, a.agencies,
  a.published_at, a.published_quality, a.sources ->> 'published_at' as published_source, a.published_raw,
  a.modified_at, a.first_seen_at, a.captured_at, a.loaded_at, a.revised_at,
  a.language, a.language_confidence, a.word_count, a.section, a.tags, a.image_url, a.image_caption, a.page_type,
  a.story_id, a.is_origin, a.similarity, a.revision,
  a.sources ->> 'title' as title_source, a.sources ->> 'authors' as authors_source, a.sources, a.rights,
  a.publisher_id, a.extraction_id, a.capture_id, a.extractor, a.run_id,
  c.file as capture_file, c."offset" as capture_offset, c.length as capture_length,
  encode(a.text_hash, 'hex') as text_hash, a.body_purged_at
from news_internal.article a
left join ingest.publisher p using (publisher_id)
left join ingest.capture c using (capture_id);
comment on column news.articles.body_purged_at is 'When a retention rule emptied the body, UTC; null while it is there.';
create or replace view news.unique_articles as select * from news.articles where is_origin;
comment on column news.unique_articles.body_purged_at is 'When a retention rule emptied the body, UTC; null while it is there.';

create view news.authors as
select a.article_id, p.name as publisher, x.author, x.position::integer as position, a.published_at, a.story_id, a.is_origin
from news_internal.article a
cross join lateral unnest(a.authors) with ordinality as x (author, position)
left join ingest.publisher p using (publisher_id);
comment on view news.authors is 'One row an author of an article.';
comment on column news.authors.article_id is 'Article.';
comment on column news.authors.publisher is 'Outlet.';
comment on column news.authors.author is 'Name as the byline has it; the same person may be written in several ways.';
comment on column news.authors.position is 'Place in the byline, from 1.';
comment on column news.authors.published_at is 'Time of publication, UTC.';
comment on column news.authors.story_id is 'Story.';
comment on column news.authors.is_origin is 'True where the article is the earliest of its story.';

create view news.tags as
select a.article_id, p.name as publisher, x.tag, lower(x.tag) as folded, a.published_at, a.story_id, a.is_origin
from news_internal.article a
cross join lateral unnest(a.tags) as x (tag)
left join ingest.publisher p using (publisher_id);
comment on view news.tags is 'One row a tag of an article.';
comment on column news.tags.article_id is 'Article.';
comment on column news.tags.publisher is 'Outlet; each has tags of its own.';
comment on column news.tags.tag is 'Tag or keyword as the publisher writes it.';
comment on column news.tags.folded is 'The tag in lower case, for grouping.';
comment on column news.tags.published_at is 'Time of publication, UTC.';
comment on column news.tags.story_id is 'Story.';
comment on column news.tags.is_origin is 'True where the article is the earliest of its story.';

create view news.credits as
select a.article_id, p.name as publisher, c.agency, c.evidence, a.published_at, a.story_id, a.is_origin
from ingest.credit c
join news_internal.article a on a.article_id = c.page_id
left join ingest.publisher p using (publisher_id);
comment on view news.credits is 'One row a news agency that an article credits: who copies the agencies, and how openly.';
comment on column news.credits.article_id is 'Article.';
comment on column news.credits.publisher is 'Outlet that carries the article.';
comment on column news.credits.agency is 'Agency by its usual name, such as Reuters, AFP, dpa.';
comment on column news.credits.evidence is 'Words of the article that credit it.';
comment on column news.credits.published_at is 'Time of publication, UTC.';
comment on column news.credits.story_id is 'Story.';
comment on column news.credits.is_origin is 'True where the article is the earliest of its story.';

create view news.freshness as
with delay as (
  select p.name as publisher, (a.first_seen_at at time zone 'UTC')::date as day,
    extract(epoch from a.first_seen_at - a.published_at) as to_seen,
    extract(epoch from a.loaded_at - a.first_seen_at) as to_query,
    extract(epoch from a.loaded_at - a.published_at) as in_all
  from news_internal.article a
  join ingest.page g on g.page_id = a.article_id and g.discovered_by in ('feed', 'sitemap')
  join ingest.publisher p on p.publisher_id = a.publisher_id
  where a.published_quality = 'exact' and a.published_at <= a.first_seen_at
)
select publisher, day, count(*) as articles,
  percentile_cont(0.5) within group (order by to_seen) as published_to_seen_p50_s,
  percentile_cont(0.95) within group (order by to_seen) as published_to_seen_p95_s,
  percentile_cont(0.5) within group (order by to_query) as seen_to_queryable_p50_s,
  percentile_cont(0.95) within group (order by to_query) as seen_to_queryable_p95_s,
  percentile_cont(0.5) within group (order by in_all) as published_to_queryable_p50_s,
  percentile_cont(0.95) within group (order by in_all) as published_to_queryable_p95_s
from delay group by publisher, day;
comment on view news.freshness is 'How long news takes from the publisher to this database, by publisher and day. Only articles that a feed or news sitemap showed and whose time of publication is exact; backfills are left out.';
comment on column news.freshness.publisher is 'Outlet.';
comment on column news.freshness.day is 'Day (UTC) on which we first saw the articles.';
comment on column news.freshness.articles is 'Articles counted.';
comment on column news.freshness.published_to_seen_p50_s is 'Seconds from publication until a feed showed it to us: half of the articles are quicker.';
comment on column news.freshness.published_to_seen_p95_s is 'The same, 95 in a hundred are quicker.';
comment on column news.freshness.seen_to_queryable_p50_s is 'Seconds from then until it could be queried here: half are quicker.';
comment on column news.freshness.seen_to_queryable_p95_s is 'The same, 95 in a hundred are quicker.';
comment on column news.freshness.published_to_queryable_p50_s is 'Seconds from publication until it could be queried here: half are quicker.';
comment on column news.freshness.published_to_queryable_p95_s is 'The same, 95 in a hundred are quicker.';

create materialized view news_internal.daily as
select (coalesce(a.published_at, a.first_seen_at) at time zone 'UTC')::date as day, a.publisher_id, a.language,
  count(*) as articles, count(*) filter (where a.is_origin) as originals, count(*) filter (where a.revision > 1) as revised,
  sum(a.word_count)::bigint as words, max(a.loaded_at) as newest_loaded_at
from news_internal.article a
group by 1, 2, 3;
create unique index daily_key on news_internal.daily (day, publisher_id, language);
comment on materialized view news_internal.daily is 'Counts behind news.daily; refreshed after each load.';
comment on column news_internal.daily.day is 'Day of publication, UTC; of first sight where that is unknown.';
comment on column news_internal.daily.publisher_id is 'Publisher.';
comment on column news_internal.daily.language is 'ISO 639-1 code.';
comment on column news_internal.daily.articles is 'Articles.';
comment on column news_internal.daily.originals is 'Of them, the earliest of their story.';
comment on column news_internal.daily.revised is 'Of them, with more than one revision.';
comment on column news_internal.daily.words is 'Words of their bodies.';
comment on column news_internal.daily.newest_loaded_at is 'When the newest of them could first be queried.';

create view news.daily as
select d.day, p.name as publisher, d.language, d.articles, d.originals, d.revised, d.words, d.newest_loaded_at
from news_internal.daily d left join ingest.publisher p using (publisher_id);
comment on view news.daily is 'Counts by day, publisher and language, kept ready: quick for charts. Refreshed after each load.';
comment on column news.daily.day is 'Day of publication, UTC; of first sight where that is unknown.';
comment on column news.daily.publisher is 'Outlet.';
comment on column news.daily.language is 'ISO 639-1 code; empty where it can''t be told.';
comment on column news.daily.articles is 'Articles.';
comment on column news.daily.originals is 'Of them, the earliest of their story: copies are not counted.';
comment on column news.daily.revised is 'Of them, those that changed since we first saw them.';
comment on column news.daily.words is 'Words of their bodies.';
comment on column news.daily.newest_loaded_at is 'When the newest of them could first be queried, UTC.';

create function news_internal.refresh_daily() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  refresh materialized view concurrently news_internal.daily;
end $$;
comment on function news_internal.refresh_daily is 'Brings news.daily up to date; readers go on reading meanwhile.';
revoke execute on function news_internal.refresh_daily() from public;

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
    select (row_number() over ())::integer, x.op, x.line
    from (select '-' as op, o as line from unnest(old) o where o <> all (new)
      union all select '+', w from unnest(new) w where w <> all (old)) x;
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

create function news.diff(article_id bigint, "from" integer, "to" integer) returns table (
  field text, place integer, op text, line text
)
language sql stable parallel safe
begin atomic
  with side as (
    select r.revision, f.field, f.position, f.lines
    from news.revisions r
    cross join lateral (values
      (1, 'title', array[r.title]), (2, 'lead', string_to_array(nullif(r.lead, ''), e'\n')),
      (3, 'authors', r.authors), (4, 'published_at', array[r.published_at::text]),
      (5, 'section', array[nullif(r.section, '')]), (6, 'tags', r.tags), (7, 'image_url', array[nullif(r.image_url, '')]),
      (8, 'body', string_to_array(nullif(r.body, ''), e'\n'))
    ) as f (position, field, lines)
    where r.article_id = diff.article_id and r.revision in (diff."from", diff."to")
  )
  select b.field, d.place, d.op, d.line
  from side b
  join side a on a.position = b.position and a.revision = diff."to"
  cross join lateral news_internal.diff_lines(
    array_remove(b.lines, null), array_remove(a.lines, null)) as d
  where b.revision = diff."from"
  order by b.position, d.place;
end;
comment on function news.diff is 'What changed between two revisions of an article: a row for each line that went (-) or came (+), field by field; the body by paragraphs.';

select news_internal.grant_roles();

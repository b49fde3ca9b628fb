-- What an analyst asks most must not take seconds on a million articles: indexes for times, names and tags, coverage
-- counted in sets rather than hour by hour, a run's funnel counted for the runs asked for, and stories kept as rows.

-- "The newest first" is written in two ways; NULLS LAST is the one that people mean.
create index article_newest on news_internal.article (published_at desc nulls last);
-- Since when a publisher is seen, and what came in an hour: coverage.
create index article_seen on news_internal.article (publisher_id, first_seen_at);
-- Rows lie in the order of their loading, so a block range index finds "since yesterday" for next to nothing.
create index article_times on news_internal.article
  using brin (first_seen_at, loaded_at, revised_at, run_id, ((first_seen_at at time zone 'UTC')::date))
  with (pages_per_range = 32, autosummarize = on);
create index article_names on news_internal.article using gin (authors, tags);

create or replace function news.coverage_between(since timestamptz, until timestamptz, publisher text default null) returns table (
  hour timestamptz, publisher_name text, seen bigint, expected numeric, gap boolean, cause text, missed_estimate numeric
)
language sql stable security definer set search_path = pg_catalog, pg_temp set work_mem = '64MB'
begin atomic
  with outlet as materialized (
    select p.publisher_id, p.name,
      date_trunc('hour', (select min(a.first_seen_at) from news_internal.article a where a.publisher_id = p.publisher_id), 'UTC')
        as first_hour
    from ingest.publisher p where coverage_between.publisher is null or p.name = coverage_between.publisher
  ), span as (
    select o.publisher_id, o.name, o.first_hour, h.hour
    from generate_series(
      date_trunc('hour', coverage_between.since, 'UTC'), coverage_between.until - interval '1 microsecond', interval '1 hour'
    ) as h (hour)
    join outlet o on o.first_hour <= h.hour
  ), counted as materialized (
    select a.publisher_id, date_trunc('hour', a.at, 'UTC') as hour, count(*) as seen
    from (
      select x.publisher_id, x.published_at as at from news_internal.article x
      where x.published_quality = 'exact'
        and x.published_at >= coverage_between.since - interval '29 days' and x.published_at < coverage_between.until + interval '1 hour'
      union all
      select x.publisher_id, x.first_seen_at from news_internal.article x
      where x.published_quality <> 'exact'
        and x.first_seen_at >= coverage_between.since - interval '29 days' and x.first_seen_at < coverage_between.until + interval '1 hour'
    ) a
    join outlet o on o.publisher_id = a.publisher_id
    group by 1, 2
  ), before as (
    select c.publisher_id, c.hour + week * interval '7 days' as hour, sum(c.seen) as seen
    from counted c join outlet o on o.publisher_id = c.publisher_id and c.hour >= o.first_hour
    cross join generate_series(1, 4) as week
    where c.hour + week * interval '7 days' between coverage_between.since - interval '1 hour' and coverage_between.until
    group by 1, 2
  ), blind as (
    select o.publisher_id, g.cause, g.from_at, coalesce(g.to_at, now()) as to_at,
      greatest(coalesce(g.missed_estimate, 0) - coalesce(g.filled, 0), 0) as missed
    from ingest.gap g join outlet o on g.publisher_id is null or o.publisher_id = g.publisher_id
    where g.closed_at is null and g.from_at < coverage_between.until
      and coalesce(g.to_at, now()) > coverage_between.since
  ), holes as (
    select b.publisher_id, h.hour, string_agg(distinct b.cause, ', ' order by b.cause) as causes,
      round(sum(b.missed * extract(epoch from least(b.to_at, h.hour + interval '1 hour') - greatest(b.from_at, h.hour))
        / greatest(extract(epoch from b.to_at - b.from_at), 1))::numeric, 1) as missed
    from blind b
    cross join lateral generate_series(
      date_trunc('hour', greatest(b.from_at, coverage_between.since), 'UTC'),
      least(b.to_at, coverage_between.until) - interval '1 microsecond', interval '1 hour'
    ) as h (hour)
    group by 1, 2
  )
  select s.hour, s.name, coalesce(c.seen, 0),
    round(coalesce(w.seen, 0) / nullif(least(floor(extract(epoch from s.hour - s.first_hour) / 604800), 4), 0), 1),
    l.causes is not null, l.causes, l.missed
  from span s
  left join counted c on c.publisher_id = s.publisher_id and c.hour = s.hour
  left join before w on w.publisher_id = s.publisher_id and w.hour = s.hour
  left join holes l on l.publisher_id = s.publisher_id and l.hour = s.hour;
end;

create or replace view news.runs as
select r.run_id, r.dag_id, r.dag_run_id, r.state, r.started_at, r.ended_at, r.verdict,
  f.position, f.stage, f.outcome, o.sentence as means, f.pages
from ingest.run r
left join lateral (
  select 2 as position, 'fetch' as stage, x.fetch_outcome as outcome, count(*) as pages
  from ingest.run_page x where x.run_id = r.run_id and x.entered = 'fetch' group by x.fetch_outcome
  union all
  select 3, 'extract', x.extract_outcome, count(*)
  from ingest.run_page x where x.run_id = r.run_id and (x.entered = 'extract' or x.fetch_outcome = 'ok') group by x.extract_outcome
  union all
  select 4, 'deduplicate', x.deduplicate_outcome, count(*)
  from ingest.run_page x where x.run_id = r.run_id and (x.entered = 'deduplicate' or x.extract_outcome = 'ok')
  group by x.deduplicate_outcome
  union all
  select 5, 'load', x.load_outcome, count(*)
  from ingest.run_page x where x.run_id = r.run_id and (x.entered = 'load' or x.deduplicate_outcome = 'ok') group by x.load_outcome
) f on true
left join ingest.outcome o on o.code = f.outcome;

-- Stories as rows, renewed by the transaction that changes a member: analysts see both at once.
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

create function news_internal.count_stories(stories bigint[]) returns setof news_internal.story
language sql stable parallel safe
begin atomic
  select a.story_id,
    (array_agg(a.article_id order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    (array_agg(a.publisher_id order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    count(*), count(distinct a.publisher_id), min(a.published_at), max(a.published_at), min(a.similarity),
    (array_agg(a.title order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    array_agg(distinct a.language)
  from news_internal.article a
  where count_stories.stories is null or a.story_id = any(count_stories.stories)
  group by a.story_id;
end;
comment on function news_internal.count_stories is 'Stories as their articles make them; null: all.';

create function news_internal.renew_stories(stories bigint[]) returns bigint
language sql set search_path = pg_catalog, pg_temp
begin atomic
  delete from news_internal.story s
  where s.story_id = any(renew_stories.stories)
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

insert into news_internal.story select * from news_internal.count_stories(null);
create index story_first on news_internal.story (first_published_at);
create index story_spread on news_internal.story (publishers, first_published_at) where publishers > 1;

create or replace view news.stories as
select s.story_id, s.origin_article_id, p.name as origin_publisher, s.title, s.articles, s.publishers, s.languages,
  s.first_published_at, s.last_published_at, s.least_similarity
from news_internal.story s left join ingest.publisher p using (publisher_id);

-- "I saw this on the web: where is it here?"
create function news.whereabouts(url text) returns table (
  article_id bigint, publisher text, state text, outcome text, means text, detail text, first_seen_at timestamptz,
  changed_at timestamptz, same_as bigint
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select p.page_id, b.name, p.state, p.outcome, o.sentence, p.detail, p.discovered_at, p.changed_at, p.canonical_page_id
  from ingest.page p
  join ingest.publisher b using (publisher_id)
  left join ingest.outcome o on o.code = p.outcome
  where p.url_hash = sha256(convert_to(whereabouts.url, 'UTF8'));
end;
comment on function news.whereabouts is 'What became of an address: loaded (it is in news.articles under article_id), rejected (outcome and means say why), on its way (pending, captured, extracted, clustered), or no row where nothing ever led us to it. Takes the canonical address, without tracking parameters, as in news.articles. same_as: the article that stands for it.';

comment on column news.articles.authors is 'Persons in the byline, in its order. All articles of one person, quickly: where authors @> array[''Ada Lane''].';
comment on column news.articles.tags is 'Tags and keywords as the publisher gives them; one a row in news.tags. All articles of one tag, quickly: where tags @> array[''Energy''].';
comment on column news.unique_articles.authors is 'Persons in the byline, in its order. All articles of one person, quickly: where authors @> array[''Ada Lane''].';
comment on column news.unique_articles.tags is 'Tags and keywords as the publisher gives them; one a row in news.tags. All articles of one tag, quickly: where tags @> array[''Energy''].';

select news_internal.grant_roles();

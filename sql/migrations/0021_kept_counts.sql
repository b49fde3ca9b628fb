-- Coverage, freshness and daily counts of a million articles took seconds, for they were counted anew each time, or all
-- at once after each load. Now the counts of each day of a publisher are kept; days that articles came to, changed in or
-- left since are noted by triggers, and counted when somebody asks, until `renew_counts` keeps them again. So what the
-- views say is what the articles say, at any time.

create table news_internal.stale_day (
  publisher_id integer not null,
  day date not null
);
comment on table news_internal.stale_day is 'Days of publishers whose kept counts are out of date. Written by triggers, emptied by renew_counts; a day may stand here often, for writers must not wait for each other.';
comment on column news_internal.stale_day.publisher_id is 'Publisher.';
comment on column news_internal.stale_day.day is 'Day, UTC.';

create function news_internal.day_start(day date) returns timestamptz
language sql stable strict parallel safe
return day_start.day::timestamp at time zone 'UTC';
comment on function news_internal.day_start is 'Midnight, UTC.';

-- What is kept: a row a day of a publisher.

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
  primary key (day, publisher_id, language)
);
comment on table news_internal.day_count is 'Counts behind news.daily.';
comment on column news_internal.day_count.publisher_id is 'Publisher.';
comment on column news_internal.day_count.day is 'Day of publication, UTC; of first sight where that is unknown.';
comment on column news_internal.day_count.language is 'ISO 639-1 code.';
comment on column news_internal.day_count.articles is 'Articles.';
comment on column news_internal.day_count.originals is 'Of them, the earliest of their story.';
comment on column news_internal.day_count.revised is 'Of them, with more than one revision.';
comment on column news_internal.day_count.words is 'Words of their bodies.';
comment on column news_internal.day_count.newest_loaded_at is 'When the newest of them could first be queried.';

-- How it is counted: by publisher and day, through the indexes of the articles. OFFSET 0 keeps it so, for the planner
-- would rather join by publisher alone, and compare each of its days with each of its articles.

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
  select d.publisher_id, d.day, a.language, count(*), count(*) filter (where a.is_origin),
    count(*) filter (where a.revision > 1), sum(a.word_count)::bigint, max(a.loaded_at)
  from (select distinct publisher_id, day from unnest(count_days.days)) d
  cross join lateral (
    select x.language, x.is_origin, x.revision, x.word_count, x.loaded_at from news_internal.article x
    where x.publisher_id = d.publisher_id
      and x.published_at >= news_internal.day_start(d.day) and x.published_at < news_internal.day_start(d.day + 1)
    union all
    select x.language, x.is_origin, x.revision, x.word_count, x.loaded_at from news_internal.article x
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

-- What makes them stale: all that happens to articles, by whatever hand.

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
  perform pg_advisory_xact_lock(hashtextextended('news_internal.renew_counts', 0));
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

insert into news_internal.stale_day
select distinct a.publisher_id, (d.at at time zone 'UTC')::date
from news_internal.article a
cross join lateral (values (coalesce(a.published_at, a.first_seen_at)), (a.first_seen_at)) d (at);
select news_internal.renew_counts();

-- The views: what is kept, without what is stale; and what is stale as it is. NOT IN, for the planner has no idea how
-- many days are stale, and would compare each kept day with each of them.

create or replace view news.daily as
select d.day, p.name as publisher, d.language, d.articles, d.originals, d.revised, d.words, d.newest_loaded_at
from (
  select * from news_internal.day_count k
  where (k.publisher_id, k.day) not in (select publisher_id, day from news_internal.stale_day)
  union all
  select * from news_internal.count_days(news_internal.stale_days())
) d
left join ingest.publisher p using (publisher_id);
comment on view news.daily is 'Counts by day, publisher and language, kept ready: quick for charts.';

create or replace view news.freshness as
select p.name as publisher, d.day, d.articles, d.published_to_seen_p50_s, d.published_to_seen_p95_s,
  d.seen_to_queryable_p50_s, d.seen_to_queryable_p95_s, d.published_to_queryable_p50_s, d.published_to_queryable_p95_s
from (
  select * from news_internal.delay k
  where (k.publisher_id, k.day) not in (select publisher_id, day from news_internal.stale_day)
  union all
  select * from news_internal.count_delays(news_internal.stale_days())
) d
join ingest.publisher p using (publisher_id);

create or replace function news.coverage_between(since timestamptz, until timestamptz, publisher text default null) returns table (
  hour timestamptz, publisher_name text, seen bigint, expected numeric, gap boolean, cause text, missed_estimate numeric
)
language sql stable security definer set search_path = pg_catalog, pg_temp set work_mem = '64MB'
begin atomic
  with outlet as materialized (
    select p.publisher_id, p.name,
      (select news_internal.hour_number(min(a.first_seen_at)) from news_internal.article a where a.publisher_id = p.publisher_id)
        as first_hour
    from ingest.publisher p where coverage_between.publisher is null or p.name = coverage_between.publisher
  ), counted as materialized (
    select k.publisher_id, k.day, k.seen from news_internal.hourly k
    where k.day between (coverage_between.since at time zone 'UTC')::date - 28 and (coverage_between.until at time zone 'UTC')::date
      and k.publisher_id in (select publisher_id from outlet)
      and (k.publisher_id, k.day) not in (select publisher_id, day from news_internal.stale_day)
    union all
    select c.publisher_id, c.day, c.seen
    from news_internal.count_hours(array(
      select s from unnest(news_internal.stale_days()) s
      where s.day between (coverage_between.since at time zone 'UTC')::date - 28 and (coverage_between.until at time zone 'UTC')::date
        and s.publisher_id in (select publisher_id from outlet))) c
  ), span as materialized (
    -- a day at a time, beside the same weekday of the four weeks before; hours come last, for they are many
    select o.publisher_id, o.name, o.first_hour, d.day - date '1970-01-01' as number,
      c.seen, w1.seen as before1, w2.seen as before2, w3.seen as before3, w4.seen as before4
    from outlet o
    join (
      select date '1970-01-01' + n as day
      from generate_series(
        (coverage_between.since at time zone 'UTC')::date - date '1970-01-01',
        ((coverage_between.until - interval '1 microsecond') at time zone 'UTC')::date - date '1970-01-01') as n
    ) d on (d.day - date '1970-01-01') * 24 + 23 >= o.first_hour
    left join counted c on c.publisher_id = o.publisher_id and c.day = d.day
    left join counted w1 on w1.publisher_id = o.publisher_id and w1.day = d.day - 7
    left join counted w2 on w2.publisher_id = o.publisher_id and w2.day = d.day - 14
    left join counted w3 on w3.publisher_id = o.publisher_id and w3.day = d.day - 21
    left join counted w4 on w4.publisher_id = o.publisher_id and w4.day = d.day - 28
  ), hours as (
    select s.publisher_id, s.name, s.number * 24 + h.n as hour, least((s.number * 24 + h.n - s.first_hour) / 168, 4) as weeks,
      coalesce(s.seen[h.n + 1], 0) as seen, coalesce(s.before1[h.n + 1], 0) as before1, coalesce(s.before2[h.n + 1], 0) as before2,
      coalesce(s.before3[h.n + 1], 0) as before3, coalesce(s.before4[h.n + 1], 0) as before4
    from span s cross join generate_series(0, 23) as h (n)
    where s.number * 24 + h.n >= s.first_hour
      and s.number * 24 + h.n between news_internal.hour_number(coverage_between.since)
        and news_internal.hour_number(coverage_between.until - interval '1 microsecond')
  ), blind as (
    select o.publisher_id, g.cause, g.from_at, coalesce(g.to_at, now()) as to_at,
      greatest(coalesce(g.missed_estimate, 0) - coalesce(g.filled, 0), 0) as missed
    from ingest.gap g join outlet o on g.publisher_id is null or o.publisher_id = g.publisher_id
    where g.closed_at is null and g.from_at < coverage_between.until
      and coalesce(g.to_at, now()) > coverage_between.since
  ), holes as (
    select b.publisher_id, h.hour, string_agg(distinct b.cause, ', ' order by b.cause) as causes,
      round(sum(b.missed * extract(epoch from
          least(b.to_at, to_timestamp((h.hour + 1) * 3600.0)) - greatest(b.from_at, to_timestamp(h.hour * 3600.0)))
        / greatest(extract(epoch from b.to_at - b.from_at), 1))::numeric, 1) as missed
    from blind b
    cross join lateral generate_series(
      news_internal.hour_number(greatest(b.from_at, coverage_between.since)),
      news_internal.hour_number(least(b.to_at, coverage_between.until) - interval '1 microsecond')
    ) as h (hour)
    group by 1, 2
  )
  select to_timestamp(h.hour * 3600.0), h.name, h.seen::bigint,
    case when h.weeks > 0 then round((h.before1 + case when h.weeks > 1 then h.before2 else 0 end
      + case when h.weeks > 2 then h.before3 else 0 end + case when h.weeks > 3 then h.before4 else 0 end)::numeric / h.weeks, 1) end,
    l.causes is not null, l.causes, l.missed
  from hours h
  left join holes l on l.publisher_id = h.publisher_id and l.hour = h.hour;
end;

-- Only load called the one, only news.daily read the other.
-- squawk-ignore ban-drop-function
drop function news_internal.refresh_daily();
-- squawk-ignore ban-drop-view
drop materialized view news_internal.daily;
-- Only the view that counted delays anew read it.
drop index news_internal.article_seen_day;

select news_internal.grant_roles();

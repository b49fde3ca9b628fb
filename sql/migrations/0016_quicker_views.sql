-- Second thoughts on 0015. A block range index forgets where new rows lie once they fill the holes that revisions leave,
-- so "since yesterday" gets plain indexes; and coverage of one publisher reads that publisher's articles only.

drop index news_internal.article_times;
create index article_loaded on news_internal.article (loaded_at);
create index article_revised on news_internal.article (revised_at) where revision > 1;
create index article_seen_day on news_internal.article (((first_seen_at at time zone 'UTC')::date), publisher_id);

-- Hours are counted as numbers since 1970, for arithmetic with timestamps and intervals was most of the cost.
create function news_internal.hour_number(at timestamptz) returns integer
language sql stable strict parallel safe
return floor(date_part('epoch', at) / 3600)::integer;
comment on function news_internal.hour_number is 'Hours since 1970, UTC. Stable, as date_part is: else it would not be inlined.';

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
  ), span as (
    select o.publisher_id, o.name, o.first_hour, h.hour
    from generate_series(
      news_internal.hour_number(coverage_between.since),
      news_internal.hour_number(coverage_between.until - interval '1 microsecond')
    ) as h (hour)
    join outlet o on o.first_hour <= h.hour
  ), counted as materialized (
    select a.publisher_id, a.hour, count(*) as seen
    from (
      select x.publisher_id, news_internal.hour_number(x.published_at) as hour from news_internal.article x
      where x.published_quality = 'exact' and x.publisher_id = any(array(select publisher_id from outlet))
        and x.published_at >= coverage_between.since - interval '29 days' and x.published_at < coverage_between.until + interval '1 hour'
      union all
      select x.publisher_id, news_internal.hour_number(x.first_seen_at) from news_internal.article x
      where x.published_quality <> 'exact' and x.publisher_id = any(array(select publisher_id from outlet))
        and x.first_seen_at >= coverage_between.since - interval '29 days' and x.first_seen_at < coverage_between.until + interval '1 hour'
    ) a
    group by 1, 2
  ), before as (
    select c.publisher_id, c.hour + week * 168 as hour, sum(c.seen) as seen
    from counted c join outlet o on o.publisher_id = c.publisher_id and c.hour >= o.first_hour
    cross join generate_series(1, 4) as week
    where c.hour + week * 168
      between news_internal.hour_number(coverage_between.since) and news_internal.hour_number(coverage_between.until)
    group by 1, 2
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
  select to_timestamp(s.hour * 3600.0), s.name, coalesce(c.seen, 0),
    round(coalesce(w.seen, 0) / nullif(least((s.hour - s.first_hour) / 168, 4), 0), 1),
    l.causes is not null, l.causes, l.missed
  from span s
  left join counted c on c.publisher_id = s.publisher_id and c.hour = s.hour
  left join before w on w.publisher_id = s.publisher_id and w.hour = s.hour
  left join holes l on l.publisher_id = s.publisher_id and l.hour = s.hour;
end;

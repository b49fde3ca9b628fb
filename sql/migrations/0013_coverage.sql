-- Were there no news, or were we blind? What each hour brought, what was to be expected, and the gaps.

create function news.coverage_between(since timestamptz, until timestamptz, publisher text default null) returns table (
  hour timestamptz, publisher_name text, seen bigint, expected numeric, gap boolean, cause text, missed_estimate numeric
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  with outlet as (
    select p.publisher_id, p.name, p.paused,
      (select date_trunc('hour', min(a.first_seen_at), 'UTC') from news_internal.article a where a.publisher_id = p.publisher_id)
        as first_hour
    from ingest.publisher p where coverage_between.publisher is null or p.name = coverage_between.publisher
  ), counted as (
    select a.publisher_id,
      date_trunc('hour', case when a.published_quality = 'exact' then a.published_at else a.first_seen_at end, 'UTC') as hour,
      count(*) as seen
    from news_internal.article a
    where a.published_at >= coverage_between.since - interval '29 days'
      or a.first_seen_at >= coverage_between.since - interval '29 days'
    group by 1, 2
  ), blind as (
    select g.publisher_id, g.cause, g.from_at, coalesce(g.to_at, now()) as to_at,
      greatest(coalesce(g.missed_estimate, 0) - coalesce(g.filled, 0), 0) as missed
    from ingest.gap g
    where g.closed_at is null and g.from_at < coverage_between.until
      and coalesce(g.to_at, now()) > coverage_between.since
  )
  select h.hour, o.name, coalesce(c.seen, 0), usual.expected, holes.causes is not null, holes.causes, holes.missed
  from generate_series(
    date_trunc('hour', coverage_between.since, 'UTC'), coverage_between.until - interval '1 microsecond', interval '1 hour'
  ) as h (hour)
  join outlet o on o.first_hour <= h.hour
  left join counted c on c.publisher_id = o.publisher_id and c.hour = h.hour
  cross join lateral (
    select round(avg(coalesce(e.seen, 0)), 1) as expected
    from generate_series(1, 4) as week
    left join counted e on e.publisher_id = o.publisher_id and e.hour = h.hour - week * interval '7 days'
    where h.hour - week * interval '7 days' >= o.first_hour
  ) usual
  cross join lateral (
    select string_agg(distinct b.cause, ', ' order by b.cause) as causes,
      round(sum(b.missed * extract(epoch from least(b.to_at, h.hour + interval '1 hour') - greatest(b.from_at, h.hour))
        / greatest(extract(epoch from b.to_at - b.from_at), 1))::numeric, 1) as missed
    from blind b
    where (b.publisher_id = o.publisher_id or b.publisher_id is null) and b.from_at < h.hour + interval '1 hour' and b.to_at > h.hour
  ) holes;
end;
comment on function news.coverage_between is 'news.coverage for any span of time and, if you like, one publisher: quicker than the view for a few days.';

create view news.coverage as
select hour, publisher_name as publisher, seen, expected, gap, cause, missed_estimate
from news.coverage_between(now() - interval '31 days', now());
comment on view news.coverage is 'What each hour of the last 31 days brought from each publisher. Look here before you conclude from silence: where gap is true, we were blind, and zero means nothing. For other times: news.coverage_between.';
comment on column news.coverage.hour is 'Beginning of the hour, UTC: of publication; of first sight where the hour of publication is unknown.';
comment on column news.coverage.publisher is 'Outlet.';
comment on column news.coverage.seen is 'Articles of that hour.';
comment on column news.coverage.expected is 'Average of the same hour of the same weekday in the four weeks before; null in the first week of a publisher.';
comment on column news.coverage.gap is 'True where entries of a feed may have been missed in that hour, and the hole has not been filled since.';
comment on column news.coverage.cause is 'Why: window (the feed moved past us between two polls), feed_down, own_outage, not_polled.';
comment on column news.coverage.missed_estimate is 'Entries that may have been missed in that hour, from the feed''s own rate.';

select news_internal.grant_roles();

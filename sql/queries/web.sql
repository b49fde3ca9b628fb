-- name: web.add_origins adds the origins that are not there yet
insert into ingest.origin (origin)
select given.origin from unnest(%(origins)s::text[]) as given (origin)
where not exists (select from ingest.origin o where o.origin = given.origin)
order by given.origin
on conflict (origin) do nothing;

-- name: web.origin_ids finds origins by name
select origin_id, origin from ingest.origin where origin = any(%(origins)s);

-- name: web.load_origins reads pace, breaker and robots.txt of origins
-- row: OriginRow
select origin_id, origin, crawl_delay_s::float8, response_s::float8, failures, cool_until, cool_reason, next_request_at,
  robots_status, robots_body, robots_fetched_at, robots_expires_at
from ingest.origin where origin_id = any(%(ids)s);

-- name: web.save_paces writes paces; of two pauses the later one wins; returns what then holds
-- row: OriginRow
-- values: origin_id bigint, crawl_delay_s real null, response_s real null, failures integer, cool_until timestamptz null, cool_reason text null, next_request_at timestamptz null
update ingest.origin o
set crawl_delay_s = new.crawl_delay_s::real,
  response_s = new.response_s::real,
  failures = new.failures,
  cool_until = greatest(o.cool_until, new.cool_until::timestamptz),
  cool_reason = case when o.cool_until > new.cool_until::timestamptz then o.cool_reason
    else coalesce(new.cool_reason, o.cool_reason) end,
  next_request_at = case when o.next_request_at > new.next_request_at::timestamptz + interval '1 hour'
    then new.next_request_at::timestamptz else greatest(o.next_request_at, new.next_request_at::timestamptz) end
from (values %s) as new (origin_id, crawl_delay_s, response_s, failures, cool_until, cool_reason, next_request_at)
where o.origin_id = new.origin_id
returning o.origin_id, o.origin, o.crawl_delay_s::float8, o.response_s::float8, o.failures, o.cool_until,
  o.cool_reason, o.next_request_at, null::smallint as robots_status, null::text as robots_body,
  null::timestamptz as robots_fetched_at, null::timestamptz as robots_expires_at;

-- name: web.save_robots stores robots.txt files
-- values: origin_id bigint, status integer null, body text null, fetched_at timestamptz null, expires_at timestamptz null
update ingest.origin o
set robots_status = new.status, robots_body = new.body, robots_fetched_at = new.fetched_at,
  robots_expires_at = new.expires_at
from (values %s) as new (origin_id, status, body, fetched_at, expires_at)
where o.origin_id = new.origin_id and (o.robots_fetched_at is null or o.robots_fetched_at < new.fetched_at);

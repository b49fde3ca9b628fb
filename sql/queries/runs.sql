-- name: runs.start opens a run, or finds it again after a retry
-- returns: value
insert into ingest.run (dag_id, dag_run_id, started_at, params, in_process)
values (%(dag_id)s, %(dag_run_id)s, %(now)s, %(params)s, %(in_process)s)
on conflict (dag_id, dag_run_id) do update set in_process = excluded.in_process, seen_at = clock_timestamp()
returning run_id;

-- name: runs.reopen opens a closed run again and gives up the pages that others have taken on meanwhile
with opened as (
  update ingest.run set state = 'running', ended_at = null, verdict = null, broken_off = false, seen_at = clock_timestamp()
  where run_id = %(run_id)s and state <> 'running'
  returning run_id
), unfinished as (
  select x.page_id, case
      when x.load_outcome is not null then null
      when x.deduplicate_outcome is not null then case when d.goes_on then 'clustered' end
      when x.extract_outcome is not null then case when e.goes_on then 'extracted' end
      when x.fetch_outcome is not null then case when f.goes_on then 'captured' end
      when x.entered = 'fetch' then 'pending'
      when x.entered = 'extract' then 'captured'
      when x.entered = 'deduplicate' then 'extracted'
      else 'clustered' end as waits_as
  from ingest.run_page x join opened using (run_id)
  left join ingest.outcome f on f.code = x.fetch_outcome
  left join ingest.outcome e on e.code = x.extract_outcome
  left join ingest.outcome d on d.code = x.deduplicate_outcome
)
delete from ingest.run_page x using opened o, unfinished u, ingest.page p
where x.run_id = o.run_id and u.page_id = x.page_id and p.page_id = x.page_id and u.waits_as is not null
  and (p.state <> u.waits_as or exists (
    select from ingest.run_page y join ingest.run r using (run_id)
    where y.page_id = x.page_id and y.run_id <> x.run_id and r.state = 'running' and y.load_outcome is null));

-- name: runs.find gives a run's number
-- returns: value or none
select run_id from ingest.run where dag_id = %(dag_id)s and dag_run_id = %(dag_run_id)s;

-- name: runs.unattended lists the runs that nobody works on, though they were not closed
-- not null: is_quiet
select r.run_id, r.dag_id, r.dag_run_id, r.in_process, not ingest.is_alive(r) as is_quiet
from ingest.run r where r.state = 'running' and not ingest.is_at_work(r) order by r.run_id;

-- name: runs.break_off closes a run that ends without its check
update ingest.run r set state = 'failed', ended_at = %(now)s, broken_off = true, verdict = %(verdict)s
where r.run_id = %(run_id)s and r.state = 'running' and not ingest.is_at_work(r);

-- name: runs.note_alive notes that the scheduler still works on a run
update ingest.run set seen_at = clock_timestamp() where run_id = %(run_id)s;

-- name: runs.stop closes a run from within its own process, where its check has not
update ingest.run set state = 'failed', ended_at = %(now)s, broken_off = true, verdict = %(verdict)s
where run_id = %(run_id)s and state = 'running';

-- name: runs.mend_times makes due what a clock that ran ahead has put off; one alarm
-- returns: value
-- Nothing waits longer than so: a feed a week (its days to skip) and a day, a page, an origin or robots.txt a day; and
-- nothing was done in the future. An hour, or a day, is left for clocks that differ.
with feeds as (
  update ingest.feed set next_poll_at = '-infinity', last_poll_at = least(last_poll_at, %(now)s),
    first_ok_at = least(first_ok_at, %(now)s), last_ok_at = least(last_ok_at, %(now)s)
  where next_poll_at > %(now)s + interval '9 days' and next_poll_at < 'infinity' or last_poll_at > %(now)s + interval '1 hour'
  returning 1
), pages as (
  update ingest.page set next_attempt_at = '-infinity'
  where settled_at is null and state = 'pending' and next_attempt_at > %(now)s + interval '2 days' and next_attempt_at < 'infinity'
  returning 1
), origins as (
  update ingest.origin set
    cool_until = case when cool_until <= %(now)s + interval '2 days' then cool_until end,
    next_request_at = case when next_request_at <= %(now)s + interval '2 hours' then next_request_at end,
    robots_fetched_at = least(robots_fetched_at, %(now)s),
    robots_expires_at = case when robots_fetched_at > %(now)s + interval '1 hour' then %(now)s
      else least(robots_expires_at, %(now)s + interval '1 day') end
  where cool_until > %(now)s + interval '2 days' or next_request_at > %(now)s + interval '2 hours'
    or robots_expires_at > %(now)s + interval '2 days' or robots_fetched_at > %(now)s + interval '1 hour'
  returning 1
), outages as (
  update ingest.gap set to_at = greatest(from_at, %(now)s)
  where feed_id is null and closed_at is null and to_at > %(now)s + interval '1 hour'
  returning 1
), jobs as (
  update news_internal.maintenance set ended_at = null where ended_at > %(now)s + interval '1 hour'
  returning 1
), mended as (
  select (select count(*) from feeds) + (select count(*) from pages) + (select count(*) from origins)
    + (select count(*) from outages) + (select count(*) from jobs) as times
), alarm as (
  insert into ingest.ops_alarm as a (cause, severity, sentence, opened_at, seen_at)
  select 'clock', 'critical', %(sentence)s, %(now)s, %(now)s from mended where times > 0
  on conflict (cause, subject) where resolved_at is null do update set seen_at = excluded.seen_at
)
select times from mended;

-- name: runs.finish closes a run with its verdict
update ingest.run set state = %(state)s, verdict = %(verdict)s, ended_at = %(now)s where run_id = %(run_id)s;

-- name: runs.begin_stage notes that a step has started: for the how manieth time, and the word for each of its starts
-- returns: row
-- column counts: dict[str, int]
insert into ingest.run_stage as s (run_id, stage, shard, started_at, tokens)
values (%(run_id)s, %(stage)s, %(shard)s, %(now)s, array[left(gen_random_uuid()::text, 8)])
on conflict (run_id, stage, shard) do update
  set attempts = s.attempts + 1, started_at = excluded.started_at, ended_at = null, seen_at = clock_timestamp(),
    tokens = s.tokens || excluded.tokens
returning attempts, tokens, counts, label;

-- name: runs.done counts what the earlier attempts of a step have done, as the tables have it
-- not null: all
with done as (
  select outcome from ingest.poll where run_id = %(run_id)s and shard = %(shard)s and %(stage)s = 'poll'
  union all
  select case %(stage)s when 'fetch' then fetch_outcome when 'extract' then extract_outcome
    when 'deduplicate' then deduplicate_outcome when 'load' then load_outcome end
  from ingest.run_page
  where run_id = %(run_id)s
    and case %(stage)s when 'fetch' then shard = %(shard)s when 'extract' then extract_shard = %(shard)s else true end
)
select outcome, count(*) as pages from done where outcome is not null group by outcome;

-- name: runs.progress writes a step's counts while it runs and when it ends
-- nullable parameters: ended_at
update ingest.run_stage
set counts = %(counts)s, label = %(label)s, ended_at = %(ended_at)s, seen_at = clock_timestamp()
where run_id = %(run_id)s and stage = %(stage)s and shard = %(shard)s;

-- name: runs.note_cpu writes what a step's last try took of the processor
update ingest.run_stage set cpu_s = %(seconds)s
where run_id = %(run_id)s and stage = %(stage)s and shard = %(shard)s;

-- name: runs.end_refused ends a page that the database refused in a stage; one that has an article keeps it
update ingest.page
set state = case when loaded_extraction_id is not null then 'loaded' else 'rejected' end, outcome = %(outcome)s,
  detail = %(detail)s, changed_at = %(now)s
where page_id = %(page)s;

-- name: runs.note_refused writes such an end into the run's funnel
update ingest.run_page set
  fetch_outcome = case when %(stage)s = 'fetch' then %(outcome)s else fetch_outcome end,
  extract_outcome = case when %(stage)s = 'extract' then %(outcome)s else extract_outcome end,
  deduplicate_outcome = case when %(stage)s = 'deduplicate' then %(outcome)s else deduplicate_outcome end,
  load_outcome = case when %(stage)s = 'load' then %(outcome)s else load_outcome end
where run_id = %(run_id)s and page_id = %(page)s;

-- name: runs.due_origins counts what a run could take, by origin
-- not null: pages
select p.origin_id, count(*) as pages from ingest.page p join ingest.publisher b using (publisher_id)
where p.settled_at is null and p.state = 'pending' and p.next_attempt_at <= %(now)s and not b.paused
  and (%(publishers)s::text[] is null or b.publisher_id = any(ingest.publisher_ids(%(publishers)s::text[])))
group by p.origin_id;

-- name: runs.count_captured counts the pages that wait for extraction
-- returns: value
select count(*) from ingest.page where settled_at is null and state = 'captured';

-- name: runs.placed_origins lists the origins that have a shard of a run's fetch
-- not null: pages
select p.origin_id, x.shard, count(*) as pages
from ingest.run_page x join ingest.page p using (page_id)
where x.run_id = %(run_id)s and x.entered = 'fetch' group by p.origin_id, x.shard;

-- name: runs.place moves a run's origins to their shards of fetch
update ingest.run_page x set shard = g.shard
from ingest.page p, unnest(%(origins)s::integer[], %(shards)s::integer[]) as g (origin_id, shard)
where x.run_id = %(run_id)s and x.entered = 'fetch' and p.page_id = x.page_id and p.origin_id = g.origin_id
  and x.shard <> g.shard;

-- name: runs.plan_fetch takes due pages into a run: each origin goes to its shard, and its pages are dealt out for extract
-- nullable parameters: limit
-- An origin that has become due since the shards were made goes to the first.
with due as (
  select p.page_id, p.origin_id
  from ingest.page p
  join ingest.publisher b using (publisher_id)
  where p.settled_at is null and p.state = 'pending' and p.next_attempt_at <= %(now)s and not b.paused
    and (%(publishers)s::text[] is null or b.publisher_id = any(ingest.publisher_ids(%(publishers)s::text[])))
    and not exists (
      select from ingest.run_page x join ingest.run r using (run_id)
      where x.page_id = p.page_id and r.state = 'running' and r.run_id <> %(run_id)s and x.load_outcome is null)
  order by p.discovered_by = 'link', p.next_attempt_at, p.page_id
  limit %(limit)s
), place as (
  select origin_id, shard from unnest(%(origins)s::integer[], %(shards)s::integer[]) as g (origin_id, shard)
)
insert into ingest.run_page (run_id, page_id, shard, extract_shard, entered)
select %(run_id)s, d.page_id, coalesce(place.shard, 0),
  (row_number() over (order by d.origin_id, d.page_id) - 1) %% %(extract_shards)s, 'fetch'
from due d left join place using (origin_id)
on conflict do nothing;

-- name: runs.plan_waiting takes over the pages that a broken run left between two stages
insert into ingest.run_page (run_id, page_id, shard, extract_shard, entered)
select %(run_id)s, p.page_id, 0, (row_number() over (order by p.state, p.origin_id, p.page_id) - 1) %% %(shards)s,
  case p.state when 'captured' then 'extract' when 'extracted' then 'deduplicate' else 'load' end
from ingest.page p
where p.settled_at is null and p.state in ('captured', 'extracted', 'clustered')
  and not exists (
    select from ingest.run_page x join ingest.run r using (run_id)
    where x.page_id = p.page_id and r.state = 'running' and r.run_id <> %(run_id)s)
on conflict do nothing;

-- name: runs.shards lists the shards of a run: what each fetches, and what each is to extract of all that is fetched
-- not null: all
with fetched as (
  select shard, count(*) as pages, count(distinct p.origin_id) as origins,
    (array_agg(o.origin order by o.origin_id))[1] as first_origin
  from ingest.run_page x join ingest.page p using (page_id) join ingest.origin o using (origin_id)
  where run_id = %(run_id)s and x.entered = 'fetch' group by shard
), extracted as (
  select extract_shard as shard, count(*) as pages from ingest.run_page
  where run_id = %(run_id)s and entered in ('fetch', 'extract') group by extract_shard
)
select shard, coalesce(f.pages, 0) as to_fetch, coalesce(f.origins, 0) as origins,
  coalesce(f.first_origin, '') as first_origin, coalesce(e.pages, 0) as to_extract
from fetched f full join extracted e using (shard) order by shard;

-- name: runs.funnel counts, stage by stage, what went in and what each outcome took out
-- not null: stage
with flow as (
  select 'fetch' as stage, 1 as position, fetch_outcome as outcome from ingest.run_page
  where run_id = %(run_id)s and entered = 'fetch'
  union all
  select 'extract', 2, extract_outcome from ingest.run_page
  where run_id = %(run_id)s and (entered = 'extract' or fetch_outcome in (select code from ingest.outcome where goes_on))
  union all
  select 'deduplicate', 3, deduplicate_outcome from ingest.run_page
  where run_id = %(run_id)s and (entered = 'deduplicate' or extract_outcome in (select code from ingest.outcome where goes_on))
  union all
  select 'load', 4, load_outcome from ingest.run_page
  where run_id = %(run_id)s and (entered = 'load' or deduplicate_outcome in (select code from ingest.outcome where goes_on))
)
select stage, outcome, count(*) as pages from flow group by stage, position, outcome order by position, pages desc, outcome;

-- name: runs.second_looks counts the extractions of a run, and those whose text only a second look at the page found
-- returns: row
-- not null: all
-- parameter found_by: Iterable[str]
select count(*) as extracted, count(*) filter (where sources ->> 'body' = any(%(found_by)s)) as rescued
from ingest.extraction where run_id = %(run_id)s;

-- name: runs.stages lists the steps of a run, for progress
-- column counts: dict[str, int]
select stage, shard, started_at, ended_at, attempts, counts, label
from ingest.run_stage where run_id = %(run_id)s order by started_at, shard;

-- name: runs.first_failures lists the first failures of a stage: the commonest outcomes first, each with its first page
-- not null: all
with failed as (
  select x.page_id, case %(stage)s when 'fetch' then x.fetch_outcome when 'extract' then x.extract_outcome
    when 'deduplicate' then x.deduplicate_outcome else x.load_outcome end as outcome
  from ingest.run_page x where x.run_id = %(run_id)s
    and (%(shard)s::integer is null or case %(stage)s when 'extract' then x.extract_shard else x.shard end = %(shard)s)
)
select f.outcome, count(*) as pages, min(f.page_id) as page_id, o.sentence,
  (select b.name from ingest.page p join ingest.publisher b using (publisher_id) where p.page_id = min(f.page_id)) as publisher
from failed f join ingest.outcome o on o.code = f.outcome
where o.kind <> 'ok' group by f.outcome, o.sentence order by pages desc, f.outcome limit 10;

-- name: runs.entered counts the pages of a run by the stage at which they came in
select entered, count(*) as pages from ingest.run_page where run_id = %(run_id)s group by entered;

-- name: runs.polls counts the polls of a run by outcome
select outcome, count(*) as polls, sum(entries) as entries, sum(new_entries) as new_entries,
  sum(changed_entries) as changed_entries
from ingest.poll where run_id = %(run_id)s group by outcome order by polls desc, outcome;

-- name: runs.feeds_left counts the feeds that a run could ask, that it left though due, and that it took in hand in vain
-- not null: active, due, held
-- returns: row
with asked as (
  select r.run_id, r.params, r.started_at, coalesce((select min(s.started_at) from ingest.run_stage s where s.run_id = r.run_id and s.stage = 'poll'),
    r.started_at) as polled_at
  from ingest.run r where r.run_id = %(run_id)s
)
select count(*) as active, max(f.last_poll_at) as last_asked_at,
  count(*) filter (where ((a.params -> 'force') = 'true' or f.next_poll_at <= a.polled_at)
    and f.last_run_id is distinct from a.run_id and not ingest.is_claimed(f, %(now)s)
    -- what another run asked meanwhile was not left
    and (f.last_poll_at is null or f.last_poll_at < a.started_at)) as due,
  count(*) filter (where f.last_run_id = a.run_id and f.claimed_until is not null and not exists (
    select from ingest.poll l
    where l.feed_id = f.feed_id and l.run_id = a.run_id and l.polled_at > a.started_at - interval '1 day')) as held
from ingest.feed f join ingest.publisher b using (publisher_id) cross join asked a
where f.state = 'active' and not b.paused
  and (coalesce(jsonb_array_length(nullif(a.params -> 'publishers', 'null')), 0) = 0 or b.publisher_id = any(ingest.publisher_ids(array(select jsonb_array_elements_text(coalesce(nullif(a.params -> 'publishers', 'null'), '[]'))))))
  and (coalesce(jsonb_array_length(nullif(a.params -> 'feeds', 'null')), 0) = 0 or a.params -> 'feeds' ? f.url);

-- name: runs.pages_left counts the pages between two stages that no run works on: twenty minutes without a sign of life
-- returns: value
with busy as materialized (
  select r.run_id from ingest.run r
  where r.state = 'running' and (r.run_id = %(run_id)s or ingest.is_at_work(r)
    or ingest.last_seen(r) between clock_timestamp() - interval '20 minutes' and clock_timestamp() + interval '1 minute')
)
select count(*) from ingest.page p
where p.settled_at is null and p.state in ('captured', 'extracted', 'clustered')
  and not exists (select from ingest.run_page x join busy using (run_id) where x.page_id = p.page_id);

-- name: runs.totals counts what the database holds
-- returns: row
select (select count(*) from ingest.publisher) as publishers,
  (select count(*) from ingest.feed where state = 'active') as feeds,
  (select count(*) from ingest.page) as pages,
  (select count(*) from ingest.page where loaded_extraction_id is not null) as articles,
  (select count(*) from ingest.page where settled_at is null and state = 'pending') as pending,
  (select count(*) from ingest.page where rejected_at is not null) as rejected;

-- name: runs.unknown lists the names in a request that nobody has: publishers by name, feeds by address
-- not null: name
select name from unnest(%(publishers)s::text[]) as asked(name)
where not exists (select from ingest.publisher_name b where b.name = asked.name)
union all
select url from unnest(%(feeds)s::text[]) as asked(url)
where not exists (select from ingest.feed f where f.url = asked.url and f.state <> 'gone');

-- name: runs.note_told writes which change the asset event of a run tells, where it is newer than those told before
-- returns: value or none
update ingest.run r set told_change_id = w.newest
from (select max(change_id) as newest from news_internal.change) w
where r.run_id = %(run_id)s
  and w.newest > coalesce((select max(told_change_id) from ingest.run o where o.run_id <> r.run_id), 0)
returning r.told_change_id;

-- name: runs.watermark gives the newest change that consumers of news.changes can read
-- returns: value
select coalesce(max(change_id), 0) from news_internal.change;

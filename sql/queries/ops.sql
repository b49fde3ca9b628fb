-- name: ops.count_days counts publishers' days again from polls and runs, between two instants
with flow as (
  select p.publisher_id, (r.started_at at time zone 'UTC')::date as day, x.page_id, x.run_id,
    r.dag_id = any(%(nightly)s) as nightly, x.fetch_outcome, x.extract_outcome, x.deduplicate_outcome, x.load_outcome
  from ingest.run r join ingest.run_page x using (run_id) join ingest.page p using (page_id)
  where r.started_at >= %(since)s and r.started_at < %(until)s
), pages as (
  select publisher_id, day,
    count(fetch_outcome) as fetched,
    count(*) filter (where fetch_outcome in (select code from ingest.outcome where goes_on)) as captured,
    count(*) filter (where nightly and fetch_outcome in (
      select code from ingest.outcome where kind = 'final' and blame = 'publisher')) as refused,
    count(extract_outcome) filter (where nightly) as extracted,
    count(*) filter (where nightly and extract_outcome in (select code from ingest.outcome where kind = 'ok')) as readable,
    count(*) filter (where load_outcome = 'new') as new_articles,
    count(*) filter (where load_outcome = 'revised') as revised
  from flow group by publisher_id, day
), codes as (
  select publisher_id, day, code, count(*) as pages
  from flow, unnest(array[fetch_outcome, extract_outcome, deduplicate_outcome, load_outcome]) as code
  join ingest.outcome o using (code)
  where o.kind <> 'ok' group by publisher_id, day, code
), failures as (
  select publisher_id, day, jsonb_object_agg(code, pages) as failures from codes group by publisher_id, day
), lengths as (
  select f.publisher_id, f.day, percentile_cont(0.5) within group (order by e.word_count) as words
  from flow f join ingest.extraction e on e.page_id = f.page_id and e.run_id = f.run_id
  where f.nightly and e.outcome in (select code from ingest.outcome where goes_on)
  group by f.publisher_id, f.day
), polled as (
  select f.publisher_id, (l.polled_at at time zone 'UTC')::date as day, l.outcome, l.new_entries
  from ingest.feed f join ingest.poll l using (feed_id)
  where l.polled_at >= %(since)s and l.polled_at < %(until)s
), polls as (
  select publisher_id, day, count(*) as polls,
    count(*) filter (where outcome in (select code from ingest.outcome where kind = 'ok')) as polls_ok, sum(new_entries) as new_entries
  from polled group by publisher_id, day
), poll_codes as (
  select publisher_id, day, jsonb_object_agg(outcome, polls) as poll_failures
  from (select publisher_id, day, outcome, count(*) as polls from polled
        where outcome not in (select code from ingest.outcome where kind = 'ok')
        group by publisher_id, day, outcome) c
  group by publisher_id, day
)
insert into ingest.publisher_day as d (publisher_id, day, polls, polls_ok, new_entries, fetched, captured, refused, extracted,
  readable, new_articles, revised, words, failures, poll_failures)
select publisher_id, day, coalesce(polls, 0), coalesce(polls_ok, 0), coalesce(new_entries, 0), coalesce(fetched, 0),
  coalesce(captured, 0), coalesce(refused, 0), coalesce(extracted, 0), coalesce(readable, 0), coalesce(new_articles, 0),
  coalesce(revised, 0), words, coalesce(failures, '{}'), coalesce(poll_failures, '{}')
from pages full join polls using (publisher_id, day)
  left join failures using (publisher_id, day) left join lengths using (publisher_id, day)
  left join poll_codes using (publisher_id, day)
order by publisher_id, day
on conflict (publisher_id, day) do update set
  (polls, polls_ok, new_entries, fetched, captured, refused, extracted, readable, new_articles, revised, words, failures,
   poll_failures)
  = (excluded.polls, excluded.polls_ok, excluded.new_entries, excluded.fetched, excluded.captured, excluded.refused, excluded.extracted,
   excluded.readable, excluded.new_articles, excluded.revised, excluded.words, excluded.failures,
   excluded.poll_failures);

-- name: ops.last_counted gives the newest day that was counted
-- returns: value
select max(day) from ingest.publisher_day;

-- name: ops.note_judged writes when the alarms were judged
insert into ingest.watch (judged_at) values (%(now)s) on conflict (single) do update set judged_at = excluded.judged_at;

-- name: ops.outlook gives when the alarms were last judged, and what may become one
-- returns: row
-- not null: failing, cooling, proposals
select (select judged_at from ingest.watch) as judged_at,
  (select count(*) from ingest.feed f join ingest.publisher b using (publisher_id)
   where f.state = 'active' and f.failures > 0 and not b.paused) as failing,
  (select count(distinct o.publisher_id) from ingest.origin o where o.cool_until > %(now)s) as cooling,
  (select count(*) from ingest.proposal where decided_at is null) as proposals;

-- name: ops.figures_at gives when the figures of publishers were last counted: at a run's end, or by the watch
-- returns: value or none
select greatest(
  (select ended_at from ingest.run where ended_at is not null order by run_id desc limit 1),
  (select judged_at from ingest.watch));

-- name: ops.runs lists the newest runs with what each stage counted by outcome
-- not null: is_alive, is_partial
-- column params: dict[str, Any]
-- column stages: dict[str, dict[str, int]]
select r.run_id, r.dag_id, r.dag_run_id, r.state, r.started_at, r.ended_at, r.verdict, r.params,
  ingest.is_alive(r) as is_alive, ingest.is_partial(r) as is_partial, ingest.worked(r) as took,
  (select sum(s.cpu_s) from ingest.run_stage s where s.run_id = r.run_id) as cpu_s,
  coalesce((
    select jsonb_object_agg(stage, counts) from (
      select stage, jsonb_object_agg(code, pages) as counts from (
        select s.stage, c.key as code, sum(c.value::numeric)::bigint as pages
        from ingest.run_stage s, jsonb_each_text(s.counts) c join ingest.outcome o on o.code = c.key
        where s.run_id = r.run_id group by s.stage, c.key) codes
      group by stage) stages), '{}') as stages
from ingest.run r
where r.started_at >= %(since)s and r.dag_id = any(%(dags)s)
order by r.run_id desc limit %(limit)s;

-- name: ops.run_outcomes counts the pages of runs by publisher and by what was said of each last
-- not null: outcome
select x.run_id, b.name as publisher,
  coalesce(x.load_outcome, x.deduplicate_outcome, x.extract_outcome, x.fetch_outcome, 'pending') as outcome,
  count(*) as pages
from ingest.run_page x join ingest.page p using (page_id) join ingest.publisher b using (publisher_id)
where x.run_id = any(%(runs)s)
group by 1, 2, 3 order by 1, 2, 3;

-- name: ops.run_by_name finds a run as Airflow names it, or the newest of its Dag
-- not null: is_alive
-- column params: dict[str, Any]
-- returns: row or none
select r.run_id, r.dag_id, r.dag_run_id, r.state, r.started_at, r.ended_at, r.verdict, r.params,
  ingest.is_alive(r) as is_alive, ingest.worked(r) as took
from ingest.run r
where dag_id = %(dag_id)s and (%(dag_run_id)s::text is null or dag_run_id = %(dag_run_id)s)
order by run_id desc limit 1;

-- name: ops.run_publishers counts a run's pages by publisher
select b.name, count(x.fetch_outcome) as fetched,
  count(*) filter (where x.fetch_outcome in (select code from ingest.outcome where goes_on)) as captured,
  count(x.extract_outcome) as extracted,
  count(*) filter (where x.extract_outcome in (select code from ingest.outcome where kind = 'ok')) as readable,
  count(*) filter (where x.load_outcome = 'new') as new_articles,
  count(*) filter (where x.load_outcome = 'revised') as revised,
  min(x.shard) as shard, max(x.shard) as last_shard,
  mode() within group (order by case
    when x.fetch_outcome not in (select code from ingest.outcome where kind = 'ok') then x.fetch_outcome
    when x.extract_outcome not in (select code from ingest.outcome where kind = 'ok') then x.extract_outcome
    when x.deduplicate_outcome not in (select code from ingest.outcome where kind = 'ok') then x.deduplicate_outcome
    when x.load_outcome not in (select code from ingest.outcome where kind = 'ok') then x.load_outcome end) as failure
from ingest.run_page x join ingest.page p using (page_id) join ingest.publisher b using (publisher_id)
where x.run_id = %(run_id)s
group by b.name order by count(*) desc, b.name limit %(limit)s;

-- name: ops.publishers lists publishers with the state of their feeds and origins, their worst alarm and their days
-- not null: publisher_id, name, title, homepage, paused, paused_by
with figures as (
  select publisher_id,
    sum(new_articles) filter (where day >= %(week)s)::integer as new_articles,
    sum(readable) filter (where day >= %(week)s)::integer as readable,
    sum(extracted + refused) filter (where day >= %(week)s)::integer as extracted,
    sum(readable) filter (where day < %(week)s)::integer as usual_readable,
    sum(extracted + refused) filter (where day < %(week)s)::integer as usual_extracted
  from ingest.publisher_day where day >= %(since)s group by publisher_id
), failures as (
  select distinct on (publisher_id) publisher_id, code as failure, sum(number::integer)::integer as failures
  from ingest.publisher_day, jsonb_each_text(failures || poll_failures) f(code, number)
  where day >= %(week)s group by publisher_id, code order by publisher_id, failures desc, code desc
), feeds as (
  select publisher_id, count(*) filter (where state = 'active') as feeds,
    count(*) filter (where state = 'paused') as paused_feeds,
    count(*) filter (where state = 'active' and failures > 0) as failing,
    count(*) filter (where state = 'gone' and reason <> 'removed by a person') as lost,
    bool_or(last_poll_at is not null) as asked,
    max(last_ok_at) as last_ok_at, max(last_new_at) as last_new_at,
    mode() within group (order by last_outcome) filter (where failures > 0) as feed_outcome
  from ingest.feed group by publisher_id
), cooling as (
  select distinct on (publisher_id) publisher_id, cool_until, cool_reason
  from ingest.origin where cool_until > %(now)s order by publisher_id, cool_until desc
), worst as (
  select distinct on (publisher_id) publisher_id, severity, sentence, opened_at,
    count(*) over (partition by publisher_id) as alarms
  from ingest.ops_alarm where resolved_at is null order by publisher_id, severity, opened_at
)
select b.publisher_id, b.name, coalesce(b.title, '') as title, b.paused, b.paused_by, coalesce(b.homepage, '') as homepage,
  coalesce(f.feeds, 0) as feeds, coalesce(f.paused_feeds, 0) as paused_feeds, coalesce(f.failing, 0) as failing,
  coalesce(f.lost, 0) as lost_feeds, coalesce(f.asked, false) as asked,
  f.last_ok_at, f.last_new_at, f.feed_outcome, o.cool_until, o.cool_reason,
  coalesce(d.new_articles, 0) as new_articles, d.readable, d.extracted, d.usual_readable, d.usual_extracted,
  x.failure, coalesce(x.failures, 0) as failures,
  coalesce(w.alarms, 0) as alarms, w.severity, w.sentence, w.opened_at as alarm_since
from ingest.publisher b
left join feeds f using (publisher_id) left join cooling o using (publisher_id)
left join figures d using (publisher_id) left join failures x using (publisher_id) left join worst w using (publisher_id)
where b.merged_into is null and (%(name)s::text is null or b.publisher_id = any(ingest.publisher_ids(array[%(name)s])))
order by b.name;

-- name: ops.days lists publishers' days since a day
-- column failures: dict[str, int]
-- column poll_failures: dict[str, int]
select publisher_id, day, polls, polls_ok, new_entries, fetched, captured, refused, extracted, readable, new_articles,
  revised, words, failures, poll_failures
from ingest.publisher_day
where day >= %(since)s and (%(publishers)s::integer[] is null or publisher_id = any(%(publishers)s))
order by publisher_id, day;

-- name: ops.open_alarms lists alarms that last, worst and newest first, then those that ended lately
-- column facts: dict[str, Any]
select a.alarm_id, a.cause, a.subject, a.severity, a.sentence, a.facts, a.opened_at, a.resolved_at, a.told_at,
  a.told_resolved_at, a.publisher_id, a.incident_id, a.snoozed_until, a.acknowledged_at, a.acknowledged_by, a.reason,
  b.channel, b.maintainer
from ingest.ops_alarm a left join ingest.publisher b using (publisher_id)
where (a.resolved_at is null or a.resolved_at >= %(since)s)
  and (%(publisher_id)s::integer is null or a.publisher_id = %(publisher_id)s)
order by a.resolved_at is not null, a.severity, a.opened_at desc limit 200;

-- name: ops.rejected lists rejected pages, newest first, from the place that a time and a page name
select p.page_id, p.url, b.name as publisher, p.outcome, p.detail, p.attempts, p.changed_at, p.discovered_at
from ingest.page p join ingest.publisher b using (publisher_id)
where p.rejected_at is not null and (p.rejected_at, p.page_id) < (%(before)s::timestamptz, %(below)s::bigint)
  and (%(outcome)s::text is null or p.rejected_as = %(outcome)s)
  and (%(publisher)s::text is null or p.publisher_id = (select publisher_id from ingest.publisher where name = %(publisher)s))
order by p.rejected_at desc, p.page_id desc limit %(limit)s;

-- name: ops.reject_counts counts recent failures by outcome
-- not null: pages
select o.code, o.stage, o.kind, o.sentence, sum(f.value::numeric)::bigint as pages,
  count(distinct d.publisher_id) as publishers
from ingest.publisher_day d, jsonb_each_text(d.failures) f join ingest.outcome o on o.code = f.key
where d.day >= %(since)s
  and (%(publisher)s::text is null or d.publisher_id = (select publisher_id from ingest.publisher where name = %(publisher)s))
group by o.code, o.stage, o.kind, o.sentence order by pages desc, o.code;

-- name: ops.busy_origins lists origins that hold pages, for a look at the network
select o.origin from ingest.origin o where exists (select from ingest.page p where p.origin_id = o.origin_id)
order by o.origin_id limit %(limit)s;

-- name: ops.clock gives the database's time
-- returns: value
select clock_timestamp();

-- name: ops.active_publishers lists publishers that are asked, with what their failing feeds answer, and since when they have these feeds
select b.publisher_id, b.name,
  (select (max(case when f.state = 'active' then f.added_at else f.last_poll_at end) at time zone 'UTC')::date from ingest.feed f
   where f.publisher_id = b.publisher_id and (f.state <> 'gone' or f.reason = 'removed by a person')) as fed_since,
  (select mode() within group (order by f.last_outcome) from ingest.feed f
   where f.publisher_id = b.publisher_id and f.failures > 0) as feed_outcome
from ingest.publisher b
where not b.paused
  and exists (select from ingest.feed f where f.publisher_id = b.publisher_id and f.state = 'active');

-- name: ops.last_asked gives the number of feeds that can be asked, and when one of them was last
-- returns: row
-- not null: active
select count(*) as active, max(f.last_poll_at) as last_asked_at
from ingest.feed f join ingest.publisher b using (publisher_id) where f.state = 'active' and not b.paused;

-- name: ops.own_outage gives the gap that an outage of our own has opened in all feeds, while it lasts
-- returns: row or none
select from_at, detail from ingest.gap where feed_id is null and to_at is null;

-- name: ops.feedless lists publishers that lost their last feed, with the proposals that wait
-- not null: url, reason
select b.publisher_id, b.name, min(f.url) as url, min(f.reason) as reason, count(r.proposal_id) as proposals
from ingest.publisher b join ingest.feed f using (publisher_id)
left join ingest.proposal r on r.feed_id = f.feed_id and r.decided_at is null
where not b.paused and f.state = 'gone' and f.reason <> 'removed by a person'
  and not exists (select from ingest.feed g where g.publisher_id = b.publisher_id and g.state <> 'gone')
group by b.publisher_id, b.name;

-- name: ops.changed_pages lists pages polled as feeds that are not read as they were, three times in a row
-- not null: sentence
select b.publisher_id, b.name, f.url, f.reason, f.failures, f.last_ok_at, o.sentence
from ingest.feed f join ingest.publisher b using (publisher_id) join ingest.outcome o on o.code = f.last_outcome
where not b.paused and f.state = 'active' and f.kind = 'page' and f.failures >= 3 and o.stage = 'poll' and o.reach = 'answered';

-- name: ops.out_of_time lists publishers for whose pages runs have no time, with what their sites ask for
-- not null: since
-- column crawl_delay_s: float | None
select b.publisher_id, b.name, count(*) as pages, min(p.discovered_at) as since,
  max(o.crawl_delay_s)::float8 as crawl_delay_s
from ingest.page p join ingest.publisher b using (publisher_id) join ingest.origin o using (origin_id)
where p.settled_at is null and p.state in ('pending', 'captured') and not b.paused
  and p.outcome in (select code from ingest.outcome where out_of_time)
group by b.publisher_id, b.name;

-- name: ops.large_stories lists stories that deduplicate finds too large
select story_id, members, detail from ingest.story_alarm where kind = 'large' order by members desc limit 20;

-- name: ops.lost_captures counts the captures of two days that could not be read when they were to be extracted
-- not null: all
select 'archive' as place, count(*) as captures, count(*) filter (where p.state = 'rejected') as ended
from ingest.run r join ingest.run_page x using (run_id) join ingest.page p using (page_id)
where r.started_at > now() - interval '2 days'
  and x.extract_outcome in (select code from ingest.outcome where loses_capture)
having count(*) > 0;

-- name: ops.consumers lists how far each consumer of news.changes is behind
select c.name, (select count(*) from news_internal.change h where h.change_id > c.change_id) as behind,
  (select h.changed_at from news_internal.change h where h.change_id > c.change_id order by h.change_id limit 1) as oldest
from news_internal.consumer c;

-- name: ops.archive_growth gives the bytes that the archive grew by, and over how many days
-- not null: all
-- returns: row
select coalesce(sum(bytes), 0)::float8 as bytes,
  greatest(extract(epoch from %(now)s::timestamptz - min(sealed_at)) / 86400, 1)::float8 as days
from ingest.warc_file where sealed_at >= %(since)s;

-- name: ops.raise_alarm opens an alarm, or notes that it lasts
-- nullable parameters: publisher_id
insert into ingest.ops_alarm as a (cause, subject, shared, publisher_id, severity, sentence, facts, opened_at, seen_at)
values (%(cause)s, %(subject)s, %(shared)s, %(publisher_id)s, %(severity)s, %(sentence)s, %(facts)s, %(now)s, %(now)s)
on conflict (cause, subject) where resolved_at is null do update
set (severity, sentence, facts, seen_at, shared)
  = (excluded.severity, excluded.sentence, excluded.facts, excluded.seen_at, coalesce(nullif(a.shared, ''), excluded.shared));

-- name: ops.open_incidents makes one of many lasting alarms that came in the same nights and have the same in common
insert into ingest.incident (cause, shared, opened_at)
select cause, shared, min(opened_at) from ingest.ops_alarm a
where resolved_at is null and incident_id is null and shared <> '' and opened_at >= %(since)s
  and not exists (select from ingest.incident i where i.cause = a.cause and i.shared = a.shared and i.resolved_at is null)
group by cause, shared having count(*) >= %(alike)s;

-- name: ops.join_incidents lets alarms be part of the open incident whose like they are
update ingest.ops_alarm a set incident_id = i.incident_id from ingest.incident i
where i.resolved_at is null and i.cause = a.cause and i.shared = a.shared
  and a.resolved_at is null and a.incident_id is null and a.opened_at >= i.opened_at;

-- name: ops.end_incidents ends those most of whose publishers are well again
update ingest.incident i set resolved_at = %(now)s
where i.resolved_at is null and %(well)s <= (
  select avg((a.resolved_at is not null)::integer) from ingest.ops_alarm a where a.incident_id = i.incident_id);

-- name: ops.wake_alarms lets alarms be told again whose snooze is over, or that have become worse
update ingest.ops_alarm set snoozed_until = null, snoozed_severity = null, told_at = null
where resolved_at is null and snoozed_until is not null
  and (snoozed_until <= %(now)s or (severity = 'critical' and snoozed_severity = 'warning'));

-- name: ops.snooze_alarm lets nothing be told of an alarm until a time
-- returns: count
update ingest.ops_alarm set (snoozed_until, snoozed_severity, reason) = (%(until)s, severity, %(reason)s)
where alarm_id = %(alarm_id)s and resolved_at is null;

-- name: ops.acknowledge_alarm notes who has taken an alarm on
-- returns: count
update ingest.ops_alarm set (acknowledged_at, acknowledged_by, reason) = (%(now)s, %(actor)s, %(reason)s)
where alarm_id = %(alarm_id)s and resolved_at is null;

-- name: ops.wake_alarm ends the snooze of an alarm
-- returns: count
update ingest.ops_alarm set snoozed_until = %(now)s
where alarm_id = %(alarm_id)s and resolved_at is null and snoozed_until is not null;

-- name: ops.resolve_alarm ends an alarm
update ingest.ops_alarm set resolved_at = %(now)s
where cause = %(cause)s and subject = %(subject)s and resolved_at is null;

-- name: ops.lasting_alarms lists open alarms
select cause, subject, publisher_id, severity, opened_at from ingest.ops_alarm where resolved_at is null;

-- name: ops.untold_alarms lists alarms whose begin or end no message has carried
-- not null: told, in_all
select a.alarm_id, a.cause, a.subject, a.severity, a.sentence, a.shared, a.opened_at, a.resolved_at,
  a.told_at is not null as told, a.incident_id, b.channel, b.maintainer,
  (select count(*) from ingest.ops_alarm o where o.incident_id = a.incident_id) as in_all
from ingest.ops_alarm a left join ingest.publisher b using (publisher_id) left join ingest.incident i using (incident_id)
where ((a.resolved_at is null and a.told_at is null)
    or (a.resolved_at is not null and a.told_resolved_at is null
      and (a.told_at is null or i.incident_id is null or i.resolved_at is not null)))
  and (a.snoozed_until is null or a.snoozed_until <= coalesce(a.resolved_at, %(now)s))
  -- who joins an incident that was told of lately waits, unless it is worse: one message a day
  and (a.resolved_at is not null or not exists (
    select from ingest.ops_alarm o where o.incident_id = a.incident_id and o.severity <= a.severity
      and o.told_at <= a.opened_at and o.told_at > %(now)s - interval '23 hours'))
order by a.cause, a.severity, a.opened_at, a.alarm_id;

-- name: ops.mark_told notes that messages were taken
update ingest.ops_alarm
set told_at = coalesce(told_at, %(now)s), told_resolved_at = case when resolved_at is not null then %(now)s end
where alarm_id = any(%(ids)s);

-- name: ops.publisher_feeds lists a publisher's feeds with their days of polls
-- column days: dict[str, list[int]]
-- column gaps: list[dict[str, Any]]
select f.feed_id, f.url, f.title, f.kind, f.state, f.reason, f.last_poll_at, f.last_ok_at, f.last_new_at,
  f.last_outcome, f.failures, f.interval_s, nullif(f.next_poll_at, '-infinity') as next_poll_at, f.moved_to,
  r.dag_id, r.dag_run_id, q.shard,
  coalesce((select jsonb_object_agg(day, jsonb_build_array(ok, failed, new_entries)) from (
    select (l.polled_at at time zone 'UTC')::date as day,
      count(*) filter (where l.outcome in (select code from ingest.outcome where kind = 'ok')) as ok,
      count(*) filter (where l.outcome not in (select code from ingest.outcome where kind = 'ok')) as failed, sum(l.new_entries) as new_entries
    from ingest.poll l where l.feed_id = f.feed_id and l.polled_at >= %(since)s group by 1) p), '{}') as days,
  coalesce((select jsonb_agg(jsonb_build_object('cause', g.cause, 'from', g.from_at, 'to', g.to_at,
      'missed', g.missed_estimate, 'filled', g.filled, 'closed', g.closed_at, 'detail', g.detail) order by g.from_at desc)
    from ingest.gap g where g.feed_id = f.feed_id and coalesce(g.to_at, %(now)s) >= %(since)s), '[]') as gaps
from ingest.feed f
left join lateral (
  select l.run_id, l.shard from ingest.poll l where l.feed_id = f.feed_id and l.polled_at >= %(since)s
  order by l.polled_at desc limit 1) q on true
left join ingest.run r on r.run_id = q.run_id
where f.publisher_id = %(publisher_id)s
order by f.state, f.url limit 50;

-- name: ops.publisher_things lists a publisher's newest articles and rejects, origins with rights, learned lines
-- not null: kind, page_id, url
-- column more: dict[str, Any]
(select 'loaded' as kind, p.page_id, p.url, p.outcome, p.detail, p.changed_at, e.title, e.word_count, e.published_at,
  null::jsonb as more
from ingest.page p left join ingest.extraction e on e.extraction_id = coalesce(p.loaded_extraction_id, p.extraction_id)
where p.publisher_id = %(publisher_id)s and p.settled_at is not null and p.state = 'loaded' order by p.settled_at desc limit 10)
union all
(select 'rejected', p.page_id, p.url, p.outcome, p.detail, p.changed_at, '', 0, null, null
from ingest.page p where p.publisher_id = %(publisher_id)s and p.settled_at is not null and p.state = 'rejected'
  order by p.settled_at desc limit 10)
union all
(select 'origin', o.origin_id, o.origin, o.cool_reason, left(o.robots_body, 4000), o.robots_fetched_at, '', o.failures,
  o.cool_until, jsonb_build_object('status', o.robots_status, 'crawl_delay_s', o.crawl_delay_s, 'response_s', o.response_s,
    'rights', (select c.rights from ingest.page p join ingest.capture c on c.capture_id = p.capture_id
               where p.origin_id = o.origin_id order by p.changed_at desc limit 1))
from ingest.origin o where o.publisher_id = %(publisher_id)s order by o.origin limit 10)
union all
(select 'line', l.line_hash, l.sample, null, null, l.learned_at, '', l.articles, null,
  jsonb_build_object('enabled', l.enabled)
from ingest.site_line l where l.publisher_id = %(publisher_id)s order by l.enabled, l.articles desc, l.line_hash limit 40);

-- name: ops.reject gives one page with its newest capture and extraction
-- returns: row or none
select p.page_id, p.url, b.name as publisher, p.state, p.outcome, p.detail, p.attempts, p.changed_at, p.discovered_at,
  p.discovered_by, nullif(p.next_attempt_at, '-infinity') as next_attempt_at, c.capture_id, c.file, c."offset", c.length,
  c.payload_digest, c.fetched_at, c.status, c.content_type, c.bytes, c.final_url, e.title, e.extractor,
  e.detail as extract_detail, e.outcome as extract_outcome, e.word_count
from ingest.page p join ingest.publisher b using (publisher_id)
left join lateral (select * from ingest.capture c where c.page_id = p.page_id order by c.capture_id desc limit 1) c on true
left join lateral (select * from ingest.extraction e where e.page_id = p.page_id order by e.extraction_id desc limit 1) e on true
where p.page_id = %(page_id)s;

-- name: ops.fetches lists a page's newest fetches
select fetched_at, outcome, status, bytes, seconds, detail from ingest.fetch_log
where page_id = %(page_id)s order by fetched_at desc limit 10;

-- name: ops.page_entries lists what feeds say of a page, and whether the feed is its own publisher's
-- not null: own
select b.name as publisher, f.url as feed_url, f.publisher_id = p.publisher_id as own, e.title, e.authors, e.published_at,
  e.first_seen_at
from ingest.page p join ingest.entry e using (page_id) join ingest.feed f using (feed_id)
join ingest.publisher b on b.publisher_id = f.publisher_id
where p.page_id = %(page_id)s
order by own desc, e.first_seen_at, e.entry_id limit 50;

-- name: ops.proposals lists proposals for failing feeds and for healthy publishers, open ones first
select r.proposal_id, r.url, r.kind, r.title, r.reason, r.beside, r.proposed_at, r.decided_at, r.accepted,
  f.feed_id, f.url as feed_url, f.state, f.last_outcome, f.failures, f.last_ok_at, b.name as publisher
from ingest.proposal r join ingest.feed f using (feed_id) join ingest.publisher b using (publisher_id)
where r.decided_at is null or r.decided_at >= %(since)s
order by r.decided_at is not null, r.proposed_at desc limit 200;

-- name: ops.moving_feeds lists feeds that redirect for good, or are gone
select f.feed_id, f.url, f.state, f.reason, f.moved_to, f.moved_polls, f.last_outcome, f.last_ok_at, b.name as publisher
from ingest.feed f join ingest.publisher b using (publisher_id)
where f.moved_to is not null or f.state = 'gone' order by f.state, b.name limit 100;

-- name: ops.sizes lists our tables by size, partitions counted with their parent
-- not null: name, bytes, index_bytes, database_bytes
with sized as (
  select coalesce(i.inhparent, c.oid) as root, c.oid,
    greatest(c.reltuples, nullif(pg_stat_get_live_tuples(c.oid), 0)) as reltuples, pg_total_relation_size(c.oid) as bytes,
    pg_indexes_size(c.oid) as index_bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_inherits i on i.inhrelid = c.oid
  where n.nspname in ('ingest', 'news_internal') and c.relkind in ('r', 'm')
)
select root::regclass::text as name, sum(bytes)::bigint as bytes, sum(index_bytes)::bigint as index_bytes,
  (sum(reltuples) filter (where reltuples >= 0))::bigint as rows, obj_description(root, 'pg_class') as comment,
  pg_database_size(current_database()) as database_bytes
from sized group by root order by bytes desc limit 40;

-- name: ops.archive_days gives the archive's growth by day
-- not null: all
select (sealed_at at time zone 'UTC')::date as day, sum(bytes)::bigint as bytes, sum(records)::bigint as records,
  count(*) as files
from ingest.warc_file where sealed_at >= %(since)s group by 1 order by 1;

-- name: ops.archive_total gives the archive's size
-- returns: row
select coalesce(sum(bytes), 0)::bigint as bytes, coalesce(sum(records), 0)::bigint as records, count(*) as files
from ingest.warc_file;

-- name: ops.maintenance lists what maintenance did last
-- column result: dict[str, Any]
select job, started_at, ended_at, result from news_internal.maintenance order by job;

-- name: ops.audit_log lists what people did, newest first
-- column detail: dict[str, Any]
select at, actor, action, subject, detail from ingest.audit order by at desc limit 100;

-- name: ops.checklist tells what the checklist of the first morning looks at
-- returns: row
-- not null: all
-- column settled: dict[str, str]
select
  (select count(*) from ingest.feed
    where state = 'active' and url !~* '^https?://(127[.][0-9.]+|localhost|[[]::1[]])(:[0-9]+)?(/|$)') as own_feeds,
  (select coalesce(last_archived_time >= now() - interval '2 days', false) from pg_stat_archiver)
    or exists (select from ingest.audit where action = %(backed_up)s and at >= now() - interval '8 days') as is_backed_up,
  (select coalesce(jsonb_object_agg(subject, detail ->> 'why') filter (where action = %(settled)s), '{}')
    from (select distinct on (subject) subject, action, detail from ingest.audit
      where action in (%(settled)s, %(reopened)s) order by subject, audit_id desc) said) as settled;

-- name: ops.note writes what a person did
insert into ingest.audit (at, actor, action, subject, detail)
values (%(now)s, %(actor)s, %(action)s, %(subject)s, %(detail)s);

-- name: ops.retry_page makes a rejected page due again
update ingest.page set state = 'pending', attempts = 0, next_attempt_at = %(now)s, changed_at = %(now)s
where page_id = %(page_id)s and state = 'rejected'
  and outcome not in (select code from ingest.outcome where withdrawn);

-- name: ops.retry_pages makes the rejected pages of an outcome, or of a publisher's, due again
update ingest.page set state = 'pending', attempts = 0, next_attempt_at = %(now)s, changed_at = %(now)s
where rejected_at >= %(since)s and rejected_as = %(outcome)s
  and outcome not in (select code from ingest.outcome where withdrawn)
  and (%(publisher)s::text is null
    or publisher_id = (select publisher_id from ingest.publisher where name = %(publisher)s));

-- name: ops.pause_publisher stops or resumes all requests to a publisher
update ingest.publisher set paused = %(paused)s, paused_by = 'a person' where name = %(name)s;

-- name: ops.pause_feed pauses or resumes a feed
update ingest.feed set state = case when %(paused)s then 'paused' else 'active' end,
  reason = case when %(paused)s then 'paused by a person' else '' end
where feed_id = %(feed_id)s and state <> 'gone';

-- name: ops.poll_now makes a publisher's feeds due; none of a paused one, which is not asked
update ingest.feed set next_poll_at = '-infinity'
where state = 'active' and publisher_id = (select publisher_id from ingest.publisher where name = %(name)s and not paused);

-- name: ops.switch_line leaves a learned line out of bodies again, or keeps it in them
update ingest.site_line set enabled = %(enabled)s
where line_hash = %(line_hash)s and enabled <> %(enabled)s
  and publisher_id = (select publisher_id from ingest.publisher where name = %(publisher)s);

-- name: ops.rejected_rows lists the first rows that each of the newest imports left out
select r.started_at, regexp_replace(r.dag_run_id, '^import__(.*)__[^_]*$', '\1') as file, x.line, x.outcome, x.detail
from (
  select run_id, dag_run_id, started_at from ingest.run r
  where dag_id = 'import' and exists (select from ingest.import_reject x where x.run_id = r.run_id)
  order by run_id desc limit %(imports)s
) r
cross join lateral (
  select line, outcome, detail from ingest.import_reject x where x.run_id = r.run_id order by line limit %(limit)s
) x
order by r.run_id desc, x.line;

-- name: publishers.known lists publishers with what is known of them, their collections and other names
-- not null: collections, aliases
-- column said_by: dict[str, str]
select p.publisher_id, p.name, p.title, p.homepage, p.country, p.region, p.languages, p.kind, p.time_zone, p.owner,
  p.maintainer, p.channel, p.notes,
  p.said_by, p.paused,
  array(select c.name from ingest.collection_member m join ingest.collection c using (collection_id)
    where m.publisher_id = p.publisher_id order by 1) as collections,
  array(select a.name from ingest.publisher_alias a where a.publisher_id = p.publisher_id order by 1) as aliases
from ingest.publisher p
where p.merged_into is null
  and (%(names)s::text[] is null or p.publisher_id = any(ingest.publisher_ids(%(names)s)))
  and (%(collections)s::text[] is null or exists (
    select from ingest.collection_member m join ingest.collection c using (collection_id)
    where m.publisher_id = p.publisher_id and c.name = any(%(collections)s)))
order by p.name;

-- name: publishers.lock takes the row locks of publishers, and reads what is known of them
-- column said_by: dict[str, str]
select p.publisher_id, p.name, p.title, p.homepage, p.country, p.region, p.languages, p.kind, p.time_zone, p.owner,
  p.maintainer, p.channel, p.notes,
  p.said_by
from ingest.publisher p where p.publisher_id = any(%(publishers)s::integer[]) order by p.publisher_id for no key update;

-- name: publishers.find finds the publishers of names, aliases included
-- not null: all
select n.name, n.publisher_id from ingest.publisher_name n where n.name = any(%(names)s::text[]);

-- name: publishers.add makes publishers that are not there, under their names or aliases
insert into ingest.publisher (name)
select distinct given from unnest(%(names)s::text[]) given
where not exists (select from ingest.publisher_name n where n.name = given)
order by given
on conflict (name) do nothing;

-- name: publishers.lacking lists those of some publishers of which their sites may say something
-- returns: value
select coalesce(array_agg(publisher_id), '{}') from ingest.publisher
where publisher_id = any(%(publishers)s::integer[]) and (title is null or languages is null
  or said_by ->> 'title' = 'feed' or said_by ->> 'languages' = 'feed');

-- name: publishers.put_facts writes what is known of publishers
-- parameter given: dict[str, Any]
update ingest.publisher b set (title, homepage, country, region, languages, kind, time_zone, owner, maintainer, channel, notes, said_by)
  = (n.title, n.homepage, n.country, n.region, n.languages, n.kind, n.time_zone, n.owner, n.maintainer, n.channel, n.notes,
    n.said_by)
from jsonb_to_recordset(%(given)s::jsonb -> 'rows') as n (publisher_id integer, title text, homepage text, country text, region text,
  languages text[], kind text, time_zone text, owner text, maintainer text, channel text, notes text, said_by jsonb)
where b.publisher_id = n.publisher_id;

-- name: publishers.zones gives time zones as the database writes them, whatever the case of their letters
-- not null: all
select lower(z.name) as given, min(z.name) as name from pg_timezone_names z
where lower(z.name) = any(%(names)s::text[]) group by 1;

-- name: publishers.add_collections makes collections known
insert into ingest.collection (name) select distinct given from unnest(%(names)s::text[]) given order by given
on conflict (name) do nothing;

-- name: publishers.put_members puts publishers into collections
insert into ingest.collection_member (collection_id, publisher_id)
select c.collection_id, g.publisher_id
from unnest(%(publishers)s::integer[], %(names)s::text[]) as g (publisher_id, name) join ingest.collection c using (name)
order by 1, 2
on conflict do nothing;

-- name: publishers.leave_collections takes publishers out of all collections but those that are given with them
delete from ingest.collection_member m
using ingest.collection c
where c.collection_id = m.collection_id and m.publisher_id = any(%(publishers)s::integer[])
  and not exists (select from unnest(%(members)s::integer[], %(names)s::text[]) as g (publisher_id, name)
    where g.publisher_id = m.publisher_id and g.name = c.name);

-- name: publishers.drop_empty_collections forgets collections without a publisher
delete from ingest.collection c
where not exists (select from ingest.collection_member m where m.collection_id = c.collection_id) and c.notes is null;

-- name: publishers.note writes what a person did to publishers into the audit
-- parameter given: dict[str, Any]
insert into ingest.audit (at, actor, action, subject, detail)
select %(now)s, %(actor)s, %(action)s, left(n.subject, 500), n.detail
from jsonb_to_recordset(%(given)s::jsonb -> 'rows') as n (subject text, detail jsonb);

-- name: publishers.state reads publishers for an act, and locks them
select publisher_id, name, merged_into from ingest.publisher
where publisher_id = any(%(publishers)s::integer[]) order by publisher_id for no key update;

-- name: publishers.act notes that an act is begun
-- returns: value
-- nullable parameters: into_id
insert into ingest.publisher_act (verb, publisher_id, into_id, old_name, new_name, actor, begun_at, detail)
select %(verb)s, p.publisher_id, %(into_id)s, p.name, %(new_name)s, %(actor)s, %(now)s,
  jsonb_build_object('aliases', array(select a.name from ingest.publisher_alias a where a.publisher_id = p.publisher_id order by 1))
from ingest.publisher p where p.publisher_id = %(publisher_id)s
returning act_id;

-- name: publishers.acts lists acts, the newest first; open ones only, or those of some publishers
-- nullable parameters: act_id
-- column detail: dict[str, list[str]]
select act_id, verb, publisher_id, into_id, old_name, new_name, actor, state, begun_at, ended_at, told_to, detail
from ingest.publisher_act
where (%(act_id)s::bigint is null or act_id = %(act_id)s) and (not %(open)s or state in ('doing', 'undoing'))
order by act_id desc;

-- name: publishers.set_state notes how far an act is
-- nullable parameters: ended_at
update ingest.publisher_act set state = %(state)s, ended_at = %(ended_at)s where act_id = %(act_id)s;

-- name: publishers.rename gives a publisher another name
update ingest.publisher set name = %(name)s where publisher_id = %(publisher_id)s;

-- name: publishers.add_aliases gives a publisher further names; a name leads to one publisher
insert into ingest.publisher_alias (name, publisher_id)
select distinct given, %(publisher_id)s::integer from unnest(%(names)s::text[]) given order by 1
on conflict (name) do update set publisher_id = excluded.publisher_id;

-- name: publishers.drop_aliases takes names from publishers
delete from ingest.publisher_alias where name = any(%(names)s::text[]);

-- name: publishers.rename_alarms lets the open alarms of a publisher name it as it is called now
update ingest.ops_alarm a set subject = %(new)s
where a.publisher_id = %(publisher_id)s and a.subject = %(old)s and a.resolved_at is null
  and not exists (select from ingest.ops_alarm o where o.cause = a.cause and o.subject = %(new)s and o.resolved_at is null);

-- name: publishers.next_articles lists the next articles of a publisher, by number
-- returns: value
select coalesce(array_agg(article_id order by article_id), '{}') from (
  select article_id from news_internal.article
  where publisher_id = %(publisher_id)s and article_id > %(after)s order by article_id limit %(most)s) x;

-- name: publishers.tell puts the articles of some pages into the change log's list
insert into change_plan select article_id, story_id, revision, 'publisher' from news_internal.article
where article_id = any(%(pages)s::bigint[]);

-- name: publishers.note_told remembers how far consumers were told of a renaming
update ingest.publisher_act set told_to = %(told_to)s where act_id = %(act_id)s;

-- name: publishers.merge lets a publisher go into another: its hosts and feeds are that one's from now on
with gone as (
  update ingest.publisher set merged_into = %(into_id)s, name = %(gone_name)s where publisher_id = %(publisher_id)s
), origins as (
  update ingest.origin set publisher_id = %(into_id)s where publisher_id = %(publisher_id)s returning origin_id
), feeds as (
  update ingest.feed set publisher_id = %(into_id)s where publisher_id = %(publisher_id)s returning feed_id
), gaps as (
  update ingest.gap set publisher_id = %(into_id)s where publisher_id = %(publisher_id)s
), alarms as (
  update ingest.ops_alarm a set publisher_id = %(into_id)s,
    subject = case when named and not other then %(into_name)s else a.subject end,
    resolved_at = case when named and other then %(now)s else a.resolved_at end
  from ingest.ops_alarm b
  cross join lateral (select b.resolved_at is null and b.subject = %(name)s as named, exists (
    select from ingest.ops_alarm o where o.cause = b.cause and o.subject = %(into_name)s and o.resolved_at is null) as other) x
  where b.alarm_id = a.alarm_id and a.publisher_id = %(publisher_id)s returning a.alarm_id
), collections as (
  insert into ingest.collection_member (collection_id, publisher_id)
  select collection_id, %(into_id)s from ingest.collection_member where publisher_id = %(publisher_id)s
  on conflict do nothing returning collection_id
)
insert into ingest.publisher_moved (act_id, kind, key)
select %(act_id)s::bigint, 'origin', origin_id from origins union all
select %(act_id)s::bigint, 'feed', feed_id from feeds union all
select %(act_id)s::bigint, 'alarm', alarm_id from alarms union all
select %(act_id)s::bigint, 'collection', collection_id from collections;

-- name: publishers.newer_hosts lists what a publisher may have by another one's name: its hosts and later feeds that nobody named
-- not null: all
select 'origin' as kind, o.origin_id::bigint as key, o.origin || '/' as address from ingest.origin o
where o.publisher_id = %(into_id)s and o.owner_word <> 'person'
  and not exists (select from ingest.publisher_moved m where m.act_id = %(act_id)s and m.kind = 'origin' and m.key = o.origin_id)
union all
select 'feed', f.feed_id, f.url from ingest.feed f
where f.publisher_id = %(into_id)s and f.added_at >= %(begun_at)s
  and not exists (select from ingest.origin o
    where o.publisher_id = f.publisher_id and o.owner_word = 'person' and starts_with(f.url, o.origin || '/'));

-- name: publishers.note_moved notes rows that undo is to bring back
insert into ingest.publisher_moved (act_id, kind, key)
select %(act_id)s::bigint, g.kind, g.key from unnest(%(kinds)s::text[], %(keys)s::bigint[]) as g (kind, key)
on conflict do nothing;

-- name: publishers.unmerge gives hosts, feeds and what hangs on them back
with back as (
  update ingest.publisher set merged_into = null, name = %(name)s where publisher_id = %(publisher_id)s
), origins as (
  update ingest.origin o set publisher_id = %(publisher_id)s from ingest.publisher_moved m
  where m.act_id = %(act_id)s and m.kind = 'origin' and m.key = o.origin_id and o.publisher_id = %(into_id)s
), feeds as (
  update ingest.feed f set publisher_id = %(publisher_id)s from ingest.publisher_moved m
  where m.act_id = %(act_id)s and m.kind = 'feed' and m.key = f.feed_id and f.publisher_id = %(into_id)s
), gaps as (
  update ingest.gap g set publisher_id = %(publisher_id)s from ingest.publisher_moved m
  where m.act_id = %(act_id)s and m.kind = 'feed' and m.key = g.feed_id and g.publisher_id = %(into_id)s
), alarms as (
  update ingest.ops_alarm a set publisher_id = %(publisher_id)s,
    subject = case when a.subject = %(into_name)s then %(name)s else a.subject end
  from ingest.publisher_moved m
  where m.act_id = %(act_id)s and m.kind = 'alarm' and m.key = a.alarm_id and a.publisher_id = %(into_id)s
)
delete from ingest.collection_member c using ingest.publisher_moved m
where m.act_id = %(act_id)s and m.kind = 'collection' and m.key = c.collection_id and c.publisher_id = %(into_id)s;

-- name: publishers.newest_transaction gives the number that the next transaction will have at least
-- returns: value
-- not null: all
select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest;

-- name: publishers.oldest_writer gives the number of the oldest transaction that still writes
-- returns: value
-- not null: all
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest;

-- name: publishers.next_pages lists pages and articles that are still a merged publisher's
-- returns: value
select coalesce(array_agg(page_id order by page_id), '{}') from (
  (select page_id from ingest.page where publisher_id = %(publisher_id)s limit %(most)s)
  union
  (select article_id from news_internal.article where publisher_id = %(publisher_id)s limit %(most)s)) x;

-- name: publishers.next_pages_back lists pages that go back: those that were moved, and those that came since on the hosts
-- returns: value
select coalesce(array_agg(page_id order by page_id), '{}') from (
  (select p.page_id from ingest.publisher_moved m join ingest.page p on p.page_id = m.key
    where m.act_id = %(act_id)s and m.kind = 'page' and p.publisher_id = %(into_id)s limit %(most)s)
  union
  (select p.page_id from ingest.publisher_moved m join ingest.page p on p.origin_id = m.key
    where m.act_id = %(act_id)s and m.kind = 'origin' and p.publisher_id = %(into_id)s and p.discovered_at >= %(begun_at)s
    limit %(most)s)) x;

-- name: publishers.move_pages gives pages and their articles to another publisher, and notes them for undo and for consumers
with moved as (
  update ingest.page p set publisher_id = %(to_id)s
  where p.page_id = any(%(pages)s::bigint[]) and p.publisher_id = %(from_id)s returning p.page_id
), noted as (
  insert into ingest.publisher_moved (act_id, kind, key)
  select %(act_id)s::bigint, 'page', page_id from moved where %(noting)s on conflict do nothing
), sites as (
  update ingest.site_page s set publisher_id = %(to_id)s
  where s.page_id = any(%(pages)s::bigint[]) and s.publisher_id = %(from_id)s
), searched as (
  update news_internal.search s set publisher_id = %(to_id)s
  where s.article_id = any(%(pages)s::bigint[]) and s.publisher_id = %(from_id)s
), articles as (
  update news_internal.article a set publisher_id = %(to_id)s
  where a.article_id = any(%(pages)s::bigint[]) and a.publisher_id = %(from_id)s
  returning a.article_id, a.story_id, a.revision
)
insert into change_plan select article_id, story_id, revision, 'publisher' from articles;

-- name: publishers.move_lines gives learned lines and stopped hashes to another publisher that has them not
with lines as (
  update ingest.site_line l set publisher_id = %(to_id)s
  where l.publisher_id = %(from_id)s
    and (%(noting)s or exists (select from ingest.publisher_moved m
      where m.act_id = %(act_id)s and m.kind = 'line' and m.key = l.line_hash))
    and not exists (select from ingest.site_line o where o.publisher_id = %(to_id)s and o.line_hash = l.line_hash)
  returning line_hash
), stops as (
  update ingest.sketch_stop s set publisher_id = %(to_id)s
  where s.publisher_id = %(from_id)s
    and (%(noting)s or exists (select from ingest.publisher_moved m
      where m.act_id = %(act_id)s and m.kind = 'stop' and m.key = s.h))
    and not exists (select from ingest.sketch_stop o where o.publisher_id in (%(to_id)s, 0) and o.h = s.h)
  returning h
)
insert into ingest.publisher_moved (act_id, kind, key)
select %(act_id)s::bigint, 'line', line_hash from lines where %(noting)s union all
select %(act_id)s::bigint, 'stop', h from stops where %(noting)s
on conflict do nothing;

-- name: publishers.forget_days takes out the figures of publishers' days since the first day of which the logs are there
-- returns: value or none
with since as (
  select greatest(%(window)s::date, coalesce((select min(polled_at)::date + 1 from ingest.poll), %(window)s::date)) as day
), gone as (
  delete from ingest.publisher_day d using since s
  where d.publisher_id = any(%(publishers)s::integer[]) and d.day >= s.day returning 1
)
select day from since where exists (select from gone);

-- name: publishers.forget_moved forgets what a merger moved, once it is undone
delete from ingest.publisher_moved where act_id = %(act_id)s;

-- name: publishers.leftovers lists mergers of which pages came in late
-- returns: value
select coalesce(array_agg(a.act_id), '{}') from ingest.publisher_act a join ingest.publisher p using (publisher_id)
where a.verb = 'merge' and a.state = 'done' and p.merged_into = a.into_id
  and exists (select from ingest.page x where x.publisher_id = a.publisher_id);

-- name: publishers.yield_first lets this transaction give way to others before they would be ended for a deadlock with it
-- returns: count
select set_config('lock_timeout', '800ms', true);

-- name: changes.make_plan makes the list that the change log is written from
create temporary table if not exists change_plan (article_id bigint, story_id bigint, revision integer, kind text)
on commit delete rows;

-- name: changes.list_stories lists the stories of some pages
-- returns: value
select coalesce(array_agg(distinct story_id), '{}') from ingest.story_member where page_id = any(%(pages)s::bigint[]);

-- name: changes.lock_pages takes the row locks of the pages and of the other members of their stories, in one order
-- returns: value
select coalesce(array_agg(page_id), '{}') from (
  select page_id from ingest.page
  where page_id = any(%(pages)s::bigint[])
    or page_id in (select page_id from ingest.story_member where story_id = any(%(stories)s::bigint[]))
  order by page_id for no key update
) locked;

-- name: changes.note_gone remembers, for the change log, the articles that are about to go
insert into change_plan select article_id, story_id, revision, 'retraction' from news_internal.article
where article_id = any(%(pages)s::bigint[]);

-- name: changes.delete_articles takes articles out
delete from news_internal.article where article_id = any(%(pages)s::bigint[]);

-- name: changes.regroup gives the remaining members of the stories their number and origin
with member as (
  select m.page_id, min(m.page_id) over story as story_id,
    row_number() over (story order by e.published_at nulls last, m.page_id) = 1 as is_origin
  from ingest.story_member m
  join ingest.page p using (page_id)
  left join ingest.extraction e on e.extraction_id = p.extraction_id
  where m.story_id = any(%(stories)s::bigint[])
  window story as (partition by m.story_id)
)
update ingest.story_member m set story_id = n.story_id, is_origin = n.is_origin, changed_at = %(now)s
from member n
where m.page_id = n.page_id and (m.story_id, m.is_origin) is distinct from (n.story_id, n.is_origin);

-- name: changes.move_articles carries that to their articles and into the change log's list
with moved as (
  update news_internal.article a set story_id = m.story_id, is_origin = m.is_origin
  from ingest.story_member m
  where m.page_id = a.article_id and a.article_id = any(%(mates)s::bigint[])
    and (a.story_id, a.is_origin) is distinct from (m.story_id, m.is_origin)
  returning a.article_id, a.story_id, a.revision
)
insert into change_plan select article_id, story_id, revision, 'story' from moved;

-- name: changes.lock waits for its turn to give out change numbers; held until the commit is visible
insert into ingest.turn (name) values ('changes') on conflict (name) do update set name = excluded.name;

-- name: changes.renew_stories brings the rows of stories in line with their articles; under the change log's lock
-- returns: count
select news_internal.renew_stories(%(stories)s);

-- name: changes.log tells consumers
-- returns: count
with logged as (
  insert into news_internal.change (change_id, article_id, story_id, run_id, revision, kind, changed_at)
  select nextval('news_internal.change_id'), article_id, story_id, null, revision, kind, %(now)s
  from (select * from change_plan order by kind, article_id) p
  returning change_id
)
select pg_notify('news_changes', max(change_id)::text) from logged having count(*) > 0;

-- Before PostgreSQL 18 a function's list parameter is searched from end to end for each row: 1.6 s for 20,000 stories.
-- Joined, it is read once.

create or replace function news_internal.count_stories(stories bigint[]) returns setof news_internal.story
language sql stable parallel safe
begin atomic
  select a.story_id,
    (array_agg(a.article_id order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    (array_agg(a.publisher_id order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    count(*), count(distinct a.publisher_id), min(a.published_at), max(a.published_at), min(a.similarity),
    (array_agg(a.title order by a.is_origin desc, a.published_at nulls last, a.article_id))[1],
    array_agg(distinct a.language)
  from (
    select distinct story_id
    from unnest(coalesce(count_stories.stories, array(select x.story_id from news_internal.article x))) as story_id
  ) g
  join news_internal.article a on a.story_id = g.story_id
  group by a.story_id;
end;

create or replace function news_internal.renew_stories(stories bigint[]) returns bigint
language sql set search_path = pg_catalog, pg_temp
begin atomic
  delete from news_internal.story s using unnest(renew_stories.stories) as g (story_id)
  where s.story_id = g.story_id
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

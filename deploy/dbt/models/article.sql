{{ config(
    unique_key='article_id', incremental_strategy='delete+insert', on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where kind = 'retraction'"
) }}
-- The newest change of each article since the last run, with the article as it is now. The cursor is the greatest
-- change_id that was dealt with: numbers of news.changes become visible in order, so none is missed.
with changed as (
  select distinct on (article_id) change_id, article_id, kind
  from {{ source('news', 'changes') }}
  {% if is_incremental() %}
  where change_id > (select coalesce(max(change_id), 0) from {{ this }})
  {% endif %}
  order by article_id, change_id desc
)
select
  c.article_id, c.change_id, case when a.article_id is null then 'retraction' else c.kind end as kind,
  a.revision, a.publisher, a.url, a.title, a.published_at, a.published_quality, a.language, a.word_count, a.section,
  a.page_type, a.story_id, a.is_origin, a.loaded_at
from changed c
left join {{ source('news', 'articles') }} a on a.article_id = c.article_id

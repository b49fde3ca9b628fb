-- Rows of the copy that the house has not, and the other way round, up to the change that the copy has dealt with.
select a.article_id from {{ ref('article') }} a
where not exists (select from {{ source('news', 'articles') }} n where n.article_id = a.article_id)
  and not exists (
    select from {{ source('news', 'changes') }} c
    where c.article_id = a.article_id and c.change_id > (select max(change_id) from {{ ref('article') }}))
union all
select n.article_id from {{ source('news', 'articles') }} n
where not exists (select from {{ ref('article') }} a where a.article_id = n.article_id)
  and not exists (
    select from {{ source('news', 'changes') }} c
    where c.article_id = n.article_id and c.change_id > (select max(change_id) from {{ ref('article') }}))

-- name: export.span counts what changed after a cursor, and how far the log reaches
-- not null: until
-- returns: row
select coalesce(max(change_id), %(since)s) as until, count(distinct article_id) as articles
from news.changes where change_id > %(since)s;

-- name: export.columns lists the columns of news.articles
select attname as name from pg_attribute
where attrelid = 'news.articles'::regclass and attnum > 0 and not attisdropped order by attnum;

-- name: export.rows reads the newest change of each article, with the article as it is now (none once it is retracted)
-- returns: dynamic
select c.change_id, c.kind as change, c.changed_at, c.article_id /* columns */
from (
  select distinct on (article_id) change_id, article_id, kind, changed_at from news.changes
  where change_id > %(since)s and change_id <= %(until)s order by article_id, change_id desc
) c
left join news.articles a on a.article_id = c.article_id
order by c.change_id;

-- name: export.cursor_at finds the cursor that stands before a time
-- returns: value
select coalesce(max(change_id), 0) from news.changes where changed_at < %(time)s;

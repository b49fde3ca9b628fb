-- name: local.own_feeds counts active feeds that are not the sample newsroom's
-- returns: value
select count(*) from ingest.feed f join ingest.publisher p using (publisher_id)
where f.state = 'active' and not p.paused and not f.url = any(%(sample)s);

-- name: local.pause_sample stops the publishers of the sample newsroom that nobody has stopped
update ingest.publisher set paused = true, paused_by = %(by)s
where publisher_id in (select publisher_id from ingest.feed where url = any(%(sample)s)) and not paused;

-- name: local.resume_sample resumes the publishers of the sample newsroom that we had stopped
update ingest.publisher set paused = false
where publisher_id in (select publisher_id from ingest.feed where url = any(%(sample)s)) and paused and paused_by = %(by)s;

-- name: local.add_publisher adds a publisher of the sample newsroom, or finds it
-- returns: value
insert into ingest.publisher (name, title, languages, said_by)
values (%(name)s, %(title)s, array[%(language)s], '{"title": "person", "languages": "person"}')
on conflict (name) do update set title = excluded.title
returning publisher_id;

-- name: local.add_feed adds a feed of the sample newsroom
insert into ingest.feed (publisher_id, url) values (%(publisher_id)s, %(url)s) on conflict (url) do nothing;

-- name: local.newest_articles lists the newest articles
select to_char(published_at, 'YYYY-MM-DD HH24:MI') as published, publisher, language, word_count as words, title
from news.articles order by published_at desc nulls last, article_id limit 8;

-- name: local.shared_stories lists stories that more than one publisher carried
select title, origin_publisher as origin, articles, publishers
from news.stories where articles > 1 order by articles desc, story_id limit 5;

-- name: local.reasons counts why pages are no articles
select outcome, means, count(*) as pages from news.rejects group by 1, 2 order by 3 desc, 1;

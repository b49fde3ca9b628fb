-- The schema news: the contract with analysts. It only grows: no column or function is taken away or renamed, and a
-- view gets new columns at its end.
--
-- Articles and what belongs to them, stories, sources, what became of pages, changes, search, counts.

create schema news;
comment on schema news is 'The contract for analysts: views that are only ever added to. Times are timestamptz in UTC. Begin with news.articles.';

-- Articles ----------------------------------------------------------------------------------------

create view news.articles as
select a.article_id, a.url, p.name as publisher, a.title, a.lead, a.body, a.authors, a.agencies,
  a.published_at, a.published_quality, a.sources ->> 'published_at' as published_source, a.published_raw,
  a.modified_at, a.first_seen_at, a.captured_at, a.loaded_at, a.revised_at,
  a.language, a.language_confidence, a.word_count, a.section, a.tags, a.image_url, a.image_caption, a.page_type,
  a.story_id, a.is_origin, a.similarity, a.revision,
  a.sources ->> 'title' as title_source, a.sources ->> 'authors' as authors_source, a.sources, a.rights,
  a.publisher_id, a.extraction_id, a.capture_id, a.extractor, a.run_id,
  c.file as capture_file, c."offset" as capture_offset, c.length as capture_length,
  encode(a.text_hash, 'hex') as text_hash, a.body_purged_at
from news_internal.article a
left join ingest.publisher p using (publisher_id)
left join ingest.capture c using (capture_id);
comment on view news.articles is 'One row an article: the newest content of each page that turned out to be news. Start here.';
comment on column news.articles.article_id is 'Key; stays the same for the life of the article.';
comment on column news.articles.url is 'Canonical address, without tracking parameters.';
comment on column news.articles.publisher is 'Outlet, such as bbc.co.uk; see news.publishers.';
comment on column news.articles.title is 'Headline.';
comment on column news.articles.lead is 'Lead, deck or summary, where the page has one.';
comment on column news.articles.body is 'Text without boilerplate; paragraphs are separated by a line feed.';
comment on column news.articles.authors is 'Persons in the byline, in its order. All articles of one person, quickly: where authors @> array[''Ada Lane''].';
comment on column news.articles.agencies is 'News agencies that the article credits.';
comment on column news.articles.published_at is 'Time of publication, UTC. Look at published_quality before you compare minutes.';
comment on column news.articles.published_quality is 'exact; unzoned (a time of day without its zone: taken as the publisher''s, else as UTC); day (no time of day was given); clamped (an impossible time was cut back); guessed; doubtful (so long before we first saw it that its publisher''s feeds would have shown it to us); unknown.';
comment on column news.articles.published_source is 'Where that time was found, such as json-ld, meta or feed.';
comment on column news.articles.published_raw is 'That time as the source wrote it.';
comment on column news.articles.modified_at is 'Last change as the source claims, UTC; often missing, and not always true.';
comment on column news.articles.first_seen_at is 'When we first learned of the page, UTC.';
comment on column news.articles.captured_at is 'When the page behind the current content was fetched, UTC.';
comment on column news.articles.loaded_at is 'When the article could first be queried here, UTC.';
comment on column news.articles.revised_at is 'When its current content could first be queried here, UTC.';
comment on column news.articles.language is 'ISO 639-1 code of the text as detected; empty where it can''t be told.';
comment on column news.articles.language_confidence is 'Confidence of the detection, 0 to 1.';
comment on column news.articles.word_count is 'Words of the body.';
comment on column news.articles.section is 'Section as the publisher names it.';
comment on column news.articles.tags is 'Tags and keywords as the publisher gives them; one a row in news.tags. All articles of one tag, quickly: where tags @> array[''Energy''].';
comment on column news.articles.image_url is 'Lead image.';
comment on column news.articles.image_caption is 'Caption of the lead image.';
comment on column news.articles.page_type is 'article, live, opinion, video, gallery, podcast or index.';
comment on column news.articles.story_id is 'Story: articles with the same number carry the same wire or syndicated text.';
comment on column news.articles.is_origin is 'True for the earliest article of its story. Filter on it to count each text once (or use news.unique_articles).';
comment on column news.articles.similarity is 'Share of the shorter text that stands in the other, between this article and its story''s origin, 0 to 1.';
comment on column news.articles.revision is 'Number of the current content; above 1 means that it changed since we first saw it (news.revisions).';
comment on column news.articles.title_source is 'Where the headline was found.';
comment on column news.articles.authors_source is 'Where the byline was found.';
comment on column news.articles.sources is 'For each field that had rival sources, which one won.';
comment on column news.articles.rights is 'What robots and text-and-data-mining signals the publisher sent.';
comment on column news.articles.publisher_id is 'Number of the publisher.';
comment on column news.articles.extraction_id is 'Lineage: the extraction that the current content comes from.';
comment on column news.articles.capture_id is 'Lineage: the stored HTTP exchange that it was made from; null for imports.';
comment on column news.articles.extractor is 'Lineage: version of the extractor.';
comment on column news.articles.run_id is 'Lineage: run that loaded the current content (news.runs).';
comment on column news.articles.capture_file is 'Lineage: WARC file of the capture, below the archive.';
comment on column news.articles.capture_offset is 'Lineage: byte at which the capture''s record begins.';
comment on column news.articles.capture_length is 'Lineage: length of that record, bytes.';
comment on column news.articles.text_hash is 'Hash of the normalised words of the body: equal texts have equal values.';
comment on column news.articles.body_purged_at is 'When a retention rule emptied the body, UTC; null while it is there.';

create view news.unique_articles as select * from news.articles where is_origin;
comment on view news.unique_articles is 'news.articles with each story once: its earliest article. Use it to count news rather than copies.';
-- Its columns are those of news.articles, so it gets their comments.
do $$
declare found record;
begin
  for found in
    select a.attname, col_description(a.attrelid, a.attnum) as text
    from pg_attribute a where a.attrelid = 'news.articles'::regclass and a.attnum > 0 and not a.attisdropped
  loop
    execute format('comment on column news.unique_articles.%I is %L', found.attname, found.text);
  end loop;
end $$;

create view news.revisions as
select r.article_id, r.revision, r.url, p.name as publisher, r.cause, r.changed, r.title, r.lead, r.body, r.authors,
  r.published_at, r.published_quality, r.modified_at, r.captured_at, r.valid_from, r.valid_until, r.word_count, r.language,
  r.section, r.tags, r.image_url, r.page_type, r.extractor, r.extraction_id, r.capture_id, r.run_id
from (
  select o.article_id, o.revision, a.url, o.publisher_id, o.cause, o.changed, o.title, o.lead, o.body, o.authors,
    o.published_at, o.published_quality, o.modified_at, o.captured_at, o.valid_from, o.valid_until, o.word_count,
    o.language, o.section, o.tags, o.image_url, o.page_type, o.extractor, o.extraction_id, o.capture_id, o.run_id
  from news_internal.revision o join news_internal.article a using (article_id)
  union all
  select article_id, revision, url, publisher_id, cause, changed, title, lead, body, authors,
    published_at, published_quality, modified_at, captured_at, revised_at, null, word_count,
    language, section, tags, image_url, page_type, extractor, extraction_id, capture_id, run_id
  from news_internal.article
) r
left join ingest.publisher p using (publisher_id);
comment on view news.revisions is 'All contents that an article has had, oldest is revision 1; the newest has no valid_until. Compare two with news.diff.';
comment on column news.revisions.article_id is 'Article.';
comment on column news.revisions.revision is 'Number of this content, from 1.';
comment on column news.revisions.url is 'Canonical address of the article.';
comment on column news.revisions.publisher is 'Outlet.';
comment on column news.revisions.cause is 'fetch: the publisher''s page changed; reprocess: our extractor did; backfill or import: it came from an archive.';
comment on column news.revisions.changed is 'Fields that differ from the revision before, such as {title,body}; empty for revision 1.';
comment on column news.revisions.title is 'Headline.';
comment on column news.revisions.lead is 'Lead.';
comment on column news.revisions.body is 'Text.';
comment on column news.revisions.authors is 'Persons in the byline.';
comment on column news.revisions.published_at is 'Time of publication as this content said, UTC.';
comment on column news.revisions.published_quality is 'exact, unzoned, day, clamped, guessed, doubtful or unknown.';
comment on column news.revisions.modified_at is 'Last change as the source claimed, UTC. A changed body without a later modified_at is a silent correction.';
comment on column news.revisions.captured_at is 'When the page was fetched in this state, UTC.';
comment on column news.revisions.valid_from is 'When this content could first be queried here, UTC.';
comment on column news.revisions.valid_until is 'When the next one replaced it, UTC; null for the current content.';
comment on column news.revisions.word_count is 'Words of the body.';
comment on column news.revisions.language is 'ISO 639-1 code.';
comment on column news.revisions.section is 'Section.';
comment on column news.revisions.tags is 'Tags and keywords.';
comment on column news.revisions.image_url is 'Lead image.';
comment on column news.revisions.page_type is 'article, live, opinion, video, gallery, podcast or index.';
comment on column news.revisions.extractor is 'Lineage: version of the extractor.';
comment on column news.revisions.extraction_id is 'Lineage: extraction.';
comment on column news.revisions.capture_id is 'Lineage: capture; null for imports.';
comment on column news.revisions.run_id is 'Lineage: run that loaded it.';

create function news.diff(article_id bigint, "from" integer, "to" integer) returns table (
  field text, place integer, op text, line text
)
language sql stable parallel safe
begin atomic
  with side as (
    select r.revision, f.field, f.position, f.lines
    from news.revisions r
    cross join lateral (values
      (1, 'title', array[r.title]), (2, 'lead', string_to_array(nullif(r.lead, ''), e'\n')),
      (3, 'authors', r.authors), (4, 'published_at', array[r.published_at::text]),
      (5, 'section', array[nullif(r.section, '')]), (6, 'tags', r.tags), (7, 'image_url', array[nullif(r.image_url, '')]),
      (8, 'body', string_to_array(nullif(r.body, ''), e'\n'))
    ) as f (position, field, lines)
    where r.article_id = diff.article_id and r.revision in (diff."from", diff."to")
  )
  select b.field, d.place, d.op, d.line
  from side b
  join side a on a.position = b.position and a.revision = diff."to"
  cross join lateral news_internal.diff_lines(
    array_remove(b.lines, null), array_remove(a.lines, null)) as d
  where b.revision = diff."from"
  order by b.position, d.place;
end;
comment on function news.diff is 'What changed between two revisions of an article: a row for each line that went (-) or came (+), field by field; the body by paragraphs.';

create view news.authors as
select a.article_id, p.name as publisher, x.author, x.position::integer as position, a.published_at, a.story_id, a.is_origin
from news_internal.article a
cross join lateral unnest(a.authors) with ordinality as x (author, position)
left join ingest.publisher p using (publisher_id);
comment on view news.authors is 'One row an author of an article.';
comment on column news.authors.article_id is 'Article.';
comment on column news.authors.publisher is 'Outlet.';
comment on column news.authors.author is 'Name as the byline has it; the same person may be written in several ways.';
comment on column news.authors.position is 'Place in the byline, from 1.';
comment on column news.authors.published_at is 'Time of publication, UTC.';
comment on column news.authors.story_id is 'Story.';
comment on column news.authors.is_origin is 'True where the article is the earliest of its story.';

create view news.tags as
select a.article_id, p.name as publisher, x.tag, lower(x.tag) as folded, a.published_at, a.story_id, a.is_origin
from news_internal.article a
cross join lateral unnest(a.tags) as x (tag)
left join ingest.publisher p using (publisher_id);
comment on view news.tags is 'One row a tag of an article.';
comment on column news.tags.article_id is 'Article.';
comment on column news.tags.publisher is 'Outlet; each has tags of its own.';
comment on column news.tags.tag is 'Tag or keyword as the publisher writes it.';
comment on column news.tags.folded is 'The tag in lower case, for grouping.';
comment on column news.tags.published_at is 'Time of publication, UTC.';
comment on column news.tags.story_id is 'Story.';
comment on column news.tags.is_origin is 'True where the article is the earliest of its story.';

create view news.credits as
select a.article_id, p.name as publisher, c.agency, c.evidence, a.published_at, a.story_id, a.is_origin
from ingest.credit c
join news_internal.article a on a.article_id = c.page_id
left join ingest.publisher p using (publisher_id);
comment on view news.credits is 'One row a news agency that an article credits: who copies the agencies, and how openly.';
comment on column news.credits.article_id is 'Article.';
comment on column news.credits.publisher is 'Outlet that carries the article.';
comment on column news.credits.agency is 'Agency by its usual name, such as Reuters, AFP, dpa.';
comment on column news.credits.evidence is 'Words of the article that credit it.';
comment on column news.credits.published_at is 'Time of publication, UTC.';
comment on column news.credits.story_id is 'Story.';
comment on column news.credits.is_origin is 'True where the article is the earliest of its story.';

-- Stories -----------------------------------------------------------------------------------------

create view news.stories as
select s.story_id, s.origin_article_id, p.name as origin_publisher, s.title, s.articles, s.publishers, s.languages,
  s.first_published_at, s.last_published_at, s.least_similarity
from news_internal.story s left join ingest.publisher p using (publisher_id);
comment on view news.stories is 'One row a story: a set of articles that carry the same wire or syndicated text. Articles without copies are stories of one.';
comment on column news.stories.story_id is 'Key, as in news.articles. It is the smallest article_id of its members, so it can change when an older member turns up (news.changes says so).';
comment on column news.stories.origin_article_id is 'Its earliest article.';
comment on column news.stories.origin_publisher is 'Publisher of its earliest article.';
comment on column news.stories.title is 'Headline of its earliest article.';
comment on column news.stories.articles is 'Number of articles.';
comment on column news.stories.publishers is 'Number of different publishers.';
comment on column news.stories.languages is 'Languages of its articles.';
comment on column news.stories.first_published_at is 'Earliest time of publication, UTC.';
comment on column news.stories.last_published_at is 'Latest time of publication, UTC.';
comment on column news.stories.least_similarity is 'Smallest similarity of a member to the origin: low values deserve a look.';

-- Sources -----------------------------------------------------------------------------------------

create view news.publishers as
select p.publisher_id, p.name as publisher, p.title, p.homepage, p.country, p.languages, p.paused,
  (select count(*) from ingest.feed f where f.publisher_id = p.publisher_id and f.state = 'active') as active_feeds,
  (select max(f.last_ok_at) from ingest.feed f where f.publisher_id = p.publisher_id) as last_heard_at,
  (select max(a.published_at) from news_internal.article a where a.publisher_id = p.publisher_id) as newest_article_at,
  p.created_at as added_at
from ingest.publisher p;
comment on view news.publishers is 'One row an outlet.';
comment on column news.publishers.publisher_id is 'Key.';
comment on column news.publishers.publisher is 'Registered domain, such as bbc.co.uk; the value of news.articles.publisher.';
comment on column news.publishers.title is 'Name as readers know it; may be empty.';
comment on column news.publishers.homepage is 'Address of the home page; may be empty.';
comment on column news.publishers.country is 'ISO 3166-1 alpha-2 code; empty where unknown.';
comment on column news.publishers.languages is 'ISO 639-1 codes that it says it publishes in.';
comment on column news.publishers.paused is 'True while a person has stopped all requests to it: no news from it is to be expected.';
comment on column news.publishers.active_feeds is 'Feeds that are polled.';
comment on column news.publishers.last_heard_at is 'When one of its feeds last answered well, UTC.';
comment on column news.publishers.newest_article_at is 'Latest time of publication among its articles, UTC.';
comment on column news.publishers.added_at is 'When it was added here, UTC.';

create view news.feeds as
select f.feed_id, f.url, p.name as publisher, f.kind, f.title, f.state, f.last_poll_at, f.last_ok_at, f.last_new_at,
  f.last_outcome, o.sentence as last_outcome_means, f.failures, f.interval_s, f.next_poll_at, f.added_at
from ingest.feed f
join ingest.publisher p using (publisher_id)
left join ingest.outcome o on o.code = f.last_outcome;
comment on view news.feeds is 'One row a feed that we poll, with how it is doing.';
comment on column news.feeds.feed_id is 'Key.';
comment on column news.feeds.url is 'Address that is polled.';
comment on column news.feeds.publisher is 'Outlet.';
comment on column news.feeds.kind is 'rss, atom, json, sitemap or sitemapindex; empty before the first poll.';
comment on column news.feeds.title is 'Title as the feed gives it.';
comment on column news.feeds.state is 'active, paused or gone.';
comment on column news.feeds.last_poll_at is 'When it was last asked, UTC.';
comment on column news.feeds.last_ok_at is 'When it last answered well, UTC.';
comment on column news.feeds.last_new_at is 'When it last showed something new, UTC.';
comment on column news.feeds.last_outcome is 'Code of the last poll''s outcome.';
comment on column news.feeds.last_outcome_means is 'That outcome in a sentence.';
comment on column news.feeds.failures is 'Failed polls in a row.';
comment on column news.feeds.interval_s is 'Interval between polls in force, seconds.';
comment on column news.feeds.next_poll_at is 'When it is due next, UTC.';
comment on column news.feeds.added_at is 'When it was added, UTC.';

-- What became of pages ----------------------------------------------------------------------------

-- A page's entry: the first that a feed of its own publisher showed, else that another's did.
create view news.headlines as
select p.page_id, e.entry_id, a.article_id, a.url, b.name as publisher, nullif(a.title, '') as title,
  nullif(e.title, '') as feed_title, coalesce(nullif(e.summary, ''), nullif(a.lead, '')) as summary,
  a.published_at, a.published_quality, nullif(a.language, '') as language, p.state, p.outcome, o.sentence as means,
  case when o.subscribers_only or a.rights ->> 'free' = 'false' then 'closed' else 'free' end as access,
  p.discovered_at as first_seen_at, null::bigint as same_as
from news_internal.article a
join ingest.page p on p.page_id = a.article_id
left join ingest.publisher b on b.publisher_id = a.publisher_id
left join ingest.outcome o on o.code = p.outcome
left join lateral (
  select x.entry_id, x.title, x.summary from ingest.entry x join ingest.feed f using (feed_id)
  where x.page_id = p.page_id order by (f.publisher_id = p.publisher_id) desc, x.entry_id limit 1) e on true
union all
select p.page_id, e.entry_id, null, p.url, b.name, nullif(e.title, ''), nullif(e.title, ''), nullif(e.summary, ''),
  e.published_at, news_internal.feed_time_quality(e.published_at, e.published_raw, e.first_seen_at),
  nullif(e.language, ''), p.state, p.outcome, o.sentence, case when o.subscribers_only then 'closed' end,
  p.discovered_at, p.canonical_page_id
from ingest.entry e
join ingest.page p on p.page_id = e.page_id
left join ingest.publisher b on b.publisher_id = p.publisher_id
left join ingest.outcome o on o.code = p.outcome
where p.loaded_extraction_id is null and e.entry_id = (
  select x.entry_id from ingest.entry x join ingest.feed f using (feed_id)
  where x.page_id = p.page_id order by (f.publisher_id = p.publisher_id) desc, x.entry_id limit 1)
union all
select p.page_id, null, null, p.url, b.name, x.title, null, null, null::timestamptz, 'unknown', x.language,
  p.state, p.outcome, o.sentence, case when o.subscribers_only then 'closed' end, p.discovered_at, p.canonical_page_id
from ingest.page p
left join ingest.publisher b on b.publisher_id = p.publisher_id
left join ingest.outcome o on o.code = p.outcome
left join lateral (
  select nullif(r.title, '') as title, nullif(r.language, '') as language from ingest.extraction r
  where r.page_id = p.page_id and o.keeps_text order by r.extraction_id desc limit 1) x on true
where p.loaded_extraction_id is null and not exists (select from ingest.entry e where e.page_id = p.page_id)
union all
select null, e.entry_id, null, e.link, b.name, nullif(e.title, ''), nullif(e.title, ''), nullif(e.summary, ''),
  e.published_at, news_internal.feed_time_quality(e.published_at, e.published_raw, e.first_seen_at),
  nullif(e.language, ''), 'rejected', e.outcome, o.sentence, null, e.first_seen_at, null
from ingest.entry e
join ingest.feed f using (feed_id)
join ingest.publisher b using (publisher_id)
left join ingest.outcome o on o.code = e.outcome
where e.page_id is null;
comment on view news.headlines is 'One row a page that we know of, and one an entry of a feed that led to no page: articles, and all that became none, with what the feed said of it. Key: page_id; entry_id where that is null. Bound it by published_at or first_seen_at.';
comment on column news.headlines.page_id is 'Page; null for an entry whose link is unusable.';
comment on column news.headlines.entry_id is 'Entry that first showed it, its own publisher''s before others''; null where no feed did (backfill, import, links).';
comment on column news.headlines.article_id is 'Article, as in news.articles; null where there is none (yet).';
comment on column news.headlines.url is 'Address: canonical; of an entry without a page the link as the feed has it.';
comment on column news.headlines.publisher is 'Outlet.';
comment on column news.headlines.title is 'Headline: the article''s; without an article the feed''s.';
comment on column news.headlines.feed_title is 'Headline as the feed has it.';
comment on column news.headlines.summary is 'Summary of the feed, else the article''s lead.';
comment on column news.headlines.published_at is 'Time of publication, UTC: the article''s; without an article the feed''s.';
comment on column news.headlines.published_quality is 'How far to trust it: as in news.articles; without an article from how the feed writes it.';
comment on column news.headlines.language is 'ISO 639-1 code: the article''s, or what the feed declares.';
comment on column news.headlines.state is 'loaded (it is an article), rejected, or on its way: pending, captured, extracted, clustered.';
comment on column news.headlines.outcome is 'Code of what came of it last; null before the first try.';
comment on column news.headlines.means is 'The outcome in a sentence.';
comment on column news.headlines.access is 'closed: shown to subscribers or registered readers only, by its page or by its own word; free: read in full; null: not known.';
comment on column news.headlines.first_seen_at is 'When we learned of it, UTC.';
comment on column news.headlines.same_as is 'Article that stands for it, where the page is only another address of that.';

create view news.rejects as
select 'page' as kind, p.page_id as article_id, p.url, b.name as publisher, o.stage, p.outcome, o.sentence as means,
  nullif(p.detail, '') as detail, p.discovered_at as first_seen_at, p.changed_at as rejected_at,
  coalesce(e.title, x.title) as title, coalesce(e.published_at, x.published_at) as published_at
from ingest.page p
join ingest.publisher b using (publisher_id)
left join ingest.outcome o on o.code = p.outcome
left join lateral (
  select nullif(y.title, '') as title, y.published_at from ingest.entry y join ingest.feed f using (feed_id)
  where y.page_id = p.page_id order by (f.publisher_id = p.publisher_id) desc, y.entry_id limit 1) e on true
left join lateral (
  select nullif(r.title, '') as title, r.published_at from ingest.extraction r
  where r.page_id = p.page_id and o.keeps_text order by r.extraction_id desc limit 1) x on true
where p.state = 'rejected'
union all
select 'entry', null, e.link, b.name, o.stage, e.outcome, o.sentence, null, e.first_seen_at, e.last_seen_at,
  nullif(e.title, ''), e.published_at
from ingest.entry e
join ingest.feed f using (feed_id)
join ingest.publisher b using (publisher_id)
join ingest.outcome o on o.code = e.outcome
where e.page_id is null
union all
select 'row', null, i.url, i.publisher, o.stage, i.outcome, o.sentence,
  concat('line ', i.line, ' of run ', i.run_id, ': ', i.detail), r.started_at, r.started_at, i.title, i.published_at
from ingest.import_reject i
join ingest.run r using (run_id)
join ingest.outcome o on o.code = i.outcome;
comment on view news.rejects is 'What a feed showed or a file held but did not become an article, and why: a row a page, entry or row of a file. Look here before you conclude that something was not published.';
comment on column news.rejects.kind is 'page: a page that ended without an article; entry: a feed entry whose link is unusable; row: a row of an imported file that was left out.';
comment on column news.rejects.article_id is 'Number that the article would have had; null for entries and rows.';
comment on column news.rejects.url is 'Address; null for rows that have none that can be used.';
comment on column news.rejects.publisher is 'Outlet; of rows as the file has it.';
comment on column news.rejects.stage is 'Stage that ended it: poll, fetch, extract, deduplicate or load.';
comment on column news.rejects.outcome is 'Code of the reason.';
comment on column news.rejects.means is 'The reason in a sentence.';
comment on column news.rejects.detail is 'What was seen; of rows the line and the import''s run, too.';
comment on column news.rejects.first_seen_at is 'When we learned of it, UTC.';
comment on column news.rejects.rejected_at is 'When it ended, UTC.';
comment on column news.rejects.title is 'Headline as the feed, the page or the row has it; null where it has none, and of what was retracted.';
comment on column news.rejects.published_at is 'Time of publication as it says, UTC.';

-- "I saw this on the web: where is it here?"
create function news.whereabouts(url text) returns table (
  article_id bigint, publisher text, state text, outcome text, means text, detail text, first_seen_at timestamptz,
  changed_at timestamptz, same_as bigint
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  select p.page_id, b.name, p.state, p.outcome, o.sentence, p.detail, p.discovered_at, p.changed_at, p.canonical_page_id
  from ingest.page p
  join ingest.publisher b using (publisher_id)
  left join ingest.outcome o on o.code = p.outcome
  where p.url_hash = sha256(convert_to(whereabouts.url, 'UTF8'));
end;
comment on function news.whereabouts is 'What became of an address: loaded (it is in news.articles under article_id), rejected (outcome and means say why), on its way (pending, captured, extracted, clustered), or no row where nothing ever led us to it. Takes the canonical address, without tracking parameters, as in news.articles. same_as: the article that stands for it.';

create view news.runs as
select r.run_id, r.dag_id, r.dag_run_id, r.state, r.started_at, r.ended_at, r.verdict,
  f.position, f.stage, f.outcome, o.sentence as means, f.pages
from ingest.run r
left join lateral (
  select 2 as position, 'fetch' as stage, x.fetch_outcome as outcome, count(*) as pages
  from ingest.run_page x where x.run_id = r.run_id and x.entered = 'fetch' group by x.fetch_outcome
  union all
  select 3, 'extract', x.extract_outcome, count(*)
  from ingest.run_page x where x.run_id = r.run_id
    and (x.entered = 'extract' or x.fetch_outcome in (select code from ingest.outcome where goes_on))
  group by x.extract_outcome
  union all
  select 4, 'deduplicate', x.deduplicate_outcome, count(*)
  from ingest.run_page x where x.run_id = r.run_id
    and (x.entered = 'deduplicate' or x.extract_outcome in (select code from ingest.outcome where goes_on))
  group by x.deduplicate_outcome
  union all
  select 5, 'load', x.load_outcome, count(*)
  from ingest.run_page x where x.run_id = r.run_id
    and (x.entered = 'load' or x.deduplicate_outcome in (select code from ingest.outcome where goes_on))
  group by x.load_outcome
) f on true
left join ingest.outcome o on o.code = f.outcome;
comment on view news.runs is 'The funnel of each run: stage by stage, how many pages ended with which outcome. What goes into a stage is what came out of the one before as ok, plus what an earlier run left there.';
comment on column news.runs.run_id is 'Run.';
comment on column news.runs.dag_id is 'Airflow Dag; cli for runs by hand.';
comment on column news.runs.dag_run_id is 'Run as Airflow names it.';
comment on column news.runs.state is 'running, success or failed.';
comment on column news.runs.started_at is 'Start, UTC.';
comment on column news.runs.ended_at is 'End, UTC.';
comment on column news.runs.verdict is 'What its check found.';
comment on column news.runs.position is 'Place of the stage in the run, for sorting.';
comment on column news.runs.stage is 'fetch, extract, deduplicate or load; null for a run that took on no page.';
comment on column news.runs.outcome is 'Code of the outcome; null for pages that have none yet.';
comment on column news.runs.means is 'The outcome in a sentence.';
comment on column news.runs.pages is 'Number of pages.';

-- Changes -----------------------------------------------------------------------------------------

create view news.changes as
select change_id, article_id, kind, revision, story_id, run_id, changed_at from news_internal.change;
comment on view news.changes is 'All that happened to articles, in the order in which it became visible. Remember the greatest change_id that you have dealt with and ask for greater ones: nothing is missed. See news.changes_since.';
comment on column news.changes.change_id is 'Cursor: numbers become visible in ascending order; there can be holes, and they stay empty.';
comment on column news.changes.article_id is 'Article.';
comment on column news.changes.kind is 'insert: new here; revision: its content changed; story: its story or origin changed; retraction: it was taken out (delete your copy).';
comment on column news.changes.revision is 'Revision of the article after the change.';
comment on column news.changes.story_id is 'Story of the article after the change.';
comment on column news.changes.run_id is 'Run that made the change; null for a person''s act.';
comment on column news.changes.changed_at is 'When, UTC. Not a cursor: use change_id.';

create function news.changes_since(cursor bigint, "limit" integer default 1000) returns setof news.changes
language sql stable parallel safe
begin atomic
  select c.change_id, c.article_id, c.kind, c.revision, c.story_id, c.run_id, c.changed_at
  from news.changes c where c.change_id > changes_since.cursor order by c.change_id limit changes_since."limit";
end;
comment on function news.changes_since is 'The next changes after a cursor (0 at first), in order. LISTEN news_changes wakes you when there are more.';

-- Search ------------------------------------------------------------------------------------------
-- These functions run with their owner's rights, for they read tables that analysts may not.

create function news.search(
  q text, lang text default null, since timestamptz default null, until timestamptz default null,
  publisher text default null, "limit" integer default 20, ranked boolean default false
) returns table (
  article_id bigint, published_at timestamptz, publisher_name text, language text, title text, snippet text, url text,
  story_id bigint, is_origin boolean, rank real
)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  asked_languages text[];
  asked_queries tsquery[];
  loose tsquery;
  source integer;
  cap integer;
  wanted integer := least(greatest(coalesce(search."limit", 20), 0), 1000);
  found_ids bigint[];
  found_ranks real[];
begin
  perform news_internal.check_query(search.q);
  select array_agg(l.language), array_agg(news_internal.fts_query(l.language, search.q)) into asked_languages, asked_queries
  from news_internal.search_language l where search.lang is null or l.language = search.lang;
  select tsquery(string_agg('(' || text || ')', ' | ')) into loose
  from (
    -- a phrase inside a negation stays as it is: its words alone would exclude too much
    select distinct case when query::text like '%!%' then query::text
      else regexp_replace(query::text, '<(-|\d+)>', '&', 'g') end as text
    from unnest(asked_queries) as query where numnode(query) > 0
  ) variants;
  if loose is null then
    return;
  end if;
  if search.publisher is not null then
    select p.publisher_id into source from ingest.publisher p where p.name = search.publisher;
    if source is null then
      return;
    end if;
  end if;

  if search.ranked then
    select array_agg(s.article_id), array_agg(s.rank) into found_ids, found_ranks
    from (
      select n.article_id, n.rank
      from news_internal.search_index(loose, asked_languages, asked_queries, search.since, search.until, source, 1000, 1000) n
      order by n.rank desc, n.article_id desc limit wanted
    ) s;
  else
    -- words in more than two of a hundred articles are found here, all others by the index: first in its newest
    -- candidates, then, for phrases whose words are far more frequent than themselves, in all
    select array_agg(n.article_id), array_agg(n.rank) into found_ids, found_ranks
    from news_internal.search_walk(asked_languages, asked_queries, search.since, search.until, source, 50 * wanted, wanted) n;
    foreach cap in array array[400 + wanted, null] loop
      exit when cardinality(found_ids) >= wanted;
      select array_agg(n.article_id), array_agg(n.rank) into found_ids, found_ranks
      from news_internal.search_index(loose, asked_languages, asked_queries, search.since, search.until, source, cap, wanted) n;
    end loop;
  end if;

  return query
  select a.article_id, a.published_at, p.name, a.language, a.title,
    ts_headline(news_internal.fts_config(a.language), left(a.body, 20000), asked_queries[array_position(asked_languages, a.language)],
      'MaxFragments=2, MinWords=5, MaxWords=18, StartSel=**, StopSel=**, FragmentDelimiter=" … "'),
    a.url, a.story_id, a.is_origin, hit.rank
  from unnest(found_ids, found_ranks) with ordinality as hit (article_id, rank, place)
  join news_internal.article a on a.article_id = hit.article_id
  left join ingest.publisher p on p.publisher_id = a.publisher_id
  order by hit.place;
end $$;
comment on function news.search is 'Search in headline, lead and body. q in web-search syntax, at most 1,000 characters: words, "a phrase", or, -without. lang (ISO 639-1) searches articles of that language; without it each article is searched in its own. Newest first; ranked => true orders the newest 1,000 matches by rank. since/until bound published_at; publisher as in news.articles.';

create function news.search_titles(q text, "limit" integer default 20) returns table (
  article_id bigint, published_at timestamptz, publisher_name text, title text, likeness real
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set pg_trgm.word_similarity_threshold = 0.4 as $$
#variable_conflict use_column
declare
  place text;
  wanted integer := least(greatest(coalesce(search_titles."limit", 20), 0), 1000);
begin
  perform news_internal.check_query(search_titles.q);
  select extnamespace::regnamespace::text into place from pg_extension where extname = 'pg_trgm';
  if place is null then
    return query
    select a.article_id, a.published_at, p.name, a.title, 1.0::real
    from news_internal.article a left join ingest.publisher p using (publisher_id)
    where a.title ilike '%' || regexp_replace(search_titles.q, '([\\%_])', '\\\1', 'g') || '%'
    order by a.published_at desc nulls last limit wanted;
  else
    return query execute format(
      'select a.article_id, a.published_at, p.name, a.title, %1$s.word_similarity($1, s.title)
       from news_internal.search s join news_internal.article a using (article_id)
       left join ingest.publisher p on p.publisher_id = a.publisher_id
       where s.title operator(%1$s.%%>) $1
       order by 5 desc, a.published_at desc nulls last limit $2', place)
    using search_titles.q, wanted;
  end if;
end $$;
comment on function news.search_titles is 'Headlines that contain something like q, misspellings included (by trigram; without the extension pg_trgm: that contain q).';

-- Coverage and counts -----------------------------------------------------------------------------
-- Each view joins what is kept, without what is stale, and what is stale as it is. NOT IN, for the planner has no
-- idea how many days are stale, and would compare each kept day with each of them.

-- A span without end costs no more than one with. Without settings of its own, so that the planner sees through it.
create function news_internal.within_reach(at timestamptz) returns timestamptz
language sql stable
return greatest(least(at, now() + interval '2 days'), timestamptz '1970-01-01 00:00:00+00');
comment on function news_internal.within_reach is 'A time that articles can have: from 1970 to the day after tomorrow.';

create function news.coverage_between(since timestamptz, until timestamptz, publisher text default null) returns table (
  hour timestamptz, publisher_name text, seen bigint, expected numeric, gap boolean, cause text, missed_estimate numeric
)
language sql stable security definer set search_path = pg_catalog, pg_temp set work_mem = '64MB'
begin atomic
  with outlet as materialized (
    select p.publisher_id, p.name,
      (select news_internal.hour_number(min(a.first_seen_at)) from news_internal.article a where a.publisher_id = p.publisher_id)
        as first_hour
    from ingest.publisher p where coverage_between.publisher is null or p.name = coverage_between.publisher
  ), counted as materialized (
    select k.publisher_id, k.day, k.seen from news_internal.hourly k
    where k.day between (news_internal.within_reach(coverage_between.since) at time zone 'UTC')::date - 28 and (news_internal.within_reach(coverage_between.until) at time zone 'UTC')::date
      and k.publisher_id in (select publisher_id from outlet)
      and (k.publisher_id, k.day) not in (select publisher_id, day from news_internal.stale_day)
    union all
    select c.publisher_id, c.day, c.seen
    from news_internal.count_hours(array(
      select s from unnest(news_internal.stale_days()) s
      where s.day between (news_internal.within_reach(coverage_between.since) at time zone 'UTC')::date - 28 and (news_internal.within_reach(coverage_between.until) at time zone 'UTC')::date
        and s.publisher_id in (select publisher_id from outlet))) c
  ), span as materialized (
    -- a day at a time, beside the same weekday of the four weeks before; hours come last, for they are many
    select o.publisher_id, o.name, o.first_hour, d.day - date '1970-01-01' as number,
      c.seen, w1.seen as before1, w2.seen as before2, w3.seen as before3, w4.seen as before4
    from outlet o
    join (
      select date '1970-01-01' + n as day
      from generate_series(
        (news_internal.within_reach(coverage_between.since) at time zone 'UTC')::date - date '1970-01-01',
        ((news_internal.within_reach(coverage_between.until) - interval '1 microsecond') at time zone 'UTC')::date - date '1970-01-01') as n
    ) d on (d.day - date '1970-01-01') * 24 + 23 >= o.first_hour
    left join counted c on c.publisher_id = o.publisher_id and c.day = d.day
    left join counted w1 on w1.publisher_id = o.publisher_id and w1.day = d.day - 7
    left join counted w2 on w2.publisher_id = o.publisher_id and w2.day = d.day - 14
    left join counted w3 on w3.publisher_id = o.publisher_id and w3.day = d.day - 21
    left join counted w4 on w4.publisher_id = o.publisher_id and w4.day = d.day - 28
  ), hours as (
    select s.publisher_id, s.name, s.number * 24 + h.n as hour, least((s.number * 24 + h.n - s.first_hour) / 168, 4) as weeks,
      coalesce(s.seen[h.n + 1], 0) as seen, coalesce(s.before1[h.n + 1], 0) as before1, coalesce(s.before2[h.n + 1], 0) as before2,
      coalesce(s.before3[h.n + 1], 0) as before3, coalesce(s.before4[h.n + 1], 0) as before4
    from span s cross join generate_series(0, 23) as h (n)
    where s.number * 24 + h.n >= s.first_hour
      and s.number * 24 + h.n between news_internal.hour_number(news_internal.within_reach(coverage_between.since))
        and news_internal.hour_number(news_internal.within_reach(coverage_between.until) - interval '1 microsecond')
  ), blind as (
    select o.publisher_id, g.cause, g.from_at, coalesce(g.to_at, now()) as to_at,
      greatest(coalesce(g.missed_estimate, 0) - coalesce(g.filled, 0), 0) as missed
    from ingest.gap g join outlet o on g.publisher_id is null or o.publisher_id = g.publisher_id
    where g.closed_at is null and g.from_at < news_internal.within_reach(coverage_between.until)
      and coalesce(g.to_at, now()) > news_internal.within_reach(coverage_between.since)
  ), holes as (
    select b.publisher_id, h.hour, string_agg(distinct b.cause, ', ' order by b.cause) as causes,
      round(sum(b.missed * extract(epoch from
          least(b.to_at, to_timestamp((h.hour + 1) * 3600.0)) - greatest(b.from_at, to_timestamp(h.hour * 3600.0)))
        / greatest(extract(epoch from b.to_at - b.from_at), 1))::numeric, 1) as missed
    from blind b
    cross join lateral generate_series(
      news_internal.hour_number(greatest(b.from_at, news_internal.within_reach(coverage_between.since))),
      news_internal.hour_number(least(b.to_at, news_internal.within_reach(coverage_between.until)) - interval '1 microsecond')
    ) as h (hour)
    group by 1, 2
  )
  select to_timestamp(h.hour * 3600.0), h.name, h.seen::bigint,
    case when h.weeks > 0 then round((h.before1 + case when h.weeks > 1 then h.before2 else 0 end
      + case when h.weeks > 2 then h.before3 else 0 end + case when h.weeks > 3 then h.before4 else 0 end)::numeric / h.weeks, 1) end,
    l.causes is not null, l.causes, l.missed
  from hours h
  left join holes l on l.publisher_id = h.publisher_id and l.hour = h.hour;
end;
comment on function news.coverage_between is 'news.coverage for any span of time and, if you like, one publisher: quicker than the view for a few days.';

create view news.coverage as
select hour, publisher_name as publisher, seen, expected, gap, cause, missed_estimate
from news.coverage_between(now() - interval '31 days', now());
comment on view news.coverage is 'What each hour of the last 31 days brought from each publisher. Look here before you conclude from silence: where gap is true, we were blind, and zero means nothing. For other times: news.coverage_between.';
comment on column news.coverage.hour is 'Beginning of the hour, UTC: of publication; of first sight where the hour of publication is unknown.';
comment on column news.coverage.publisher is 'Outlet.';
comment on column news.coverage.seen is 'Articles of that hour.';
comment on column news.coverage.expected is 'Average of the same hour of the same weekday in the four weeks before; null in the first week of a publisher.';
comment on column news.coverage.gap is 'True where entries of a feed may have been missed in that hour, and the hole has not been filled since.';
comment on column news.coverage.cause is 'Why: window (the feed moved past us between two polls), feed_down, own_outage, not_polled.';
comment on column news.coverage.missed_estimate is 'Entries that may have been missed in that hour, from the feed''s own rate.';

create view news.daily as
select d.day, p.name as publisher, d.language, d.articles, d.originals, d.revised, d.words, d.newest_loaded_at
from (
  select * from news_internal.day_count k
  where (k.publisher_id, k.day) not in (select publisher_id, day from news_internal.stale_day)
  union all
  select * from news_internal.count_days(news_internal.stale_days())
) d
left join ingest.publisher p using (publisher_id);
comment on view news.daily is 'Counts by day, publisher and language, kept ready: quick for charts.';
comment on column news.daily.day is 'Day of publication, UTC; of first sight where that is unknown.';
comment on column news.daily.publisher is 'Outlet.';
comment on column news.daily.language is 'ISO 639-1 code; empty where it can''t be told.';
comment on column news.daily.articles is 'Articles.';
comment on column news.daily.originals is 'Of them, the earliest of their story: copies are not counted.';
comment on column news.daily.revised is 'Of them, those that changed since we first saw them.';
comment on column news.daily.words is 'Words of their bodies.';
comment on column news.daily.newest_loaded_at is 'When the newest of them could first be queried, UTC.';

create view news.freshness as
select p.name as publisher, d.day, d.articles, d.published_to_seen_p50_s, d.published_to_seen_p95_s,
  d.seen_to_queryable_p50_s, d.seen_to_queryable_p95_s, d.published_to_queryable_p50_s, d.published_to_queryable_p95_s
from (
  select * from news_internal.delay k
  where (k.publisher_id, k.day) not in (select publisher_id, day from news_internal.stale_day)
  union all
  select * from news_internal.count_delays(news_internal.stale_days())
) d
join ingest.publisher p using (publisher_id);
comment on view news.freshness is 'How long news takes from the publisher to this database, by publisher and day. Only articles that a feed or news sitemap showed and whose time of publication is exact; backfills are left out.';
comment on column news.freshness.publisher is 'Outlet.';
comment on column news.freshness.day is 'Day (UTC) on which we first saw the articles.';
comment on column news.freshness.articles is 'Articles counted.';
comment on column news.freshness.published_to_seen_p50_s is 'Seconds from publication until a feed showed it to us: half of the articles are quicker.';
comment on column news.freshness.published_to_seen_p95_s is 'The same, 95 in a hundred are quicker.';
comment on column news.freshness.seen_to_queryable_p50_s is 'Seconds from then until it could be queried here: half are quicker.';
comment on column news.freshness.seen_to_queryable_p95_s is 'The same, 95 in a hundred are quicker.';
comment on column news.freshness.published_to_queryable_p50_s is 'Seconds from publication until it could be queried here: half are quicker.';
comment on column news.freshness.published_to_queryable_p95_s is 'The same, 95 in a hundred are quicker.';

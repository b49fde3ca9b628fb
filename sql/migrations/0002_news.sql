-- The analysts' side: tables in news_internal, the contract (views) in news, and the three roles.

create schema news_internal;
comment on schema news_internal is 'Tables behind the schema news. They may change; build on the views of news instead.';
create schema news;
comment on schema news is 'The contract for analysts: views that are only ever added to. Times are timestamptz in UTC. Begin with news.articles.';

create table news_internal.article (
  article_id bigint primary key,
  story_id bigint not null,
  publisher_id integer not null,
  revision integer not null default 1 check (revision > 0),
  word_count integer not null default 0,
  similarity real not null default 1,
  language_confidence real not null default 0,
  is_origin boolean not null default true,
  published_at timestamptz check (published_at between '1400-01-01 00:00+00' and '2200-01-01 00:00+00'),
  modified_at timestamptz check (modified_at between '1400-01-01 00:00+00' and '2200-01-01 00:00+00'),
  first_seen_at timestamptz not null,
  captured_at timestamptz,
  loaded_at timestamptz not null,
  revised_at timestamptz not null,
  extraction_id bigint not null,
  capture_id bigint,
  run_id bigint,
  content_hash bytea not null,
  text_hash bytea not null,
  url text not null,
  title text not null,
  lead text not null,
  body text not null,
  authors text[] not null,
  agencies text[] not null,
  published_raw text not null,
  published_quality text not null,
  language text not null,
  section text not null,
  tags text[] not null,
  image_url text not null,
  image_caption text not null,
  page_type text not null,
  rights jsonb not null,
  sources jsonb not null,
  extractor text not null,
  cause text not null,
  changed text[] not null default '{}'
);
create index article_published on news_internal.article (published_at);
create index article_publisher on news_internal.article (publisher_id, published_at);
create index article_story on news_internal.article (story_id);
create index article_url on news_internal.article using hash (url);
comment on table news_internal.article is 'The newest content of each article. No foreign key to the ledger: the loader holds the page''s row lock, and the check would cost a tenth of the load.';
comment on column news_internal.article.article_id is 'Key: the number of the page.';
comment on column news_internal.article.story_id is 'Story.';
comment on column news_internal.article.publisher_id is 'Publisher.';
comment on column news_internal.article.revision is 'Number of the current content, from 1.';
comment on column news_internal.article.word_count is 'Words of the body.';
comment on column news_internal.article.similarity is 'Share of the shorter text that this article and its story''s origin have in common.';
comment on column news_internal.article.language_confidence is 'Between 0 and 1.';
comment on column news_internal.article.is_origin is 'Whether it is the earliest of its story.';
comment on column news_internal.article.published_at is 'Time of publication.';
comment on column news_internal.article.modified_at is 'Time of the last change as the source says.';
comment on column news_internal.article.first_seen_at is 'When the page was discovered.';
comment on column news_internal.article.captured_at is 'When the exchange behind the current content took place.';
comment on column news_internal.article.loaded_at is 'When the article was first published to analysts.';
comment on column news_internal.article.revised_at is 'When the current content was published to analysts.';
comment on column news_internal.article.extraction_id is 'Extraction that the current content comes from.';
comment on column news_internal.article.capture_id is 'Capture behind it; null for imports.';
comment on column news_internal.article.run_id is 'Run that loaded the current content.';
comment on column news_internal.article.content_hash is 'sha256 over all that a revision is made of; equal means unchanged.';
comment on column news_internal.article.text_hash is 'sha256 of the normalised tokens of the body.';
comment on column news_internal.article.url is 'Canonical URL.';
comment on column news_internal.article.title is 'Headline.';
comment on column news_internal.article.lead is 'Lead, deck or summary.';
comment on column news_internal.article.body is 'Text, a paragraph a line.';
comment on column news_internal.article.authors is 'Persons.';
comment on column news_internal.article.agencies is 'News agencies credited.';
comment on column news_internal.article.published_raw is 'Time of publication as the source wrote it.';
comment on column news_internal.article.published_quality is 'exact, day, clamped, guessed or unknown.';
comment on column news_internal.article.language is 'ISO 639-1 code; empty where it can''t be told.';
comment on column news_internal.article.section is 'Section.';
comment on column news_internal.article.tags is 'Tags and keywords.';
comment on column news_internal.article.image_url is 'Lead image.';
comment on column news_internal.article.image_caption is 'Its caption.';
comment on column news_internal.article.page_type is 'article, live, opinion, video, gallery, podcast or index.';
comment on column news_internal.article.rights is 'Robots and text-and-data-mining signals.';
comment on column news_internal.article.sources is 'For each field with rival sources, which one won.';
comment on column news_internal.article.extractor is 'Version of the extractor.';
comment on column news_internal.article.cause is 'Why the current content was made: fetch, backfill, reprocess or import.';
comment on column news_internal.article.changed is 'Fields in which the current content differs from the one before; empty for revision 1.';

create table news_internal.revision (
  article_id bigint not null,
  revision integer not null,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  publisher_id integer not null,
  word_count integer not null,
  language_confidence real not null,
  published_at timestamptz,
  modified_at timestamptz,
  captured_at timestamptz,
  extraction_id bigint not null,
  capture_id bigint,
  run_id bigint,
  content_hash bytea not null,
  text_hash bytea not null,
  title text not null,
  lead text not null,
  body text not null,
  authors text[] not null,
  agencies text[] not null,
  published_raw text not null,
  published_quality text not null,
  language text not null,
  section text not null,
  tags text[] not null,
  image_url text not null,
  image_caption text not null,
  page_type text not null,
  rights jsonb not null,
  sources jsonb not null,
  extractor text not null,
  cause text not null,
  changed text[] not null,
  primary key (article_id, revision, valid_until)
) partition by range (valid_until);
create table news_internal.revision_default partition of news_internal.revision default;
comment on table news_internal.revision is 'Older contents of articles; append-only, partitioned by the month in which each was replaced.';
comment on table news_internal.revision_default is 'Partition for months without one of their own.';
comment on column news_internal.revision.article_id is 'Article.';
comment on column news_internal.revision.revision is 'Number of this content, from 1.';
comment on column news_internal.revision.valid_from is 'When this content was published to analysts.';
comment on column news_internal.revision.valid_until is 'When the next one replaced it.';
comment on column news_internal.revision.publisher_id is 'Publisher.';
comment on column news_internal.revision.word_count is 'Words of the body.';
comment on column news_internal.revision.language_confidence is 'Between 0 and 1.';
comment on column news_internal.revision.published_at is 'Time of publication.';
comment on column news_internal.revision.modified_at is 'Time of the last change as the source said.';
comment on column news_internal.revision.captured_at is 'When the exchange behind this content took place.';
comment on column news_internal.revision.extraction_id is 'Extraction that it came from.';
comment on column news_internal.revision.capture_id is 'Capture behind it; null for imports.';
comment on column news_internal.revision.run_id is 'Run that loaded it.';
comment on column news_internal.revision.content_hash is 'sha256 over all that a revision is made of.';
comment on column news_internal.revision.text_hash is 'sha256 of the normalised tokens of the body.';
comment on column news_internal.revision.title is 'Headline.';
comment on column news_internal.revision.lead is 'Lead, deck or summary.';
comment on column news_internal.revision.body is 'Text, a paragraph a line.';
comment on column news_internal.revision.authors is 'Persons.';
comment on column news_internal.revision.agencies is 'News agencies credited.';
comment on column news_internal.revision.published_raw is 'Time of publication as the source wrote it.';
comment on column news_internal.revision.published_quality is 'exact, day, clamped, guessed or unknown.';
comment on column news_internal.revision.language is 'ISO 639-1 code; empty where it can''t be told.';
comment on column news_internal.revision.section is 'Section.';
comment on column news_internal.revision.tags is 'Tags and keywords.';
comment on column news_internal.revision.image_url is 'Lead image.';
comment on column news_internal.revision.image_caption is 'Its caption.';
comment on column news_internal.revision.page_type is 'article, live, opinion, video, gallery, podcast or index.';
comment on column news_internal.revision.rights is 'Robots and text-and-data-mining signals.';
comment on column news_internal.revision.sources is 'For each field with rival sources, which one won.';
comment on column news_internal.revision.extractor is 'Version of the extractor.';
comment on column news_internal.revision.cause is 'Why it was made: fetch, backfill, reprocess or import.';
comment on column news_internal.revision.changed is 'Fields in which it differs from the content before; empty for revision 1.';

create sequence news_internal.change_id as bigint cache 1;
create table news_internal.change (
  change_id bigint primary key,
  article_id bigint not null,
  story_id bigint not null,
  run_id bigint,
  revision integer not null,
  kind text not null check (kind in ('insert', 'revision', 'story', 'retraction')),
  changed_at timestamptz not null
);
comment on sequence news_internal.change_id is 'Numbers of news_internal.change; drawn only under the advisory lock ''news.changes'', as the last act of a transaction, so that they become visible in order.';
comment on table news_internal.change is 'Log of all that consumers must hear of.';
comment on column news_internal.change.change_id is 'Key and cursor: becomes visible in ascending order.';
comment on column news_internal.change.article_id is 'Article.';
comment on column news_internal.change.story_id is 'Its story after the change.';
comment on column news_internal.change.run_id is 'Run that made it; null for a person''s act.';
comment on column news_internal.change.revision is 'Its revision after the change.';
comment on column news_internal.change.kind is 'insert, revision, story or retraction.';
comment on column news_internal.change.changed_at is 'When.';

create table news_internal.tombstone (
  url_hash bytea primary key check (octet_length(url_hash) = 32),
  article_id bigint not null,
  kind text not null check (kind in ('retracted', 'purged')),
  why text not null,
  made_by text not null default current_user,
  made_at timestamptz not null default now()
);
comment on table news_internal.tombstone is 'Articles that were taken out and must not come back when a feed shows them again.';
comment on column news_internal.tombstone.url_hash is 'sha256 of the canonical URL.';
comment on column news_internal.tombstone.article_id is 'Article as it was numbered.';
comment on column news_internal.tombstone.kind is 'retracted by a person, or purged by a retention rule.';
comment on column news_internal.tombstone.why is 'Reason, for people.';
comment on column news_internal.tombstone.made_by is 'Database role that did it.';
comment on column news_internal.tombstone.made_at is 'When.';

-- The contract ---------------------------------------------------------------------------------

create view news.articles as
select a.article_id, a.url, p.name as publisher, a.title, a.lead, a.body, a.authors, a.agencies,
  a.published_at, a.published_quality, a.sources ->> 'published_at' as published_source, a.published_raw,
  a.modified_at, a.first_seen_at, a.captured_at, a.loaded_at, a.revised_at,
  a.language, a.language_confidence, a.word_count, a.section, a.tags, a.image_url, a.image_caption, a.page_type,
  a.story_id, a.is_origin, a.similarity, a.revision,
  a.sources ->> 'title' as title_source, a.sources ->> 'authors' as authors_source, a.sources, a.rights,
  a.publisher_id, a.extraction_id, a.capture_id, a.extractor, a.run_id,
  c.file as capture_file, c."offset" as capture_offset, c.length as capture_length, encode(a.text_hash, 'hex') as text_hash
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
comment on column news.articles.authors is 'Persons in the byline, in its order.';
comment on column news.articles.agencies is 'News agencies that the article credits.';
comment on column news.articles.published_at is 'Time of publication, UTC. Look at published_quality before you compare minutes.';
comment on column news.articles.published_quality is 'exact; day (no time of day was given); clamped (an impossible time was cut back); guessed; unknown.';
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
comment on column news.articles.tags is 'Tags and keywords as the publisher gives them; one a row in news.tags.';
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

create view news.unique_articles as select * from news.articles where is_origin;
comment on view news.unique_articles is 'news.articles with each story once: its earliest article. Use it to count news rather than copies.';

create view news.stories as
select a.story_id,
  (array_agg(a.article_id order by a.is_origin desc, a.published_at nulls last, a.article_id))[1] as origin_article_id,
  (array_agg(p.name order by a.is_origin desc, a.published_at nulls last, a.article_id))[1] as origin_publisher,
  (array_agg(a.title order by a.is_origin desc, a.published_at nulls last, a.article_id))[1] as title,
  count(*) as articles, count(distinct a.publisher_id) as publishers,
  array_agg(distinct a.language) as languages,
  min(a.published_at) as first_published_at, max(a.published_at) as last_published_at,
  min(a.similarity) as least_similarity
from news_internal.article a left join ingest.publisher p using (publisher_id)
group by a.story_id;
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
comment on column news.revisions.published_quality is 'exact, day, clamped, guessed or unknown.';
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

create view news.rejects as
select 'page' as kind, p.page_id as article_id, p.url, b.name as publisher, o.stage, p.outcome, o.sentence as means, p.detail,
  p.discovered_at as first_seen_at, p.changed_at as rejected_at
from ingest.page p
join ingest.publisher b using (publisher_id)
left join ingest.outcome o on o.code = p.outcome
where p.state = 'rejected'
union all
select 'entry', null, e.link, b.name, o.stage, e.outcome, o.sentence, '', e.first_seen_at, e.last_seen_at
from ingest.entry e
join ingest.feed f using (feed_id)
join ingest.publisher b using (publisher_id)
join ingest.outcome o on o.code = e.outcome
where e.page_id is null;
comment on view news.rejects is 'What a feed showed but did not become an article, and why. Look here before you conclude that something was not published.';
comment on column news.rejects.kind is 'page: a page that ended without an article; entry: a feed entry whose link is unusable.';
comment on column news.rejects.article_id is 'Number that the article would have had; null for entries.';
comment on column news.rejects.url is 'Address.';
comment on column news.rejects.publisher is 'Outlet.';
comment on column news.rejects.stage is 'Stage that ended it: poll, fetch, extract, deduplicate or load.';
comment on column news.rejects.outcome is 'Code of the reason.';
comment on column news.rejects.means is 'The reason in a sentence.';
comment on column news.rejects.detail is 'What was seen.';
comment on column news.rejects.first_seen_at is 'When we learned of it, UTC.';
comment on column news.rejects.rejected_at is 'When it ended, UTC.';

create view news.runs as
with flow as (
  select run_id, 2 as position, 'fetch' as stage, fetch_outcome as outcome, count(*) as pages
  from ingest.run_page where entered = 'fetch' group by run_id, fetch_outcome
  union all
  select run_id, 3, 'extract', extract_outcome, count(*)
  from ingest.run_page where entered = 'extract' or fetch_outcome = 'ok' group by run_id, extract_outcome
  union all
  select run_id, 4, 'deduplicate', deduplicate_outcome, count(*)
  from ingest.run_page where entered = 'deduplicate' or extract_outcome = 'ok' group by run_id, deduplicate_outcome
  union all
  select run_id, 5, 'load', load_outcome, count(*)
  from ingest.run_page where entered = 'load' or deduplicate_outcome = 'ok' group by run_id, load_outcome
)
select r.run_id, r.dag_id, r.dag_run_id, r.state, r.started_at, r.ended_at, r.verdict,
  f.position, f.stage, f.outcome, o.sentence as means, f.pages
from ingest.run r
left join flow f using (run_id)
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

-- news.unique_articles has the columns of news.articles, so it gets their comments.
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

create function news.changes_since(cursor bigint, "limit" integer default 1000) returns setof news.changes
language sql stable parallel safe
begin atomic
  select c.change_id, c.article_id, c.kind, c.revision, c.story_id, c.run_id, c.changed_at
  from news.changes c where c.change_id > changes_since.cursor order by c.change_id limit changes_since."limit";
end;
comment on function news.changes_since is 'The next changes after a cursor (0 at first), in order. LISTEN news_changes wakes you when there are more.';

-- Roles ----------------------------------------------------------------------------------------

-- Roles belong to the cluster, not to this database: another database may have made them, and a
-- managed server may forbid it. Whoever creates a role also sets its limits.
do $$
declare name text;
begin
  foreach name in array array['newsflow_owner', 'newsflow_writer', 'news_reader'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
        execute case name
          when 'newsflow_owner' then 'comment on role newsflow_owner is ''newsflow: may change the schemas (migrations).'''
          when 'newsflow_writer' then 'comment on role newsflow_writer is ''newsflow: the pipeline; reads and writes rows.'''
          else 'comment on role news_reader is ''newsflow: analysts; reads the schema news.'''
        end;
        if name = 'news_reader' then
          alter role news_reader connection limit 20;
          alter role news_reader set default_transaction_read_only = on;
          alter role news_reader set statement_timeout = '10min';
          alter role news_reader set search_path = news;
          begin
            alter role news_reader set temp_file_limit = '4GB';
          exception when insufficient_privilege then
            raise notice 'news_reader: temp_file_limit needs a superuser; set it by hand';
          end;
        end if;
      exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
          raise notice 'role % is missing and may not be created here: see docs/analysts.md', name;
      end;
    end if;
  end loop;
end $$;

create function news_internal.grant_roles() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('revoke temporary, create on database %I from public', current_database());
  revoke create on schema public from public;
  if to_regrole('newsflow_owner') is not null then
    execute format('grant create, connect, temporary on database %I to newsflow_owner', current_database());
    grant all on schema ingest, news, news_internal, newsflow_meta to newsflow_owner;
    grant all on all tables in schema ingest, news, news_internal, newsflow_meta to newsflow_owner;
    grant all on all sequences in schema ingest, news, news_internal, newsflow_meta to newsflow_owner;
    grant all on all functions in schema news, news_internal to newsflow_owner;
  end if;
  if to_regrole('newsflow_writer') is not null then
    execute format('grant connect, temporary on database %I to newsflow_writer', current_database());
    grant usage on schema ingest, news, news_internal, newsflow_meta to newsflow_writer;
    grant select, insert, update, delete on all tables in schema ingest, news_internal to newsflow_writer;
    grant select on all tables in schema news, newsflow_meta to newsflow_writer;
    grant usage, select on all sequences in schema ingest, news_internal to newsflow_writer;
    grant execute on all functions in schema news, news_internal to newsflow_writer;
    alter default privileges in schema ingest, news_internal
      grant select, insert, update, delete on tables to newsflow_writer;
    alter default privileges in schema ingest, news_internal grant usage, select on sequences to newsflow_writer;
    alter default privileges in schema news_internal grant execute on functions to newsflow_writer;
    alter default privileges in schema news grant select on tables to newsflow_writer;
  end if;
  if to_regrole('news_reader') is not null then
    execute format('grant connect on database %I to news_reader', current_database());
    grant usage on schema news to news_reader;
    grant select on all tables in schema news to news_reader;
    alter default privileges in schema news grant select on tables to news_reader;
  end if;
end $$;
comment on function news_internal.grant_roles is 'Gives the three roles their rights in this database; to be run again after the roles were made by hand.';
select news_internal.grant_roles();

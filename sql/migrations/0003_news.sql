-- The schema news: the contract with analysts. It only grows: no column or function is taken away or renamed, and a
-- view gets new columns at its end.
--
-- Articles and what belongs to them, stories, sources, what became of pages, changes, search, counts, values.
--
-- In all of it: missing text is NULL and never empty; a list without entries is empty and never NULL; an outlet is
-- `publisher`, coming and going; a column whose values are a fixed list has them in news.terms.

create schema news;
comment on schema news is 'The contract for analysts: views that are only ever added to. Times are timestamptz in UTC, missing text is NULL. Begin with news.articles.';

-- Articles ----------------------------------------------------------------------------------------

create view news.articles as
select a.article_id, a.url, p.name as publisher, nullif(a.title, '') as title, nullif(a.lead, '') as lead,
  a.authors, a.agencies, a.published_at, coalesce(nullif(a.published_quality, ''), 'unknown') as published_quality,
  news_internal.day_in(a.published_at, p.time_zone) as published_day, a.modified_at,
  a.first_seen_at, a.captured_at, a.loaded_at, a.revised_at,
  news_internal.told_language(a.language, a.language_confidence) as language, a.language_confidence,
  a.word_count, nullif(a.section, '') as section, a.tags, nullif(a.image_url, '') as image_url,
  nullif(a.image_caption, '') as image_caption, a.page_type, a.story_id, a.is_origin, a.similarity, a.revision,
  news_internal.sample_key(a.article_id) as sample_key, a.publisher_id, a.body_purged_at, nullif(a.body, '') as body
from news_internal.article a
left join ingest.publisher p using (publisher_id);
comment on view news.articles is 'One row per article: the newest content of each page that turned out to be news; key: article_id. Start here. Where it comes from is in news.lineage; the text, nearly all of the bytes, is the last column.';
comment on column news.articles.article_id is 'Key; stays the same for the life of the article.';
comment on column news.articles.url is 'Canonical address, without tracking parameters.';
comment on column news.articles.publisher is 'Outlet, such as bbc.co.uk; see news.publishers.';
comment on column news.articles.title is 'Headline; null where the page has none.';
comment on column news.articles.lead is 'Lead, deck or summary; null where the page has none.';
comment on column news.articles.authors is 'Persons in the byline, in its order; an empty list where none is named. All articles of one person, quickly: where authors @> array[''Ada Lane''].';
comment on column news.articles.agencies is 'News agencies that the article credits; an empty list where it credits none.';
comment on column news.articles.published_at is 'Time of publication, UTC; null where it is unknown, so order by published_at desc nulls last. Look at published_quality before you compare minutes.';
comment on column news.articles.published_quality is 'How far to trust published_at.';
comment on column news.articles.published_day is 'Day of publication in the publisher''s own time zone (news.publishers.time_zone), in UTC where none is known. Bound published_at as well where a query is to be quick.';
comment on column news.articles.modified_at is 'Last change as the source claims, UTC; often missing, and not always true.';
comment on column news.articles.first_seen_at is 'When we first learned of the page, UTC.';
comment on column news.articles.captured_at is 'When the page behind the current content was fetched, UTC.';
comment on column news.articles.loaded_at is 'When the article could first be queried here, UTC.';
comment on column news.articles.revised_at is 'When its current content could first be queried here, UTC. No time of the publisher''s: it moves when our extractor reads the same page better, too (news.revisions.cause), and it is no cursor for a copy (news.changes_since is).';
comment on column news.articles.language is 'ISO 639-1 code of the text as detected; null where it can''t be told or language_confidence is below 0.5.';
comment on column news.articles.language_confidence is 'Confidence of the detection, 0 to 1; 1 where an import states the language. Windows of 40 to 600 characters from 1,429 pages whose language their HTML states: of those told with 0.5 and more, 98 in a hundred were right, of those below, 69.';
comment on column news.articles.word_count is 'Words of the body.';
comment on column news.articles.section is 'Section as the publisher names it; null where it names none.';
comment on column news.articles.tags is 'Tags and keywords as the publisher gives them; one a row in news.tags. All articles of one tag, quickly: where tags @> array[''Energy''].';
comment on column news.articles.image_url is 'Lead image; null where there is none.';
comment on column news.articles.image_caption is 'Caption of the lead image; null where there is none.';
comment on column news.articles.page_type is 'What kind of page it is.';
comment on column news.articles.story_id is 'Story: articles with the same number carry the same wire or syndicated text, not merely the same topic. No key to keep: it changes when an older copy turns up or two stories prove to be one (news.changes tells); keep article_id.';
comment on column news.articles.is_origin is 'True for the earliest article of its story. Filter on it to count each text once (or use news.unique_articles).';
comment on column news.articles.similarity is 'Share of the shorter text that stands in the other, between this article and its story''s origin, 0 to 1.';
comment on column news.articles.revision is 'Number of the current content; above 1 means that it changed since we first saw it (news.revisions).';
comment on column news.articles.sample_key is 'A number in [0, 1) that depends on article_id alone: where sample_key < 0.01 is the same hundredth of the articles for everyone and for ever, and its part of any other selection. Parts that do not overlap: 0 to 0.8 for training, 0.8 to 1 for tests. It is the first 52 bits of md5(article_id in decimal digits), over 2^52.';
comment on column news.articles.publisher_id is 'Number of the publisher, as in news.publishers.';
comment on column news.articles.body_purged_at is 'When a retention rule emptied the body, UTC; null while it is there.';
comment on column news.articles.body is 'Text without boilerplate; paragraphs are separated by a line feed. Null where a retention rule emptied it (body_purged_at), or the page shows a video or pictures without text.';

create view news.unique_articles as select * from news.articles where is_origin;
comment on view news.unique_articles is 'One row per story: news.articles, of each story its earliest article only; key: article_id. Use it to count news rather than copies.';
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
select r.article_id, r.revision, r.url, p.name as publisher, r.cause, r.changed, nullif(r.title, '') as title,
  nullif(r.lead, '') as lead, r.authors, r.published_at,
  coalesce(nullif(r.published_quality, ''), 'unknown') as published_quality, r.modified_at, r.captured_at, r.valid_from,
  r.valid_until, r.word_count, news_internal.told_language(r.language, r.language_confidence) as language,
  nullif(r.section, '') as section, r.tags, nullif(r.image_url, '') as image_url, r.page_type, nullif(r.body, '') as body
from (
  select o.article_id, o.revision, a.url, a.publisher_id, o.cause, o.changed, o.title, o.lead, o.body, o.authors,
    o.published_at, o.published_quality, o.modified_at, o.captured_at, o.valid_from, o.valid_until, o.word_count,
    o.language, o.language_confidence, o.section, o.tags, o.image_url, o.page_type
  from news_internal.revision o join news_internal.article a using (article_id)
  union all
  select article_id, revision, url, publisher_id, cause, changed, title, lead, body, authors,
    published_at, published_quality, modified_at, captured_at, loaded_at, null, word_count,
    language, language_confidence, section, tags, image_url, page_type
  from news_internal.article where revision = 1 -- apart, so that an index finds valid_from
  union all
  select article_id, revision, url, publisher_id, cause, changed, title, lead, body, authors,
    published_at, published_quality, modified_at, captured_at, revised_at, null, word_count,
    language, language_confidence, section, tags, image_url, page_type
  from news_internal.article where revision > 1
) r
left join ingest.publisher p using (publisher_id);
comment on view news.revisions is 'One row per content that an article has had; key: article_id, revision. Oldest is revision 1; the newest has no valid_until. Compare two with news.diff.';
comment on column news.revisions.article_id is 'Article.';
comment on column news.revisions.revision is 'Number of this content, from 1.';
comment on column news.revisions.url is 'Canonical address of the article.';
comment on column news.revisions.publisher is 'Outlet.';
comment on column news.revisions.cause is 'Why this content was made. Count fetch alone where you mean what publishers changed.';
comment on column news.revisions.changed is 'Fields that differ from the revision before, such as {title,body}; empty for revision 1.';
comment on column news.revisions.title is 'Headline; null where the page had none.';
comment on column news.revisions.lead is 'Lead; null where there is none.';
comment on column news.revisions.authors is 'Persons in the byline.';
comment on column news.revisions.published_at is 'Time of publication as this content said, UTC.';
comment on column news.revisions.published_quality is 'How far to trust published_at.';
comment on column news.revisions.modified_at is 'Last change as the source claimed, UTC. A changed body without a later modified_at is a silent correction.';
comment on column news.revisions.captured_at is 'When the page was fetched in this state, UTC.';
comment on column news.revisions.valid_from is 'When this content could first be queried here, UTC.';
comment on column news.revisions.valid_until is 'When the next one replaced it, UTC; null for the current content.';
comment on column news.revisions.word_count is 'Words of the body.';
comment on column news.revisions.language is 'ISO 639-1 code; null where it can''t be told or the confidence is below 0.5.';
comment on column news.revisions.section is 'Section; null where none is named.';
comment on column news.revisions.tags is 'Tags and keywords.';
comment on column news.revisions.image_url is 'Lead image; null where there is none.';
comment on column news.revisions.page_type is 'What kind of page it is.';
comment on column news.revisions.body is 'Text; null where a retention rule emptied it.';

create view news.lineage as
select r.article_id, r.revision, r.extractor, r.run_id, r.extraction_id, r.capture_id,
  c.file as capture_file, c."offset" as capture_offset, c.length as capture_length,
  encode(r.text_hash, 'hex') as text_hash, r.sources ->> 'title' as title_source, r.sources ->> 'authors' as authors_source,
  r.sources ->> 'published_at' as published_source, nullif(r.published_raw, '') as published_raw, r.sources, r.rights
from (
  select article_id, revision, extractor, run_id, extraction_id, capture_id, text_hash, published_raw, sources, rights
  from news_internal.revision
  union all
  select article_id, revision, extractor, run_id, extraction_id, capture_id, text_hash, published_raw, sources, rights
  from news_internal.article
) r
left join ingest.capture c using (capture_id);
comment on view news.lineage is 'One row per content that an article has had: what it was made from, by what; key: article_id, revision. With news.articles: join news.lineage using (article_id, revision).';
comment on column news.lineage.article_id is 'Article.';
comment on column news.lineage.revision is 'Number of the content, as in news.articles and news.revisions.';
comment on column news.lineage.extractor is 'Version of the extractor.';
comment on column news.lineage.run_id is 'Run that loaded it (news.runs).';
comment on column news.lineage.extraction_id is 'Extraction that it comes from.';
comment on column news.lineage.capture_id is 'Stored HTTP exchange that it was made from; null for imports.';
comment on column news.lineage.capture_file is 'WARC file of the capture, below the archive.';
comment on column news.lineage.capture_offset is 'Byte at which the capture''s record begins.';
comment on column news.lineage.capture_length is 'Length of that record, bytes.';
comment on column news.lineage.text_hash is 'Hash of the normalised words of the body: equal texts have equal values.';
comment on column news.lineage.title_source is 'Where the headline was found, such as h1, json-ld or feed.';
comment on column news.lineage.authors_source is 'Where the byline was found.';
comment on column news.lineage.published_source is 'Where the time of publication was found, such as json-ld, meta or feed.';
comment on column news.lineage.published_raw is 'That time as the source wrote it.';
comment on column news.lineage.sources is 'For each field that had rival sources, which one won.';
comment on column news.lineage.rights is 'What robots and text-and-data-mining signals the publisher sent.';

create function news.diff(article_id bigint, from_revision integer, to_revision integer) returns table (
  field text, place integer, op text, line text
)
language sql stable parallel safe
begin atomic
  with side as (
    select r.revision, f.field, f.position, f.lines
    from news.revisions r
    cross join lateral (values
      (1, 'title', array[r.title]), (2, 'lead', string_to_array(r.lead, e'\n')),
      (3, 'authors', r.authors), (4, 'published_at', array[r.published_at::text]),
      (5, 'section', array[r.section]), (6, 'tags', r.tags), (7, 'image_url', array[r.image_url]),
      (8, 'body', string_to_array(r.body, e'\n'))
    ) as f (position, field, lines)
    where r.article_id = diff.article_id and r.revision in (diff.from_revision, diff.to_revision)
  )
  select b.field, d.place, d.op, d.line
  from side b
  join side a on a.position = b.position and a.revision = diff.to_revision
  cross join lateral news_internal.diff_lines(
    array_remove(b.lines, null), array_remove(a.lines, null)) as d
  where b.revision = diff.from_revision
  order by b.position, d.place;
end;
comment on function news.diff is 'What changed between two revisions of an article: a row for each line that went (-) or came (+), field by field; the body by paragraphs.';

create view news.authors as
select a.article_id, p.name as publisher, x.author, x.position::integer as position, a.published_at, a.story_id, a.is_origin
from news_internal.article a
cross join lateral unnest(a.authors) with ordinality as x (author, position)
left join ingest.publisher p using (publisher_id);
comment on view news.authors is 'One row per author of an article; key: article_id, position.';
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
comment on view news.tags is 'One row per tag of an article; key: article_id, tag.';
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
comment on view news.credits is 'One row per news agency that an article credits; key: article_id, agency. Who copies the agencies, and how openly.';
comment on column news.credits.article_id is 'Article.';
comment on column news.credits.publisher is 'Outlet that carries the article.';
comment on column news.credits.agency is 'Agency by its usual name, such as Reuters, AFP, dpa.';
comment on column news.credits.evidence is 'Words of the article that credit it.';
comment on column news.credits.published_at is 'Time of publication, UTC.';
comment on column news.credits.story_id is 'Story.';
comment on column news.credits.is_origin is 'True where the article is the earliest of its story.';

-- Stories -----------------------------------------------------------------------------------------

create view news.stories as
select s.story_id, s.origin_article_id, p.name as origin_publisher, nullif(s.title, '') as title, s.articles, s.publishers, s.languages,
  s.first_published_at, s.last_published_at, s.least_similarity
from news_internal.story s left join ingest.publisher p using (publisher_id);
comment on view news.stories is 'One row per story: a set of articles that carry the same wire or syndicated text; key: story_id. Articles without copies are stories of one. A story is no topic: papers that write their own text of one event are in different stories.';
comment on column news.stories.story_id is 'Key, as in news.articles. It is the smallest article_id of its members, so it changes when an older member turns up, and goes when two stories prove to be one: do not keep it as the key of anything (news.changes tells of each change).';
comment on column news.stories.origin_article_id is 'Its earliest article.';
comment on column news.stories.origin_publisher is 'Publisher of its earliest article.';
comment on column news.stories.title is 'Headline of its earliest article.';
comment on column news.stories.articles is 'Number of articles.';
comment on column news.stories.publishers is 'Number of different publishers.';
comment on column news.stories.languages is 'Languages of its articles, where they can be told.';
comment on column news.stories.first_published_at is 'Earliest time of publication, UTC.';
comment on column news.stories.last_published_at is 'Latest time of publication, UTC.';
comment on column news.stories.least_similarity is 'Smallest similarity of a member to the origin: low values deserve a look.';

create view news.versions as
select a.article_id, v.article_id as version_of, p.name as publisher, a.story_id, nullif(a.title, '') as title,
  nullif(v.title, '') as earlier_title,
  a.published_at, a.published_at - v.published_at as after, a.word_count - v.word_count as words_added,
  a.text_hash = v.text_hash as same_text
from news_internal.story s
join news_internal.article a on a.story_id = s.story_id
cross join lateral (
  select e.article_id, e.title, e.published_at, e.word_count, e.text_hash from news_internal.article e
  where e.story_id = a.story_id and e.publisher_id = a.publisher_id
    and (e.published_at, e.article_id) < (a.published_at, a.article_id)
    and e.published_at >= a.published_at - interval '18 hours'
  order by e.published_at desc, e.article_id desc limit 1
) v
left join ingest.publisher p on p.publisher_id = a.publisher_id
where s.articles > s.publishers;
comment on view news.versions is 'One row per article that is a publisher''s later version of one of its own: its update, correction or repeat within 18 hours, at another address, in one story with it; key: article_id. Changes at the same address are in news.revisions.';
comment on column news.versions.article_id is 'The later version.';
comment on column news.versions.version_of is 'Article that it follows: the publisher''s latest before it in the story.';
comment on column news.versions.publisher is 'Outlet of both.';
comment on column news.versions.story_id is 'Story of both.';
comment on column news.versions.title is 'Headline of the later version.';
comment on column news.versions.earlier_title is 'Headline of the earlier one.';
comment on column news.versions.published_at is 'When the later version was published, UTC.';
comment on column news.versions.after is 'Time between the two.';
comment on column news.versions.words_added is 'Words by which the later is longer; negative where it is shorter.';
comment on column news.versions.same_text is 'True where the text is the same, word by word.';

-- Sources -----------------------------------------------------------------------------------------

create view news.publishers as
select p.publisher_id, p.name as publisher, p.title, p.homepage, p.country, p.region, coalesce(p.languages, '{}') as languages, p.kind, p.time_zone,
  p.owner, p.notes, p.said_by, p.paused,
  (select count(*) from ingest.feed f where f.publisher_id = p.publisher_id and f.state = 'active') as active_feeds,
  (select max(f.last_ok_at) from ingest.feed f where f.publisher_id = p.publisher_id) as last_heard_at,
  (select max(a.published_at) from news_internal.article a where a.publisher_id = p.publisher_id) as newest_article_at,
  p.created_at as added_at,
  array(select a.name from ingest.publisher_alias a where a.publisher_id = p.publisher_id order by 1) as aliases
from ingest.publisher p
where p.merged_into is null;
comment on view news.publishers is 'One row per publisher; key: publisher_id (publisher is unique, too). What is known of the outlets; what is unknown is null, for nothing is guessed.';
comment on column news.publishers.publisher_id is 'Key.';
comment on column news.publishers.publisher is 'Registered domain, such as bbc.co.uk, or the name that a person gave it; the value of news.articles.publisher.';
comment on column news.publishers.title is 'Name as readers know it.';
comment on column news.publishers.homepage is 'Address of the home page.';
comment on column news.publishers.country is 'Country, ISO 3166-1 alpha-2, such as GB.';
comment on column news.publishers.region is 'Part of the country, or place, as people write it.';
comment on column news.publishers.languages is 'ISO 639 codes of the languages that it publishes in; empty where unknown.';
comment on column news.publishers.kind is 'What kind of publisher it is.';
comment on column news.publishers.time_zone is 'Zone of its days (published_day) and of its times without a zone, as the IANA tz database names it; null: UTC is taken.';
comment on column news.publishers.owner is 'Who owns it.';
comment on column news.publishers.notes is 'What else people noted.';
comment on column news.publishers.said_by is 'For each of these that is filled, on whose word: person, list (of feeds, imported), site or feed.';
comment on column news.publishers.paused is 'True while a person has stopped all requests to it: no news from it is to be expected.';
comment on column news.publishers.active_feeds is 'Feeds that are polled.';
comment on column news.publishers.last_heard_at is 'When one of its feeds last answered well, UTC.';
comment on column news.publishers.newest_article_at is 'Latest time of publication among its articles, UTC.';
comment on column news.publishers.added_at is 'When it was added here, UTC.';
comment on column news.publishers.aliases is 'Other names and hosts by which it is found, former ones included.';

create view news.collections as
select c.collection_id, c.name as collection, c.notes,
  (select count(*) from ingest.collection_member m join ingest.publisher p using (publisher_id)
    where m.collection_id = c.collection_id and p.merged_into is null) as publishers,
  c.created_at as added_at
from ingest.collection c;
comment on view news.collections is 'One row per set of publishers that people made; key: collection_id (collection is unique, too).';
comment on column news.collections.collection_id is 'Key.';
comment on column news.collections.collection is 'Name.';
comment on column news.collections.notes is 'What it is for.';
comment on column news.collections.publishers is 'How many publishers it has.';
comment on column news.collections.added_at is 'When it was made, UTC.';

create view news.collection_publishers as
select c.name as collection, p.name as publisher, m.collection_id, m.publisher_id, m.added_at
from ingest.collection_member m
join ingest.collection c using (collection_id)
join ingest.publisher p using (publisher_id)
where p.merged_into is null;
comment on view news.collection_publishers is 'One row per publisher of a collection; key: collection, publisher. A publisher can be in many. Join it to news.articles by publisher_id.';
comment on column news.collection_publishers.collection is 'Name of the collection.';
comment on column news.collection_publishers.publisher is 'Publisher.';
comment on column news.collection_publishers.collection_id is 'Number of the collection.';
comment on column news.collection_publishers.publisher_id is 'Number of the publisher.';
comment on column news.collection_publishers.added_at is 'When it was put in, UTC.';

create view news.feeds as
select f.feed_id, f.url, p.name as publisher, nullif(f.kind, '') as kind, nullif(f.title, '') as title, f.state, f.last_poll_at, f.last_ok_at, f.last_new_at,
  f.last_outcome, o.sentence as last_outcome_means, f.failures, f.interval_s, f.next_poll_at, f.added_at
from ingest.feed f
join ingest.publisher p using (publisher_id)
left join ingest.outcome o on o.code = f.last_outcome;
comment on view news.feeds is 'One row per feed that we poll, with how it is doing; key: feed_id.';
comment on column news.feeds.feed_id is 'Key.';
comment on column news.feeds.url is 'Address that is polled.';
comment on column news.feeds.publisher is 'Outlet.';
comment on column news.feeds.kind is 'Its format; null before the first good poll.';
comment on column news.feeds.title is 'Title as the feed gives it; null where it gives none.';
comment on column news.feeds.state is 'Whether it is polled.';
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

-- A page's entry: the first that showed it.
create view news.headlines as
select p.page_id, e.entry_id, a.article_id, a.url, b.name as publisher, nullif(a.title, '') as title,
  nullif(e.title, '') as feed_title, coalesce(nullif(e.summary, ''), nullif(a.lead, '')) as summary,
  a.published_at, coalesce(nullif(a.published_quality, ''), 'unknown') as published_quality,
  news_internal.told_language(a.language, a.language_confidence) as language, p.state, p.outcome, o.sentence as means,
  case when o.subscribers_only or a.rights ->> 'free' = 'false' then 'closed' else 'free' end as access,
  a.first_seen_at, null::bigint as same_as
from news_internal.article a
-- OFFSET 0: the planner would rather read all pages than look some thousands up
cross join lateral (select g.page_id, g.state, g.outcome from ingest.page g where g.page_id = a.article_id offset 0) p
left join ingest.publisher b on b.publisher_id = a.publisher_id
left join ingest.outcome o on o.code = p.outcome
left join lateral (
  select x.entry_id, x.title, x.summary from ingest.entry x where x.page_id = p.page_id order by x.entry_id limit 1) e on true
union all
select p.page_id, e.entry_id, null, p.url, b.name, nullif(e.title, ''), nullif(e.title, ''), nullif(e.summary, ''),
  e.published_at, news_internal.feed_time_quality(e.published_at, e.published_raw, e.first_seen_at),
  nullif(e.language, ''), p.state, p.outcome, o.sentence, case when o.subscribers_only then 'closed' end,
  p.discovered_at, p.canonical_page_id
from ingest.entry e
join ingest.page p on p.page_id = e.page_id
left join ingest.publisher b on b.publisher_id = p.publisher_id
left join ingest.outcome o on o.code = p.outcome
where p.loaded_extraction_id is null
  and not exists (select from ingest.entry x where x.page_id = e.page_id and x.entry_id < e.entry_id)
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
comment on view news.headlines is 'One row per page that we know of, and per entry of a feed that led to no page: articles, and all that became none, with what the feed said of it; key: page_id, entry_id (each page once; one of the two may be null). Bound it by published_at or first_seen_at.';
comment on column news.headlines.page_id is 'Page; null for an entry whose link is unusable.';
comment on column news.headlines.entry_id is 'Entry that first showed it; null where no feed did (backfill, import, links).';
comment on column news.headlines.article_id is 'Article, as in news.articles; null where there is none (yet).';
comment on column news.headlines.url is 'Address: canonical; of an entry without a page the link as the feed has it.';
comment on column news.headlines.publisher is 'Outlet.';
comment on column news.headlines.title is 'Headline: the article''s; without an article the feed''s.';
comment on column news.headlines.feed_title is 'Headline as the feed has it.';
comment on column news.headlines.summary is 'Summary of the feed, else the article''s lead.';
comment on column news.headlines.published_at is 'Time of publication, UTC: the article''s; without an article the feed''s.';
comment on column news.headlines.published_quality is 'How far to trust it; without an article told from how the feed writes it.';
comment on column news.headlines.language is 'ISO 639-1 code: the article''s, or what the feed declares.';
comment on column news.headlines.state is 'What became of it.';
comment on column news.headlines.outcome is 'Code of what came of it last; null before the first try.';
comment on column news.headlines.means is 'The outcome in a sentence.';
comment on column news.headlines.access is 'Whether its publisher shows it to everyone; null where that is not known.';
comment on column news.headlines.first_seen_at is 'When we learned of it, UTC.';
comment on column news.headlines.same_as is 'Article that stands for it, where the page is only another address of that.';

create view news.rejects as
select 'page' as kind, p.page_id as article_id, p.url, b.name as publisher, o.stage, p.rejected_as as outcome, o.sentence as means,
  nullif(p.detail, '') as detail, p.discovered_at as first_seen_at, p.rejected_at,
  coalesce(e.title, x.title) as title, coalesce(e.published_at, x.published_at) as published_at
from ingest.page p
join ingest.publisher b using (publisher_id)
left join ingest.outcome o on o.code = p.rejected_as
left join lateral (
  select nullif(y.title, '') as title, y.published_at from ingest.entry y where y.page_id = p.page_id order by y.entry_id limit 1) e on true
left join lateral (
  select nullif(r.title, '') as title, r.published_at from ingest.extraction r
  where r.page_id = p.page_id and o.keeps_text order by r.extraction_id desc limit 1) x on true
where p.rejected_at is not null
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
comment on view news.rejects is 'One row per page, feed entry or row of a file that did not become an article, and why; key: kind, url, detail, first_seen_at (an entry that several feeds show has a row for each). Look here before you conclude that something was not published.';
comment on column news.rejects.kind is 'What ended.';
comment on column news.rejects.article_id is 'Number that the article would have had; null for entries and rows.';
comment on column news.rejects.url is 'Address; null for rows that have none that can be used.';
comment on column news.rejects.publisher is 'Outlet; of rows as the file has it.';
comment on column news.rejects.stage is 'Stage that ended it.';
comment on column news.rejects.outcome is 'Code of the reason, as in news.outcomes.';
comment on column news.rejects.means is 'The reason in a sentence.';
comment on column news.rejects.detail is 'What was seen, null where there is nothing to add; of rows the line and the import''s run, too.';
comment on column news.rejects.first_seen_at is 'When we learned of it, UTC.';
comment on column news.rejects.rejected_at is 'When it ended, UTC.';
comment on column news.rejects.title is 'Headline as the feed, the page or the row has it; null where it has none, and of what was retracted.';
comment on column news.rejects.published_at is 'Time of publication as it says, UTC.';

-- "I saw this on the web: where is it here?"
create function news.whereabouts(url text) returns table (
  article_id bigint, publisher text, state text, outcome text, means text, detail text, first_seen_at timestamptz,
  changed_at timestamptz, same_as bigint, found_url text
)
language sql stable security definer set search_path = pg_catalog, pg_temp
begin atomic
  with known as (
    select coalesce(news_internal.canonical_url(whereabouts.url), whereabouts.url) as url
  ), form as (
    select t.url, (s.url <> k.url)::integer + 2 * (w.url <> s.url)::integer + 4 * (t.url <> w.url)::integer as distance
    from known k
    cross join lateral unnest(array[k.url, regexp_replace(k.url, '^(http)(s?)://', case when k.url like 'https:%' then '\1://' else '\1s://' end)])
      as s (url)
    cross join lateral unnest(array[s.url, case when s.url ~ '^https?://www\.' then replace(s.url, '://www.', '://')
      else replace(s.url, '://', '://www.') end]) as w (url)
    cross join lateral unnest(array[w.url, case when w.url ~ '^https?://[^/?#]+/[^?#]*[^/?#]/(?:[?#].*)?$'
      then regexp_replace(w.url, '^([^?#]*)/', '\1') else regexp_replace(w.url, '^([^?#]*)', '\1/') end]) as t (url)
  )
  select p.page_id, b.name, p.state, p.outcome, o.sentence, nullif(p.detail, ''), p.discovered_at, p.changed_at,
    p.canonical_page_id, p.url
  from form f
  join ingest.page p on p.url_hash = sha256(convert_to(f.url, 'UTF8'))
  join ingest.publisher b using (publisher_id)
  left join ingest.outcome o on o.code = p.outcome
  order by f.distance limit 1;
end;
comment on function news.whereabouts is 'What became of an address: loaded (it is in news.articles under article_id), rejected (outcome and means say why), on its way, or no row where nothing ever led us to it. Takes the address as you have it: tracking parameters and the fragment go as in the pipeline, and where no page is known under it, http and https, with and without www. and a slash at the end are tried; found_url is the one that is known. Links through a search engine or mail filter are not unwrapped. same_as: the article that stands for it.';

create view news.runs as
select r.run_id, nullif(r.dag_id, '') as dag_id, nullif(r.dag_run_id, '') as dag_run_id, r.state, r.started_at, r.ended_at,
  nullif(r.verdict, '') as verdict,
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
comment on view news.runs is 'One row per run, stage and outcome: how many pages of the run ended there so; key: run_id, position, outcome (null is a value). What goes into a stage is what came out of the one before as ok, plus what an earlier run left there.';
comment on column news.runs.run_id is 'Run.';
comment on column news.runs.dag_id is 'Airflow Dag; cli for runs by hand.';
comment on column news.runs.dag_run_id is 'Run as Airflow names it.';
comment on column news.runs.state is 'How the run stands.';
comment on column news.runs.started_at is 'Start, UTC.';
comment on column news.runs.ended_at is 'End, UTC.';
comment on column news.runs.verdict is 'What its check found.';
comment on column news.runs.position is 'Place of the stage in the run, for sorting.';
comment on column news.runs.stage is 'Stage; null for a run that took on no page.';
comment on column news.runs.outcome is 'Code of the outcome, as in news.outcomes; null for pages that have none yet.';
comment on column news.runs.means is 'The outcome in a sentence.';
comment on column news.runs.pages is 'Number of pages.';

-- Changes -----------------------------------------------------------------------------------------

create view news.changes as
select change_id, article_id, kind, revision, story_id, run_id, changed_at from news_internal.change;
comment on view news.changes is 'One row per change to an article, in the order in which it became visible; key: change_id. Remember the greatest change_id that you have dealt with and ask for greater ones: nothing is missed. See news.changes_since.';
comment on column news.changes.change_id is 'Cursor: numbers become visible in ascending order; there can be holes, and they stay empty.';
comment on column news.changes.article_id is 'Article.';
comment on column news.changes.kind is 'What happened.';
comment on column news.changes.revision is 'Revision of the article after the change.';
comment on column news.changes.story_id is 'Story of the article after the change.';
comment on column news.changes.run_id is 'Run that made the change; null for a person''s act.';
comment on column news.changes.changed_at is 'When, UTC. Not a cursor: use change_id.';

create function news.changes_since(cursor bigint, max_rows integer default 1000) returns setof news.changes
language sql stable parallel safe
begin atomic
  select c.change_id, c.article_id, c.kind, c.revision, c.story_id, c.run_id, c.changed_at
  from news.changes c where c.change_id > changes_since.cursor order by c.change_id limit changes_since.max_rows;
end;
comment on function news.changes_since is 'The next changes after a cursor (0 at first), in order. LISTEN news_changes wakes you when there are more.';

-- Search ------------------------------------------------------------------------------------------
-- These functions run with their owner's rights, for they read tables that analysts may not. docs/search.md has the
-- grammar of q.

create type news.found as (
  article_id bigint, published_at timestamptz, publisher text, language text, title text, snippet text, url text,
  story_id bigint, is_origin boolean, rank real
);
comment on type news.found is 'An article that news.search found.';
comment on column news.found.article_id is 'Article.';
comment on column news.found.published_at is 'Time of publication, UTC.';
comment on column news.found.publisher is 'Outlet.';
comment on column news.found.language is 'ISO 639-1 code.';
comment on column news.found.title is 'Headline.';
comment on column news.found.snippet is 'Where the body has the words, marked with **; else its beginning.';
comment on column news.found.url is 'Canonical address.';
comment on column news.found.story_id is 'Story.';
comment on column news.found.is_origin is 'True where the article is the earliest of its story.';
comment on column news.found.rank is 'How much and how prominently it has the words; null unless ranked.';

create type news.hit as (
  article_id bigint, published_at timestamptz, publisher text, language text, story_id bigint, is_origin boolean
);
comment on type news.hit is 'An article that news.hits found.';
comment on column news.hit.article_id is 'Article.';
comment on column news.hit.published_at is 'Time of publication, UTC.';
comment on column news.hit.publisher is 'Outlet.';
comment on column news.hit.language is 'ISO 639-1 code.';
comment on column news.hit.story_id is 'Story.';
comment on column news.hit.is_origin is 'True where the article is the earliest of its story.';

create type news.found_title as (
  article_id bigint, published_at timestamptz, publisher text, title text, likeness real
);
comment on type news.found_title is 'A headline that news.search_titles found.';
comment on column news.found_title.article_id is 'Article.';
comment on column news.found_title.published_at is 'Time of publication, UTC.';
comment on column news.found_title.publisher is 'Outlet.';
comment on column news.found_title.title is 'Headline.';
comment on column news.found_title.likeness is 'How alike, 0 to 1.';

create type news.search_count as (starts_at timestamptz, value text, articles bigint, unique_texts bigint);
comment on type news.search_count is 'How many articles news.search_daily found in a step of time.';
comment on column news.search_count.starts_at is 'Beginning of the day, week or other step.';
comment on column news.search_count.value is 'The publisher or language that is counted; null where all are counted together, or where it is unknown.';
comment on column news.search_count.articles is 'Articles that match.';
comment on column news.search_count.unique_texts is 'The same, copies counted once: stories of which an article of that step matches.';

create function news.search(
  q text, lang text default null, since timestamptz default null, until timestamptz default null,
  publisher text default null, max_rows integer default 20, ranked boolean default false, ranked_newest integer default null
) returns setof news.found
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  languages constant text[] := news_internal.asked_languages(search.lang);
  conditions constant text := news_internal.search_filter(languages, search.since, search.until, news_internal.find_publisher(search.publisher));
  wanted constant integer := greatest(coalesce(search.max_rows, 2147483647), 0);
  parts constant news_internal.query_part[] := news_internal.read_query(search.q);
  query constant tsquery := news_internal.whole_query(search.q, languages);
  ids bigint[];
  ranks real[];
begin
  if query is null or wanted = 0 then
    return;
  end if;
  if search.ranked then
    select array_agg(n.article_id), array_agg(n.rank) into ids, ranks
    from news_internal.search_rank(query, conditions, search.ranked_newest, wanted) n;
  else
    -- words in more than two of a hundred articles are found by date
    if wanted <= 40 then
      ids := array(select news_internal.search_walk(query, conditions, 50 * wanted, wanted));
    end if;
    if ids is null or cardinality(ids) < wanted then
      ids := array(select news_internal.search_index(query, conditions, wanted));
    end if;
  end if;
  return query execute
    'select a.article_id, a.published_at, p.name, nullif(s.language, ''''), a.title,
       nullif(news_internal.snippet(s.language, a.body, $3[array_position($4, s.language)], $5), ''''), a.url, a.story_id, a.is_origin, h.rank
     from unnest($1, $2) with ordinality as h (article_id, rank, place)
     join news_internal.article a on a.article_id = h.article_id
     join news_internal.search s on s.article_id = h.article_id
     left join ingest.publisher p on p.publisher_id = a.publisher_id
     order by h.place'
  using ids, ranks, array(select news_internal.fts_query(l.language, parts, true) from unnest(languages) with ordinality as l (language, place) order by l.place), languages,
    exists (select from unnest(parts) p where p.kind = 'prefix');
end $$;
comment on function news.search is 'Search in headline, lead and body, with snippets: the newest max_rows (20) articles that match; null for all. q (docs/search.md, at most 1,000 characters): a b, a AND b, a OR b, NOT a, -a, (a OR b), word*, "a b", "a b"~5, title:a; what can''t be read is an error. lang (ISO 639-1) searches articles of that language; without it each article is searched in its own. since and until (exclusive) bound published_at, or first_seen_at where that is unknown; publisher as in news.articles. ranked => true orders all matches by rank, which reads each of them; ranked_newest => 1000 ranks only the newest thousand matches. To count, use news.hits or news.search_daily: they make no snippets.';

create function news.hits(
  q text, lang text default null, since timestamptz default null, until timestamptz default null, publisher text default null
) returns setof news.hit
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set work_mem = '64MB' as $$
declare
  languages constant text[] := news_internal.asked_languages(hits.lang);
  conditions constant text := news_internal.search_filter(languages, hits.since, hits.until, news_internal.find_publisher(hits.publisher));
begin
  perform news_internal.read_query(hits.q);
  return query execute
    'select s.article_id, case when s.is_dated then s.sort_at end, p.name, nullif(s.language, ''''), s.story_id, s.is_origin
     from news_internal.search s left join ingest.publisher p on p.publisher_id = s.publisher_id
     where s.document @@ $1' || conditions
  using news_internal.whole_query(hits.q, languages);
end $$;
comment on function news.hits is 'All articles that match, each once, without limit, order and snippets: to count, and to join with news.articles. Arguments as in news.search.';

create function news.search_daily(
  q text, since timestamptz default null, until timestamptz default null, step text default 'day', by text default null,
  lang text default null, publisher text default null, zone text default 'UTC'
) returns setof news.search_count
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set work_mem = '64MB' as $$
declare
  languages constant text[] := news_internal.asked_languages(search_daily.lang);
  conditions constant text := news_internal.search_filter(languages, search_daily.since, search_daily.until, news_internal.find_publisher(search_daily.publisher));
  size constant interval := news_internal.read_step(search_daily.step);
  value constant text := case search_daily.by when 'publisher' then 'p.name' when 'language' then 'nullif(s.language, '''')' else 'null::text' end;
  own_zone constant text := coalesce(search_daily.zone, 'UTC');
  finite_since constant timestamptz := case when isfinite(search_daily.since) then search_daily.since end;
  finite_until constant timestamptz := case when isfinite(search_daily.until) then search_daily.until end;
begin
  perform news_internal.read_query(search_daily.q);
  perform now() at time zone own_zone;
  if search_daily.by not in ('publisher', 'language') then
    raise exception 'by can''t be "%"', left(search_daily.by, 100)
      using errcode = 'invalid_parameter_value', hint = 'by is publisher or language, or null to count all together.';
  end if;
  return query execute format(
    'with counted as materialized (
       select b.starts_at, b.value, sum(b.articles)::bigint as articles, count(*) as unique_texts
       from (select %1$s as starts_at, %2$s as value, s.story_id, count(*) as articles
         from news_internal.search s left join ingest.publisher p on p.publisher_id = s.publisher_id
         where s.document @@ $1 %3$s group by 1, 2, 3) b
       group by b.starts_at, b.value
     ), step as (
       select t.starts_at
       from (select coalesce($2, min(starts_at)) as first, coalesce($3 - interval ''1 microsecond'', max(starts_at)) as last from counted) b
       cross join lateral news_internal.steps(b.first, b.last, $4, $5, $6) as t (starts_at) where $7
     )
     select starts_at, c.value, coalesce(c.articles, 0), coalesce(c.unique_texts, 0)
     from counted c full join step using (starts_at)
     order by 1, 3 desc, 2',
    news_internal.step_start('s.sort_at', size, finite_since, own_zone), value, conditions)
  using news_internal.whole_query(search_daily.q, languages), finite_since, finite_until, size, finite_since, own_zone,
    search_daily.by is null;
end $$;
comment on function news.search_daily(text, timestamptz, timestamptz, text, text, text, text, text) is 'How many articles match, step by step of time: q, since, until, lang and publisher as in news.search. step: hour, day, week (from Monday), month, quarter, year, or an interval such as ''15 minutes'', counted from since. Days begin in zone. An article whose time is unknown counts when it was first seen. by: publisher or language gives a row for each; without it, steps in which nothing matches are there with 0.';

create function news.search_daily(
  q text, since timestamptz, until timestamptz, step interval, by text default null,
  lang text default null, publisher text default null, zone text default 'UTC'
) returns setof news.search_count
language sql stable
begin atomic
  select starts_at, value, articles, unique_texts
  from news.search_daily(q, since, until, step::text, by, lang, search_daily.publisher, zone);
end;
comment on function news.search_daily(text, timestamptz, timestamptz, interval, text, text, text, text) is 'The same with an interval as the step.';

create function news.search_titles(q text, max_rows integer default 20) returns setof news.found_title
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set pg_trgm.word_similarity_threshold = 0.4 as $$
declare
  place text;
  wanted constant integer := greatest(coalesce(search_titles.max_rows, 2147483647), 0);
begin
  perform news_internal.check_query(search_titles.q);
  select extnamespace::regnamespace::text into place from pg_extension where extname = 'pg_trgm';
  if place is null then
    return query execute
      'select a.article_id, a.published_at, p.name, a.title, 1.0::real
       from news_internal.article a left join ingest.publisher p using (publisher_id)
       where a.title ilike ''%'' || regexp_replace($1, ''([\\%_])'', ''\\\1'', ''g'') || ''%''
       order by a.published_at desc nulls last limit $2'
    using search_titles.q, wanted;
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
comment on function news.search_titles is 'Headlines that contain something like q, misspellings included (by trigram; without the extension pg_trgm: that contain q). The most alike come first; max_rows as in news.search.';

-- Coverage and counts -----------------------------------------------------------------------------
-- Each view joins what is kept, without what is stale, and what is stale as it is. NOT IN, for the planner has no
-- idea how many days are stale, and would compare each kept day with each of them.

-- A span without end costs no more than one with. Without settings of its own, so that the planner sees through it.
create function news_internal.within_reach(at timestamptz) returns timestamptz
language sql stable
return greatest(least(at, now() + interval '2 days'), timestamptz '1970-01-01 00:00:00+00');
comment on function news_internal.within_reach is 'A time that articles can have: from 1970 to the day after tomorrow.';

create type news.coverage_hour as (
  hour timestamptz, publisher text, state text, seen bigint, expected numeric, causes text[], missed_estimate numeric
);
comment on type news.coverage_hour is 'What news.coverage_between returns: the columns of news.coverage.';

create function news.coverage_between(since timestamptz, until timestamptz, publisher text default null)
returns setof news.coverage_hour
language sql stable security definer set search_path = pg_catalog, pg_temp set work_mem = '64MB'
begin atomic
  with bound as materialized (
    -- a span without a beginning begins with the house
    select b.since, b.until, (b.since at time zone 'UTC')::date as first_day,
      ((b.until - interval '1 microsecond') at time zone 'UTC')::date as last_day,
      news_internal.hour_number(b.since) as first_hour, news_internal.hour_number(b.until - interval '1 microsecond') as last_hour
    from (
      select case when coverage_between.since > timestamptz '1970-01-01 00:00:00+00' then news_internal.within_reach(coverage_between.since)
        else least((select min(f.first_ok_at) from ingest.feed f), news_internal.day_start((select min(k.day) from news_internal.hourly k)),
          news_internal.day_start((select min(k.day) from news_internal.stale_day k)), now()) end as since,
        news_internal.within_reach(coverage_between.until) as until
    ) b
  ), outlet as materialized (
    select p.publisher_id, p.name, w.first_hour, w.last_hour
    from ingest.publisher p
    cross join lateral (
      select news_internal.hour_number(min(coalesce(f.first_ok_at, f.last_ok_at))) as first_hour,
        news_internal.hour_number(max(f.last_ok_at)) - 1 as last_hour, count(*) as feeds
      from ingest.feed f where f.publisher_id = p.publisher_id
    ) w
    where p.merged_into is null
      and (coverage_between.publisher is null or p.publisher_id = any(ingest.publisher_ids(array[coverage_between.publisher])))
      and (w.feeds > 0 or exists (select from news_internal.article a where a.publisher_id = p.publisher_id))
  ), counted as materialized (
    select k.publisher_id, k.day, k.seen from news_internal.hourly k
    where k.day between (select first_day - 28 from bound) and (select last_day from bound)
      and k.publisher_id in (select publisher_id from outlet)
      and (k.publisher_id, k.day) not in (select publisher_id, day from news_internal.stale_day)
    union all
    select c.publisher_id, c.day, c.seen
    from news_internal.count_hours(array(
      select s from unnest(news_internal.stale_days()) s
      where s.day between (select first_day - 28 from bound) and (select last_day from bound)
        and s.publisher_id in (select publisher_id from outlet))) c
  ), span as materialized (
    -- a day at a time, beside the same weekday of the four weeks before; hours come last, for they are many
    select o.publisher_id, o.name, o.first_hour, o.last_hour, d.day - date '1970-01-01' as number,
      c.seen, w1.seen as before1, w2.seen as before2, w3.seen as before3, w4.seen as before4
    from outlet o
    cross join (
      select date '1970-01-01' + n as day
      from generate_series((select first_day - date '1970-01-01' from bound), (select last_day - date '1970-01-01' from bound)) as n
    ) d
    left join counted c on c.publisher_id = o.publisher_id and c.day = d.day
    left join counted w1 on w1.publisher_id = o.publisher_id and w1.day = d.day - 7
    left join counted w2 on w2.publisher_id = o.publisher_id and w2.day = d.day - 14
    left join counted w3 on w3.publisher_id = o.publisher_id and w3.day = d.day - 21
    left join counted w4 on w4.publisher_id = o.publisher_id and w4.day = d.day - 28
  ), hours as (
    select s.publisher_id, s.name, s.number * 24 + h.n as hour, least(coalesce((s.number * 24 + h.n - s.first_hour) / 168, 0), 4) as weeks,
      coalesce(s.number * 24 + h.n between s.first_hour and s.last_hour, false) as watched,
      coalesce(s.seen[h.n + 1], 0) as seen, coalesce(s.before1[h.n + 1], 0) as before1, coalesce(s.before2[h.n + 1], 0) as before2,
      coalesce(s.before3[h.n + 1], 0) as before3, coalesce(s.before4[h.n + 1], 0) as before4
    from span s cross join generate_series(0, 23) as h (n)
    where s.number * 24 + h.n between (select first_hour from bound) and (select last_hour from bound)
  ), blind as (
    select o.publisher_id, g.cause, g.from_at, coalesce(g.to_at, now()) as to_at,
      greatest(coalesce(g.missed_estimate, 0) - coalesce(g.filled, 0), 0) as missed
    from ingest.gap g join outlet o on g.publisher_id is null or o.publisher_id = g.publisher_id
    where g.closed_at is null and g.from_at < (select until from bound) and coalesce(g.to_at, now()) > (select since from bound)
  ), holes as (
    select b.publisher_id, h.hour, array_agg(distinct b.cause order by b.cause) as causes, bool_or(b.cause = 'not_polled') as not_polled,
      round(sum(b.missed * extract(epoch from
          least(b.to_at, to_timestamp((h.hour + 1) * 3600.0)) - greatest(b.from_at, to_timestamp(h.hour * 3600.0)))
        / greatest(extract(epoch from b.to_at - b.from_at), 1))::numeric, 1) as missed
    from blind b
    cross join lateral generate_series(
      news_internal.hour_number(greatest(b.from_at, (select since from bound))),
      news_internal.hour_number(least(b.to_at, (select until from bound)) - interval '1 microsecond')
    ) as h (hour)
    group by 1, 2
  )
  select to_timestamp(h.hour * bigint '3600'), h.name,  -- a fifth of all is gone where hours become numeric on the way
    case when not h.watched or l.not_polled then 'not_watched' when l.causes is not null then 'gap' else 'watched' end,
    h.seen::bigint,
    case when h.weeks > 0 then round((h.before1 + case when h.weeks > 1 then h.before2 else 0 end
      + case when h.weeks > 2 then h.before3 else 0 end + case when h.weeks > 3 then h.before4 else 0 end)::numeric / h.weeks, 1) end,
    coalesce(l.causes, '{}'), l.missed
  from hours h
  left join holes l on l.publisher_id = h.publisher_id and l.hour = h.hour;
end;
comment on function news.coverage_between is 'news.coverage for any span of time and, if you like, one publisher: quicker than the view for a few days. A row for each hour of the span and each publisher with a feed or an article, watched or not; since => ''-infinity'' begins with the first day of the house.';

create view news.coverage as
select hour, publisher, state, seen, expected, causes, missed_estimate
from news.coverage_between(now() - interval '31 days', now());
comment on view news.coverage is 'One row per publisher and hour of the last 31 days: what it brought, and whether we looked; key: publisher, hour. Look here before you conclude from silence: only where state is watched does zero mean that nothing came. For other times: news.coverage_between.';
comment on column news.coverage.hour is 'Beginning of the hour, UTC: of publication; of first sight where the hour of publication is unknown.';
comment on column news.coverage.publisher is 'Outlet.';
comment on column news.coverage.state is 'Whether we looked.';
comment on column news.coverage.seen is 'Articles of that hour. Those that a file brought (newsflow import) are not counted, for files tell nothing of when somebody looked; news.daily has them.';
comment on column news.coverage.expected is 'Average of the same hour of the same weekday in the watched of the four weeks before; null in the first week of a publisher, and where it is never polled.';
comment on column news.coverage.causes is 'Why entries may have been missed, where the hole has not been filled since; an empty list where nothing was missed while we looked.';
comment on column news.coverage.missed_estimate is 'Entries that may have been missed in that hour, from the feed''s own rate.';

create view news.daily as
select d.day, p.name as publisher, nullif(d.language, '') as language, d.articles, d.originals, d.revised, d.words, d.newest_loaded_at,
  d.language_confidence
from (
  select * from news_internal.day_count k
  where (k.publisher_id, k.day) not in (
    select publisher_id, day from unnest(news_internal.own_days(news_internal.stale_days())))
  union all
  select * from news_internal.count_days(news_internal.own_days(news_internal.stale_days()))
) d
left join ingest.publisher p using (publisher_id);
comment on view news.daily is 'One row per day, publisher and language: counts, kept ready, quick for charts; key: day, publisher, language (null is a value).';
comment on column news.daily.day is 'Day of publication in the publisher''s own time zone, as published_day of news.articles; of first sight where that is unknown.';
comment on column news.daily.publisher is 'Outlet.';
comment on column news.daily.language is 'ISO 639-1 code; null where it can''t be told, as in news.articles.';
comment on column news.daily.articles is 'Articles.';
comment on column news.daily.originals is 'Of them, the earliest of their story: copies are not counted.';
comment on column news.daily.revised is 'Of them, those that changed since we first saw them.';
comment on column news.daily.words is 'Words of their bodies.';
comment on column news.daily.newest_loaded_at is 'When the newest of them could first be queried, UTC.';
comment on column news.daily.language_confidence is 'Average confidence of the detection of their language, 0 to 1.';

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
comment on view news.freshness is 'One row per publisher and day: how long news takes from the publisher to this database; key: publisher, day. Only articles that a feed or news sitemap showed and whose time of publication is exact; backfills are left out.';
comment on column news.freshness.publisher is 'Outlet.';
comment on column news.freshness.day is 'Day (UTC) on which we first saw the articles.';
comment on column news.freshness.articles is 'Articles counted.';
comment on column news.freshness.published_to_seen_p50_s is 'Seconds from publication until a feed showed it to us: half of the articles are quicker.';
comment on column news.freshness.published_to_seen_p95_s is 'The same, 95 in a hundred are quicker.';
comment on column news.freshness.seen_to_queryable_p50_s is 'Seconds from then until it could be queried here: half are quicker.';
comment on column news.freshness.seen_to_queryable_p95_s is 'The same, 95 in a hundred are quicker.';
comment on column news.freshness.published_to_queryable_p50_s is 'Seconds from publication until it could be queried here: half are quicker.';
comment on column news.freshness.published_to_queryable_p95_s is 'The same, 95 in a hundred are quicker.';

-- Values ------------------------------------------------------------------------------------------
-- A fixed list of values stands here once: analysts join it, the comments below are completed from it, and tests hold
-- it against the code and the constraints.

create view news.outcomes as
select code as outcome, stage, kind, sentence as means, blame from ingest.outcome;
comment on view news.outcomes is 'One row per outcome: each reason for which a poll, a page or a row can end; key: outcome.';
comment on column news.outcomes.outcome is 'Code, as in news.rejects, news.runs, news.feeds and news.whereabouts.';
comment on column news.outcomes.stage is 'Stage that gives it.';
comment on column news.outcomes.kind is 'What follows.';
comment on column news.outcomes.means is 'What it means, in a sentence.';
comment on column news.outcomes.blame is 'Whom it is held against.';

create table news_internal.term (
  list text not null,
  value text not null check (value <> ''),
  place smallint not null,
  means text not null,
  primary key (list, value)
);
comment on table news_internal.term is 'The values of each fixed list, behind news.terms.';
comment on column news_internal.term.list is 'List.';
comment on column news_internal.term.value is 'Value.';
comment on column news_internal.term.place is 'Place in the list, from 1.';
comment on column news_internal.term.means is 'What it means.';

create table news_internal.term_column (
  relation text not null,
  name text not null,
  list text not null,
  primary key (relation, name)
);
comment on table news_internal.term_column is 'Which column or result of the schema news has its values from which list.';
comment on column news_internal.term_column.relation is 'View or function of the schema news.';
comment on column news_internal.term_column.name is 'Its column.';
comment on column news_internal.term_column.list is 'List.';

insert into news_internal.term (list, place, value, means) values
  ('quality', 1, 'exact', 'A time of day with its zone, as the source gave it.'),
  ('quality', 2, 'unzoned', 'A time of day without its zone: taken as the publisher''s, else as UTC.'),
  ('quality', 3, 'day', 'No time of day was given.'),
  ('quality', 4, 'clamped', 'An impossible time, such as one that is still to come, was cut back.'),
  ('quality', 5, 'guessed', 'No source states it: read from the address or the text.'),
  ('quality', 6, 'doubtful', 'So long before we first saw it that its publisher''s feeds would have shown it to us.'),
  ('quality', 7, 'unknown', 'There is none; published_at is null.'),
  ('publisher', 1, 'daily', 'A newspaper or news site that publishes each day.'),
  ('publisher', 2, 'weekly', 'A newspaper that is published once or a few times a week.'),
  ('publisher', 3, 'magazine', 'A periodical with longer intervals, or about one subject.'),
  ('publisher', 4, 'broadcaster', 'A radio or television station, or network.'),
  ('publisher', 5, 'agency', 'A news agency, whose texts others carry.'),
  ('publisher', 6, 'aggregator', 'A site that shows texts of others.'),
  ('publisher', 7, 'blog', 'A site of one person or of a few, newsletters included.'),
  ('publisher', 8, 'institution', 'An authority, company, party or other body that writes about itself.'),
  ('publisher', 9, 'other', 'None of these.'),
  ('page type', 1, 'article', 'An article.'),
  ('page type', 2, 'live', 'A page that is added to while something happens.'),
  ('page type', 3, 'opinion', 'A comment, column or letter.'),
  ('page type', 4, 'video', 'A video with its text.'),
  ('page type', 5, 'gallery', 'Pictures with their text.'),
  ('page type', 6, 'podcast', 'An episode with its text.'),
  ('revision cause', 1, 'fetch', 'The page was fetched: a change is the publisher''s.'),
  ('revision cause', 2, 'reprocess', 'The stored page was read again: a change is our extractor''s.'),
  ('revision cause', 3, 'backfill', 'It came from a web archive.'),
  ('revision cause', 4, 'import', 'It came from a file.'),
  ('change', 1, 'insert', 'The article is new here.'),
  ('change', 2, 'revision', 'Its content changed.'),
  ('change', 3, 'story', 'Its story changed, or which article is the origin, or a feed claimed it for another publisher.'),
  ('change', 4, 'publisher', 'A person renamed its publisher, or merged it into another.'),
  ('change', 5, 'retraction', 'It was taken out: delete your copy.'),
  ('reject', 1, 'page', 'A page that ended without an article.'),
  ('reject', 2, 'entry', 'A feed entry whose link is unusable.'),
  ('reject', 3, 'row', 'A row of an imported file that was left out.'),
  ('access', 1, 'free', 'It was read in full.'),
  ('access', 2, 'closed', 'Shown to subscribers or registered readers only, by its page or by its own word.'),
  ('feed', 1, 'rss', 'RSS.'),
  ('feed', 2, 'atom', 'Atom.'),
  ('feed', 3, 'json', 'JSON Feed.'),
  ('feed', 4, 'sitemap', 'A news sitemap.'),
  ('feed', 5, 'sitemapindex', 'A list of sitemaps.'),
  ('feed', 6, 'page', 'A page that lists articles.'),
  ('feed state', 1, 'active', 'It is polled.'),
  ('feed state', 2, 'paused', 'A person stopped it.'),
  ('feed state', 3, 'gone', 'It is no longer there, or moved to an address that we have.'),
  ('run state', 1, 'running', 'At work, or broken off and to be taken up.'),
  ('run state', 2, 'success', 'It ended.'),
  ('run state', 3, 'failed', 'It ended with an error.'),
  ('stage', 1, 'poll', 'Feeds are asked.'),
  ('stage', 2, 'backfill', 'Web archives are read.'),
  ('stage', 3, 'fetch', 'Pages are fetched.'),
  ('stage', 4, 'extract', 'Text and fields are read from pages.'),
  ('stage', 5, 'deduplicate', 'Copies are found and grouped.'),
  ('stage', 6, 'load', 'Articles become visible here.'),
  ('page state', 1, 'pending', 'To be fetched.'),
  ('page state', 2, 'captured', 'Fetched; its text is to be read.'),
  ('page state', 3, 'extracted', 'Read; copies are to be looked for.'),
  ('page state', 4, 'clustered', 'Its story is known; to be loaded.'),
  ('page state', 5, 'loaded', 'It is in news.articles.'),
  ('page state', 6, 'rejected', 'It is no article: outcome says why.'),
  ('blind', 1, 'window', 'The feed moved past us between two polls.'),
  ('blind', 2, 'feed_down', 'The feed did not answer.'),
  ('blind', 3, 'own_outage', 'We were offline.'),
  ('blind', 4, 'not_polled', 'We did not ask.'),
  ('watch', 1, 'watched', 'We looked: zero means that nothing came.'),
  ('watch', 2, 'gap', 'We looked, but entries may have been missed (causes): zero means nothing.'),
  ('watch', 3, 'not_watched', 'Nobody looked: before the first good poll, after the last one so far, while the publisher was paused or its feeds were not asked, or it has no feed and its articles come from files or archives.'),
  ('line', 1, '-', 'The line went.'),
  ('line', 2, '+', 'The line came.'),
  ('outcome kind', 1, 'ok', 'It went well.'),
  ('outcome kind', 2, 'retry', 'It is tried again later.'),
  ('outcome kind', 3, 'final', 'It has ended.'),
  ('blame', 1, 'nobody', 'Nobody.'),
  ('blame', 2, 'us', 'Our network, database or extractor.'),
  ('blame', 3, 'publisher', 'The publisher, whose failures are counted.');
insert into news_internal.term_column (relation, name, list) values
  ('articles', 'published_quality', 'quality'), ('unique_articles', 'published_quality', 'quality'),
  ('revisions', 'published_quality', 'quality'), ('headlines', 'published_quality', 'quality'),
  ('headlines', 'state', 'page state'), ('headlines', 'access', 'access'),
  ('articles', 'page_type', 'page type'), ('unique_articles', 'page_type', 'page type'), ('revisions', 'page_type', 'page type'),
  ('revisions', 'cause', 'revision cause'), ('changes', 'kind', 'change'), ('changes_since', 'kind', 'change'),
  ('rejects', 'kind', 'reject'), ('rejects', 'stage', 'stage'), ('feeds', 'kind', 'feed'), ('feeds', 'state', 'feed state'),
  ('runs', 'state', 'run state'), ('runs', 'stage', 'stage'), ('whereabouts', 'state', 'page state'),
  ('coverage', 'causes', 'blind'), ('coverage_between', 'causes', 'blind'),
  ('coverage', 'state', 'watch'), ('coverage_between', 'state', 'watch'), ('diff', 'op', 'line'),
  ('outcomes', 'stage', 'stage'), ('publishers', 'kind', 'publisher'), ('outcomes', 'kind', 'outcome kind'), ('outcomes', 'blame', 'blame');

create view news.terms as
select c.relation, c.name as column_name, t.place, t.value, t.means
from news_internal.term_column c join news_internal.term t using (list);
comment on view news.terms is 'One row per value of each column whose values are a fixed list; key: relation, column_name, value. The codes of outcomes are in news.outcomes.';
comment on column news.terms.relation is 'View or function of the schema news.';
comment on column news.terms.column_name is 'Its column.';
comment on column news.terms.place is 'Place of the value in its list, from 1, for sorting.';
comment on column news.terms.value is 'Value.';
comment on column news.terms.means is 'What it means.';

do $$
declare found record;
begin
  for found in
    select t.relation, t.column_name, a.attrelid, a.attnum, string_agg(t.value, ', ' order by t.place) as words
    from news.terms t
    join pg_attribute a on a.attrelid = to_regclass('news.' || t.relation) and a.attname = t.column_name
    group by 1, 2, 3, 4
  loop
    execute format('comment on column news.%I.%I is %L', found.relation, found.column_name,
      col_description(found.attrelid, found.attnum) || ' One of ' || found.words || ': news.terms says what each means.');
  end loop;
end $$;

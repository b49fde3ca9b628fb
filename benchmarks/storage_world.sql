-- The store of benchmarks.storage_world, in three parts.

-- part: begin
create table bench_pool (k integer primary key, title text, lead text, body text, words integer, document tsvector);
insert into ingest.publisher (name) select 'paper-' || n || '.example' from generate_series(1, %(publishers)s) n;
insert into ingest.origin (origin, publisher_id) select 'https://' || name, publisher_id from ingest.publisher;
insert into ingest.feed (publisher_id, url, added_at)
select publisher_id, 'https://' || name || '/feed.xml', '2020-01-01' from ingest.publisher;
create table bench_article as
select n, %(now)s::timestamptz - %(days)s * interval '1 day' * (1 - n / %(articles)s::float8) as at, n %% %(pool)s as pool,
  1 + n %% %(publishers)s as publisher, 'https://paper-' || 1 + n %% %(publishers)s || '.example/2026/section-' || n %% 40
    || '/a-headline-of-six-or-seven-words-' || n as url
from generate_series(1, %(articles)s) n;
analyze bench_article;

-- part: fill
-- In the order of the keys. Every fifth feed carries the whole text, as the open pages' feeds do.
insert into ingest.page (page_id, url, url_hash, origin_id, publisher_id, state, outcome, discovered_at, etag, capture_id,
  extraction_id, loaded_extraction_id, changed_at, loaded_content_hash) overriding system value
select n, url, sha256(url::bytea), publisher, publisher, 'loaded', 'new', at, '"' || md5(n::text) || '"', n, n, n, at,
  sha256(n::text::bytea) from bench_article order by n;
insert into ingest.entry (feed_id, guid_hash, page_id, guid, link, title, authors, published_at, published_raw, summary,
  content_html, categories, entry_hash, first_seen_at, last_seen_at)
select publisher, sha256(url::bytea), n, url, url, title, '{Ana Díaz}', at, to_char(at, 'Dy, DD Mon YYYY HH24:MI:SS +0000'), lead,
  case when publisher %% 5 = 0 then body else '' end, '{News,Economy}', sha256(n::text::bytea), at, at
from bench_article join bench_pool p on p.k = pool order by n;
insert into ingest.run (dag_id, dag_run_id, state, started_at, ended_at) select 'news_ingest', 'night ' || g, 'success',
  %(now)s::timestamptz - (%(days)s - g) * interval '1 day', %(now)s::timestamptz - (%(days)s - g) * interval '1 day'
from generate_series(1, %(days)s) g;
insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome, extract_outcome, deduplicate_outcome, load_outcome)
select least(1 + (n - 1) * %(days)s / %(articles)s, %(days)s), n, n %% 4, 'fetch', 'ok', 'ok', 'ok', 'new'
from bench_article order by n;
insert into ingest.fetch_log (fetched_at, page_id, run_id, outcome, status, bytes, seconds)
select at, n, 1, 'ok', 200, 90000, 0.4 from bench_article order by n;
insert into ingest.capture (capture_id, page_id, run_id, fetched_at, final_url, status, content_type, file, "offset", length,
  payload_digest, bytes, rights) overriding system value
select n, n, 1, at, url, 200, 'text/html; charset=utf-8', 'db-0123456789ab/2026/03/01/run-1-shard-' || n / 400 || '.warc.gz',
  (n %% 400) * 21000, 21000, 'sha1:' || upper(left(md5(n::text), 32)), 90000, '{"robots": "max-image-preview:large"}'
from bench_article order by n;
insert into ingest.extraction (extraction_id, page_id, capture_id, run_id, extractor, outcome, title, lead, body, authors,
  published_at, published_raw, published_quality, language, language_confidence, section, tags, image_url, image_caption,
  canonical_url, rights, sources, word_count, content_hash, text_hash, extracted_at) overriding system value
select n, n, n, 1, 'newsflow 1 trafilatura 2.0.0', 'ok', p.title, lead,
  case when at > %(now)s::timestamptz - %(copies)s * interval '1 day' then body end, '{Ana Díaz}', at, at::text, 'exact', 'en',
  0.99, 'Economy', '{economy,prices}', url || '.jpg', 'A view of the place', url, '{"robots": "max-image-preview:large"}',
  '{"title": "json-ld", "authors": "json-ld", "published_at": "json-ld", "lead": "meta"}', words, sha256(n::text::bytea),
  sha256(n::text::bytea), at
from bench_article join bench_pool p on p.k = pool order by n;
insert into ingest.story_member (page_id, story_id) select n, n from bench_article order by n;
insert into ingest.sketch (page_id, extraction_id, sketched_on, version, words, comparison_key, hashes)
select n, n, at::date, 1, 550, sha256(n::text::bytea),
  array(select hashint8extended(n, i) from generate_series(1, %(hashes)s) i order by 1) from bench_article order by n;
insert into ingest.sketch_hash select h, n, at::date from bench_article a join ingest.sketch s on s.page_id = a.n, unnest(hashes) h
where at > %(now)s::timestamptz - %(window)s * interval '1 day';
insert into ingest.credit select n, 'Reuters', 'Reporting by Reuters' from bench_article where n %% 10 = 0 order by n;
insert into news_internal.article (article_id, story_id, publisher_id, word_count, language_confidence, published_at, first_seen_at,
  captured_at, loaded_at, revised_at, extraction_id, capture_id, run_id, content_hash, text_hash, url, title, lead, body, authors,
  agencies, published_raw, published_quality, language, section, tags, image_url, image_caption, page_type, rights, sources,
  extractor, cause)
select a.n, a.n, publisher, words, 0.99, at, at, at, at, at, a.n, a.n, 1, sha256(a.n::text::bytea), sha256(a.n::text::bytea), url, p.title,
  lead, body, '{Ana Díaz}', '{}', at::text, 'exact', 'en', 'Economy', '{economy,prices}', url || '.jpg', 'A view of the place',
  'article', '{"robots": "max-image-preview:large"}',
  '{"title": "json-ld", "authors": "json-ld", "published_at": "json-ld", "lead": "meta"}', 'newsflow 1 trafilatura 2.0.0', 'fetch'
from bench_article a join bench_pool p on p.k = pool order by a.n;
insert into news_internal.story (story_id, origin_article_id, publisher_id, articles, publishers, first_published_at,
  last_published_at, least_similarity, title, languages)
select article_id, article_id, publisher_id, 1, 1, published_at, published_at, 1, title, '{en}' from news_internal.article;
insert into news_internal.change select nextval('news_internal.change_id'), n, n, 1, 1, 'insert', at from bench_article order by n;
update news_internal.consumer set change_id = (select max(change_id) from news_internal.change);
insert into news_internal.search (article_id, story_id, sort_at, publisher_id, is_dated, is_origin, language, title, document)
select a.n, a.n, at, publisher, true, true, 'en', p.title, document
from bench_article a join bench_pool p on p.k = pool order by a.n;
insert into news_internal.search_language values ('en') on conflict do nothing;
select news_internal.renew_counts();
select setval(pg_get_serial_sequence('ingest.page', 'page_id'), %(articles)s),
  setval(pg_get_serial_sequence('ingest.extraction', 'extraction_id'), %(articles)s),
  setval(pg_get_serial_sequence('ingest.capture', 'capture_id'), %(articles)s);

-- part: night
insert into ingest.page (url, url_hash, origin_id, publisher_id, state, outcome, discovered_at, extraction_id)
select url, sha256(url::bytea), publisher, publisher, 'extracted', 'ok', %(now)s, %(articles)s + n from (
  select n, 1 + n %% %(publishers)s as publisher, 'https://paper-' || 1 + n %% %(publishers)s || '.example/2026/tonight/' || n as url
  from generate_series(1, %(night)s) n) x order by n;
insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome, extract_outcome)
select %(run_id)s, %(articles)s + n, 0, 'fetch', 'ok', 'ok' from generate_series(1, %(night)s) n;

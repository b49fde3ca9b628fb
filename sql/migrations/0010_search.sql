-- Full-text search: a side table that is filled after the load, and the functions that ask it.

create function news_internal.fts_config(lang text) returns regconfig
language sql immutable strict parallel safe
return case lang
  when 'ar' then 'pg_catalog.arabic'::regconfig when 'hy' then 'pg_catalog.armenian'::regconfig
  when 'eu' then 'pg_catalog.basque'::regconfig when 'ca' then 'pg_catalog.catalan'::regconfig
  when 'da' then 'pg_catalog.danish'::regconfig when 'nl' then 'pg_catalog.dutch'::regconfig
  when 'en' then 'pg_catalog.english'::regconfig when 'fi' then 'pg_catalog.finnish'::regconfig
  when 'fr' then 'pg_catalog.french'::regconfig when 'de' then 'pg_catalog.german'::regconfig
  when 'el' then 'pg_catalog.greek'::regconfig when 'hi' then 'pg_catalog.hindi'::regconfig
  when 'hu' then 'pg_catalog.hungarian'::regconfig when 'id' then 'pg_catalog.indonesian'::regconfig
  when 'ga' then 'pg_catalog.irish'::regconfig when 'it' then 'pg_catalog.italian'::regconfig
  when 'lt' then 'pg_catalog.lithuanian'::regconfig when 'ne' then 'pg_catalog.nepali'::regconfig
  when 'no' then 'pg_catalog.norwegian'::regconfig when 'nb' then 'pg_catalog.norwegian'::regconfig
  when 'nn' then 'pg_catalog.norwegian'::regconfig when 'pt' then 'pg_catalog.portuguese'::regconfig
  when 'ro' then 'pg_catalog.romanian'::regconfig when 'ru' then 'pg_catalog.russian'::regconfig
  when 'sr' then 'pg_catalog.serbian'::regconfig when 'es' then 'pg_catalog.spanish'::regconfig
  when 'sv' then 'pg_catalog.swedish'::regconfig when 'ta' then 'pg_catalog.tamil'::regconfig
  when 'tr' then 'pg_catalog.turkish'::regconfig when 'yi' then 'pg_catalog.yiddish'::regconfig
  else 'pg_catalog.simple'::regconfig end;
comment on function news_internal.fts_config is 'Text search configuration of an ISO 639-1 code; simple (no stemming) for languages without one.';

create function news_internal.fts_text(lang text, words text) returns text
language sql immutable parallel safe
return case when lang in ('zh', 'ja', 'th', 'lo', 'km', 'my')
  then regexp_replace(words, '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff])', ' \1 ', 'g')
  else words end;
comment on function news_internal.fts_text is 'Sets the characters of scripts that write without spaces apart, so that each is a word and a term is a phrase.';

create function news_internal.fts_query(lang text, words text) returns tsquery
language sql immutable parallel safe
return websearch_to_tsquery(news_internal.fts_config(lang), news_internal.fts_text(lang,
  case when lang in ('zh', 'ja', 'th', 'lo', 'km', 'my') and strpos(words, '"') = 0
    then regexp_replace(words, '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,})', '"\1"', 'g')
    else words end));
comment on function news_internal.fts_query is 'A query in web-search syntax, in the stems of one language.';

create function news_internal.fts_document(lang text, title text, lead text, body text) returns tsvector
language plpgsql immutable parallel safe as $$
declare config regconfig := news_internal.fts_config(lang);
begin
  return setweight(to_tsvector(config, news_internal.fts_text(lang, left(title, 1000))), 'A')
    || setweight(to_tsvector(config, news_internal.fts_text(lang, left(lead, 5000))), 'B')
    || to_tsvector(config, news_internal.fts_text(lang, left(body, 80000)));
exception when program_limit_exceeded then
  return setweight(to_tsvector(config, left(title, 1000)), 'A');
end $$;
comment on function news_internal.fts_document is 'What is searched of an article. A body past 80,000 characters is cut, for a tsvector holds 1 MB; a text that still does not fit is found by its title.';

create table news_internal.search (
  article_id bigint primary key references news_internal.article on delete cascade,
  sort_at timestamptz not null,
  publisher_id integer not null,
  language text not null,
  title text not null,
  document tsvector not null
) with (toast_tuple_target = 128);
-- Out of line and not compressed: the rows that a query sorts stay small, and a phrase is checked without unpacking.
alter table news_internal.search alter column document set storage external;
create index search_document on news_internal.search using gin (document);
create index search_newest on news_internal.search (sort_at, article_id);
comment on table news_internal.search is 'Full-text side table, filled after each load.';
comment on column news_internal.search.article_id is 'Article.';
comment on column news_internal.search.sort_at is 'published_at, or first_seen_at where it is unknown.';
comment on column news_internal.search.publisher_id is 'Publisher.';
comment on column news_internal.search.language is 'Language whose stems the document is in.';
comment on column news_internal.search.title is 'Headline, for the search by trigram.';
comment on column news_internal.search.document is 'Stems of headline (A), lead (B) and body (D).';

create table news_internal.search_language (
  language text primary key
);
comment on table news_internal.search_language is 'Languages that occur in news_internal.search: a query without a language is asked in each.';
comment on column news_internal.search_language.language is 'ISO 639-1 code, or empty.';

create table news_internal.consumer (
  name text primary key,
  change_id bigint not null default 0,
  moved_at timestamptz
);
insert into news_internal.consumer (name) values ('search');
comment on table news_internal.consumer is 'Our own consumers of news.changes and how far they are.';
comment on column news_internal.consumer.name is 'Consumer.';
comment on column news_internal.consumer.change_id is 'Last change that it has dealt with.';
comment on column news_internal.consumer.moved_at is 'When.';

do $$
declare place text;
begin
  if not exists (select from pg_available_extensions where name = 'pg_trgm') then
    raise notice 'pg_trgm is not here: news.search_titles goes without its index';
    return;
  end if;
  begin
    create extension if not exists pg_trgm with schema news_internal;
  exception when insufficient_privilege then
    raise notice 'pg_trgm may not be created here: news.search_titles goes without its index';
    return;
  end;
  select extnamespace::regnamespace::text into place from pg_extension where extname = 'pg_trgm';
  execute format('create index search_title on news_internal.search using gin (title %s.gin_trgm_ops)', place);
end $$;

create function news_internal.search_walk(
  languages text[], queries tsquery[], since timestamptz, until timestamptz, publisher integer, span integer, wanted integer
) returns table (article_id bigint, rank real)
language sql stable parallel safe
set enable_seqscan = off set enable_bitmapscan = off
begin atomic
  with newest as materialized (
    select s.article_id, s.publisher_id, s.language, s.document
    from news_internal.search s
    where (search_walk.since is null or s.sort_at >= search_walk.since)
      and (search_walk.until is null or s.sort_at < search_walk.until)
    order by s.sort_at desc, s.article_id desc
    limit search_walk.span
  )
  select n.article_id, ts_rank(n.document, own.query)
  from newest n
  cross join lateral (select search_walk.queries[array_position(search_walk.languages, n.language)] as query) own
  where (search_walk.publisher is null or n.publisher_id = search_walk.publisher) and n.document @@ own.query
  limit search_walk.wanted;
end;
comment on function news_internal.search_walk is 'The matches among the newest articles, read by date until enough are found: quickest for words that are everywhere, which an index can only list in full.';

create function news_internal.search_index(
  loose tsquery, languages text[], queries tsquery[], since timestamptz, until timestamptz, publisher integer,
  cap integer, wanted integer
) returns table (article_id bigint, rank real)
language sql stable parallel safe
set enable_seqscan = off set enable_indexscan = off set work_mem = '64MB'
begin atomic
  with candidate as materialized (
    select s.article_id, s.language, s.document
    from news_internal.search s
    where s.document @@ search_index.loose
      and (search_index.since is null or s.sort_at >= search_index.since)
      and (search_index.until is null or s.sort_at < search_index.until)
      and (search_index.publisher is null or s.publisher_id = search_index.publisher)
    order by s.sort_at desc, s.article_id desc
    limit search_index.cap
  )
  select c.article_id, ts_rank(c.document, own.query)
  from candidate c
  cross join lateral (select search_index.queries[array_position(search_index.languages, c.language)] as query) own
  where c.document @@ own.query
  limit search_index.wanted;
end;
comment on function news_internal.search_index is 'The newest matches by the index. It finds candidates (a phrase as its words, all languages at once); each is then checked in its own language, newest first, until enough are found. Materialised, for else the planner walks all articles by date and unpacks each.';

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
comment on function news.search is 'Search in headline, lead and body. q in web-search syntax: words, "a phrase", or, -without. lang (ISO 639-1) searches articles of that language; without it each article is searched in its own. Newest first; ranked => true orders the newest 1,000 matches by rank. since/until bound published_at; publisher as in news.articles.';

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

create function news_internal.flush_search() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform gin_clean_pending_list('news_internal.search_document'::regclass);
end $$;
comment on function news_internal.flush_search is 'Moves what the last load left in the index''s pending list into the index, so that searches stay quick.';

revoke execute on function news_internal.flush_search() from public;
select news_internal.grant_roles();

"""Each view of the contract, with a question that is asked of it, in a million articles.

make bench PART=views ARGS="--articles 1000000 --server /usr/lib/postgresql/15/bin"
"""

from __future__ import annotations

import statistics
import time

import psutil
from psycopg2.extensions import connection as Connection
from rich.console import Console
from rich.table import Table

from benchmarks.load_world import Texts
from benchmarks.server import admin, database, options, served
from newsflow.local.postgres import Server

CONSOLE = Console(width=110)
PUBLISHERS, DAYS, NIGHT, TRIES = 200, 60, 10_000, 5
# As collected over two months by feeds; a tenth says the day of publication only, a twentieth nothing.
FILL = f"""
insert into ingest.publisher (name) select 'p' || n || '.example' from generate_series(1, {PUBLISHERS}) n;
insert into ingest.origin (origin, publisher_id) select 'https://' || name, publisher_id from ingest.publisher;
create temporary table seen as
  select n, 1 + n %% {PUBLISHERS} as publisher, now() - interval '{DAYS} days' * (1 - n / %(articles)s.0) as at
  from generate_series(1, %(articles)s) n;
insert into ingest.page (url, url_hash, origin_id, publisher_id, state, outcome, loaded_extraction_id, discovered_at)
  select 'https://p' || publisher || '.example/' || n, sha256(n::text::bytea), publisher, publisher, 'loaded', 'new',
    n, at
  from seen order by n;
insert into ingest.page (url, url_hash, origin_id, publisher_id, state, outcome, discovered_at)
  select 'https://p' || publisher || '.example/wall/' || n, sha256(('wall' || n)::bytea), publisher, publisher,
    'rejected', 'paywall', at
  from seen where n %% 8 = 0 order by n;
insert into ingest.feed (publisher_id, url, first_ok_at, last_ok_at)
  select publisher_id, 'https://' || name || '/feed', now() - interval '{DAYS} days', now() from ingest.publisher;
insert into ingest.entry (feed_id, guid_hash, page_id, guid, link, title, published_at, published_raw, summary,
  entry_hash, first_seen_at)
  select f.feed_id, p.url_hash, p.page_id, p.url, p.url, 'Title of entry ' || p.page_id,
    p.discovered_at - interval '1 minute' * (p.page_id %% 300), 'Sun, 01 Mar 2026 02:00:00 GMT',
    repeat('In short. ', 20), p.url_hash, p.discovered_at
  from ingest.page p join ingest.feed f using (publisher_id) order by p.page_id;
insert into news_internal.article (article_id, story_id, publisher_id, published_at, published_quality, first_seen_at,
  loaded_at, revised_at, revision, word_count, is_origin, extraction_id, content_hash, text_hash, url, title, lead,
  body, authors, agencies, published_raw, language, section, tags, image_url, image_caption, page_type, rights, sources,
  extractor, cause)
  select n, n, publisher, case when n %% 20 > 0 then at - interval '1 minute' * (n %% 300) end,
    case when n %% 20 = 0 then 'unknown' when n %% 10 = 1 then 'day' else 'exact' end, at,
    at + interval '1 minute' * (n %% 90), at, 1 + (n %% 30 = 0)::integer, 600, n %% 3 > 0, n,
    sha256(n::text::bytea), sha256(n::text::bytea),
    'https://p' || publisher || '.example/' || n, 'Title of article ' || n, '', %(body)s, '{{}}', '{{}}', '',
    (array['en', 'de', 'fr', 'es', 'it'])[1 + n %% 7 %% 5], '', array['Energy', 'tag ' || n %% 500], '', '', 'article',
    '{{}}', '{{}}', 'bench', 'fetch'
  from seen order by n;
analyze;
update news_internal.article set authors = array['Ada Lane', 'Author ' || article_id %% 900], language_confidence = 0.9
  where article_id %% 4 = 0;
insert into news_internal.revision (article_id, revision, valid_from, valid_until, word_count,
  language_confidence, published_at, extraction_id, content_hash, text_hash, title, lead, body, authors, agencies,
  published_raw, published_quality, language, section, tags, image_url, image_caption, page_type, rights, sources,
  extractor, cause, changed)
  select article_id, 1, loaded_at - interval '1 hour', loaded_at, word_count, language_confidence,
    published_at, article_id, content_hash, text_hash, 'Earlier title', lead, body, authors, agencies, published_raw,
    published_quality, language, section, tags, image_url, image_caption, page_type, rights, sources, extractor, cause,
    changed
  from news_internal.article where revision = 2;
insert into ingest.credit (page_id, agency, evidence)
  select article_id, 'Reuters', '(Reuters)' from news_internal.article where article_id %% 20 = 0;
insert into news_internal.change (change_id, article_id, story_id, revision, kind, changed_at)
  select article_id, article_id, story_id, 1, 'insert', loaded_at from news_internal.article order by article_id;
insert into news_internal.story select * from news_internal.count_stories(null);
insert into ingest.run (dag_id, dag_run_id, started_at, state)
  select 'news_ingest', 'night ' || n, now() - interval '1 day' * n, 'success' from generate_series(1, {DAYS}) n;
insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome)
  select r.run_id, p.page_id, 0, 'fetch', 'ok' from (select min(run_id) as run_id from ingest.run) r
  cross join lateral (select page_id from ingest.page order by page_id desc limit 20000) p;
"""
A_NIGHT = """
create temporary table night as select * from news_internal.article order by article_id desc limit %(night)s;
update night set article_id = article_id + %(articles)s;
insert into ingest.page (url, url_hash, origin_id, publisher_id, state, discovered_at)
  select url || '/new', sha256((url || '/new')::bytea), publisher_id, publisher_id, 'loaded', first_seen_at
  from night order by article_id;
insert into news_internal.article select * from night order by article_id"""
RENEW = "select news_internal.renew_counts()"
QUESTIONS = {
    "coverage, the last 31 days, all publishers": "select * from news.coverage",
    "coverage, holes of the last 31 days": "select publisher, count(*) from news.coverage where seen = 0 group by 1",
    "coverage, a week, all publishers": "select * from news.coverage_between(now() - interval '7 days', now())",
    "coverage, a month, one publisher": (
        "select * from news.coverage_between(now() - interval '31 days', now(), 'p7.example')"
    ),
    "freshness, all": "select * from news.freshness",
    "freshness, the last 31 days": "select * from news.freshness where day > current_date - 31",
    "freshness, one publisher": "select * from news.freshness where publisher = 'p7.example'",
    "daily, all": "select * from news.daily",
    "headlines, a day, by publication": (
        "select * from news.headlines where published_at >= now() - interval '3 days'"
        " and published_at < now() - interval '2 days'"
    ),
    "headlines, a day, by first sight": (
        "select * from news.headlines where first_seen_at >= now() - interval '3 days'"
        " and first_seen_at < now() - interval '2 days'"
    ),
    "headlines, a week, one publisher, closed": (
        "select title from news.headlines where published_at >= now() - interval '7 days' and publisher = 'p7.example'"
        " and access = 'closed'"
    ),
    "rejects, a day": "select * from news.rejects where rejected_at >= now() - interval '1 day' limit 20000",
    "daily, articles by day": "select day, sum(articles) from news.daily group by 1",
}  # fmt: skip
# What one asks of each view: all of it where that is little, else the newest, a day, one article.
DAY = "published_at >= now() - interval '3 days' and published_at < now() - interval '2 days'"
PLAIN = "article_id, publisher, title, published_at, published_quality, language, story_id, is_origin"
ONE = "article_id = 300000"
EACH_VIEW = {
    "articles, the newest 20": "select * from news.articles order by published_at desc nulls last limit 20",
    "articles, a day without texts": f"select {PLAIN} from news.articles where {DAY}",
    "articles, a week of one publisher": (
        "select * from news.articles where publisher = 'p7.example' and published_at >= now() - interval '7 days'"
    ),
    "articles, one person": "select count(*) from news.articles where authors @> array['Author 88']",
    "articles, a hundredth of a week": (
        f"select {PLAIN} from news.articles where sample_key < 0.01 and published_at >= now() - interval '7 days'"
    ),
    "unique_articles, a day without texts": f"select {PLAIN} from news.unique_articles where {DAY}",
    "revisions, of one article": f"select * from news.revisions where {ONE}",
    "revisions, headlines changed in a day": (
        "select article_id, revision, title from news.revisions where 'title' = any(changed)"
        " and valid_from >= now() - interval '3 days' and valid_from < now() - interval '2 days'"
    ),
    "lineage, of one article": f"select * from news.lineage where {ONE}",
    "lineage, of a day's articles": (
        f"select a.article_id, l.extractor, l.run_id from news.articles a join news.lineage l"
        f" using (article_id, revision) where {DAY}"
    ),
    "authors, a day": f"select author, count(*) from news.authors where {DAY} group by 1",
    "tags, a day": f"select folded, count(*) from news.tags where {DAY} group by 1",
    "credits, a day": f"select agency, count(*) from news.credits where {DAY} group by 1",
    "stories, most spread of a week": (
        "select * from news.stories where first_published_at >= now() - interval '7 days'"
        " order by publishers desc limit 50"
    ),
    "versions, a day": f"select * from news.versions where {DAY}",
    "publishers, all": "select * from news.publishers",
    "feeds, all": "select * from news.feeds",
    "collections, all": "select * from news.collections",
    "collection_publishers, all": "select * from news.collection_publishers",
    "runs, the last week": "select * from news.runs where started_at >= now() - interval '7 days'",
    "changes, the next 1,000": "select * from news.changes_since(500000, 1000)",
    "changes, a day": (
        "select kind, count(*) from news.changes where change_id > (select max(change_id) - 20000 from news.changes)"
        " group by 1"
    ),
    "outcomes, all": "select * from news.outcomes",
    "terms, all": "select * from news.terms",
    "whereabouts": "select * from news.whereabouts('http://www.p1.example/200000?utm_source=x#top')",
}
QUESTIONS = {**EACH_VIEW, **QUESTIONS}
MOST_MS = 500  # what any of them may take with all counts kept


def viewing(server: Server, count: int) -> None:
    """What the questions take with all counts kept, and right after a night whose days are not counted again yet."""
    dsn, conn = database(server, "months")
    _run(conn, FILL, articles=count, body=next(iter(Texts().bodies(1, 1_500))))
    admin(dsn, "analyze")
    whole = _timed(conn, RENEW)
    admin(dsn, "vacuum analyze")
    kept = {name: _asked(conn, name, sql) for name, sql in QUESTIONS.items()}
    _run(conn, A_NIGHT, articles=count, night=NIGHT)
    fresh = {name: _asked(conn, name, sql) for name, sql in QUESTIONS.items()}
    night = _timed(conn, RENEW)
    table = Table(
        title=f"{count:,} articles of {PUBLISHERS} publishers in {DAYS} days; ms, median and slowest of {TRIES}"
    )
    for heading in (
        "question",
        "rows",
        "counts kept",
        "slowest",
        "server CPU",
        f"{NIGHT:,} new",
        "slowest",
        "server CPU",
    ):
        table.add_column(heading, justify="left" if heading == "question" else "right")
    for name, figures in kept.items():
        table.add_row(name, *figures, *fresh[name][1:])
    CONSOLE.print(table)
    slow = [name for name, figures in kept.items() if float(figures[1]) > MOST_MS]
    CONSOLE.print(f"more than {MOST_MS} ms: {'; '.join(slow) or 'none'}")
    CONSOLE.print(f"counting again: {night:.2f} s after {NIGHT:,} new articles, {whole:.1f} s for all")


def _run(conn: Connection, sql: str, **params: object) -> None:
    with conn.cursor() as cursor:
        cursor.execute(sql, params)
    conn.commit()


def _timed(conn: Connection, sql: str) -> float:
    started = time.perf_counter()
    _run(conn, sql)
    return time.perf_counter() - started


def _asked(conn: Connection, name: str, sql: str) -> list[str]:
    figures = _timings(conn, sql)
    CONSOLE.print(f"{name}: {figures[0]} rows, {figures[1]} ms, {figures[3]} of them CPU of the server")
    return figures


def _timings(conn: Connection, sql: str) -> list[str]:
    backend, times = psutil.Process(conn.info.backend_pid), []
    before = sum(backend.cpu_times()[:2])
    for _ in range(TRIES):
        started = time.perf_counter()
        with conn.cursor() as cursor:
            cursor.execute(sql)
            rows = cursor.rowcount
        times.append((time.perf_counter() - started) * 1e3)
        conn.commit()
    cpu = (sum(backend.cpu_times()[:2]) - before) / TRIES * 1e3
    return [f"{rows:,}", f"{statistics.median(times):.0f}", f"{max(times):.0f}", f"{cpu:.0f}"]


def main() -> None:
    """Fill, ask, and print the table."""
    asked = options(__doc__, 1_000_000).parse_args()
    with served(asked.server) as server:
        viewing(server, asked.articles)


if __name__ == "__main__":
    main()

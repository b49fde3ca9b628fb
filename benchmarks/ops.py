"""What each operations page costs on a million articles: statements, milliseconds in SQL and in Python.

`make bench PART=ops`; a number after it is the number of articles.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from newsflow.local.postgres import Server, binaries, free_port
from newsflow.names import NIGHTLY
from newsflow.ops import detail, nights, pages, publishers, render
from newsflow.settings import Settings
from newsflow.store import named_query, queries
from newsflow.store.db import connect
from newsflow.store.migrate import migrate

PUBLISHERS, DAYS = 500, 365
NOW = datetime(2026, 3, 30, 9, tzinfo=timezone.utc)

FILL = """
insert into ingest.publisher (name) select 'p' || n || '.example' from generate_series(1, {publishers}) n;
insert into ingest.origin (origin, publisher_id) select 'https://' || name, publisher_id from ingest.publisher;
insert into ingest.feed (publisher_id, url, kind, last_ok_at, last_new_at, last_outcome)
  select publisher_id, 'https://' || name || '/feed', 'rss', '{now}', '{now}', 'ok' from ingest.publisher;
insert into ingest.run (dag_id, dag_run_id, state, started_at, ended_at, verdict)
  select 'news_ingest', 'r' || d, 'success', timestamptz '{now}' - d * interval '1 day', timestamptz '{now}'
    - d * interval '1 day' + interval '1 hour', 'Good.' from generate_series(0, {days} - 1) d order by d desc;
insert into ingest.run_stage (run_id, stage, shard, started_at, ended_at, counts)
  select run_id, s, h, started_at, ended_at, '{{"ok": 600, "not_found": 9, "deadline": 4}}'
  from ingest.run, unnest(array['poll', 'fetch', 'extract', 'deduplicate', 'load']) s, generate_series(0, 3) h;
insert into ingest.poll (polled_at, feed_id, run_id, outcome, new_entries)
  select timestamptz '{now}' - n * interval '12 hours', feed_id, null, 'ok', 3
  from ingest.feed, generate_series(0, {days} * 2 - 1) n;
insert into ingest.page (url, url_hash, origin_id, publisher_id, state, outcome, changed_at, discovered_at)
  select 'https://p/' || n, sha256(n::text::bytea), 1 + n % {publishers}, 1 + n % {publishers},
    case when n % 20 = 0 then 'rejected' else 'loaded' end,
    case when n % 20 = 0 then (array['paywall', 'too_short', 'not_found'])[1 + n / 20 % 3] else 'new' end,
    timestamptz '{now}' - ({articles} - n) * interval '31 s', '{now}'
  from generate_series(1, {articles}) n;
insert into ingest.run_page (run_id, page_id, shard, entered, fetch_outcome, extract_outcome, deduplicate_outcome,
    load_outcome)
  select 1 + page_id * {days} / ({articles} + 1), page_id, page_id % 4, 'fetch', 'ok',
    case when state = 'loaded' then 'ok' else 'too_short' end, case when state = 'loaded' then 'ok' end,
    case when state = 'loaded' then 'new' end from ingest.page;
insert into ingest.site_line (publisher_id, line_hash, since_run, articles, sample)
  select publisher_id, n, 1, 9, 'Follow us on all channels, and subscribe to the letter ' || n
  from ingest.publisher, generate_series(1, 60) n;
insert into ingest.ops_alarm (cause, subject, publisher_id, severity, sentence, opened_at, seen_at)
  select 'silent', name, publisher_id, 'warning', name || ' is silent.', '{now}', '{now}'
  from ingest.publisher where publisher_id % 5 = 0;
insert into ingest.publisher_day (publisher_id, day, polls, polls_ok, new_entries, fetched, captured, extracted,
    readable, new_articles, words, failures)
  select publisher_id, date '{now}' - d, 2, 2, 6, 6, 6, 6, 5, 5, 400, '{{"too_short": 1}}'
  from ingest.publisher, generate_series(0, {days} - 1) d;
"""

PAGES: dict[str, tuple[str, Callable[[Any], dict[str, Any] | None]]] = {
    "last night": ("news.html", lambda c: pages.last_night(c, NOW, [])),
    "funnel": ("run.html", lambda c: pages.run_page(c, "news_ingest", None, NOW)),
    "publishers": ("publishers.html", lambda c: publishers.publishers(c, NOW)),
    "thirty nights": ("nights.html", lambda c: nights.thirty(c, NOW)),
    "two runs": ("compare.html", lambda c: nights.two(c, NOW)),
    "publisher": ("publisher.html", lambda c: detail.publisher(c, "p7.example", NOW)),
    "rejects": ("rejects.html", lambda c: pages.rejects(c, NOW, outcome="paywall", publisher=None, before=None)),
    "reject": ("reject.html", lambda c: detail.reject(c, 20, Settings())),
    "publishers 10": ("publishers.html", lambda c: publishers.publishers(c, NOW, sort="failures", page=10)),
    "proposals": ("proposals.html", lambda c: detail.proposals(c, NOW)),
    "alarms": ("alarms.html", lambda c: detail.alarms(c, NOW)),
    "storage": ("storage.html", lambda c: detail.storage(c, NOW, Settings())),
}
SHARED = {"root": "/newsflow", "user": "ada", "editor": True, "csrf": "x", "path": "/newsflow/", "now": NOW, "done": ""}


class Timed(named_query.QueryCursor):
    """A cursor that counts its statements and the time that they take, fetching included."""

    statements, seconds = 0, 0.0

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Count, and time."""
        Timed.statements += 1
        began = time.perf_counter()
        try:
            return super().execute(*args, **kwargs)
        finally:
            Timed.seconds += time.perf_counter() - began


def _measure(conn: Any, template: str, show: Callable[[Any], dict[str, Any] | None]) -> tuple[int, float, float]:
    """(statements, ms in SQL, ms in all) of a page: the median of five."""
    took = []
    for _ in range(5):
        Timed.statements, Timed.seconds = 0, 0.0
        began = time.perf_counter()
        render.template(template, {**SHARED, **(show(conn) or {})})
        took.append((time.perf_counter() - began, Timed.seconds, Timed.statements))
        conn.rollback()
    whole, sql, statements = sorted(took)[2]
    return int(statements), sql * 1000, whole * 1000


def _print(conn: Any) -> None:
    named_query.QueryCursor = Timed  # type: ignore[misc]
    print(f"{'page':<14}{'statements':>11}{'SQL ms':>9}{'render ms':>11}{'in all':>8}")
    for name, (template, show) in PAGES.items():
        statements, sql, whole = _measure(conn, template, show)
        over = "  over 300 ms" if whole > 300 else ""
        print(f"{name:<14}{statements:>11}{sql:>9.0f}{whole - sql:>11.0f}{whole:>8.0f}{over}")


def main() -> None:
    """Fill a throw-away server, then show each page five times."""
    articles = next((int(a) for a in sys.argv[1:] if a.isdigit()), 1_000_000)
    base = Path(tempfile.mkdtemp(prefix="nf-ops-"))
    base.chmod(0o755)
    server = Server(data=base / "pg" / "data", port=free_port(), bin=binaries(), fast=True)
    server.start()
    try:
        conn = connect(server.url())
        migrate(conn)
        with conn.cursor() as cursor:
            cursor.execute(FILL.format(publishers=PUBLISHERS, days=DAYS, articles=articles, now=NOW))
            cursor.execute("analyze")
        conn.commit()
        print(f"{articles:,} pages, {PUBLISHERS} publishers, {DAYS} days")
        _print(conn)
        began = time.perf_counter()
        queries.ops.count_days(conn, since=NOW.replace(day=28, hour=0), until=NOW.replace(hour=23), nightly=[*NIGHTLY])
        print(f"counting three days anew: {(time.perf_counter() - began) * 1000:.0f} ms")
    finally:
        server.stop("immediate")
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()

"""Pages of the past that must still be fetched: from sitemaps by date range, and from lists of URLs."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from psycopg2.extensions import connection as Connection

from newsflow.backfill import ledger
from newsflow.backfill.request import BackfillRequest
from newsflow.backfill.selection import Selection
from newsflow.backfill.sources import Sources
from newsflow.batched import batched
from newsflow.clock import Clock, utcnow
from newsflow.feeds import sitemap
from newsflow.feeds.parsed import FeedError, ParsedFeed, SitemapPart
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.isolation.cores import tasks_at_once
from newsflow.model import Entry
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.store import queries, run_shards
from newsflow.store.db import transaction
from newsflow.store.migrate import ready_session
from newsflow.web import origins
from newsflow.web.decode import Larger
from newsflow.web.origin_queue import UrlJob
from newsflow.web.origins import Origin
from newsflow.web.scheduler import FetchResult, Politeness, PoliteScheduler
from newsflow.web.transport import Transport
from newsflow.web.urls import BadUrl, canonicalise, origin_of, url_hash

log = logging.getLogger(__name__)

BATCH = 1000  # pages registered in one transaction
MOST_SITEMAPS = 5000
PARSER_MB, PARSER_S = 512, 30.0  # limits of the process that reads a sitemap: MiB, CPU seconds
LARGER = Larger(sitemap.LARGEST, sitemap.begins_one)
ACCEPT = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.1"

_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")


@dataclass
class Discovered:
    """What was found: pages entered into the run, and what was left out, by reason."""

    pages: int = 0
    left_out: dict[str, int] = field(default_factory=dict)

    def leave(self, reason: str) -> None:
        """One more left out."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


def day_of(entry: Entry) -> date | None:
    """The day that a sitemap's entry belongs to: published, else changed, else as its URL says."""
    at = entry.published_at or entry.updated_at
    if at is not None:
        return at.date()
    named = _URL_DAY.search(entry.link)
    try:
        return date(int(named[1]), int(named[2]), int(named[3])) if named else None
    except ValueError:
        return None


def refuses_day(request: BackfillRequest, day: date | None) -> str:
    """Why an entry is left out: `undated` where a span is asked for and it has no day, `date` outside it."""
    if request.since is None and request.until is None:
        return ""
    if day is None:
        return "undated"
    early = request.since is not None and day < request.since
    late = request.until is not None and day > request.until
    return "date" if early or late else ""


def worth_asking(request: BackfillRequest, child: SitemapPart) -> bool:
    """Whether a sitemap of an index can list pages of the span: not when it last changed before it."""
    changed = child.modified_at
    return not (request.since and changed and changed.date() < request.since)


def discover(settings: Settings, run_id: int, request: BackfillRequest, *, clock: Clock = utcnow) -> Discovered:
    """Register the pages of lists and sitemaps, and take those that we never had into the run, to be fetched."""
    found = Discovered()
    with ready_session(settings.dsn) as conn, Transport(settings, clock=clock) as transport:
        with transaction(conn):
            owners = {row.origin: row.name for row in queries.backfill.publishers(conn)}
        selection = request.selection(owners)
        sources = Sources(transport, anonymous=request.anonymous)
        listed = (url for given in request.urls for url in _listed(sources, given))
        _register(conn, settings, run_id, _wanted(listed, selection, found), found, "backfill", request.limit, clock)
        if request.sitemaps:
            urls = _sitemap_pages(conn, settings, transport, request, found, clock)
            _register(conn, settings, run_id, _wanted(urls, selection, found), found, "sitemap", request.limit, clock)
        run_shards.place_origins(conn, run_id, settings)
    log.info("%d pages to fetch; left out: %s", found.pages, found.left_out or "none")
    return found


def _listed(sources: Sources, given: str) -> Iterator[str]:
    if given.startswith(("http://", "https://")) and not given.endswith((".txt", ".txt.gz", ".csv")):
        yield given
        return
    for line in sources.lines(given):
        if url := line.partition(",")[0].strip('" '):
            yield url


def _wanted(urls: Iterable[str], selection: Selection, found: Discovered) -> Iterator[str]:
    for url in urls:
        try:
            canonical = canonicalise(url)
        except BadUrl:
            found.leave("url")
            continue
        if selection.publishers and selection.publisher(canonical) not in selection.publishers:
            found.leave("publisher")
        else:
            yield canonical


def _register(
    conn: Connection,
    settings: Settings,
    run_id: int,
    urls: Iterator[str],
    found: Discovered,
    by: str,
    limit: int | None,
    clock: Clock,
) -> None:
    selection = Selection()
    for batch in batched(urls, BATCH):
        pages = sorted({(url_hash(u), u) for u in batch})
        if limit is not None:
            pages = pages[: max(0, limit - found.pages)]
        rows = [(url, key, origin_of(url), selection.publisher(url)) for key, url in pages]
        with transaction(conn):
            ledger.register(conn, rows, clock(), discovered_by=by, next_attempt_at="-infinity")
            hashes = [key for key, _ in pages]
            shards = tasks_at_once(settings.shards)
            found.pages += queries.backfill.enter_fetch(conn, run_id=run_id, hashes=hashes, shards=shards)


def _parser() -> ParserProcesses:
    return ParserProcesses(1, memory_mb=PARSER_MB, timeout_s=PARSER_S, max_bytes=sitemap.LARGEST)


def _sitemap_pages(
    conn: Connection,
    settings: Settings,
    transport: Transport,
    request: BackfillRequest,
    found: Discovered,
    clock: Clock,
) -> Iterator[str]:
    waiting, seen = list(request.sitemaps), set[str]()
    with _parser() as parser:
        for _ in range(sitemap.DEPTH):
            asked = [url for url in dict.fromkeys(waiting) if url not in seen][: MOST_SITEMAPS - len(seen)]
            seen.update(asked)
            waiting = []
            for parsed in _sitemaps(conn, settings, transport, parser, asked, found, clock):
                waiting += [child.url for child in parsed.children if worth_asking(request, child)]
                for entry in parsed.entries:
                    refused = refuses_day(request, day_of(entry))
                    if refused:
                        found.leave(refused)
                    else:
                        yield entry.link


def _sitemaps(
    conn: Connection,
    settings: Settings,
    transport: Transport,
    parser: ParserProcesses,
    urls: list[str],
    found: Discovered,
    clock: Clock,
) -> Iterator[ParsedFeed]:
    known: dict[str, Origin] = {}

    def find(origin: str) -> Origin:
        if origin not in known:
            with transaction(conn):
                number = origins.ensure(conn, [origin])[origin]
                known[origin] = origins.load(conn, [number])[number]
        return known[origin]

    politeness = Politeness(
        settings.delay_s, settings.max_delay_s, settings.fetch_threads, settings.max_redirects, ACCEPT
    )
    scheduler = PoliteScheduler(transport, politeness, find, clock, random.random)
    jobs = []
    for url in urls:
        try:
            jobs.append(UrlJob(url, find(origin_of(url)), larger=LARGER))
        except BadUrl as error:
            log.warning("sitemap %.200s: %s", url, error)
            found.leave("sitemap")
    for visit in scheduler.results(jobs):
        parsed = _parsed(parser, visit)
        if parsed is not None:
            yield parsed
        elif visit.final:
            log.warning("sitemap %s: %s %s", visit.job.url, visit.exchange.outcome, visit.exchange.detail)
            found.leave("sitemap")
    with transaction(conn):
        origins.save(conn, scheduler.changed(all_of_them=True))


def _parsed(parser: ParserProcesses, visit: FetchResult) -> ParsedFeed | None:
    exchange = visit.exchange
    if not visit.final or exchange.outcome is not Outcome.OK:
        return None
    try:
        kind = exchange.headers.get("content-type", "")
        return parser.parse(exchange.body, exchange.final_url, kind)
    except FeedError:
        return None

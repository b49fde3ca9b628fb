"""Sites of healthy publishers, looked over once in a while: new, better or fuller feeds become proposals."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from psycopg2.extensions import connection as Connection

from newsflow.clock import Clock
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.subscriptions import proposals
from newsflow.subscriptions.autodiscovery import FoundFeed
from newsflow.subscriptions.finder import Finder
from newsflow.web.urls import LONGEST, BadUrl, canonicalise, same_site, url_hash

log = logging.getLogger(__name__)

MOST_SITES = 2  # in one poll: a search takes up to twenty requests to one site, a second apart
_MOST_PROPOSALS = 3  # of one site at a time
# A feed beside ours shows some pages before we see them in ours; what is fuller shows many that never come.
_FEWEST_UNKNOWN, _SHARE_UNKNOWN = 5, 0.2


def look(conn: Connection, finder: Finder, every_days: int, clock: Clock) -> int:
    """Look over the sites that are due, and note what is found; returns the number of proposals.

    :param every_days: from one look at a site to the next; 0 for never.
    """
    if not every_days:
        return 0
    now = clock()
    with transaction(conn):
        sites = queries.poll.look_due(conn, before=now - timedelta(days=every_days), now=now, limit=MOST_SITES)
    found = [row for site in sites for row in _proposals(conn, finder, site, clock())]
    proposals.note(conn, found)
    if found:
        log.info("%d sites looked over: %d feeds proposed", len(sites), len(found))
    return len(found)


def _proposals(
    conn: Connection, finder: Finder, site: queries.poll.LookDueRow, now: datetime
) -> Iterator[queries.poll.ProposeValues]:
    home = site.homepage or site.home
    for one in _others(finder.of_site(home, site.url), home or site.url)[:_MOST_PROPOSALS]:
        if why := _worth(conn, one, site.has_sitemap):
            yield queries.poll.ProposeValues(
                feed_id=site.feed_id, url=one.url, kind=one.kind, title=one.title, reason=why, at=now, beside=True
            )


def _others(found: Sequence[FoundFeed], home: str) -> list[FoundFeed]:
    """Those that are the site's own, and neither of comments nor of all its pages."""
    return [one for one in found if one.is_news and len(one.url) <= LONGEST and same_site(one.url, home)]


def _worth(conn: Connection, one: FoundFeed, has_sitemap: bool) -> str:
    """Why a feed is worth polling, in words; "" where it shows what we know."""
    if one.kind in ("sitemap", "sitemapindex"):
        return "" if has_sitemap else "a news sitemap of the site, which fills gaps"
    hashes = list(_hashes(one.links))
    with transaction(conn):
        unknown = queries.poll.unknown_pages(conn, url_hashes=hashes) if hashes else 0
    if unknown < max(_FEWEST_UNKNOWN, _SHARE_UNKNOWN * len(hashes)):
        return ""
    return f"{unknown} of the {len(hashes)} pages that it shows came by no feed of the publisher"


def _hashes(links: Sequence[str]) -> Iterator[bytes]:
    for link in links:
        try:
            yield url_hash(canonicalise(link))
        except BadUrl:
            continue

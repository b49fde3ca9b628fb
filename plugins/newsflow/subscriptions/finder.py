"""Find the feeds of a site over the network, politely: robots.txt first, a pause between requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from newsflow.clock import Clock, utcnow
from newsflow.errors import NewsflowError
from newsflow.feeds.pages.memory import PageKnowledge
from newsflow.feeds.parsed import FeedError, FeedReader
from newsflow.feeds.parser_process import ParserProcesses
from newsflow.model import Exchange
from newsflow.outcomes import Outcome
from newsflow.settings import Settings
from newsflow.subscriptions import autodiscovery
from newsflow.subscriptions.autodiscovery import FeedCandidate, FoundFeed
from newsflow.text.counted import counted
from newsflow.web import robots
from newsflow.web.transport import Transport
from newsflow.web.urls import BadUrl, origin_of

_MOST_REQUESTS = 20  # for one site
_FEW_LINKS = 5  # links to articles: a page with fewer is no list of them


@dataclass
class Finder:
    """Looks for feeds; one site at a time."""

    settings: Settings
    transport: Transport
    reader: FeedReader
    clock: Clock
    sleep: Callable[[float], None] = time.sleep
    _rules: dict[str, robots.Rules] = field(default_factory=dict)
    _asked: dict[str, Exchange] = field(default_factory=dict)

    def find(self, url: str) -> list[FoundFeed]:
        """The feeds that an address leads to, best first: itself, or those of its page and site.

        :raises BadUrl: for an unusable address.
        """
        self._asked.clear()
        itself = self._try([FeedCandidate(url, "the address itself")])
        if itself:
            return itself
        site = autodiscovery.site_of(url)
        pages = [self._ask(page) for page in dict.fromkeys((url, site))]
        named = [c for page in pages for c in autodiscovery.in_page(page.body, page.address)]
        sitemaps = autodiscovery.in_robots(self._rules_of(site).sitemaps, site)
        # the usual paths are guesses: not asked where the site names its feeds
        found = self._try(named) or self._try(autodiscovery.at_common_paths(site))
        return autodiscovery.ranked([*found, *self._try(sitemaps)])

    def of_site(self, home: str, url: str) -> list[FoundFeed]:
        """The feeds of the site that a feed is of: of its home page, else of its own origin; none for unusable ones.

        :param home: as a person or the feed names it, "" where nobody does.
        """
        try:
            return self.find(home or autodiscovery.site_of(url))
        except BadUrl:
            return []

    def page(self, url: str) -> FoundFeed | None:
        """The page at an address as a feed of the articles that it links to; None where it is none."""
        exchange = self._ask(url)
        if exchange.outcome is not Outcome.OK:
            return None
        knowledge = PageKnowledge(self.clock())
        try:
            parsed = self.reader.parse(exchange.body, exchange.address, exchange.content_type, page=knowledge)
        except FeedError:
            return None
        return FoundFeed(exchange.address, parsed.kind, parsed.title, len(parsed.entries), None, "the page itself", 0.0)

    def trouble(self, url: str) -> str:
        """How asking for `url` failed, as the end of a sentence; nothing where it answered."""
        outcome = self._asked[url].outcome if url in self._asked else Outcome.ROBOTS_DENIED
        return "" if outcome is Outcome.OK else f": {outcome.meaning.sentence.rstrip('.')}"

    def _try(self, candidates: Sequence[FeedCandidate]) -> list[FoundFeed]:
        return autodiscovery.ranked(list(self._found(candidates)))

    def _found(self, candidates: Sequence[FeedCandidate]) -> Iterator[FoundFeed]:
        for candidate in candidates:
            exchange = self._ask(candidate.url)
            if exchange.outcome is not Outcome.OK:
                continue
            try:
                parsed = self.reader.parse(exchange.body, exchange.address, exchange.content_type)
            except FeedError:
                continue
            if parsed.entries or parsed.children or parsed.kind in ("rss", "atom", "json"):
                yield autodiscovery.judge(candidate, exchange.address, parsed, self.clock())

    def _ask(self, url: str) -> Exchange:
        if url in self._asked:
            return self._asked[url]
        if len(self._asked) >= _MOST_REQUESTS or not self._rules_of(url).allows(url):
            return Exchange(url, Outcome.ROBOTS_DENIED)
        if self._asked:
            self.sleep(self.settings.delay_s)
        self._asked[url] = exchange = self.transport.exchange(url)
        return exchange

    def _rules_of(self, url: str) -> robots.Rules:
        origin = origin_of(url)
        if origin not in self._rules:
            exchange = self.transport.exchange(
                robots.address(origin), accept="text/plain", max_bytes=robots.CAP, clip=True, any_success=True
            )
            file = robots.read(exchange, self.clock())
            # not to be had at all: nothing but what the user named is asked for
            body = file.body if file else f"User-agent: *\nDisallow: /\nAllow: {url.removeprefix(origin) or '/'}$\n"
            self._rules[origin] = robots.Rules(body)
        return self._rules[origin]


class NoFeedError(NewsflowError):
    """An address leads to no feed."""


def search(settings: Settings, url: str) -> list[FoundFeed]:
    """`Finder.find` with a transport and readers of its own.

    :raises BadUrl: for an unusable address.
    :raises NoFeedError: where it leads to no feed; the message says how it answered, and what else can be done.
    """
    with finding(settings) as finder:
        found = finder.find(url)
        if not found:
            raise NoFeedError(f"no feed found at {url}{finder.trouble(url)}{_offer(finder.page(url), url)}")
        return found


def search_page(settings: Settings, url: str) -> FoundFeed:
    """`Finder.page` with a transport and readers of its own.

    :raises BadUrl: for an unusable address.
    :raises NoFeedError: where the page links to no articles; the message says how it answered.
    """
    with finding(settings) as finder:
        found = finder.page(url)
        if found is None:
            raise NoFeedError(f"no links to articles found at {url}{finder.trouble(url)}")
        return found


@contextmanager
def finding(settings: Settings, clock: Clock = utcnow) -> Iterator[Finder]:
    """A finder with a transport and readers of its own."""
    with Transport(settings, clock=clock) as transport, ParserProcesses.of(settings, 1) as children:
        yield Finder(settings, transport, children, clock)


def _offer(page: FoundFeed | None, url: str) -> str:
    """What a person can do about a site without feeds, as the end of a sentence."""
    if page is None or page.entries < _FEW_LINKS:
        return ""
    return (
        f"; the page links to {counted(page.entries, 'article')}: newsflow feeds add {url} --as page polls it for them"
    )

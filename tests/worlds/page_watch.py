"""Looks at invented sites over some days with the real reader, and how the links that it chose stand to the truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from newsflow.feeds.pages.memory import PageKnowledge, PageMemory, from_json, to_json
from newsflow.feeds.pages.reading import read
from tests.worlds.page_sites import BEGAN, Site


@dataclass
class Watched:
    """Links of a site: those chosen, and those to articles that its hidden feed, or its page, has shown."""

    site: Site
    first: frozenset[str] = frozenset()  # chosen at the first look
    first_shown: frozenset[str] = frozenset()  # to articles, on the page at the first look
    chosen: set[str] = field(default_factory=set)
    in_feed: set[str] = field(default_factory=set)  # what came out between the first look and the last
    troubles: list[tuple[float, str]] = field(default_factory=list)

    @property
    def articles(self) -> set[str]:
        """All that the site ever published."""
        return {story.url for story in self.site.stories}

    @property
    def precision(self) -> float:
        return share(self.chosen & self.articles, self.chosen)

    @property
    def recall(self) -> float:
        return share(self.chosen & self.in_feed, self.in_feed)

    @property
    def first_precision(self) -> float:
        return share(self.first & self.articles, self.first)

    @property
    def first_recall(self) -> float:
        return share(self.first & self.first_shown, self.first_shown)


def share(part: Iterable[str], whole: Iterable[str]) -> float:
    """Of the whole; all of nothing is there."""
    number = len(set(whole))
    return len(set(part)) / number if number else 1.0


def watch(site: Site, hours: float = 144, every: float = 4) -> Watched:
    """Look at a site's home page; pages that it lists stories on are found out to be none between two looks."""
    found, memory = Watched(site), PageMemory()
    ends: dict[str, bool] = {}
    at = 0.0
    while at < hours:
        known = PageKnowledge(BEGAN + timedelta(hours=at), memory, _ended(ends, True), _ended(ends, False))
        feed = read(site.page(at), site.base, "text/html", known)
        assert feed.look is not None
        memory = from_json(to_json(feed.look.memory))
        links = {entry.link for entry in feed.entries}
        if not found.first:
            found.first, found.first_shown = frozenset(links), site.linked(at)
        if feed.look.trouble:
            found.troubles.append((at, feed.look.trouble))
        ends |= {url: url in found.articles for url in links if url in found.articles or site.lists(url)}
        found.chosen |= links
        found.in_feed |= {story.url for story in site.out(at) if story.at > 0}
        at += every
    return found


def _ended(ends: dict[str, bool], article: bool) -> tuple[str, ...]:
    return tuple(url for url, is_article in ends.items() if is_article is article)[-300:]

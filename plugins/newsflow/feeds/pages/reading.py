"""Bytes of a page to a feed of the articles that it links to."""

from __future__ import annotations

from newsflow.feeds.pages import anchors
from newsflow.feeds.pages.choice import candidates, chosen
from newsflow.feeds.pages.memory import PageKnowledge, came_s, known_of, looked
from newsflow.feeds.parsed import MAX_TITLE, FeedError, ParsedFeed
from newsflow.feeds.sanitize import squeeze
from newsflow.model import Entry
from newsflow.outcomes import Outcome
from newsflow.web.urls import BadUrl, canonicalise

KIND = "page"
MOST_CHOSEN = 1_000  # links of a page; the busiest home pages have 400 to articles
_FEWEST = 3  # links to articles of a page that is a list of them


def read(body: bytes, base: str, content_type: str, known: PageKnowledge) -> ParsedFeed:
    """The articles that a page links to, what came last first, else in its order; first sight stands for their dates.

    :param base: address that the bytes came from.
    :raises FeedError: `not_a_feed`, where it is no page, or one never looked at before with next to no such links.
    """
    page = anchors.read(body, base, content_type)
    found = candidates(page.anchors, _canonical(base))
    shown = [one.url for one in found]
    picked = chosen(found, known_of(known, shown))[:MOST_CHOSEN]
    look = looked(known, shown, [one.url for one in picked])
    if known.memory.at is None and len(picked) < _FEWEST:
        raise FeedError(Outcome.NOT_A_FEED, f"{len(picked)} of the page's {len(shown)} links look like articles")
    return ParsedFeed(
        KIND,
        title=page.title,
        home=_canonical(base),
        language=page.language,
        entries=tuple(
            Entry(one.url, one.url, squeeze(one.title, MAX_TITLE))
            for one in sorted(picked, key=lambda one: -came_s(look.memory, one.url))
        ),
        reader="page",
        repairs=(f"it has more than {anchors.MOST_ANCHORS} links",) if page.cut else (),
        look=look,
    )


def _canonical(base: str) -> str:
    try:
        return canonicalise(base)
    except BadUrl:
        return base

"""A scripted world of publishers: what they publish, in which edition, and how their servers behave.

Everything here is plain data, so that a test writes the world that it needs:

>>> text = Text("A headline", ("First paragraph.", "Second paragraph."))
>>> world = World((Publisher("example", articles=(Article("a-slug", text),)),))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum

EPOCH = datetime(2026, 1, 5, 6, 0, tzinfo=timezone.utc)


class FeedKind(str, Enum):
    """Format of a publisher's feed."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What stands in an article: headline, standfirst and paragraphs, plain text."""

    title: str
    paragraphs: tuple[str, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a server answers for a page or a feed.

    `status` other than 200 is answered `times` times (always, where None), then the page is
    served; `delay_s` is waited before each answer, seconds; `moved_to` is the path of a
    permanent redirect; `encoding` is how the bytes are made and `declares` what
    the Content-Type says of them.
    """

    status: int = 200
    times: int | None = None
    retry_after: str = ""
    delay_s: float = 0.0
    moved_to: str = ""
    encoding: str = "utf-8"
    declares: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that replaces the article's from the edition named on; None withdraws it from the site (410)."""

    edition: str
    text: ArticleText | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a publisher, listed in its feed from edition `since` on."""

    slug: str
    text: ArticleText
    author: str = ""
    published_at: datetime = EPOCH
    section: str = "news"
    since: str = ""
    revisions: tuple[Revision, ...] = ()
    behaviour: Behaviour = field(default_factory=Behaviour)
    paywall: bool = False
    comment_form: bool = False
    repeats_title: bool = False

    @property
    def path(self) -> str:
        """Path of its page on the publisher's origin."""
        return f"/{self.section}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Publisher:
    """An outlet with one origin and one feed."""

    name: str
    title: str = ""
    language: str = "en"
    kind: FeedKind = FeedKind.RSS
    articles: tuple[Article, ...] = ()
    robots: str = "User-agent: *\nDisallow: /admin/\n"
    feed: Behaviour = field(default_factory=Behaviour)
    tagline: str = ""

    @property
    def feed_path(self) -> str:
        """Path of the feed on the origin."""
        return {FeedKind.RSS: "/rss.xml", FeedKind.ATOM: "/atom.xml", FeedKind.JSON: "/feed.json"}[self.kind]


@dataclass(frozen=True, slots=True)
class ScriptedWorld:
    """Publishers and the editions through which the world moves, in order."""

    publishers: tuple[Publisher, ...]
    editions: tuple[str, ...] = ("first", "corrections")

    def reached(self, edition: str, now: str) -> bool:
        """Whether the world is at `edition` or past it when it stands at `now`; '' was always reached."""
        return edition == "" or self.editions.index(edition) <= self.editions.index(now)

    def listed(self, publisher: Publisher, now: str) -> list[Article]:
        """Articles that the publisher's feed shows, newest first."""
        shown = [a for a in publisher.articles if self.reached(a.since, now)]
        return sorted(shown, key=lambda a: a.published_at, reverse=True)

    def current(self, article: Article, now: str) -> tuple[ArticleText | None, datetime]:
        """The article's text in an edition, and when it was last changed."""
        found: tuple[ArticleText | None, datetime] = (article.text, article.published_at)
        for revision in article.revisions:
            if self.reached(revision.edition, now):
                found = (revision.text, revision.updated_at)
        return found

    def counts(self) -> Mapping[str, int]:
        """Articles for each publisher, for people."""
        return {p.name: len(p.articles) for p in self.publishers}

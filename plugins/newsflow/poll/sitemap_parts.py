"""Which sitemaps of an index to ask at a poll, and what is remembered of them. Pure.

An index tells the time of its parts, or it does not: WordPress and many generators leave `lastmod` out, or give all
parts the time of the build. Then the parts with news are learned: the newest by name are asked first, all others in
turn, and those that had news are asked again each time.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsflow.feeds.parsed import SitemapPart

RECENT = timedelta(days=3)  # what a plain sitemap lists as changed before is archive, not news
MOST_PARTS = 3  # asked for an index in one poll, at each depth
_OF_NEWS = 2  # of these, while others wait for their turn
_REMEMBERED = 500  # parts of an index
_STAMPED = 3  # parts of one time, to be taken for the time of the build
_NEWS = re.compile(r"news(?!letter)", re.IGNORECASE)
# parts that list no stories, in the words of WordPress, its plug-ins and their like
_DULL = re.compile(r"categor|taxonom|tag|author|user|page|image|video|product|static", re.IGNORECASE)

Parts = Mapping[str, tuple[int, ...]]
"""What is remembered of parts, by `key`: when they were last asked, and the newest time that they listed (0: none)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The parts to ask; `whole` where no part that may have news is left out."""

    parts: tuple[SitemapPart, ...] = ()
    whole: bool = True


def key(url: str) -> str:
    """What a part is remembered by."""
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:16]


def choose(children: Iterable[SitemapPart], since: datetime | None, known: Parts, now: datetime) -> Choice:
    """The parts to ask now: those with news, the newest first, and of those that nothing is known of some in turn.

    :param since: the last good poll; parts that changed well before are not asked.
    """
    parts = _looked_at(tuple({child.url: child for child in children}.values()), known)
    news = sorted((part for part in parts if part.has_news(since, now)), key=lambda part: part.by_time)
    silent = sorted((part for part in parts if not part.told and part not in news), key=lambda part: part.by_turn)
    picked = news[: _OF_NEWS if silent else MOST_PARTS]
    picked += silent[: MOST_PARTS - len(picked)]
    left = [part for part in (*news, *silent) if part not in picked]
    return Choice(tuple(part.part for part in picked), whole=all(part.told for part in left))


def remembered(known: Parts, asked: Mapping[str, datetime | None], children: Iterable[str], now: datetime) -> Parts:
    """What is known of parts after a poll.

    :param asked: the parts that answered, with the newest time that each listed.
    :param children: all parts of the index now; others are forgotten.
    """
    at = int(now.timestamp())
    new = {key(url): (at, int(newest.timestamp()) if newest else 0) for url, newest in asked.items()}
    there = {key(url) for url in children} | new.keys()
    kept = {name: seen for name, seen in {**known, **new}.items() if name in there}
    return dict(sorted(kept.items(), key=lambda item: -item[1][0])[:_REMEMBERED])


@dataclass(frozen=True, slots=True)
class _Part:
    """A part as the index shows it at `position`, with what is known of it; times in seconds since 1970, 0 for none."""

    part: SitemapPart
    position: int
    told: bool  # the index tells its time
    asked_at: int
    newest_at: float  # as the index tells, else as it was when it was last asked

    def has_news(self, since: datetime | None, now: datetime) -> bool:
        """Whether it may list news: it changed of late, listed some of late, or is named so."""
        if self.told:
            return since is None or self.newest_at > (since - RECENT).timestamp()
        return self.newest_at > (now - RECENT).timestamp() or self._is_named_news

    @property
    def by_time(self) -> tuple[object, ...]:
        """News first, then the newest."""
        return (not self._is_named_news, -self.newest_at, *self._by_name)

    @property
    def by_turn(self) -> tuple[object, ...]:
        """Those that were never asked first, then those that wait longest."""
        return (self.asked_at, *self._by_name)

    @property
    def _is_named_news(self) -> bool:
        return bool(_NEWS.search(self.part.url.partition("//")[2].partition("/")[2]))

    @property
    def _by_name(self) -> tuple[object, ...]:
        """The newest by what the name says: the highest number or date, else what stands last."""
        path = _path(self.part.url)
        numbers = [-int(digits) for digits in re.findall(r"\d{1,12}", path)]
        return (bool(_DULL.search(path.partition("?")[0])), numbers or [0], -self.position)


def _path(url: str) -> str:
    """The last step of a URL's path, and its query."""
    return url.partition("//")[2].partition("/")[2].partition("#")[0].rpartition("/")[2]


def _looked_at(children: Sequence[SitemapPart], known: Parts) -> list[_Part]:
    stamps = Counter(child.modified_at for child in children if child.modified_at)
    stamp, number = stamps.most_common(1)[0] if stamps else (None, 0)
    built_at = stamp if number >= _STAMPED and number * 2 > len(children) else None
    found = []
    for position, child in enumerate(children):
        told = child.modified_at is not None and child.modified_at != built_at
        asked_at, newest_at = (*known.get(key(child.url), ()), 0, 0)[:2]
        time = child.modified_at.timestamp() if told and child.modified_at else newest_at
        found.append(_Part(child, position, told, asked_at, time))
    return found

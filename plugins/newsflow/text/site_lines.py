"""Lines that recur across a publisher's pages: lines of the site, not of an article, whatever its language.

A line belongs to the site when it stands in several different articles of one publisher. The same
article under two addresses must not vote: pages that share their title, or most of their
words, count as one. Background paragraphs that a newsroom reuses are the danger: long lines
must recur in more articles, and every line in a share of all of them.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import xxhash

from newsflow.text.normalise import tokens

MAX_PAGES = 200  # of one publisher; comparing pairs is quadratic
_DIGITS = re.compile(r"\d+")
_SIGN = 1 << 63


@dataclass(frozen=True, slots=True)
class Rule:
    """When a line belongs to the site.

    The thresholds are chosen and cross-validated in `benchmarks/extraction/validate.py`.

    :param same: share of the shorter page's words that makes two pages one article.
    :param long: words; longer lines are prose unless proven otherwise.
    :param votes, share: different articles that a line must stand in, at least and as a share of all.
    :param long_votes, long_share: the same for a long line.
    :param common: pages; a line that stands in so many, and in half of all, doesn't count where two pages are compared:
        short pages are mostly lines of the site, and would make one article of everything.
    """

    same: float = 0.7
    long: int = 25
    votes: int = 2
    share: float = 0.1
    long_votes: int = 3
    long_share: float = 0.2
    common: float = math.inf

    def needed(self, words: int, articles: int) -> int:
        """In how many of a publisher's articles a line of so many words must stand."""
        long = words > self.long
        votes, share = (self.long_votes, self.long_share) if long else (self.votes, self.share)
        return max(votes, math.ceil(share * articles))


RULE = Rule()


def _masked(lines: Iterable[Iterable[str]]) -> list[str]:
    """Lines of tokens with their digits masked: counters, dates and prices of one template are one line."""
    return _DIGITS.sub("0", "\n".join(map(" ".join, lines))).split("\n")


def line_hash(line: str) -> int:
    """64 bits of a line, signed as PostgreSQL's bigint; 0 for a line without words."""
    (masked,) = _masked([tokens(line)])
    return _hash(masked) if _has_letters(masked) else 0


def _has_letters(masked: str) -> bool:
    return any(map(str.isalpha, masked))


def _hash(masked: str) -> int:
    value = xxhash.xxh3_64_intdigest(masked.encode())
    return value - 2 * _SIGN if value >= _SIGN else value


@dataclass(frozen=True, slots=True)
class PageLines:
    """A page as the learner sees it: its title folded, and the length in words of each of its lines."""

    page: str
    title: str = ""
    lines: Mapping[int, int] = field(default_factory=dict)


def page_lines(page: str, title: str, lines: Iterable[Iterable[str]]) -> PageLines:
    """A page from its kept lines.

    :param page: what tells it from others: its address or number.
    :param lines: the tokens of each, as `tokens_by_line` gives them.
    """
    found: dict[int, int] = {}
    for line in filter(_has_letters, _masked(lines)):
        found.setdefault(_hash(line), line.count(" ") + 1)
    return PageLines(page, " ".join(tokens(title)), found)


def _where(pages: Sequence[PageLines]) -> dict[int, list[int]]:
    places: dict[int, list[int]] = defaultdict(list)
    for n, page in enumerate(pages):
        for line in page.lines:
            places[line].append(n)
    return {line: found for line, found in places.items() if len(found) > 1}


def _shared(pages: Sequence[PageLines], places: Mapping[int, list[int]]) -> Counter[tuple[int, int]]:
    """Words that each two pages have in common."""
    shared: Counter[tuple[int, int]] = Counter()
    for line, found in places.items():
        for i, one in enumerate(found):
            for other in found[i + 1 :]:
                shared[one, other] += min(pages[one].lines[line], pages[other].lines[line])
    return shared


def articles(pages: Sequence[PageLines]) -> list[int]:
    """For each page the number of its article: pages with one headline, or most of their words, are one."""
    return _articles(pages, _where(pages), RULE)


def _articles(pages: Sequence[PageLines], places: Mapping[int, list[int]], rule: Rule) -> list[int]:
    """For each page the number of its article; pages that are one article have one number."""
    groups = _Groups(len(pages))
    own = {line: found for line, found in places.items() if len(found) < max(rule.common, len(pages) / 2)}
    sizes = [sum(words for line, words in page.lines.items() if line in own or line not in places) for page in pages]
    for (one, other), words in _shared(pages, own).items():
        if words >= rule.same * min(sizes[one], sizes[other]):
            groups.join(one, other)
    titled: dict[str, int] = {}
    for n, page in enumerate(pages):
        if page.title:
            groups.join(n, titled.setdefault(page.title, n))
    return [groups.of(n) for n in range(len(pages))]


class _Groups:
    """Pages in groups, by union-find: each page leads to another of its group, the last to itself."""

    def __init__(self, pages: int) -> None:
        self._next = list(range(pages))

    def of(self, page: int) -> int:
        """The page that stands for the group."""
        while self._next[page] != page:
            self._next[page] = page = self._next[self._next[page]]
        return page

    def join(self, one: int, other: int) -> None:
        """Make one group of the two pages' groups."""
        self._next[self.of(one)] = self.of(other)


def learn(pages: Iterable[PageLines], rule: Rule = RULE) -> dict[int, int]:
    """The publisher's site lines: line hash to the number of different articles it stands in.

    The same for the same pages in any order. Of more than `MAX_PAGES`, a fixed sample counts.
    """
    sample = sorted(pages, key=lambda p: (xxhash.xxh3_64_intdigest(p.page.encode("utf-8", "replace")), p.page))
    sample = sample[:MAX_PAGES]
    places = _where(sample)
    article = _articles(sample, places, rule)
    total = len(set(article))
    votes = {line: len({article[n] for n in found}) for line, found in places.items()}
    words = {line: sample[found[0]].lines[line] for line, found in places.items()}
    return {line: count for line, count in votes.items() if count >= rule.needed(words[line], total)}

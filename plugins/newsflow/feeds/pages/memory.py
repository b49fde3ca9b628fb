"""What is kept of a page between looks, bounded, and what follows from it."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from newsflow.feeds.pages.addresses import taken_apart
from newsflow.text.storable import Storable

MOST_LINKS = 1_500  # remembered: about 40 kB
_KEY = 12  # hexadecimal digits of an address's hash: 48 bits, one doubt in 250 million for so many
_SMOOTH = 0.2  # weight of a look in the usual number
_HALVES = timedelta(days=7)  # in which the usual number goes down by half where a page keeps showing fewer
_FEW = 1 / 3  # of the usual number: fewer is another page
_ENOUGH = 6.0  # usual links for that to be judged
_DOUBT = 2.0  # pages of a form before its outcomes say as much as they can
_OLD = timedelta(days=7)  # a link that has stood so long, while nearly all others went, belongs to the page
_LEFT = 0.25  # of what the first look chose, at most, for nearly all to be gone
MOST_FIRST = 400


@dataclass(frozen=True, slots=True)
class PageMemory(Storable):
    """`links` are addresses' keys with the seconds from `began` at which each came, longest unseen first."""

    began: datetime | None = None
    at: datetime | None = None  # the last look
    usual: float = 0.0  # links that are chosen of it
    first: tuple[str, ...] = ()  # keys of the links that the first look chose
    links: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageKnowledge(Storable):
    """All that is known before a look at a page; `articles` and `others` are addresses that turned out to be so."""

    now: datetime
    memory: PageMemory = field(default_factory=PageMemory)
    articles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageLook(Storable):
    """What a look at a page gave besides its entries.

    `turnover_s` is the shortest time in which half of what it shows came, None while that can't be told;
    `trouble` says that it shows far less than it always did, "" where it does not.
    """

    memory: PageMemory
    turnover_s: int | None = None
    trouble: str = ""


class Known(NamedTuple):
    """What is known of a site."""

    forms: Mapping[str, float] = {}  # of addresses, with what speaks for or against them (-1 to 1)
    articles: Collection[str] = frozenset()  # addresses that turned out to be articles
    others: Collection[str] = frozenset()  # addresses that turned out to be none, or belong to the page itself
    came: Collection[str] = frozenset()  # addresses that were not there when the page was first looked at
    passed_over: Collection[str] = frozenset()  # addresses that were, and were not chosen then


def to_json(memory: PageMemory) -> dict[str, Any]:
    """As the database keeps it; lists keep their order there, and objects don't."""
    return {
        "began": memory.began.isoformat() if memory.began else None,
        "at": memory.at.isoformat() if memory.at else None,
        "usual": round(memory.usual, 2),
        "first": list(memory.first),
        "links": [list(item) for item in memory.links.items()],
    }


def from_json(kept: Mapping[str, Any] | None) -> PageMemory:
    """What the database kept; nothing for a page that was never looked at."""
    if not kept:
        return PageMemory()
    began, at = (datetime.fromisoformat(kept[name]) if kept[name] else None for name in ("began", "at"))
    return PageMemory(began, at, float(kept["usual"]), tuple(kept["first"]), dict(kept["links"]))


def key_of(url: str) -> str:
    """The key under which an address is remembered."""
    return hashlib.sha256(url.encode()).hexdigest()[:_KEY]


def came_s(memory: PageMemory, url: str) -> int:
    """When an address came, seconds since the first look."""
    return memory.links.get(key_of(url), 0)


def known_of(known: PageKnowledge, shown: Sequence[str]) -> Known:
    """What speaks for and against the addresses that a page shows."""
    memory = known.memory
    if memory.began is None:
        return Known(_verdicts(known), frozenset(known.articles), frozenset(known.others))
    came = frozenset(url for url in shown if memory.links.get(key_of(url), 1) > 0)
    first = frozenset(memory.first)
    return Known(
        _verdicts(known),
        articles=frozenset(known.articles),
        others=frozenset(known.others) | _standing(known, shown, came),
        came=came,
        passed_over=frozenset(url for url in shown if url not in came and key_of(url) not in first),
    )


def _verdicts(known: PageKnowledge) -> Mapping[str, float]:
    """Forms of addresses by what became of their pages: -1 for none of many an article, 1 for all."""
    good: dict[str, int] = {}
    bad: dict[str, int] = {}
    for urls, counts in ((known.articles, good), (known.others, bad)):
        for url in urls:
            form = taken_apart(url).form
            counts[form] = counts.get(form, 0) + 1
    return {
        form: (good.get(form, 0) - bad.get(form, 0)) / (good.get(form, 0) + bad.get(form, 0) + _DOUBT)
        for form in {*good, *bad}
    }


def _standing(known: PageKnowledge, shown: Sequence[str], came: Collection[str]) -> frozenset[str]:
    """Links that were there at the first look and still are, where nearly all that it chose has made way for others."""
    memory = known.memory
    if memory.began is None or known.now - memory.began < _OLD:
        return frozenset()
    still = {url: key_of(url) for url in shown if url not in came}
    left = len(frozenset(memory.first).intersection(still.values()))
    went = len(memory.first) - left
    if left > _LEFT * len(memory.first) or len(came) < went:
        return frozenset()
    return frozenset(still) - frozenset(known.articles)


def looked(known: PageKnowledge, shown: Sequence[str], chosen: Sequence[str]) -> PageLook:
    """What is kept after a look.

    :param shown: all addresses that could have been chosen.
    """
    memory, now = known.memory, known.now.astimezone(timezone.utc)
    began = memory.began or now
    since = int((now - began).total_seconds())
    links = dict(memory.links)
    for url in shown[:MOST_LINKS]:
        key = key_of(url)
        links[key] = links.pop(key, since)
    kept = dict(list(links.items())[-MOST_LINKS:])
    trouble = _trouble(memory, len(chosen), len(shown))
    usual = _usual(memory, len(chosen), now, few=bool(trouble))
    remembered = PageMemory(began, now, usual, memory.first or tuple(key_of(url) for url in chosen[:MOST_FIRST]), kept)
    between = int((now - memory.at).total_seconds()) if memory.at else 0
    return PageLook(remembered, _turnover(kept, chosen, between), trouble)


def _trouble(memory: PageMemory, chosen: int, shown: int) -> str:
    usual = round(memory.usual)
    if memory.at is None or not usual:
        return ""
    if not chosen:
        return f"none of its {shown} links looks like an article, where {usual} did before"
    if memory.usual >= _ENOUGH and chosen < memory.usual * _FEW:
        return f"{chosen} of its {shown} links look like articles, where {usual} did before"
    return ""


def _usual(memory: PageMemory, chosen: int, now: datetime, *, few: bool) -> float:
    """The mean over some looks. What is far below it stands against it for days: a change is not forgotten at once."""
    if memory.at is None:
        return float(chosen)
    if not few:
        return memory.usual + _SMOOTH * (chosen - memory.usual)
    if not chosen:
        return memory.usual
    return max(float(chosen), memory.usual * math.pow(0.5, (now - memory.at) / _HALVES))


def _turnover(links: Mapping[str, int], chosen: Sequence[str], between_s: int) -> int | None:
    """As `poll.window` has it of dates; what came with one look came since the look before."""
    half = len(chosen) // 2
    came = sorted((links.get(key_of(url), 0) for url in chosen), reverse=True)
    later = [at for at in came if at > 0]
    if half < 3 or len(later) <= half:
        return None
    spans = (later[n] - later[n + half] for n in range(len(later) - half))
    return max(min(spans), between_s, 1)

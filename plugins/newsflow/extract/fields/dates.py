"""When a page was published and changed; with what precision, and on whose word.

Of publication, in this order: JSON-LD, metas, microdata, the feed, the date line that readers see beside the headline,
the address, a line elsewhere that says "published". Last what may be a guess: a line beside the headline that tells of
a change, a `<time>` anywhere, the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from newsflow.extract.fields import shown_dates
from newsflow.extract.fields.date_reader import Dated, Reader
from newsflow.extract.fields.shown_dates import ShownDate
from newsflow.extract.fields.stated_dates import Stated, times, without_asides
from newsflow.extract.page.blocks import Block, key

# A nightly run sees what came out since the one before, within a day; a night that failed doubles that.
SEEN_WITHIN = timedelta(days=2)
_DAY = timedelta(days=1)
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)  # the widest zones
_QUARTER = timedelta(minutes=15)  # zones differ by whole quarters of an hour
_MINUTE = timedelta(minutes=1)
_YEAR_ALONE = "-01-01"  # what htmldate makes of "© 2026"
_HEADS = ("h1", "h2")
_LETTERS = 15  # of a line that is taken for the headline by its words


@dataclass(frozen=True, slots=True)
class Days:
    """When a page was published and last changed."""

    published: Dated
    modified: Dated


def find(
    stated: Stated,
    read: Reader,
    blocks: Sequence[Block],
    head: Block | None,
    titles: Sequence[str],
    tree: Callable[[], HtmlElement | None],
) -> Days:
    """The times of a page.

    :param blocks: its lines, and `head` the one that is the headline, if that is known for certain.
    :param titles: what the page calls itself.
    :param tree: gives the page's tree as it came; asked where nothing else tells.
    """
    head = head or _head(blocks, titles)
    shown = _shown(read, blocks, head)
    modified = next(iter((*stated.modified, *shown.changed)), Dated())
    found = _stated(stated, shown) or _shown_or_url(shown, stated.url)
    return Days(found or _last_resort(read, blocks, head, shown, modified, tree), modified)


@dataclass(frozen=True, slots=True)
class Shown:
    """The dates that readers see beside the headline.

    `near` are those that no word calls a change; first `labelled`, those called the publication.
    """

    near: tuple[Dated, ...]
    labelled: tuple[Dated, ...]
    changed: tuple[Dated, ...]


def _head(blocks: Sequence[Block], titles: Sequence[str]) -> Block | None:
    """The line that most likely is the headline: one in the words of a title, else the first h1 or h2."""
    keys = [key(title) for title in titles]
    worded = (b for b in blocks if len(b.key) >= _LETTERS and any(title.startswith(b.key) for title in keys))
    return next(worded, next((b for tag in _HEADS for b in blocks if b.tag == tag), None))


def _shown(read: Reader, blocks: Sequence[Block], head: Block | None) -> Shown:
    dated = _seen(read, blocks, head)
    labelled, unlabelled, changed = (
        tuple(one for one, kind in dated if kind == wanted) for wanted in ("published", "", "modified")
    )
    return Shown((*labelled, *unlabelled), labelled, changed)


def _seen(read: Reader, blocks: Sequence[Block], head: Block | None) -> list[tuple[Dated, str]]:
    """Where the order of day and month isn't known, English pages are taken as American, which is a guess."""
    found = _dated(shown_dates.near(blocks, head, read.language, read.region), read)
    if not found and read.language[:2] == "en" and not read.region:
        american = _dated(shown_dates.near(blocks, head, read.language, "US"), read)
        return [(replace(one, quality="guessed"), kind) for one, kind in american]
    return found


def _dated(found: Iterable[ShownDate], read: Reader) -> list[tuple[Dated, str]]:
    dated = ((read.dated(one.reading, one.raw, "shown"), one.kind) for one in found)
    return [(one, kind) for one, kind in dated if one.at]


def _stated(stated: Stated, shown: Shown) -> Dated | None:
    """What the page's head says, else its microdata and the feed; in the words of the most exact that agrees."""
    found = next(iter((*stated.published, *stated.beside)), None)
    if found is None:
        return None
    if first := next(_earlier(found, _rivals(found, stated, shown)), None):
        return first
    return _in_local_time(_most_exact(found, (*stated.published, *stated.beside, *shown.near)), shown.near)


def _rivals(found: Dated, stated: Stated, shown: Shown) -> Iterator[Dated]:
    """What is right where it is much earlier: addresses stay, and some pages state their last change as publication.

    A day without a time of day is stated by builders of sites that give the day of the last build. Where a line says
    which day is the publication's, the days beside it are others: "Received: … Accepted: … Published: …".
    """
    yield stated.url
    yield from shown.labelled or (shown.near if found.quality == "day" else ())


def _earlier(found: Dated, others: Iterable[Dated]) -> Iterator[Dated]:
    return (one for one in others if one.at and found.at and one.at < found.at - 2 * _DAY)


def _most_exact(found: Dated, others: Iterable[Dated]) -> Dated:
    """The same time as the first that says it more exactly, or with the zone of the place instead of UTC."""
    for one in others:
        if _says_more(one, found):
            found = one
    return found


def _says_more(one: Dated, other: Dated) -> bool:
    if one.at is None or other.at is None or one.quality not in ("exact", "unzoned"):
        return False
    if other.quality == "day":  # a day apart is the same day in another zone
        return abs(one.at - other.at) < _DAY
    if other.quality == "unzoned":
        return one.quality == "exact" and _same_clock(one.at, other.at)
    # the same moment, written in local time: the day is the one that readers saw
    local = one.quality == "exact" and bool(one.at.utcoffset()) and not other.at.utcoffset()
    return local and abs(one.at - other.at) < _MINUTE


def _in_local_time(found: Dated, near: Sequence[Dated]) -> Dated:
    """A moment in UTC in the time of the place, where the date line shows that: the day is the one that readers saw."""
    if found.at is None or found.quality != "exact" or found.at.utcoffset():
        return found
    for one in near:
        if one.at and one.quality == "unzoned" and _same_clock(one.at, found.at):
            apart = one.at.replace(tzinfo=timezone.utc) - found.at
            quarters = round(apart / _QUARTER)
            if _WEST <= quarters * _QUARTER <= _EAST:
                return replace(found, at=found.at.astimezone(timezone(quarters * _QUARTER)))
    return found


def _same_clock(one: datetime, other: datetime) -> bool:
    """Are two times the same but for a zone that one of them lacks?"""
    apart = abs(one - other)
    rest = apart % _QUARTER
    return apart <= _EAST and min(rest, _QUARTER - rest) <= _MINUTE


def _shown_or_url(shown: Shown, url: Dated) -> Dated | None:
    """The date line; where the address names another day, it is right: lines tell of events and changes too."""
    first = next(iter(shown.near), None)
    if url.at is None or first is None or first.at is None:
        return first or (url if url.at else None)
    return first if abs(first.at - url.at) <= 2 * _DAY else url


def _last_resort(
    read: Reader,
    blocks: Sequence[Block],
    head: Block | None,
    shown: Shown,
    modified: Dated,
    tree: Callable[[], HtmlElement | None],
) -> Dated:
    """A line that says "published" anywhere below the headline, else what may be the day of publication.

    Beside the headline that is even the day of the last change, elsewhere none that is known to be such.
    """
    below = _dated(shown_dates.later(blocks, head, read.language, read.region), read)
    if published := next((one for one, kind in below if kind == "published"), None):
        return published
    changed = {one.at.date() for one in (modified, *(one for one, _ in below)) if one.at}
    likely = (one for one in _guesses(read, tree) if one.at and one.at.date() not in changed)
    found = next(iter(shown.changed), None) or next(likely, Dated())
    return replace(found, quality="guessed") if found.at else found


def _guesses(read: Reader, tree: Callable[[], HtmlElement | None]) -> Iterator[Dated]:
    root = tree()
    if root is not None:
        without_asides(root)
        yield from islice(times(root, read), 1)
        yield _from_text(root, read)


def _from_text(root: HtmlElement, read: Reader) -> Dated:
    """What htmldate finds, of what was not read above."""
    from htmldate import find_date

    limit: Any = (read.now or datetime(2100, 1, 1, tzinfo=timezone.utc)).strftime("%Y-%m-%d")
    try:
        raw = find_date(root, extensive_search=False, original_date=True, max_date=limit)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raw = None
    return read.read(raw, "text") if raw and not raw.endswith(_YEAR_ALONE) else Dated()


def doubted(dated: Dated, first_seen_at: datetime | None, watched_since: datetime | None) -> Dated:
    """The date, as `doubtful` where its publisher's feeds were polled then, and showed the page much later.

    :param watched_since: since when they had been polled without a gap until `first_seen_at`; None where they had not.
    """
    if dated.at is None or first_seen_at is None or watched_since is None:
        return dated
    late = watched_since <= dated.at < first_seen_at - SEEN_WITHIN
    return replace(dated, quality="doubtful") if late else dated

"""Which part of a page's title is its headline: the one that stands on the page as a heading.

A title holds the headline and names of the site, of sections and of series, in any order, and the site's own name is
often stated nowhere: "Lessons Learned: The lean startup", where the logo is the h1 and the headline an h3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsflow.text.characters import bare
from newsflow.text.word_count import count_words

_FEWEST, _SURE = 2, 4  # words of a headline, of one before which nothing stands; a single one is a section
_CUT = 60  # characters of a title that may be cut
_KICKER = 6  # words of a kicker
_BARS = "|｜"  # behind these, names of sites stand


def headed(title: str, heads: Iterable[str]) -> str:
    """The heading that a title opens with, or else the one that is its larger part.

    :returns: "" where there is none, or where one is the whole title.
    """
    folded, half = title.casefold(), max(_FEWEST, count_words(title) / 2)
    parts = [head for head in heads if _is_part(head.casefold(), folded)]
    larger = [head for head in parts if count_words(head) >= half]
    first = (head for head in parts if folded.startswith(head.casefold()))
    return next((head for head in first if head in larger or count_words(head) >= _SURE), next(iter(larger), ""))


def instead(name: str, titles: Iterable[str], heads: Sequence[str], stated: Sequence[str]) -> str:
    """The headline, where a heading is the name of the site, and the title names both.

    :param name: an h1.
    :param titles: the page's whole titles.
    :param heads: its headings, the smaller ones too, in order; one below the site's name is the headline.
    :param stated: titles that are stated for other sites to show, which leave the site's name out.
    :returns: "" where the h1 is the headline.
    """
    folded = name.casefold()
    if any(folded in one.casefold() for one in stated):
        return ""
    below = heads[heads.index(name) + 1 :] if name in heads else []
    for title in titles:
        rest = _without(folded, title.casefold())
        behind = title.casefold().startswith(folded) and title[len(folded) :].strip()[:1] not in _BARS
        longer = (head for head in below if behind and count_words(head) > count_words(name))
        if found := next((one for one in (*stated, *longer) if rest and _closes(one.casefold(), rest)), ""):
            return found.lstrip("■□●○◆◇ ")
    return ""


def _closes(one: str, rest: str) -> bool:
    """Is it what is left of a title, or the last part of that: "Archive » Council votes"?"""
    return count_words(one) >= _FEWEST and (bare(one) == bare(rest) or (rest.endswith(one) and _is_part(one, rest)))


def _without(part: str, title: str) -> str:
    """What a title says before or behind a part of it."""
    if not _is_part(part, title):
        return ""
    rest = title.removeprefix(part) if title.startswith(part) else title.removesuffix(part)
    return rest.strip(" |-–—:·•»«/_") if rest != title else ""


def _is_part(part: str, title: str) -> bool:
    """Does a part stand between a title's ends and marks of separation?"""
    at = title.find(part) if part and part != title else -1
    if at < 0:
        return False
    before, after = title[:at].rstrip(), title[at + len(part) :].lstrip()
    return (not before or _is_mark(before[-1], title[at - 1])) and (not after or _opens_other(title[at + len(part) :]))


def _is_mark(last: str, beside: str) -> bool:
    """Ends what stands before with a mark, and a blank behind that?"""
    return last in "|｜»«·•_~/" or (last in "-–—:" and beside.isspace())


def _opens_other(rest: str) -> bool:
    """Does what follows begin with a mark that has a blank before it, or needs none?"""
    short = rest.lstrip()
    return short[0] in "|｜»«_" or short[:2] == ": " or (short[0] in "-–—:·•~/" and rest[0].isspace())


def uncut(title: str, heads: Iterable[str], others: Iterable[str]) -> str:
    """A title, whole where it was cut: JSON-LD's headlines are cut after 110 characters, as Google once asked.

    :param heads: the page's headings.
    :param others: its other titles, behind which names of sections may stand.
    """
    opening = title.rstrip(".… ")
    if len(opening) < _CUT:
        return title
    going_on = (one for one in (*heads, *others) if one.startswith(opening) and bare(one[len(opening) :].lstrip()[:1]))
    return next(going_on, title)


def before_bar(heading: str, heads: Iterable[str]) -> str:
    """What stands before a heading's first bar, where it is a heading of its own; "" otherwise."""
    first = next((heading[:at].strip() for at, mark in enumerate(heading) if mark in _BARS), "")
    return first if count_words(first) >= _SURE and first in heads else ""


def behind_kicker(pieces: Sequence[str], titles: Iterable[str]) -> str:
    """The last piece of a heading, where a title parts it by a mark from the ones before, which end in none.

    A colon in the words before it is the headline's own: "Row at the works: Board meets".

    :returns: "" where there is no kicker.
    """
    *before, last = pieces
    before = [piece for piece in before if bare(piece)]
    kicker = " ".join(before)
    if count_words(last) < _FEWEST or not bare(kicker) or not bare(kicker[-1]) or count_words(kicker) > _KICKER:
        return ""
    return last if any(_is_parted(title, kicker, last) for title in titles) else ""


def _is_parted(title: str, kicker: str, last: str) -> bool:
    """Does a title consist of both, with a mark between them, in either order?"""
    for first, second in ((kicker, last), (last, kicker)):
        mark = title.removeprefix(first).removesuffix(second)
        if len(first) + len(second) + len(mark) == len(title) and mark.strip() and not bare(mark):
            return True
    return False

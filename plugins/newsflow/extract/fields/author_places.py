"""Where on a page an author's name stands: beside the article's headline, or with another work.

Names of teasers, comments, pictures and boxes beside the text are of other works: what stands around a name, up to
where the headline stands too, tells them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.tree import class_of, text_of
from newsflow.text.word_count import count_words

_ELSEWHERE = re.compile(
    r"(?:^|\s)(?:wp-block-|wp-|user-|post-)?comments?(?:$|[\s_-])|commentlist|\brespond\b|\brepl(?:y|ies)\b|related|recirc|recommend"
    r"|read-?(?:more|next)|\bmore-?(?:stories|news|articles|posts|from|on)|newsletter|caption(?!-with)|credit"
    r"|(?:^|[\s_-])tags(?:$|[\s_-])|outbrain|taboola|quote|tooltip|bookmark|\bnav\b|menu|breadcrumb"
)
# Boxes of other works, unless one holds a by-line beside the headline and nothing else: themes call own parts so too.
_BOXES = re.compile(
    r"trending|ticker|teaser|popular|most-?read|sidebar|widget-area|carousel|slider|promo|latest|up-?next"
)
_OUTSIDE = frozenset(("figure", "figcaption", "form", "blockquote", "picture"))
_BESIDE = frozenset(("aside", "nav"))  # unless they hold a by-line and nothing else
_OTHER_WORKS = re.compile(r"ImageObject|VideoObject|Comment|Review$|Photograph", re.IGNORECASE)
HEADINGS = ("h2", "h3", "h4", "h5")
_TEASER = 5  # words of a link that leads to another article
_CARD, _LINE = 800, 200  # characters of a teaser, of a by-line
_LEVELS = 12  # above a by-line


class Place:
    """Where the headline stands: what contains it, and how far from it another element is."""

    def __init__(self, root: HtmlElement, titles: set[str]) -> None:
        self.head = _headline(root, titles)
        self.around = {self.head, *self.head.iterancestors()} if self.head is not None else set()
        self.close: set[HtmlElement] = set()  # elements near the headline
        self.below: set[HtmlElement] = set()  # those of them that stand below it

    def climb(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """An element and what it stands in, up to where the headline stands too."""
        for outer in itertools.islice((element, *element.iterancestors()), _LEVELS):
            if outer in self.around or outer.tag in {"body", "html"}:
                return
            yield outer


def _headline(root: HtmlElement, titles: set[str]) -> HtmlElement | None:
    first = None
    for heading in root.iter("h1", "h2", "h3"):
        if squeeze(text_of(heading)) in titles:
            return heading
        first = first if first is not None or heading.tag != "h1" else heading
    return first


def is_elsewhere(element: HtmlElement, place: Place) -> bool:
    """Does an author's name stand with another work: a teaser, a comment, a picture?"""
    name = squeeze(text_of(element))
    return any(
        _is_other_region(outer, element in place.close)
        or (outer is not element and _is_card(outer, element, name, place))
        for outer in place.climb(element)
    )


def _is_other_region(box: HtmlElement, close: bool) -> bool:
    name = class_of(box)
    if box.tag in _OUTSIDE or (box.tag in _BESIDE and not _is_line(box)):
        return True
    if _BOXES.search(name) and not (close and _is_line(box)):
        return True
    return bool(_ELSEWHERE.search(name) or _OTHER_WORKS.search(box.get("itemtype") or ""))


def _is_line(box: HtmlElement) -> bool:
    return len(text_of(box)) < _LINE and next(box.iter("h1", *HEADINGS, "h6"), None) is None


def _is_card(box: HtmlElement, element: HtmlElement, name: str, place: Place) -> bool:
    """Has a small box a heading that leads to another page, and that is not the author's own name?"""
    heading = next(box.iter(*HEADINGS), None)
    if heading is None and element not in place.below:
        heading = _teaser_above(element, box)
    if heading is None or not _is_linked(heading):
        return False
    title = squeeze(text_of(heading))
    return bool(title) and title not in name and name not in title and len(text_of(box)) <= _CARD


def _teaser_above(element: HtmlElement, box: HtmlElement) -> HtmlElement | None:
    """A link before an author's name in the same box, as long as headlines are."""
    before = itertools.takewhile(lambda part: part is not element, box.iter())
    return next((part for part in before if part.tag == "a" and count_words(text_of(part)) >= _TEASER), None)


def _is_linked(heading: HtmlElement) -> bool:
    return (
        heading.tag == "a"
        or next(heading.iter("a"), None) is not None
        or any(outer.tag == "a" for outer in heading.iterancestors())
    )

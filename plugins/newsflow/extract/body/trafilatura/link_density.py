"""trafilatura's test of boxes for links, without reading whole texts and each link again for each box around it.

The rules are those of its `delete_by_link_density` and `link_density_test`, but for its mode of precision.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml.html import HtmlElement

_ROW_END, _ROW, _BOX_END, _BOX = 60, 30, 300, 100  # characters of a short paragraph and box, and of a last one
_LONE = 100  # of a link that is all that a box says
_LABEL = 10  # of a short link
_SHORT, _PARTS = 100, 3  # characters of a short box with links, and its parts
_FARM, _FARM_LINK = 4, 100  # links that a farm has more than, characters that they have less than
_ITEMS = frozenset(("item", "td", "th"))


def remove(tree: HtmlElement) -> None:
    """Take out boxes, lists and paragraphs that are links and little else; twice, where the first look left less."""
    if _remove(tree):
        _remove(tree)


def _remove(tree: HtmlElement) -> bool:
    """Whether something was taken out."""
    from trafilatura.xml import delete_element

    links, was_changed = Links(), False
    for tag in ("div", "list", "p"):
        found = [box for box in tree.iter(tag) if links.fill(box) and not (tag == "p" and _is_item(box))]
        for element in found:
            delete_element(element)
        if found:
            links, was_changed = Links(), True
    return was_changed


def _is_item(element: HtmlElement) -> bool:
    """Is it the content of a list's item or a table's cell? The list and the table are judged as a whole."""
    parent = element.getparent()
    return parent is not None and parent.tag in _ITEMS


class Links:
    """The lengths of a tree's links, each measured once, for as long as the tree stays as it is."""

    def __init__(self) -> None:
        self._known: dict[HtmlElement, int] = {}

    def fill(self, element: HtmlElement) -> bool:
        """Is a box made of links?"""
        links = [*element.iterdescendants("ref")]
        if not links or next(element.iterdescendants("graphic"), None) is not None:
            return False
        text = element.text_content()
        if len(links) == 1 and (lone := self._length(links[0])) > _LONE and lone > _length(text) * 0.9:
            return True
        if (size := _length_to(text, _limit(element))) < _limit(element):
            return self._fill_short(element, links, size)
        return len(links) > _FARM and self._are_farm(links, text)

    def _fill_short(self, element: HtmlElement, links: Sequence[HtmlElement], size: int) -> bool:
        if element.tag == "div" and len(element) >= _PARTS and size < _SHORT and self._lengths(links):
            return True
        lengths = self._lengths(links)
        short = sum(length < _LABEL for length in lengths)
        return not lengths or sum(lengths) > size * 0.8 or (len(lengths) > 1 and short / len(lengths) > 0.8)

    def _are_farm(self, links: list[HtmlElement], text: str) -> bool:
        """Are many short links nearly all that a large box says, and not one in each paragraph?"""
        from trafilatura.htmlprocessing import is_paragraph_listing
        from trafilatura.utils import LINK_FARM_RATIO

        lengths = self._lengths(links)
        whole = sum(lengths)
        if whole >= _FARM_LINK * len(lengths) or whole <= LINK_FARM_RATIO * _length_to(text, 2 * whole):
            return False
        return not is_paragraph_listing(links)

    def _lengths(self, links: Sequence[HtmlElement]) -> list[int]:
        """Of the links that have a text."""
        return [length for link in links if (length := self._length(link))]

    def _length(self, link: HtmlElement) -> int:
        if (known := self._known.get(link)) is None:
            known = self._known[link] = _length(link.text_content())
        return known


def _limit(element: HtmlElement) -> int:
    """Up to which length a box is short."""
    is_last = element.getnext() is None
    if element.tag == "p":
        return _ROW_END if is_last else _ROW
    return _BOX_END if is_last else _BOX


def _length(text: str) -> int:
    """Characters, blanks in a row counted as one."""
    return len(" ".join(text.split()))


def _length_to(text: str, most: int) -> int:
    """The same, or any number from `most` on where it is as long as that: then few of its words are looked at."""
    words = text.split(None, most // 2 + 1)
    return most if len(words) > most // 2 + 1 else _length(text)

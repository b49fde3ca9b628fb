"""By-lines that the mark-up calls so: microdata, rel=author, class names, links to pages of authors.

Those of teasers, comments and pictures are of other works (`author_places`).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newsflow.extract.fields.author_places import HEADINGS, Place, is_elsewhere
from newsflow.extract.fields.name_words import BY
from newsflow.extract.fields.one_name import plausible
from newsflow.extract.page.remembered import remembered
from newsflow.extract.page.tree import class_of, text_of
from newsflow.languages.lists import any_of

_NAMING = ("class", "id", "data-testid", "data-hook", "data-qa")
_CALLED = frozenset(_NAMING)
_MARKS = frozenset(("itemprop", "rel", "property"))
_AUTHOR = frozenset(("author", "schema:author", "sioc:has_creator", "dc:creator"))  # microdata, links, RDFa
_MARKED = (
    "a", "span", "div", "p", "address", "li", "strong", "cite", "em", "b", "i", "small", "h2", "h3", "h4", "h5", "h6",
    "dd", "td", "section", "header", "ul", "font", "label", "time", "footer", "meta",
)  # fmt: skip
_NAMED = re.compile(
    r"author|by-?_?line|writtenby|\b(?:writer|reporter|journalist|contributor)s?\b"
    rf"|(?<![a-z])user-?name(?![\w-])|field--name-uid|{any_of('author_names')}"
)
# Parts of an author's box that are no name, and boxes that gather authors.
_NAMES = frozenset(("name", "schema:name", "foaf:name"))
_NO_NAMES = re.compile(
    r"(?<![a-z])(?:bio|desc\w*|avatar|image|img|photo|social|share|follow|job|role|position|date|time|count)(?![a-z])"
)
_BOX = re.compile(r"author-?_?(?:bio|box|info|card|profile)|about-?_?(?:the-?_?)?author")
_PAGES = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|people|persons?|personen|profiles?|profil|staff|contributors?|columnists?"
    r"|journalists?|journalistes?|writers?|reporters?|editors?|byline|by|redakteure?|bio)/[^/?#]{3,}"
    r"|^(?:https?://[^/]+)?/@[\w.-]{2,}/?(?:[?#]|$)",
    re.IGNORECASE,
)
_GROUP, _LINE = 200, 200  # characters of a group of authors, of a by-line
_ABOVE, _NEAR = 60, 160  # elements above the headline, and elements from there on, that a by-line stands among
_MOST = 40  # by-lines that are looked at


Line = tuple[bool, list[str]]  # is it about the author and nothing else; what it says


def marked(root: HtmlElement, titles: set[str]) -> Iterator[Line]:
    """Lines that name authors, the best first; each list is one by-line, with whether it is marked up exactly.

    :param titles: squeezed titles of the page, by which its headline is found.
    """
    place = Place(root, titles)
    ranked = _ranked(root, place)
    place.close = set(ranked[:_NEAR]) if place.head is not None else set()
    place.below = set(itertools.dropwhile(lambda element: element is not place.head, ranked[:_NEAR]))
    exact, called = _sorted(ranked)
    for find, rivals, lines in (
        (_first, exact, _exact), (_named, called, _loose), (_linking, ranked, _linked), (_boxes, called, _headed),
    ):  # fmt: skip
        found = find(rivals)
        first = next((element for element in found if not is_elsewhere(element, place)), None)
        if first is not None:
            yield from lines(first, found, place)


def _sorted(ranked: list[HtmlElement]) -> tuple[list[HtmlElement], list[HtmlElement]]:
    """Elements that are marked up as an author, and those that are called so, found in one walk."""
    exact: list[HtmlElement] = []
    called: list[HtmlElement] = []
    for element in ranked:
        stated = element.keys()  # a third of all elements states nothing
        if not _MARKS.isdisjoint(stated) and _is_author(element):
            exact.append(element)
        if not _CALLED.isdisjoint(stated) and _is_called(_names(element)):
            called.append(element)
    return exact, called


def _first(exact: list[HtmlElement]) -> list[HtmlElement]:
    return exact[:_MOST]


def _named(called: list[HtmlElement]) -> list[HtmlElement]:
    return [element for element in called if not _NO_NAMES.search(_names(element).lower())][:_MOST]


def _linking(ranked: list[HtmlElement]) -> list[HtmlElement]:
    return [element for element in ranked[:_NEAR] if _is_link(element)]


def _boxes(called: list[HtmlElement]) -> list[HtmlElement]:
    """Boxes that tell who the author is: "About the author"."""
    return [element for element in called if _BOX.search(class_of(element))][:_MOST]


def _ranked(root: HtmlElement, place: Place) -> list[HtmlElement]:
    """Elements that may name an author: those near the headline first, then as the page has them."""
    elements = list(root.iter(*_MARKED, "h1"))
    at = elements.index(place.head) if place.head is not None and place.head.tag in {"h1", *HEADINGS} else 0
    return [*elements[max(0, at - _ABOVE) :], *elements[: max(0, at - _ABOVE)]]


def _is_author(element: HtmlElement) -> bool:
    marks = element.get("itemprop") or element.get("rel")
    if marks is not None and not _AUTHOR.isdisjoint(marks.split()):
        return True
    return element.tag != "meta" and not _AUTHOR.isdisjoint((element.get("property") or "").split())


def _names(element: HtmlElement) -> str:
    """What an element is called: its class, its id, and what its makers' tests call it."""
    return " ".join([name for attribute in _NAMING if (name := element.get(attribute))])


@remembered
def _is_called(names: str) -> bool:
    return bool(_NAMED.search(names.lower()))


def _is_link(element: HtmlElement) -> bool:
    return element.tag == "a" and bool(_PAGES.search(element.get("href") or ""))


def _group(first: HtmlElement, place: Place) -> HtmlElement:
    """The box of a by-line that may name several: the largest that is still short."""
    box = first
    for outer in itertools.islice(place.climb(first), 1, 4):
        if len(text_of(outer)) > _GROUP:
            break
        box = outer
    return box


def _row(box: HtmlElement) -> Iterator[HtmlElement]:
    """A box and those right behind it of the same class: one for each author."""
    yield box
    for other in itertools.islice(box.itersiblings(), _MOST if class_of(box).strip() else 0):
        if other.tag != box.tag or class_of(other) != class_of(box):
            return
        yield other


def _outwards(element: HtmlElement) -> Iterator[HtmlElement]:
    yield element
    yield from element.iterancestors()


def _exact(first: HtmlElement, found: list[HtmlElement], place: Place) -> Iterator[Line]:
    boxes = {*_row(_group(first, place))}
    together = [element for element in found if element is first or not boxes.isdisjoint(_outwards(element))]
    outermost = [element for element in together if not any(other in together for other in element.iterancestors())]
    yield True, [line for element in outermost if len(line := _name_in(element)) < _LINE]


def _name_in(element: HtmlElement) -> str:
    """The text of a marked author: of its name or its link, where these are marked up within."""
    if element.tag == "meta":
        return element.get("content") or ""
    inner = next((part for part in element.iter() if _NAMES & {part.get("itemprop"), part.get("property")}), None)
    if inner is None:
        links = [link for link in element.iter("a") if text_of(link)]
        inner = links[0] if len(links) == 1 else None
    if inner is None:
        return text_of(element)
    return (inner.get("content") if inner.tag == "meta" else text_of(inner)) or text_of(element)


def _loose(_: HtmlElement, found: list[HtmlElement], place: Place) -> Iterator[Line]:
    near = [element for element in found if not is_elsewhere(element, place)][:3]
    for element in near:
        if len(row := _several(element)) > 1 and all(map(plausible, row)):
            yield True, row
        links = [text for link in element.iter("a") if _is_link(link) and (text := text_of(link))]
        if links:
            yield True, links
        if 2 < len(text := text_of(element)) < _LINE:
            yield bool(BY.match(text)), [text]
        yield from ((False, [piece]) for piece in itertools.islice(_pieces(element), 6))


def _several(element: HtmlElement) -> list[str]:
    """What the items of a list begin with, or an element and those beside it that are called the same."""
    items = element.iterchildren("li") if element.tag in {"ul", "ol"} else _row(element)
    return [next(_pieces(one), "") for one in items]


def _pieces(element: HtmlElement) -> Iterator[str]:
    return (piece for text in element.itertext() if 3 < len(piece := " ".join(text.split())) < 100)


def _linked(first: HtmlElement, found: list[HtmlElement], place: Place) -> Iterator[Line]:
    box = _group(first, place)
    yield False, [text_of(link) for link in found if link is first or box in link.iterancestors()]


def _headed(first: HtmlElement, _: list[HtmlElement], __: Place) -> Iterator[Line]:
    """What stands as a heading in the author's box."""
    yield from ((False, [text_of(one)]) for one in itertools.islice(first.iter(*HEADINGS, "strong", "b", "a"), 4))

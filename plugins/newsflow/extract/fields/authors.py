"""Who wrote it: persons as a list, agencies apart, no "By", no dates, no names of sites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from newsflow.extract.fields import author_marks
from newsflow.extract.fields.agencies import AGENCIES
from newsflow.extract.fields.name_words import BY
from newsflow.extract.fields.names import is_named_as_site, people
from newsflow.extract.fields.one_name import plausible, tidy
from newsflow.extract.fields.title import squeeze
from newsflow.extract.page.metadata import PageMetadata, types

_METAS = (
    "author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dc.creator.aut", "dc:creator",
    "dcterms.creator", "creator", "citation_author", "byl", "cxenseparse:author", "article.author", "og:article:author",
    "og:author", "authors", "article_author", "shareaholic:article_author_name", "article:author_name", "rbauthors",
    "dcsext.author", "twitter:data1",
)  # fmt: skip
_PARTS = re.compile(r"\s+[-–—|•·]\s+")
_MOST_CREATORS = 40


def _creators(value: Any, known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names in JSON-LD's `author`: a text, an object with a name, a reference to one, or a list of such."""
    if isinstance(value, list):
        return [name for item in value[:_MOST_CREATORS] for name in _creators(item, known)]
    if isinstance(value, Mapping):
        node = known.get(str(value.get("@id")), value) if not value.get("name") else value
        return [] if _is_newsroom(node) else _creators(_name_of(node), {})
    if isinstance(value, str) and value in known:
        return _creators(known[value], {})
    return [value] if isinstance(value, str) and not value.startswith("http") else []


def _name_of(node: Mapping[str, Any]) -> Any:
    if node.get("name"):
        return node["name"]
    return " ".join(str(node[part]) for part in ("givenName", "familyName") if isinstance(node.get(part), str))


def _is_newsroom(node: Mapping[str, Any]) -> bool:
    """Is it an organisation that is no agency: the publisher, named as the author of its own article?"""
    kinds = types(node)
    made = any(kind.endswith("Organization") for kind in kinds) and "Person" not in kinds
    return made and squeeze(str(node.get("name"))) not in AGENCIES


def _stated(harvest: PageMetadata) -> Iterator[tuple[str, list[str]]]:
    known = {str(node["@id"]): node for node in harvest.nodes if node.get("@id") and node.get("name")}
    for node in (harvest.article, *_pages(harvest)):
        yield "json-ld", _creators(node.get("author") or node.get("creator"), known)
    for name in _METAS:
        values = [value for value in harvest.meta.get(name, ()) if not value.startswith(("http", "/"))]
        if values:
            yield "meta", values


def _pages(harvest: PageMetadata) -> list[Mapping[str, Any]]:
    """The nodes of the page itself, which may name the author where its article doesn't."""
    return [node for node in harvest.nodes if {"WebPage", "ItemPage"} & set(types(node))][:1]


Found = tuple[tuple[str, ...], tuple[str, ...], str]


def find(
    root: HtmlElement, harvest: PageMetadata, sites: set[str], hints: tuple[str, ...] = (), titles: Sequence[str] = ()
) -> Found:
    """Persons, agencies, and the source that gave the persons.

    Order: JSON-LD, meta, mark-up, the feed, the titles; a source that names somebody in full goes before one that
    gives a first name or an alias, or the name of the site. Agencies are gathered from all that was looked at.

    :param titles: the page's titles, which tell its headline, and so the by-line beside it.
    """
    agencies: dict[str, None] = {}
    spare: Found = ((), (), "")
    for source, raw, exact in _rivals(root, harvest, hints, titles):
        persons, wires = people(raw, sites)
        agencies.update(dict.fromkeys(wires))
        full = any(map(plausible, persons))
        if full and not is_named_as_site(persons, sites):
            return persons, tuple(agencies), source
        spare = spare if spare[0] or not persons or not (exact or full) else (persons, (), source)
    return spare[0], tuple(agencies), spare[2]


def _rivals(
    root: HtmlElement, harvest: PageMetadata, hints: tuple[str, ...], titles: Sequence[str]
) -> Iterator[tuple[str, list[str], bool]]:
    """Sources with the lines that they give, and whether a line is about the author and nothing else."""
    yield from ((source, lines, True) for source, lines in _stated(harvest))
    for exact, lines in author_marks.marked(root, {squeeze(title) for title in titles if title}):
        yield "markup", lines, exact
    yield "feed", list(hints), True
    yield "title", [part for title in titles for part in _behind(title)], True


def _behind(title: str) -> list[str]:
    """What a title says with "by" behind its headline: "Council votes - by Ada Lane - The River Letter"."""
    return [part for part in _PARTS.split(title)[1:] if BY.match(part) and plausible(tidy(part))]

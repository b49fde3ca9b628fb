"""What a page says about itself in its head: `<meta>`, `<link>`, `<title>`, JSON-LD.

Sources: ogp.me (Open Graph), schema.org (NewsArticle and relatives), dublincore.org,
and the names that news systems use (parsely, sailthru, cXenseParse).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from newsflow.extract.page import broken_json
from newsflow.text.characters import clean

_ARTICLES = re.compile(r"(?:Article|Posting|Report|Review|Recipe)$|^NewsArticle|^Blog$", re.IGNORECASE)
_WORKS = re.compile(r"(?:VideoObject|AudioObject|PodcastEpisode|ImageGallery|MediaGallery|CreativeWork)$")
# Properties below which a node's further nodes stand.
_BRANCHES = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item")
_PICTURES = frozenset(("figure", "figcaption", "picture"))
_META_NAMES = ("property", "name", "itemprop", "http-equiv")
_MAX_NODES = 2000
_MAX_SCRIPT = 2_000_000  # characters
_MAX_METAS, _MAX_VALUES, _MAX_VALUE = 400, 20, 5000  # names of metas, values of one, characters of a value


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """`meta`: lower-case name to values in order; `article`: the JSON-LD node of this page, {} without one."""

    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""
    language: str = ""
    article: Mapping[str, Any] = field(default_factory=dict)
    nodes: tuple[Mapping[str, Any], ...] = ()

    def first(self, *names: str) -> str:
        """The first non-empty value among metas of these names."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return ""


def types(node: Mapping[str, Any]) -> tuple[str, ...]:
    """The schema.org types of a JSON-LD node, without their namespace."""
    found = node.get("@type")
    names = found if isinstance(found, list) else [found]
    return tuple(name.rsplit("/", 1)[-1] for name in names if isinstance(name, str))


def plain(value: Any) -> str:
    """A JSON-LD value as one clean line; of objects, their name or @value; of lists, the first."""
    if isinstance(value, list):
        return next((text for item in value if (text := plain(item))), "")
    if isinstance(value, Mapping):
        return plain(value.get("name") or value.get("@value") or value.get("url") or "")
    return clean(unescape(value)) if isinstance(value, str) else ""


def unescape(text: str) -> str:
    """Entities resolved, twice where they were escaped twice; tags removed."""
    import html

    if "&" in text:
        text = html.unescape(html.unescape(text))
    return re.sub(r"<[^<>]{1,500}>", " ", text) if "<" in text else text


def _walk(value: Any) -> Iterator[Mapping[str, Any]]:
    """Nodes of a JSON-LD document, outermost first; bounded in number."""
    queue = [value]
    seen = 0
    while queue and seen < _MAX_NODES:
        item = queue.pop(0)
        seen += 1
        if isinstance(item, list):
            queue.extend(item)
        elif isinstance(item, Mapping):
            yield item
            queue.extend(item[key] for key in _BRANCHES if key in item)


def json_ld(root: HtmlElement) -> tuple[Mapping[str, Any], ...]:
    """All JSON-LD nodes of a page in document order."""
    nodes: list[Mapping[str, Any]] = []
    for script in root.iter("script"):
        text = script.text or ""
        if 0 < len(text) < _MAX_SCRIPT and "ld+json" in (script.get("type") or "").lower():
            nodes.extend(_walk(broken_json.loads(text)))
    return tuple(nodes)


def _same(node: Mapping[str, Any], url: str) -> bool:
    tail = url.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1]
    own = f"{node.get('url')} {node.get('mainEntityOfPage')} {node.get('@id')}"
    return len(tail) > 3 and tail in own


def main_node(nodes: tuple[Mapping[str, Any], ...], url: str) -> Mapping[str, Any]:
    """The node that is about this page: an article with its address, else the first article, else a work.

    Articles of a list are others, but for one with the page's address.
    """
    listed = _listed(nodes)
    articles = [node for node in nodes if any(map(_ARTICLES.search, types(node)))]
    # A work counts only with a date of its own: players and galleries without one stand on any page.
    candidates = articles or [node for node in nodes if _is_dated_work(node)][:1]
    own = (node for node in candidates if _same(node, url) and plain(node.get("headline")))
    return next(own, next((node for node in candidates if id(node) not in listed), {}))


def _listed(nodes: tuple[Mapping[str, Any], ...]) -> set[int]:
    """Identities of the nodes that stand in a list: teasers, carousels, "more stories"."""
    items = [item for node in nodes for item in _as_list(node.get("itemListElement"))]
    return {id(part) for item in items if isinstance(item, Mapping) for part in (item, item.get("item"))}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_dated_work(node: Mapping[str, Any]) -> bool:
    return any(map(_WORKS.search, types(node))) and bool(node.get("datePublished"))


def _metas(root: HtmlElement) -> dict[str, tuple[str, ...]]:
    metas: dict[str, tuple[str, ...]] = {}
    for meta in root.iter("meta"):
        name, content = _meta_name(meta), meta.get("content") or meta.get("value")
        if name and content and len(metas) < _MAX_METAS and not _is_of_picture(meta):
            key = name.strip().lower()
            metas[key] = (*metas.get(key, ())[:_MAX_VALUES], clean(unescape(content[:_MAX_VALUE])))
    return metas


def _is_of_picture(meta: HtmlElement) -> bool:
    """Does microdata tell of a picture, as its author or its caption?"""
    parent = meta.getparent() if meta.get("itemprop") else None
    return parent is not None and (parent.tag in _PICTURES or "ImageObject" in (parent.get("itemtype") or ""))


def _meta_name(meta: HtmlElement) -> str:
    """Open Graph names its metas by `property`, microdata by `itemprop`, others by `name`; "" for none."""
    return next((str(name) for key in _META_NAMES if (name := meta.get(key))), "")


def _links(root: HtmlElement) -> dict[str, tuple[str, ...]]:
    links: dict[str, tuple[str, ...]] = {}
    for link in root.iter("link"):
        rel, href = (link.get("rel") or "").lower(), (link.get("href") or "").strip()
        if rel in {"canonical", "amphtml", "image_src", "license"} and href:
            links[rel] = (*links.get(rel, ()), clean(href))
    return links


def harvest(root: HtmlElement, url: str) -> PageMetadata:
    """Read the page's own statements; `url` tells its article from others that it lists."""
    title = next((element for element in root.iter("title") if not _inside_svg(element)), None)
    nodes = json_ld(root)
    return PageMetadata(
        meta=_metas(root),
        links=_links(root),
        title=clean("".join(title.itertext())[:2000]) if title is not None else "",
        language=(root.get("lang") or root.get("xml:lang") or "").strip(),
        article=main_node(nodes, url),
        nodes=nodes,
    )


def _inside_svg(element: HtmlElement) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in {"svg", "g", "symbol"}

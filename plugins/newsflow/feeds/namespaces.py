"""Element names of feed formats, folded to one short name whatever their namespace was.

The namespaces are those that feedparser knows; those of RSS and Atom themselves fold to
nothing, so that `<title>` is `title` in all versions, and `<atom:link>` inside RSS is `link`.
"""

from __future__ import annotations

from functools import lru_cache

_CORE = frozenset(
    {
        "backend.userland.com/rss",
        "blogs.law.harvard.edu/tech/rss",
        "purl.org/rss/1.0",
        "my.netscape.com/rdf/simple/0.9",
        "example.com/newformat#",
        "example.com/necho",
        "purl.org/echo",
        "uri/of/echo/namespace#",
        "purl.org/pie",
        "purl.org/atom/ns#",
        "www.w3.org/2005/atom",
        "purl.org/rss/1.0/modules/rss091#",
        "purl.org/net/rss1.1#",
        "channel.netscape.com/rdf/simple/0.9",
        "backend.userland.com/rss2",
        "cyber.law.harvard.edu/rss/rss.html",
        "www.rssboard.org/rss-specification",
    }
)
_MODULES = {
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/content": "content",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "example.com/dtds/podcast-1.0.dtd": "itunes",
    "search.yahoo.com/mrss": "media",
    "video.search.yahoo.com/mrss": "media",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "www.w3.org/1999/xhtml": "xhtml",
    "www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "www.sitemaps.org/schemas/sitemap/0.9": "",
    "www.google.com/schemas/sitemap/0.84": "",
    "www.google.com/schemas/sitemap-news/0.9": "news",
    "www.google.com/schemas/sitemap-image/1.1": "image",
    "purl.org/atom/ns/thread/1.0": "thr",
}


def _prefix(uri: str) -> str:
    bare = uri.strip().lower().split("://", 1)[-1].rstrip("/")
    if bare in _MODULES:
        return _MODULES[bare]
    return "" if not bare or bare in _CORE else "?"


@lru_cache(maxsize=4096)
def short(tag: str) -> str:
    """`{namespace}Local` as `prefix:local`, lower case; `?:local` for unknown namespaces."""
    uri, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    prefix = _prefix(uri)
    # lxml leaves an undeclared prefix in the name: `rss:title` is what somebody means by title
    return f"{prefix}:{local.lower()}" if prefix else local.lower().removeprefix("rss:")


@lru_cache(maxsize=256)
def is_atom(tag: str) -> bool:
    """Whether an element is Atom's own, whose text is no HTML unless its type says so."""
    low = tag.lower()
    return low.startswith(("{http://www.w3.org/2005/atom}", "{http://purl.org/atom/ns#}"))

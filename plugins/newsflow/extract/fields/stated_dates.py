"""Times that a page states where readers don't look: JSON-LD, metas, microdata, its address, and what the feed said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newsflow.dates import reading
from newsflow.extract.fields.date_reader import NO_DATE, Dated, Reader
from newsflow.extract.page.metadata import PageMetadata, plain, types
from newsflow.extract.page.tree import class_of, text_of
from newsflow.text.characters import bare
from newsflow.text.word_count import count_words

_PUBLISHED = (
    "article:published_time", "og:published_time", "og:article:published_time", "datepublished", "publishdate",
    "publish_date", "publish-date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "pubdate",
    "article.published", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date",
    "published_at", "published-date", "publication_date", "publication-date", "article_date_original",
    "originalpublicationdate", "citation_online_date", "displaydate", "ptime", "date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "last-modified", "lastmod",
    "dcterms.modified", "dc.date.modified", "article.updated", "modified_time", "utime",
)  # fmt: skip
# Names that other systems give such metas: "rnews:datePublished", "w-published-date", "article_publication_time".
_LIKELY_PUBLISHED = re.compile(
    r"\bpub(?:li\w*)?[-_.:]?(?:date|time|at|on)\b|(?:date|time)[-_.:]?publi\w+|(?<=_)publi\w+_(?:date|time)"
)
_LIKELY_MODIFIED = re.compile(
    r"\b(?:modifi\w*|updated?|revis\w*)[-_.:]?(?:date|time|at|on)\b|(?:date|time)[-_.:]?(?:modifi|updat)\w+"
)
_URL = re.compile(r"/(19[89]\d|20\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=\D|$)")
# English in addresses all over the world.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_URL_NAMED = re.compile(rf"/(20\d\d)/({'|'.join(_MONTHS)})/(0?[1-9]|[12]\d|3[01])(?=/|$)", re.IGNORECASE)
_URL_TURNED = re.compile(r"/(1[3-9]|2\d|3[01])-(0[1-9]|1[0-2])-(20\d\d)(?=/|$)")
_URL_TIGHT = re.compile(r"(?<!\d)(20[0-3]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_ASIDE = frozenset(("aside", "footer", "nav"))
_FOREIGN_TYPES = re.compile(r"Comment|Review|SideBar|Footer|Header|ItemList|Question|Answer", re.IGNORECASE)
# What RDFa calls them, as Drupal writes it.
_RDFA = {
    name: "dateModified" if "Modified" in name else "datePublished"
    for name in ("schema:datePublished", "schema:dateCreated", "schema:dateModified", "dc:date", "datePublished")
}
_COMMENTS = re.compile(r"(?:^|\s)(?:comments?(?:-?_?(?:list|area|section|thread|wrap\w*|body))?|disqus\w*)(?:$|\s)")
_CARD = 800  # characters of a teaser
_TEASER = 3  # words of a link beside a day
_MOST = 3  # statements of one kind
_MOST_JSON = 200_000  # characters of a script


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page states of its publication and last change, the most believable first."""

    published: tuple[Dated, ...] = ()
    beside: tuple[Dated, ...] = ()  # microdata and the feed: asked where the head is silent or vague
    modified: tuple[Dated, ...] = ()
    url: Dated = NO_DATE


def collect(
    root: HtmlElement,
    page: PageMetadata,
    url: str,
    read: Reader,
    published_hint: datetime | None,
    updated_hint: datetime | None,
) -> Stated:
    """All statements of a page, from its tree as it came."""
    nodes, properties = _own_nodes(page, url), _properties(root)
    published = _statements(
        root, page, nodes, ("datePublished", "uploadDate", "dateCreated"), _PUBLISHED, _LIKELY_PUBLISHED
    )
    modified = _statements(root, page, nodes, ("dateModified",), _MODIFIED, _LIKELY_MODIFIED)
    changed = [*_own(modified, properties), *_microdata(properties, "dateModified")]
    return Stated(
        _dated(_own(published, properties), read),
        (*_dated(_microdata(properties, "datePublished"), read), *_of_feed(published_hint, read)),
        (*_dated(changed, read), *_of_feed(updated_hint, read)),
        read.read(day, "url") if (day := url_date(url)) else Dated(),
    )


def _dated(statements: list[tuple[str, str]], read: Reader) -> tuple[Dated, ...]:
    return tuple(one for source, raw in statements if (one := read.read(raw, source)).at)


def _of_feed(hint: datetime | None, read: Reader) -> tuple[Dated, ...]:
    """What the feed said; feeds that know the day only say midnight."""
    if hint is None:
        return ()
    has_clock = bool(hint.hour or hint.minute or hint.second)
    found = read.dated(reading.Reading(hint, has_clock), hint.isoformat(), "feed")
    return (found,) if found.at else ()


def _in_broken(root: HtmlElement, name: str) -> list[str]:
    """Values of a property in JSON-LD that can't be read as JSON."""
    scripts = (script.text or "" for script in root.iter("script") if "ld+json" in (script.get("type") or "").lower())
    pattern = re.compile(rf'"{name}"\s*:\s*"([^"]{{6,60}})"')
    return [raw for text in scripts for raw in pattern.findall(text[:_MOST_JSON])][:1]


def _statements(
    root: HtmlElement,
    page: PageMetadata,
    nodes: list[Mapping[str, Any]],
    keys: tuple[str, ...],
    metas: tuple[str, ...],
    likely: re.Pattern[str],
) -> list[tuple[str, str]]:
    """(Source, what it says) of a date, JSON-LD before metas, and metas whose names are known before likely ones."""
    told = [_text(node.get(key)) for node in nodes for key in keys]
    if not any(node.get(key) for node in page.nodes for key in keys):
        told += _in_broken(root, keys[0])
    names = [*metas, *filter(likely.search, page.meta)]
    in_metas = [value for name in names for value in page.meta.get(name, ())]
    return [("json-ld", raw) for raw in told if raw] + [("meta", raw) for raw in in_metas if raw]


def _own(statements: list[tuple[str, str]], properties: Sequence[_Property]) -> list[tuple[str, str]]:
    """Without the metas that are the microdata of other articles and of comments, which stand among a page's own."""
    foreign = {one.value for one in properties if one.is_foreign}
    return [(source, raw) for source, raw in statements if source != "meta" or raw not in foreign]


def _text(value: Any) -> str:
    """A date in JSON-LD; some write the seconds since 1970 as a number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(int(value)) if 0 < value < 1e17 else ""
    return plain(value)


def _own_nodes(page: PageMetadata, url: str) -> list[Mapping[str, Any]]:
    """The JSON-LD nodes that speak of this page: its article, then the page itself."""
    pages = (node for node in page.nodes if "WebPage" in types(node))
    found = [node for node in (page.article, *pages) if node and not _is_of_another(node, page, url)]
    return found[:_MOST]


def _is_of_another(node: Mapping[str, Any], page: PageMetadata, url: str) -> bool:
    """Does a node name another page than this, and another headline than its titles? Lists of related articles do."""
    named = _paths(_link(node.get(key)) for key in ("url", "mainEntityOfPage", "@id"))
    if not named or named & _paths((url, *page.links.get("canonical", ()), page.first("og:url"))):
        return False
    headline = bare(plain(node.get("headline") or node.get("name")).casefold())
    return not (headline and any(headline in title or title in headline for title in _titles(page)))


def _paths(links: Iterable[str]) -> set[str]:
    return {bare(_path(link)) for link in links if link}


def _titles(page: PageMetadata) -> list[str]:
    return [*filter(None, (bare(t.casefold()) for t in (page.title, page.first("og:title", "twitter:title"))))]


def _link(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) and value.startswith("http") else ""


def _path(link: str) -> str:
    """An address without its scheme, host and fragment: sites answer by several names."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return link
    return parts.path.rstrip("/") + "?" + parts.query


class _Property(NamedTuple):
    """A date in microdata; a foreign one is of another article, or of a comment."""

    names: list[str]
    value: str
    is_foreign: bool


def _properties(root: HtmlElement) -> list[_Property]:
    dated = filter(_is_dated, root.iter("*"))
    return [_Property(_property(each), _value(each), any(map(_is_foreign, each.iterancestors()))) for each in dated]


def _is_dated(element: HtmlElement) -> bool:
    if "date" in (element.get("itemprop") or ""):
        return True
    return "date" in (element.get("property") or "") and element.tag != "meta"


def _property(element: HtmlElement) -> list[str]:
    """What microdata, or RDFa, calls a date."""
    own = (element.get("itemprop") or "").split()
    return own or [_RDFA[name] for name in (element.get("property") or "").split() if name in _RDFA]


def _microdata(properties: Sequence[_Property], name: str) -> list[tuple[str, str]]:
    return [("microdata", one.value) for one in properties if name in one.names and not one.is_foreign][:_MOST]


def _is_foreign(box: HtmlElement) -> bool:
    """A box of comments, related articles and the like."""
    return box.tag in _ASIDE or bool(_FOREIGN_TYPES.search(box.get("itemtype") or ""))


def _value(element: HtmlElement) -> str:
    raw = element.get("content") or element.get("datetime") or element.get("title") or "".join(element.itertext())[:200]
    return raw.strip()


def url_date(url: str) -> str:
    """The date in a URL's path as YYYY-MM-DD, or ""."""
    if turned := _URL_TURNED.search(url):
        return f"{turned[3]}-{turned[2]}-{turned[1]}"
    match = _URL.search(url) or _URL_TIGHT.search(url)
    if not match and (named := _URL_NAMED.search(url)):
        return f"{named[1]}-{_MONTHS.index(named[2].lower()) + 1:02}-{int(named[3]):02}"
    return f"{int(match[1]):04}-{int(match[2]):02}-{int(match[3]):02}" if match else ""


def without_asides(root: HtmlElement) -> None:
    """Take out what dates other things than the article, and JSON-LD, which was read."""
    _drop(root.iter("div", "section", "ol", "ul"), _is_comments)
    _drop(root.iter("article"), _is_card)
    _drop(root.iter("a"), _is_dated_teaser)
    _drop(root.iter("script", "header", *_ASIDE), _is_aside)


def _drop(elements: Iterable[HtmlElement], unwanted: Callable[[HtmlElement], bool]) -> None:
    for element in [one for one in elements if unwanted(one)]:
        element.drop_tree()


def _is_comments(box: HtmlElement) -> bool:
    return bool(_COMMENTS.search(class_of(box))) and next(box.iter("h1"), None) is None


def _is_aside(element: HtmlElement) -> bool:
    """Is it JSON-LD, or outside of all articles, and not the header with the headline?"""
    if "ld+json" in (element.get("type") or "").lower():
        return True
    if element.tag == "script" or (element.tag == "header" and next(element.iter("h1"), None) is not None):
        return False
    return next(element.iterancestors("article"), None) is None


def _is_card(article: HtmlElement) -> bool:
    """Is an article a teaser: short, under a heading that leads to another page?"""
    heading = next(article.iter("h1", "h2", "h3", "h4"), None)
    if heading is None or heading.tag == "h1" or len(text_of(article)) > _CARD:
        return False
    return next(heading.iter("a"), None) is not None or any(outer.tag == "a" for outer in heading.iterancestors())


def _is_dated_teaser(link: HtmlElement) -> bool:
    """Does a link hold the day of the page that it leads to, below that one's headline?"""
    day = next(link.iter("time"), None)
    return day is not None and count_words(text_of(link)) - count_words(text_of(day)) >= _TEASER


def times(root: HtmlElement, read: Reader) -> Iterator[Dated]:
    """What `<time>` elements state."""
    for element in root.iter("time"):
        if (raw := (element.get("datetime") or "").strip()) and (one := read.read(raw, "time")).at:
            yield one

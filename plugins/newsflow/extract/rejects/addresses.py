"""What the address of a page tells of it: a section's, a list's, one thing's by its number."""

from __future__ import annotations

import re

from newsflow.extract.fields.other import path_of

_ITEM = re.compile(r"\w+=\d{3,}")
_LIST_QUERY = re.compile(
    r"(?:page|paged|pg|start|offset|limit|cat\w*|tags?|author|sort|per_page|utm_\w+|s|q)=", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{4,}[^/]*$")
# Parts of addresses by which content systems and shops call their lists.
_LISTS = re.compile(
    r"/(?:categor(?:y|ies)|collections?|c|cat|browse|shop|shopping|tags?|topics?|hub|sections?|product-category"
    r"|departments?|genre|list|charts?|all-[\w-]+|search|authors?)(?:/|$)",
    re.IGNORECASE,
)
_SECTIONS = re.compile(
    r"(?:in-the-)?news|newsroom|blogs?|press|press-releases|articles|stories|posts|latest|archives?|events|insights"
    r"|updates|noticias|nachrichten|actualites|headlines|topics|categories|products|shop|videos|photos|galleries|trails"
    r"|recipes|collections|directory|standings|rankings|deals|portfolio(?:-work)?|our-work|projects|case-studies"
    r"|calendar|whats-on|agenda|forums?|jobs|coupons|brands|podcasts"
    # The same in other languages of newsrooms.
    r"|veranstaltungen|termine|kalender|aktuelles|presse(?:mitteilungen)?|artikel|themen|archiv|rezepte|produkte"
    r"|evenements|actualite|recettes|produits|eventos|prensa|actualidad|archivo|recetas|productos|notizie|eventi|ricette"
    r"|arquivo|receitas|nieuws|nyheter|nyheder|uutiset|wiadomosci|aktualnosci|zpravy|novosti|haberler",
    re.IGNORECASE,
)
_SEARCH = re.compile(r"(?:s|q|query|search)=[^&\d]")  # "?s=20" tells who shared a page


def parts(url: str) -> list[str]:
    """The parts of its path: none for a home page."""
    return [part for part in path_of(url).split("/") if part]


def is_section(url: str) -> bool:
    """Does an address look like a home page, section, tag or author rather than an article?"""
    if is_numbered(url):
        return False
    path = parts(url)
    last = path[-1] if path else ""
    return len(path) <= 3 and last.count("-") < 3 and not any(c.isdigit() for c in last)


def is_numbered(url: str) -> bool:
    """Does a query name one thing by its number ("?p=31228"), and no page of a list?"""
    query = url.partition("?")[2].partition("#")[0]
    return any(_ITEM.fullmatch(part) and not _LIST_QUERY.match(part) for part in query.split("&"))


def called_a_list(url: str) -> float:
    """How much of a list an address is: a part of its path is called as lists are ("/category/", "/tag/", "/author/").

    Or it asks for a search. From 0 to 1: less by a third for each hyphen in a part behind that word, as a thing's name
    is longer than a category's ("/topic/coffee", "/topic/the-history-of-coffee", "/c/the-history-of-coffee/s1042").
    """
    query = url.partition("?")[2].partition("#")[0]
    called = _LISTS.search(path_of(url))
    if not (called or any(map(_SEARCH.match, query.split("&")))):
        return 0.0
    names = path_of(url)[called.end() :].split("/") if called else []
    return max(0.0, 1 - max(name.count("-") for name in (*names, _last(url))) / 3)


def names_a_section(url: str) -> bool:
    """Is the last part of its path what sites call a section: "/news", "/blog/", "/about/in-the-news"?"""
    return bool(_SECTIONS.fullmatch(_last(url)))


def is_home(url: str) -> bool:
    """Is it a site's own address, with no path, and no query that names one thing?"""
    return not (parts(url) or is_numbered(url))


def _last(url: str) -> str:
    return (parts(url) or [""])[-1]


def ends_in_a_number(url: str) -> bool:
    """Does it name one thing by a number of at least four digits, as articles' addresses do?"""
    return is_numbered(url) or bool(_NUMBER.search(path_of(url).rstrip("/")))

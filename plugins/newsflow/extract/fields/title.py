"""The headline: which of a page's many titles is the one that readers see above the text."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from newsflow.extract.page.metadata import PageMetadata, plain
from newsflow.extract.page.tree import text_of
from newsflow.text.characters import bare, clean
from newsflow.text.word_count import count_words

# What stands between a headline and the site's name in <title> and og:title.
_SEPARATOR = re.compile(r"\s+[|–—·•»«:/\\~‹›-]+\s+|\s*[|｜»]\s*|_(?=[^_\s]{1,15}$)")
_WORD = re.compile(r"\w+")
MAX = 500  # characters of a title
_SITE_NAME = 60  # characters; a longer part of a title is no site's name
_MOST_HEADINGS = 20


def words(text: str) -> list[str]:
    """Lower-case words, for comparing two wordings of a title."""
    return _WORD.findall(text.casefold())


def _candidates(harvest: PageMetadata, hint: str) -> list[tuple[str, str]]:
    return [
        ("json-ld", plain(harvest.article.get("headline") or harvest.article.get("name"))),
        ("og", harvest.first("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title")),
        ("title", harvest.title),
        ("feed", clean(hint)),
    ]


def site_names(harvest: PageMetadata, host: str) -> set[str]:
    """Squeezed names that the site goes by: og:site_name, its publisher, handle and host."""
    names = {harvest.first("og:site_name", "application-name", "al:ios:app_name", "twitter:app:name:iphone")}
    names.add(plain(harvest.article.get("publisher")))
    names.add(harvest.first("twitter:site").lstrip("@"))
    names |= {host.removeprefix("www."), *host.removeprefix("www.").split(".")[:1]}
    return {squeeze(name) for name in names if len(squeeze(name)) > 1}


def squeeze(text: str) -> str:
    """Only the letters and digits, lower case: "The BBC" and "thebbc" meet."""
    return bare(text.casefold())


def strip_site(title: str, sites: set[str]) -> str:
    """Cut the site's name off either end."""
    parts = _SEPARATOR.split(title)
    if len(parts) < 2:
        return title
    spans = list(_SEPARATOR.finditer(title))
    while spans and _is_site(title[spans[-1].end() :], sites):
        title = title[: spans.pop().start()]
    if spans and _is_site(title[: spans[0].start()], sites):
        title = title[spans[0].end() :]
    return title.strip()


def _is_site(text: str, sites: set[str]) -> bool:
    """Is a part of a title the site's name, or nothing but marks?"""
    short = squeeze(text)
    if not short:
        return True
    return len(text) < _SITE_NAME and any(_is_name_of(short, site) for site in sites)


def _is_name_of(short: str, site: str) -> bool:
    """Is one in the other: "courier" in "thewestmerecourier"? Names of three letters must be equal."""
    if short == site or len(site) <= 3:
        return short == site
    return site in short or (len(short) > 4 and short in site)


def headings(root: HtmlElement) -> list[str]:
    """Texts of the h1 elements, without repeats."""
    found: list[str] = []
    for element in root.iter("h1"):
        text = clean(text_of(element))
        if text and len(text) < MAX and text not in found:
            found.append(text)
        if len(found) == _MOST_HEADINGS:
            break
    return found


def _heading(h1s: list[str], rivals: list[str]) -> str:
    """The h1 whose words all stand in another title: the visible headline. Else the only h1, if it is about the same.

    Newsrooms write one headline for readers and another for search engines and social media.
    """
    known = [set(words(rival)) for rival in rivals if rival]
    repeated = [text for text in h1s if _is_repeated(text, known)]
    if repeated:
        return max(repeated, key=len)
    return h1s[0] if len(h1s) == 1 and _akin(h1s[0], known) else ""


def _is_repeated(text: str, known: list[set[str]]) -> bool:
    """Do all words of a heading stand in one other title? A single word of a script with spaces is a section."""
    own = set(words(text))
    return (len(own) >= 2 or count_words(text) >= 5) and any(own <= other for other in known)


def _akin(text: str, known: list[set[str]]) -> bool:
    """Does a line of at least four words share two words of substance with another title?

    Not one that is the other with a kicker before it ("Politics | Council votes").
    """
    own = set(words(text))
    if len(own) < 4 or any(other and other <= own and len(own - other) <= 2 for other in known):
        return False
    return any(sum(len(word) > 3 for word in own & other) >= 2 for other in known)


def find(root: HtmlElement, harvest: PageMetadata, host: str, hint: str = "") -> tuple[str, str]:
    """Headline and the source that gave it ("" and "" where there is none)."""
    rivals = _candidates(harvest, hint)
    h1s = headings(root)
    best = _heading(h1s, [text for _, text in rivals])
    if best:
        return best, "h1"
    sites = site_names(harvest, host)
    for source, text in rivals:
        title = strip_site(text, sites)
        if len(title) > 3 and squeeze(title) not in sites:
            return title[:MAX], source
    return (h1s[0], "h1") if h1s else ("", "")

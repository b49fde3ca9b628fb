"""The headline: which of a page's many titles is the one that readers see above the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from lxml.html import HtmlElement

from newsflow.extract.fields import title_parts
from newsflow.extract.fields.headings import LONGEST, all_headings, headings, pieces_of_headings, twice_escaped
from newsflow.extract.page.metadata import PageMetadata, plain
from newsflow.languages.lists import any_of
from newsflow.text.characters import bare, clean
from newsflow.text.word_count import count_words

# What stands between a headline and the site's name in <title> and og:title.
_SEPARATOR = re.compile(
    r"\s+[|–—·•»«:/\\~‹›-]+\s+|\s*[|｜»«]\s*|_(?=[^_\s]{1,15}(?:$|_))"
    r"|(?<=[\u3001-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60])[-–—](?=[^\x00-\u02ff]{2,12}(?:$|[-–—]))"
)
_WORD = re.compile(r"\w+")
_OUTLET = re.compile(rf"(?<![\w-])(?:{any_of('staff')})(?![\w-])|(?:{any_of('outlet_ends')})$", re.IGNORECASE)
# "Westmere Post": words with capitals, the last of which is one that outlets end with.
_NAMED_OUTLET = re.compile(rf"(?:[^\W\d_a-z][\w'’.-]* ){{1,3}}(?=[^\W\d_a-z])(?i:{any_of('outlets')})")
_SHORTEST, _HEADLINE, _NAME_WORDS = 2, 4, 4  # words of a title that others are held against, of a headline, of a name
_STEM = 6  # letters
_MOST_SPANS = 60  # wordings of a heading in pieces that are looked at
_SITE_NAME = 60  # characters; a longer part of a title is no site's name


def words(text: str) -> list[str]:
    """Lower-case words, for comparing two wordings of a title."""
    return _WORD.findall(text.casefold())


def _candidates(harvest: PageMetadata, hint: str) -> list[tuple[str, str]]:
    return [
        ("json-ld", plain(harvest.article.get("headline") or harvest.article.get("name"))),
        ("og", harvest.first("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title")),
        ("title", twice_escaped(harvest.title)),
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
    while spans and (_is_site(title[spans[-1].end() :], sites) or _is_outlet(title, spans[-1])):
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


def _is_outlet(title: str, at: re.Match[str]) -> bool:
    """Is the last part of a title called as outlets are, behind a headline of some words: "… - روزنامه جزیره"?"""
    name = title[at.end() :]
    called = not name[:1].islower() and bool(_OUTLET.search(name) or _NAMED_OUTLET.fullmatch(name))
    return called and count_words(name) <= _NAME_WORDS and count_words(title[: at.start()]) >= _HEADLINE


def without_sections(title: str, whole: str) -> str:
    """A title without the sections behind its headline.

    A page may state nowhere what its site is called. A bar is never part of a headline, and parts in a row of equal
    marks behind one are the way to it: "Headline - Football - Sport - Oster Post".

    :param whole: the same with the site's name, which may have been cut off already.
    """
    marks = [found[0].strip() for found in _SEPARATOR.finditer(whole)]
    row = len(marks) > 1 and len(set(marks)) == 1
    spans = list(_SEPARATOR.finditer(title))
    if not spans or count_words(title[: spans[0].start()]) < _HEADLINE:
        return title
    while spans and (row or _is_bar(spans[-1])) and count_words(title[spans[-1].end() :]) <= _NAME_WORDS:
        title = title[: spans.pop().start()]
    return title.strip()


def _is_bar(mark: re.Match[str]) -> bool:
    return mark[0].strip() in {"|", "｜", "_"}


def _is_name_of(short: str, site: str) -> bool:
    """Is one in the other: "courier" in "thewestmerecourier"? Names of three letters must be equal."""
    if short == site or len(site) <= 3:
        return short == site
    return site in short or (len(short) > 4 and short in site)


def _without_kicker(pieces: list[str], rivals: list[str]) -> str:
    """An h1 without the pieces before or behind it that no other title has; they are kickers and badges."""
    whole = " ".join(pieces)
    titles = {squeeze(rival) for rival in rivals if count_words(rival) >= _SHORTEST}
    if len(pieces) < 2:
        return whole
    if parted := title_parts.behind_kicker(pieces, rivals):
        return parted
    if squeeze(whole) in titles:
        return whole
    spans = ((start, end) for start in range(len(pieces)) for end in range(len(pieces), start, -1))
    texts = (" ".join(pieces[start:end]) for start, end in islice(spans, _MOST_SPANS))
    return next((text for text in texts if squeeze(text) in titles), whole)


def _heading(h1s: list[str], rivals: list[str], heads: list[str], stated: Sequence[str]) -> str:
    """The h1 whose words all stand in another title: the visible headline. Else the only h1, if it is about the same.

    Newsrooms write one headline for readers and another for search engines and social media. An h1 below a heading
    that has the words of a title heads a part of the text.
    """
    known = [set(words(rival)) for rival in rivals if rival]
    repeated = [text for text in h1s if _is_repeated(text, known)]
    if repeated:
        return _best(repeated, rivals, heads, stated)
    akin = [text for text in h1s if _akin(text, known)]
    if not akin or akin[:1] != h1s[:1]:
        return ""
    above = heads[: heads.index(h1s[0])] if h1s[0] in heads else []
    titled = (head for head in above for rival in rivals if head == rival or title_parts.headed(rival, [head]))
    return next(titled, h1s[0])


def _best(repeated: Sequence[str], rivals: Sequence[str], heads: Sequence[str], stated: Sequence[str]) -> str:
    """The heading that is a stated title, else the longest.

    One whose words are strewn over a title gives way to a stated title that stands below it: "Council News" is the
    name of the site in "Council votes for the bridge - Westmere Council News".
    """
    titles = {squeeze(text) for text in stated}
    best = max(repeated, key=lambda text: (squeeze(text) in titles, len(text)))
    strewn = not any(squeeze(best) in squeeze(rival) for rival in rivals)
    return next((text for text in heads if strewn and squeeze(text) in titles), best)


def _is_repeated(text: str, known: list[set[str]]) -> bool:
    """Do all words of a heading stand in one other title? A single word of a script with spaces is a section."""
    own = set(words(text))
    return (len(own) >= 2 or count_words(text) >= 5) and any(own <= other for other in known)


def _akin(text: str, known: list[set[str]]) -> bool:
    """Does a line of at least four words share two words of substance with another title?

    Not one that is the other with a kicker before it ("Politics | Council votes").
    """
    own, marked = set(words(text)), bool(_SEPARATOR.search(text) or ": " in text)
    if len(own) < 4 or (marked and any(other and other <= own and len(own - other) <= 2 for other in known)):
        return False
    stems = _stems(own)
    return any(len(stems & _stems(other)) >= 2 for other in known)


def _stems(said: Iterable[str]) -> set[str]:
    """The first letters of words of substance: endings differ between two wordings, in some languages in each word."""
    return {word[:_STEM] for word in said if len(word) > _STEM // 2}


def find(root: HtmlElement, harvest: PageMetadata, host: str, hint: str = "") -> tuple[str, str]:
    """Headline and the source that gave it ("" and "" where there is none)."""
    sites = site_names(harvest, host)
    rivals = _candidates(harvest, hint)
    stripped = [(source, _stripped(source, text, sites)) for source, text in rivals]
    stated = [text for source, text in stripped if source in {"json-ld", "og"} and text]
    h1s = _h1s(root, stated or [part for _, text in stripped for part in (text, *_openings(text))], sites)
    heads = [text for text in all_headings(root) if squeeze(text) not in sites]
    if best := _heading(h1s, [text for _, text in rivals], heads, stated):
        text = title_parts.before_bar(best, heads) or _without_site(best, sites)
        return title_parts.instead(text, [harvest.title], heads, stated) or text, "h1"
    return _of_metadata(stripped, heads, sites) or next(((text, "h1") for text in h1s or headings(root)), ("", ""))


def _h1s(root: HtmlElement, wordings: list[str], sites: set[str]) -> list[str]:
    """The page's first headings without the site's name, each once and without a kicker."""
    found = (_without_kicker(pieces, wordings) for pieces in pieces_of_headings(root))
    return list(dict.fromkeys(text for text in found if squeeze(text) not in sites))


def _of_metadata(stripped: Sequence[tuple[str, str]], heads: list[str], sites: set[str]) -> tuple[str, str] | None:
    """The first title that the head states, in the wording of a heading where there is one; and its source."""
    telling = ((source, text) for source, text in stripped if len(text) > 3 and squeeze(text) not in sites)
    found = next(telling, None)
    if not found:
        return None
    whole = title_parts.uncut(found[1], heads, (text for _, text in stripped))
    return (title_parts.headed(whole, heads) or whole)[:LONGEST], found[0]


def _without_site(heading: str, sites: set[str]) -> str:
    """An h1 without what stands behind a bar, or the site's very name behind a dash: "Headline | Opinion"."""
    text = without_sections(heading, "")
    for last in list(_SEPARATOR.finditer(text))[-1:]:
        named = squeeze(text[last.end() :]) in sites and count_words(text[: last.start()]) >= _HEADLINE
        return text[: last.start()].strip() if named or _is_outlet(text, last) else text
    return text


def _openings(title: str) -> list[str]:
    """What may be the headline of a title of several parts."""
    return [title[: found.start()] for found in _SEPARATOR.finditer(title)]


def _stripped(source: str, text: str, sites: set[str]) -> str:
    title = strip_site(text, sites)
    return without_sections(title, text) if source in {"title", "og"} else title

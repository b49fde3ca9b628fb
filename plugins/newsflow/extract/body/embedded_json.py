"""The article that only scripts hold: JSON-LD's articleBody, or the data that an application draws its page from.

Next, Nuxt, Fusion and their like send the page's record along as JSON, and some newsrooms send nothing else. The
record is the object that holds the page's headline; the article is the part of it with the most running text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lxml.html import HtmlElement

from newsflow.extract.fields.title import squeeze
from newsflow.extract.page import blocks, tree
from newsflow.extract.page.metadata import PageMetadata, unescape
from newsflow.text.characters import clean_lines
from newsflow.text.sentences import END
from newsflow.text.word_count import count_words

_LONGEST = 5_000_000  # characters of one script
_DEEPEST = 60  # levels of one script's data
_OPENING = 300  # characters before the data: the name that it is assigned to
_TITLE = 300  # characters: longer strings are no headline
_LEAST = 9  # letters: shorter titles are names of sections as well
_PROSE = 8  # words of a line that is no label
_BODY = re.compile(r"body|content|text|article|story", re.IGNORECASE)
_ENDS = re.compile(r"(?:<|&lt;)(?:/(?:p|li|h[1-6]|div)|br ?/?)(?:>|&gt;)", re.IGNORECASE)
_DECODER = json.JSONDecoder(strict=False)


def lines(root: HtmlElement, page: PageMetadata, titles: Sequence[str]) -> list[str]:
    """Lines of the article as scripts hold it; none where the page is no article, or says that it is closed.

    :param root: the page's tree with its scripts.
    :param titles: wordings of the headline.
    """
    if not _is_open_article(page):
        return []
    known = {name for title in titles if len(name := squeeze(title)) >= _LEAST}
    return max((told(page), *(_article(data, known) or [] for data in _data(root))), key=_words)


def _is_open_article(page: PageMetadata) -> bool:
    if not page.article and page.first("og:type").casefold() != "article":
        return False
    # scripts of a closed page often hold the whole text; it is not ours to take
    return str(page.article.get("isAccessibleForFree", "")).lower() not in {"false", "no", "0"}


def told(page: PageMetadata) -> list[str]:
    """Lines of the articleBody of the page's JSON-LD; none without one."""
    body = page.article.get("articleBody")
    return clean_lines(unescape(_ENDS.sub("\n", body))) if isinstance(body, str) else []


def _words(text: Sequence[str]) -> int:
    return sum(map(count_words, text))


def _data(root: HtmlElement) -> Iterator[Any]:
    """What the page's scripts hold as JSON, bare or assigned to a name."""
    for script in root.iter("script"):
        text = script.text or ""
        start = min((at for at in map(text.find, "{[") if at >= 0), default=_OPENING)
        if start < _OPENING and len(text) < _LONGEST:
            try:
                yield _DECODER.raw_decode(text, start)[0]
            except (ValueError, RecursionError):
                continue


def _parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return [("", part) for part in value] if isinstance(value, list) else []


def _children(value: Any) -> list[Any]:
    return [part for _, part in _parts(value)]


def _article(value: Any, titles: Collection[str], depth: int = 0) -> list[str] | None:
    """The longest text of a part of an object that holds the headline; None where there is no such object.

    A part with such an object below it is no text but the page around it.
    """
    parts = _parts(value) if depth < _DEEPEST else []
    below = [(key, part, _article(part, titles, depth + 1)) for key, part in parts]
    found = [text for *_, text in below if text is not None]
    if _headed(value, titles):
        free = [part for key, part, text in below if text is None and _is_text(key, part)]
        found += [[], *(list(_prose(part, titles)) for part in free)]
    return max(found, key=_words, default=None)


def _is_text(key: str, part: Any) -> bool:
    return isinstance(part, (str, list)) or bool(_BODY.search(key))


def _headed(value: Any, titles: Collection[str]) -> bool:
    """Does an object hold the headline, in itself or in a part for its headlines?"""
    own = [part for part in _children(value) if isinstance(part, (str, Mapping))]
    below = [text for part in own for text in _children(part)] if isinstance(value, Mapping) else []
    return any(_is_title(text, titles) for text in (*own, *below))


def _is_title(text: Any, titles: Collection[str]) -> bool:
    return isinstance(text, str) and len(text) < _TITLE and squeeze(text) in titles


def _prose(value: Any, titles: Collection[str], depth: int = 0) -> Iterator[str]:
    """Sentences of a part in order, mark-up read as such; other records below it have headlines of their own."""
    if isinstance(value, str):
        yield from _sentences(value)
    elif depth < _DEEPEST and not (depth and isinstance(value, Mapping) and _other(value, titles)):
        for part in _children(value):
            yield from _prose(part, titles, depth + 1)


def _other(value: Mapping[str, Any], titles: Collection[str]) -> bool:
    named = next((value[key] for key in ("headline", "headlines", "title") if value.get(key)), "")
    return bool(named) and not _headed({"": named}, titles)


def _sentences(text: str) -> Iterator[str]:
    root = tree.parse(text.replace("{/p}", "</p>")) if "<" in text else None
    found = [block.text for block in blocks.segment(root)] if root is not None else clean_lines(text)
    return (line for line in found if END.search(line) and count_words(line) >= _PROSE)

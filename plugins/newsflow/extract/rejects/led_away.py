"""Stories whose address leads away from them: dead ones are often redirected to the home page or a section. Pure.

Google Search calls these soft 404s, too. An address that merely moved keeps words or numbers of the old one.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from newsflow.web.urls import BadUrl, canonicalise, same_site

_HOME = re.compile(r"(?:index|default|home|start|main)(?:\.\w{2,5})?|[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)
_SECTION = re.compile(r"[^\W\d_]+(?:[-_][^\W\d_]+){0,2}", re.IGNORECASE)  # of a path: words, and no number
_MOST_SECTIONS, _LONGEST_SECTION = 3, 30  # steps of a section's path, characters of one
_SLUG_WORDS = 4  # of a story's address: more than a section's name has
_ERROR = re.compile(r"(?:page[-_]?)?not[-_]?found|40[34]|410|error(?:[-_]?page)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,}|\d{3,}")


def led_away(asked: str, answered: str, *, stated: bool, listed: bool) -> str:
    """Where a story's address has led instead of to a story: "the home page"; nothing where it has not.

    :param stated: the page that answered says itself that it is an article.
    :param listed: it lists others, and none of its own date: a section is told by that, too, as an article that has
        moved may have a short address.
    """
    before, after = _parts(asked), _parts(answered)
    if before is None or after is None or not _is_left(before, after):
        return ""
    if _is_home(after) and (same_site(asked, answered) or not stated):
        return "the home page"
    return "" if stated else _no_story(before, after, listed=listed)


def _no_story(before: _Parts, after: _Parts, *, listed: bool) -> str:
    steps, parameters = after
    if _ERROR.fullmatch(_last(after)):
        return "an error page"
    is_section = listed and not parameters and _is_section(steps)
    return "a section" if is_section and _is_another(before, after) else ""


def _is_left(before: _Parts, after: _Parts) -> bool:
    """Has the address of a story led to another one, and not to a wall before it?"""
    return before != after and _is_story(before) and not _goes_on(before, after)


_Parts = tuple[list[str], list[tuple[str, str]]]  # steps of the path without an ending, parameters


def _parts(url: str) -> _Parts | None:
    try:
        found = urlsplit(canonicalise(url))
    except BadUrl:
        return None
    steps = [unquote(step) for step in found.path.split("/") if step]
    return steps, [(name, value) for name, value in parse_qsl(found.query) if _tells(name, value)]


def _tells(name: str, value: str) -> bool:
    """Whether a parameter may name a page: `?p=173`, and not `?error=404`."""
    return bool(value) and not _ERROR.search(name) and not _ERROR.fullmatch(value) and value not in {"0", "1", "true"}


def _last(parts: _Parts) -> str:
    return parts[0][-1].partition(".")[0] if parts[0] else ""


def _is_story(parts: _Parts) -> bool:
    """Does an address name one page among many: by a number, by a slug of several words, or by a parameter?"""
    steps, parameters = parts
    if parameters:
        return True
    return bool(steps) and not _is_section(steps) and not _is_home(parts)


def _is_section(steps: list[str]) -> bool:
    short = all(_SECTION.fullmatch(step) and len(step) <= _LONGEST_SECTION for step in steps)
    return 0 < len(steps) <= _MOST_SECTIONS and short


def _is_home(parts: _Parts) -> bool:
    steps, parameters = parts
    return not parameters and (not steps or (len(steps) == 1 and bool(_HOME.fullmatch(steps[0]))))


def _is_another(story: _Parts, section: _Parts) -> bool:
    """Is it no new address of the same story? One below the section shares its words in any case."""
    below = len(section[0]) < len(story[0]) and story[0][: len(section[0])] == section[0]
    return below or not _words(story) & _words(section)


def _words(parts: _Parts) -> set[str]:
    steps, parameters = parts
    texts = [*steps, *(value for _, value in parameters)]
    return {word for text in texts for word in _WORD.findall(text.casefold())}


def _goes_on(before: _Parts, after: _Parts) -> bool:
    """Does the answer's address say where to go on to: that of a wall, which sends its readers back?"""
    last = before[0][-1].casefold() if before[0] else ""
    return len(last) >= _SLUG_WORDS and any(last in value.casefold() for _, value in after[1])

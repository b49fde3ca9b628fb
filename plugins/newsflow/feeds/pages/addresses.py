"""What an address alone tells: whether it names one thing among many, and its form, which its kind shares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import unquote

from newsflow.feeds.pages.words import length

_SPLIT = re.compile(r"[\W_]+")
_DATE = re.compile(r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:[0-2]\d|3[01])(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_NUMBER = re.compile(r"\d+")
_ENDING = re.compile(r"\.([A-Za-z][A-Za-z0-9]{1,5})$")
_FILE_NAMES = (
    "jpg jpeg png gif webp svg avif ico bmp mp3 mp4 m4a m4v mov avi webm ogg wav pdf zip gz rar exe dmg apk xml rss "
    "atom rdf json css js ics vcf epub doc docx xls xlsx ppt pptx txt csv"
)
_FILES = frozenset(_FILE_NAMES.split())
_PAGE_NAMES = "html htm shtml xhtml phtml php asp aspx jsp jsf do cfm cgi ece amp"
_PAGES = frozenset(_PAGE_NAMES.split())
_SLUG = 3.0  # words of a part of an address that are more than a name
_ID = 5  # digits of a number that counts articles; years and pages of a list have fewer
_ID_IN_QUERY = 3
_OPAQUE = 6  # characters of a key of letters and digits
_LONGEST = 24  # of a name that is part of a form
_MOST_PARTS = 8


class Address(NamedTuple):
    """An address taken apart.

    `form` is what is left where names of things are replaced by their kind: "a.example/news/D/s" of
    https://a.example/news/2026-03-04/a-long-title. `strength` is between -1 (names a section, as far as can be told)
    and 2 (names one thing among many).
    """

    form: str
    strength: float
    is_file: bool


@lru_cache(maxsize=16_384)
def taken_apart(url: str) -> Address:
    """A canonical address's form and strength."""
    host, _, rest = url.partition("://")[2].partition("/")
    path, _, query = rest.partition("#")[0].partition("?")
    parts = [unquote(part) for part in path.split("/") if part]
    ending = _ending(parts[-1]) if parts else ""
    if ending:
        parts[-1] = parts[-1][: -len(f".{ending}")]
    kinds = [_kind(part) for part in parts[:_MOST_PARTS]]
    tail = (f".{ending}" if ending else "") + _keys(query)
    return Address(
        form=f"{host}/{'/'.join(_names(parts, kinds))}{tail}",
        strength=_strength(parts, kinds, query),
        is_file=ending in _FILES,
    )


def _ending(part: str) -> str:
    """The ending of a page or a file, in lower case; "" for a dot in a name: "mutter-50.rc"."""
    found = _ENDING.search(part)
    ending = found[1].lower() if found else ""
    return ending if ending in _PAGES | _FILES else ""


def _names(parts: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Each part by its name where it is a word, else by its kind; the last names the thing itself."""
    names = [part.lower() if kind == "w" else kind for part, kind in zip(parts, kinds, strict=False)]
    if kinds:
        names[-1] = "*" if kinds[-1] in ("w", "s") else kinds[-1]
    return names


def _keys(query: str) -> str:
    names = sorted(piece.partition("=")[0][:_LONGEST] for piece in query.split("&") if piece)
    return "?" + "&".join(names[:_MOST_PARTS]) if names else ""


def _kind(part: str) -> str:
    """D a date, Y a year, n a short number, N a long one, x a key, s a slug, sN one with a number in it, w a name."""
    if part.isdigit():
        return _kind_of_number(part)
    if _DATE.match(part) and not _DATE.sub("", part, count=1).strip("-_."):
        return "D"
    if len(part) > _LONGEST or length(_SPLIT.sub(" ", part)) >= _SLUG:
        return "sN" if _has_id(part) else "s"
    if _has_id(part) or _is_opaque(part):
        return "x"
    return "w"


def _kind_of_number(part: str) -> str:
    if _YEAR.match(part):
        return "Y"
    if len(part) == 8 and _DATE.match(part):
        return "D"
    return "N" if len(part) >= _ID else "n"


def _has_id(part: str) -> bool:
    return any(len(number) >= _ID for number in _NUMBER.findall(part))


def _is_opaque(part: str) -> bool:
    """Letters and digits in turn, as in "x7hd82kq": a key, and no name with a year behind it."""
    turns = sum(a.isdigit() != b.isdigit() for a, b in pairwise(part))
    return len(part) >= _OPAQUE and part.isalnum() and turns >= 2


def _strength(parts: list[str], kinds: list[str], query: str) -> float:
    if _dated(parts, kinds):
        return 2.0
    last = kinds[-2:]
    words = max((length(_SPLIT.sub(" ", part)) for part in parts[-2:]), default=0.0)
    if any(kind in ("N", "x", "sN") for kind in last) or _query_names(query):
        return 2.0 if words >= _SLUG else 1.5
    if words >= 5:
        return 2.0
    if words >= 4:
        return 1.5
    return 0.5 if words >= _SLUG else -1.0


def _dated(parts: list[str], kinds: list[str]) -> bool:
    """A date, or year and month, with something behind it: alone they name an archive."""
    for at, kind in enumerate(kinds[:-1]):
        if kind == "D" or (kind == "Y" and kinds[at + 1] == "n" and len(kinds) > at + 2):
            return True
    return bool(kinds) and kinds[-1] in ("s", "sN") and bool(_DATE.search(parts[-1]))


def _query_names(query: str) -> bool:
    values = (piece.partition("=")[2] for piece in query.split("&"))
    return any(
        (value.isdigit() and len(value) >= _ID_IN_QUERY and not _YEAR.match(value)) or _is_opaque(value)
        for value in values
    )

"""How a line or a page is held against the lists of phrases in `newsflow/languages`.

`opens` condemns single short lines (`body/cleaning.py`), `hits` pages that say nothing else (`rejects/judge.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from unicodedata import normalize

from newsflow.languages import lists

# What may stand before a phrase: list marks, quotes and brackets, arrows.
_MARKS = " \t-–—•*·|>»«\"'“”„‘’([{（【［#:.,!¡¿?→▶►➤✉⇒"
_NO_WORD = re.compile(r"[\W_]+")
_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u9fff]")  # scripts that write words without blanks between them
_LABELS = frozenset(("advertisement",))


@lru_cache(maxsize=32)
def phrases(name: str) -> tuple[str, ...]:
    """The phrases of a list in all languages, folded; one that several languages share stands once."""
    return tuple(dict.fromkeys(phrase.casefold() for phrase in lists.entries(name)))


def opens(name: str, line: str) -> bool:
    """Does a line open with a phrase of a list, whatever marks stand before it?

    A phrase of one word has to be a whole one: Finnish "tilaa" is "subscribe!", "tilaaja" a customer. A label of an
    advertisement stands alone as well: "Anzeige" is one, "Anzeige wegen Betrugs" is news.
    """
    start = line[:120].casefold().lstrip(_MARKS)
    phrases_ = _by_first(name).get(start[:1], ())
    return start.startswith(phrases_) and any(_ends_well(phrase, start, name) for phrase in phrases_)


def _ends_well(phrase: str, start: str, name: str) -> bool:
    if " " in phrase or not start.startswith(phrase):
        return start.startswith(phrase)
    rest = start[len(phrase) :]
    if name in _LABELS:
        return not rest.lstrip()[:1].isalpha()
    return bool(_WIDE.match(phrase)) or not rest[:1].isalpha()


@lru_cache(maxsize=32)
def _by_first(name: str) -> dict[str, tuple[str, ...]]:
    """The phrases of a list by their first character: one of hundreds can open a line only if it has the line's."""
    firsts = {phrase[0] for phrase in phrases(name)}
    return {first: tuple(p for p in phrases(name) if p[0] == first) for first in firsts}


def hits(name: str, folded: str) -> list[str]:
    """The phrases of a list that stand in a folded text."""
    return [phrase for phrase in phrases(name) if phrase in folded]


def together(names: Sequence[str], folded: str) -> bool:
    """Do words that begin with stems of each of these lists, of one language, stand in a folded text?"""
    return any(all(pattern.search(folded) for pattern in patterns) for patterns in _together(tuple(names)))


@lru_cache(maxsize=4)
def _together(names: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], ...], ...]:
    """A row of patterns a language that has all of the lists."""
    spoken = lists.by_language()
    held = [code for code in spoken if all(name in spoken[code] for name in names)]
    return tuple(tuple(_beginnings(code, spoken[code][name]) for name in names) for code in held)


def _beginnings(code: str, stems: Sequence[str]) -> re.Pattern[str]:
    start = "" if code in _JOINED | _PREFIXED else r"(?<![^\W\d_])"
    return re.compile(start + rf"(?:{'|'.join(map(re.escape, stems))})")


@lru_cache(maxsize=32)
def squeezed(name: str) -> frozenset[str]:
    """The phrases of a list as letters and digits only, for comparing whole lines."""
    return frozenset(_NO_WORD.sub("", phrase) for phrase in phrases(name))


# Scripts that write words without blanks between them.
_JOINED = frozenset(("ja", "ko", "th", "zh"))
_PREFIXED = frozenset(("ar", "fa", "he", "ur"))  # that write "to" and "the" as part of the word


def made_of(name: str, line: str) -> bool:
    """Is a line wholly made of numbers, marks and words of a list, in one language?"""
    return any(pattern.fullmatch(normalize("NFC", line)) for pattern in _made_of(name))


@lru_cache(maxsize=4)
def _made_of(name: str) -> tuple[re.Pattern[str], ...]:
    """A pattern a language; words of all languages stand in each."""
    common = lists.by_language()[lists.COMMON].get(name, ())
    spoken = {code: found[name] for code, found in lists.by_language().items() if name in found}
    return tuple(_line_of(code, (*common, *entries)) for code, entries in spoken.items())


def _line_of(code: str, entries: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(
        re.escape(normalize("NFC", entry)).replace(r"\*", r"[^\W\d_]*")
        for entry in sorted(entries, key=len, reverse=True)
    )
    word = rf"(?:{words})" if code in _JOINED else rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])"
    return re.compile(rf"(?:[\W\d_]|{word})+", re.IGNORECASE)

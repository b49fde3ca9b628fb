"""How a line or a page is held against the lists of phrases in `newsflow/languages`.

`opens` condemns single short lines (`body/cleaning.py`), `hits` pages that say nothing else (`rejects/judge.py`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from newsflow.languages import lists

# What may stand before a phrase: list marks, quotes and brackets, arrows.
_MARKS = " \t-–—•*·|>»«\"'“”„‘’([{（【［#:.,!¡¿?→▶►➤✉⇒"
_NO_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=32)
def phrases(name: str) -> tuple[str, ...]:
    """The phrases of a list in all languages, folded; one that several languages share stands once."""
    return tuple(dict.fromkeys(phrase.casefold() for phrase in lists.entries(name)))


def opens(name: str, line: str) -> bool:
    """Does a line open with a phrase of a list, whatever marks stand before it?"""
    start = line[:120].casefold().lstrip(_MARKS)
    return start.startswith(_by_first(name).get(start[:1], ()))


@lru_cache(maxsize=32)
def _by_first(name: str) -> dict[str, tuple[str, ...]]:
    """The phrases of a list by their first character: one of hundreds can open a line only if it has the line's."""
    firsts = {phrase[0] for phrase in phrases(name)}
    return {first: tuple(p for p in phrases(name) if p[0] == first) for first in firsts}


def hits(name: str, folded: str) -> list[str]:
    """The phrases of a list that stand in a folded text."""
    return [phrase for phrase in phrases(name) if phrase in folded]


@lru_cache(maxsize=32)
def squeezed(name: str) -> frozenset[str]:
    """The phrases of a list as letters and digits only, for comparing whole lines."""
    return frozenset(_NO_WORD.sub("", phrase) for phrase in phrases(name))

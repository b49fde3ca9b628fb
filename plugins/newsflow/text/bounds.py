"""How long a text may be that is kept as a body: words that are none, and bodies that no reader has written."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_WORD = 1_000  # characters without a break: data, not language
LONGEST_BODY = 1_000_000  # characters; the contents of feeds have the same bound (feeds.parsed.MAX_CONTENT)

# What ends a run: white space, and the signs between the clauses of scripts that write no spaces (Chinese and Japanese,
# Burmese, Khmer, Tibetan). Signs of ASCII are followed by a space where they stand in language.
_BREAKS = "\\s\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f\u2026\u104a\u104b\u17d4\u17d5\u0f0b\u0f0d"
_RUN = re.compile(rf"[^{_BREAKS}]{{{LONGEST_WORD + 1},}}")


def unbroken(line: str) -> bool:
    """Whether a line holds a run that is no word: encoded data, a sign a million times."""
    return len(line) > LONGEST_WORD and _RUN.search(line) is not None


def broken_up(line: str) -> str:
    """The line without such runs; what stood around them stays."""
    return " ".join(_RUN.sub(" ", line).split()) if unbroken(line) else line


def bounded(lines: Iterable[str]) -> list[str]:
    """The lines of a body within both bounds: without runs that are no words, and the first `LONGEST_BODY` characters.

    A line is kept as a whole, or cut where it is the one that goes over the bound.
    """
    kept: list[str] = []
    left = LONGEST_BODY
    for line in filter(None, map(broken_up, lines)):
        if left <= 0:
            break
        kept.append(line[:left])
        left -= len(line) + 1
    return kept

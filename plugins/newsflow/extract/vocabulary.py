"""Phrases that mark what is not the article, in the languages that news is written in.

They lie in `phrases/*.txt`, one a line. Each list is matched at the start of a short line or as
a whole one (see `lines.py` and `outcomes.py`), never inside running text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "phrases"


def phrases(name: str) -> tuple[str, ...]:
    """The phrases of a list, as written; lines that begin with # are comments."""
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@lru_cache(maxsize=32)
def opening(name: str) -> re.Pattern[str]:
    """Matches a line that opens with any phrase of a list, whatever marks stand before it."""
    found = "|".join(map(re.escape, phrases(name)))
    return re.compile(rf"[\W_]*(?:{found})", re.IGNORECASE)


@lru_cache(maxsize=32)
def anywhere(name: str) -> re.Pattern[str]:
    """Finds any phrase of a list."""
    return re.compile("|".join(map(re.escape, phrases(name))), re.IGNORECASE)


@lru_cache(maxsize=32)
def squeezed(name: str) -> frozenset[str]:
    """The phrases of a list as letters and digits only, folded, for comparing whole lines."""
    return frozenset(re.sub(r"[\W_]+", "", phrase.casefold()) for phrase in phrases(name))

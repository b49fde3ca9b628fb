"""Words that say what a day beside them is: of publication, of the last change, or of something else."""

from __future__ import annotations

import re
from functools import lru_cache

from newsflow.dates.fold import fold
from newsflow.languages import lists

_SPACELESS = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3\u0590-\u06ff\u0900-\u0dff]")


def kinds(text: str) -> list[str]:
    """The kinds that the words of a folded text say, in order."""
    return [_kinds()[word] for word in _labels().findall(text)]


def last(text: str) -> str:
    """The kind that the last of them says, "" where none does."""
    return next(reversed(kinds(text)), "")


def of_line(line: str) -> str:
    """The kind that a folded line says, where it is no more than a label."""
    found = _labels().search(line)
    return _kinds()[found[0]] if found and 2 * len(found[0]) >= len(line) else ""


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str]:
    published = {fold(word): "published" for word in lists.entries("date_published")}
    modified = {fold(word): "modified" for word in lists.entries("date_modified")}
    return {fold(word): "other" for word in lists.entries("date_other")} | modified | published


@lru_cache(maxsize=1)
def _labels() -> re.Pattern[str]:
    longest_first = sorted(_kinds(), key=len, reverse=True)
    return re.compile("|".join(_bounded(word) for word in longest_first))


def _bounded(word: str) -> str:
    """Scripts that join words need no blank around one."""
    pattern = re.escape(word)
    return pattern if _SPACELESS.search(word) else rf"(?<![^\W\d_]){pattern}(?![^\W\d_])"

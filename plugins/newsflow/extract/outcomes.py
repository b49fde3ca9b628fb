"""What a page is when it is no article."""

from __future__ import annotations

import re

from newsflow.model import Outcome

_WORD = re.compile(r"\w+")
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def count_words(text: str) -> int:
    """Words; of scripts without spaces, half the characters."""
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + wide // 2


def judge(body: str, min_words: int) -> tuple[Outcome, str]:
    """The outcome of a body and a detail for people."""
    words = count_words(body)
    if not words:
        return Outcome.NOT_TEXT, "no text was found"
    if words < min_words:
        return Outcome.TOO_SHORT, f"{words} words"
    return Outcome.OK, ""

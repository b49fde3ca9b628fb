"""Words of a text, comparable between scripts: how long is it?"""

from __future__ import annotations

import re

# Vowel signs of Indic scripts are no \w in Python's re, and would cut words into pieces.
_WORD = re.compile(r"[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff]+")
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def count_words(text: str) -> int:
    """Words; of scripts without spaces, half the characters."""
    if text.isascii():
        return len(_WORD.findall(text))
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + wide // 2 if wide else len(_WORD.findall(text))

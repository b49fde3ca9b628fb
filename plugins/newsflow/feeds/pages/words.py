"""How much a link says: a length that means the same in all scripts."""

from __future__ import annotations

import re

from newsflow.text.word_count import count_words

_LETTER = re.compile(r"[^\W\d_]")
_A_WORD = 6.0  # letters of a word and the blank behind it, at the mean of European languages
# Scripts without blanks, and Korean, whose words hold what are several elsewhere: characters that say as much as a
# word. Katakana spells what Han writes in two characters; Thai, Lao, Burmese and Khmer write vowels as characters.
_DENSE = (
    (re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u309f]"), 2.0),
    (re.compile(r"[\u30a0-\u30ff\uff66-\uff9d]"), 4.0),
    (re.compile(r"[\uac00-\ud7af]"), 3.0),
    (re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"), 5.0),
)


def length(text: str) -> float:
    """Words, or what the letters would be in English words where words are long; 0 where there is no letter."""
    if text.isascii():
        return _of_rest(text)
    found = 0.0
    for script, characters in _DENSE:
        text, number = script.subn(" ", text)
        found += number / characters
    return found + _of_rest(text)


def _of_rest(text: str) -> float:
    letters = len(_LETTER.findall(text))
    return max(float(count_words(text)), letters / _A_WORD) if letters else 0.0

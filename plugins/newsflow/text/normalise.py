"""Words of a text as comparison sees them: folded, without punctuation or house style.

Scripts that write without spaces (Han, kana, Thai, Lao, Khmer, Burmese) give one token a
character; `weights` says what share of a word each token carries, so that lengths and
shingles mean the same in every script and in texts that mix them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

VERSION = 1  # part of each stored sketch's version: raise it when any output changes

_THAI = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_KANA = "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_INDIC = "\u0900-\u0963\u0966-\u0dff"
_SPACELESS = re.compile(f"[{_THAI}{_KANA}{_HAN}]")
# Numbers stay whole: 1.5, 2-1, 10:30 and 24/11/2026 are one token each.
_TAIL = r"(?:(?<=\d)[/\-:,.](?=\d){word}+)*"
_WORDS = re.compile(r"[^\W_]+" + _TAIL.format(word=r"[^\W_]"))
_MIXED = rf"(?:[^\W_{_THAI}{_KANA}{_HAN}]|[{_INDIC}])"  # Indic vowel signs are no \w in Python's re
_MIXED_WORDS = re.compile(rf"[{_THAI}{_KANA}{_HAN}]|{_MIXED}+" + _TAIL.format(word=_MIXED))
# Dropped: accents, niqqud, harakat, tatweel, and format characters such as soft hyphens and bidi controls.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+"
)
_PLAIN = {"’": "", "‘": "", "ʼ": "", "“": " ", "”": " ", "–": "-", "—": " ", "\u00a0": " ", "…": " ", "•": " "}
# A lookbehind after the dot, so that the search runs on a literal: ten times faster than one that starts with it.
_ACRONYM_DOT = re.compile(r"\.(?=[^\W\d_]\.)(?<=(?<![^\W_])[^\W\d_]\.)")
_THOUSANDS_COMMA = re.compile(r",(?=\d{3}(?!\d))(?<=\d,)")
_NEEDS_MIXED = re.compile(f"[{_THAI}{_KANA}{_HAN}{_INDIC}]")

# ASCII texts take a faster way to the same tokens: folded text has no capitals, so capitals
# can hold the places of the marks inside numbers while all other punctuation becomes blanks.
_INNER = re.compile(r"[/\-:,.](?=\d)(?<=\d.)")
_HELD = dict(zip("/-:,.", "ABCDE", strict=True))
_BLANKED = {c: " " for c in range(128) if not chr(c).isalnum()} | {ord(held): mark for mark, held in _HELD.items()}

# Words in a hundred characters of running text, from parallel news: Han 1 character ≈ 0.6
# English words, kana ≈ 0.4, Thai and its neighbours ≈ 0.2.
_HAN_WEIGHT, _KANA_WEIGHT, _THAI_WEIGHT = 0.6, 0.4, 0.2


def _unaccented(text: str) -> str:
    """Compatibility forms resolved, accents and vowel points taken off: agencies drop them, papers put them back."""
    return unicodedata.normalize("NFKC", _DROPPED.sub("", unicodedata.normalize("NFKD", text)))


def fold(text: str) -> str:
    """NFKC, case folded, and what only house styles differ in made equal.

    Apostrophes, accents, thousands separators, dots of acronyms, percent signs.
    """
    if not text.isascii():
        for mark, plain in _PLAIN.items():
            text = text.replace(mark, plain)
        if not text.isascii():
            text = _unaccented(text)
    text = text.casefold().replace("'", "").replace("%", " percent ").replace("per cent", "percent")
    return _ACRONYM_DOT.sub("", _THOUSANDS_COMMA.sub("", text))


def tokens(text: str) -> list[str]:
    """Words and numbers of a text, in order; one token a character in scripts without spaces."""
    return _split(fold(text))


def tokens_by_line(text: str) -> list[list[str]]:
    """The tokens of each line; one after the other they are those of the text."""
    return [_split(line) for line in fold(text).split("\n")]


def _split(folded: str) -> list[str]:
    if folded.isascii():
        return _INNER.sub(lambda found: _HELD[found[0]], folded).translate(_BLANKED).split()
    words = _MIXED_WORDS if _NEEDS_MIXED.search(folded) else _WORDS
    return words.findall(folded)


@lru_cache(maxsize=16_384)
def weight(word: str) -> float:
    """Share of a word that one token carries: 1, less for one character of a spaceless script."""
    if len(word) > 1 or word < "\u0e00" or not _SPACELESS.match(word):
        return 1.0
    if word < "\u3005":
        return _THAI_WEIGHT
    return _KANA_WEIGHT if "\u3041" <= word <= "\u31ff" or word >= "\uff66" else _HAN_WEIGHT


def weights(words: Sequence[str]) -> list[float] | None:
    """Weight of each token, or None where all are whole words (nearly always)."""
    if "".join(words).isascii() or max(words) < "\u0e00":
        return None
    if not any(len(word) == 1 and word >= "\u0e00" for word in words):
        return None
    return [1.0 if len(word) > 1 else weight(word) for word in words]


def word_count(text: str) -> int:
    """Length of a text in words, comparable between scripts."""
    words = tokens(text)
    found = weights(words)
    return len(words) if found is None else round(sum(found))


def text_hash(lines: Iterable[Iterable[str]]) -> bytes:
    """sha256 of a text's tokens: equal texts are equal here, whatever their typography.

    :param lines: as `tokens_by_line` gives them.
    """
    words = " ".join(chain.from_iterable(lines))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()

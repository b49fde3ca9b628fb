"""Texts made alike before dates are looked for: case, accents, digits and marks of all scripts."""

from __future__ import annotations

import re
import unicodedata

# Accents, Hebrew points and Arabic vowel signs are left out in writing. Signs of class 0 (Thai and Indic vowels) tell
# words apart: "มี.ค." is March, "ม.ค." January. Numbers are Unicode's combining classes.
_LEFT_OUT = frozenset((*range(10, 36), 202, 220, 230))
_ALIKE = str.maketrans(
    {
        "ı": "i", "ي": "ی", "ى": "ی", "ك": "ک", "،": ",", "၊": ",",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
        "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "׳": "'", "״": '"', "؍": "/", "٫": ".", "ـ": "",
    }
)  # fmt: skip
_UNSEEN = re.compile(r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def fold(text: str) -> str:
    """Small letters without accents, digits and punctuation of ASCII, single blanks; in no other way changed."""
    if text.isascii():
        return " ".join(text.casefold().replace("`", "'").split())
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    letters = (c for c in unicodedata.normalize("NFD", text) if unicodedata.combining(c) not in _LEFT_OUT)
    text = unicodedata.normalize("NFC", "".join(letters)).translate(_ALIKE)
    return " ".join("".join(map(_digit, text)).split())


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None) if not character.isascii() else None
    return character if value is None else str(value)

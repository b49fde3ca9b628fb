"""JSON as pages write it by hand: wrapped, with commas too many, with quotes that nobody escaped."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

_COMMAS = re.compile(r",\s*([}\]])")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_BEHIND_VALUE = re.compile(r"\s*(?:[}\]]|:|$|,\s*(?:[\"{\[}\]]|-?\d|true\b|false\b|null\b))")
_QUOTE = re.compile(r'\\.|"', re.DOTALL)


def loads(text: str) -> Any:
    """What a script says; None where it is no JSON, however it is mended."""
    text = _WRAPPING.sub("", text)
    for mended in _mended(text):
        found = _json(mended())
        if found is not None:
            return found
    return None


def _mended(text: str) -> Iterator[Callable[[], str]]:
    yield lambda: text
    plain = _COMMAS.sub(r"\1", text).rstrip(" ;\n")
    yield lambda: plain
    yield lambda: escaped(_BAD_ESCAPE.sub(r"\\\\", plain))
    if "&quot;" in text:
        yield lambda: html.unescape(plain)


def _json(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def escaped(text: str) -> str:
    """The same with quotes inside strings escaped: a quote ends a string where JSON goes on behind it."""
    parts: list[str] = []
    inside, last = False, 0
    for found in _QUOTE.finditer(text):
        if found[0] != '"':
            continue
        if inside and not _BEHIND_VALUE.match(text, found.end()):
            parts.append(text[last : found.start()] + '\\"')
            last = found.end()
        else:
            inside = not inside
    return "".join((*parts, text[last:]))

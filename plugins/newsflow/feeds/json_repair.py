"""JSON as publishers write it: what a strict reader refuses for one character is read all the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from newsflow.feeds.parsed import MAX_ENTRIES, FeedError
from newsflow.outcomes import Outcome

# strict=False: raw tabs and line breaks within texts
_DECODER = json.JSONDecoder(strict=False)
_GUARD = ")]}'"  # against inclusion as a script; some frameworks write it before all their JSON
_ITEMS = re.compile(r'"items"\s*:\s*\[')
# A text that is never closed reaches to the end: to look for the end of each anew takes time in the square of the size.
_TEXT_OR_COMMA = re.compile(r'("(?:[^"\\]|\\.)*(?:"|\\?\Z))|,(?=\s*[\]},])', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(\')|)')
# what may stand before the value: a comment, the call of a script, a warning of PHP
_START = re.compile(r'\{\s*"')
_LONGEST_START = 8192
_LARGEST_BROKEN = 5_000_000  # characters; as for broken XML


def load(text: str) -> tuple[Any, str]:
    """The value that a document begins with, and what was wrong with it; what follows the value is left alone.

    A comma too many goes. Where the document is cut or damaged, the items that are whole are kept.

    :raises FeedError: parse_error, where nothing of it can be read.
    """
    text = text.lstrip().removeprefix(_GUARD).lstrip(", \r\n")
    if not text.startswith("{") and (start := _START.search(text, 0, _LONGEST_START)):
        text = text[start.start() :]
    try:
        return _DECODER.raw_decode(text)[0], ""
    except (ValueError, RecursionError) as error:
        broken = f"broken JSON: {error}"
    if len(text) <= _LARGEST_BROKEN:
        try:
            return _DECODER.raw_decode(_TEXT_OR_COMMA.sub(_mended, text))[0], broken
        except (ValueError, RecursionError):
            pass
        if whole := list(_whole_items(text)):
            return {**_head(text), "items": whole}, broken
    raise FeedError(Outcome.PARSE_ERROR, broken)


def _mended(match: re.Match[str]) -> str:
    """A text with its escapes made JSON's own (\\' is JavaScript's); nothing for a comma too many."""
    return _ESCAPE.sub(_escape, match[1]) if match[1] else ""


def _escape(match: re.Match[str]) -> str:
    return match[0] if match[1] else match[2] or r"\\"


def _whole_items(text: str) -> Iterator[Any]:
    """The objects of `items` that can be read, one after the other."""
    start = _ITEMS.search(text)
    at = start.end() if start else -1
    for _ in range(MAX_ENTRIES):
        at = text.find("{", at) if at >= 0 else -1
        if at < 0:
            return
        try:
            item, at = _DECODER.raw_decode(text, at)
        except RecursionError:
            return
        except ValueError:
            at += 1
            continue
        yield item


def _head(text: str) -> dict[str, Any]:
    """What the feed says of itself before its items."""
    start = _ITEMS.search(text)
    try:
        found = _DECODER.raw_decode(text[: start.start()].rstrip().rstrip(",") + "}")[0] if start else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}

"""A file that is one JSON document: an object over many lines, or an answer of an API with the articles inside."""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping, Sequence
from typing import Any

from newsflow.importer.parquet_child import LONGEST

# Where answers of APIs, JSON Feed and exports have their list.
_LISTS = ("articles", "items", "data", "results", "rows", "records", "entries", "documents", "docs", "stories", "news")

_TEXTS = frozenset({"body", "text", "content", "html"})


def opens_document(head: bytes) -> bool:
    """Whether a file that begins so may be one document, and no lines of JSON."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text.startswith(b"{"):
        return False
    line = text.partition(b"\n")[0]
    try:
        first = json.loads(line)
    except (ValueError, RecursionError):
        return True  # over many lines, or longer than the head
    return _list_in(first) is not None


def document(text: bytes) -> Sequence[Any] | None:
    """The records of a document that fits into the length of a record; None for what is none."""
    if len(text) > LONGEST:
        return None
    try:
        found = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    inside = _list_in(found)
    return [found] if inside is None else inside


def _list_in(found: object) -> Sequence[Any] | None:
    """The list of objects that an answer carries; an article has its own text beside its lists."""
    if not isinstance(found, Mapping) or _TEXTS & found.keys():
        return None
    for name in _LISTS:
        inside = found.get(name)
        if isinstance(inside, list) and inside and all(isinstance(one, Mapping) for one in inside):
            return inside
    return None

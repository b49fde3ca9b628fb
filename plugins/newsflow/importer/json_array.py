"""A file that is one JSON array, element by element: it need not fit into memory."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsflow.importer.parquet_child import LONGEST

CHUNK = 1 << 20  # bytes read at once


def opens_array(head: bytes) -> bool:
    """Whether a file that begins so is one array of objects, and no lines of JSON."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return text.startswith(b"[") and text[1:].lstrip()[:1] in (b"{", b"]", b"")


def elements(file: BinaryIO) -> Iterator[Any]:
    """The array's elements.

    :raises ValueError: where the array is broken, or an element is longer than one may be.
    """
    decoder, read = json.JSONDecoder(), codecs.getreader("utf-8-sig")(file)
    text, at = read.read(CHUNK).lstrip()[1:], 0
    while True:
        text, at, ended = _to_next(read, text, at)
        if ended:
            return
        while True:
            try:
                found, at = decoder.raw_decode(text, at)
                break
            except (ValueError, RecursionError) as error:
                more = read.read(CHUNK)
                if len(text) - at > LONGEST:
                    raise ValueError(f"an element of the array has more than {LONGEST:,} characters") from None
                if not more:
                    raise ValueError(f"the array is broken: {error}") from None
                text, at = text[at:] + more, 0
        yield found


def _to_next(read: codecs.StreamReader, text: str, at: int) -> tuple[str, int, bool]:
    """Past blanks and commas to the next element, or to the end of the array."""
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at < len(text):
            return text, at, text[at] == "]"
        text, at = read.read(CHUNK), 0
        if not text:
            raise ValueError("the array has no end")

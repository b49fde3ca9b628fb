"""Lists of files and of pages, plain or gzipped, line by line: they may be longer than memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain

from newsflow.backfill.copied_bytes import Stream
from newsflow.web.decode import Identity, Inflate

MAX_LINE = 64 * 1024  # bytes; more is no address

_CHUNK = 256 * 1024


def lines(stream: Stream) -> Iterator[str]:
    """What a list names: its lines, whatever ends them, stripped, without empty ones and comments (`#`).

    :raises OSError: where the list can't be read to its end, or is none.
    """
    return (line for raw in _lines(stream) if (line := raw.decode("utf-8", "replace").strip()) and line[0] != "#")


def _lines(stream: Stream) -> Iterator[bytes]:
    rest = b""
    for piece in _unpacked(stream):
        *whole, rest = (rest + piece).replace(b"\r", b"\n").split(b"\n")
        yield from whole
        if len(rest) > MAX_LINE:
            raise OSError(f"this is no list: a line has more than {MAX_LINE} bytes")
    yield rest


def _unpacked(stream: Stream) -> Iterator[bytes]:
    first = stream.read(_CHUNK)
    undo = Inflate(gzip=True) if first.startswith(b"\x1f\x8b") else Identity()
    try:
        for chunk in chain([first], iter(lambda: stream.read(_CHUNK), b"")):
            yield from undo.feed(chunk)
    except zlib.error as error:
        raise OSError(f"the list is damaged: {error}") from None
    if not undo.complete():
        raise OSError("the list is cut off")

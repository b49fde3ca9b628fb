"""Files that are not UTF-8, as UTF-8: what spreadsheets and old programs write."""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO

UTF8 = "utf-8"
LOOKED_AT = 1 << 22  # bytes in which an encoding shows
_PIECE = 1 << 16
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_SEVERAL_BYTES = re.compile(rb"[\xc3-\xf4][\x80-\xbf]|\xc2[\xa0-\xbf]")  # a character of UTF-8 beyond ASCII


def encoding_of(head: bytes) -> str:
    """UTF-16 and UTF-32 by their marks or their zeros; Windows-1252 where nothing beyond ASCII is UTF-8.

    A UTF-8 file with a damaged byte stays UTF-8: only the lines of that byte are lost.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if head[1:2] == b"\0" and head[:1] != b"\0":
        return "utf-16-le"
    if head[:1] == b"\0" and head[1:2] not in (b"", b"\0"):
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder(UTF8)().decode(head)
    except UnicodeDecodeError:
        return UTF8 if _SEVERAL_BYTES.search(head) else "cp1252"
    return UTF8


class _AsUtf8(io.RawIOBase):
    """Bytes of an encoding, read as UTF-8; what is no character becomes the replacement mark."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file, self._rest = file, b""
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = self._file.read(_PIECE)
            self._rest = self._decoder.decode(piece, final=not piece).encode(UTF8, "replace")
            if not piece:
                break
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def as_utf8(file: BinaryIO, encoding: str) -> BinaryIO:
    """A file of an encoding as one of UTF-8, from where it stands."""
    return io.BufferedReader(_AsUtf8(file, encoding))

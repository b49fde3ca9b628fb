"""Gzip members of WARC files, looked through within limits: what one unpacks to is never kept."""

from __future__ import annotations

import zlib
from typing import NamedTuple

from newsflow.store.warc import MAX_PAYLOAD

GZIP = b"\x1f\x8b"
MOST_UNPACKED = MAX_PAYLOAD + 1024 * 1024  # bytes of one member: a body and its headers

_RATIO = 1032  # deflate packs at best so many to one (https://www.zlib.net/zlib_tech.html)
_CHUNK = 1024 * 1024
_ID = b"\r\nWARC-Record-ID:"


class Member(NamedTuple):
    """A gzip member at the beginning of some bytes, looked through piece by piece; nothing of it is kept.

    :param end: where it ends; 0 where it is broken, cut off or no gzip.
    :param unpacked: bytes that it holds; more than `MOST_UNPACKED` are not counted to their end.
    :param alone: it holds one WARC record and nothing else.
    """

    end: int
    unpacked: int
    alone: bool

    @property
    def too_large(self) -> bool:
        """Whether it holds more than any record that we take."""
        return self.unpacked > MOST_UNPACKED


def look_through(data: bytes) -> Member:
    """Unpack the first member of some bytes, up to `MOST_UNPACKED`."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    size, ids, first, tail, packed = 0, 0, b"", b"", data
    try:
        while not unpacker.eof and size <= MOST_UNPACKED:
            piece = unpacker.decompress(packed, _CHUNK)
            packed = unpacker.unconsumed_tail
            if not piece and not packed and not unpacker.eof:
                return Member(0, size, False)
            size, first = size + len(piece), first or piece[:5]
            ids += (tail + piece).count(_ID) - tail.count(_ID)
            tail = piece[-len(_ID) + 1 :]
    except zlib.error:
        return Member(0, size, False)
    end = len(data) - len(unpacker.unused_data) if unpacker.eof else 0
    return Member(end, size, first == b"WARC/" and ids == 1)


def is_cut(data: bytes) -> bool:
    """Whether the last of some gzip members lacks its end, over which fastwarc passes in silence."""
    while data.startswith(GZIP):
        member = look_through(data)
        if not member.end:
            return not member.too_large
        data = data[member.end :]
    return False


def begins_record(data: bytes) -> bool:
    """Whether gzip data unpacks to the first bytes of a WARC record."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, 5) == b"WARC/"
    except zlib.error:
        return False


def is_bomb(packed: bytes) -> bool:
    """Whether a member holds far more than a record; one that is small enough can't, and isn't looked at."""
    could = packed.startswith(GZIP) and len(packed) * _RATIO > MOST_UNPACKED
    return could and look_through(packed).too_large


def record_member(data: bytes) -> bytes:
    """The first gzip member of some bytes; b'' where it is none, too large, or not a record of its own."""
    if not data.startswith(GZIP):
        return b""
    member = look_through(data)
    return data[: member.end] if member.alone and not member.too_large else b""

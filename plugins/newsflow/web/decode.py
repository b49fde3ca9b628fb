"""Content encodings undone piece by piece: never more than the cap, never cut in silence."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import brotli  # type: ignore[import-untyped]

from newsflow.outcomes import Outcome
from newsflow.web.budget import ExchangeEnd

ACCEPT_ENCODING = "gzip, deflate, br"
_UNDONE = frozenset(("gzip", "x-gzip", "deflate", "br"))
# encodings that are real, and that we did not ask for; any other token is a server's mistake (`utf-8`, `none`,
# `aws-chunked`), which browsers pass over
_NOT_UNDONE = frozenset(("zstd", "compress", "x-compress", "bzip2", "x-bzip2", "xz", "lzma", "exi", "dcb", "dcz"))
_STEP = 64 * 1024
_BEGINNING = 4096  # bytes of a body that tell its kind


class Decoder(Protocol):
    """Undoes one encoding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces of bounded size."""
        ...

    def complete(self) -> bool:
        """True where the encoded stream has ended as its format says."""
        ...


class Identity:
    """No encoding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bytes as they came."""
        yield data

    def complete(self) -> bool:
        """Always: length and chunking tell truncation here."""
        return True


class Inflate:
    """gzip (RFC 1952, several members) and deflate (zlib, or raw as some servers send it)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._wbits = 31 if gzip else 0
        self._stream = zlib.decompressobj(31) if gzip else None
        self._head = b""
        self._ended = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces; bytes after the last member are ignored, as browsers do."""
        if self._stream is None:
            data = self._head = self._head + data
            if len(data) < 2:
                return
            self._stream = zlib.decompressobj(15 if _zlib_header(data) else -15)
        while data:
            if self._ended and not self._again(data):
                return
            yield self._stream.decompress(data, _STEP)
            data = self._stream.unconsumed_tail or self._stream.unused_data
            self._ended = self._stream.eof

    def _again(self, data: bytes) -> bool:
        if not (self._gzip and data.startswith(b"\x1f\x8b")):
            return False
        self._stream, self._ended = zlib.decompressobj(31), False
        return True

    def complete(self) -> bool:
        """True where the checksum at the end was reached."""
        return self._ended


class Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decoded pieces."""
        if self._stream.is_finished():
            return
        yield self._stream.process(data, output_buffer_limit=_STEP)
        while not self._stream.can_accept_more_data():
            yield self._stream.process(b"", output_buffer_limit=_STEP)

    def complete(self) -> bool:
        """True where the last meta-block was reached."""
        return bool(self._stream.is_finished())


def _zlib_header(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0


def decoder(header: str) -> Decoder:
    """The decoder for a Content-Encoding header.

    :raises Stop: DECODE_ERROR for encodings that we don't undo, and for stacked ones, which only bombs use.
    """
    tokens = (part.strip(" \t\"'").lower() for part in header.split(","))
    names = [name for name in tokens if name in _UNDONE | _NOT_UNDONE]
    if len(names) > 1:
        raise ExchangeEnd(Outcome.DECODE_ERROR, f"stacked content encodings: {', '.join(names)[:80]}")
    if not names:
        return Identity()
    if names[0] in _NOT_UNDONE:
        raise ExchangeEnd(Outcome.DECODE_ERROR, f"content encoding {names[0]}, which was not asked for")
    return Brotli() if names[0] == "br" else Inflate(gzip=names[0] != "deflate")


@dataclass(frozen=True, slots=True)
class Larger:
    """A higher cap, in bytes, for bodies whose beginning is told to be of a kind that may be so large."""

    max_bytes: int
    is_meant: Callable[[bytes], bool]


def decode(
    chunks: Iterable[bytes], header: str, cap: int, *, clip: bool = False, grown: Callable[[bytes], int] | None = None
) -> bytes:
    """The decoded body, at most `cap` bytes.

    :param clip: what is over the cap is left unread, and no failure.
    :param grown: asked once, with what came so far, for the cap of a body that is over this one; it may wait.
    :raises Stop: TOO_BIG over the cap, DECODE_ERROR for broken data, TRUNCATED for cut data.
    """
    undo, decoded, seen = decoder(header), bytearray(), False
    try:
        for chunk in chunks:
            seen = seen or bool(chunk)
            for piece in undo.feed(chunk):
                decoded += piece
                if len(decoded) > cap and grown:
                    cap, grown = max(cap, grown(bytes(decoded[:_BEGINNING]))), None
                if len(decoded) > cap:
                    if clip:
                        return bytes(decoded[:cap])
                    raise ExchangeEnd(Outcome.TOO_BIG, f"more than {cap} bytes decoded")
    except (zlib.error, brotli.error) as error:
        raise ExchangeEnd(Outcome.DECODE_ERROR, f"{header.strip()[:40]}: {error}") from None
    if seen and not undo.complete():
        raise ExchangeEnd(Outcome.TRUNCATED, f"the {header.strip()[:40]} stream ends before its end")
    return bytes(decoded)

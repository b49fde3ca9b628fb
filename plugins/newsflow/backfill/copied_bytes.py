"""A stream that is passed on and kept for a while, so that a record's bytes are copied as they are."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from newsflow.store import warc

MOST_KEPT = warc.MAX_PAYLOAD  # bytes of the file that are kept for one record; a longer one is packed anew


class Stream(Protocol):
    """Bytes of a file from some offset on; `tell` counts from the file's beginning."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; b'' at the end."""

    def tell(self) -> int:
        """Offset of the next byte."""


class CopiedBytes:
    """Passes a stream on and keeps what was read since the last `forget`.

    fastwarc turns an exception of its stream into a panic, so one is kept as `error` and
    the stream ends. Of what was not forgotten the last `MOST_KEPT` bytes are kept.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._kept: deque[bytes] = deque()
        self._again: deque[bytes] = deque()
        self._start = stream.tell()
        self._held = 0
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """As the stream."""
        try:
            data = self._once_more(size) if self._again else self._stream.read(size)
        except Exception as error:  # anything: a panic of fastwarc would end the process
            self.error = error
            return b""
        if data:
            self._kept.append(data)
            self._held += len(data)
            while self._held > MOST_KEPT:
                self._drop()
        return data

    def _drop(self) -> None:
        self._start += len(self._kept[0])
        self._held -= len(self._kept.popleft())

    @property
    def start(self) -> int:
        """Offset of the first byte that is kept."""
        return self._start

    def _once_more(self, size: int) -> bytes:
        data = self._again.popleft()
        if 0 <= size < len(data):
            self._again.appendleft(data[size:])
            data = data[:size]
        return data

    def tell(self) -> int:
        """Offset of the next byte, as the stream counts."""
        return self._stream.tell() - sum(map(len, self._again))

    def from_here(self, start: int) -> CopiedBytes:
        """A tape of the same stream that gives what was kept from `start` on once more."""
        found = CopiedBytes(self._stream)
        found._again.append(self.cut(start, self._stream.tell()))
        found._start = start
        return found

    def forget(self, before: int) -> None:
        """Drop whole pieces that end before an offset."""
        while self._kept and self._start + len(self._kept[0]) <= before:
            self._drop()

    def cut(self, start: int, end: int) -> bytes:
        """Bytes from `start` to `end`; b'' where they were not kept."""
        if start < self._start:
            return b""
        return b"".join(self._kept)[start - self._start : end - self._start]

"""A WARC file or list on an http server, through the guarded transport."""

from __future__ import annotations

import time

from newsflow.web.answers import content_length
from newsflow.web.budget import ExchangeEnd
from newsflow.web.download import Download
from newsflow.web.transport import Transport

_TRIES = 5
_FINAL = frozenset((401, 403, 404, 410, 451))  # answers that no other try changes
_UNKNOWN = frozenset((405, 501))  # the server knows no HEAD (RFC 9110 §15.5.6, §15.6.2)
_CHUNK = 256 * 1024
# A server that sends less than this for so long (curl's --speed-limit and --speed-time) is taken for a broken one.
_SLOW_BYTES, _SLOW_S = 128 * 1024, 120.0


class _FinalError(OSError):
    """What no other try changes."""


def head(transport: Transport, url: str) -> tuple[int | None, str]:
    """Size in bytes (None: unknown) of a file, and what changes when its content does.

    :raises OSError: where the server isn't there, or has no such file.
    """
    answer = _ask(transport, "HEAD", url, {})
    answer.close()
    if answer.status in _UNKNOWN:
        return None, ""
    _check(answer)
    length = content_length(answer.headers)
    version = answer.headers.get("etag") or answer.headers.get("last-modified") or ""
    return length, f"{'' if length is None else length} {version}".strip()


class HttpFile:
    """A file from an offset on; a connection that breaks is taken up where it broke (RFC 9110 §14).

    It is taken up only while the file is the same, as its entity tag tells (`If-Range`, RFC 9110 §13.1.5).

    :raises OSError: where the server is not there, or knows no ranges and an offset is asked for.
    """

    def __init__(self, transport: Transport, url: str, offset: int, *, pause_s: float = 1.0) -> None:
        self._transport, self._url, self._at, self._pause_s = transport, url, offset, pause_s
        self._answer: Download | None = None
        self._end: int | None = None
        self._tag = ""
        self._failed = 0
        self._pace = _Pace()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size` of them; b'' at the end."""
        while self._at != self._end:
            try:
                data = self._next(size if size >= 0 else _CHUNK)
            except _FinalError:
                raise
            except OSError as error:
                self._again(error)
                continue
            self._at += len(data)
            self._failed = 0 if data else self._failed
            return data
        return b""

    def tell(self) -> int:
        """Offset of the next byte."""
        return self._at

    def close(self) -> None:
        """Drop the connection."""
        if self._answer is not None:
            self._answer.close()
        self._answer = None

    def _next(self, size: int) -> bytes:
        if self._answer is None:
            self._connect()
        if self._answer is None:  # nothing is left
            return b""
        started = time.monotonic()
        try:
            data = self._answer.read(size)
        except ExchangeEnd as end:
            raise _error(end) from None
        self._pace.note(len(data), time.monotonic() - started)
        if not data and self._end is not None and self._at < self._end:
            raise OSError(f"the answer ended at byte {self._at} of {self._end}")
        return data

    def _connect(self) -> None:
        headers = {"Range": f"bytes={self._at}-"} if self._at else {}
        if self._at and self._tag:
            headers["If-Range"] = self._tag
        answer = _ask(self._transport, "GET", self._url, headers)
        if answer.status == 416:  # the offset is the file's end
            answer.close()
            self._end = self._at
            return
        try:
            self._check(answer)
        except OSError:
            answer.close()
            raise
        self._answer, self._pace = answer, _Pace()

    def _check(self, answer: Download) -> None:
        _check(answer)
        if self._at and answer.status != 206:
            why = "the file has changed" if self._tag else "the server knows no ranges"
            raise _FinalError(f"{why}, so reading can't resume at byte {self._at}")
        tag = answer.headers.get("etag", "")
        self._tag = "" if tag.startswith("W/") else tag
        length = content_length(answer.headers)
        self._end = None if length is None else self._at + length

    def _again(self, error: OSError) -> None:
        self.close()
        self._failed += 1
        if self._failed >= _TRIES:
            raise OSError(f"gave up at byte {self._at} after {_TRIES} tries: {error}") from error
        time.sleep(self._pause_s * 2 ** (self._failed - 1))


class _Pace:
    """Notices a server that sends, but next to nothing."""

    def __init__(self) -> None:
        self._bytes, self._seconds = 0, 0.0

    def note(self, size: int, seconds: float) -> None:
        """What one read brought, and how long it waited.

        :raises OSError: where the reads of two minutes brought too little.
        """
        self._bytes += size
        self._seconds += seconds
        if self._seconds < _SLOW_S:
            return
        if self._bytes < _SLOW_BYTES:
            raise OSError(f"only {self._bytes} bytes came in {self._seconds:.0f} s")
        self._bytes, self._seconds = 0, 0.0


def _ask(transport: Transport, method: str, url: str, headers: dict[str, str]) -> Download:
    try:
        return transport.open(url, method=method, headers=headers)
    except ExchangeEnd as end:
        raise _error(end) from None


def _check(answer: Download) -> None:
    if answer.status in _FINAL:
        raise _FinalError(f"the server answered {answer.status}")
    if not 200 <= answer.status < 300:
        raise OSError(f"the server answered {answer.status}")


def _error(end: ExchangeEnd) -> OSError:
    kind = _FinalError if end.outcome.meaning.leads_nowhere else OSError
    return kind(f"{end.outcome}: {end.detail}")

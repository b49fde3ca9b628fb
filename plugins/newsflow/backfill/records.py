"""Response records of a WARC stream, one by one, each as the gzip member that it is there.

fastwarc unpacks and parses; the bytes that it reads are kept on a tape until the record's
end is known, so that a wanted record is copied without being packed again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol, cast

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from newsflow.backfill.gzip_members import GZIP, begins_record, is_bomb, is_cut, record_member
from newsflow.model import Exchange
from newsflow.store import warc
from newsflow.text.storable import Storable

_ENOUGH = 512  # bytes at the beginning of a gzip member, of which some can be unpacked
_CHUNK = 1024 * 1024
MOST_KEPT = warc.MAX_PAYLOAD  # bytes of the file that are kept for one record; a longer one is packed anew


class Stream(Protocol):
    """Bytes of a file from some offset on; `tell` counts from the file's beginning."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; b'' at the end."""

    def tell(self) -> int:
        """Offset of the next byte."""


class BrokenFileError(Exception):
    """The file is no WARC file from here on."""


class LostFileError(Exception):
    """The file's server or disk failed while it was read."""


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


@dataclass(frozen=True, slots=True)
class FoundRecord(Storable):
    """A record that passed the filter.

    :param packed: what the file holds from its begin to that of the next response record.
    """

    exchange: Exchange
    when: datetime
    packed: bytes
    digest: str

    @property
    def member(self) -> bytes:
        """Its gzip member as it stands in the file, unpacked to find its end; b'' where it is packed in another way."""
        return record_member(self.packed)


class Read(NamedTuple):
    """One response record was dealt with; a named tuple, as one is made for each record of a file.

    :param next_offset: where reading can resume after it; 0 in a file that is packed as a whole.
    :param refused: why it is not wanted; '' where `found` is set.
    """

    next_offset: int
    refused: str = ""
    found: FoundRecord | None = None


Refuses = Callable[[WarcRecord], str]
RefusesPage = Callable[[Exchange], str]


def read(stream: Stream, refuses: Refuses, refuses_page: RefusesPage) -> Iterator[Read]:
    """All response records from the stream's position on.

    A gzip member that can't be unpacked costs itself only: reading goes on at the next record behind it.

    :param refuses: judges a record by its WARC and HTTP headers; its reason, or ''.
    :param refuses_page: judges it with its body.
    :raises BrokenFileError: where the bytes are no WARC record, up to the file's end.
    :raises LostFileError: where the stream fails.
    """
    tape: CopiedBytes | None = CopiedBytes(stream)
    skipping = False
    while tape is not None:
        try:
            for item in _read(tape, refuses, refuses_page):
                skipping = False
                yield item
            return
        except _DamagedError as damage:
            tape = _behind(tape, damage)
            if tape is None:
                raise BrokenFileError(f"after byte {damage.at}: {damage}") from None
            untried = damage.untried and tape.tell() == damage.at
            if not skipping and not untried:
                yield Read(tape.tell(), "damaged")
            skipping = not untried


class _DamagedError(Exception):
    """Nothing can be unpacked from byte `at` on, as far as the tape was read.

    :param untried: a sound member ends there. What is behind it may be sound too, and fastwarc out of step: where a
        body unpacks to more than is read of it.
    """

    def __init__(self, at: int, why: Exception, *, untried: bool) -> None:
        super().__init__(str(why))
        self.at, self.untried = at, untried


def _read(tape: CopiedBytes, refuses: Refuses, refuses_page: RefusesPage) -> Iterator[Read]:
    waiting: tuple[int, str, FoundRecord | None] | None = None
    resumable: bool | None = None
    first = tape.tell()
    try:
        for record in ArchiveIterator(cast("BinaryIO", tape), record_types=WarcRecordType.response, parse_http=False):
            at = record.stream_pos
            if waiting:
                if resumable is None:
                    resumable = at > waiting[0] and tape.cut(at, at + 2) in (GZIP, b"WA")
                yield _complete(tape, *waiting, at, resumable)
            tape.forget(at)
            waiting = (at, *_judge(record, refuses, refuses_page))
    except (OSError, ValueError) as error:
        if tape.error is None:
            good = _end_of_member(tape, waiting[0]) if waiting else 0
            if waiting and good:
                yield _complete(tape, *waiting, good, True)
            raise _DamagedError(good or (waiting[0] if waiting else first), error, untried=good > 0) from None
    if tape.error is not None:
        raise LostFileError(f"at byte {tape.tell()}: {tape.error}") from tape.error
    if waiting:
        if resumable is not False and is_cut(tape.cut(waiting[0], tape.tell())):
            raise BrokenFileError(f"the file ends in the middle of the record at byte {waiting[0]}")
        yield _complete(tape, *waiting, tape.tell(), resumable is not False)


def _end_of_member(tape: CopiedBytes, start: int) -> int:
    """Where the sound gzip member at `start` ends; 0 where there is none."""
    member = record_member(tape.cut(start, tape.tell()))
    return start + len(member) if member else 0


def _behind(tape: CopiedBytes, damage: _DamagedError) -> CopiedBytes | None:
    """What is left of a file behind damage, from the next gzip member that holds a WARC record; None where none is."""
    begin = max(damage.at, tape.start)
    data, looked = tape.cut(begin, tape.tell()), int(not damage.untried)
    while True:
        while (looked := data.find(GZIP, looked)) >= 0:
            if begins_record(data[looked:]):
                return tape.from_here(begin + looked)
            looked += 1
        more = tape.read(_CHUNK)
        if not more:
            return None
        keep = max(1, len(data) - _ENOUGH)  # the beginning of a member that lacked its continuation is looked at again
        tape.forget(begin + keep)
        data, begin, looked = data[keep:] + more, begin + keep, 0


def _judge(record: WarcRecord, refuses: Refuses, refuses_page: RefusesPage) -> tuple[str, FoundRecord | None]:
    refused = refuses(record)
    if refused:
        return refused, None
    try:
        record.parse_http(auto_decode="all")
        stored = warc.to_record(record)
    except (warc.BadRecordError, OSError, ValueError):
        return "unreadable", None
    refused = refuses_page(stored.exchange)
    if refused or stored.when is None:
        return refused or "date", None
    return "", FoundRecord(stored.exchange, stored.when, b"", warc.digest(stored.exchange.body))


def _complete(tape: CopiedBytes, at: int, refused: str, found: FoundRecord | None, end: int, resumable: bool) -> Read:
    next_offset = end if resumable else 0
    if found is None:
        return Read(next_offset, refused)
    packed = tape.cut(at, end)
    if resumable and is_bomb(packed):  # of a file that is packed as a whole the member is the file
        return Read(next_offset, "damaged")
    return Read(next_offset, "", replace(found, packed=packed))

"""Response records of a WARC stream, one by one, each as the gzip member that it is there.

fastwarc unpacks and parses; the bytes that it reads are kept on a tape until the record's
end is known, so that a wanted record is copied without being packed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO, NamedTuple, cast

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from newsflow.backfill.copied_bytes import CopiedBytes, Stream
from newsflow.backfill.gzip_members import GZIP, begins_record, is_bomb, is_cut, record_member
from newsflow.model import Exchange
from newsflow.store import warc
from newsflow.text.storable import Storable

_ENOUGH = 512  # bytes at the beginning of a gzip member, of which some can be unpacked
_CHUNK = 1024 * 1024


class BrokenFileError(Exception):
    """The file is no WARC file from here on."""


class LostFileError(Exception):
    """The file's server or disk failed while it was read."""


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
    """Records up to the tape's end, or to damage."""
    ends = _RecordEnds(tape)
    try:
        for record in ArchiveIterator(cast("BinaryIO", tape), record_types=WarcRecordType.response, parse_http=False):
            yield from ends.before(record.stream_pos)
            ends.waiting = _Judged(record.stream_pos, *_judge(record, refuses, refuses_page))
    except (OSError, ValueError) as error:
        if tape.error is None:
            yield from ends.at_damage(error)
    if tape.error is not None:
        raise LostFileError(f"at byte {tape.tell()}: {tape.error}") from tape.error
    yield from ends.at_end()


class _Judged(NamedTuple):
    """A record that was judged, and whose end is not known yet: that is where the next one begins.

    :param at: offset of its first byte.
    """

    at: int
    refused: str
    found: FoundRecord | None


@dataclass
class _RecordEnds:
    """Gives out each record once its end is known.

    :param resumable: whether a record can be read without those before it; None until the second one tells.
    """

    tape: CopiedBytes
    waiting: _Judged | None = None
    resumable: bool | None = None
    first: int = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.tape.tell()

    def before(self, at: int) -> Iterator[Read]:
        """The record before the one that begins at this offset."""
        if self.waiting:
            if self.resumable is None:
                self.resumable = at > self.waiting.at and self.tape.cut(at, at + 2) in (GZIP, b"WA")
            yield _complete(self.tape, self.waiting, at, resumable=self.resumable)
        self.tape.forget(at)

    def at_damage(self, error: Exception) -> Iterator[Read]:
        """The last record, where its member is sound.

        :raises _DamagedError: always.
        """
        good = _end_of_member(self.tape, self.waiting.at) if self.waiting else 0
        if self.waiting and good:
            yield _complete(self.tape, self.waiting, good, resumable=True)
        begun = self.waiting.at if self.waiting else self.first
        raise _DamagedError(good or begun, error, untried=good > 0) from None

    def at_end(self) -> Iterator[Read]:
        """The file's last record.

        :raises BrokenFileError: where the file ends in the middle of it.
        """
        if self.waiting is None:
            return
        at, end, resumable = self.waiting.at, self.tape.tell(), self.resumable is not False
        if resumable and is_cut(self.tape.cut(at, end)):
            raise BrokenFileError(f"the file ends in the middle of the record at byte {at}")
        yield _complete(self.tape, self.waiting, end, resumable=resumable)


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


def _complete(tape: CopiedBytes, record: _Judged, end: int, *, resumable: bool) -> Read:
    next_offset = end if resumable else 0
    if record.found is None:
        return Read(next_offset, record.refused)
    packed = tape.cut(record.at, end)
    if resumable and is_bomb(packed):  # of a file that is packed as a whole the member is the file
        return Read(next_offset, "damaged")
    return Read(next_offset, "", replace(record.found, packed=packed))

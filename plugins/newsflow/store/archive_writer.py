"""Writing one file of the archive."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, TYPE_CHECKING

from newsflow.model import CapturePointer, Exchange
from newsflow.store import warc
from newsflow.store.archive_trouble import writing
from newsflow.store.warc import Original

if TYPE_CHECKING:
    from newsflow.store.archive import Archive

SUFFIX = ".warc.gz"
OPEN = ".open"  # ends the temporary name of a file that is being written
ROLL_BYTES = 1_000_000_000  # WARC 1.1, annex C: "recommended … not to exceed 1 gigabyte"


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A complete and safe file: response and revisit records in it, size in bytes."""

    file: str
    records: int
    bytes: int


def checked_name(name: str) -> str:
    """A file's name below the archive.

    :raises ValueError: for one that leads out of it or has another suffix.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "://" in name or not name.endswith(SUFFIX):
        raise ValueError(f"{name!r} is no archive file: a relative path that ends in {SUFFIX}")
    return str(path)


def written_by(file: str, tokens: Collection[str]) -> bool:
    """Whether a file's name has one of these words: those of `Work.tokens`, which its writer puts there."""
    words = file.rpartition("/")[2].partition(".")[0].partition("~")[0].split("-")
    return not set(tokens).isdisjoint(words)


class ArchiveWriter:
    """Writes one file; use as a context manager, which aborts what was not sealed."""

    def __init__(self, archive: Archive, name: str) -> None:
        self.file = archive._free(checked_name(name))
        self.records = 0
        self.bytes = 0
        self._archive = archive
        self._builder = warc.Builder(self.file)
        self._out: IO[bytes] | None = None
        self._temporary: Path | None = None

    @property
    def full(self) -> bool:
        """True where the next capture belongs into another file."""
        return self.bytes >= ROLL_BYTES

    def add(self, exchange: Exchange, when: datetime, *, refers_to: Original | None = None) -> CapturePointer:
        """Write an exchange as response, request and metadata records.

        :param when: time of the exchange, aware.
        :param refers_to: a stored capture with the same payload; a revisit record without body is then written.
        :raises ArchiveWriteError: where the disk is full or the like.
        :raises ValueError: where `refers_to` has another payload.
        """
        first, *others = self._builder.exchange(exchange, when, refers_to)
        with writing(self._archive.place):
            self._begin(when)
            pointer = self._put(first, warc.digest(exchange.body))
            for member in others:
                self._write(member)
        return pointer

    def add_member(self, member: bytes, payload_digest: str, when: datetime) -> CapturePointer:
        """Take over a response record of somebody else's file, as the gzip member that it is there.

        :param payload_digest: `warc.digest` of its decoded body.
        """
        with writing(self._archive.place):
            self._begin(when)
            return self._put(member, payload_digest)

    def seal(self) -> SealedFile:
        """Make the file safe and visible; a writer without captures leaves no file.

        :raises FileExistsError: where another writer has sealed a file of this name meanwhile; that one stays.
        :raises ArchiveWriteError: where the store fails; the file is then not there.
        """
        if self._out is None:
            return SealedFile(self.file, 0, 0)
        out, temporary = self._opened()
        with writing(self._archive.place):
            out.flush()
            os.fsync(out.fileno())
            out.close()
            self._archive._publish(temporary, self.file)
        self._out = self._temporary = None
        return SealedFile(self.file, self.records, self.bytes)

    def abort(self) -> None:
        """Leave nothing behind."""
        if self._out is not None:
            out, temporary = self._opened()
            temporary.unlink(missing_ok=True)
            self._out = self._temporary = None
            try:
                out.close()  # flushes what is buffered, for which a full disk has no room
            except OSError:
                return

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.abort()

    def _opened(self) -> tuple[IO[bytes], Path]:
        if self._out is None or self._temporary is None:
            raise ValueError(f"{self.file} is not open")
        return self._out, self._temporary

    def _begin(self, when: datetime) -> None:
        if self._out is None:
            self._temporary = self._archive._temporary(self.file)
            self._out = self._temporary.open("wb" if self._archive.remote else "xb")
            self._write(self._builder.warcinfo(when))

    def _write(self, data: bytes) -> None:
        self._opened()[0].write(data)
        self.bytes += len(data)

    def _put(self, member: bytes, payload_digest: str) -> CapturePointer:
        pointer = CapturePointer(self.file, self.bytes, len(member), payload_digest)
        self._write(member)
        self.records += 1
        return pointer

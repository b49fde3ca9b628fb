"""The archive: sealed WARC files in a local folder or an object store.

A file is written under a temporary name and appears whole or not at all; afterwards it
never changes. A writer that repeats the same records under the same name makes the same bytes,
so a step that copies and was killed between seal and commit overwrites its own orphan: derive the name
from what the ledger knows (run, shard, number of the file), not from a clock. Where a repetition
has other bytes, as a second fetch has, the step's attempt belongs into the name.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO

from fsspec.implementations.local import LocalFileSystem

from newsflow.model import CapturePointer, Exchange
from newsflow.store import warc
from newsflow.store.filesystem import open_filesystem
from newsflow.store.warc import Original, Record

SUFFIX = ".warc.gz"
OPEN = ".open"  # ends the temporary name of a file that is being written
ROLL_BYTES = 1_000_000_000  # WARC 1.1, annex C: "recommended … not to exceed 1 gigabyte"

_GAP = 256 * 1024  # bytes between two captures that are cheaper to read than to skip
_SPAN = 16 * 1024 * 1024  # bytes read at once, at most


class CaptureError(Exception):
    """A capture can't be read; the page's trouble, not the step's."""


class CaptureMissingError(CaptureError):
    """Its file is not in the archive, or ends before it."""


class CaptureDamagedError(CaptureError):
    """Its bytes are no response record, or not those that were stored."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A complete and safe file: response and revisit records in it, size in bytes."""

    file: str
    records: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file as the archive lists it; `open` ones are being written, or were left by a crash."""

    file: str
    bytes: int
    modified: float  # seconds since the epoch
    open: bool = False


def checked_name(name: str) -> str:
    """A file's name below the archive.

    :raises ValueError: for one that leads out of it or has another suffix.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "://" in name or not name.endswith(SUFFIX):
        raise ValueError(f"{name!r} is no archive file: a relative path that ends in {SUFFIX}")
    return str(path)


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class ArchiveWriter:
    """Writes one file; use as a context manager, which aborts what was not sealed."""

    def __init__(self, archive: Archive, name: str) -> None:
        self.file = checked_name(name)
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
        :raises OSError: where the disk is full or the like.
        :raises ValueError: where `refers_to` has another payload.
        """
        self._begin(when)
        first, *others = self._builder.exchange(exchange, when, refers_to)
        pointer = self._put(first, warc.digest(exchange.body))
        for member in others:
            self._write(member)
        return pointer

    def add_member(self, member: bytes, payload_digest: str, when: datetime) -> CapturePointer:
        """Take over a response record of somebody else's file, as the gzip member that it is there.

        :param payload_digest: `warc.digest` of its decoded body.
        """
        self._begin(when)
        return self._put(member, payload_digest)

    def seal(self) -> SealedFile:
        """Make the file safe and visible; a writer without captures leaves no file.

        :raises OSError: where the store fails; the file is then not there.
        """
        if self._out is None:
            return SealedFile(self.file, 0, 0)
        out, temporary = self._opened()
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
            self._out = self._temporary.open("wb")
            self._write(self._builder.warcinfo(when))

    def _write(self, data: bytes) -> None:
        self._opened()[0].write(data)
        self.bytes += len(data)

    def _put(self, member: bytes, payload_digest: str) -> CapturePointer:
        pointer = CapturePointer(self.file, self.bytes, len(member), payload_digest)
        self._write(member)
        self.records += 1
        return pointer


class Archive:
    """WARC files below a local folder or an fsspec URL (`s3://bucket/prefix`).

    Object stores take their options from fsspec's configuration, for example the variables
    FSSPEC_S3_ENDPOINT_URL, FSSPEC_S3_KEY, FSSPEC_S3_SECRET, or AWS' own.

    :raises MissingExtraError: where the URL's protocol needs a package that is not installed.
    :raises UnknownProtocolError: for one that nobody provides.
    """

    def __init__(self, url: str) -> None:
        if "://" not in url:
            url = str(Path(url).expanduser().absolute())
        self._fs, root = open_filesystem(url)
        self._root = root.rstrip("/")
        self._local = isinstance(self._fs, LocalFileSystem)

    def writer(self, name: str) -> ArchiveWriter:
        """A writer of a new file; an older one of that name is replaced when it is sealed.

        :raises ValueError: for a name that is not a relative path ending in `.warc.gz`.
        """
        return ArchiveWriter(self, name)

    def read(self, pointer: CapturePointer) -> Exchange:
        """The exchange that was stored; a revisit has the body of its original.

        :raises CaptureMissingError: where the file is gone or ends too early.
        :raises CaptureDamagedError: where the bytes are not those that were stored.
        :raises OSError: where the store itself fails.
        """
        return self._parse(pointer, self._range(pointer.file, pointer.offset, pointer.offset + pointer.length))

    def read_many(self, pointers: Iterable[CapturePointer]) -> Iterator[tuple[CapturePointer, Exchange | CaptureError]]:
        """Captures in the order asked; neighbours in one file are read at once.

        One that can't be read comes as its error, and the others go on.

        :raises OSError: where the store itself fails.
        """
        for span in _spans(pointers):
            start = span[0].offset
            try:
                data = self._range(span[0].file, start, max(p.offset + p.length for p in span))
            except CaptureMissingError as error:
                yield from ((pointer, error) for pointer in span)
                continue
            for pointer in span:
                try:
                    at = pointer.offset - start
                    yield pointer, self._parse(pointer, data[at : at + pointer.length])
                except CaptureError as error:
                    yield pointer, error

    def list(self, folder: str = "") -> Iterator[ArchivedFile]:
        """All files, by name; those being written too.

        :param folder: only those below it.
        """
        self._fs.invalidate_cache()
        found = self._fs.find(self._path(folder), detail=True)
        for path in sorted(found):
            opened = path.endswith(SUFFIX + OPEN)
            if opened or path.endswith(SUFFIX):
                info = found[path]
                yield ArchivedFile(path[len(self._root) + 1 :], int(info["size"]), _modified(info), opened)

    def delete(self, file: str) -> None:
        """Remove a file; one that is not there is no error."""
        try:
            self._fs.rm_file(self._path(file))
        except FileNotFoundError:
            return

    def copy_to(self, other: Archive, file: str) -> None:
        """Copy a sealed file, whole, into another archive."""
        temporary = other._temporary(file)
        self._fs.get_file(self._path(file), str(temporary))
        with temporary.open("rb") as out:
            os.fsync(out.fileno())
        other._publish(temporary, file)

    def open(self, file: str) -> IO[bytes]:
        """A sealed file, for reading it whole.

        :raises CaptureMissingError: where it is not there.
        """
        try:
            return self._fs.open(self._path(file), "rb")  # type: ignore[no-any-return]
        except FileNotFoundError:
            raise CaptureMissingError(f"{file} is not in the archive") from None

    def _path(self, file: str) -> str:
        return f"{self._root}/{file}" if file else self._root

    def _temporary(self, file: str) -> Path:
        if not self._local:
            handle, path = tempfile.mkstemp(prefix="newsflow-", suffix=SUFFIX + OPEN)
            os.close(handle)
            return Path(path)
        target = Path(self._path(file))
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.with_name(target.name + OPEN)

    def _publish(self, temporary: Path, file: str) -> None:
        if not self._local:
            self._fs.put_file(str(temporary), self._path(file))
            temporary.unlink()
            return
        target = Path(self._path(file))
        temporary.replace(target)
        root = Path(self._root)
        for folder in (target.parent, *target.parent.parents):
            _fsync_folder(folder)
            if folder == root:
                break

    def _range(self, file: str, start: int, end: int) -> bytes:
        try:
            data: bytes = self._fs.cat_file(self._path(checked_name(file)), start=start, end=end)
        except FileNotFoundError:
            raise CaptureMissingError(f"{file} is not in the archive") from None
        except ValueError as error:
            raise CaptureMissingError(str(error)) from None
        except OSError as error:
            if error.errno == errno.EINVAL:  # an object store's "range not satisfiable"
                raise CaptureMissingError(f"{file} ends before byte {start}") from None
            raise
        return data

    def _parse(self, pointer: CapturePointer, member: bytes) -> Exchange:
        record = self._record(pointer, member)
        if record.revisits is not None:
            at = record.revisits
            data = self._range(at.file, at.offset, at.offset + at.length)
            record = replace(record, exchange=replace(record.exchange, body=self._record(at, data).exchange.body))
        expected = pointer.payload_digest or record.payload_digest
        if expected.startswith("sha1:") and warc.digest(record.exchange.body) != expected:
            raise CaptureDamagedError(f"{pointer.file} at {pointer.offset}: the body is not the one that was stored")
        return record.exchange

    def _record(self, pointer: CapturePointer, member: bytes) -> Record:
        if len(member) < pointer.length:
            raise CaptureMissingError(f"{pointer.file} ends before byte {pointer.offset + pointer.length}")
        try:
            return warc.parse(member)
        except warc.BadRecordError as error:
            raise CaptureDamagedError(f"{pointer.file} at {pointer.offset}: {error}") from None


def _modified(info: dict[str, object]) -> float:
    value = info.get("mtime") or info.get("LastModified") or info.get("created") or 0.0
    return value.timestamp() if isinstance(value, datetime) else float(str(value))


def _spans(pointers: Iterable[CapturePointer]) -> Iterator[Sequence[CapturePointer]]:
    span: list[CapturePointer] = []
    for pointer in pointers:
        if span:
            last = span[-1]
            gap = pointer.offset - (last.offset + last.length)
            size = pointer.offset + pointer.length - span[0].offset
            if pointer.file != last.file or not 0 <= gap <= _GAP or size > _SPAN:
                yield span
                span = []
        span.append(pointer)
    if span:
        yield span

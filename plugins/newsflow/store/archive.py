"""The archive: sealed WARC files in a local folder or an object store.

A file is written under a temporary name and appears whole or not at all; afterwards it never changes, and nothing
ever takes its place. Each database has a folder of its own (`newsflow.store.archive_folders`), and each attempt of a
step names its files by a token of its own: two databases, or one that was restored from a backup, never want the same
name. Should one be taken all the same, the writer takes the next free one.

That folder also tells whether the archive is there at all: a file that is missing beside its database's folder
is lost; where the folder is missing too, the archive is (an unmounted disk, a wrong address).
"""

from __future__ import annotations

import errno
import itertools
import logging
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from fsspec.implementations.local import LocalFileSystem

from newsflow.model import CapturePointer, Exchange
from newsflow.store import warc
from newsflow.store.archive_trouble import ArchiveGoneError, writing
from newsflow.store.archive_writer import OPEN, SUFFIX, ArchiveWriter, checked_name
from newsflow.store.filesystem import create_file, open_filesystem, write
from newsflow.store.warc import Record

log = logging.getLogger(__name__)

# What the system says of one file that can't be read, while others can: access, a bad sector, a folder in its place.
_UNREADABLE = {
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.ELOOP,
    errno.EUCLEAN,
    errno.ENAMETOOLONG,
}
_MARKER = "this-archive-is-there.txt"  # sorts behind the captures
_MARK = b"A newsflow database keeps its captures here. By this folder it sees that the archive is there: leave it.\n"

_GAP = 256 * 1024  # bytes between two captures that are cheaper to read than to skip
_SPAN = 16 * 1024 * 1024  # bytes read at once, at most


class CaptureError(Exception):
    """A capture can't be read; the page's trouble, not the step's."""


class CaptureMissingError(CaptureError):
    """Its file is not in the archive, or ends before it."""


class CaptureDamagedError(CaptureError):
    """Its bytes are no response record, or not those that were stored."""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file as the archive lists it; `open` ones are being written, or were left by a crash."""

    file: str
    bytes: int
    modified: float  # seconds since the epoch
    open: bool = False


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
        self.place = url
        self._root = root.rstrip("/")
        self.remote = not isinstance(self._fs, LocalFileSystem)

    def begin(self, folder: str) -> None:
        """Make a database's folder, by which the archive is known to be there; it may exist.

        :param folder: its name; '' for the archive as a whole.
        """
        path = self._path(f"{folder}/{_MARKER}" if folder else _MARKER)
        with writing(self.place):
            if not self.remote:
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            if not self._fs.exists(path):
                write(self._fs, "pipe_file", path, _MARK)

    def ask(self, folder: str) -> None:
        """See that the archive is there.

        :param folder: one that the archive is known to hold; '' for its root.
        :raises ArchiveGoneError: where it is not.
        :raises OSError: where the store itself fails.
        """
        self._fs.invalidate_cache()
        if not self._fs.exists(self._path(folder)):
            place = f"the folder {folder} is not in {self.place}" if folder else f"there is no {self.place}"
            lost = "newsflow archive begin, if it is lost for good"
            raise ArchiveGoneError(f"the archive is not there: {place}. Mount it or mend NEWSFLOW_ARCHIVE ({lost})")

    def holds(self, pointer: CapturePointer) -> bool:
        """Whether the file is there and reaches behind the capture; its bytes are not read."""
        try:
            return int(self._fs.size(self._path(pointer.file))) >= pointer.offset + pointer.length
        except OSError:
            return False

    def writer(self, name: str) -> ArchiveWriter:
        """A writer of a new file, under another name where this one is taken: see its `file`.

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

        :raises ArchiveGoneError: where a file is missing since the whole archive is.
        :raises OSError: where the store itself fails.
        """
        for span in _spans(pointers):
            for pointer, found in self._read_span(span):
                if isinstance(found, CaptureMissingError):
                    self.ask(pointer.file.partition("/")[0] if "/" in pointer.file else "")
                yield pointer, found

    def _read_span(self, span: Sequence[CapturePointer]) -> Iterator[tuple[CapturePointer, Exchange | CaptureError]]:
        start = span[0].offset
        try:
            data = self._range(span[0].file, start, max(p.offset + p.length for p in span))
        except CaptureMissingError as error:
            yield from ((pointer, error) for pointer in span)
            return
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

    def discard(self, file: str) -> None:
        """Remove what a writer that was killed left of a file, sealed or not."""
        self.delete(file)
        self.delete(file + OPEN)

    def copy_to(self, other: Archive, file: str) -> None:
        """Copy a sealed file, whole, into another archive; one that stands there with the same bytes will do.

        :raises FileExistsError: where one with other bytes stands there.
        """
        if other._fs.exists(other._path(file)):
            if not self._same(other, file):
                raise FileExistsError(errno.EEXIST, "other bytes stand there under this name", file)
            return
        other.begin(file.rpartition("/")[0].partition("/")[0])
        with writing(other.place):
            temporary = other._temporary(file)
            self._fs.get_file(self._path(file), str(temporary))
            with temporary.open("rb") as out:
                os.fsync(out.fileno())
            other._publish(temporary, file)

    def _same(self, other: Archive, file: str) -> bool:
        with self.open(file) as ours, other.open(file) as theirs:
            pieces = iter(lambda: (ours.read(_SPAN), theirs.read(_SPAN)), (b"", b""))
            return all(a == b for a, b in pieces)

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

    def _free(self, name: str) -> str:
        """The name, or the next one that nobody has taken."""
        stem, found = name.removesuffix(SUFFIX), name
        for number in itertools.count(2):
            if not any(self._fs.exists(self._path(found + end)) for end in ("", OPEN)):
                break
            log.warning("%s stands in the archive already, and stays as it is", found)
            found = f"{stem}~{number}{SUFFIX}"
        return found

    def _temporary(self, file: str) -> Path:
        if self.remote:
            handle, path = tempfile.mkstemp(prefix="newsflow-", suffix=SUFFIX + OPEN)
            os.close(handle)
            return Path(path)
        target = Path(self._path(file))
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.with_name(target.name + OPEN)

    def _publish(self, temporary: Path, file: str) -> None:
        create_file(self._fs, temporary, self._path(file))
        if self.remote:
            return
        target, root = Path(self._path(file)), Path(self._root)
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
            if error.errno in _UNREADABLE:
                raise CaptureMissingError(f"{file} can't be read: {error.strerror}") from None
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

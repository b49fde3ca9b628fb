"""Records of a file, with the line (or row) where each stands."""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, cast

from newsflow.errors import NewsflowError
from newsflow.importer.json_array import elements, opens_array
from newsflow.importer.parquet_child import LONGEST, Rows
from newsflow.isolation.bounded_call import BoundedChild
from newsflow.isolation.limits import Finished, Limits

Records = Iterator[tuple[int, Any]]

PARQUET = Limits(cpu_s=120.0, memory_mb=1024)  # of the child that unpacks some rows of a Parquet file


@dataclass
class FileReading:
    """How far a file is read, for people who wait: bytes of it (as they lie on the disk) and records."""

    size: int = 0
    done: int = 0
    records: int = 0


class UnreadableError(NewsflowError):
    """The file is of no format that we read, or broken as a whole."""


def records(path: Path, reading: FileReading | None = None) -> Records:
    """(line, record) of a .jsonl, .json (an array, too), .csv, .tsv or .parquet file; .gz around all but the last.

    A line that is no JSON comes as a ValueError in place of its record.

    :param reading: kept up to date.
    :raises UnreadableError: where the file as a whole can't be read.
    """
    name = path.name.lower().removesuffix(".gz")
    readers: dict[str, Callable[[Path, FileReading], Records]] = {
        ".jsonl": _json, ".ndjson": _json_lines, ".json": _json, ".csv": _csv, ".tsv": _csv,
        ".parquet": _parquet,
    }  # fmt: skip
    reader = readers.get(Path(name).suffix)
    if reader is None:
        raise UnreadableError(f"{path.name}: name it .jsonl, .csv or .parquet, as it is")
    reading = reading or FileReading()
    try:
        reading.size = path.stat().st_size
        for found in reader(path, reading):
            reading.records += 1
            yield found
    except (OSError, UnicodeDecodeError, csv.Error, EOFError, zlib.error) as error:
        raise UnreadableError(f"{path.name}: {error}") from error


@contextmanager
def _bytes(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The file's content, and the file itself, whose position tells how far it is read."""
    with path.open("rb") as raw:
        yield (cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw), raw


def _json(path: Path, reading: FileReading) -> Records:
    with _bytes(path) as (file, _):
        is_array = opens_array(file.read(1 << 16))
    return (_json_array if is_array else _json_lines)(path, reading)


def _json_array(path: Path, reading: FileReading) -> Records:
    with _bytes(path) as (file, raw):
        try:
            for number, found in enumerate(elements(file), 1):
                reading.done = raw.tell()
                yield number, found
        except ValueError as error:
            raise UnreadableError(f"{path.name}: {error}") from error


def _json_lines(path: Path, reading: FileReading) -> Records:
    with _bytes(path) as (file, raw):
        for number, line in enumerate(_lines(file), 1):
            reading.done = raw.tell()
            if len(line) > LONGEST:
                yield number, ValueError(f"the line has more than {LONGEST:,} bytes")
            elif line.strip():
                try:  # decoded line by line: a line in another encoding costs that line only
                    yield number, json.loads(line.decode("utf-8-sig"))
                except (ValueError, RecursionError) as error:
                    yield number, ValueError(f"no JSON: {error}")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long its beginning, a byte longer than a line may be."""
    while line := file.readline(LONGEST + 1):
        rest = line
        while len(rest) > LONGEST and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST + 1)
        yield line


class _RecordLines:
    """Lines of text for `csv.reader`, which takes as many as it needs for a record; not without end.

    :raises UnreadableError: where a record is longer than one may be, as an open quote makes it.
    """

    def __init__(self, text: TextIOWrapper, name: str) -> None:
        self._text, self._name = text, name
        self._size = self._line = 0

    def begin_record(self) -> None:
        """What comes next belongs to another record."""
        self._size = 0

    def __iter__(self) -> _RecordLines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        self._line += 1
        self._size += len(line)
        if self._size > LONGEST:
            why = f"the record at line {self._line} has more than {LONGEST:,} characters: is a quote open?"
            raise UnreadableError(f"{self._name}: {why}")
        return line


def _csv(path: Path, reading: FileReading) -> Records:
    csv.field_size_limit(LONGEST)
    with _bytes(path) as (file, raw):
        head = file.read(1 << 16)
        file.seek(0)
        lines = _RecordLines(TextIOWrapper(file, encoding="utf-8-sig", newline=""), path.name)
        reader = csv.DictReader(lines, delimiter=_separator(head))
        for record in reader:
            lines.begin_record()
            reading.done = raw.tell()
            yield reader.line_num, {name: value for name, value in record.items() if name is not None}


def _separator(head: bytes) -> str:
    """What stands most often between the names of the first line: a comma, semicolon, tab or bar."""
    names = re.sub(rb'"[^"]*"', b"", head.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 1)[0])
    return max(",;\t|", key=lambda mark: names.count(mark.encode()))


def _parquet(path: Path, reading: FileReading) -> Records:
    """Unpacked in a child: a small file can hold rows without end, and what its pages unpack to is known afterwards."""
    number, child = 0, BoundedChild[Rows]("newsflow.importer.parquet_child:rows", PARQUET)
    try:
        while found := _some_rows(child, path, number):
            for record in found.rows:
                number += 1
                reading.done = reading.size * number // found.of
                yield number, record
    finally:
        child.close()


def _some_rows(child: BoundedChild[Rows], path: Path, number: int) -> Rows | None:
    result = child.call(str(path.absolute()), number)
    if not isinstance(result, Finished):
        limits = f"{PARQUET.memory_mb} MiB or {PARQUET.cpu_s:g} s"
        raise UnreadableError(f"{path.name}: behind row {number} it can't be unpacked within {limits}")
    if result.value.trouble:
        raise UnreadableError(f"{path.name}: {result.value.trouble}")
    return result.value if result.value.rows else None

"""Records of a file, with the line (or row) where each stands."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from newsflow.importer.csv_records import UnreadableError, csv_records
from newsflow.importer.encoding import LOOKED_AT, UTF8, as_utf8, encoding_of
from newsflow.importer.json_array import elements, opens_array
from newsflow.importer.json_document import document, opens_document
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
    encoding: str = UTF8


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
def _bytes(path: Path, reading: FileReading) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The file's content as UTF-8, and the file itself, whose position tells how far it is read."""
    with path.open("rb") as raw:
        file = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if path.suffix.lower() == ".gz" else raw
        reading.encoding = encoding_of(_head(file))
        yield (file if reading.encoding == UTF8 else as_utf8(file, reading.encoding)), raw


def _head(file: BinaryIO) -> bytes:
    """What a file begins with, in which its encoding shows; what is broken there is told when it is read."""
    try:
        return file.read(LOOKED_AT)
    except (OSError, EOFError, zlib.error):
        return b""
    finally:
        file.seek(0)


def _json(path: Path, reading: FileReading) -> Records:
    with _bytes(path, reading) as (file, _):
        head = file.read(1 << 16)
        if opens_array(head):
            return _json_array(path, reading)
        if opens_document(head) and (found := document(head + file.read(LONGEST))) is not None:
            return enumerate(found, 1)
    return _json_lines(path, reading)


def _json_array(path: Path, reading: FileReading) -> Records:
    with _bytes(path, reading) as (file, raw):
        try:
            for number, found in enumerate(elements(file), 1):
                reading.done = raw.tell()
                yield number, found
        except ValueError as error:
            raise UnreadableError(f"{path.name}: {error}") from error


def _json_lines(path: Path, reading: FileReading) -> Records:
    with _bytes(path, reading) as (file, raw):
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


def _csv(path: Path, reading: FileReading) -> Records:
    with _bytes(path, reading) as (file, raw):
        for found in csv_records(file, path.name):
            reading.done = raw.tell()
            yield found


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

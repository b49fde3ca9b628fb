"""Records of a file, with the line (or row) where each stands."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, cast

from newsflow.errors import NewsflowError

Records = Iterator[tuple[int, Any]]

_LONGEST = 10_000_000  # characters of one CSV field
_LONGEST_LINE = 64 * 1024 * 1024  # bytes of one JSON record


@dataclass
class FileReading:
    """How far a file is read, for people who wait: bytes of it (as they lie on the disk) and records."""

    size: int = 0
    done: int = 0
    records: int = 0


class UnreadableError(NewsflowError):
    """The file is of no format that we read, or broken as a whole."""


def records(path: Path, reading: FileReading | None = None) -> Records:
    """(line, record) of a .jsonl, .csv or .parquet file; .gz around the first two.

    A line that is no JSON comes as a ValueError in place of its record.

    :param reading: kept up to date.
    :raises UnreadableError: where the file as a whole can't be read.
    """
    name = path.name.lower().removesuffix(".gz")
    readers: dict[str, Callable[[Path, FileReading], Records]] = {
        ".jsonl": _json_lines, ".ndjson": _json_lines, ".json": _json_lines, ".csv": _csv, ".tsv": _csv,
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


def _json_lines(path: Path, reading: FileReading) -> Records:
    with _bytes(path) as (file, raw):
        for number, line in enumerate(_lines(file), 1):
            reading.done = raw.tell()
            if len(line) > _LONGEST_LINE:
                yield number, ValueError(f"the line has more than {_LONGEST_LINE} bytes")
            elif line.strip():
                try:  # decoded line by line: a line in another encoding costs that line only
                    yield number, json.loads(line.decode("utf-8-sig"))
                except (ValueError, RecursionError) as error:
                    yield number, ValueError(f"no JSON: {error}")


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file; of one that is too long its beginning, a byte longer than a line may be."""
    while line := file.readline(_LONGEST_LINE + 1):
        rest = line
        while len(rest) > _LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(_LONGEST_LINE + 1)
        yield line


def _csv(path: Path, reading: FileReading) -> Records:
    csv.field_size_limit(_LONGEST)
    with _bytes(path) as (file, raw):
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        reader = csv.DictReader(text, delimiter="\t" if ".tsv" in path.name.lower() else ",")
        for record in reader:
            reading.done = raw.tell()
            yield reader.line_num, {name: value for name, value in record.items() if name is not None}


def _parquet(path: Path, reading: FileReading) -> Records:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    number = 0
    try:
        file = ParquetFile(path)
        for batch in file.iter_batches(batch_size=1000):
            for record in batch.to_pylist():
                number += 1
                reading.done = reading.size * number // file.metadata.num_rows
                yield number, record
    except ArrowException as error:
        raise UnreadableError(f"{path.name}: {error}") from error

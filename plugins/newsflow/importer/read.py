"""Records of a file, with the line (or row) where each stands."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Any, BinaryIO, cast

Records = Iterator[tuple[int, Any]]

_LONGEST = 10_000_000  # characters of one CSV field


class UnreadableError(Exception):
    """The file is of no format that we read, or broken as a whole."""


def records(path: Path) -> Records:
    """(line, record) of a .jsonl, .csv or .parquet file; .gz around the first two.

    A line that is no JSON comes as a ValueError in place of its record.

    :raises UnreadableError: where the file as a whole can't be read.
    """
    name = path.name.lower().removesuffix(".gz")
    readers: dict[str, Callable[[Path], Records]] = {
        ".jsonl": _json_lines, ".ndjson": _json_lines, ".json": _json_lines, ".csv": _csv, ".tsv": _csv,
        ".parquet": _parquet,
    }  # fmt: skip
    reader = readers.get(Path(name).suffix)
    if reader is None:
        raise UnreadableError(f"{path.name}: name it .jsonl, .csv or .parquet, as it is")
    try:
        yield from reader(path)
    except (OSError, UnicodeDecodeError, csv.Error, EOFError) as error:
        raise UnreadableError(f"{path.name}: {error}") from error


def _binary(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _open(path: Path) -> TextIOWrapper:
    return TextIOWrapper(_binary(path), encoding="utf-8-sig", newline="")


def _json_lines(path: Path) -> Records:
    with _binary(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:  # decoded line by line: a line in another encoding costs that line only
                    yield number, json.loads(line.decode("utf-8-sig"))
                except (ValueError, RecursionError) as error:
                    yield number, ValueError(f"no JSON: {error}")


def _csv(path: Path) -> Records:
    csv.field_size_limit(_LONGEST)
    with _open(path) as file:
        reader = csv.DictReader(file, delimiter="\t" if ".tsv" in path.name.lower() else ",")
        for record in reader:
            yield reader.line_num, {name: value for name, value in record.items() if name is not None}


def _parquet(path: Path) -> Records:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    number = 0
    try:
        for batch in ParquetFile(path).iter_batches(batch_size=1000):
            for record in batch.to_pylist():
                number += 1
                yield number, record
    except ArrowException as error:
        raise UnreadableError(f"{path.name}: {error}") from error

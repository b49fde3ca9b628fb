"""Rows to files: one writer a format, all fed with batches of records."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from newsflow.errors import NewsflowError
from newsflow.text.cells import FORMULAS

# Column kinds by PostgreSQL type oid: https://www.postgresql.org/docs/current/catalog-pg-type.html
KINDS: Mapping[int, str] = {
    16: "bool",
    20: "int64",
    23: "int32",
    25: "string",
    700: "float32",
    701: "float64",
    1009: "list",
    1082: "date",
    1184: "time",
    3802: "json",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its kind (a value of KINDS)."""

    name: str
    kind: str


class Writer(Protocol):
    """Takes batches of records; the file is complete when its context ends."""

    def write(self, records: Sequence[Sequence[Any]]) -> None:
        """Add records, values in the columns' order."""


Opened = AbstractContextManager[Writer]  # a writer, until its file is complete


def guarded(value: Any) -> Any:
    """A CSV cell that no spreadsheet runs: text that looks like a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(FORMULAS):
        return "'" + value
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, date):
        return value.isoformat()
    return value


class _Csv:
    def __init__(self, file: Any, columns: Sequence[Column]) -> None:
        self._csv = csv.writer(file, lineterminator="\n")
        self._csv.writerow([c.name for c in columns])

    def write(self, records: Sequence[Sequence[Any]]) -> None:
        self._csv.writerows([guarded(value) for value in record] for record in records)


class _JsonLines:
    def __init__(self, file: Any, columns: Sequence[Column]) -> None:
        self._file, self._names = file, [c.name for c in columns]

    def write(self, records: Sequence[Sequence[Any]]) -> None:
        for record in records:
            line = json.dumps(dict(zip(self._names, record, strict=True)), ensure_ascii=False, default=_plain)
            self._file.write(line + "\n")


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


class _Parquet:
    def __init__(self, writer: Any, columns: Sequence[Column]) -> None:
        self._writer, self._columns = writer, columns

    def write(self, records: Sequence[Sequence[Any]]) -> None:
        import pyarrow as pa

        by_column = zip(*records, strict=True)
        arrays = [
            pa.array([_json(v) if c.kind == "json" else v for v in values], type=field.type)
            for c, values, field in zip(self._columns, by_column, self._writer.schema, strict=True)
        ]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._writer.schema))


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _arrow_schema(columns: Sequence[Column]) -> Any:
    import pyarrow as pa

    types = {
        "list": pa.list_(pa.string()),
        "date": pa.date32(),
        "time": pa.timestamp("us", tz="UTC"),
        "json": pa.string(),
        "bool": pa.bool_(),
        "string": pa.string(),
    }
    return pa.schema([(c.name, types.get(c.kind) or getattr(pa, c.kind)()) for c in columns])


@contextmanager
def _open_parquet(path: Path, columns: Sequence[Column]) -> Iterator[Writer]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, _arrow_schema(columns), compression="zstd") as writer:
        yield _Parquet(writer, columns)


def _open_text(made: Callable[[Any, Sequence[Column]], Writer]) -> Callable[[Path, Sequence[Column]], Opened]:
    @contextmanager
    def opened(path: Path, columns: Sequence[Column]) -> Iterator[Writer]:
        # without newline="" Windows would end the lines with two characters, and csv doubles line ends in cells
        with path.open("w", encoding="utf-8", newline="") as file:
            yield made(file, columns)

    return opened


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name (of `--format` and in the manifest), how to open a writer, the ending of its files."""

    name: str
    open: Callable[[Path, Sequence[Column]], Opened]
    ending: str


# All formats, the usual one first. Another one is an entry here; the step, the command and its help read this.
_ALL = (
    Format("parquet", _open_parquet, ".parquet"),
    Format("csv", _open_text(_Csv), ".csv"),
    Format("jsonl", _open_text(_JsonLines), ".jsonl"),
)
FORMATS: Mapping[str, Format] = {found.name: found for found in _ALL}
USUAL = _ALL[0].name


class UnknownFormatError(NewsflowError):
    """We write no such format."""


def named(name: str) -> Format:
    """The format of a name.

    :raises UnknownFormatError: where there is none.
    """
    if name not in FORMATS:
        raise UnknownFormatError(f"no format {name}; there are {', '.join(FORMATS)}")
    return FORMATS[name]

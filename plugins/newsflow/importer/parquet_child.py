"""What the child does that reads a Parquet file: some rows at a time, as plain values."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any, NamedTuple

LONGEST = 10_000_000  # bytes of one record; as characters, of one of a CSV file
ENOUGH = 8_000_000  # bytes of rows that go to the parent at once, or one row more
SLICE = 64  # rows made Python values at once
BATCH = 1000  # rows unpacked at once


class Rows(NamedTuple):
    """Rows that follow one another; none at the file's end. One that is too long is a ValueError.

    :param of: rows of the whole file.
    :param trouble: why it can't be read, where it can't.
    """

    rows: list[Any]
    of: int = 0
    trouble: str = ""


class _Reading:
    """A file at some row."""

    def __init__(self, path: str, skip: int) -> None:
        from pyarrow import set_io_thread_count
        from pyarrow.parquet import ParquetFile

        # Arrow would start a thread a core and eight to read: each takes address space, of which there is so much only.
        # With 16 cores they used up 1 GiB, on a file of 64 columns.
        set_io_thread_count(1)
        self.path, self.row = path, 0
        self._file = ParquetFile(path, pre_buffer=False)
        self.of = self._file.metadata.num_rows
        self._records = self._all()
        for _ in range(skip):  # where an earlier child has died
            next(self._records, None)
            self.row += 1

    def _all(self) -> Iterator[Any]:
        for batch in self._file.iter_batches(batch_size=BATCH, use_threads=False):
            for at in range(0, batch.num_rows, SLICE):
                yield from _values(batch.slice(at, SLICE))

    def some(self) -> list[Any]:
        found: list[Any] = []
        size = 0
        for record in self._records:
            length = len(pickle.dumps(record))
            found.append(record if length <= LONGEST else ValueError(f"the row has more than {LONGEST:,} bytes"))
            size += min(length, LONGEST)
            if size > ENOUGH or len(found) >= BATCH:
                break
        self.row += len(found)
        return found


def _values(batch: Any) -> list[Any]:
    """Rows as plain values; a row with one that Python has not (a year 300,000, broken UTF-8) is a ValueError."""
    from pyarrow import ArrowException

    try:
        return list(batch.to_pylist())
    except MemoryError:
        raise
    except (ArrowException, ValueError, OverflowError) as error:
        if batch.num_rows == 1:
            return [ValueError(f"a value of the row can't be read: {error}")]
    return [row for at in range(batch.num_rows) for row in _values(batch.slice(at, 1))]


_readings: dict[str, _Reading] = {}


def rows(path: str, behind: int) -> Rows:
    """The rows of a file behind row `behind`; asked for in their order it goes on where it was."""
    from pyarrow import ArrowException

    reading = _readings.pop(path, None)
    try:
        if reading is None or reading.row != behind:
            reading = _Reading(path, behind)
        found = reading.some()
    except MemoryError:  # Arrow's is one of its exceptions too
        raise
    except (ArrowException, OSError) as error:
        return Rows([], trouble=str(error) or type(error).__name__)
    _readings[path] = reading
    return Rows(found, reading.of)

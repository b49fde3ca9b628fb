"""Records of a CSV file; one that is too long costs itself only."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import chain
from typing import Any, BinaryIO

from newsflow.errors import NewsflowError
from newsflow.importer.parquet_child import LONGEST
from newsflow.text.cells import delimiter

_WITHOUT_END = 10  # times the longest record; so far we look for the end of a longer one
_ENDS = ("\n", "\r")
_SAID = re.compile("sep=(.)\r?\n?", re.IGNORECASE)  # by Excel, in a line before the names


class UnreadableError(NewsflowError):
    """The file is of no format that we read, or broken as a whole."""


class _TooLongError(Exception):
    """The record is longer than one may be; its last line is read."""


class _RecordLines:
    """Lines of text for `csv.reader`, which takes as many as it needs for a record; not without end.

    :raises _TooLongError: where a record is longer than one may be.
    :raises UnreadableError: where it does not end either, as an open quote makes it.
    """

    def __init__(self, text: TextIOWrapper, name: str) -> None:
        self._text, self._name = text, name
        self._size = self._quotes = self._began = 0
        self.line = 0

    def begin_record(self) -> None:
        """What comes next belongs to another record."""
        self._size = self._quotes = 0
        self._began = self.line + 1

    def first(self) -> str:
        """The first line, to look at."""
        line = self._text.readline(LONGEST)
        self._count(line)
        return line

    def __iter__(self) -> _RecordLines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        self._count(line)
        if self._size > LONGEST:
            self._to_its_end(line)
            raise _TooLongError
        return line

    def _count(self, line: str) -> None:
        self.line += line.endswith(_ENDS)
        self._size += len(line)
        self._quotes += line.count('"')

    def _to_its_end(self, line: str) -> None:
        """Past the record: a line ends it where all quotes are closed."""
        while not (line.endswith(_ENDS) and self._quotes % 2 == 0):
            line = self._text.readline(LONGEST + 1)
            self._count(line)
            if not line and self._quotes % 2 == 0:
                return
            if not line or self._size > _WITHOUT_END * LONGEST:
                why = f"the record at line {self._began} has {too_long('characters')}: is a quote open?"
                raise UnreadableError(f"{self._name}: {why}")


def too_long(of: str) -> str:
    """How much longer than a record may be, in words."""
    return f"more than {LONGEST:,} {of}"


def csv_records(file: BinaryIO, name: str) -> Iterator[tuple[int, Any]]:
    """(line, record) of a CSV file in UTF-8; a ValueError in place of a record that is too long.

    :param name: of the file, for messages.
    :raises UnreadableError: where a record does not end.
    """
    csv.field_size_limit(LONGEST)
    lines = _RecordLines(TextIOWrapper(file, encoding="utf-8-sig", newline=""), name)
    first = lines.first()
    said = _SAID.fullmatch(first)
    names_line = next(lines, "") if said else first
    mark = said[1] if said else _separator(names_line)
    names = next(csv.reader(chain([names_line], lines), delimiter=mark), [])
    yield from _rows(lines, names, mark)


def _rows(lines: _RecordLines, names: list[str], mark: str) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(lines, names, delimiter=mark)
    while True:
        lines.begin_record()
        try:
            record = next(reader)
        except StopIteration:
            return
        except _TooLongError:
            yield lines.line, ValueError(f"the record has {too_long('characters')}")
            reader = csv.DictReader(lines, names, delimiter=mark)
            continue
        yield lines.line, {name: value for name, value in record.items() if name is not None}


def _separator(line: str) -> str:
    """What stands most often between the names of the first line: a comma, semicolon, tab or bar."""
    return delimiter(re.sub('"[^"]*"', "", line), ",;\t|")

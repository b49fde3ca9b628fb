"""Publishers as a table that people edit in a spreadsheet: CSV, written and read. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newsflow.errors import NewsflowError
from newsflow.publishers import facts
from newsflow.publishers.facts import COLLECTIONS, FIELDS, FactError, Value
from newsflow.text.cells import active, delimiter, inert
from newsflow.web.urls import LONGEST_NAME

NAME = "publisher"
COLUMNS = (NAME, *FIELDS, COLLECTIONS)
_PREFACE = re.compile(r'(?:"?sep=[,;\t]"?)?[\s,;]*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A publisher in a table: its line, its name, and the fields whose columns are there, empty cells as None."""

    number: int
    name: str
    given: Mapping[str, Value]
    collections: Sequence[str] | None = None  # None: the table has no such column


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell that can't be read."""

    line: int
    column: str
    why: str

    def __str__(self) -> str:
        """For people."""
        return f"line {self.line}, column {self.column}: {self.why}"


class TableError(NewsflowError):
    """A table that can't be taken: nothing of it is; `troubles` has all of its cells that are wrong."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        more = f" (and {len(troubles) - 1} more)" if len(troubles) > 1 else ""
        super().__init__(f"{troubles[0]}{more}: nothing was imported")
        self.troubles = tuple(troubles)


def write(rows: Iterable[Mapping[str, str]]) -> str:
    """A table with `COLUMNS`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: inert(row[name]) for name in COLUMNS} for row in rows)
    return out.getvalue()


def read(text: str) -> list[Line]:
    """The lines of a table, in any order of its columns; a publisher stands in it once.

    :raises TableError: for columns that are unknown or missing, and cells that can't be read.
    """
    reading = _Reading()
    try:
        lines = list(reading.lines(text))
    except csv.Error as error:
        raise TableError([Trouble(reading.next_line, NAME, f"from this line on it is no CSV ({error})")]) from None
    if reading.troubles:
        raise TableError(reading.troubles)
    return lines


def _without_preface(text: str) -> tuple[str, int]:
    """A table from its head on, and the lines before it: blank ones, and Excel's word on the separator (`sep=;`).

    Line ends of the old Mac count where there are no others.
    """
    text = text.lstrip("\ufeff")
    text, before = text if "\n" in text else text.replace("\r", "\n"), 0
    while text and _PREFACE.fullmatch(text.partition("\n")[0]):
        text, before = text.partition("\n")[2], before + 1
    return text, before


@dataclass
class _Reading:
    """One reading, with the troubles that it met."""

    troubles: list[Trouble] = field(default_factory=list)
    next_line: int = 1

    def lines(self, text: str) -> Iterator[Line]:
        text, above = _without_preface(text)
        # strict: a quotation mark that is not closed would swallow the lines behind it
        reader = csv.reader(io.StringIO(text), delimiter=delimiter(text.partition("\n")[0]), strict=True)
        columns = self._columns(next(reader, []))
        seen: dict[str, int] = {}
        self.next_line = above + reader.line_num + 1
        for cells in reader:
            number, self.next_line = self.next_line, above + reader.line_num + 1
            if any(cell.strip() for cell in cells) and columns:
                line = self._line(number, columns, cells)
                self._name(line, seen)
                yield line

    def _columns(self, head: Sequence[str]) -> list[str]:
        found = [NAME if (known := facts.field_of(name)) == "name" else known for name in head]
        for place, (name, column) in enumerate(zip(head, found, strict=True)):
            if column and column in found[:place]:
                self.troubles.append(Trouble(1, name.strip(), f"the column {column} is there twice"))
            elif column and column not in COLUMNS:
                self.troubles.append(Trouble(1, name.strip() or "?", f"unknown; there are {', '.join(COLUMNS)}"))
        if NAME not in found:
            self.troubles.append(Trouble(1, NAME, "it is missing"))
        return found if not self.troubles else []

    def _line(self, number: int, columns: Sequence[str], cells: Sequence[str]) -> Line:
        texts = {column: active(cell.strip()) for column, cell in zip(columns, cells, strict=False) if column}
        self._rest(number, columns, cells)
        given = {name: self._value(number, name, texts[name]) for name in FIELDS if name in texts}
        sets = self._collections(number, texts[COLLECTIONS]) if COLLECTIONS in texts else None
        return Line(number, texts.get(NAME, ""), given, sets)

    def _rest(self, number: int, columns: Sequence[str], cells: Sequence[str]) -> None:
        """Cells without a column: most often a text with a comma in it that is not quoted, so that all behind moves."""
        for place, cell in enumerate(cells):
            if cell.strip() and not "".join(columns[place : place + 1]):
                self.troubles.append(Trouble(number, NAME, f"the cell {cell.strip()[:40]!r} stands in no column"))

    def _value(self, number: int, column: str, text: str) -> Value:
        try:
            return facts.read(column, text)
        except FactError as error:
            self.troubles.append(Trouble(number, column, str(error)))
            return None

    def _collections(self, number: int, text: str) -> list[str]:
        try:
            return facts.collections(text)
        except FactError as error:
            self.troubles.append(Trouble(number, COLLECTIONS, str(error)))
            return []

    def _name(self, line: Line, seen: dict[str, int]) -> None:
        if not line.name:
            self.troubles.append(Trouble(line.number, NAME, "it is empty"))
        elif len(line.name) > LONGEST_NAME:
            self.troubles.append(Trouble(line.number, NAME, f"it has more than {LONGEST_NAME} characters"))
        elif line.name in seen:
            self.troubles.append(Trouble(line.number, NAME, f"{line.name!r} stands in line {seen[line.name]} already"))
        seen.setdefault(line.name, line.number)

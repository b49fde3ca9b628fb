"""Which column of a file gives which field; columns that are missing are named once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from newsflow.errors import NewsflowError
from newsflow.importer.values import is_nothing

FIELDS = (
    "url", "title", "body", "published_at", "modified_at", "publisher", "language", "authors", "lead", "section",
    "tags", "image_url", "canonical_url", "page_type",
)  # fmt: skip
NEEDED = ("url", "body")
_LOOKED_AT = 50  # first records whose columns are looked at; JSON lines may leave some out
_SHOWN = 40  # columns that a message names


class ColumnMapError(NewsflowError):
    """What the user said of the columns names no field of ours."""


class MissingColumnError(NewsflowError):
    """The file has no column that a field needs; the message names those that are there."""


def parse_map(pairs: list[str]) -> dict[str, str]:
    """`title=headline` → {"title": "headline"}: which column gives which field.

    :raises ColumnMapError: for a field that there is not, or a pair that is none.
    """
    found = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not column or field not in FIELDS:
            raise ColumnMapError(f"{pair!r}: write FIELD=COLUMN, with one of the fields {', '.join(FIELDS)}")
        found[field] = column
    return found


def fields(record: Mapping[Any, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """The values of our fields in a record; None for those that it has not. Columns are found in any case."""
    named = {_folded(name): None if is_nothing(value) else value for name, value in reversed(list(record.items()))}
    return {name: named.get(_folded(columns.get(name, name))) for name in FIELDS}


def checked(records: Iterable[tuple[int, Any]], columns: Mapping[str, str]) -> Iterator[tuple[int, Any]]:
    """The same records.

    :raises MissingColumnError: where the first ones have no column for a field that is needed or mapped.
    """
    rest = iter(records)
    first = list(islice(rest, _LOOKED_AT))
    names = list(dict.fromkeys(str(name) for _, record in first if isinstance(record, Mapping) for name in record))
    missing = [name for name in FIELDS if (name in NEEDED or name in columns) and not _has(names, columns, name)]
    if names and missing:
        there = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        wanted = ", ".join(columns.get(name, name) for name in missing)
        raise MissingColumnError(f"there is no column {wanted}; there are {there} (--map {missing[0]}=COLUMN)")
    return chain(first, rest)


def _has(names: Iterable[str], columns: Mapping[str, str], field: str) -> bool:
    return _folded(columns.get(field, field)) in map(_folded, names)


def _folded(name: object) -> str:
    """ "Published At", "published-at" and "PUBLISHED_AT" are one column."""
    return "_".join(str(name).strip().casefold().replace("-", " ").replace("_", " ").split())

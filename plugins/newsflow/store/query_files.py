"""Reads `sql/queries/*.sql`: blocks that begin with `-- name: room.verb_noun purpose`, and notes on their types.

A block may go on with notes, one a line, on what PostgreSQL can't tell of it (`NOTES`):

>>> text = '''
... -- name: poll.next_feed finds the feed that is due next
... -- returns: row or none
... -- nullable parameters: publisher
... select feed_id, url from ingest.feed where %(publisher)s::text is null;
... '''
>>> parse(text)[0].notes
{'returns': 'row or none', 'nullable parameters': 'publisher'}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsflow import resources

NOTES = {
    "returns": "rows, row, row or none, value, value or none, count (of rows touched), dynamic (no function is made);"
    " where it is absent: rows of a query with columns, else count",
    "row": "name of the rows' class, for queries that share it",
    "not null": "columns that are never null, though the catalogue can't tell; or all",
    "nullable": "columns that can be null, though the catalogue says otherwise",
    "nullable parameters": "parameters that may be None, besides those that the SQL asks `is null`",
    "column NAME": "the column's Python type, as of JSON: `-- column counts: dict[str, int]`",
    "parameter NAME": "the parameter's Python type: `-- parameter kinds: Iterable[str | None]`",
    "values": "types of `values %s` where no table gives them: `-- values: feed_id bigint, at timestamptz null`",
}

_NAME = re.compile(r"^-- name: (?P<name>[a-z_]+\.[a-z0-9_]+)[ \t]*(?P<purpose>.*)$", re.MULTILINE)
_NOTE = re.compile(r"-- (returns|row|not null|nullable|nullable parameters|values|(?:column|parameter) \w+): (.+)")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query of the files: psycopg2 placeholders (`%(run_id)s`) in `sql`, and what its header says of it."""

    name: str
    purpose: str
    notes: Mapping[str, str]
    sql: str

    @property
    def room(self) -> str:
        """What stands before the dot."""
        return self.name.partition(".")[0]

    @property
    def verb(self) -> str:
        """What stands after the dot: the name of its function."""
        return self.name.partition(".")[2]

    def listed(self, note: str) -> list[str]:
        """The names that a note lists; none where it is absent."""
        return [name.strip() for name in self.notes.get(note, "").split(",") if name.strip()]


def parse(text: str) -> list[NamedQuery]:
    """The queries of a file, in their order."""
    parts = _NAME.split(text)
    return [
        NamedQuery(name, purpose, *_split(body))
        for name, purpose, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    ]


def _split(body: str) -> tuple[dict[str, str], str]:
    lines = body.strip().splitlines()
    notes = dict(_notes(lines))
    return notes, "\n".join(lines[len(notes) :]).strip().rstrip(";")


def _notes(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if not (match := _NOTE.fullmatch(line.strip())):
            return
        yield match[1], match[2]


@lru_cache(maxsize=1)
def load() -> Mapping[str, NamedQuery]:
    """All named queries by name, in the order of the files.

    :raises ValueError: where a name stands twice.
    """
    found: dict[str, NamedQuery] = {}
    for path in resources.listed("sql/queries", ".sql"):
        for query in parse(path.read_text(encoding="utf-8")):
            if query.name in found:
                raise ValueError(f"query {query.name} stands twice ({path})")
            found[query.name] = query
    return found

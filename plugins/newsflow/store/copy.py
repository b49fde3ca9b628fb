"""COPY in PostgreSQL's text format, 3 to 4 times cheaper on the client than csv.

Format: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format".
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.store.literals import as_json
from newsflow.text.characters import storable


def _text(text: str) -> str:
    """Escaped by `replace`: it searches at memory speed, where `translate` costs 50 µs a text with one `é` in it."""
    text = storable(text).replace("\\", "\\\\")
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _element(item: Any) -> str:
    if item is None:
        return "NULL"
    escaped = str(item).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _array(items: Iterable[Any]) -> str:
    return "{" + ",".join(map(_element, items)) + "}"


def field(value: Any) -> str:
    """One value as a field of COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (bytes, memoryview)):
        return "\\\\x" + bytes(value).hex()
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return _text(_array(value))
    if isinstance(value, Mapping):
        return _text(as_json(value))
    return _text(str(value))


def copy_rows(conn: Connection, table: str, columns: Sequence[str], data: Iterable[Sequence[Any]]) -> int:
    """COPY rows into `table (columns)`; returns their number.

    :param table: trusted SQL name, never input.
    :raises RuntimeError: where the server counts other than we sent (a row end in the data).
    """
    lines = ["\t".join(map(field, record)) for record in data]
    if not lines:
        return 0
    buffer = io.StringIO("\n".join(lines) + "\n")
    quoted = ", ".join(f'"{name}"' for name in columns)
    with conn.cursor() as cursor:
        cursor.copy_expert(f"copy {table} ({quoted}) from stdin", buffer)
        if cursor.rowcount != len(lines):
            raise RuntimeError(f"COPY {table}: sent {len(lines)} rows, server counts {cursor.rowcount}")
    return len(lines)

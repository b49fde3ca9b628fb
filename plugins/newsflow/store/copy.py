"""COPY in PostgreSQL's text format, 3 to 4 times cheaper on the client than csv.

Format: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format".
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.store.literals import as_json
from newsflow.text.characters import storable

_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))


def _text(text: str) -> str:
    """Escaped by `replace`: it searches at memory speed, where `translate` costs 50 µs a text with one `é` in it."""
    if "\x00" in text or not text.isascii():
        text = storable(text)
    for sign, escaped in _ESCAPES:
        if sign in text:
            text = text.replace(sign, escaped)
    return text


def _element(item: Any) -> str:
    if item is None:
        return "NULL"
    escaped = str(item).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _array(items: Iterable[Any]) -> str:
    return "{" + ",".join(map(_element, items)) + "}"


def _of_several(items: Iterable[Any]) -> str:
    return _text(_array(items))


def _of_bytes(value: bytes | memoryview) -> str:
    return "\\\\x" + value.hex()


# by type, as a batch has hundreds of thousands of fields
_FORMS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "\\N",
    str: _text,
    int: str,
    float: str,
    bool: lambda value: "t" if value else "f",
    bytes: _of_bytes,
    memoryview: _of_bytes,
    datetime: datetime.isoformat,
    date: date.isoformat,
    tuple: _of_several,
    list: _of_several,
}


def field(value: Any) -> str:
    """One value as a field of COPY's text format."""
    return _FORMS.get(type(value), _of_others)(value)


def _of_others(value: Any) -> str:
    if isinstance(value, (set, frozenset)):
        return _of_several(value)
    if isinstance(value, Mapping):
        return _text(as_json(value))
    if isinstance(value, date):
        return value.isoformat()
    return _text(value if isinstance(value, str) else str(value))


def copy_rows(conn: Connection, table: str, columns: Sequence[str], data: Iterable[Sequence[Any]]) -> int:
    """COPY rows into `table (columns)`; returns their number.

    :param table: trusted SQL name, never input.
    :raises RuntimeError: where the server counts other than we sent (a row end in the data).
    """
    form = _FORMS.get
    lines = ["\t".join([form(type(value), _of_others)(value) for value in record]) for record in data]
    if not lines:
        return 0
    buffer = io.StringIO("\n".join(lines) + "\n")
    quoted = ", ".join(f'"{name}"' for name in columns)
    with conn.cursor() as cursor:
        cursor.copy_expert(f"copy {table} ({quoted}) from stdin", buffer)
        if cursor.rowcount != len(lines):
            raise RuntimeError(f"COPY {table}: sent {len(lines)} rows, server counts {cursor.rowcount}")
    return len(lines)

"""Values as psycopg2 writes them into SQL: the last line before the database, whoever made them.

psycopg2 knows its adapters by type, not by connection, so these hold for the whole process; they change nothing but
what PostgreSQL would refuse. JSON is passed as a dict, never as its text: a text can't be told from another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from psycopg2.extensions import QuotedString, register_adapter

from newsflow.text.characters import storable
from newsflow.text.storable import stored


def as_json(value: Mapping[str, Any]) -> str:
    """JSON that `jsonb` takes: no escaped NUL or lone surrogate, no NaN, nothing without an end."""
    return json.dumps(stored(value), ensure_ascii=False, allow_nan=False, default=_other)


def _other(value: object) -> str:
    return storable(str(value))


def _quoted(text: str) -> QuotedString:
    return QuotedString(storable(text))


def _quoted_json(value: dict[str, Any]) -> QuotedString:
    return QuotedString(as_json(value))


def register() -> None:
    """Let psycopg2 write texts and dicts so; repeated calls change nothing."""
    register_adapter(str, _quoted)
    register_adapter(dict, _quoted_json)

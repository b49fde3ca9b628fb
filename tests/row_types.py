"""Checks what named queries return against the types that they declare; the whole suite runs under it.

PostgreSQL can't tell of every column whether it is ever null, so some declarations are ours: this finds the false ones.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Union, get_args, get_origin, get_type_hints

Fits = Callable[[Any], bool]

lies: list[str] = []
"""What was found; a test that swallows the error fails at the session's end."""


def check(name: str, found: Sequence[Any]) -> None:
    """Compare rows, or one value, with the result that a query's function declares."""
    fields = declared(name)
    rows = found if len(fields) != 1 or "" not in fields else [(value,) for value in found]
    for at, (field, fits) in enumerate(fields.items()):
        for row in rows:
            if not fits(row[at]):
                lies.append(f"{name} declares {field or 'its value'} otherwise than {row[at]!r:.80}")
                raise AssertionError(lies[-1])


@cache
def declared(name: str) -> dict[str, Fits]:
    """The columns of a query with a test of their values; a value's name is empty."""
    room, _, verb = name.partition(".")
    result = get_type_hints(getattr(import_module(f"newsflow.store.queries.{room}"), verb))["return"]
    row = next((one for one in _inner(result) if hasattr(one, "_fields")), None)
    hints = get_type_hints(row) if row else {"": result}
    return {field: _fits(hint) for field, hint in hints.items()}


def _inner(hint: Any) -> list[Any]:
    return [hint, *(part for argument in get_args(hint) for part in _inner(argument))]


def _fits(hint: Any) -> Fits:
    """Exact types: a bool is no int here, nor a datetime a date."""
    if hint is Any:
        return lambda value: True
    if get_origin(hint) in {Union, types.UnionType}:
        options = [_fits(option) for option in get_args(hint)]
        return lambda value: any(fits(value) for fits in options)
    if get_origin(hint) is list:
        element = _fits(get_args(hint)[0])
        return lambda value: type(value) is list and all(map(element, value))
    if get_origin(hint) is dict:
        key, inner = map(_fits, get_args(hint))
        return lambda value: type(value) is dict and all(map(key, value)) and all(map(inner, value.values()))
    return lambda value: type(value) is hint

"""What PostgreSQL can store: the one door for values that come from outside.

Nouns that carry such values are `Storable`, so that they hold nothing else, whoever makes them. What is written into
SQL, COPY or JSON goes through `stored` once more (`newsflow.store.literals`), for the values that no noun carried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast, get_args, get_type_hints

from newsflow.text.characters import storable

DEEPEST = 32  # nested lists and mappings; what lies deeper is left out, as Python and PostgreSQL recurse over it
_LARGEST = 2**63 - 1  # PostgreSQL's bigint
_WIDEST = timedelta(hours=16)  # from UTC


class Storable:
    """Base of frozen dataclasses whose values come from outside: each field that can hold texts or times is cleaned."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Put what can be stored in the place of what can't."""
        noun: Any = type(self)
        for name in _open_fields(noun):
            value = getattr(self, name)
            if not value:
                continue
            kept = stored(value)
            if kept is not value:
                object.__setattr__(self, name, kept)

    def __reduce__(self) -> tuple[Any, ...]:
        """By its fields alone: what dataclasses write for slots costs a look at their definition for each noun."""
        noun: Any = type(self)
        return _remade, (noun, _values(noun)(self))


def _remade(kind: Any, values: tuple[Any, ...]) -> Any:
    """A noun from the values of its fields, which are clean; what a child process answers is made so."""
    made = object.__new__(kind)
    put = object.__setattr__
    for name, value in zip(_all_fields(kind), values, strict=True):
        put(made, name, value)
    return made


Noun = TypeVar("Noun", bound=Storable)


def replaced(noun: Noun, **changes: Any) -> Noun:
    """As `dataclasses.replace`, for dataclasses with slots; only what changes is looked at again.

    :raises TypeError: for a field that the noun has not.
    """
    kind: Any = type(noun)
    made, put = object.__new__(kind), object.__setattr__
    for name, value in zip(_all_fields(kind), _values(kind)(noun), strict=True):
        put(made, name, stored(changes.pop(name)) if name in changes else value)
    if changes:
        raise TypeError(f"{kind.__name__} has no {', '.join(changes)}")
    return cast("Noun", made)


@cache
def _values(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of all fields: one call costs less than one for each."""
    names = _all_fields(kind)
    return attrgetter(*names) if len(names) > 1 else lambda noun: (getattr(noun, names[0]),)


@cache
def _all_fields(noun: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(noun))


@cache
def _open_fields(noun: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass whose type can hold a text or a time, however deep."""
    hints = get_type_hints(noun)
    return tuple(each.name for each in fields(noun) if _is_open(hints[each.name]))


def _is_open(hint: Any) -> bool:
    if hint is Any or hint is object or hint in (str, datetime):
        return True
    return any(_is_open(inner) for inner in get_args(hint))


def stored(value: Any, depth: int = 0) -> Any:
    """A value as PostgreSQL can store it; the very same object where there is nothing to change.

    Texts lose NUL and lone surrogates; times that UTC has not are None; numbers that are none or larger
    than 64 bits are None. The same holds inside of lists, tuples, sets and mappings.
    """
    if type(value) is str:
        return storable(value)
    if isinstance(value, str):  # an outcome is one too, and is a code of our own
        return value
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, (list, tuple, set, frozenset)):
        return _several(value, depth)
    return value


def _time(value: datetime) -> datetime | None:
    """PostgreSQL takes offsets below 16 hours, and Python reads no year but 1 to 9999.

    Other zones stay as they are written: they tell the publisher's day.
    """
    offset = value.utcoffset()
    if not offset:
        return value
    try:
        utc = value.astimezone(timezone.utc)
    except OverflowError:
        return None
    return value if abs(offset) < _WIDEST else utc


def _number(value: float) -> float | None:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if -_LARGEST <= value <= _LARGEST else None


def _several(value: Any, depth: int) -> Any:
    """A list, tuple or set; named tuples keep their class."""
    if depth >= DEEPEST:
        return type(value)() if type(value) in (list, tuple, set, frozenset) else None
    kept = [stored(each, depth + 1) for each in value]
    if all(new is old for new, old in zip(kept, value, strict=True)):
        return value
    return type(value)._make(kept) if hasattr(type(value), "_make") else type(value)(kept)


def _mapping(value: Mapping[Any, Any], depth: int) -> Mapping[Any, Any]:
    if depth >= DEEPEST:
        return {}
    kept = {stored(key, depth + 1): stored(each, depth + 1) for key, each in value.items()}
    same = len(kept) == len(value) and all(
        new is old and inner is outer for (new, inner), (old, outer) in zip(kept.items(), value.items(), strict=True)
    )
    return value if same else kept

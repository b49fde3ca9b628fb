"""Values that PostgreSQL or UTF-8 refuses, for each type that a dataclass declares for a field."""

from __future__ import annotations

import importlib
import math
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import newsflow
from newsflow.outcomes import Outcome
from newsflow.text.storable import Storable

TEXT = "nul \x00 half \ud800 other \udfff escaped \\u0000 end"
EARLY = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23, minutes=59)))  # UTC has no such year
LATE = datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=23)))
NOON = datetime(2026, 5, 12, 12, tzinfo=timezone(timedelta(hours=20)))  # an offset that PostgreSQL refuses
TREE = {
    TEXT: [TEXT, {"key \x00": TEXT, "numbers": [math.nan, math.inf, 10**30, 2.5]}],
    "times": [EARLY, LATE],
    "deep": [[[TEXT]]],
    "set": {TEXT},
}
PLAIN = {bool: True, int: 1, float: math.nan, bytes: b"\x00\xff", date: date(2026, 5, 12), object: TEXT}


def nouns() -> Iterator[type[Any]]:
    """Every `Storable` dataclass of the package, found by importing all of it but what needs Airflow."""
    for found in pkgutil.walk_packages(newsflow.__path__, "newsflow."):
        if not found.name.startswith(("newsflow.airflow_glue", "newsflow.ops", "newsflow.dags", "newsflow.reference")):
            importlib.import_module(found.name)
    yield from sorted(_below(Storable), key=lambda noun: noun.__qualname__)


def _below(noun: type[Any]) -> set[type[Any]]:
    # a dataclass with slots is made twice, and the first one lives on as a subclass that nothing names
    named = {one for one in noun.__subclasses__() if getattr(sys.modules[one.__module__], one.__name__) is one}
    return named.union(*map(_below, named))


def made(noun: type[Any], **given: Any) -> Any:
    """A dataclass with a hostile value in each field that is not given."""
    hints = get_type_hints(noun)
    return noun(**{each.name: value(hints[each.name]) for each in fields(noun) if each.name not in given}, **given)


def value(hint: Any) -> Any:
    """A hostile value of a declared type."""
    if hint is str:
        return TEXT
    if hint is datetime:
        return NOON
    if hint is Any:
        return TREE
    if hint in PLAIN:
        return PLAIN[hint]
    if hint is Outcome:
        return Outcome.OK
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if is_dataclass(hint):
        return made(hint) if isinstance(hint, type) else None
    return _generic(hint)


def _generic(hint: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Union or type(hint).__name__ == "UnionType":
        return value(next(one for one in inner if one is not type(None)))
    if origin is tuple and inner[-1] is not Ellipsis:
        return tuple(map(value, inner))
    if origin in (list, tuple, set, frozenset):
        return origin([value(inner[0])])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {value(inner[0]): value(inner[1])}
    raise AssertionError(f"no hostile value for {hint}")


def texts(found: Any) -> Iterator[str]:
    """All texts in a value, however deep."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        yield from (text for pair in found.items() for each in pair for text in texts(each))
    elif isinstance(found, (list, tuple, set, frozenset)):
        yield from (text for each in found for text in texts(each))
    elif is_dataclass(found):
        yield from (text for each in fields(found) for text in texts(getattr(found, each.name)))

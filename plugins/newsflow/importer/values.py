"""Values as files have them: words for nothing, lists that were written as text, objects where a name is asked for."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from newsflow.importer.markup import text_of

# What pandas, R, Excel, MySQL, Java and JavaScript write where there is nothing.
_NOTHING = frozenset({"null", "none", "nan", "nat", "n/a", "#n/a", "<na>", "nil", "undefined", "\\n", "-", "--", "{}"})
_LONGEST_LITERAL = 100_000  # characters of a list that is written as text
_MEMBERS = ("name", "text", "title", "term", "label", "value", "content", "$date", "#text", "@value", "url", "href")
_FIRST_AND_LAST = (("first", "last"), ("givenname", "familyname"), ("firstname", "lastname"))
_BETWEEN_TEXTS = re.compile(r"""(['"])\s+(?=['"])""")  # numpy: "['Ada Lane' 'Bo Ek']"
_SEVERAL = re.compile(r"\s*[;|\n]\s*")


def is_nothing(value: object) -> bool:
    """Whether a value says that there is none."""
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHING
    return isinstance(value, float) and value != value  # noqa: PLR0124 - NaN, as Parquet has it


def plain(value: object, between: str = ", ") -> str:
    """A value as text: of an object what names it, of a list its members; "" for nothing."""
    if isinstance(value, str):
        return value
    if value is None or is_nothing(value):
        return ""
    if isinstance(value, Mapping):
        return _named(value)
    if isinstance(value, (list, tuple)):
        return between.join(
            filter(None, (plain(part, between) for part in value if not isinstance(part, (list, tuple))))
        )
    return str(value)


def parts(value: object) -> Iterator[str]:
    """Members of a list (as JSON or Python write it, too), or of a text with semicolons, bars or lines between them."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        value = _literal(value)
    if isinstance(value, (list, tuple)):
        for part in _flat(value):
            yield "" if is_nothing(part) else plain(part)
    elif value is not None and not is_nothing(value):
        yield from [plain(value)] if isinstance(value, Mapping) else _SEVERAL.split(text_of(plain(value)))


def _flat(value: Sequence[object]) -> Iterator[object]:
    for part in value:
        if isinstance(part, (list, tuple)):
            yield from part
        else:
            yield part


def _literal(text: str) -> object:
    """What a text says in JSON or as Python prints it; the text where it is neither."""
    with suppress(ValueError, RecursionError):
        return json.loads(text)
    if len(text) <= _LONGEST_LITERAL:
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return ast.literal_eval(_BETWEEN_TEXTS.sub(r"\1, ", text.strip()))
    return text


def _named(value: Mapping[object, object]) -> str:
    """What an object is called: its name, or first and last name."""
    members = {str(key).casefold().replace("_", ""): str(part) for key, part in value.items() if _is_told(part)}
    for member in _MEMBERS:
        if member in members:
            return members[member]
    return next((f"{members[one]} {members[two]}" for one, two in _FIRST_AND_LAST if {one, two} <= members.keys()), "")


def _is_told(part: object) -> bool:
    return isinstance(part, (str, int, float)) and not isinstance(part, bool) and not is_nothing(part) and part != ""

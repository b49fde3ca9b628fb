"""Which columns of a query can be null: what its text tells beside the catalogue. In doubt a column can be null.

The catalogue knows that a table's column is `not null`; an outer join takes that away again. The text of a column
tells that `count(*)`, `exists (…)` or `coalesce(x, 0)` is never null.

>>> sorted(outer_tables("select a.x from ingest.page a left join ingest.capture c using (page_id)"))
['ingest.capture']
>>> select_list("with x as (select 1) select a.id, coalesce(b.n, 0) as n from a left join b using (id)")
['a.id', 'coalesce(b.n, 0)']
>>> [never_null(text) for text in ("coalesce(b.n, 0)", "max(b.n)", "count(*) filter (where b.n > 1)", "b.n is null")]
[True, False, True, True]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRING = re.compile(r"'[^']*'")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_TABLE = re.compile(r"\b(?:from|join|update|into|using)\s+([a-z_]+\.[a-z_]+)")
_LEFT = re.compile(r"\bleft join\s+(lateral\s+)?")
_OTHER_OUTER = re.compile(r"\b(right|full) join\b")

_SET_OPERATIONS = frozenset({"union", "intersect", "except"})
_ENDS = frozenset({"from", "where", "group", "having", "order", "limit", "window", "for"})
_WORD = re.compile(r"[()]|\b[a-z_]+\b")
_ALIAS = re.compile(r"\s+as\s+\"?\w+\"?$")
_DISTINCT = re.compile(r"^distinct\s+(on\s*\([^()]*\)\s*)?")

_CAST = r"(::[a-z0-9_]+(\[\])?)?"
# Matched on a text whose parentheses are emptied: what stands in them does not matter.
_NEVER_NULL = re.compile(
    rf"(count|row_number)\(\)( filter ?\(\))?( over ?\(\))?{_CAST}"
    r"|(not )?exists ?\(\)|array\(\)|(now|clock_timestamp|current_database)\(\)"
    rf"|[a-z_.]+ is (not )?null|'_*'{_CAST}|\d+{_CAST}|true|false"
)
_COALESCE = re.compile(rf"coalesce\((.*), ('_*'|-?\d+(\.\d+)?|true|false)\){_CAST}", re.DOTALL)
_COUNT_QUERY = re.compile(r"\(\s*select count\(\*\) from (?!.*group by).*\)", re.DOTALL)


def mask(sql: str) -> str:
    """The text in lower case, without comments and what stands in quotes."""
    bare = _COMMENT.sub(" ", sql)
    return _STRING.sub(lambda match: "'" + "_" * (len(match[0]) - 2) + "'", bare).lower()


def outer_tables(sql: str) -> set[str]:
    """The tables whose columns an outer join can make null; all, where the text doesn't tell which."""
    text = mask(sql)
    if _OTHER_OUTER.search(text):
        return set(_TABLE.findall(text))
    found: set[str] = set()
    for match in _LEFT.finditer(text):
        found |= _joined(text, match.end())
    return found


def _joined(text: str, begin: int) -> set[str]:
    """The tables of what is joined: a table, a subquery, or a query's own name, which stands for any table."""
    if text[begin] == "(":
        return set(_TABLE.findall(text[begin : _closing(text, begin)]))
    name = re.compile(r"[a-z_.]+").match(text, begin)
    return {name[0]} if name and "." in name[0] else set(_TABLE.findall(text))


def _closing(text: str, begin: int) -> int:
    depth = 0
    for at in range(begin, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def select_list(sql: str) -> list[str]:
    """The texts of a query's columns without their names; empty where set operations put several texts into one."""
    text = mask(sql)
    begin, end = 0, len(text)
    for word, at in _outside_parentheses(text):
        if word in _SET_OPERATIONS:
            return []
        if word in {"select", "returning"}:
            begin, end = at + len(word), len(text)
        elif word in _ENDS and begin and end == len(text):
            end = at
    listed = _DISTINCT.sub("", text[begin:end].strip()) if begin else ""
    return [_ALIAS.sub("", item) for item in _at_commas(listed)]


def _outside_parentheses(text: str) -> Iterator[tuple[str, int]]:
    depth = 0
    for match in _WORD.finditer(text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            yield match[0], match.start()


def _at_commas(text: str) -> list[str]:
    items, depth, begin = [], 0, 0
    for at, sign in enumerate(text + ","):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            items.append(" ".join(text[begin:at].split()))
            begin = at + 1
    return items


def never_null(column: str) -> bool:
    """Whether a column's text alone shows that it is never null."""
    if column.startswith("coalesce("):
        whole = _closing(column, len("coalesce")) + 1
        return bool(_COALESCE.fullmatch(column)) and not re.search(r"[^a-z0-9_:\[\]]", column[whole:])
    if column.startswith("(") and _closing(column, 0) == len(column) - 1:
        return bool(_COUNT_QUERY.fullmatch(column))
    return bool(_NEVER_NULL.fullmatch(_emptied(column)))


def _emptied(text: str) -> str:
    """The text with emptied parentheses: `count(*) over (order by (x))` gives `count() over ()`."""
    kept, depth = [], 0
    for sign in text:
        depth -= sign == ")"
        if depth == 0:
            kept.append(sign)
        depth += sign == "("
    return "".join(kept)

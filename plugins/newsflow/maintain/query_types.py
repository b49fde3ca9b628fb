"""The Python types of a named query: what it takes and gives, found by PostgreSQL on a migrated database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from keyword import iskeyword

from psycopg2.extensions import connection as Connection

from newsflow.maintain.query_describe import ColumnOrigin, StatementError, describe
from newsflow.maintain.query_nulls import never_null, outer_tables, select_list
from newsflow.store.query_files import NamedQuery

# What psycopg2 gives for a type of PostgreSQL; parameters differ where `PARAMETERS` says so.
PYTHON = {
    **dict.fromkeys(("bool",), "bool"),
    **dict.fromkeys(("int2", "int4", "int8", "oid"), "int"),
    **dict.fromkeys(("float4", "float8"), "float"),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "char", "regclass"), "str"),
    **dict.fromkeys(("json", "jsonb"), "Any"),
    "numeric": "Decimal",
    "bytea": "memoryview",
    "date": "date",
    "interval": "timedelta",
    "timestamptz": "datetime",
    "void": "None",
}
PARAMETERS = {"numeric": "float", "bytea": "bytes | memoryview", "json": "dict[str, Any]", "jsonb": "dict[str, Any]"}

# `now - interval '1 day'` alone would make PostgreSQL take `now` for an interval.
KNOWN_PARAMETERS = {"now": "timestamptz"}

LONGEST_PURPOSE = 108  # it becomes a docstring of one line

_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%|%s")
_ASKED_FOR_NULL = re.compile(r"%\((\w+)\)s(?:::[\w\[\]]+)? is null")
_INSERTED = re.compile(r"insert into ([a-z_.]+)(?: as \w+)?\s*\(([^()]*)\)\s*values %s")
_ALIASED = re.compile(r"\(values %s\) as \w+\s*\(([^()]*)\)")


class QueryTypeError(ValueError):
    """The types of a query can't be told; says which note would help."""


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a column, with its Python type as it is written in code."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class TypedQuery:
    """A query with its types.

    :ivar values: the columns of the rows that `values %s` takes.
    """

    query: NamedQuery
    parameters: tuple[Field, ...]
    columns: tuple[Field, ...]
    values: tuple[Field, ...] = ()


class Catalogue:
    """The types and columns of a database, read once."""

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    @cached_property
    def types(self) -> Mapping[int, tuple[str, int]]:
        """Type OID: its name, and its elements' OID for an array (0 for others)."""
        with self.conn.cursor() as cursor:
            cursor.execute("select oid, typname, case when typcategory = 'A' then typelem else 0 end from pg_type")
            return {oid: (name, element) for oid, name, element in cursor.fetchall()}

    @cached_property
    def oids(self) -> Mapping[str, int]:
        """Type name: its OID."""
        return {name: oid for oid, (name, _) in self.types.items()}

    @cached_property
    def required(self) -> Mapping[tuple[int, int], str]:
        """Table OID and column number of each column that is not null: the table's name."""
        with self.conn.cursor() as cursor:
            cursor.execute(
                "select attrelid, attnum, format('%s.%s', nspname, relname) from pg_attribute"
                " join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace"
                " where attnotnull and attnum > 0"
            )
            return {(table, number): name for table, number, name in cursor.fetchall()}

    def required_columns(self, table: str) -> set[str]:
        """The columns of a table that are not null."""
        with self.conn.cursor() as cursor:
            cursor.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnotnull and attnum > 0", (table,)
            )
            return {name for (name,) in cursor.fetchall()}

    def oid(self, sql_type: str) -> int:
        """OID of a type as SQL names it (`bigint`, `text[]`)."""
        with self.conn.cursor() as cursor:
            cursor.execute("select %s::regtype::oid", (sql_type,))
            ((oid,),) = cursor.fetchall()
        return int(oid)

    def python(self, oid: int, special: Mapping[str, str], sequence: str) -> str:
        """The Python type of values of a type.

        :raises QueryTypeError: for a type that no query has had yet.
        """
        name, element = self.types[oid]
        if element:
            return f"{sequence}[{self.python(element, special, sequence)}]"
        found = special.get(name) or PYTHON.get(name)
        if not found:
            raise QueryTypeError(f"PostgreSQL's type {name} has no Python type here")
        return found


def typed(catalogue: Catalogue, query: NamedQuery) -> TypedQuery:
    """A query's types.

    :raises QueryTypeError: where PostgreSQL can't tell them, or its notes name what isn't there.
    """
    try:
        if len(query.purpose) > LONGEST_PURPOSE:
            raise QueryTypeError(f"its purpose has more than {LONGEST_PURPOSE} characters")
        if "%s" in query.sql:
            return _typed_values(catalogue, query)
        numbered, names = _numbered(query.sql)
        known = [catalogue.oids.get(KNOWN_PARAMETERS.get(name, ""), 0) for name in names]
        found = describe(catalogue.conn, numbered, known)
        parameters = _parameters(catalogue, query, zip(names, found.parameters, strict=True))
        return _checked(TypedQuery(query, tuple(parameters), tuple(_columns(catalogue, query, found.columns))))
    except (StatementError, QueryTypeError) as trouble:
        raise QueryTypeError(f"{query.name}: {trouble}") from trouble


def _numbered(sql: str) -> tuple[str, list[str]]:
    """psycopg2's placeholders as `$1`, `$2` …, each occurrence with a number of its own, as each is a literal."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%"
        names.append(match[1])
        return f"${len(names)}"

    return _PLACEHOLDER.sub(number, sql), names


def _parameters(catalogue: Catalogue, query: NamedQuery, found: Iterable[tuple[str, int]]) -> Iterator[Field]:
    types: dict[str, set[str]] = {}
    for name, oid in found:
        types.setdefault(name, set()).add(catalogue.python(oid, PARAMETERS, "Iterable"))
    nullable = {*query.listed("nullable parameters"), *_ASKED_FOR_NULL.findall(query.sql)}
    for name, candidates in types.items():
        given = query.notes.get(f"parameter {name}")
        if not given and len(candidates) > 1:
            raise QueryTypeError(f"{name} is {' and '.join(sorted(candidates))}: cast it in the SQL")
        yield Field(name, given or _optional(candidates.pop(), name in nullable))


def _columns(catalogue: Catalogue, query: NamedQuery, found: Sequence[ColumnOrigin]) -> Iterator[Field]:
    texts = select_list(query.sql)
    outer = outer_tables(query.sql)
    for at, column in enumerate(found):
        table = catalogue.required.get((column.table_oid, column.table_column))
        required = (table is not None and table not in outer) or (len(texts) == len(found) and never_null(texts[at]))
        python = query.notes.get(f"column {column.name}") or catalogue.python(column.type_oid, {}, "list")
        yield Field(column.name, _optional(python, _nullable(query, column.name, required)))


def _nullable(query: NamedQuery, column: str, required: bool) -> bool:
    if query.notes.get("not null") == "all" or column in query.listed("not null"):
        return False
    return not required or column in query.listed("nullable")


def _optional(python: str, nullable: bool) -> str:
    return f"{python} | None" if nullable and python not in {"Any", "None"} else python


def _typed_values(catalogue: Catalogue, query: NamedQuery) -> TypedQuery:
    """A query of `values %s`: the rows' columns are those of the table that they go into, or of its note."""
    fields = _noted_values(catalogue, query) if "values" in query.notes else _inserted_values(catalogue, query)
    casts = ", ".join(f"${n}{cast}" for n, (_, cast, _) in enumerate(fields, 1))
    found = describe(catalogue.conn, query.sql.replace("%s", f"({casts})").replace("%%", "%"))
    values = [
        Field(name, _optional(catalogue.python(oid, PARAMETERS, "list"), nullable))
        for (name, _, nullable), oid in zip(fields, found.parameters, strict=True)
    ]
    return _checked(TypedQuery(query, (), tuple(_columns(catalogue, query, found.columns)), tuple(values)))


def _noted_values(catalogue: Catalogue, query: NamedQuery) -> list[tuple[str, str, bool]]:
    """Name, cast and nullability of each column, from the note; its names are those of the SQL."""
    found = []
    for item in query.listed("values"):
        name, sql_type, *null = item.split()
        found.append((name, f"::{sql_type}", null == ["null"]))
    alias = _ALIASED.search(" ".join(query.sql.split()))
    names = [name.strip() for name in alias[1].split(",")] if alias else []
    if names != [name for name, _, _ in found]:
        raise QueryTypeError(f"its note on values does not name {', '.join(names)}")
    return found


def _inserted_values(catalogue: Catalogue, query: NamedQuery) -> list[tuple[str, str, bool]]:
    match = _INSERTED.search(" ".join(query.sql.split()))
    if not match:
        raise QueryTypeError("a note `-- values: name type, …` has to tell the types of its values")
    required = catalogue.required_columns(match[1])
    names = [name.strip().strip('"') for name in match[2].split(",")]
    return [(name, "", name not in required) for name in names]


def _checked(found: TypedQuery) -> TypedQuery:
    """The query, if what its notes name is there, and if its columns can be the fields of a named tuple."""
    columns, parameters = {f.name for f in found.columns}, {f.name for f in found.parameters}
    if not found.query.notes.get("returns", "").startswith(("value", "count", "dynamic")):
        _check_names([f.name for f in (*found.columns, *found.values) if f.type != "None"])
    for note, names in (("not null", columns), ("nullable", columns), ("nullable parameters", parameters)):
        if missing := set(found.query.listed(note)) - names - {"all"}:
            raise QueryTypeError(f"its note `{note}` names {', '.join(sorted(missing))}, which it does not have")
    for kind, names in (("column", columns), ("parameter", parameters)):
        noted = {n.removeprefix(f"{kind} ") for n in found.query.notes if n.startswith(f"{kind} ")}
        if missing := noted - names:
            raise QueryTypeError(f"its note `{kind}` names {', '.join(sorted(missing))}, which it does not have")
    return found


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if not name.isidentifier() or iskeyword(name) or name.startswith("_") or name in {"count", "index"}:
            raise QueryTypeError(f"its column {name} can't be a field: give it another name with `as`")

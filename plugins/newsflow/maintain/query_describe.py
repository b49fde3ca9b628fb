"""What PostgreSQL says of a statement without running it: types of parameters and columns, origin of columns.

psycopg2 has no call for it, so libpq's PQprepare and PQdescribePrepared are called through the connection's own
libpq: `pgconn_ptr` is made for this (https://www.psycopg.org/docs/connection.html#connection.pgconn_ptr).
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection

_COMMAND_OK = 1  # PGRES_COMMAND_OK

# The extension module is linked against the right libpq; through it the symbols are found wherever that lies.
_libpq = ctypes.PyDLL(psycopg2._psycopg.__file__)
for _name, _result, _arguments in (
    ("PQprepare", ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p)),
    ("PQdescribePrepared", ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p)),
    ("PQresultStatus", ctypes.c_int, (ctypes.c_void_p,)),
    ("PQresultErrorMessage", ctypes.c_char_p, (ctypes.c_void_p,)),
    ("PQnparams", ctypes.c_int, (ctypes.c_void_p,)),
    ("PQparamtype", ctypes.c_uint, (ctypes.c_void_p, ctypes.c_int)),
    ("PQnfields", ctypes.c_int, (ctypes.c_void_p,)),
    ("PQfname", ctypes.c_char_p, (ctypes.c_void_p, ctypes.c_int)),
    ("PQftype", ctypes.c_uint, (ctypes.c_void_p, ctypes.c_int)),
    ("PQftable", ctypes.c_uint, (ctypes.c_void_p, ctypes.c_int)),
    ("PQftablecol", ctypes.c_int, (ctypes.c_void_p, ctypes.c_int)),
    ("PQclear", None, (ctypes.c_void_p,)),
):
    _function = getattr(_libpq, _name)
    _function.restype, _function.argtypes = _result, _arguments


class StatementError(ValueError):
    """PostgreSQL can't prepare a statement; says why."""


@dataclass(frozen=True, slots=True)
class ColumnOrigin:
    """A column of a result: type OID, and table OID and number of the column that it shows (0: an expression)."""

    name: str
    type_oid: int
    table_oid: int
    table_column: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A prepared statement: type OIDs of `$1`, `$2` …, and its columns."""

    parameters: tuple[int, ...]
    columns: tuple[ColumnOrigin, ...]


def describe(conn: Connection, sql: str, types: Sequence[int] = ()) -> Statement:
    """Prepare a statement with placeholders `$1`, `$2` … and tell what it takes and gives.

    :param types: type OIDs of the first parameters; 0: PostgreSQL finds it.
    :raises StatementError: where it can't be prepared; the transaction is then to be rolled back.
    """
    given = (ctypes.c_uint * len(types))(*types)
    _done(_libpq.PQprepare(conn.pgconn_ptr, b"", sql.encode(), len(types), given))
    result = _libpq.PQdescribePrepared(conn.pgconn_ptr, b"")
    try:
        _check(result)
        return Statement(
            tuple(_libpq.PQparamtype(result, n) for n in range(_libpq.PQnparams(result))),
            tuple(_column(result, n) for n in range(_libpq.PQnfields(result))),
        )
    finally:
        _libpq.PQclear(result)


def _column(result: int, n: int) -> ColumnOrigin:
    name: bytes = _libpq.PQfname(result, n)
    return ColumnOrigin(
        name.decode(), _libpq.PQftype(result, n), _libpq.PQftable(result, n), _libpq.PQftablecol(result, n)
    )


def _done(result: int) -> None:
    try:
        _check(result)
    finally:
        _libpq.PQclear(result)


def _check(result: int) -> None:
    if _libpq.PQresultStatus(result) != _COMMAND_OK:
        message: bytes = _libpq.PQresultErrorMessage(result)
        raise StatementError(message.decode().strip())

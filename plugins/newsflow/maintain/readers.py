"""Roles of persons and tools that read the schema `news`, each with limits and a schema of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import psycopg2
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import encrypt_password

from newsflow.errors import NewsflowError
from newsflow.store import queries
from newsflow.store.db import transaction


class ReaderError(NewsflowError):
    """A reader can't be made or taken away; the message says why."""


@dataclass(frozen=True, slots=True)
class Added:
    """A reader that is right now; `password` is empty where the old one holds."""

    name: str
    is_new: bool
    password: str


def add(conn: Connection, name: str, *, connections: int, new_password: bool = False) -> Added:
    """Make a reader, or make right one that is there.

    Only what stands in for the password goes to the server (SCRAM), so that none of its logs has it.

    :param connections: sessions that it may have at a time.
    :raises ReaderError: where the name is taken or not allowed, or we may not make roles.
    """
    is_new = name not in {row.name for row in readers(conn)}
    password = secrets.token_urlsafe(18) if is_new or new_password else ""
    verifier = encrypt_password(password, name, conn, "scram-sha-256") if password else None
    try:
        with transaction(conn):
            queries.maintain.add_reader(conn, name=name, verifier=verifier, connections=connections)
        with transaction(conn):
            queries.maintain.grant_roles(conn)
    except psycopg2.Error as error:
        raise _explained(error) from None
    return Added(name, is_new, password)


def readers(conn: Connection) -> list[queries.maintain.ReadersRow]:
    """All readers, by name."""
    with transaction(conn):
        return queries.maintain.readers(conn)


def remove(conn: Connection, name: str, *, drop_tables: bool = False) -> int:
    """End a reader's sessions and take its role away; its tables stay as ours, unless they are to be dropped too.

    :return: how many tables and views stay, in the schema of its name.
    :raises ReaderError: where there is no such reader, or we may not.
    """
    try:
        with transaction(conn):
            return queries.maintain.remove_reader(conn, name=name, drop_tables=drop_tables) or 0
    except psycopg2.Error as error:
        raise _explained(error) from None


def still_open(conn: Connection) -> list[queries.maintain.OpenToPublicRow]:
    """What readers may do beside reading, and only a superuser can forbid; with the statements that do."""
    with transaction(conn):
        return queries.maintain.open_to_public(conn)


def _explained(error: psycopg2.Error) -> ReaderError:
    return ReaderError(str(error).strip().splitlines()[0])

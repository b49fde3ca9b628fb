"""Which folder of the archive is this database's, and is the archive there?

Each database writes below a folder with a random name. A copy of a database (a restored backup, a template, a
standby that took over) has another mark than the one it was copied from, and so gets another folder: neither
overwrites, deletes or misses what the other writes from then on. `adopt` says that the other one is no more.
"""

from __future__ import annotations

from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.store import queries
from newsflow.store.archive import Archive
from newsflow.store.db import transaction


def own(conn: Connection) -> list[str]:
    """This database's folders, the present one last; one is named where it has none."""
    return [row.folder for row in _own(conn)]


def _own(conn: Connection) -> list[queries.archive.OwnFoldersRow]:
    with transaction(conn):
        queries.archive.make_folder(conn)
        return queries.archive.own_folders(conn)


def enter(conn: Connection, archive: Archive, now: datetime) -> str:
    """The folder to write to. The first time it is made; from then on it must be there.

    :raises ArchiveGoneError: where the archive is not there, which is to be asked before anything is said of captures.
    """
    present = _own(conn)[-1]
    if present.begun_at:
        archive.ask(present.folder)
        return present.folder
    with transaction(conn):
        former = queries.archive.begun_folder(conn)
    if former:
        archive.ask(former)
    return begin(conn, archive, now)


def begin(conn: Connection, archive: Archive, now: datetime) -> str:
    """Make this database's folder: at its first use, or where a person says that the archive is lost for good."""
    folder = own(conn)[-1]
    archive.begin(folder)
    with transaction(conn):
        queries.archive.note_begun(conn, folder=folder, now=now)
    return folder


def adopt(conn: Connection) -> int:
    """Take over the folders of the databases that this one was copied from; returns how many."""
    with transaction(conn):
        return queries.archive.adopt(conn)

"""Old captures go, or move to a cheaper archive, with the ledger in step.

Deleting: the ledger says so first, then the file goes. Moving: the copy is safe first,
then the ledger says so, then the file goes. A crash between leaves a file too many, which
`newsflow archive sweep` finds, and never a row too many.

What lies in the folder of a database that this one was copied from stays: it may need it. `newsflow archive adopt`
says that it is no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.store import archive_folders, queries
from newsflow.store.archive import Archive
from newsflow.store.db import transaction
from newsflow.store.locks import lock


@dataclass(frozen=True, slots=True)
class Expired:
    """A file that retention takes: response records in it, size in bytes."""

    file: str
    bytes: int
    records: int


def expired(conn: Connection, before: datetime) -> list[Expired]:
    """Files sealed before a time that nothing waits for; oldest first."""
    folders = archive_folders.own(conn)
    with transaction(conn):
        rows = queries.archive.expired(conn, before=before, folders=folders)
    return [Expired(row.file, row.bytes, row.records) for row in rows]


def prune(
    conn: Connection, archive: Archive, before: datetime, now: datetime, *, move_to: str = ""
) -> Iterator[Expired]:
    """Delete the expired files, or move them; yields each when it is done.

    :param move_to: folder or fsspec URL of the archive that takes them.
    :raises ArchiveGoneError: where the archive is not there.
    :raises OSError: where a store fails; what was done stays done.
    """
    with lock(conn, "newsflow.archive.prune"):
        archive_folders.enter(conn, archive, now)
        target = Archive(move_to) if move_to else None
        for found in expired(conn, before):
            if target is None:
                with transaction(conn):
                    queries.archive.mark_deleted(conn, file=found.file, now=now)
            else:
                archive.copy_to(target, found.file)
                with transaction(conn):
                    queries.archive.mark_moved(conn, file=found.file, location=move_to)
            archive.delete(found.file)
            yield found

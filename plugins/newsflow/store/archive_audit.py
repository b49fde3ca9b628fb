"""Does the archive hold what the ledger says, no less and no more?

Files too many are faults only where this database's own steps have written them. Others may be another database's, or
what this one wrote before it was restored from a backup: they are counted, and left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg2.extensions import connection as Connection

from newsflow.model import CapturePointer
from newsflow.store import archive_folders, queries
from newsflow.store.archive import Archive, ArchivedFile, CaptureError, CaptureMissingError
from newsflow.store.archive_writer import written_by
from newsflow.store.db import transaction
from newsflow.store.queries.archive import LedgerRow, UnledgeredRow
from newsflow.text.counted import counted

STRAYS = frozenset({"orphan", "leftover", "stale"})  # files too many
GRACE_S = 6 * 3600.0  # a younger file without a row may belong to a step that has not committed yet


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    `kind`: missing (a file of the ledger), size, unledgered (captures of an unknown file),
    orphan, leftover (of a crash), stale (should have been deleted or moved), damaged or cut (a capture).
    """

    kind: str
    file: str
    detail: str
    offset: int | None = None
    page_id: int | None = None


@dataclass
class Audit:
    """What an audit found; `ok` when nothing is wrong."""

    files: int = 0
    bytes: int = 0
    captures: int = 0
    foreign: int = 0  # files that this database's steps did not write
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether archive and ledger agree."""
        return not self.faults

    @property
    def kinds(self) -> Mapping[str, int]:
        """Faults by kind."""
        return Counter(fault.kind for fault in self.faults)


def audit(
    conn: Connection, archive: Archive, now: datetime, *, folder: str = "", deep: bool = True, grace_s: float = GRACE_S
) -> Audit:
    """Compare the archive with the ledger.

    :param folder: only files below it.
    :param deep: read each capture and compare its digest, too.
    :param grace_s: younger files without a row are left to the step that writes them, seconds.
    :raises ArchiveGoneError: where the archive is not there.
    :raises OSError: where the store itself fails.
    """
    archive_folders.enter(conn, archive, now)
    # the ledger first: a file that is sealed meanwhile is then too young to be an orphan
    with transaction(conn):
        ledger = queries.archive.ledger(conn, folder=folder)
        unledgered = queries.archive.unledgered(conn, folder=folder)
    rows, stored = {row.file: row for row in ledger}, {f.file: f for f in archive.list(folder)}
    own = _own(conn, stored.values(), rows)
    found = Audit(files=len(ledger), bytes=sum(row.bytes for row in ledger))
    found.foreign = len(stored.keys() - rows.keys() - {f.file for f in own})
    found.faults += map(_unledgered, unledgered)
    found.faults += _ledger_faults(ledger, stored, folder)
    found.faults += _strays(rows, own, now.timestamp() - grace_s)
    if deep:
        _read_all(conn, archive, ledger, found)
    return found


def _own(conn: Connection, stored: Iterable[ArchivedFile], ledger: Mapping[str, LedgerRow]) -> list[ArchivedFile]:
    """The files that this database's steps wrote, or begin to write, into its own folders."""
    folders = set(archive_folders.own(conn))
    with transaction(conn):
        tokens = set(queries.archive.tokens(conn))
    return [
        file
        for file in stored
        if file.file.partition("/")[0] in folders and (file.file in ledger or written_by(file.file, tokens))
    ]


def _unledgered(row: UnledgeredRow) -> Fault:
    return Fault(
        "unledgered", row.file, f"the ledger does not know the file, and has {counted(row.captures, 'capture')} in it"
    )


def _ledger_faults(ledger: Sequence[LedgerRow], stored: Mapping[str, ArchivedFile], folder: str) -> Iterator[Fault]:
    """Faults of the files that the ledger knows; those that were moved are looked for where they went."""
    moved_to = {row.location for row in ledger if row.location}
    held = {location: {f.file: f for f in Archive(location).list(folder)} for location in moved_to}
    for row in ledger:
        yield from _file_faults(row, held[row.location] if row.location else stored)


def _read_all(conn: Connection, archive: Archive, ledger: Sequence[LedgerRow], found: Audit) -> None:
    """Read each capture of each file that is there."""
    missing = {fault.file for fault in found.faults if fault.kind == "missing"}
    for row in ledger:
        if row.file not in missing and not row.deleted_at:
            _read(conn, Archive(row.location) if row.location else archive, row.file, found)


def _file_faults(row: LedgerRow, stored: Mapping[str, ArchivedFile]) -> Iterator[Fault]:
    there = stored.get(row.file)
    if row.deleted_at:
        return
    if there is None:
        yield Fault("missing", row.file, f"the ledger has {counted(row.captures, 'capture')} in it")
    elif there.bytes != row.bytes:
        yield Fault("size", row.file, f"{there.bytes} bytes, and {row.bytes} when it was sealed")


def _strays(ledger: Mapping[str, LedgerRow], stored: Iterable[ArchivedFile], before: float) -> Iterator[Fault]:
    """Files that should not be there.

    :param before: seconds since 1970; a younger file may belong to a step that has not committed yet.
    """
    for file in stored:
        row = ledger.get(file.file)
        if row is not None and (row.deleted_at or row.location):
            yield Fault("stale", file.file, "the ledger says that it was " + ("deleted" if row.deleted_at else "moved"))
        elif file.modified < before and (fault := _nobodys(file, known=row is not None)):
            yield fault


def _nobodys(file: ArchivedFile, *, known: bool) -> Fault | None:
    if file.open:
        return Fault("leftover", file.file, "its writer did not live to seal it")
    return None if known else Fault("orphan", file.file, "the ledger does not know it")


def _read(conn: Connection, archive: Archive, file: str, found: Audit) -> None:
    with transaction(conn):
        rows = queries.archive.captures(conn, file=file)
    pointers = [CapturePointer(r.file, r.offset, r.length, r.payload_digest) for r in rows]
    for row, (_, exchange) in zip(rows, archive.read_many(pointers), strict=True):
        found.captures += 1
        if isinstance(exchange, CaptureError):
            kind = "cut" if isinstance(exchange, CaptureMissingError) else "damaged"
            found.faults.append(Fault(kind, file, str(exchange), row.offset, row.page_id))


def sweep(archive: Archive, found: Audit) -> list[str]:
    """Delete the files that an audit found to be nobody's; returns their names."""
    names = [fault.file for fault in found.faults if fault.kind in STRAYS]
    for name in names:
        archive.delete(name)
    return names

"""`newsflow archive`: verify, sweep and prune the archive of captures; begin it anew, take over another one's."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from newsflow.clock import utcnow
from newsflow.commands.home_database import database_settings
from newsflow.errors import NewsflowError
from newsflow.text.counted import counted

if TYPE_CHECKING:
    from newsflow.model import Exchange
    from newsflow.store.archive_audit import Audit

app = typer.Typer(add_completion=False)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]

_AGE = re.compile(r"(\d+)([hdw])")
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Folder = Annotated[str, typer.Option(help="Only files below this folder of the archive.")]
SHOWN = 20


class NoCaptureError(NewsflowError):
    """The archive has nothing of a page."""


def age(text: str) -> timedelta:
    """`6h`, `30d` or `52w` as a time span.

    :raises typer.BadParameter: for anything else.
    """
    match = _AGE.fullmatch(text)
    if not match:
        raise typer.BadParameter(f"{text!r} is no age: write 6h, 30d or 52w")
    return timedelta(**{{"h": "hours", "d": "days", "w": "weeks"}[match[2]]: int(match[1])})


def _audit(folder: str, deep: bool, grace: timedelta) -> Audit:
    from newsflow.store.archive import Archive
    from newsflow.store.archive_audit import audit
    from newsflow.store.migrate import ready_session

    settings = database_settings()
    with ready_session(settings.dsn) as conn:
        archive = Archive(settings.archive_url)
        return audit(conn, archive, utcnow(), folder=folder, deep=deep, grace_s=grace.total_seconds())


def render(found: Audit) -> str:
    """An audit as lines of text."""
    lines = [f"{counted(found.files, 'file')}, {found.bytes / 1e6:.1f} MB, {counted(found.captures, 'capture')} read"]
    if found.foreign:
        lines.append(f"  {found.foreign} files beside them were not written by this database, and are left alone")
    for fault in found.faults[:SHOWN]:
        place = f"{fault.file} at {fault.offset}" if fault.offset is not None else fault.file
        lines.append(f"  {fault.kind:<11} {place}: {fault.detail}")
    if len(found.faults) > SHOWN:
        lines.append(f"  … and {len(found.faults) - SHOWN} more (--json lists all)")
    kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(found.kinds.items()))
    return "\n".join([*lines, f"not good: {kinds}" if kinds else "good: archive and ledger agree"])


@app.command()
def verify(
    folder: Folder = "",
    quick: Annotated[bool, typer.Option("--quick", help="Compare files only; don't read captures.")] = False,
    grace: Annotated[str, typer.Option(help="Files younger than this may still be at work.")] = "6h",
    as_json: Json = False,
) -> None:
    """Compare the archive with the ledger: orphans, missing files, digests. Exit code 1 where they differ."""
    found = _audit(folder, not quick, age(grace))
    if as_json:
        faults = [asdict(fault) for fault in found.faults]
        counts = {"files": found.files, "bytes": found.bytes, "captures": found.captures, "foreign": found.foreign}
        typer.echo(json.dumps({"ok": found.ok, **counts, "kinds": dict(found.kinds), "faults": faults}))
    else:
        typer.echo(render(found))
    raise typer.Exit(0 if found.ok else 1)


@app.command()
def sweep(
    older: Annotated[str, typer.Option(help="Only files older than this.")] = "24h",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be deleted.")] = False,
    as_json: Json = False,
) -> None:
    """Delete what crashes left behind: files that the ledger does not know, or says are gone."""
    from newsflow.store import archive_audit
    from newsflow.store.archive import Archive

    found = _audit("", False, age(older))
    names = [fault.file for fault in found.faults if fault.kind in archive_audit.STRAYS]
    if not dry_run:
        archive_audit.sweep(Archive(database_settings().archive_url), found)
    said = f"{'would delete' if dry_run else 'deleted'} {counted(len(names), 'file')}"
    typer.echo(json.dumps({"deleted": names, "dry_run": dry_run}) if as_json else said)


@app.command()
def prune(
    older: Annotated[str, typer.Option(help="Files sealed longer ago than this, such as 52w.")],
    move_to: Annotated[str, typer.Option(help="Move them to this folder or fsspec URL instead of deleting.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Delete or move old captures, with the ledger in step. Articles stay; they can't be reprocessed after a delete."""
    from newsflow.store import archive_retention
    from newsflow.store.archive import Archive
    from newsflow.store.migrate import ready_session

    settings, now = database_settings(), utcnow()
    before = now - age(older)
    with ready_session(settings.dsn) as conn:
        if dry_run:
            found = archive_retention.expired(conn, before)
        else:
            found = list(archive_retention.prune(conn, Archive(settings.archive_url), before, now, move_to=move_to))
    size = sum(file.bytes for file in found)
    if as_json:
        typer.echo(json.dumps({"files": [file.file for file in found], "bytes": size, "dry_run": dry_run}))
        return
    verb = "moved" if move_to else "deleted"
    typer.echo(f"{'would have ' if dry_run else ''}{verb} {counted(len(found), 'file')}, {size / 1e6:.1f} MB")


@app.command()
def show(url: Annotated[str, typer.Argument(help="Address of the page.")]) -> None:
    """Write a page as it was captured last, byte by byte, to standard output."""
    sys.stdout.buffer.write(captured(url).body)


def captured(url: str) -> Exchange:
    """What a page's server answered when it was captured last.

    :raises NoCaptureError: where the archive has nothing of it.
    """
    from newsflow.model import CapturePointer
    from newsflow.store import queries
    from newsflow.store.archive import Archive, CaptureError
    from newsflow.store.migrate import ready_session
    from newsflow.web.urls import canonicalise, url_hash

    settings, page = database_settings(), canonicalise(url)
    with ready_session(settings.dsn) as conn:
        found = queries.archive.newest_capture(conn, url=page, url_hash=url_hash(page))
    if found is None:
        raise NoCaptureError(f"{page}: the archive has no capture of it")
    try:
        return Archive(settings.archive_url).read(CapturePointer(*found))
    except CaptureError as error:
        raise NoCaptureError(f"{page}: {error}") from error


@app.command()
def begin(as_json: AsJson = False) -> None:
    """Begin the archive anew, where the old one is lost for good: pages whose captures it held are fetched again."""
    from newsflow.store import archive_folders
    from newsflow.store.archive import Archive
    from newsflow.store.migrate import ready_session

    settings = database_settings()
    with ready_session(settings.dsn) as conn:
        folder = archive_folders.begin(conn, Archive(settings.archive_url), utcnow())
    typer.echo(json.dumps({"folder": folder}) if as_json else f"the archive is there: its folder {folder} is made")


@app.command()
def adopt(as_json: AsJson = False) -> None:
    """After a restore or a move: say that the database that this one was copied from is no more. Its files are ours."""
    from newsflow.store import archive_folders
    from newsflow.store.migrate import ready_session

    with ready_session(database_settings().dsn) as conn:
        folders = archive_folders.adopt(conn)
    typer.echo(json.dumps({"folders": folders}) if as_json else f"took over {counted(folders, 'folder')}")

"""`newsflow backup` and `newsflow restore`: the database as one file, by PostgreSQL's own programs."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from newsflow.commands.home_database import database_settings
from newsflow.commands.local import environment
from newsflow.commands.publishers import actor
from newsflow.errors import NewsflowError
from newsflow.text.counted import counted

backup_app = typer.Typer(add_completion=False)
restore_app = typer.Typer(add_completion=False)
PATIENCE = "10s"  # how long restore waits for those at work in the database
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


class BackupError(NewsflowError):
    """The backup was not made, or not restored; nothing was changed."""


@backup_app.command()
def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to; a file that is there is replaced.")],
    as_json: AsJson = False,
) -> None:
    """Write the whole database to a file (pg_dump, custom format), and note that in it. Runs may go on meanwhile.

    The archive of captures is files: copy them as such.
    """
    from newsflow.clock import utcnow
    from newsflow.ops.checklist import note_backup
    from newsflow.store.db import session

    url = database_settings(any_release=True).dsn
    with _part(file) as fresh:
        _run("pg_dump", url, "--format=custom", f"--file={fresh}")
        fresh.replace(file)
    size = file.stat().st_size
    with session(url, application="newsflow backup") as conn:  # on any schema: it may be made before a migration
        note_backup(conn, size, actor(), utcnow())
    typer.echo(json.dumps({"file": str(file), "bytes": size}) if as_json else f"{file}: {size / 1e6:.1f} MB")


@restore_app.command()
def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file that newsflow backup wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Also where the database holds pages: they go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of what the database holds, whole or not at all (pg_restore).

    Readers of the old database must be there before, and are made right again afterwards: `newsflow readers add NAME`.
    """
    from newsflow.store import queries
    from newsflow.store.db import session

    url = database_settings(any_release=True).dsn
    schemas = _schemas(url, file)
    _check(url, file, schemas)
    if not replace:
        _spare(url)
    _replace(url, file, schemas)
    with session(url, application="newsflow restore") as conn:  # it may be of an older release
        totals = queries.runs.totals(conn)
    told = {"pages": totals.pages, "articles": totals.articles}
    typer.echo(json.dumps(told) if as_json else ", ".join(f"{number:,} {name}" for name, number in told.items()))


@contextmanager
def _part(file: Path) -> Iterator[Path]:
    """A file beside it to write to, ours until it ends; what a backup that was killed left there is written over.

    :raises BackupError: where another backup writes there, and for a device, which a rename would take away.
    """
    if file.exists() and not file.is_file():
        raise BackupError(f"{file} is no ordinary file")
    fresh = file.with_name(f".{file.name}.part")
    with fresh.open("ab") as ours:
        try:
            fcntl.flock(ours, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"another backup writes {file} now") from None
        try:
            yield fresh
        finally:
            fresh.unlink(missing_ok=True)


def _check(url: str, file: Path, schemas: Sequence[str]) -> None:
    """See that this release can work with what is in the file.

    :raises BackupError: for another program's dump, and for one of a newer release, which would lock us out.
    """
    from newsflow.store.migrate import released

    if "newsflow_meta" not in schemas:
        raise BackupError(f"{file} is no backup of newsflow")
    table = ("--schema=newsflow_meta", "--table=migration")
    ledger = _run("pg_restore", url, "--data-only", *table, "--file=-", str(file))
    known = {migration.version for migration in released()}
    newer = sorted(set(re.findall(r"^(\d{4}_\w+\.sql)\t", ledger, re.MULTILINE)) - known)
    if newer:
        raise BackupError(f"the backup is of a newer release, which has {newer[0]}: install that one first")


def _spare(url: str) -> None:
    """See that nothing is lost.

    :raises BackupError: where the database holds pages, or is of another release, so that we can't know.
    """
    from newsflow.store import queries
    from newsflow.store.migrate import MigrationError, ready_session

    try:
        with ready_session(url, application="newsflow restore") as conn:
            held = queries.runs.totals(conn).pages
    except MigrationError as error:
        raise BackupError(f"{error}; or --replace puts the backup in the place of all that it holds") from error
    if held:
        raise BackupError(f"the database holds {counted(held, 'page')}: --replace puts the backup in their place")


def _replace(url: str, file: Path, schemas: Sequence[str]) -> None:
    """Drop the schemas that the backup holds, and make them as they were, in one transaction.

    (pg_restore's --clean can't: it drops a partition's key, which goes with its parent's.)
    """
    drop = "; ".join(
        [f"set lock_timeout = '{PATIENCE}'"] + [f'drop schema if exists "{name}" cascade' for name in schemas]
    )
    with TemporaryDirectory() as folder:
        script = Path(folder) / "restore.sql"
        _run("pg_restore", url, "--no-owner", f"--file={script}", str(file))
        _run(
            "psql", url, "-qX", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--command={drop}", f"--file={script}"
        )


def _schemas(url: str, file: Path) -> list[str]:
    """Names of the schemas in a backup: "5; 2615 16390 SCHEMA - ingest newsflow" in its list."""
    return re.findall(r"^\d+; \d+ \d+ SCHEMA - (\w+) ", _run("pg_restore", url, "--list", str(file)), re.MULTILINE)


def _run(program: str, url: str, *words: str) -> str:
    command = [_path(program), *words]
    done = subprocess.run(command, env=environment(url), capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.strip().splitlines() if "NOTICE" not in line]
        raise BackupError(_in_words(said[0]) if said else f"{program} ended without a word")
    return done.stdout


def _in_words(said: str) -> str:
    """What PostgreSQL's program said, with what to do about it where we know."""
    if "lock timeout" in said:
        return "something is at work in the database, such as a run: stop it, then restore again"
    if role := re.search(r'role "(.+)" does not exist', said):
        cure = "newsflow migrate" if role[1].startswith("news") else f"newsflow readers add {role[1]}"
        return f"the backup has rights for the role {role[1]}, which this server lacks: {cure}, then restore again"
    return said


def _path(program: str) -> str:
    """The program of the local server, else the one of this machine."""
    from newsflow.local.postgres import binaries

    try:
        return str(binaries() / program)
    except FileNotFoundError:
        pass
    if found := shutil.which(program):
        return found
    raise BackupError(f"there is no {program} here: install PostgreSQL's client, or run it where the server is")

"""Export what changed since a cursor, from one snapshot of the database, to a folder or an object store.

A file appears whole or not at all; the manifest, written after it, is the only truth about
what is there. Killed between the two, the next export overwrites the same file.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import cursor as Cursor

from newsflow.errors import NewsflowError
from newsflow.export.formats import KINDS, USUAL, Column, Format, named
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.filesystem import open_filesystem, write

MANIFEST = "manifest.json"
BATCH = 2_000
KEY = "article_id"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file of an export: changes after `since` up to `until`, the newest of each article."""

    file: str
    format: str
    since: int
    until: int
    rows: int
    bytes: int
    sha256: str
    made_at: str


class Target:
    """A folder or object store with its manifest.

    :param url: a path, or any URL that fsspec knows (`s3://bucket/news`).
    """

    def __init__(self, url: str) -> None:
        self.fs, self.root = open_filesystem(url)

    def files(self) -> list[ExportedFile]:
        """What the manifest lists, oldest first."""
        path = f"{self.root}/{MANIFEST}"
        if not self.fs.exists(path):
            return []
        return [ExportedFile(**found) for found in json.loads(self.fs.cat_file(path))["files"]]

    def cursor(self) -> int:
        """Up to which change the files reach; 0 where there are none."""
        return max((found.until for found in self.files()), default=0)

    def put(self, path: Path, name: str) -> None:
        """Make a local file appear here, whole: a rename in a folder, one object in a store."""
        self.fs.makedirs(self.root, exist_ok=True)
        final = f"{self.root}/{name}"
        if "file" in self.fs.protocol:
            self.fs.put_file(str(path), f"{final}.part")
            Path(f"{final}.part").replace(final)
        else:
            write(self.fs, "put_file", final, path)

    def add(self, made: ExportedFile, folder: Path) -> None:
        """List a file in the manifest, in place of an earlier one of its name."""
        listed = [found for found in self.files() if found.file != made.file]
        text = json.dumps({"files": [asdict(found) for found in [*listed, made]]}, indent=1)
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        self.put(folder / MANIFEST, MANIFEST)


def export(
    conn: Connection,
    target: Target,
    now: datetime,
    *,
    since: int | None = None,
    format: str = USUAL,
    columns: Sequence[str] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ExportedFile | None:
    """Write the newest state of each article that changed after a cursor; None where none did.

    :param since: a `change_id`; None goes on where the manifest ends.
    :param format: the name of one of `FORMATS`.
    :param columns: of news.articles; none: all.
    :param progress: told rows done and in all.
    :raises UnknownFormatError:
    :raises UnknownColumnError:
    """
    wanted = named(format)
    start = target.cursor() if since is None else since
    conn.set_isolation_level(ISOLATION_LEVEL_REPEATABLE_READ)
    with transaction(conn), tempfile.TemporaryDirectory(prefix="newsflow-export-") as folder:
        span = queries.export.span(conn, since=start)
        if not span.articles:
            return None
        name = f"articles-{start:012d}-{span.until:012d}{wanted.ending}"
        path = Path(folder) / name
        rows = _write(conn, path, wanted, _chosen(conn, columns), start, span, progress)
        target.put(path, name)
        made = ExportedFile(
            name, wanted.name, start, span.until, rows, path.stat().st_size, _digest(path), now.isoformat()
        )
        target.add(made, Path(folder))
    return made


class UnknownColumnError(NewsflowError):
    """The contract has no such column."""


def _chosen(conn: Connection, wanted: Sequence[str]) -> list[str]:
    """Names of the columns in the table's order, after the key, which each file needs."""
    there = [found.name for found in queries.export.columns(conn)]
    if unknown := sorted({*wanted} - {*there}):
        raise UnknownColumnError(f"news.articles has no column {', '.join(unknown)}")
    chosen = {*(wanted or there)} - {KEY}
    return [KEY, *(name for name in there if name in chosen)]


def _write(
    conn: Connection,
    path: Path,
    format: Format,
    names: list[str],
    since: int,
    span: queries.export.SpanRow,
    progress: Callable[[int, int], None],
) -> int:
    done = 0
    # a cursor with a name stands in the server, so that no more than a batch is in memory
    with conn.cursor("export", cursor_factory=Cursor) as cursor:
        cursor.itersize = BATCH
        cursor.execute(_statement(names), {"since": since, "until": span.until})
        batches = _batches(cursor)
        first = next(batches)  # such a cursor knows its columns only once it has given rows
        columns = [Column(d.name, KINDS[d.type_code]) for d in cursor.description or ()]
        with format.open(path, columns) as writer:
            for records in chain([first], batches):
                writer.write(records)
                done += len(records)
                progress(done, span.articles)
    return done


def _statement(names: Sequence[str]) -> str:
    """`export.rows` with these columns: names out of the catalogue, so quotes around them are enough."""
    selected = "".join(f', a."{name}"' for name in names if name != KEY)
    return queries.sql("export.rows").replace("/* columns */", selected)


def _batches(cursor: Cursor) -> Iterator[list[tuple[Any, ...]]]:
    while records := cursor.fetchmany(BATCH):
        yield records


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

"""Where WARC files come from: a folder, an http(s) URL, an object store, or a list of such (`warc.paths.gz`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urljoin

from newsflow.backfill import source_lists
from newsflow.backfill.copied_bytes import Stream
from newsflow.backfill.http_file import HttpFile, head
from newsflow.errors import NewsflowError
from newsflow.store.filesystem import open_filesystem
from newsflow.text.storable import Storable
from newsflow.web.transport import Transport

SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")
LISTS = (".paths", ".paths.gz", ".txt", ".txt.gz")
BLOCK = 8 * 1024 * 1024  # bytes asked of an object store at once
MAX_LISTED = 100_000  # files that the lists of one request may name, together
MAX_DEPTH = 3  # lists within lists

_SCHEME = re.compile(r"([a-z][a-z0-9+.:-]*)://", re.IGNORECASE)
_WEB = frozenset(("http", "https"))
_LOCAL = frozenset(("", "file", "local"))
_REMOTE_NAMES = _WEB | {"s3"}  # what a list that others wrote may name


class RefusedNameError(NewsflowError):
    """A list names what it may not."""


@dataclass(frozen=True, slots=True)
class Source(Storable):
    """A file to read: path or URL, size in bytes (None: unknown), and what changes when its content does.

    A file that a list names and that can't be read says why in `trouble`: the others are read all the same.
    """

    name: str
    bytes: int | None = None
    version: str = ""
    trouble: str = ""


class Sources:
    """Finds and opens files.

    :param transport: the guarded door to http servers.
    :param anonymous: ask S3 without credentials, as public data sets such as CC-NEWS allow.
    """

    def __init__(self, transport: Transport, *, anonymous: bool = False) -> None:
        self._transport = transport
        self._anonymous = anonymous
        self._named = 0

    def find(self, given: str) -> Iterator[Source]:
        """The WARC files that a path or URL stands for, by name.

        :raises FileNotFoundError: where nothing is there.
        :raises OSError: where the server or store fails, or a list is too long.
        """
        return self._find(given, MAX_DEPTH)

    def lines(self, given: str) -> Iterator[str]:
        """The lines of a list, as they come.

        :raises OSError: where it can't be read to its end.
        """
        with closing(cast("BinaryIO", self.open(given, 0))) as stream:
            yield from source_lists.lines(stream)

    def open(self, source: str, offset: int) -> Stream:
        """A file's bytes from an offset on; close it when done.

        :raises OSError: where it can't be opened.
        """
        if _scheme(source) in _WEB:
            return HttpFile(self._transport, source, offset)
        fs, path = self._fs(source)
        stream = fs.open(path, "rb", block_size=BLOCK)
        stream.seek(offset)
        return cast("BinaryIO", stream)

    def _find(self, given: str, depth: int) -> Iterator[Source]:
        if given.partition("?")[0].endswith(LISTS):
            yield from self._listed(given, depth)
        elif _scheme(given) in _WEB:
            yield Source(given, *head(self._transport, given))
        else:
            yield from self._find_files(given)

    def _fs(self, url: str) -> tuple[Any, str]:
        options = {"anon": True} if self._anonymous and url.startswith("s3://") else {}
        return open_filesystem(url if "://" in url else str(Path(url).absolute()), **options)

    def _find_files(self, given: str) -> Iterator[Source]:
        fs, path = self._fs(given)
        scheme = given.partition("://")[0] + "://" if "://" in given else ""
        found = fs.find(path, detail=True)
        if not found:
            raise FileNotFoundError(f"nothing at {given}")
        for name in sorted(found):
            if name.endswith(SUFFIXES) or name == path:
                info = found[name]
                version = info.get("ETag") or info.get("mtime") or info.get("LastModified") or ""
                yield Source(scheme + name, int(info["size"]), f"{info['size']} {version}".strip())

    def _listed(self, given: str, depth: int) -> Iterator[Source]:
        if not depth:
            raise OSError(f"{given}: more than {MAX_DEPTH} lists within lists")
        for name in self.lines(given):
            self._named += 1
            if self._named > MAX_LISTED:
                raise OSError(f"{given} names more than {MAX_LISTED:,} files; bring them in by parts")
            yield from self._named_by(given, name, depth)

    def _named_by(self, given: str, name: str, depth: int) -> Iterator[Source]:
        """What one line of a list stands for; a line that leads nowhere costs the other lines nothing."""
        try:
            yield from self._find(join(given, name), depth - 1)
        except (OSError, NewsflowError) as error:
            yield Source(name, trouble=str(error))


def join(base: str, name: str) -> str:
    """What a list's line names: absolute, or relative to the list.

    On a server it is relative to the server's root, as Common Crawl's lists are; on an object
    store and a disk to the list's folder. A list on a server or an object store is others' word,
    and may only name what lies there: http, https and s3.

    :raises RefusedNameError: where it names anything else.
    """
    remote = _scheme(base) not in _LOCAL
    if "://" in name or (not remote and name.startswith("/")):
        if remote and (_scheme(name) not in _REMOTE_NAMES or "::" in name):
            raise RefusedNameError("a list on a server or an object store may name http, https and s3 addresses only")
        return name
    if _scheme(base) in _WEB:
        return urljoin(base, "/" + name.lstrip("/"))
    if name.startswith("/"):
        return "/".join(base.split("/", 3)[:3]) + name
    return f"{base.rpartition('/')[0]}/{name}"


def _scheme(name: str) -> str:
    """In lower case; '' of a plain path."""
    found = _SCHEME.match(name)
    return found[1].lower() if found else ""

"""Where WARC files come from: a folder, an http(s) URL, an object store, or a list of such (`warc.paths.gz`)."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urljoin

import requests
from urllib3.exceptions import HTTPError

from newsflow.backfill import source_lists
from newsflow.backfill.records import Stream
from newsflow.store.filesystem import open_filesystem

SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4")
LISTS = (".paths", ".paths.gz", ".txt", ".txt.gz")
BLOCK = 8 * 1024 * 1024  # bytes asked of an object store at once
MAX_LISTED = 100_000

_TRIES = 5
_FINAL = frozenset((401, 403, 404, 410, 451))  # answers that no other try changes
_TIMEOUT_S = (10.0, 60.0)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: path or URL, size in bytes (None: unknown), and what changes when its content does."""

    name: str
    bytes: int | None
    version: str


class Sources:
    """Finds and opens files.

    :param user_agent: how we name ourselves to http servers.
    :param anonymous: ask S3 without credentials, as public data sets such as CC-NEWS allow.
    """

    def __init__(self, user_agent: str, *, anonymous: bool = False) -> None:
        self._user_agent = user_agent
        self._anonymous = anonymous

    def find(self, given: str) -> Iterator[Source]:
        """The WARC files that a path or URL stands for, by name.

        :raises FileNotFoundError: where nothing is there.
        :raises OSError: where the server or store fails.
        """
        if given.partition("?")[0].endswith(LISTS):
            yield from self._listed(given)
        elif given.startswith(("http://", "https://")):
            yield self._find_http(given)
        else:
            yield from self._find_files(given)

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
        if source.startswith(("http://", "https://")):
            return HttpStream(source, offset, self._user_agent)
        fs, path = self._fs(source)
        stream = fs.open(path, "rb", block_size=BLOCK)
        stream.seek(offset)
        return cast("BinaryIO", stream)

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

    def _find_http(self, url: str) -> Source:
        with requests.head(url, headers=self._headers, timeout=_TIMEOUT_S, allow_redirects=True) as answer:
            answer.raise_for_status()
            length = answer.headers.get("Content-Length", "")
            version = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
            return Source(url, int(length) if length.isdigit() else None, f"{length} {version}".strip())

    def _listed(self, given: str) -> Iterator[Source]:
        for number, name in enumerate(self.lines(given)):
            if number >= MAX_LISTED:
                raise OSError(f"{given} names more than {MAX_LISTED:,} files; bring them in by parts")
            yield from self.find(_join(given, name))

    @property
    def _headers(self) -> dict[str, str]:
        return {"User-Agent": self._user_agent, "Accept-Encoding": "identity"}


def _join(base: str, name: str) -> str:
    """A listed name: absolute, or relative to the list's server (as Common Crawl's lists are), or to its folder."""
    if "://" in name or name.startswith("/"):
        return name
    if base.startswith(("http://", "https://")):
        return urljoin(base, "/" + name)
    return f"{base.rpartition('/')[0]}/{name}"


class _FinalError(OSError):
    """What no other try changes."""


class HttpStream:
    """A file on an http server from an offset on; a connection that breaks is taken up where it broke (RFC 9110 §14).

    It is taken up only while the file is the same, as its entity tag tells (`If-Range`, RFC 9110 §13.1.5).

    :raises OSError: where the server is not there, or knows no ranges and an offset is asked for.
    """

    def __init__(self, url: str, offset: int, user_agent: str, *, pause_s: float = 1.0) -> None:
        self._url, self._at, self._pause_s = url, offset, pause_s
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "identity"})
        self._raw: Any = None
        self._end: int | None = None
        self._tag = ""
        self._failed = 0

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; b'' at the end."""
        while True:
            try:
                if self._raw is None:
                    self._connect()
                data: bytes = self._raw.read(size if size >= 0 else None)
                if not data and self._end is not None and self._at < self._end:
                    raise OSError(f"the answer ended at byte {self._at} of {self._end}")
            except _FinalError:
                raise
            except (OSError, HTTPError, requests.RequestException, ValueError) as error:
                self._again(error)
                continue
            self._at += len(data)
            self._failed = 0 if data else self._failed
            return data

    def tell(self) -> int:
        """Offset of the next byte."""
        return self._at

    def close(self) -> None:
        """Drop the connection."""
        self._session.close()

    def _connect(self) -> None:
        headers = {"Range": f"bytes={self._at}-"} if self._at else {}
        if self._at and self._tag:
            headers["If-Range"] = self._tag
        answer = self._session.get(self._url, headers=headers, stream=True, timeout=_TIMEOUT_S)
        if answer.status_code == 416:  # the offset is the file's end
            self._raw, self._end = io.BytesIO(), self._at
            return
        if answer.status_code in _FINAL:
            raise _FinalError(f"the server answered {answer.status_code} {answer.reason}")
        answer.raise_for_status()
        if self._at and answer.status_code != 206:
            why = "the file has changed" if self._tag else "the server knows no ranges"
            raise _FinalError(f"{why}, so reading can't resume at byte {self._at}")
        tag = answer.headers.get("ETag", "")
        self._tag = "" if tag.startswith("W/") else tag
        length = answer.headers.get("Content-Length", "")
        self._end = self._at + int(length) if length.isdigit() else None
        self._raw = answer.raw

    def _again(self, error: Exception) -> None:
        self._raw = None
        self._failed += 1
        if self._failed >= _TRIES:
            raise OSError(f"gave up at byte {self._at} after {_TRIES} tries: {error}") from error
        time.sleep(self._pause_s * 2 ** (self._failed - 1))

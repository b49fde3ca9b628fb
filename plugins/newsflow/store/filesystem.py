"""Folders and object stores by URL, through fsspec."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import fsspec
from fsspec.asyn import AsyncFileSystem, sync
from fsspec.implementations.local import LocalFileSystem

from newsflow.errors import NewsflowError

# What file systems without hard links answer: FAT, some network and FUSE mounts.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}

# Clients' own limits don't do: aiohttp waits without end for the "100 Continue" that botocore asks for before it sends
# an object. What a slow line needs is far below both.
PATIENCE_S = 120.0  # seconds in which a store answers a request
_BYTES_A_S = 100_000  # of an object, for which it has a second more

EXTRAS = {"s3": "pip install 'newsflow[s3]'"}


class MissingExtraError(NewsflowError):
    """The URL's protocol needs a package that is not installed."""


class UnknownProtocolError(NewsflowError):
    """fsspec knows no such protocol."""


def open_filesystem(url: str, **options: Any) -> tuple[Any, str]:
    """The file system of a path or URL, and the path within it.

    :param options: those of that file system, such as `anon` of S3.
    :raises MissingExtraError: naming what to install.
    :raises UnknownProtocolError: for one that nobody provides.
    """
    protocol = url.partition("://")[0]
    try:
        fs, path = fsspec.core.url_to_fs(url, **options)
    except ValueError as error:
        if protocol in fsspec.available_protocols():
            raise
        raise UnknownProtocolError(f"{protocol}:// is no protocol that files can be kept by") from error
    except ImportError as error:
        raise MissingExtraError(f"{protocol}:// is not installed: {EXTRAS.get(protocol, error)}") from error
    return fs, str(path)


def write(fs: Any, verb: str, path: str, what: bytes | Path, **options: Any) -> None:
    """Write an object or a file, within `PATIENCE_S` and a second for each 100 KB.

    :param verb: `pipe_file` for bytes, `put_file` for a local file.
    :param options: those of the verb.
    :raises TimeoutError: where an object store stays silent longer; the request is given up.
    """
    size = what.stat().st_size if isinstance(what, Path) else len(what)
    request = (str(what), path) if isinstance(what, Path) else (path, what)
    ask(fs, verb, *request, limit_s=PATIENCE_S + size / _BYTES_A_S, **options)


def ask(fs: Any, verb: str, *request: Any, limit_s: float, **options: Any) -> Any:
    """What a store answers; those of asynchronous clients within a limit.

    :param verb: a method of fsspec's file systems, such as `cat_file`.
    :param limit_s: seconds.
    :raises TimeoutError: where it does not answer, the request is given up.
    """
    if not isinstance(fs, AsyncFileSystem):
        return getattr(fs, verb)(*request, **options)

    async def within() -> Any:
        return await asyncio.wait_for(getattr(fs, f"_{verb}")(*request, **options), limit_s)

    try:
        return sync(fs.loop, within)
    except asyncio.TimeoutError as error:  # until Python 3.10 this is no OSError
        raise TimeoutError(errno.ETIMEDOUT, f"the store did not answer within {limit_s:.0f} s") from error


def create_file(fs: Any, temporary: Path, path: str) -> None:
    """Let a finished local file appear at `path`, whole, and never in the place of another one; `temporary` goes.

    :raises FileExistsError: where something stands there; `temporary` then goes as well.
    """
    try:
        if isinstance(fs, LocalFileSystem):
            _link(temporary, path)
        else:
            _put(fs, temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _link(temporary: Path, path: str) -> None:
    """A link fails where its name is taken (POSIX link(2)). Where links are unknown, the name is reserved first."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        temporary.replace(path)


def _put(fs: Any, temporary: Path, path: str) -> None:
    """S3 and its like refuse a conditional put where the name is taken (If-None-Match, RFC 9110 §13.1.2)."""
    if fs.exists(path):
        raise FileExistsError(errno.EEXIST, "it stands there already", path)
    try:
        write(fs, "put_file", path, temporary, mode="create")
    except OSError as error:
        if error.errno != errno.ENOSYS:  # a store that knows no conditional put
            raise
        write(fs, "put_file", path, temporary)

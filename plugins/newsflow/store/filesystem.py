"""Folders and object stores by URL, through fsspec."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from newsflow.errors import NewsflowError

# What file systems without hard links answer: FAT, some network and FUSE mounts.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}

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
        fs.put_file(str(temporary), path, mode="create")
    except OSError as error:
        if error.errno != errno.ENOSYS:  # a store that knows no conditional put
            raise
        fs.put_file(str(temporary), path)

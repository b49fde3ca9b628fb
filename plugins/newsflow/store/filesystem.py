"""Folders and object stores by URL, through fsspec."""

from __future__ import annotations

from typing import Any

import fsspec

from newsflow.errors import NewsflowError

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

"""URLs of folders and object stores, and what is said where a package is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from newsflow.store.filesystem import MissingExtraError, UnknownProtocolError, open_filesystem


def test_a_folder_is_a_path(tmp_path: Path) -> None:
    fs, path = open_filesystem(str(tmp_path))
    fs.pipe_file(f"{path}/a", b"1")
    assert (tmp_path / "a").read_bytes() == b"1"


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where s3fs is not installed."""
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)  # `fsspec.registry` is a mapping
    with pytest.raises(MissingExtraError, match=r"^s3:// is not installed: pip install 'newsflow\[s3\]'$"):
        open_filesystem("s3://bucket/news")


def test_an_unknown_protocol_is_named() -> None:
    with pytest.raises(UnknownProtocolError, match=r"^nonsense:// is no protocol"):
        open_filesystem("nonsense://bucket")

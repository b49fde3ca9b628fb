"""Logs of the local servers: those of earlier starts are kept, and none grows without end."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

KEPT = 5  # earlier ones of each server: server.log.1 is the newest
MOST_BYTES = 10_000_000  # a server at rest writes less than 5 MB a day


def keep(log: Path) -> None:
    """Put a log that is there aside, as number one of the earlier ones; the oldest goes. An empty one just goes."""
    if not log.exists() or not log.stat().st_size:
        log.unlink(missing_ok=True)
        return
    _make_room(log)
    log.rename(_numbered(log, 1))


def shorten(log: Path) -> None:
    """Put aside what a running server has written, where that is much, and let it go on in the same file.

    The server appends to the file, so that it can be emptied beneath it; what it writes between the copy and that is
    lost, as with logrotate's `copytruncate`.
    """
    with suppress(FileNotFoundError):
        if log.stat().st_size < MOST_BYTES:
            return
        _make_room(log)
        shutil.copyfile(log, _numbered(log, 1))
        _numbered(log, 1).chmod(0o600)
        os.truncate(log, 0)


def _make_room(log: Path) -> None:
    for number in range(KEPT - 1, 0, -1):
        with suppress(FileNotFoundError):
            _numbered(log, number).rename(_numbered(log, number + 1))


def _numbered(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")

"""How full the disk of the archive is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from newsflow.settings import Settings


class DiskUsage(NamedTuple):
    """Bytes of a disk."""

    total: int
    used: int
    free: int


def archive_disk(settings: Settings) -> DiskUsage | None:
    """The disk that the archive is on, or will be; None for an object store, which has no end."""
    if "://" in settings.archive_url:
        return None
    folder = Path(settings.archive_url).expanduser().absolute()
    while not folder.exists():
        folder = folder.parent
    return DiskUsage(*shutil.disk_usage(folder))

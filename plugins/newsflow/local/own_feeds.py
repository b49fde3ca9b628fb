"""The feeds that `make run FEEDS=…` brings."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from newsflow.errors import NewsflowError
from newsflow.settings import Settings


def import_feeds(feeds: Path, settings: Settings) -> None:
    """`newsflow feeds import FILE`.

    :raises NewsflowError: where the file can't be used; the command has said why.
    """
    command = [sys.executable, "-m", "newsflow.cli", "feeds", "import", str(feeds)]
    given = {"NEWSFLOW_DATABASE_URL": settings.dsn, "NEWSFLOW_CONTACT": settings.contact}
    if subprocess.run(command, env={**os.environ, **given}, check=False).returncode:
        raise NewsflowError(f"the feeds of {feeds} could not be imported")
